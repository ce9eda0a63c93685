//! Text from peers that may speak GBK, read by read.

use dialect::charset::{Charset, Reader, Setting};
use proptest::prelude::*;

fn named(label: &str) -> Charset {
    Charset::named(label).expect("there is one")
}

fn auto() -> Reader {
    Reader::new(Setting::Auto { fallback: named("gbk") })
}

#[test]
fn encodings_have_names_and_numbers_that_stay() {
    assert_eq!(Charset::default(), Charset::UTF_8);
    assert_eq!(named("GB18030"), Charset::GB18030);
    for (label, index) in
        [("utf-8", 0), ("gb18030", 1), ("gbk", 2), ("big5", 3), ("shift_jis", 4), ("koi8-r", 30)]
    {
        assert_eq!(named(label).index(), index);
        assert_eq!(Charset::from_index(index), Some(named(label)));
        assert!(named(label).name().eq_ignore_ascii_case(label));
    }
    let all = (0..=u8::MAX).map_while(Charset::from_index);
    assert!(all.into_iter().all(|charset| Charset::named(charset.name()) == Some(charset)));
    assert_eq!(named("gb2312"), named("GBK"));
    assert_eq!(named("latin1"), named("windows-1252"));
    for label in ["", "auto", "utf-16le", "iso-2022-jp", "klingon"] {
        assert_eq!(Charset::named(label), None, "{label}");
    }
}

#[test]
fn text_is_written_in_the_encoding_and_read_back() {
    assert_eq!(*named("gbk").encode("你好 a"), *b"\xc4\xe3\xba\xc3 a");
    assert_eq!(named("gbk").decode(b"\xc4\xe3\xba\xc3 a"), "你好 a");
    assert_eq!(*named("gbk").encode("a😀b"), *b"a?b");
    assert_eq!(*Charset::GB18030.encode("😀"), *b"\x94\x39\xfc\x36");
    assert_eq!(*Charset::UTF_8.encode("你"), *"你".as_bytes());
}

#[test]
fn what_looks_like_ascii_may_be_half_a_character() {
    assert_eq!(named("gbk").decode(b"\xd5\x66"), "說");
    let mut reader = Reader::new(Setting::Fixed(named("gbk")));
    assert_eq!(reader.read(b"a\xd5"), "a");
    assert!(reader.pending());
    let text = reader.read(b"fa");
    assert_eq!(text.chars().count(), 2, "the first letter belongs to the character");
    assert!(text.ends_with('a') && !text.contains(char::REPLACEMENT_CHARACTER));
}

#[test]
fn a_cut_character_waits_for_the_next_read() {
    let mut reader = auto();
    assert_eq!(reader.read(b"\xe6\x98\xaf\xe4\xba"), "是");
    assert!(reader.pending());
    assert_eq!(reader.read(b"\xba!"), "人!");
    assert!(!reader.pending());
    assert_eq!(reader.charset(), Charset::UTF_8, "a cut character is not invalid");
    assert_eq!(reader.read("😀".as_bytes().split_at(3).0), "");
    assert_eq!(reader.read(b""), "");
    assert_eq!(reader.flush(), "\u{fffd}");
    assert_eq!(reader.flush(), "");
}

#[test]
fn a_peer_that_is_not_understood_speaks_the_fallback_from_then_on() {
    let mut reader = auto();
    assert_eq!(reader.read(b"hello"), "hello");
    assert_eq!(reader.charset(), Charset::UTF_8);
    assert_eq!(reader.read(b"\xc4\xe3\xba\xc3"), "你好");
    assert_eq!(reader.charset(), named("gbk"));
    assert_eq!(reader.read("é".as_bytes()), named("gbk").decode("é".as_bytes()), "and stays there");
}

#[test]
fn what_was_held_back_as_utf_8_is_read_in_the_fallback() {
    let mut reader = auto();
    assert_eq!(reader.read(b"a\xc4"), "a");
    assert_eq!(reader.read(b"\xe3b"), "你b");
    assert_eq!(reader.charset(), named("gbk"));
}

#[test]
fn a_fixed_encoding_never_changes() {
    let mut reader = Reader::new(Setting::Fixed(Charset::UTF_8));
    assert_eq!(reader.read(b"\xff\xc4\xe3\xe4\xbd"), "\u{fffd}\u{fffd}\u{fffd}");
    assert_eq!(reader.read(b"\xa0"), "你");
    assert_eq!(reader.charset(), Charset::UTF_8);
}

#[test]
fn four_bytes_of_gb18030_may_come_one_by_one() {
    let mut reader = Reader::new(Setting::Fixed(Charset::GB18030));
    let read: Vec<String> = b"\x94\x39\xfc\x36".iter().map(|&byte| reader.read(&[byte])).collect();
    assert_eq!(read, ["", "", "", "😀"]);
}

#[test]
fn a_reader_is_small() {
    assert!(size_of::<Reader>() <= 8);
}

proptest! {
    #[test]
    fn chinese_survives_in_chinese_encodings(text in "[一-龥a-z ]{0,40}", size in 1usize..9) {
        for charset in [Charset::UTF_8, Charset::GB18030, named("gbk")] {
            let bytes = charset.encode(&text);
            prop_assert_eq!(charset.decode(&bytes), &*text);
            let mut reader = Reader::new(Setting::Fixed(charset));
            let read: String = bytes.chunks(size).map(|bytes| reader.read(bytes)).collect();
            prop_assert_eq!(&read, &text);
            prop_assert!(!reader.pending());
        }
    }

    #[test]
    fn a_ruler_measures_what_is_written(text in any::<String>(), index in 0u8..35) {
        let charset = Charset::from_index(index).expect("there are so many");
        let mut ruler = charset.ruler();
        let width: usize = text.chars().map(|char| ruler.width(char)).sum();
        prop_assert_eq!(width, charset.encode(&text).len());
    }
}
