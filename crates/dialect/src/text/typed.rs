//! What people type: words to be said, or a command behind a slash.
//!
//! ```text
//! line = "//" text                 ; says "/text"
//!      / "/" name [ SP rest ]      ; a command; letters of either case
//!      / text                      ; says it
//! ```

use crate::veil::Veiled;

/// What a typed line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed<'a> {
    /// Say this in the room; without the slash that kept it from being a command.
    Say(&'a str),
    /// `/me waves`
    Me(&'a str),
    /// `/msg nick text`
    Msg(&'a str, &'a str),
    /// `/nick name`
    Nick(&'a str),
    /// `/join room`
    Join(&'a str),
    /// `/part [room]`
    Part(Option<&'a str>),
    /// `/who [room]`
    Who(Option<&'a str>),
    /// `/list`
    List,
    /// `/topic [text]`
    Topic(Option<&'a str>),
    /// `/time`
    Time,
    /// `/help`
    Help,
    /// `/quit [words]`
    Quit(Option<&'a str>),
    /// `/pass secret`
    Pass(Veiled<&'a str>),
    /// `/login name secret`
    Login(&'a str, Veiled<&'a str>),
    /// `/logout`
    Logout,
    /// `/register secret [email]`
    Register(Veiled<&'a str>, Option<&'a str>),
    /// `/password old new`
    Password(Veiled<&'a str>, Veiled<&'a str>),
    /// `/history [number]`; not zero.
    History(Option<usize>),
    /// `/search words`
    Search(&'a str),
    /// A command that lacks something: how it is written.
    Incomplete(&'static str),
    /// No such command.
    Unknown(&'a str),
}

/// How each command is written, and what it does.
pub const HELP: [(&str, &str); 17] = [
    ("/nick NAME", "be called NAME"),
    ("/join ROOM", "enter a room and speak there"),
    ("/part [ROOM]", "leave it"),
    ("/msg NICK TEXT", "tell only one person"),
    ("/me WAVES", "say what you do"),
    ("/who [ROOM]", "who is here"),
    ("/list", "which rooms there are"),
    ("/topic [TEXT]", "read or set what the room is about"),
    ("/history [NUMBER]", "what was said here last"),
    ("/search WORDS", "where that was said"),
    ("/register PASSWORD [EMAIL]", "make your name an account of yours"),
    ("/login NAME PASSWORD", "log in to it"),
    ("/logout", "log out"),
    ("/password OLD NEW", "choose another password"),
    ("/time", "the time here"),
    ("/help", "this list"),
    ("/quit [WORDS]", "leave"),
];

impl<'a> Typed<'a> {
    /// What a line without its end asks for.
    pub fn decode(line: &'a str) -> Self {
        let Some(command) = line.strip_prefix('/') else { return Self::Say(line) };
        if command.starts_with('/') {
            return Self::Say(command);
        }
        let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        let some = (!rest.is_empty()).then_some(rest);
        let need =
            |what: &'static str, build: fn(&'a str) -> Self| some.map_or(Self::Incomplete(what), build);
        match name.to_ascii_lowercase().as_str() {
            "nick" => need("/nick NAME", |name| Self::Nick(word(name))),
            "join" => need("/join ROOM", |room| Self::Join(word(room))),
            "part" => Self::Part(some.map(word)),
            "msg" => {
                two(rest).map_or(Self::Incomplete("/msg NICK TEXT"), |(nick, text)| Self::Msg(nick, text))
            }
            "me" => need("/me WAVES", Self::Me),
            "who" => Self::Who(some.map(word)),
            "list" => Self::List,
            "topic" => Self::Topic(some),
            "time" => Self::Time,
            "help" => Self::Help,
            "quit" => Self::Quit(some),
            "pass" => need("/pass SECRET", |secret| Self::Pass(Veiled(secret))),
            "login" => two(rest).map_or(Self::Incomplete("/login NAME PASSWORD"), |(name, secret)| {
                Self::Login(name, Veiled(secret))
            }),
            "logout" => Self::Logout,
            "register" => need("/register PASSWORD [EMAIL]", |rest| {
                let mut words = rest.split_whitespace();
                Self::Register(Veiled(words.next().unwrap_or_default()), words.next())
            }),
            "password" => two(rest).map_or(Self::Incomplete("/password OLD NEW"), |(old, new)| {
                Self::Password(Veiled(old), Veiled(new))
            }),
            "history" => match some.map(|count| count.parse::<usize>().ok().filter(|&count| count > 0)) {
                Some(None) => Self::Incomplete("/history [NUMBER]"),
                count => Self::History(count.flatten()),
            },
            "search" => need("/search WORDS", Self::Search),
            _ => Self::Unknown(name),
        }
    }
}

/// The first word and what stands behind it.
fn two(text: &str) -> Option<(&str, &str)> {
    text.split_once(char::is_whitespace).map(|(word, rest)| (word, rest.trim_start()))
}

fn word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_asks_and_anything_else_is_said() {
        for (line, typed) in [
            ("hello /nick", Typed::Say("hello /nick")),
            ("//etc/passwd", Typed::Say("/etc/passwd")),
            ("/nick ann", Typed::Nick("ann")),
            ("/NICK  ann  b", Typed::Nick("ann")),
            ("/nick", Typed::Incomplete("/nick NAME")),
            ("/msg bob  hi  there ", Typed::Msg("bob", "hi  there")),
            ("/msg bob", Typed::Incomplete("/msg NICK TEXT")),
            ("/me waves", Typed::Me("waves")),
            ("/part", Typed::Part(None)),
            ("/who #dev", Typed::Who(Some("#dev"))),
            ("/topic all about it", Typed::Topic(Some("all about it"))),
            ("/quit", Typed::Quit(None)),
            ("/pass a b", Typed::Pass(Veiled("a b"))),
            ("/login ann  my secret ", Typed::Login("ann", Veiled("my secret"))),
            ("/login ann", Typed::Incomplete("/login NAME PASSWORD")),
            ("/register secret", Typed::Register(Veiled("secret"), None)),
            ("/register secret  a@b.c", Typed::Register(Veiled("secret"), Some("a@b.c"))),
            ("/password old new", Typed::Password(Veiled("old"), Veiled("new"))),
            ("/password old", Typed::Incomplete("/password OLD NEW")),
            ("/history", Typed::History(None)),
            ("/history 5", Typed::History(Some(5))),
            ("/history 0", Typed::Incomplete("/history [NUMBER]")),
            ("/history five", Typed::Incomplete("/history [NUMBER]")),
            ("/search red wine", Typed::Search("red wine")),
            ("/dance", Typed::Unknown("dance")),
            ("/", Typed::Unknown("")),
        ] {
            assert_eq!(Typed::decode(line), typed, "{line}");
        }
    }

    #[test]
    fn no_secret_is_printed() {
        for line in ["/pass geheim", "/login ann geheim", "/register geheim", "/password geheim geheim"] {
            let shown = format!("{:?}", Typed::decode(line));
            assert!(!shown.contains("geheim"), "{shown}");
        }
    }

    #[test]
    fn every_command_in_the_help_is_known() {
        for (form, _) in HELP {
            let form = form.replace(['[', ']'], "").replace("NUMBER", "1");
            assert!(!matches!(Typed::decode(&form), Typed::Unknown(_) | Typed::Say(_)), "{form}");
        }
    }
}
