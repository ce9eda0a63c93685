//! What the graphical client would take for HTML.

use std::borrow::Cow;

/// The tags that make it HTML.
#[rustfmt::skip]
const TAGS: [&str; 59] = [
    "a", "address", "b", "big", "blockquote", "body", "br", "caption", "center", "cite", "code", "dd",
    "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html",
    "i", "img", "kbd", "li", "link", "meta", "nobr", "ol", "p", "pre", "qt", "s", "samp", "script",
    "small", "span", "strong", "style", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "title", "tr", "tt", "u", "ul", "var",
];

/// Nothing to see, and no part of a tag.
const ZERO_WIDTH_SPACE: &str = "\u{200b}";

/// Keeps text from being shown as HTML. That happens if the first `<` of its first line opens a known
/// tag, or `&lt;` stands before it: a zero width space then goes behind the `<` or `&`.
pub fn guard_markup(text: &str) -> Cow<'_, str> {
    let line = &text[..text.find('\n').unwrap_or(text.len())];
    let open = line.find('<');
    let before = &line[..open.unwrap_or(line.len())];
    let tag = open.filter(|&at| opens_tag(&text[at + 1..]));
    if tag.is_none() && !before.contains("&lt;") {
        return Cow::Borrowed(text);
    }
    let mut guarded = before.replace("&lt;", &format!("&{ZERO_WIDTH_SPACE}lt;"));
    guarded.push_str(&text[before.len()..]);
    if tag.is_some() {
        let behind = guarded.len() - (text.len() - before.len()) + 1;
        guarded.insert_str(behind, ZERO_WIDTH_SPACE);
    }
    Cow::Owned(guarded)
}

/// Whether what stands behind a `<` makes it a known tag.
fn opens_tag(rest: &str) -> bool {
    let Some(end) = rest.find('>') else { return false };
    let inside = rest[..end].trim_start_matches(|char: char| char == '!' || char.is_whitespace());
    let name_end = inside.find(|char: char| !char.is_alphanumeric()).unwrap_or(inside.len());
    let (name, behind) = inside.split_at(name_end);
    let ends = behind.is_empty() || behind == "/" || behind.starts_with(char::is_whitespace);
    ends && TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_guarded() {
        for tag in ["<b>", "<U>", "<p >", "<a href=x>", "<i/>", "< b>", "<!b>", "<h1\nx>"] {
            let guarded = format!("x <\u{200b}{} y", &tag[1..]);
            assert_eq!(guard_markup(&format!("x {tag} y")), guarded);
        }
        assert_eq!(guard_markup("if (a<b && c>d)"), "if (a<\u{200b}b && c>d)");
    }

    #[test]
    fn what_is_shown_as_it_is_stays_as_it_is() {
        for text in ["", "<3", "i < j", "<bb>", "</b>", "<>", "a <b c", "<b-c>", "<你> <b>", "a\n<b>", "> <"]
        {
            assert!(matches!(guard_markup(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn entities_before_the_first_bracket_are_guarded() {
        assert_eq!(guard_markup("&lt;b"), "&\u{200b}lt;b");
        assert_eq!(guard_markup("&lt;&lt; <3"), "&\u{200b}lt;&\u{200b}lt; <3");
        assert_eq!(guard_markup("&lt; <b>你"), "&\u{200b}lt; <\u{200b}b>你");
        assert_eq!(guard_markup("<3 &lt;"), "<3 &lt;");
        assert_eq!(guard_markup("a\n&lt;"), "a\n&lt;");
    }

    #[test]
    fn what_is_guarded_needs_no_guard() {
        for text in ["<b>", "&lt; <b>", "x <i/> &lt;"] {
            let once = guard_markup(text).into_owned();
            assert_eq!(guard_markup(&once), once);
        }
    }
}
