//! The `group` conversation: text as it is, heard by everybody; and private messages from user to user.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use dialect::group::wire::{Ident, ServerUnit, private_port};
use dialect::plain::wire::c_string;

use crate::conversation::{Abilities, Conversation, Opening, Over, Parting, Step, Wish, failed, notice};
use crate::line::meaning;
use crate::show::{Person, Show};
use crate::text::{Words, escaped, room_in_front};
use crate::typed::{Typed, first_word};

/// Most bytes of text in one unit: what the graphical client may send, and far less than a read takes.
const MOST_TEXT: usize = 30_000;
/// Most bytes of a private message, which must fit into one datagram.
const MOST_PRIVATE: usize = 60_000;
/// How many users are remembered.
const MOST_KNOWN: usize = 10_000;
/// What our server puts before what is for one person alone.
const PRIVATE: &str = "(private) ";

/// The conversation.
#[derive(Debug)]
pub struct Group {
    words: Words,
    nick: Option<String>,
    room: Option<String>,
    /// How the others know us.
    me: Option<Ident>,
    known: BTreeSet<Ident>,
    greeted: bool,
    /// What we said and have not heard back.
    unheard: u32,
    last_said: String,
    asked: bool,
}

impl Group {
    /// A conversation; `local` is our end of the connection. A nick and a room mean something to our
    /// server alone; any other relays the commands that ask for them.
    pub fn new(nick: Option<&str>, room: Option<&str>, local: Option<SocketAddr>, words: Words) -> Self {
        let owned = |text: &str| text.to_owned();
        Self {
            words,
            nick: nick.map(owned),
            room: room.map(owned),
            me: local.and_then(four),
            known: BTreeSet::new(),
            greeted: false,
            unheard: 0,
            last_said: String::new(),
            asked: false,
        }
    }

    fn say(&mut self, text: &str, steps: &mut Vec<Step>) {
        for piece in self.words.pieces(text, MOST_TEXT) {
            self.unheard += 1;
            steps.push(Step::Send(self.words.encode(&piece)));
            self.last_said = piece;
        }
    }

    fn command(&mut self, line: &str, steps: &mut Vec<Step>) {
        self.asked = true;
        steps.extend(self.words.pieces(line, MOST_TEXT).iter().map(|piece| {
            let unit = self.words.encode(piece);
            Step::Send(unit)
        }));
    }

    /// To an address, straight to that user; to anybody else, with the help of our server.
    fn tell(&mut self, to: &str, text: &str, steps: &mut Vec<Step>) {
        match to.parse::<SocketAddr>() {
            _ if text.is_empty() => steps.push(failed("/msg needs an address or a nick, and a text")),
            Ok(to) => self.tell_privately(to, text, steps),
            Err(_) => self.command(&format!("/msg {to} {text}"), steps),
        }
    }

    fn tell_privately(&mut self, to: SocketAddr, text: &str, steps: &mut Vec<Step>) {
        match private_port(to.port()) {
            Some(port) => {
                let to = SocketAddr::new(to.ip(), port);
                let bytes = self.words.beginning(text, MOST_PRIVATE);
                steps.push(Step::Datagram { to, bytes });
            }
            None => steps.push(failed(format!("{to} can't be reached: there is no port above its own"))),
        }
    }

    fn heard(&mut self, unit: ServerUnit<'_>, steps: &mut Vec<Step>) {
        match unit {
            ServerUnit::Online(who) => self.online(who, steps),
            ServerUnit::Offline(who) => {
                self.known.remove(&who);
                steps.push(Step::Show(Show::Left { who: who.to_string(), detail: None }));
            }
            ServerUnit::Chat { from, text } => {
                let text = self.words.decode(text);
                self.chat(from, &text, steps);
            }
            ServerUnit::Full => steps.push(Step::Over(Over::Refused("too many users".into()))),
            ServerUnit::Other(text) => {
                let text = self.words.decode(text);
                let text = text.trim_end();
                if !text.is_empty() {
                    steps.push(Step::Show(meaning(text, self.asked)));
                }
            }
        }
    }

    fn online(&mut self, who: Ident, steps: &mut Vec<Step>) {
        self.remember(who);
        // The first one is our own: what the server sees of us, which behind a NAT is not what we see.
        if !std::mem::replace(&mut self.greeted, true) {
            self.me = Some(who);
            steps.push(notice(format!("you are {who} here")));
        } else if self.me != Some(who) {
            steps.push(Step::Show(Show::Joined { who: who.to_string(), room: None }));
        }
    }

    fn remember(&mut self, who: Ident) {
        if self.known.len() < MOST_KNOWN {
            self.known.insert(who);
        }
    }

    fn chat(&mut self, from: Ident, text: &str, steps: &mut Vec<Step>) {
        self.remember(from);
        let who = from.to_string();
        let (room, said) = room_in_front(text);
        if self.me == Some(from) {
            // Everybody hears everything: our own words are on the screen already.
            let all = self.last_said.starts_with(text) || self.last_said.strip_prefix('/') == Some(text);
            self.unheard = if all { 0 } else { self.unheard.saturating_sub(1) };
        } else if let Some(text) = text.strip_prefix(PRIVATE) {
            steps.push(Step::Show(Show::Private { who, text: text.into() }));
        } else {
            steps.push(Step::Show(Show::Said { who, room, text: said.into() }));
        }
    }

    fn people(&self) -> Show {
        let person = |ident: &Ident| Person {
            address: Some(ident.to_string()),
            name: (self.me == Some(*ident)).then(|| "you".to_owned()),
            ..Person::default()
        };
        Show::People(self.known.iter().map(person).collect())
    }
}

fn four(address: SocketAddr) -> Option<Ident> {
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => Some(Ident::new(ip, address.port())),
        IpAddr::V6(_) => None,
    }
}

impl Conversation for Group {
    fn start(&mut self, steps: &mut Vec<Step>) {
        let nick = self.nick.take().map(|nick| format!("/nick {nick}"));
        let room = self.room.take().map(|room| format!("/join {room}"));
        nick.into_iter().chain(room).for_each(|command| self.command(&command, steps));
        self.asked = false;
    }

    fn typed(&mut self, line: &str, steps: &mut Vec<Step>) {
        match Typed::decode(line) {
            Typed::Nothing => {}
            typed if typed.is_quit() => steps.push(Step::Leave),
            Typed::Command { word: "msg", rest } => {
                let (to, text) = first_word(rest);
                self.tell(to, text, steps);
            }
            Typed::Command { .. } => self.command(line, steps),
            Typed::Say(_) => self.say(line, steps),
        }
    }

    fn ask(&mut self, wish: Wish, steps: &mut Vec<Step>) {
        match wish {
            Wish::Time => self.command("/time", steps),
            Wish::List => steps.push(Step::Show(self.people())),
            Wish::Send { to: Some(to), text } => self.tell(&to, &text, steps),
            Wish::Send { to: None, text } => self.say(&escaped(&text), steps),
            Wish::Name => {}
        }
    }

    fn receive(&mut self, bytes: &[u8], steps: &mut Vec<Step>) {
        for unit in ServerUnit::decode(bytes) {
            self.heard(unit, steps);
        }
    }

    fn private(&mut self, from: SocketAddr, bytes: &[u8], steps: &mut Vec<Step>) {
        let user = SocketAddr::new(from.ip().to_canonical(), from.port().saturating_sub(1));
        let text = self.words.decode(c_string(bytes));
        steps.push(Step::Show(Show::Private { who: user.to_string(), text }));
    }

    /// Everybody hears everything, the sender too: that is the sign.
    fn confirmed(&self) -> bool {
        self.unheard == 0
    }

    fn leave(&mut self, _steps: &mut Vec<Step>) {}

    /// Old servers end at once, ours waits for a while: nobody says goodbye. Only what may not have been
    /// heard needs time.
    fn parting(&self) -> Parting {
        if self.unheard == 0 { Parting::AtOnce } else { Parting::HalfClose }
    }

    fn opening(&self) -> Opening {
        if self.greeted { Opening::Done } else { Opening::Usual }
    }

    fn is_paced(&self) -> bool {
        true
    }

    fn abilities(&self) -> Abilities {
        Abilities { time: true, name: false, list: true }
    }
}
