//! Where a frame ends, on transports that carry a stream of bytes.

use crate::Framing;

/// The first frame of `buffer`, and how many bytes it takes up; none if it is not complete.
pub fn frame(framing: Framing, buffer: &[u8]) -> Option<(&[u8], usize)> {
    match framing {
        Framing::Lines => line(buffer),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_at_lf_and_loses_one_cr() {
        assert_eq!(line(b"a\r\nb"), Some((&b"a"[..], 3)));
        assert_eq!(line(b"a\n"), Some((&b"a"[..], 2)));
        assert_eq!(line(b"a\r\r\n"), Some((&b"a\r"[..], 4)));
        assert_eq!(line(b"\n"), Some((&b""[..], 1)));
        assert_eq!(line(b"a\r"), None);
    }
}
