//! Where a frame ends, on transports that carry a stream of bytes.

use crate::Framing;

/// The first frame of `buffer`, and how many bytes it takes up; none if it is not complete.
pub fn frame(framing: Framing, buffer: &[u8]) -> Option<(&[u8], usize)> {
    match framing {
        Framing::Lines => line(buffer),
        Framing::TelnetLines => telnet_line(buffer),
        Framing::Reads => (!buffer.is_empty()).then_some((buffer, buffer.len())),
        Framing::Fixed(length) => buffer.get(..length).map(|frame| (frame, length)),
    }
}

/// The first line of `buffer`, without its LF and one CR before that, and how many bytes it takes up;
/// none if no line is complete.
pub fn line(buffer: &[u8]) -> Option<(&[u8], usize)> {
    let end = memchr::memchr(b'\n', buffer)?;
    let line = &buffer[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), end + 1))
}

/// The same among telnet's negotiations (RFC 854), in which a byte 10 is a number: the height of a window of
/// ten lines, say. These stay in the line.
fn telnet_line(buffer: &[u8]) -> Option<(&[u8], usize)> {
    const IAC: u8 = 255;
    let mut from = 0;
    loop {
        let rest = &buffer[from..];
        let next = memchr::memchr2(b'\n', IAC, rest)?;
        if rest[next] == b'\n' {
            let line = &buffer[..from + next];
            return Some((line.strip_suffix(b"\r").unwrap_or(line), from + next + 1));
        }
        from += next;
        from += match buffer.get(from + 1)? {
            250 => 2 + buffer[from + 2..].windows(2).position(|pair| pair == [IAC, 240])? + 2,
            251..=254 => 3,
            _ => 2,
        };
        if from > buffer.len() {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_ten_in_a_negotiation_ends_no_line() {
        let window = b"a\xff\xfa\x1f\0\x50\0\x0a\xff\xf0b\r\nc";
        assert_eq!(telnet_line(window), Some((&window[..11], 13)));
        for cut in 0..13 {
            assert_eq!(telnet_line(&window[..cut]), None, "{cut}");
        }
        assert_eq!(telnet_line(b"\xff\xfb\x0ahi\n"), Some((&b"\xff\xfb\x0ahi"[..], 6)));
        assert_eq!(telnet_line(b"hi\r\n"), Some((&b"hi"[..], 4)));
    }

    #[test]
    fn a_line_ends_at_lf_and_loses_one_cr() {
        assert_eq!(line(b"a\r\nb"), Some((&b"a"[..], 3)));
        assert_eq!(line(b"a\n"), Some((&b"a"[..], 2)));
        assert_eq!(line(b"a\r\r\n"), Some((&b"a\r"[..], 4)));
        assert_eq!(line(b"\n"), Some((&b""[..], 1)));
        assert_eq!(line(b"a\r"), None);
    }
}
