//! Lines out of a stream of bytes, however these arrive.

use dialect::framing;

/// Most bytes of a line that are kept.
const MAX_LINE: usize = 16 * 1024;

/// What has come of a line so far.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
    /// The line is too long: what is left of it is thrown away.
    skipping: bool,
}

impl Lines {
    /// Nothing has come.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes more bytes and gives back the lines that are complete, without their ends. Of a line that is
    /// too long only the beginning is given back.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        self.rest.extend_from_slice(bytes);
        let mut from = 0;
        while let Some((line, taken)) = framing::line(&self.rest[from..]) {
            if !std::mem::take(&mut self.skipping) {
                lines.push(line[..line.len().min(MAX_LINE)].to_vec());
            }
            from += taken;
        }
        self.rest.drain(..from);
        if self.skipping {
            self.rest.clear();
        } else if self.rest.len() > MAX_LINE {
            self.rest.truncate(MAX_LINE);
            lines.push(std::mem::take(&mut self.rest));
            self.skipping = true;
        }
        lines
    }

    /// The line that has begun and not ended, if there is one.
    pub fn flush(&mut self) -> Option<Vec<u8>> {
        (!self.rest.is_empty()).then(|| std::mem::take(&mut self.rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_come_in_pieces_and_several_at_once() {
        let mut lines = Lines::new();
        assert_eq!(lines.feed(b"a\r\nb"), [b"a".to_vec()]);
        assert_eq!(lines.feed(b"c\n\nd"), [b"bc".to_vec(), b"".to_vec()]);
        assert_eq!(lines.flush(), Some(b"d".to_vec()));
        assert_eq!(lines.flush(), None);
    }

    #[test]
    fn a_line_without_end_takes_no_more_than_its_share() {
        let mut lines = Lines::new();
        let mut given = 0;
        for _ in 0..64 {
            given += lines.feed(&[b'x'; 1024]).iter().map(Vec::len).sum::<usize>();
            assert!(lines.rest.len() <= MAX_LINE);
        }
        assert_eq!(given, MAX_LINE);
        assert_eq!(lines.feed(b"x\nnext\n"), [b"next".to_vec()]);
    }
}
