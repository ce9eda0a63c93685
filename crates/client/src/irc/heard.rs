//! What the server says, in words for people.

use dialect::irc::Message;

use super::{Irc, State, TOKEN, WANTED};
use crate::conversation::{Over, Step, failed, notice};
use crate::show::{Person, Show};

/// A line as text: who says it, what it is, and what it is about.
struct Heard {
    /// When, if that is said: by RFC 3339, always of the same form and in UTC.
    time: Option<String>,
    /// The batch it is part of.
    batch: Option<String>,
    source: String,
    command: String,
    params: Vec<String>,
}

impl Heard {
    fn param(&self, at: usize) -> &str {
        self.params.get(at).map_or("", String::as_str)
    }

    fn last(&self) -> &str {
        self.params.last().map_or("", String::as_str)
    }

    /// The nick of a user, the name of a server.
    fn nick(&self) -> &str {
        self.source.split(['!', '@']).next().unwrap_or_default()
    }
}

impl Irc {
    /// Takes one line from the server.
    pub(super) fn hear(&mut self, line: &[u8], steps: &mut Vec<Step>) {
        if line.is_empty() {
            return;
        }
        let Ok(message) = Message::decode(line) else {
            return self.doubt(steps);
        };
        let text = |bytes: &[u8]| self.words.decode(bytes);
        let tag = |key: &[u8]| message.tags.and_then(|tags| tags.value(key)).map(|value| text(&value));
        let heard = Heard {
            time: tag(b"time"),
            batch: tag(b"batch"),
            source: message.source.map(text).unwrap_or_default(),
            command: String::from_utf8_lossy(message.command).to_ascii_uppercase(),
            params: message.params.iter().map(|param| text(param)).collect(),
        };
        match heard.command.parse::<u16>() {
            Ok(number) if heard.command.len() == 3 => self.numeric(number, &heard, steps),
            _ => self.event(&heard, steps),
        }
    }

    /// Something came that is no IRC. Before we are registered that means that nobody there speaks it.
    fn doubt(&mut self, steps: &mut Vec<Step>) {
        if self.state == State::Registering {
            steps.push(Step::Over(Over::WrongDialect));
        }
    }

    fn event(&mut self, heard: &Heard, steps: &mut Vec<Step>) {
        let who = || heard.nick().to_owned();
        match heard.command.as_str() {
            "PING" => self.say(&format!("PONG :{}", heard.last()), steps),
            "PONG" if heard.last() == TOKEN => self.unconfirmed = self.unconfirmed.saturating_sub(1),
            "PRIVMSG" => self.message(heard, steps),
            "NOTICE" => steps.push(notice(said_by(heard.nick(), &plain(heard.last())))),
            "JOIN" => self.joined(heard, steps),
            "PART" => self.parted(who(), heard.param(0), steps),
            "KICK" => {
                steps.push(notice(format!("{} throws {} out: {}", who(), heard.param(1), heard.last())));
                self.parted(heard.param(1).to_owned(), heard.param(0), steps);
            }
            "QUIT" => {
                let detail = Some(format!("({})", plain(heard.last())));
                steps.push(Step::Show(Show::Left { who: who(), detail }));
            }
            "NICK" => self.renamed(heard, steps),
            "TOPIC" => steps.push(notice(format!("{} sets the topic: {}", who(), plain(heard.last())))),
            "MODE" => steps.push(notice(format!("{} sets {}", who(), heard.params.join(" ")))),
            "INVITE" => steps.push(notice(format!("{} invites you to {}", who(), heard.last()))),
            "ERROR" => self.error(heard, steps),
            "BATCH" => self.batched(heard),
            "FAIL" => steps.push(failed(plain(heard.last()))),
            "WARN" | "NOTE" => steps.push(notice(plain(heard.last()))),
            "PONG" | "CAP" | "AUTHENTICATE" => {}
            _ => self.doubt(steps),
        }
    }

    fn message(&mut self, heard: &Heard, steps: &mut Vec<Step>) {
        let (to, said, who) = (heard.param(0), heard.last(), heard.nick().to_owned());
        let room = self.elsewhere(to);
        let to_room = to.trim_start_matches(['@', '+', '%', '~']).starts_with(['#', '&']);
        let show = match (said.strip_prefix('\x01').map(|ctcp| ctcp.trim_end_matches('\x01')), to_room) {
            (Some(ctcp), _) => match ctcp.strip_prefix("ACTION ") {
                Some(text) if to_room => Show::Action { who, room, text: plain(text) },
                Some(text) => Show::Private { text: format!("* {who} {}", plain(text)), who },
                // Questions of programs to programs. We are a person.
                None => return,
            },
            (None, true) => Show::Said { who, room, text: plain(said) },
            (None, false) => Show::Private { who, text: plain(said) },
        };
        let show = match self.old(heard) {
            Some(time) => Show::Old { time, words: show.to_string() },
            None => show,
        };
        steps.push(Step::Show(show));
    }

    /// A batch of old messages begins or ends.
    fn batched(&mut self, heard: &Heard) {
        let reference = heard.param(0);
        match (reference.strip_prefix('+'), reference.strip_prefix('-')) {
            (Some(begun), _) if heard.param(1).ends_with("chathistory") => {
                self.batch = Some(begun.to_owned())
            }
            (_, Some(ended)) if self.batch.as_deref() == Some(ended) => self.batch = None,
            _ => {}
        }
    }

    /// When it was said, if that is a while ago: before we entered, or it is part of a history.
    fn old(&self, heard: &Heard) -> Option<String> {
        let listed = heard.batch.is_some() && heard.batch == self.batch;
        let before = self.entered.is_some() && heard.time < self.entered;
        let time = heard.time.as_deref().filter(|_| listed || before)?;
        let minutes = time.get(..16).unwrap_or(time).replacen('T', " ", 1);
        Some(format!("{minutes} UTC"))
    }

    /// The room, if it is not the one we speak in.
    fn elsewhere(&self, room: &str) -> Option<String> {
        let here = self.room.as_deref().is_some_and(|here| here.eq_ignore_ascii_case(room));
        (!here).then(|| room.to_owned())
    }

    fn is_me(&self, nick: &str) -> bool {
        self.nick.eq_ignore_ascii_case(nick)
    }

    fn joined(&mut self, heard: &Heard, steps: &mut Vec<Step>) {
        let room = heard.param(0).to_owned();
        if self.is_me(heard.nick()) {
            self.room = Some(room.clone());
            self.entered = heard.time.clone();
        }
        steps.push(Step::Show(Show::Joined { who: heard.nick().to_owned(), room: Some(room) }));
    }

    fn parted(&mut self, who: String, room: &str, steps: &mut Vec<Step>) {
        if self.is_me(&who) && self.elsewhere(room).is_none() {
            self.room = None;
        }
        steps.push(Step::Show(Show::Left { who, detail: Some(room.to_owned()) }));
    }

    fn renamed(&mut self, heard: &Heard, steps: &mut Vec<Step>) {
        if self.is_me(heard.nick()) {
            self.nick = heard.param(0).to_owned();
        }
        steps.push(notice(format!("{} is now called {}", heard.nick(), heard.param(0))));
    }

    fn error(&mut self, heard: &Heard, steps: &mut Vec<Step>) {
        let over = match self.state {
            State::Registering => Over::Refused(plain(heard.last())),
            _ => Over::Ended,
        };
        steps.push(Step::Over(over));
    }

    fn numeric(&mut self, number: u16, heard: &Heard, steps: &mut Vec<Step>) {
        match number {
            1 => self.registered(heard, steps),
            321 => {}
            322 => {
                let (room, count) = (heard.param(1), heard.param(2));
                let topic = Some(plain(heard.param(3))).filter(|topic| !topic.is_empty());
                let topic = topic.map_or_else(String::new, |topic| format!(": {topic}"));
                steps.push(Step::Show(Show::Answer(format!("{room} ({count}){topic}"))));
            }
            332 => steps.push(notice(format!("the topic of {}: {}", heard.param(1), plain(heard.last())))),
            353 => self.people.extend(
                heard
                    .last()
                    .split_whitespace()
                    .take(10_000)
                    .map(|nick| Person { name: Some(nick.to_owned()), ..Person::default() }),
            ),
            366 => self.names_end(heard, steps),
            391 => steps.push(Step::Show(Show::Time(heard.last().to_owned()))),
            433 | 436 | 437 if self.state == State::Registering => self.other_nick(steps),
            463..=465 if self.state == State::Registering => {
                steps.push(Step::Over(Over::Refused(heard.last().to_owned())));
            }
            432 if self.state == State::Registering => {
                let why = format!("`{}` can't be a nick here: choose another with --nick", self.nick);
                steps.push(Step::Over(Over::Refused(why)));
            }
            400..=599 => self.refused(number, heard, steps),
            _ => self.other(number, heard, steps),
        }
    }

    fn registered(&mut self, heard: &Heard, steps: &mut Vec<Step>) {
        if self.state != State::Registering {
            return;
        }
        self.nick = heard.param(0).to_owned();
        self.server = Some(heard.source.clone());
        self.state = State::Joining;
        steps.push(notice(format!("you are {} at {}", self.nick, heard.source)));
        self.say(&format!("CAP REQ :{WANTED}"), steps);
        self.say(&format!("JOIN {}", self.wanted), steps);
    }

    fn names_end(&mut self, heard: &Heard, steps: &mut Vec<Step>) {
        let people = std::mem::take(&mut self.people);
        if self.state == State::Joining {
            self.state = State::Open;
            let names: Vec<_> = people.into_iter().filter_map(|person| person.name).collect();
            steps.push(notice(format!("in {}: {}", heard.param(1), names.join(" "))));
        } else if std::mem::take(&mut self.asked.names) {
            steps.push(Step::Show(Show::People(people)));
        }
    }

    fn other_nick(&mut self, steps: &mut Vec<Step>) {
        const TRIES: usize = 5;
        let tried = self.nick.len() - self.nick.trim_end_matches('_').len();
        if tried >= TRIES {
            let why = format!("somebody else is called {}: choose another name with --nick", self.nick);
            steps.push(Step::Over(Over::Refused(why)));
            return;
        }
        self.nick.push('_');
        self.say(&format!("NICK {}", self.nick), steps);
    }

    fn refused(&mut self, number: u16, heard: &Heard, steps: &mut Vec<Step>) {
        // No MOTD is no news, nor is a server that has never heard of capabilities.
        if number == 422 || number == 421 && heard.param(1) == "CAP" {
            return;
        }
        // Our own room will not have us: the user may join another.
        if self.state == State::Joining && heard.param(1).eq_ignore_ascii_case(&self.wanted) {
            self.state = State::Open;
        }
        steps.push(failed(self.about(heard)));
    }

    fn other(&mut self, number: u16, heard: &Heard, steps: &mut Vec<Step>) {
        let text = self.about(heard);
        let greeting = number < 100 || number == 372;
        match number {
            // What the server is made of, how many are there, and where lists begin and end.
            2..=5 | 250..=266 | 315 | 318 | 323 | 333 | 369 | 375 | 376 => {}
            _ if greeting => steps.push(notice(text)),
            _ => steps.push(Step::Show(Show::Answer(text))),
        }
    }

    /// A numeric's parameters without our own nick, as a sentence.
    fn about(&self, heard: &Heard) -> String {
        let about = heard.params.get(1..).unwrap_or_default();
        match about {
            [] => heard.last().to_owned(),
            [text] => plain(text),
            [words @ .., text] => format!("{}: {}", words.join(" "), plain(text)),
        }
    }
}

fn said_by(nick: &str, text: &str) -> String {
    if nick.is_empty() || nick.contains('.') { text.to_owned() } else { format!("{nick}: {text}") }
}

/// Text without the codes for colours and bold type.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\x03') {
        out.push_str(&rest[..at]);
        rest = colour_end(&rest[at + 1..]);
    }
    out.push_str(rest);
    out.retain(|c| !matches!(c, '\x02' | '\x0f' | '\x11' | '\x16' | '\x1d' | '\x1e' | '\x1f'));
    out
}

/// What follows the numbers of a colour: up to two digits, and as many behind a comma.
fn colour_end(text: &str) -> &str {
    let digits = |text: &str| text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let rest = &text[digits(text)..];
    match rest.strip_prefix(',') {
        Some(behind) if rest.len() < text.len() && digits(behind) > 0 => &behind[digits(behind)..],
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out_with_their_numbers() {
        assert_eq!(plain("\x0304red\x03 \x02bold\x0f \x033,12both\x03, 5"), "red bold both, 5");
    }
}
