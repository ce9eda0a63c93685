//! Asking: what a typed line becomes.

use hub::{Command, Nick, Query, RoomName, RoomTarget, Say, SayKind, SayTags, Target, Text, Timestamp};
use smol_str::SmolStr;

use super::place::same;
use super::{Person, ROOMS};
use crate::Output;
use crate::charset::Charset;
use crate::split::split;
use crate::text::typed::{HELP, Typed};

/// What stands in front of what somebody does.
const ACTION: &str = "\x01ACTION ";

impl Person {
    pub(super) fn ask(&mut self, now: Timestamp, typed: Typed<'_>, outputs: &mut Vec<Output>) {
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
            Typed::Login(name, secret) => self.log_in(name, &secret, outputs),
            Typed::Logout => self.log_out(outputs),
            Typed::Register(secret, email) => self.enroll(&secret, email, outputs),
            Typed::Password(old, new) => self.change_password(&old, &new, outputs),
            Typed::History(count) => self.history(count, outputs),
            Typed::Search(words) => self.search(words, outputs),
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
        // Nothing but spaces is nothing.
        if text.trim().is_empty() {
            return;
        }
        let behind = if before.is_empty() { "" } else { "\x01" };
        // With this at its start, any piece would be a request between programs.
        let text = &text.replace('\x01', "");
        let most = self.settings.message.saturating_sub(before.len() + behind.len());
        for piece in split(text, most, Charset::default()).filter(|piece| !piece.is_empty()) {
            outputs.push(Output::Command(Command::Say(Box::new(Say {
                kind: SayKind::Message,
                to: to.clone(),
                text: Text::from(format!("{before}{piece}{behind}").as_str()),
                lines: None,
                lasts: true,
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

    pub(super) fn help(&self, outputs: &mut Vec<Output>) {
        for (form, what) in HELP {
            self.inform(outputs, &format!("{form:<27} {what}"));
        }
        self.inform(outputs, &format!("{:<27} say /text", "//text"));
    }
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
