//! One connection of the load generator: who it is, and how far its registration has come.
//!
//! There are two ways to read. [`Member::lines`] hands over every line, also those cut in two by a read;
//! [`Member::count`] only counts line ends, which is all that a delivery needs.

use anyhow::{Context, bail, ensure};
use memchr::memchr_iter;
use rustix::fd::OwnedFd;
use rustix::io::{Errno, write};

use crate::dialect::stamps;

/// The longest line kept for the rest to arrive: more than tags and message together may have.
const LONGEST_LINE: usize = 16 * 1024;

/// How far a connection has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not welcomed yet.
    #[default]
    Registering,
    /// Welcomed, and waiting to be let into the room.
    Joining,
    /// Where it should be.
    Ready,
    /// Waiting for the answer to a PING, behind which nothing older can be.
    Asking,
    /// Said goodbye, waiting for the server to close.
    Leaving,
}

/// One connection.
#[derive(Debug, Default)]
pub struct Member {
    socket: Option<OwnedFd>,
    /// The number that its nickname is made of.
    pub nick: u32,
    /// How far it has come.
    pub stage: Stage,
    /// The last read ended within a line.
    midline: bool,
    /// The beginning of a line whose end has not arrived; nothing is kept for most, most of the time.
    #[expect(clippy::box_collection, reason = "one word for each idle connection, not three")]
    rest: Option<Box<Vec<u8>>>,
}

impl Member {
    /// A connection that was just opened.
    pub fn new(socket: OwnedFd, nick: u32) -> Self {
        Self { socket: Some(socket), nick, ..Self::default() }
    }

    /// The connection, as long as it is open.
    pub fn socket(&self) -> Option<&OwnedFd> {
        self.socket.as_ref()
    }

    /// Takes the connection away, to be closed.
    pub fn take_socket(&mut self) -> Option<OwnedFd> {
        self.rest = None;
        self.socket.take()
    }

    /// Writes all of it at once. What we write is short: if it does not fit, the server has stopped reading.
    pub fn send(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let socket = self.socket().context("the server has closed a connection that was still needed")?;
        match write(socket, bytes) {
            Ok(count) if count == bytes.len() => Ok(()),
            Ok(_) | Err(Errno::AGAIN) => bail!(
                "the server has stopped reading from a client: turn off its flood protection (fakelag, penalties)"
            ),
            Err(error) => bail!("writing to the server failed: {error}"),
        }
    }

    /// Hands over each whole line, without its end.
    pub fn lines(
        &mut self,
        bytes: &[u8],
        mut on: impl FnMut(&mut Self, &[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut start = 0;
        for end in memchr_iter(b'\n', bytes) {
            let piece = &bytes[start..end];
            start = end + 1;
            match self.rest.take() {
                None => on(self, trim(piece))?,
                Some(mut line) => {
                    line.extend_from_slice(piece);
                    on(self, trim(&line))?;
                }
            }
        }
        self.keep(&bytes[start..])
    }

    fn keep(&mut self, piece: &[u8]) -> anyhow::Result<()> {
        self.midline = !piece.is_empty();
        if self.midline {
            let rest = self.rest.get_or_insert_default();
            ensure!(rest.len() + piece.len() <= LONGEST_LINE, "the server sent a line without an end");
            rest.extend_from_slice(piece);
        }
        Ok(())
    }

    /// Hands over the stamp of each marked message, also where a read cut it in two.
    pub fn stamps(&mut self, bytes: &[u8], on: impl FnMut(u64)) {
        let rest = match self.rest.take() {
            None => stamps(bytes, on).to_vec(),
            Some(mut begun) => {
                begun.extend_from_slice(bytes);
                stamps(&begun, on).to_vec()
            }
        };
        if !rest.is_empty() {
            self.rest = Some(Box::new(rest));
        }
    }

    /// Counts the messages in these bytes: the ends of lines that begin with a source or with tags.
    /// A PING is answered, an ERROR ends the run.
    pub fn count(&mut self, bytes: &[u8]) -> anyhow::Result<u64> {
        let (mut start, mut count) = (0, 0);
        for end in memchr_iter(b'\n', bytes) {
            match bytes[start] {
                b':' | b'@' => count += 1,
                _ if self.midline => count += 1,
                _ => self.aside(&bytes[start..end])?,
            }
            self.midline = false;
            start = end + 1;
        }
        self.midline |= start < bytes.len();
        Ok(count)
    }

    /// A line that is not a delivery.
    fn aside(&self, line: &[u8]) -> anyhow::Result<()> {
        let line = trim(line);
        if let Some(token) = line.strip_prefix(b"PING ") {
            return self.pong(token);
        }
        ensure!(!line.starts_with(b"ERROR"), "the server ended a connection: {}", text(line));
        Ok(())
    }

    /// Answers a PING.
    pub fn pong(&self, token: &[u8]) -> anyhow::Result<()> {
        self.send(&[b"PONG ", token, b"\r\n"].concat())
    }
}

fn trim(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A line for people to read.
pub fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).chars().filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&str]) -> Vec<String> {
        let (mut member, mut seen) = (Member::default(), Vec::new());
        for chunk in chunks {
            member
                .lines(chunk.as_bytes(), |_, line| {
                    seen.push(text(line));
                    Ok(())
                })
                .expect("short lines");
        }
        seen
    }

    #[test]
    fn a_record_is_small() {
        assert!(size_of::<Member>() <= 24, "{}", size_of::<Member>());
    }

    #[test]
    fn lines_may_be_cut_anywhere() {
        assert_eq!(lines(&["a\r\nb\n", "c\r\n"]), ["a", "b", "c"]);
        assert_eq!(lines(&["a", "b\r", "\nc", "\r\nd"]), ["ab", "c"]);
    }

    #[test]
    fn a_line_that_never_ends_is_an_error() {
        let mut member = Member::default();
        let chunk = vec![b'x'; LONGEST_LINE];
        assert!(member.lines(&chunk, |_, _| Ok(())).is_ok());
        assert!(member.lines(&chunk, |_, _| Ok(())).is_err());
    }

    #[test]
    fn deliveries_are_counted_by_their_line_ends() {
        let mut member = Member::default();
        let mut count = |chunk: &str| member.count(chunk.as_bytes()).expect("no trouble");
        assert_eq!(count(":a PRIVMSG #x :1\r\n:a PRIVMSG #x :2\r\n"), 2);
        assert_eq!(count(":a PRIVMSG "), 0);
        assert_eq!(count("PING\r"), 0);
        assert_eq!(count("\n@t=1 :a PRIVMSG #x :4\r\n"), 2);
        assert_eq!(count("NOTICE AUTH :not a delivery\r\n"), 0);
    }

    #[test]
    fn a_stamp_may_be_cut_anywhere() {
        let (bytes, mut seen) = (b"from a: xx~00000000000000aafrom b: ~00000000000000bb\n", Vec::new());
        for cut in 0..=bytes.len() {
            let mut member = Member::default();
            member.stamps(&bytes[..cut], |stamp| seen.push(stamp));
            member.stamps(&bytes[cut..], |stamp| seen.push(stamp));
            assert_eq!(std::mem::take(&mut seen), [0xaa, 0xbb], "cut at {cut}");
        }
    }

    #[test]
    fn an_error_from_the_server_ends_the_run_in_its_own_words() {
        let error = Member::default().count(b"ERROR :Excess Flood\r\n").expect_err("an error");
        assert_eq!(error.to_string(), "the server ended a connection: ERROR :Excess Flood");
    }
}
