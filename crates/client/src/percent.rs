//! Bytes that a URL's option may not have as they are: `%` and two hexadecimal digits.

use std::fmt::Write as _;

/// A value as it was meant; none if it is not UTF-8 or an escape is broken.
pub fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        // `from_str_radix` also takes a plus sign.
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        out.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(out).ok()
}

/// A value as it is written.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_graphic() && !"%&#?=+".contains(c) || !c.is_ascii() {
            out.push(c);
        } else {
            let _ = write!(out, "%{:02X}", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_undoes_encode() {
        for text in ["", "ann", "a b&c=%", "#开发", "\n"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_broken_escape_is_no_value() {
        for text in ["%", "%4", "%+1", "%zz", "%ff", "%4é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
