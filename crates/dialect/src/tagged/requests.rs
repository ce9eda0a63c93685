//! Requests out of a stream without frames.

use crate::veil::Veiled;

use super::wire::{BLOCK, Request, SEND, WORD, WORDS};

/// Reads what one client sends. It holds one unfinished request of at most 1024 bytes.
///
/// - NUL, CR, LF and blanks between requests are skipped.
/// - `time`, `name` and `list` are complete with the fourth letter.
/// - `send` ends at NUL or LF, after 1024 bytes, or at a pause. Behind a NUL the rest of the 1024
///   bytes is the client's memory, whatever it looks like; it is skipped by count. Clients that send
///   no such rest make a pause: then a read that begins with a request is one.
/// - The rest of a read that is no request is skipped.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// The beginning of a request.
    held: Veiled<Vec<u8>>,
    /// How many bytes are still to be skipped behind a NUL.
    skip: usize,
    /// Whether there was a pause since the last read.
    paused: bool,
}

impl Requests {
    /// Takes bytes off the beginning of a read up to the end of a request. None once nothing is left
    /// of the read.
    pub fn next(&mut self, read: &mut &[u8]) -> Option<Request> {
        if read.is_empty() {
            return None;
        }
        self.after_pause(read);
        let skipped = self.skip.min(read.len());
        self.skip -= skipped;
        *read = &read[skipped..];
        while self.held.len() < WORD {
            self.letter(read)?;
        }
        match WORDS.iter().position(|word| **word == self.held[..WORD]) {
            Some(0) => self.complete(Request::Time),
            Some(1) => self.complete(Request::Name),
            Some(2) => self.complete(Request::List),
            _ => self.send(read),
        }
    }

    /// Whether a pause of about 100 ms would tell more: call [`Requests::pause`] when nothing has come
    /// for so long.
    pub fn waiting(&self) -> bool {
        !self.paused && (!self.held.is_empty() || self.skip > 0)
    }

    /// Nothing has come for about 100 ms.
    pub fn pause(&mut self) -> Option<Request> {
        if self.held.starts_with(SEND) {
            return Some(self.sent());
        }
        self.paused = !self.held.is_empty() || self.skip > 0;
        None
    }

    /// What a read after a pause begins with decides what was before.
    fn after_pause(&mut self, read: &[u8]) {
        let begins = || WORDS.iter().any(|word| read.starts_with(*word));
        if std::mem::take(&mut self.paused) && begins() {
            self.held.clear();
            self.skip = 0;
        }
    }

    /// Takes the next letter of the word at the beginning of a request, or the whole read if there is
    /// none in it.
    fn letter(&mut self, read: &mut &[u8]) -> Option<()> {
        let (&byte, rest) = read.split_first()?;
        *read = rest;
        if self.held.is_empty() && b"\0\r\n\t ".contains(&byte) {
            return Some(());
        }
        self.held.push(byte);
        if WORDS.iter().any(|word| word.starts_with(&self.held)) {
            return Some(());
        }
        self.held.clear();
        *read = &[];
        None
    }

    fn send(&mut self, read: &mut &[u8]) -> Option<Request> {
        let within = &read[..read.len().min(BLOCK - self.held.len())];
        let end = memchr::memchr2(0, b'\n', within);
        self.held.extend_from_slice(&within[..end.unwrap_or(within.len())]);
        *read = &read[end.map_or(within.len(), |end| end + 1)..];
        if end.is_some_and(|end| within[end] == 0) {
            self.skip = BLOCK - self.held.len() - 1;
        }
        (end.is_some() || self.held.len() == BLOCK).then(|| self.sent())
    }

    fn sent(&mut self) -> Request {
        let held = std::mem::take(&mut self.held.0);
        Request::decode_send(&held[WORD..])
    }

    fn complete(&mut self, request: Request) -> Option<Request> {
        self.held.clear();
        Some(request)
    }
}
