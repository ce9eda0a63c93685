//! What a peer sent, made harmless for a terminal.

/// The text without what a terminal would obey: control characters, and the marks that turn the writing
/// direction around. A tab becomes a space, a line feed stays.
pub fn visible(text: &str) -> String {
    text.chars().filter_map(harmless).collect()
}

/// The same on one line: a line feed becomes a space.
pub fn visible_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

fn harmless(c: char) -> Option<char> {
    match c {
        '\n' => Some(c),
        '\t' => Some(' '),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        // Zero-width space: what our server puts into text so that the graphical client does not take
        // it for markup.
        '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_nothing_but_text() {
        assert_eq!(visible("a\x1b[2J\x07b\x7f\u{9b}31mc\r"), "a[2Jb31mc");
        assert_eq!(visible("x\u{202e}gpj.exe"), "xgpj.exe");
        assert_eq!(visible("a\tb\nc"), "a b\nc");
        assert_eq!(visible_line("你好\n!"), "你好 !");
    }
}
