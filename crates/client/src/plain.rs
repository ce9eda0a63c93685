//! The `plain` conversation: text as it is, `exit;` to leave.

use dialect::plain::wire::{ClientUnit, MOST_TEXT, ServerUnit, c_string};

use crate::conversation::{Abilities, Conversation, Over, Parting, Step, Wish};
use crate::line::meaning;
use crate::show::Show;
use crate::text::{Words, escaped};
use crate::typed::Typed;

/// What a relay begins with.
const RELAY: &[u8] = b"from client ip=";

/// The conversation.
#[derive(Debug)]
pub struct Plain {
    words: Words,
    nick: Option<String>,
    room: Option<String>,
    asked: bool,
}

impl Plain {
    /// A conversation. A nick and a room mean something to our server alone; any other relays the
    /// commands that ask for them.
    pub fn new(nick: Option<&str>, room: Option<&str>, words: Words) -> Self {
        let owned = |text: &str| text.to_owned();
        Self { words, nick: nick.map(owned), room: room.map(owned), asked: false }
    }

    fn say(&self, text: &str, steps: &mut Vec<Step>) {
        for piece in self.words.pieces(text, MOST_TEXT) {
            let mut unit = Vec::new();
            ClientUnit::Text(&self.words.encode(&piece)).encode(&mut unit);
            steps.push(Step::Send(unit));
        }
    }

    fn heard(&self, unit: ServerUnit<'_>) -> Option<Step> {
        let (who, text) = match unit {
            ServerUnit::Exit => return Some(Step::Over(Over::Ended)),
            ServerUnit::Relay { ip, port, text } => (Some(format!("{ip}:{port}")), text),
            ServerUnit::Text(text) => (None, text),
        };
        let text = self.words.decode(text);
        // An old server says this without end for everybody who has gone.
        let text = Some(text.trim_end()).filter(|text| !text.is_empty())?;
        Some(Step::Show(match who {
            Some(who) => Show::Said { who, room: None, text: text.to_owned() },
            None => meaning(text, self.asked),
        }))
    }
}

/// The units of one read: several relays may have come together.
fn units(read: &[u8]) -> impl Iterator<Item = ServerUnit<'_>> {
    let mut left = c_string(read);
    std::iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        let (unit, rest) = left.split_at(next_relay(left));
        left = rest;
        Some(ServerUnit::decode(unit))
    })
}

/// Where the next relay begins behind the first byte, or the end.
fn next_relay(read: &[u8]) -> usize {
    let begins = |at: &usize| {
        read[*at..].starts_with(RELAY) && matches!(ServerUnit::decode(&read[*at..]), ServerUnit::Relay { .. })
    };
    (1..read.len()).find(begins).unwrap_or(read.len())
}

impl Conversation for Plain {
    fn start(&mut self, steps: &mut Vec<Step>) {
        let nick = self.nick.iter().map(|nick| format!("/nick {nick}"));
        let room = self.room.iter().map(|room| format!("/join {room}"));
        nick.chain(room).for_each(|command| self.say(&command, steps));
    }

    fn typed(&mut self, line: &str, steps: &mut Vec<Step>) {
        match Typed::decode(line) {
            Typed::Nothing => {}
            typed if typed.is_quit() => steps.push(Step::Leave),
            typed => {
                self.asked |= matches!(typed, Typed::Command { .. });
                self.say(line, steps);
            }
        }
    }

    fn ask(&mut self, wish: Wish, steps: &mut Vec<Step>) {
        match wish {
            Wish::Time => self.typed("/time", steps),
            Wish::List => self.typed("/who", steps),
            Wish::Send { to: Some(to), text } => self.typed(&format!("/msg {to} {text}"), steps),
            Wish::Send { to: None, text } => self.typed(&escaped(&text), steps),
            Wish::Name => {}
        }
    }

    fn receive(&mut self, bytes: &[u8], steps: &mut Vec<Step>) {
        steps.extend(units(bytes).filter_map(|unit| self.heard(unit)));
    }

    fn leave(&mut self, steps: &mut Vec<Step>) {
        let mut unit = Vec::new();
        ClientUnit::Exit.encode(&mut unit);
        steps.push(Step::Send(unit));
    }

    fn parting(&self) -> Parting {
        Parting::Wait
    }

    fn is_paced(&self) -> bool {
        true
    }

    fn abilities(&self) -> Abilities {
        Abilities { time: true, name: false, list: true }
    }
}
