//! The shape of a line: tags, source, command, parameters. It keeps all the peer sent, and
//! [`Message::encode`] gives it back.
//!
//! ```text
//! line   = *SP ["@" tags 1*SP] [":" source 1*SP] command *(1*SP param) [1*SP ":" trailing]
//! param  = 1*OCTET without SP, not beginning with ":"
//! ```
//! (`conformance` section 5; RFC 2812 §2.3.1; IRCv3 message-tags.)

use smallvec::SmallVec;

use super::tags::Tags;

/// Most parameters of a line; what follows the fourteenth is the fifteenth, spaces and all.
pub const MAX_PARAMS: usize = 15;

/// One line, its end removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The tags, still escaped; none if there was no `@`.
    pub tags: Option<Tags<'a>>,
    /// Who it comes from, without the colon.
    pub source: Option<&'a [u8]>,
    /// The command, as written.
    pub command: &'a [u8],
    /// The parameters.
    pub params: SmallVec<[&'a [u8]; 4]>,
    /// Whether the last parameter was written with a colon.
    pub trailing: bool,
}

/// Why a line has no shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// There is no command in it.
    NoCommand,
    /// There is a NUL, CR or LF in it.
    BadByte,
}

impl<'a> Message<'a> {
    /// Reads one line, its end removed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn decode(line: &'a [u8]) -> Result<Self, DecodeError> {
        if memchr::memchr3(b'\0', b'\r', b'\n', line).is_some() {
            return Err(DecodeError::BadByte);
        }
        let (tags, rest) = prefixed(skip_spaces(line), b'@');
        let (source, rest) = prefixed(skip_spaces(rest), b':');
        let (command, rest) = word(skip_spaces(rest));
        if command.is_empty() {
            return Err(DecodeError::NoCommand);
        }
        let (params, trailing) = parameters(rest);
        Ok(Self { tags: tags.map(Tags), source, command, params, trailing })
    }

    /// Appends the line, without an end.
    pub fn encode(&self, out: &mut Vec<u8>) {
        if let Some(Tags(tags)) = self.tags {
            out.push(b'@');
            out.extend_from_slice(tags);
            out.push(b' ');
        }
        if let Some(source) = self.source {
            out.push(b':');
            out.extend_from_slice(source);
            out.push(b' ');
        }
        out.extend_from_slice(self.command);
        for (at, param) in self.params.iter().enumerate() {
            out.push(b' ');
            if self.trailing && at + 1 == self.params.len() {
                out.push(b':');
            }
            out.extend_from_slice(param);
        }
    }

    /// The parameter at a place, if it is there.
    pub fn param(&self, at: usize) -> Option<&'a [u8]> {
        self.params.get(at).copied()
    }
}

/// Reads parameters up to the end of the line.
fn parameters(mut rest: &[u8]) -> (SmallVec<[&[u8]; 4]>, bool) {
    let mut params = SmallVec::new();
    loop {
        rest = skip_spaces(rest);
        if rest.is_empty() {
            return (params, false);
        }
        if let Some(trailing) = rest.strip_prefix(b":") {
            params.push(trailing);
            return (params, true);
        }
        if params.len() + 1 == MAX_PARAMS {
            let last_has_space = memchr::memchr(b' ', rest).is_some();
            params.push(rest);
            return (params, last_has_space);
        }
        let (param, after) = word(rest);
        params.push(param);
        rest = after;
    }
}

/// Splits off a first word that begins with `mark`, without the mark.
fn prefixed(bytes: &[u8], mark: u8) -> (Option<&[u8]>, &[u8]) {
    match bytes.split_first() {
        Some((&first, rest)) if first == mark => {
            let (found, rest) = word(rest);
            (Some(found), rest)
        }
        _ => (None, bytes),
    }
}

/// Splits at the first space; the rest still begins with it.
fn word(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(memchr::memchr(b' ', bytes).unwrap_or(bytes.len()))
}

fn skip_spaces(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|&&byte| byte == b' ').count();
    &bytes[spaces..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(line: &str) -> Message<'_> {
        Message::decode(line.as_bytes()).expect("a line")
    }

    fn params(line: &str) -> Vec<&str> {
        decode(line).params.iter().map(|param| std::str::from_utf8(param).expect("UTF-8")).collect()
    }

    #[test]
    fn a_line_falls_into_its_parts() {
        let message = decode("@a=b;c :n!u@h PRIVMSG #x :hello there");
        assert_eq!(message.tags, Some(Tags(b"a=b;c")));
        assert_eq!(message.source, Some(&b"n!u@h"[..]));
        assert_eq!(message.command, b"PRIVMSG");
        assert_eq!(params("@a=b;c :n!u@h PRIVMSG #x :hello there"), ["#x", "hello there"]);
    }

    #[test]
    fn spaces_separate_however_many_there_are() {
        assert_eq!(params("WHOIS  foo  "), ["foo"]);
        assert_eq!(params("@t   :s   X   a   :b  c "), ["a", "b  c "]);
    }

    #[test]
    fn an_empty_parameter_exists_only_as_the_trailing_one() {
        assert_eq!(params("X a :"), ["a", ""]);
        assert_eq!(params("X :"), [""]);
        assert_eq!(params("X "), [""; 0]);
        assert_eq!(params("X ::a"), [":a"]);
    }

    #[test]
    fn the_fifteenth_parameter_takes_the_rest() {
        let line = "X 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 :17";
        assert_eq!(params(line).len(), MAX_PARAMS);
        assert_eq!(params(line)[14], "15 16 :17");
    }

    #[test]
    fn what_has_no_command_is_no_line() {
        for line in ["", "   ", ":source", ":source  ", "@tags", "@tags :source"] {
            assert_eq!(Message::decode(line.as_bytes()), Err(DecodeError::NoCommand), "{line:?}");
        }
        assert_eq!(Message::decode(b"A\0B"), Err(DecodeError::BadByte));
    }
}
