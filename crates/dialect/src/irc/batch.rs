//! Batches: lines that belong together (IRCv3 batch; `conformance` section 12). Each is written at once, so
//! that nothing comes in between.

use super::capability::Capabilities;
use super::line::{Line, repeatable};
use super::message::Message;
use super::session::Irc;

/// What begins a line that is part of a batch. We put this tag before all others.
const MARK: &[u8] = b"@batch=";

impl Irc {
    /// Appends what `write` does, as one batch for clients that know them.
    pub(super) fn in_batch(
        &self,
        out: &mut Vec<u8>,
        kind: &str,
        target: Option<&str>,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        if !self.caps.contains(Capabilities::BATCH) {
            return write(out);
        }
        // One answer at a time: one reference is enough, beside that of labeled answers.
        let line = Line::from(out, self.server(), "BATCH").word("+2").word(kind);
        match target {
            Some(target) => line.word(repeatable(target.as_bytes())).end(),
            None => line.end(),
        }
        let mut lines = Vec::new();
        write(&mut lines);
        inside(&lines, b"batch=2", out);
        Line::from(out, self.server(), "BATCH").word("-2").end();
    }
}

/// Appends lines as part of a batch. Those of a batch among them are part of that one.
pub fn inside(lines: &[u8], tag: &[u8], out: &mut Vec<u8>) {
    for line in lines.split_inclusive(|&byte| byte == b'\n') {
        match line.starts_with(MARK) {
            true => out.extend_from_slice(line),
            false => tagged(line, tag, out),
        }
    }
}

/// Appends a line with one more tag in front of those it has.
pub fn tagged(line: &[u8], tag: &[u8], out: &mut Vec<u8>) {
    out.push(b'@');
    out.extend_from_slice(tag);
    match line.strip_prefix(b"@") {
        Some(rest) => {
            out.push(b';');
            out.extend_from_slice(rest);
        }
        None => {
            out.push(b' ');
            out.extend_from_slice(line);
        }
    }
}

/// How many batches lines begin, less those they end.
pub fn open_batches(lines: &[u8]) -> i32 {
    let each = lines.split_inclusive(|&byte| byte == b'\n').map(|line| match bound(line) {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => 0,
    });
    each.sum()
}

/// Whether a line begins (`+`) or ends (`-`) a batch that is not part of another.
pub fn bound(line: &[u8]) -> Option<u8> {
    if line.starts_with(MARK) {
        return None;
    }
    let end = line.iter().rposition(|byte| !b"\r\n".contains(byte)).map_or(0, |at| at + 1);
    let message = Message::decode(&line[..end]).ok()?;
    (message.command == b"BATCH").then(|| message.param(0)?.first().copied()).flatten()
}
