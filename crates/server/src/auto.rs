//! `dialect = "auto"`: what a peer speaks, by what it says first.
//!
//! ```text
//! first bytes            spoken
//! 16 03                  TLS (RFC 8446 §5.1), and in it one of the others
//! "GET " and the like    HTTP
//! "NICK " and the like   IRC: what clients of it begin with
//! anything else          lines; nothing for a while as well
//! ```

/// What the first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// A handshake of TLS begins.
    Tls,
    /// A request of HTTP.
    Http,
    /// A command that IRC begins with.
    Irc,
    /// A line of a person.
    Line,
}

/// What a request begins with.
const HTTP: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT"];
/// What a client of IRC begins with (RFC 2812 §3.1, IRCv3 "Capability Negotiation", "WEBIRC").
const IRC: [&str; 8] = ["CAP", "NICK", "USER", "PASS", "WEBIRC", "AUTHENTICATE", "PING", "QUIT"];
/// Bytes of the longest of them, and a space.
const LONGEST: usize = 13;

/// Tells it by the first bytes; none if they are too few yet.
pub fn tell(bytes: &[u8]) -> Option<Spoken> {
    // Line feeds in front say nothing.
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let bytes = &bytes[start..];
    if start == 0 && bytes[0] == 0x16 {
        return match bytes.get(1) {
            None => None,
            Some(3) => Some(Spoken::Tls),
            Some(_) => Some(Spoken::Line),
        };
    }
    let end = bytes.iter().position(|byte| matches!(byte, b' ' | b'\r' | b'\n'));
    let word = &bytes[..end.unwrap_or(bytes.len()).min(LONGEST)];
    // Tags or a source stand in front of a command only where IRC is spoken.
    if matches!(bytes[0], b'@' | b':') {
        return by_second_word(bytes);
    }
    let is_one_of = |words: &[&str]| words.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
    if end.is_none() && word.len() < LONGEST && word.iter().all(u8::is_ascii_alphabetic) {
        let begins = |words: &[&str]| {
            words.iter().any(|known| {
                known.len() >= word.len() && known.as_bytes()[..word.len()].eq_ignore_ascii_case(word)
            })
        };
        return if begins(&HTTP) || begins(&IRC) { None } else { Some(Spoken::Line) };
    }
    let asks = end.is_some_and(|end| bytes[end] == b' ');
    if asks && HTTP.iter().any(|known| known.as_bytes() == word) {
        return Some(Spoken::Http);
    }
    Some(if end.is_some() && is_one_of(&IRC) { Spoken::Irc } else { Spoken::Line })
}

/// The command behind tags or a source.
fn by_second_word(bytes: &[u8]) -> Option<Spoken> {
    let Some(end) = bytes.iter().position(|byte| matches!(byte, b' ' | b'\r' | b'\n')) else {
        // Tags may be long; what has no end by then is no line of IRC either.
        return (bytes.len() > 512).then_some(Spoken::Line);
    };
    let rest = bytes[end..].trim_ascii_start();
    match (bytes[end], rest.first()) {
        (b' ', None) => None,
        (b' ', Some(b'@' | b':')) if bytes[0] == b'@' && rest[0] == b':' => by_second_word(rest),
        (b' ', Some(b'@' | b':')) => Some(Spoken::Line),
        (b' ', Some(_)) => tell(rest),
        _ => Some(Spoken::Line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        for (bytes, spoken) in [
            (&b"\x16\x03\x01\x02\x00\x01"[..], Spoken::Tls),
            (b"\x16\x09", Spoken::Line),
            (b"GET / HTTP/1.1\r\n", Spoken::Http),
            (b"HEAD /", Spoken::Http),
            (b"get out\n", Spoken::Line),
            (b"GET\n", Spoken::Line),
            (b"CAP LS 302\r\nNICK a\r\n", Spoken::Irc),
            (b"nick bob\n", Spoken::Irc),
            (b"\r\nUSER a", Spoken::Irc),
            (b"QUIT\r\n", Spoken::Irc),
            (b"@label=1 CAP LS\r\n", Spoken::Irc),
            (b"@label=1 :me NICK x\r\n", Spoken::Irc),
            (b":me NICK x\r\n", Spoken::Irc),
            (b":) hello\n", Spoken::Line),
            (b"@ann hello\n", Spoken::Line),
            (b"hello\n", Spoken::Line),
            (b"hello", Spoken::Line),
            (b"/nick bob\n", Spoken::Line),
            (b"nickname\n", Spoken::Line),
            (b"\xff\xfb\x1f", Spoken::Line),
            ("你好\n".as_bytes(), Spoken::Line),
        ] {
            assert_eq!(tell(bytes), Some(spoken), "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn too_little_is_waited_for() {
        for bytes in [
            &b""[..],
            b"\r\n",
            b"\x16",
            b"G",
            b"NIC",
            b"nick",
            b"authenticat",
            b"@label=1",
            b"@label=1 ",
            b"@a :b",
        ] {
            assert_eq!(tell(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_word_is_told_as_soon_as_it_can_be_no_other() {
        // However it is cut, what is told first is what is told of the whole.
        for line in
            ["GET / HTTP/1.1\r\n", "CAP LS 302\r\n", "hello there\n", "passing by\n", "@a=b :c NICK d\r\n"]
        {
            let whole = tell(line.as_bytes());
            let first = (1..=line.len()).find_map(|end| tell(&line.as_bytes()[..end]));
            assert_eq!(first, whole, "{line}");
        }
    }
}
