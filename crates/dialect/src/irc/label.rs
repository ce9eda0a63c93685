//! Labels: one labeled thing for each labeled line (IRCv3 labeled-response; `conformance` section 12).
//!
//! ```text
//!           first line           second line                    done
//! Empty ──────────────▶ One ─────────────────▶ Batch (streams) ──────▶ BATCH -ref
//!   │ done: ACK           │ done: that line, labeled
//! ```

use super::line::Line;

/// A connection answers one line at a time, so one reference is enough.
const BATCH_TAG: &[u8] = b"batch=1";

/// The answer to a labeled line, as far as it has come.
#[derive(Debug)]
pub struct Label {
    label: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    Empty,
    /// The one line of the answer so far, and what came behind it without being part of it.
    One(Vec<u8>, Vec<u8>),
    /// Lines go out as they come, in a batch.
    Batch,
}

impl Label {
    /// A label, as it was written in the tag.
    pub fn new(label: Vec<u8>) -> Self {
        Self { label, state: State::Empty }
    }

    /// Takes lines that belong to the answer.
    pub fn answer(&mut self, server: &str, lines: &[u8], out: &mut Vec<u8>) {
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            match &mut self.state {
                State::Empty => self.state = State::One(line.to_vec(), Vec::new()),
                State::One(first, behind) => {
                    out.extend_from_slice(b"@label=");
                    out.extend_from_slice(&self.label);
                    out.push(b' ');
                    Line::from(out, server, "BATCH").word("+1").word("labeled-response").end();
                    tagged(first, BATCH_TAG, out);
                    tagged(line, BATCH_TAG, out);
                    out.append(behind);
                    self.state = State::Batch;
                }
                State::Batch => tagged(line, BATCH_TAG, out),
            }
        }
    }

    /// Takes lines that do not belong to the answer, and may not overtake it.
    pub fn other(&mut self, lines: &[u8], out: &mut Vec<u8>) {
        match &mut self.state {
            State::One(_, behind) => behind.extend_from_slice(lines),
            _ => out.extend_from_slice(lines),
        }
    }

    /// The answer is complete.
    pub fn done(self, server: &str, out: &mut Vec<u8>) {
        let label = [b"label=".as_slice(), &self.label].concat();
        match self.state {
            State::Empty => {
                out.push(b'@');
                out.extend_from_slice(&label);
                out.push(b' ');
                Line::from(out, server, "ACK").end();
            }
            State::One(line, behind) => {
                tagged(&line, &label, out);
                out.extend_from_slice(&behind);
            }
            State::Batch => Line::from(out, server, "BATCH").word("-1").end(),
        }
    }
}

/// Appends a line with one more tag in front of those it has.
fn tagged(line: &[u8], tag: &[u8], out: &mut Vec<u8>) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(lines: &[&str]) -> String {
        let mut label = Label::new(b"x".to_vec());
        let mut out = Vec::new();
        for line in lines {
            label.answer("s", line.as_bytes(), &mut out);
        }
        label.other(b"other\r\n", &mut out);
        label.done("s", &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn nothing_is_acknowledged() {
        assert_eq!(answer(&[]), "other\r\n@label=x :s ACK\r\n");
    }

    #[test]
    fn one_line_carries_the_label_and_is_not_overtaken() {
        assert_eq!(answer(&["@time=t :s 421\r\n"]), "@label=x;time=t :s 421\r\nother\r\n");
    }

    #[test]
    fn several_lines_are_a_batch_that_carries_the_label() {
        assert_eq!(
            answer(&[":s 1\r\n@t=u :s 2\r\n", ":s 3\r\n"]),
            "@label=x :s BATCH +1 labeled-response\r\n@batch=1 :s 1\r\n@batch=1;t=u :s 2\r\n\
             @batch=1 :s 3\r\nother\r\n:s BATCH -1\r\n"
        );
    }
}
