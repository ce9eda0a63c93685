//! The `tagged` conversation: `time`, `name`, `list`, and messages to an id.
//!
//! An old server ends when a message is for an id that it does not know. So nothing is sent to an id that
//! the last list did not have, and nothing to the room before it is known that there is one: our server
//! lists it as id 0.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

use dialect::tagged::wire::{Reply, Request};

use crate::conversation::{Abilities, Conversation, Opening, Parting, Step, Wish, failed, notice};
use crate::line::meaning;
use crate::show::{Person, Show};
use crate::text::Words;
use crate::typed::{Typed, first_word};

/// The id that stands for the room.
const ROOM: u32 = 0;
/// How many clients of a list are remembered.
const MOST_KNOWN: usize = 10_000;

const HELP: &str = "\
/who            who is there                      /msg ID TEXT   say it to one of them
/time           the time at the server            /name          what the server is called
/quit           leave                             //TEXT         say a line that begins with a slash";

/// The conversation.
#[derive(Debug)]
pub struct Tagged {
    words: Words,
    nick: Option<String>,
    room: Option<String>,
    greeted: bool,
    /// The last list that is complete; none before the first.
    known: Option<BTreeMap<u32, SocketAddrV4>>,
    /// The list that is arriving.
    arriving: Option<BTreeMap<u32, SocketAddrV4>>,
    names: BTreeMap<u32, String>,
    /// Whether the user wants to see the list that is arriving or asked for.
    asked: bool,
    /// How many answers to `name` are only a sign that all before was heard.
    signs: u32,
    /// Whether that sign was given.
    heard: bool,
}

impl Tagged {
    /// A conversation. A nick and a room mean something to our server alone.
    pub fn new(nick: Option<&str>, room: Option<&str>, words: Words) -> Self {
        let owned = |text: &str| text.to_owned();
        Self {
            words,
            nick: nick.map(owned),
            room: room.map(owned),
            greeted: false,
            known: None,
            arriving: None,
            names: BTreeMap::new(),
            asked: false,
            signs: 0,
            heard: false,
        }
    }

    fn request(&self, request: &Request, steps: &mut Vec<Step>) {
        let mut unit = Vec::new();
        request.encode(&mut unit);
        steps.push(Step::Send(unit));
    }

    fn list(&mut self, shown: bool, steps: &mut Vec<Step>) {
        self.asked |= shown;
        self.request(&Request::List, steps);
    }

    fn send(&self, id: u32, text: &str, steps: &mut Vec<Step>) {
        for piece in self.words.pieces(text.trim_start(), Request::room(id)) {
            self.request(&Request::send(id, &self.words.encode(&piece)), steps);
        }
    }

    fn has(&self, id: u32) -> bool {
        self.known.as_ref().is_some_and(|known| known.contains_key(&id))
    }

    /// Says something in the room, which takes typed commands as well.
    fn speak(&self, line: &str, steps: &mut Vec<Step>) {
        if self.has(ROOM) {
            self.send(ROOM, line, steps);
        } else {
            let why = "this server has no room to speak in: /msg ID TEXT says it to one, /who shows the ids";
            steps.push(failed(why));
        }
    }

    fn tell(&self, to: &str, text: &str, steps: &mut Vec<Step>) {
        match self.id_of(to) {
            _ if text.is_empty() => steps.push(failed("/msg needs an id and a text; /who shows the ids")),
            Some(id) => self.send(id, text, steps),
            None => steps.push(failed(format!("the last list did not have {to}: ask for a new one"))),
        }
    }

    /// An id, a name or an address that the list had.
    fn id_of(&self, to: &str) -> Option<u32> {
        let known = self.known.as_ref()?;
        if let Ok(id) = to.parse() {
            return known.contains_key(&id).then_some(id);
        }
        let named = |name: &String| name.eq_ignore_ascii_case(to);
        let by_name = self.names.iter().find(|(id, name)| known.contains_key(id) && named(name));
        let by_address = || known.iter().find(|(_, at)| at.to_string() == to);
        by_name.map(|(id, _)| *id).or_else(|| by_address().map(|(id, _)| *id))
    }

    fn command(&mut self, line: &str, word: &str, rest: &str, steps: &mut Vec<Step>) {
        match word {
            "time" => self.request(&Request::Time, steps),
            "name" => self.request(&Request::Name, steps),
            "who" if rest.is_empty() => self.list(true, steps),
            "list" if !self.has(ROOM) => self.list(true, steps),
            "msg" => {
                let (to, text) = first_word(rest);
                self.tell(to, text, steps);
            }
            "help" => steps.push(notice(HELP)),
            _ => self.speak(line, steps),
        }
    }

    fn heard(&mut self, reply: &Reply<'_>, steps: &mut Vec<Step>) {
        if let Reply::List { id, addr } = *reply {
            let arriving = self.arriving.get_or_insert_default();
            if arriving.len() < MOST_KNOWN {
                arriving.insert(id, addr);
            }
            return;
        }
        self.list_ended(steps);
        match reply {
            Reply::Greeting => self.greet(steps),
            Reply::Time { text, .. } => {
                steps.push(Step::Show(Show::Time(self.words.decode(text).trim().into())));
            }
            Reply::Name(_) if self.signs > 0 => {
                self.signs -= 1;
                self.heard = true;
            }
            Reply::Name(host) => steps.push(Step::Show(Show::Name(self.words.decode(host)))),
            Reply::Sent { id, addr, text } => {
                let text = self.words.decode(text);
                steps.push(Step::Show(self.said(*id, *addr, text.trim_end())));
            }
            Reply::Other(text) => {
                let text = self.words.decode(text);
                if !text.trim().is_empty() {
                    steps.push(notice(text.trim_end()));
                }
            }
            Reply::List { .. } => {}
        }
    }

    fn greet(&mut self, steps: &mut Vec<Step>) {
        if !std::mem::replace(&mut self.greeted, true) {
            steps.push(notice("Reply Message From Server!"));
            self.list(false, steps);
        }
    }

    /// Our server says who of another dialect speaks, and what it has to say itself comes from the room.
    fn said(&mut self, id: u32, addr: SocketAddrV4, text: &str) -> Show {
        let show = meaning(text, true);
        match &show {
            _ if id == ROOM => return show,
            Show::Said { who, .. } | Show::Action { who, .. } => {
                if self.names.len() < MOST_KNOWN {
                    self.names.insert(id, who.clone());
                }
                return show;
            }
            _ => {}
        }
        let who = match self.names.get(&id) {
            Some(name) => name.clone(),
            None => format!("{id}"),
        };
        let text = text.to_owned();
        match self.has(ROOM) {
            true => Show::Said { who, room: None, text },
            false => Show::Private { who: format!("{who}, {addr}"), text },
        }
    }

    /// A list has no end of its own: something else came, or nothing for a while.
    fn list_ended(&mut self, steps: &mut Vec<Step>) {
        let Some(list) = self.arriving.take() else { return };
        if std::mem::take(&mut self.asked) {
            steps.push(Step::Show(self.people(&list)));
        }
        let first = self.known.replace(list).is_none();
        if first && self.has(ROOM) {
            let nick = self.nick.take().map(|nick| format!("/nick {nick}"));
            let room = self.room.take().map(|room| format!("/join {room}"));
            nick.iter().chain(&room).for_each(|command| self.send(ROOM, command, steps));
        }
    }

    fn people(&self, list: &BTreeMap<u32, SocketAddrV4>) -> Show {
        let person = |(&id, addr): (&u32, &SocketAddrV4)| {
            let name = if id == ROOM { Some("the room") } else { self.names.get(&id).map(String::as_str) };
            Person { id: Some(id), name: name.map(str::to_owned), address: Some(addr.to_string()) }
        };
        Show::People(list.iter().map(person).collect())
    }
}

impl Conversation for Tagged {
    fn start(&mut self, _steps: &mut Vec<Step>) {}

    fn typed(&mut self, line: &str, steps: &mut Vec<Step>) {
        match Typed::decode(line) {
            Typed::Nothing => {}
            typed if typed.is_quit() => steps.push(Step::Leave),
            Typed::Command { word, rest } => self.command(line, &word.to_ascii_lowercase(), rest, steps),
            Typed::Say(_) => self.speak(line, steps),
        }
    }

    fn ask(&mut self, wish: Wish, steps: &mut Vec<Step>) {
        match wish {
            Wish::Time => self.request(&Request::Time, steps),
            Wish::Name => self.request(&Request::Name, steps),
            Wish::List => self.list(true, steps),
            Wish::Send { to: Some(to), text } => self.tell(&to, &text, steps),
            Wish::Send { to: None, text } => self.speak(&crate::text::escaped(&text), steps),
        }
    }

    fn receive(&mut self, bytes: &[u8], steps: &mut Vec<Step>) {
        for reply in Reply::decode(bytes) {
            self.heard(&reply, steps);
        }
    }

    fn quiet(&mut self, steps: &mut Vec<Step>) {
        self.list_ended(steps);
    }

    /// Requests are answered in order: what comes back for this one comes after all before was heard.
    fn confirm(&mut self, steps: &mut Vec<Step>) {
        self.signs += 1;
        self.request(&Request::Name, steps);
    }

    fn confirmed(&self) -> bool {
        self.signs == 0 && self.arriving.is_none()
    }

    fn leave(&mut self, _steps: &mut Vec<Step>) {}

    /// Old servers may never close their side.
    fn parting(&self) -> Parting {
        if self.heard { Parting::AtOnce } else { Parting::HalfClose }
    }

    fn opening(&self) -> Opening {
        if self.greeted && self.known.is_some() { Opening::Done } else { Opening::Usual }
    }

    fn is_paced(&self) -> bool {
        true
    }

    fn abilities(&self) -> Abilities {
        Abilities { time: true, name: true, list: true }
    }
}
