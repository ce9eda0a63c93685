//! Text cut to measure: pieces that fit into the units of a dialect, and text without control
//! characters.

use std::borrow::Cow;

use crate::charset::Charset;

/// Cuts text into pieces that take up at most `most` bytes each in this encoding; together they are
/// the text. A piece ends behind a space, if there is one in its last quarter, and never within a
/// character: one that is too long by itself makes a piece by itself. No text makes no piece.
pub fn split(text: &str, most: usize, charset: Charset) -> impl Iterator<Item = &str> {
    let mut left = text;
    std::iter::from_fn(move || {
        let (piece, rest) = left.split_at(first_piece(left, most, charset));
        left = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The pieces of something that was said before: each stands behind its time, and those after the first are
/// marked as the rest of it, so that none looks like something said now. At most `most` bytes each, as by
/// [`split`].
pub fn split_old(time: &str, text: &str, most: usize, charset: Charset) -> impl Iterator<Item = String> {
    const REST: &str = "… ";
    let most = most.saturating_sub(time.len() + 1 + REST.len());
    split(text, most, charset).enumerate().map(move |(at, piece)| {
        let rest = if at == 0 { "" } else { REST };
        format!("{time} {rest}{piece}")
    })
}

/// How long the first piece is, in bytes of UTF-8.
fn first_piece(text: &str, most: usize, charset: Charset) -> usize {
    if charset == Charset::UTF_8 && text.len() <= most {
        return text.len();
    }
    let mut ruler = charset.ruler();
    let mut used = 0;
    let too_much = text.char_indices().find(|&(at, char)| {
        used += ruler.width(char);
        used > most && at > 0
    });
    let Some((end, _)) = too_much else { return text.len() };
    behind_space(&text[..end]).unwrap_or(end)
}

/// Where the last word of a piece begins, if that is not long before its end.
fn behind_space(piece: &str) -> Option<usize> {
    let at = piece.rfind([' ', '\n'])? + 1;
    (at >= piece.len() - piece.len() / 4).then_some(at)
}

/// Removes control characters (C0, DEL and C1), except those that are allowed.
pub fn clean<'a>(text: &'a str, allowed: &[char]) -> Cow<'a, str> {
    let unwanted = |char: char| char.is_control() && !allowed.contains(&char);
    if !text.contains(unwanted) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|&char| !unwanted(char)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, most: usize, charset: Charset) -> Vec<&str> {
        split(text, most, charset).collect()
    }

    #[test]
    fn what_fits_stays_in_one_piece() {
        assert_eq!(pieces("hello", 5, Charset::UTF_8), ["hello"]);
        assert_eq!(pieces("", 5, Charset::UTF_8), [""; 0]);
    }

    #[test]
    fn no_character_is_cut() {
        assert_eq!(pieces("你好吗", 7, Charset::UTF_8), ["你好", "吗"]);
        assert_eq!(pieces("你好吗", 1, Charset::UTF_8), ["你", "好", "吗"]);
        assert_eq!(pieces("ab", 0, Charset::UTF_8), ["a", "b"]);
    }

    #[test]
    fn characters_are_measured_in_the_encoding() {
        let gbk = Charset::named("gbk").expect("there is one");
        assert_eq!(pieces("你好吗", 5, gbk), ["你好", "吗"]);
        assert_eq!(pieces("😀😀😀", 2, gbk), ["😀😀", "😀"], "each is a question mark");
        assert_eq!(pieces("😀😀", 7, Charset::GB18030), ["😀", "😀"]);
    }

    #[test]
    fn a_piece_ends_behind_a_space_near_its_end() {
        assert_eq!(pieces("one two three four", 10, Charset::UTF_8), ["one two ", "three four"]);
        assert_eq!(pieces("a bcdefghijklmnop", 10, Charset::UTF_8), ["a bcdefghi", "jklmnop"]);
    }

    #[test]
    fn every_piece_of_an_old_message_has_its_time() {
        let pieces: Vec<_> = split_old("14:03", "<ann> 你好吗", 20, Charset::UTF_8).collect();
        assert_eq!(pieces, ["14:03 <ann> 你", "14:03 … 好吗"]);
        assert_eq!(split_old("14:03", "", 20, Charset::UTF_8).count(), 0);
    }

    #[test]
    fn control_characters_go_except_those_allowed() {
        assert_eq!(clean("a\x1b[31mb\x7f\u{9b}c\nd\0", &['\n']), "a[31mbc\nd");
        assert!(matches!(clean("你好", &[]), Cow::Borrowed("你好")));
    }
}
