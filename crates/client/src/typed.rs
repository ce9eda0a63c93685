//! What a line means that somebody typed.
//!
//! ```text
//! line    = "/" command [SP rest]    ; do something
//!         / "//" text                ; say a line that begins with a slash
//!         / text                     ; say it
//! ```

/// A typed line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed<'a> {
    /// There is nothing in it.
    Nothing,
    /// Say this.
    Say(&'a str),
    /// Do this.
    Command {
        /// What, without the slash, as it was typed.
        word: &'a str,
        /// With what.
        rest: &'a str,
    },
}

impl<'a> Typed<'a> {
    /// Reads a line.
    pub fn decode(line: &'a str) -> Self {
        let line = line.trim_end_matches(['\r', '\n']);
        match line.strip_prefix('/') {
            _ if line.trim().is_empty() => Self::Nothing,
            Some(said) if said.starts_with('/') => Self::Say(said),
            Some(command) => {
                let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
                Self::Command { word, rest: rest.trim() }
            }
            None => Self::Say(line),
        }
    }

    /// Whether it asks to leave.
    pub fn is_quit(&self) -> bool {
        matches!(self, Self::Command { word, .. }
            if word.eq_ignore_ascii_case("quit") || word.eq_ignore_ascii_case("exit"))
    }
}

/// Splits off the first word.
pub fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_asks_and_two_slashes_say_one() {
        let command = |word, rest| Typed::Command { word, rest };
        for (line, typed) in [
            ("hello ", Typed::Say("hello ")),
            ("/msg  bob hi there", command("msg", "bob hi there")),
            ("/", command("", "")),
            ("//etc/passwd\r\n", Typed::Say("/etc/passwd")),
            (" /x", Typed::Say(" /x")),
            ("  ", Typed::Nothing),
            ("", Typed::Nothing),
        ] {
            assert_eq!(Typed::decode(line), typed, "{line:?}");
        }
    }

    #[test]
    fn leaving_has_two_words() {
        assert!(Typed::decode("/QUIT so long").is_quit() && Typed::decode("/exit").is_quit());
        assert!(!Typed::decode("/quitter").is_quit() && !Typed::decode("quit").is_quit());
    }
}
