//! The person behind a text dialect's connection.
//!
//! ```text
//!   new ──arrive──▶ (locked ──/pass──▶ checking) ──▶ arriving ──Registered──▶ here, in the lobby
//!                        ▲─────refused─────┘            └─ name taken: the next one
//! ```

use std::sync::Arc;

use hub::{
    Answer, Cause, Command, Event, Nick, Origin, Query, Rejection, RoomName, RoomTarget, Say, SayKind,
    SayTags, Target, Text, Timestamp,
};
use smol_str::{SmolStr, format_smolstr};

use super::note::Note;
use super::rejection::reason;
use super::settings::Settings;
use super::typed::{HELP, Typed};
use crate::charset::Charset;
use crate::split::split;
use crate::{Check, Delivery, Output, Verdict};

/// Names that are tried when somebody has the wanted one.
const TRIES: u32 = 1000;
/// Rooms in the answer to `/list`.
pub(super) const ROOMS: usize = 50;
/// Bytes of lines that are kept for one who is not in the lobby yet.
const EARLY: usize = 32_768;
/// What it is told that has not given the password.
const LOCKED: &str = "this server needs a password: type /pass SECRET";
/// Lines of one frame that are said one by one.
const LINES: usize = 16;
/// What stands in front of what somebody does.
const ACTION: &str = "\x01ACTION ";
/// What stands in front of a local answer that is a note of the server's.
const NOTE: u8 = 1;

/// How a person comes in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// What the server needs to be known of.
    pub settings: Arc<Settings>,
    /// Where it comes from.
    pub origin: Origin,
    /// What it is called unless it says otherwise.
    pub guest: SmolStr,
    /// The user name, which tells others the dialect.
    pub user: SmolStr,
}

/// The person behind a connection.
#[derive(Debug)]
pub struct Person {
    pub(super) settings: Arc<Settings>,
    arrival: Option<Box<Arrival>>,
    stage: Stage,
    nick: SmolStr,
    number: u32,
    wanted: SmolStr,
    realname: Text,
    tries: u32,
    /// Where it speaks.
    room: Option<RoomName>,
    /// Where it is.
    rooms: Vec<RoomName>,
    /// Whether it has been anywhere yet.
    landed: bool,
    /// What it typed before it was in the lobby, and when it last typed.
    early: Vec<String>,
    now: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Locked,
    Checking,
    Arriving,
    Here,
}

impl Person {
    /// Someone who has just come.
    pub fn new(arrival: Arrival) -> Self {
        Self {
            settings: Arc::clone(&arrival.settings),
            arrival: Some(Box::new(arrival)),
            stage: Stage::New,
            nick: SmolStr::default(),
            number: 0,
            wanted: SmolStr::default(),
            realname: Text::default(),
            tries: 0,
            room: None,
            rooms: Vec::new(),
            landed: false,
            early: Vec::new(),
            now: Timestamp(0),
        }
    }

    /// What it needs to know of the server.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// What it is called; empty until it is a user.
    pub fn nick(&self) -> &str {
        &self.nick
    }

    /// The number by which others can address it; 0 until it is a user.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether it has become a user.
    pub fn is_here(&self) -> bool {
        self.stage == Stage::Here
    }

    /// Whether it has not asked to come in yet.
    pub fn is_new(&self) -> bool {
        self.stage == Stage::New
    }

    /// Whether a secret of its is being checked.
    pub fn is_checking(&self) -> bool {
        self.stage == Stage::Checking
    }

    /// Where it speaks.
    pub fn room(&self) -> Option<&RoomName> {
        self.room.as_ref()
    }

    /// Whether rooms have to be named to it: it is elsewhere than in the one where everyone lands.
    pub fn names_rooms(&self) -> bool {
        !matches!(self.rooms.as_slice(), [] | [_])
            || self.rooms.iter().any(|room| !same(room, &self.settings.room))
    }

    /// Other settings from now on.
    pub fn reconfigure(&mut self, settings: &Arc<Settings>) {
        self.settings = Arc::clone(settings);
    }

    /// Comes in, called `name` if that can be a nickname.
    pub fn arrive(&mut self, name: Option<&str>, outputs: &mut Vec<Output>) {
        let Some(arrival) = &self.arrival else { return };
        self.realname = Text::from(name.unwrap_or(&arrival.guest));
        self.wanted = name
            .filter(|name| Nick::new(name, self.settings.nicklen).is_ok())
            .map_or_else(|| arrival.guest.clone(), SmolStr::new);
        if self.settings.password {
            self.stage = Stage::Locked;
            return self.inform(outputs, LOCKED);
        }
        self.register(outputs);
    }

    fn register(&mut self, outputs: &mut Vec<Output>) {
        let Some(arrival) = &self.arrival else { return };
        self.stage = Stage::Arriving;
        let limit = self.settings.nicklen;
        let ending = if self.tries == 0 { SmolStr::default() } else { format_smolstr!("_{}", self.tries) };
        let stem = hub::cut(self.wanted.as_bytes(), limit.saturating_sub(ending.len()));
        let name = format!("{}{ending}", String::from_utf8_lossy(stem));
        let Ok(nick) = Nick::new(&name, limit) else {
            return outputs.push(Output::Close(Cause::Refused("no name is left".into())));
        };
        let user = hub::cut(arrival.user.as_bytes(), self.settings.userlen);
        outputs.push(Output::Command(Command::Register {
            nick,
            user: SmolStr::new(String::from_utf8_lossy(user)),
            realname: self.realname.clone(),
            origin: Box::new(arrival.origin.clone()),
            account: None,
            away: None,
        }));
    }

    /// Tells it something, behind all that was told before.
    pub fn inform(&self, outputs: &mut Vec<Output>, text: &str) {
        if let Some(Output::Local(bytes)) = outputs.last_mut()
            && bytes.first() == Some(&NOTE)
        {
            bytes.push(b'\n');
            return bytes.extend_from_slice(text.as_bytes());
        }
        let mut bytes = vec![NOTE];
        bytes.extend_from_slice(text.as_bytes());
        outputs.push(Output::Local(bytes));
    }

    /// Whether it may ask for something; otherwise it is told why not.
    pub fn may_ask(&self, outputs: &mut Vec<Output>) -> bool {
        match self.stage {
            Stage::Here => return true,
            Stage::Locked => self.inform(outputs, LOCKED),
            _ => self.inform(outputs, "that came too early, and was dropped"),
        }
        false
    }

    /// Takes a typed line.
    pub fn typed(&mut self, now: Timestamp, line: &str, outputs: &mut Vec<Output>) {
        self.now = now;
        match (Typed::decode(line), self.stage) {
            (Typed::Quit(why), _) => self.quit(why.map(Text::from), outputs),
            (Typed::Pass(secret), Stage::Locked) => {
                self.stage = Stage::Checking;
                outputs.push(Output::Check(Check::Server(secret.as_bytes().to_vec())));
            }
            (Typed::Pass(_), _) => self.inform(outputs, "no password is needed"),
            (Typed::Help, _) => self.help(outputs),
            (_, Stage::Locked) => self.inform(outputs, LOCKED),
            (typed, Stage::Here) => self.ask(now, typed, outputs),
            // What comes before it is in the lobby is said there.
            _ if line.is_empty() => {}
            _ if self.early.iter().map(String::len).sum::<usize>() + line.len() <= EARLY => {
                self.early.push(line.to_owned());
            }
            _ => self.inform(outputs, "that came too early, and was dropped"),
        }
    }

    /// Takes the lines of one frame, which may have several: the first ones one by one, and what the rest of
    /// too many says as one.
    pub fn typed_lines(&mut self, now: Timestamp, text: &str, outputs: &mut Vec<Output>) {
        let mut lines = text.split(['\r', '\n']).filter(|line| !line.trim().is_empty());
        lines.by_ref().take(LINES).for_each(|line| self.typed(now, line, outputs));
        let (mut rest, mut commands) = (Vec::new(), 0);
        for line in lines {
            match Typed::decode(line) {
                Typed::Say(said) => rest.push(said),
                _ => commands += 1,
            }
        }
        if !rest.is_empty() {
            let rest = rest.join(" ");
            let slash = if rest.starts_with('/') { "/" } else { "" };
            self.typed(now, &format!("{slash}{rest}"), outputs);
        }
        if commands > 0 {
            self.inform(outputs, &format!("too much at once: {commands} commands behind it were not taken"));
        }
    }

    /// Leaves.
    pub fn quit(&self, why: Option<Text>, outputs: &mut Vec<Output>) {
        outputs.push(Output::Command(Command::Leave { cause: Cause::Quit(why) }));
    }

    fn ask(&mut self, now: Timestamp, typed: Typed<'_>, outputs: &mut Vec<Output>) {
        match typed {
            Typed::Say(text) => self.say(text, outputs),
            Typed::Me(text) => self.act(text, outputs),
            Typed::Msg(nick, text) => self.tell(Target::Nick(nick.into()), text, outputs),
            Typed::Nick(name) => self.rename(name, outputs),
            Typed::Join(room) => self.join(room, outputs),
            Typed::Part(room) => self.part(room, outputs),
            Typed::Who(room) => {
                if let Some(room) = self.meant(room, outputs) {
                    outputs.push(Output::Query(Query::Names(room)));
                }
            }
            Typed::List => outputs.push(Output::Query(Query::Rooms {
                filter: hub::ListFilter::default(),
                after: None,
                most: ROOMS,
            })),
            Typed::Topic(text) => self.topic(text, outputs),
            Typed::Time => self.inform(outputs, &self.clock(now)),
            Typed::Incomplete(form) => self.inform(outputs, &format!("write {form}")),
            Typed::Unknown(name) => {
                let name = String::from_utf8_lossy(hub::cut(name.as_bytes(), 32)).into_owned();
                self.inform(outputs, &format!("there is no command /{name}: /help shows those there are"));
            }
            Typed::Help | Typed::Quit(_) | Typed::Pass(_) => {}
        }
    }

    /// Says something where it is. An empty line says nothing.
    pub fn say(&self, text: &str, outputs: &mut Vec<Output>) {
        match &self.room {
            Some(room) => self.send(&Target::room(room), text, "", outputs),
            None => self.inform(outputs, "you are in no room: /join ROOM"),
        }
    }

    fn act(&self, text: &str, outputs: &mut Vec<Output>) {
        match &self.room {
            Some(room) => self.send(&Target::room(room), text, ACTION, outputs),
            None => self.inform(outputs, "you are in no room: /join ROOM"),
        }
    }

    /// Says something to one person.
    pub fn tell(&self, to: Target, text: &str, outputs: &mut Vec<Output>) {
        if self.may_ask(outputs) {
            self.send(&to, text, "", outputs);
        }
    }

    /// Says a typed line to one person, if it is said and no command for the server: whether it was.
    pub fn tell_typed(&self, to: &Target, line: &str, outputs: &mut Vec<Output>) -> bool {
        let (text, before) = match Typed::decode(line) {
            Typed::Say(text) => (text, ""),
            Typed::Me(text) => (text, ACTION),
            _ => return false,
        };
        if self.may_ask(outputs) {
            self.send(to, text, before, outputs);
        }
        true
    }

    fn send(&self, to: &Target, text: &str, before: &str, outputs: &mut Vec<Output>) {
        let behind = if before.is_empty() { "" } else { "\x01" };
        // With this at its start, any piece would be a request between programs.
        let text = &text.replace('\x01', "");
        let most = self.settings.message.saturating_sub(before.len() + behind.len());
        for piece in split(text, most, Charset::default()).filter(|piece| !piece.is_empty()) {
            outputs.push(Output::Command(Command::Say(Box::new(Say {
                kind: SayKind::Message,
                to: to.clone(),
                text: Text::from(format!("{before}{piece}{behind}").as_str()),
                tags: SayTags::new(),
                ctcp: false,
                fit: None,
            }))));
        }
    }

    fn rename(&mut self, name: &str, outputs: &mut Vec<Output>) {
        match Nick::new(name, self.settings.nicklen) {
            Ok(nick) => {
                outputs.push(Output::Command(Command::Rename { nick }));
            }
            Err(_) => self.inform(
                outputs,
                &format!(
                    "a name has letters, digits and -_[]{{}}\\|^`, begins with no digit or -, and is at most {} long",
                    self.settings.nicklen
                ),
            ),
        }
    }

    fn join(&mut self, written: &str, outputs: &mut Vec<Output>) {
        match self.settings.room_name(written) {
            Some(room) => {
                // Already there: it speaks there from now on, and nobody else needs to know.
                if let Some(here) = self.rooms.iter().find(|here| same(here, &room)) {
                    self.room = Some(here.clone());
                    return self.inform(outputs, &format!("you speak in {} now", room.as_str()));
                }
                // Set now, not when the hub agrees: a line right behind this is meant for the new room.
                self.room = Some(room.clone());
                outputs.push(Output::Command(Command::Join { room, key: None, names: true }));
            }
            None => self.inform(
                outputs,
                &format!(
                    "a room's name has no spaces or commas and is at most {} long",
                    self.settings.roomlen
                ),
            ),
        }
    }

    fn part(&self, written: Option<&str>, outputs: &mut Vec<Output>) {
        if let Some(room) = self.meant(written, outputs) {
            outputs.push(Output::Command(Command::Part { room, reason: None }));
        }
    }

    fn topic(&self, text: Option<&str>, outputs: &mut Vec<Output>) {
        let Some(room) = self.meant(None, outputs) else { return };
        outputs.push(match text {
            Some(text) => Output::Command(Command::SetTopic { room, text: Text::from(text) }),
            None => Output::Query(Query::Topic(room)),
        });
    }

    /// The room that is meant: the one written, or else the one it speaks in.
    fn meant(&self, written: Option<&str>, outputs: &mut Vec<Output>) -> Option<RoomName> {
        let room = match written {
            Some(written) => self.settings.room_name(written),
            None => self.room.clone(),
        };
        if room.is_none() {
            self.inform(outputs, "which room? /list shows those there are");
        }
        room
    }

    fn help(&self, outputs: &mut Vec<Output>) {
        for (form, what) in HELP {
            self.inform(outputs, &format!("{form:<16} {what}"));
        }
        self.inform(outputs, "//text           say /text");
    }

    /// The time here, as `ctime` writes it.
    pub fn clock(&self, now: Timestamp) -> String {
        let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        crate::tagged::wire::ctime(at.to_zoned(self.settings.zone.clone()).datetime())
    }

    /// Takes the outcome of a check.
    pub fn verdict(&mut self, verdict: &Verdict, outputs: &mut Vec<Output>) {
        if self.stage != Stage::Checking {
            return;
        }
        if *verdict == Verdict::Accepted {
            return self.register(outputs);
        }
        self.stage = Stage::Locked;
        self.inform(outputs, "that is not the password");
    }

    /// Takes what was asked for or happened, and tells it; `true` with what it did itself.
    pub fn deliver(
        &mut self,
        delivery: Delivery<'_>,
        outputs: &mut Vec<Output>,
        tell: &mut dyn FnMut(Note<'_>, bool),
    ) {
        match delivery {
            Delivery::Reply(event) => self.replied(event, outputs, tell),
            Delivery::Tell(event) => {
                self.moved(event);
                if let Some(note) = Note::of(event) {
                    tell(note, false);
                }
            }
            Delivery::Answer(answer) => self.answered(answer, tell),
            Delivery::Local(bytes) => {
                let text = String::from_utf8_lossy(bytes.strip_prefix(&[NOTE]).unwrap_or(bytes));
                text.lines().for_each(|line| tell(Note::Info(line.into()), false));
            }
            Delivery::Done => {}
        }
    }

    fn replied(&mut self, event: &Event, outputs: &mut Vec<Output>, tell: &mut dyn FnMut(Note<'_>, bool)) {
        match event {
            Event::Registered { who, .. } => {
                self.stage = Stage::Here;
                self.arrival = None;
                self.nick = SmolStr::new(who.nick.as_str());
                self.number = who.place.number;
                let room = self.settings.room.clone();
                outputs.push(Output::Command(Command::Join { room, key: None, names: true }));
            }
            Event::Rejected(rejection) => self.rejected(rejection, outputs, tell),
            Event::Entered { room, names, topic, .. } => {
                self.landed = true;
                for (_, who) in names.iter().flat_map(|names| &names.members) {
                    if who.place.number != self.number {
                        tell(Note::Present { who }, false);
                    }
                }
                if let Some(topic) = topic {
                    tell(Note::Topic { room: room.as_str(), text: super::words(&topic.text) }, false);
                }
                for line in std::mem::take(&mut self.early) {
                    self.typed(self.now, &line, outputs);
                }
            }
            Event::Joined { room, .. } if self.landed => {
                self.moved(event);
                tell(Note::Info(format!("you are in {room} now").into()), true);
            }
            Event::Parted { room, .. } => {
                self.moved(event);
                tell(Note::Info(format!("you have left {room}").into()), true);
            }
            Event::Renamed { nick, .. } => {
                self.moved(event);
                tell(Note::Info(format!("you are called {nick} now").into()), true);
            }
            Event::IsAway { nick, text } => {
                tell(Note::Info(format!("{nick} is away: {}", super::words(text)).into()), false);
            }
            event => {
                self.moved(event);
                if let Some(note) = Note::of(event) {
                    tell(note, true);
                }
            }
        }
    }

    fn rejected(
        &mut self,
        rejection: &Rejection,
        outputs: &mut Vec<Output>,
        tell: &mut dyn FnMut(Note<'_>, bool),
    ) {
        let name = matches!(rejection, Rejection::NickInUse(_) | Rejection::NickReserved(_));
        if self.stage == Stage::Arriving && name && self.tries < TRIES {
            self.tries += 1;
            return self.register(outputs);
        }
        // It may be a room that it is not let into.
        if !self.room.as_ref().is_some_and(|room| self.rooms.iter().any(|here| same(here, room))) {
            self.room = self.rooms.last().cloned();
        }
        let text = reason(rejection);
        if self.stage == Stage::Arriving {
            return outputs.push(Output::Close(Cause::Refused(SmolStr::new(&text))));
        }
        tell(Note::Info(text.into()), false);
    }

    /// Keeps track of where it is and what it is called.
    fn moved(&mut self, event: &Event) {
        match event {
            Event::Joined { who, room, .. } if who.place.number == self.number => {
                if !self.rooms.contains(room) {
                    self.rooms.push(room.clone());
                }
                self.room = Some(room.clone());
            }
            Event::Parted { who, room, .. } if who.place.number == self.number => self.gone(room),
            Event::Kicked { room, nick, .. } if nick.as_str() == self.nick => self.gone(room),
            Event::Renamed { who, nick, .. } if who.place.number == self.number => {
                self.nick = SmolStr::new(nick.as_str());
            }
            _ => {}
        }
    }

    fn gone(&mut self, room: &RoomName) {
        self.rooms.retain(|here| here != room);
        if self.room.as_ref() == Some(room) {
            self.room = self.rooms.last().cloned();
        }
    }

    fn answered(&self, answer: &Answer, tell: &mut dyn FnMut(Note<'_>, bool)) {
        super::answers::tell(answer, &mut |text| tell(Note::Info(text.into()), false));
    }
}

fn same(one: &RoomName, other: &RoomName) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

/// A room as a whole.
trait Whole {
    fn room(room: &RoomName) -> Self;
}

impl Whole for Target {
    fn room(room: &RoomName) -> Self {
        Self::Room(RoomTarget { room: room.clone(), rank: None, written: SmolStr::default() })
    }
}
