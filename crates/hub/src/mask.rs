//! Masks: patterns with `*` (any run), `?` (one character) and `\` (the next character as it is).

use crate::Casemapping;

/// A mask with its parts, to be matched against names without regard to case.
pub struct Mask;

impl Mask {
    /// Whether `mask` matches all of `text`. Takes time in proportion to the product of the lengths
    /// at worst, and no memory.
    pub fn matches(mask: &str, text: &str, casemapping: Casemapping) -> bool {
        let (mask, text) = (mask.as_bytes(), text.as_bytes());
        let (mut m, mut t) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            match mask.get(m) {
                Some(b'*') => {
                    m += 1;
                    retry = Some((m, t));
                    continue;
                }
                None if t == text.len() => return true,
                _ => {}
            }
            if t < text.len()
                && let Some((step, width)) = Self::step(&mask[m..], &text[t..], casemapping)
            {
                m += step;
                t += width;
                continue;
            }
            match &mut retry {
                Some((from, at)) if *at < text.len() => {
                    *at += 1;
                    (m, t) = (*from, *at);
                }
                _ => return false,
            }
        }
    }

    /// Matches one element of the mask at the start of `text`: how much of each it took.
    fn step(mask: &[u8], text: &[u8], casemapping: Casemapping) -> Option<(usize, usize)> {
        let same = |a: u8| casemapping.fold_byte(a) == casemapping.fold_byte(text[0]);
        match mask {
            [b'?', ..] => Some((1, character_width(text))),
            [b'\\', literal, ..] if same(*literal) => Some((2, 1)),
            [b'\\', _, ..] => None,
            [literal, ..] if same(*literal) => Some((1, 1)),
            _ => None,
        }
    }

    /// The mask completed to three parts: `foo` is `foo!*@*`, `a@b` is `*!a@b`, `a!b` is `a!b@*`.
    pub fn complete(mask: &str) -> String {
        let or_any = |part: &str| if part.is_empty() { "*".to_owned() } else { part.to_owned() };
        let (nick, rest) = match mask.split_once('!') {
            Some((nick, rest)) => (nick, rest),
            None if mask.contains('@') => ("*", mask),
            None => (mask, "*@*"),
        };
        let (user, host) = rest.rsplit_once('@').unwrap_or((rest, "*"));
        format!("{}!{}@{}", or_any(nick), or_any(user), or_any(host))
    }

    /// Whether `text` has a wildcard in it.
    pub fn is_wild(text: &str) -> bool {
        text.contains(['*', '?'])
    }
}

/// Bytes of the first UTF-8 character of `text`, which is not empty.
fn character_width(text: &[u8]) -> usize {
    let width = match text[0] {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    };
    width.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_match_whole_names_without_case() {
        let cases = [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*c", "abbc", true),
            ("a*c", "abcb", false),
            ("A?C", "abc", true),
            ("a?c", "ac", false),
            ("a?c", "aéc", true),
            ("*!*@*.example", "ann!u@host.EXAMPLE", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("a\\?b", "a?b", true),
            ("a\\?b", "axb", false),
            ("**a**b", "xaxb", true),
            ("*ab", "aab", true),
        ];
        for (mask, text, expected) in cases {
            assert_eq!(Mask::matches(mask, text, Casemapping::Ascii), expected, "{mask} ~ {text}");
        }
    }

    #[test]
    fn masks_are_completed_to_three_parts() {
        for (mask, whole) in [
            ("foo", "foo!*@*"),
            ("a@b", "*!a@b"),
            ("a!b", "a!b@*"),
            ("a!b@c", "a!b@c"),
            ("!@", "*!*@*"),
            ("*", "*!*@*"),
        ] {
            assert_eq!(Mask::complete(mask), whole);
        }
    }
}
