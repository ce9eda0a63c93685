//! Text in the other end's encoding.

use dialect::charset::{Charset, Reader, Setting};
use dialect::split::split;

/// How the other end writes text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words(Setting);

impl Words {
    /// The encoding with this name; `auto` is UTF-8, and reads what can't be that as Chinese systems
    /// write it. None if there is no such encoding.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::default()),
            name => Charset::named(name).map(|charset| Self(Setting::Fixed(charset))),
        }
    }

    /// Text as bytes for the other end.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        self.charset().encode(text).into_owned()
    }

    /// One unit from the other end as text. Others may have written it, each in an encoding of theirs:
    /// so what one unit is in says nothing about the next.
    pub fn decode(&self, bytes: &[u8]) -> String {
        let mut reader = Reader::new(self.0);
        let text = reader.read(bytes);
        text + &reader.flush()
    }

    /// The text in pieces of at most so many bytes each. A line feed ends a piece as well.
    pub fn pieces(&self, text: &str, most: usize) -> Vec<String> {
        let lines = text.split(['\n', '\r']).filter(|line| !line.is_empty());
        lines.flat_map(|line| split(line, most, self.charset())).map(str::to_owned).collect()
    }

    /// As much of the text as fits into so many bytes.
    pub fn beginning(&self, text: &str, most: usize) -> Vec<u8> {
        let piece = split(text, most, self.charset()).next().unwrap_or_default();
        let bytes = self.encode(piece);
        if bytes.len() <= most { bytes } else { Vec::new() }
    }

    fn charset(&self) -> Charset {
        Reader::new(self.0).charset()
    }
}

/// The room that stands in brackets before what was said in another than the first one: `[#dev] hello`.
pub fn room_in_front(text: &str) -> (Option<String>, &str) {
    let inside = text.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    match inside {
        Some((room, rest)) if room.starts_with(['#', '&']) && !room.contains(' ') => {
            (Some(room.to_owned()), rest)
        }
        _ => (None, text),
    }
}

/// The time that stands before what was said in the past: `14:03 <ann> hello`, `2026-11-21 14:03 <ann> hello`.
pub fn time_in_front(text: &str) -> Option<(&str, &str)> {
    let shaped = |text: &str, shape: &str| {
        let fits = |(byte, like): (u8, u8)| if like == b'0' { byte.is_ascii_digit() } else { byte == like };
        text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(fits)
    };
    let end = ["00:00 ", "0000-00-00 00:00 "].into_iter().find(|shape| shaped(text, shape))?.len();
    let words = &text[end..];
    words.starts_with(['<', '*', '[', '-', '…']).then(|| (&text[..end - 1], words))
}

/// Text that is to be said whatever it begins with, as a typed line.
pub fn escaped(text: &str) -> String {
    if text.starts_with('/') { format!("/{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_read_in_either_encoding_and_written_in_the_one_chosen() {
        let auto = Words::default();
        assert_eq!(auto.decode("你好".as_bytes()), "你好");
        assert_eq!(auto.decode(b"\xc4\xe3\xba\xc3"), "你好");
        assert_eq!(auto.decode(b"\xe4\xbd\xa0\xe5\xa5"), "你\u{fffd}", "a cut character");
        assert_eq!(auto.encode("你"), "你".as_bytes());
        let gbk = Words::named("gbk").expect("there is one");
        assert_eq!(gbk.encode("你好"), b"\xc4\xe3\xba\xc3");
        assert_eq!(gbk.pieces("你好吗", 5), ["你好", "吗"]);
        assert!(Words::named("klingon").is_none());
    }

    #[test]
    fn a_room_in_front_is_told_from_what_people_put_in_brackets() {
        assert_eq!(room_in_front("[#dev] hi"), (Some("#dev".into()), "hi"));
        assert_eq!(room_in_front("[dev] hi"), (None, "[dev] hi"));
        assert_eq!(room_in_front("[#dev]hi"), (None, "[#dev]hi"));
    }

    #[test]
    fn a_time_in_front_is_told_from_what_people_say() {
        assert_eq!(time_in_front("14:03 <ann> hi"), Some(("14:03", "<ann> hi")));
        let dated = "2026-11-21 14:03 … there";
        assert_eq!(time_in_front(dated), Some(("2026-11-21 14:03", "… there")));
        for text in ["14:03", "14:03 tea", "14-03 <ann> hi", "<ann> 14:03 <bob> hi", "", "1四:03 <a> b"] {
            assert_eq!(time_in_front(text), None, "{text}");
        }
    }

    #[test]
    fn what_fits_of_a_name_is_kept() {
        let words = Words::default();
        assert_eq!(words.beginning("一二三四五六七", 19), "一二三四五六".as_bytes());
        assert_eq!(words.beginning("ann", 19), b"ann");
    }
}
