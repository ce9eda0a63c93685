//! One outgoing line: a source, a command, parameters; never longer than the protocol allows, never
//! cut inside a character.

use std::fmt::Display;
use std::io::Write;

use hub::Identity;

use super::numeric::Numeric;

/// Most bytes of a line behind its tags, without CR and LF (RFC 2812 §2.3; `conformance` section 5).
pub const MAX_BODY: usize = 510;

/// Most bytes repeated of a word that somebody sent.
const MAX_REPEATED: usize = 300;

/// Who a line comes from. Written without the formatting machinery: it stands before every line.
pub trait Source {
    /// Appends it.
    fn append(&self, out: &mut Vec<u8>);
}

impl Source for str {
    fn append(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

/// `nick!user@host`
impl Source for Identity {
    fn append(&self, out: &mut Vec<u8>) {
        for part in [self.nick.as_str(), "!", &self.user, "@", &self.host] {
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// A line being written to the end of a buffer. Tags, if any, are there already.
#[must_use = "a line that is not ended has no end"]
pub struct Line<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> Line<'a> {
    /// A line that some server or user is the source of.
    pub fn from(out: &'a mut Vec<u8>, source: &(impl Source + ?Sized), command: &str) -> Self {
        let start = out.len();
        out.push(b':');
        source.append(out);
        out.push(b' ');
        out.extend_from_slice(command.as_bytes());
        Self { out, start }
    }

    /// A numeric for `client`.
    pub fn numeric(out: &'a mut Vec<u8>, server: &str, numeric: Numeric, client: &str) -> Self {
        let start = out.len();
        let digit = |place: u16| b'0' + (numeric.code / place % 10) as u8;
        out.push(b':');
        out.extend_from_slice(server.as_bytes());
        out.extend_from_slice(&[b' ', digit(100), digit(10), digit(1), b' ']);
        out.extend_from_slice(client.as_bytes());
        Self { out, start }
    }

    /// A parameter without a space in it, not empty, and not beginning with a colon.
    pub fn word(self, word: impl AsRef<[u8]>) -> Self {
        self.out.push(b' ');
        self.out.extend_from_slice(word.as_ref());
        self
    }

    /// The same, of what can be shown.
    pub fn show(self, word: impl Display) -> Self {
        write!(self.out, " {word}").expect("writing to memory does not fail");
        self
    }

    /// The last parameter: anything.
    pub fn text(self, text: impl AsRef<[u8]>) -> Self {
        self.out.extend_from_slice(b" :");
        self.out.extend_from_slice(text.as_ref());
        self
    }

    /// Appends bytes as they are.
    pub fn push(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Ends the line; what does not fit is cut at a whole character.
    pub fn end(self) {
        let length = hub::cut(&self.out[self.start..], MAX_BODY).len();
        self.out.truncate(self.start + length);
        self.out.extend_from_slice(b"\r\n");
    }
}

/// A word that somebody sent, if it can be repeated as a parameter that is not the last; else `*`. Of a
/// long one only the start, so that what stands behind it still fits.
pub fn repeatable(word: &[u8]) -> &[u8] {
    let bad = word.is_empty() || word.starts_with(b":") || word.contains(&b' ');
    if bad { b"*" } else { hub::cut(word, MAX_REPEATED) }
}

/// Writes words into as few lines as they fit in, at least one if `even_empty`; a word that does not
/// fit into a line of its own is cut at a whole character. `begin` starts a line
/// up to and including the colon of its last parameter; `between` joins words.
pub fn wrap<W: AsRef<[u8]>>(
    out: &mut Vec<u8>,
    words: impl IntoIterator<Item = W>,
    between: u8,
    even_empty: bool,
    begin: impl Fn(&mut Vec<u8>),
) {
    let mut line: Option<(usize, usize)> = None;
    for word in words {
        let word = word.as_ref();
        if let Some((start, first)) = line {
            if out.len() - start + 1 + word.len() <= MAX_BODY {
                if out.len() > first {
                    out.push(between);
                }
                out.extend_from_slice(word);
                continue;
            }
            out.extend_from_slice(b"\r\n");
        }
        let start = out.len();
        begin(out);
        line = Some((start, out.len()));
        out.extend_from_slice(hub::cut(word, MAX_BODY.saturating_sub(out.len() - start)));
    }
    if line.is_none() && even_empty {
        begin(out);
    }
    if line.is_some() || even_empty {
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_at_a_whole_character_and_filled() {
        let mut out = Vec::new();
        Line::from(&mut out, "s", "XX").text("é".repeat(300)).end();
        assert_eq!(out.len(), 512 - 1); // ":s XX :" takes 7, then 251 characters of two bytes
        assert!(out.ends_with("é\r\n".as_bytes()));
    }

    #[test]
    fn words_are_wrapped_without_a_trailing_space() {
        let mut out = Vec::new();
        let words: Vec<String> = (0..300).map(|n| format!("word{n}")).collect();
        wrap(&mut out, &words, b' ', false, |out| out.extend_from_slice(b":s 353 :"));
        let text = String::from_utf8(out).expect("UTF-8");
        for line in text.split_terminator("\r\n") {
            assert!(line.len() <= MAX_BODY && !line.ends_with(' '), "{line:?}");
        }
        assert_eq!(text.replace(":s 353 :", "").split_whitespace().count(), 300);
    }

    #[test]
    fn nothing_to_wrap_is_no_line_unless_one_is_wanted() {
        let begin = |out: &mut Vec<u8>| out.extend_from_slice(b"X :");
        let mut out = Vec::new();
        wrap(&mut out, [""; 0], b' ', false, begin);
        assert!(out.is_empty());
        wrap(&mut out, [""; 0], b' ', true, begin);
        assert_eq!(out, b"X :\r\n");
    }
}
