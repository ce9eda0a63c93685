//! The `packet` conversation: with a server that has a list of everybody, or with one other person.
//!
//! ```text
//! group  join, chat …, leave (type 3)          to a server
//! pair   join, chat …, leave (type 2)          to a person's program
//! waits  join to whoever comes, chat …, leave (type 2)   as that program
//! ```

use std::net::SocketAddr;

use dialect::packet::wire::{Kind, MOST_NAME, MOST_TEXT, Packet, SIZE, leave_text};

use crate::conversation::{Abilities, Conversation, Parting, Step, Wish, failed, notice};
use crate::show::Show;
use crate::text::{Words, escaped, room_in_front, time_in_front};
use crate::typed::Typed;
use crate::url;

/// Under which name our server speaks.
const SERVER: &str = "saloon";
/// What our server puts before what is for one person alone.
const PRIVATE: &str = "(private) ";

/// The conversation.
#[derive(Debug)]
pub struct PacketChat {
    words: Words,
    name: Vec<u8>,
    room: Option<String>,
    role: Role,
    asked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Group,
    Pair,
    /// Waits for the other; whether somebody has come.
    Waiting(bool),
}

impl PacketChat {
    /// A conversation under a name, of which 19 bytes are kept, with a server of this kind.
    pub fn new(name: &str, room: Option<&str>, kind: url::Kind, words: Words) -> Self {
        let role = if kind == url::Kind::Pair { Role::Pair } else { Role::Group };
        let name = words.beginning(name, MOST_NAME);
        Self { words, name, room: room.map(str::to_owned), role, asked: false }
    }

    /// The end of a conversation of two that waits for the other.
    pub fn waiting(name: &str, words: Words) -> Self {
        Self { role: Role::Waiting(false), ..Self::new(name, None, url::Kind::Pair, words) }
    }

    fn push(&self, kind: Kind, text: &[u8], steps: &mut Vec<Step>) {
        let packet = Packet { kind, name: &self.name, text };
        steps.push(Step::Send(packet.encode().to_vec()));
    }

    fn say(&self, text: &str, steps: &mut Vec<Step>) {
        if self.role == Role::Waiting(false) {
            steps.push(failed("nobody is there to hear it: the first packet has yet to come"));
            return;
        }
        for piece in self.words.pieces(text, MOST_TEXT) {
            self.push(Kind::Chat, &self.words.encode(&piece), steps);
        }
    }

    /// A command goes to a server. That puts the words together that come in quick succession, since the
    /// old programs send each of them by itself.
    fn command(&mut self, line: &str, steps: &mut Vec<Step>) {
        if self.role != Role::Group {
            let why = "there is no server here to do that; /quit leaves, and // says a line with a slash";
            steps.push(failed(why));
            return;
        }
        self.asked = true;
        self.say(line, steps);
        steps.push(Step::Pause);
    }

    fn chat(&self, name: String, text: &str) -> Show {
        if self.role == Role::Group && name == SERVER {
            if let Some((time, words)) = time_in_front(text) {
                return Show::Old { time: time.to_owned(), words: words.to_owned() };
            }
            let text = text.to_owned();
            return if self.asked { Show::Answer(text) } else { Show::Notice(text) };
        }
        if let Some(text) = text.strip_prefix(PRIVATE) {
            return Show::Private { who: name, text: text.to_owned() };
        }
        let (room, text) = room_in_front(text);
        match text.strip_prefix("* ") {
            Some(text) => Show::Action { who: name, room, text: text.to_owned() },
            None => Show::Said { who: name, room, text: text.to_owned() },
        }
    }
}

impl Conversation for PacketChat {
    fn start(&mut self, steps: &mut Vec<Step>) {
        if matches!(self.role, Role::Waiting(_)) {
            return;
        }
        self.push(Kind::Join, b"", steps);
        if let Some(room) = self.room.clone() {
            self.command(&format!("/join {room}"), steps);
            self.asked = false;
        }
    }

    fn typed(&mut self, line: &str, steps: &mut Vec<Step>) {
        match Typed::decode(line) {
            Typed::Nothing => {}
            typed if typed.is_quit() => steps.push(Step::Leave),
            Typed::Command { .. } => self.command(line, steps),
            // A server takes the second slash away; a person's program shows both.
            Typed::Say(_) if self.role == Role::Group => self.say(line, steps),
            Typed::Say(text) => self.say(text, steps),
        }
    }

    fn ask(&mut self, wish: Wish, steps: &mut Vec<Step>) {
        match wish {
            Wish::Time => self.command("/time", steps),
            Wish::List => self.command("/who", steps),
            Wish::Send { to: Some(to), text } => self.command(&format!("/msg {to} {text}"), steps),
            Wish::Send { to: None, text } => self.typed(&escaped(&text), steps),
            Wish::Name => {}
        }
    }

    fn receive(&mut self, bytes: &[u8], steps: &mut Vec<Step>) {
        let Ok(packet) = Packet::decode(bytes) else { return };
        let who = self.words.decode(packet.name);
        steps.push(Step::Show(match packet.kind {
            _ if packet.is_leave() => Show::Left { who, detail: None },
            Kind::Join => Show::Joined { who, room: None },
            // Nothing was said; some programs do that without end.
            _ if packet.text.is_empty() => return,
            _ => self.chat(who, &self.words.decode(packet.text)),
        }));
    }

    fn met(&mut self, peer: SocketAddr, steps: &mut Vec<Step>) {
        if let Role::Waiting(_) = self.role {
            self.role = Role::Waiting(true);
            steps.push(notice(format!("talking to {peer} now")));
            self.push(Kind::Join, b"", steps);
        }
    }

    /// A packet of a type that nobody relays, shows or answers. Our server forgets who is silent for long.
    fn keep_alive(&mut self, steps: &mut Vec<Step>) {
        if self.role == Role::Group {
            steps.push(Step::Send(vec![0; SIZE]));
        }
    }

    fn leave(&mut self, steps: &mut Vec<Step>) {
        let kind = if self.role == Role::Group { Kind::Leave } else { Kind::Chat };
        if self.role != Role::Waiting(false) {
            self.push(kind, &leave_text(&self.name), steps);
        }
    }

    fn parting(&self) -> Parting {
        Parting::AtOnce
    }

    fn abilities(&self) -> Abilities {
        let server = self.role == Role::Group;
        Abilities { time: server, name: false, list: server }
    }
}
