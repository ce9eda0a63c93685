//! What the user asks for, in IRC's words.

use super::{Irc, MAX_SAID};
use crate::conversation::{Step, failed, notice};
use crate::typed::{Typed, first_word};

const HELP: &str = "\
/join ROOM      go to a room and speak there     /part [ROOM]   leave it
/msg NICK TEXT  say it to one person             /me TEXT       say what you do
/nick NICK      be called something else         /who [ROOM]    who is there
/list           which rooms there are            /topic [TEXT]  read or set the topic
/time           the time at the server           /raw LINE      send IRC as it is
/quit           leave                            //TEXT         say a line that begins with a slash";

impl Irc {
    /// Does what a typed line asks for.
    pub(super) fn obey(&mut self, line: &str, steps: &mut Vec<Step>) {
        match Typed::decode(line) {
            Typed::Nothing => {}
            Typed::Say(text) => self.speak(text, steps),
            typed if typed.is_quit() => steps.push(Step::Leave),
            Typed::Command { word, rest } => self.command(&word.to_ascii_lowercase(), rest, steps),
        }
    }

    /// Says something in the room.
    pub(super) fn speak(&mut self, text: &str, steps: &mut Vec<Step>) {
        match self.room.clone() {
            Some(room) => self.tell(&room, text, steps),
            None => steps.push(failed("you are in no room: /join ROOM first")),
        }
    }

    fn command(&mut self, word: &str, rest: &str, steps: &mut Vec<Step>) {
        let (first, behind) = first_word(rest);
        match word {
            "help" => steps.push(notice(HELP)),
            "nick" | "join" | "msg" | "me" | "raw" if first.is_empty() => {
                steps.push(failed(format!("/{word} needs something behind it: /help says what")));
            }
            "nick" => self.say(&format!("NICK {first}"), steps),
            "join" => self.say(&format!("JOIN {}", with_key(first, behind)), steps),
            "part" => self.part(first, steps),
            "msg" if behind.is_empty() => steps.push(failed("/msg needs a nick and a text")),
            "msg" => self.tell(&target(first), behind, steps),
            "me" => self.act(rest, steps),
            "who" | "names" => self.names(first, steps),
            "list" => self.say("LIST", steps),
            "topic" => self.topic(rest, steps),
            "time" => self.say("TIME", steps),
            "whois" => self.say(&format!("WHOIS {first}"), steps),
            "raw" => self.say(rest, steps),
            _ => steps.push(failed(format!("there is no command /{word}: /help lists them all"))),
        }
    }

    fn part(&mut self, room: &str, steps: &mut Vec<Step>) {
        match (room, &self.room) {
            ("", None) => steps.push(failed("you are in no room")),
            ("", Some(room)) => self.say(&format!("PART {room}"), steps),
            (room, _) => self.say(&format!("PART {}", channel(room)), steps),
        }
    }

    fn act(&mut self, text: &str, steps: &mut Vec<Step>) {
        let Some(room) = self.room.clone() else {
            steps.push(failed("you are in no room: /join ROOM first"));
            return;
        };
        for piece in self.words.pieces(text, MAX_SAID - 10) {
            self.say(&format!("PRIVMSG {room} :\x01ACTION {piece}\x01"), steps);
        }
    }

    fn names(&mut self, room: &str, steps: &mut Vec<Step>) {
        let room = if room.is_empty() { self.room.clone() } else { Some(channel(room)) };
        match room {
            Some(room) => {
                self.asked.names = true;
                self.say(&format!("NAMES {room}"), steps);
            }
            None => steps.push(failed("you are in no room: /who ROOM, or /join ROOM first")),
        }
    }

    fn topic(&mut self, text: &str, steps: &mut Vec<Step>) {
        match &self.room {
            None => steps.push(failed("you are in no room: /join ROOM first")),
            Some(room) if text.is_empty() => self.say(&format!("TOPIC {room}"), steps),
            Some(room) => self.say(&format!("TOPIC {room} :{text}"), steps),
        }
    }
}

/// A room's name as IRC wants it: the `#` may be left out.
pub(super) fn channel(room: &str) -> String {
    if room.starts_with(['#', '&', '+', '!']) { room.into() } else { format!("#{room}") }
}

/// Whom a message is for, as one parameter.
pub(super) fn target(to: &str) -> String {
    first_word(to).0.trim_start_matches(':').into()
}

fn with_key(room: &str, key: &str) -> String {
    let rooms: Vec<_> = room.split(',').map(channel).collect();
    format!("{} {key}", rooms.join(",")).trim_end().into()
}

/// A nick as IRC allows it, as near as can be to what the user is called.
pub(super) fn nick(name: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || "-_[]{}\\|^`".contains(*c);
    let kept: String = name.chars().filter(allowed).collect();
    let kept = kept.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    if kept.is_empty() { "guest".into() } else { kept.into() }
}

/// A user name for USER, from a nick.
pub(super) fn user(nick: &str) -> String {
    let kept: String = nick.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
    if kept.is_empty() { "user".into() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_the_nearest_nick() {
        for (name, nearest) in [("ann", "ann"), ("a.b c", "abc"), ("007bond", "bond"), ("安", "guest")] {
            assert_eq!(nick(name), nearest);
        }
    }

    #[test]
    fn a_room_may_be_named_without_its_mark() {
        assert_eq!((channel("lobby"), channel("&here")), ("#lobby".into(), "&here".into()));
        assert_eq!(with_key("a,#b", "key"), "#a,#b key");
    }
}
