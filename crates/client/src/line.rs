//! The `line` conversation: what is typed goes out as it is, and what comes is nearly fit to be shown.
//!
//! ```text
//! line = "<" nick "> " text             ; said
//!      / "*" nick "* " text             ; said to us alone
//!      / "* " nick SP text              ; somebody does something
//!      / "-- " nick " has joined " room ; came
//!      / "-- " nick " has left" *text   ; left
//!      / "-- " text / text              ; anything else the server has to say
//! ```

use crate::conversation::{Abilities, Conversation, Opening, Parting, Step, Wish};
use crate::lines::Lines;
use crate::show::Show;
use crate::text::Words;
use crate::typed::Typed;

/// Most bytes of text in one line.
const MAX_SAID: usize = 1000;

/// The conversation.
#[derive(Debug)]
pub struct Line {
    words: Words,
    lines: Lines,
    nick: Option<String>,
    room: Option<String>,
    greeted: bool,
    /// Something was asked, so that what the server has to say may be the answer.
    asked: bool,
}

impl Line {
    /// A conversation under a nick, or the one the server gives, in a room, or the one it chooses.
    pub fn new(nick: Option<&str>, room: Option<&str>, words: Words) -> Self {
        let owned = |text: &str| text.to_owned();
        let (nick, room) = (nick.map(owned), room.map(owned));
        Self { words, lines: Lines::new(), nick, room, greeted: false, asked: false }
    }

    fn say(&mut self, line: &str, steps: &mut Vec<Step>) {
        let mut bytes = self.words.encode(line);
        bytes.push(b'\n');
        steps.push(Step::Send(bytes));
    }

    fn shown(&self, line: &[u8]) -> Option<Show> {
        let line = self.words.decode(line);
        let line = line.trim_end();
        (!line.is_empty()).then(|| meaning(line, self.asked))
    }
}

/// What a line of a server's means. Unless it is somebody's words, it is the answer to what was `asked`.
pub(crate) fn meaning(line: &str, asked: bool) -> Show {
    let notice = |text: &str| {
        let text = text.to_owned();
        if asked { Show::Answer(text) } else { Show::Notice(text) }
    };
    let named = |rest: &'_ str, until: &str| {
        let (who, text) = rest.split_once(until)?;
        let one_word = !who.is_empty() && !who.contains([' ', '*', '<', '>']);
        one_word.then(|| (who.to_owned(), text.to_owned()))
    };
    if let Some((time, words)) = crate::text::time_in_front(line) {
        return Show::Old { time: time.to_owned(), words: words.to_owned() };
    }
    if let Some(rest) = line.strip_prefix("-- ") {
        if let Some((who, room)) = named(rest, " has joined") {
            let room = Some(room.trim().to_owned()).filter(|room| !room.is_empty());
            return Show::Joined { who, room };
        }
        return match named(rest, " has left") {
            Some((who, detail)) => {
                let detail = Some(detail.trim().to_owned()).filter(|detail| !detail.is_empty());
                Show::Left { who, detail }
            }
            None => notice(rest),
        };
    }
    let (room, rest) = crate::text::room_in_front(line);
    if let Some((who, text)) = rest.strip_prefix('<').and_then(|rest| named(rest, "> ")) {
        return Show::Said { who, room, text };
    }
    if let Some((who, text)) = rest.strip_prefix("* ").and_then(|rest| named(rest, " ")) {
        return Show::Action { who, room, text };
    }
    match line.strip_prefix('*').and_then(|rest| named(rest, "* ")) {
        Some((who, text)) => Show::Private { who, text },
        None => notice(line),
    }
}

impl Conversation for Line {
    fn start(&mut self, steps: &mut Vec<Step>) {
        if let Some(nick) = self.nick.clone() {
            self.say(&format!("/nick {nick}"), steps);
        }
        if let Some(room) = self.room.clone() {
            self.say(&format!("/join {room}"), steps);
        }
    }

    fn typed(&mut self, line: &str, steps: &mut Vec<Step>) {
        match Typed::decode(line) {
            Typed::Nothing => {}
            typed if typed.is_quit() => steps.push(Step::Leave),
            Typed::Command { .. } => {
                self.asked = true;
                self.say(line, steps);
            }
            Typed::Say(text) => {
                for piece in self.words.pieces(text, MAX_SAID) {
                    let escape = if piece.starts_with('/') { "/" } else { "" };
                    self.say(&format!("{escape}{piece}"), steps);
                }
            }
        }
    }

    fn ask(&mut self, wish: Wish, steps: &mut Vec<Step>) {
        match wish {
            Wish::Time => self.typed("/time", steps),
            Wish::List => self.typed("/who", steps),
            Wish::Send { to: Some(to), text } => self.typed(&format!("/msg {to} {text}"), steps),
            Wish::Send { to: None, text } => self.typed(&crate::text::escaped(&text), steps),
            Wish::Name => {}
        }
    }

    fn receive(&mut self, bytes: &[u8], steps: &mut Vec<Step>) {
        self.greeted = true;
        for line in self.lines.feed(bytes) {
            steps.extend(self.shown(&line).map(Step::Show));
        }
    }

    fn quiet(&mut self, steps: &mut Vec<Step>) {
        if let Some(rest) = self.lines.flush() {
            steps.extend(self.shown(&rest).map(Step::Show));
        }
    }

    fn leave(&mut self, steps: &mut Vec<Step>) {
        self.say("/quit", steps);
    }

    fn parting(&self) -> Parting {
        Parting::HalfClose
    }

    fn opening(&self) -> Opening {
        if self.greeted { Opening::Done } else { Opening::Usual }
    }

    fn abilities(&self) -> Abilities {
        Abilities { time: true, name: false, list: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.into())
    }

    #[test]
    fn every_form_of_line_has_its_meaning() {
        let s = String::from;
        for (line, show) in [
            ("<ann> hi <b>", Show::Said { who: s("ann"), room: None, text: s("hi <b>") }),
            ("[#dev] <ann> hi", Show::Said { who: s("ann"), room: some("#dev"), text: s("hi") }),
            ("* ann waves", Show::Action { who: s("ann"), room: None, text: s("waves") }),
            ("*ann* psst", Show::Private { who: s("ann"), text: s("psst") }),
            ("-- ann has joined #lobby", Show::Joined { who: s("ann"), room: some("#lobby") }),
            ("-- ann has left", Show::Left { who: s("ann"), detail: None }),
            ("08:00 <ann> hi", Show::Old { time: s("08:00"), words: s("<ann> hi") }),
            ("-- you are guest7", Show::Notice(s("you are guest7"))),
            ("Welcome", Show::Notice(s("Welcome"))),
            ("<not a nick> hi", Show::Notice(s("<not a nick> hi"))),
        ] {
            assert_eq!(meaning(line, false), show, "{line}");
        }
    }

    #[test]
    fn a_line_without_end_is_shown_when_nothing_follows() {
        let mut line = Line::new(None, None, Words::default());
        let mut steps = Vec::new();
        line.receive(b"<ann> h", &mut steps);
        assert!(steps.is_empty());
        line.quiet(&mut steps);
        let said = Show::Said { who: "ann".into(), room: None, text: "h".into() };
        assert_eq!(steps, [Step::Show(said)]);
    }
}
