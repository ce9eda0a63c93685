//! The `irc` conversation: register, join one room, speak there; every answer in plain words.
//!
//! ```text
//! start ──NICK USER──▶ registering ──001──▶ joining ──366, or a refusal──▶ open
//! ```

mod asked;
mod heard;

use crate::conversation::{Abilities, Conversation, Opening, Parting, Step, Wish};
use crate::lines::Lines;
use crate::show::{Person, Show};
use crate::text::Words;

/// Most bytes of what is said in one line: 510, less the longest `:nick!user@host PRIVMSG room :` that
/// the server may put before it.
const MAX_SAID: usize = 380;
/// What the server is asked to send back, to know that it has heard all that was said before.
const TOKEN: &str = "saloon-heard";
/// The capabilities that we can do something with: to know what was said before we came.
const WANTED: &str = "server-time batch";

/// The conversation.
#[derive(Debug)]
pub struct Irc {
    words: Words,
    lines: Lines,
    nick: String,
    /// The room to join first.
    wanted: String,
    /// The room that what is typed goes to.
    room: Option<String>,
    state: State,
    server: Option<String>,
    /// Those in the answer to WHO or NAMES that is arriving.
    people: Vec<Person>,
    asked: Asked,
    /// Signs asked for and not yet given.
    unconfirmed: u32,
    /// When we entered a room last, as the server wrote it: what has an earlier time was said before.
    entered: Option<String>,
    /// The batch of old messages that is arriving.
    batch: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Registering,
    Joining,
    Open,
}

/// What we asked for, to know an answer from what comes by itself.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    names: bool,
}

impl Irc {
    /// A conversation under a nick, to be held in a room.
    pub fn new(nick: &str, room: Option<&str>, words: Words) -> Self {
        Self {
            words,
            lines: Lines::new(),
            nick: asked::nick(nick),
            wanted: asked::channel(room.unwrap_or("lobby")),
            room: None,
            state: State::Registering,
            server: None,
            people: Vec::new(),
            asked: Asked::default(),
            unconfirmed: 0,
            entered: None,
            batch: None,
        }
    }

    /// A line to the server.
    fn say(&self, line: &str, steps: &mut Vec<Step>) {
        let line: String = line.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect();
        let mut bytes = self.words.encode(&line);
        bytes.extend_from_slice(b"\r\n");
        steps.push(Step::Send(bytes));
    }

    /// Text to somebody, in as many lines as it takes.
    fn tell(&self, to: &str, text: &str, steps: &mut Vec<Step>) {
        for piece in self.words.pieces(text, MAX_SAID) {
            self.say(&format!("PRIVMSG {to} :{piece}"), steps);
        }
    }
}

impl Conversation for Irc {
    fn start(&mut self, steps: &mut Vec<Step>) {
        self.say(&format!("NICK {}", self.nick), steps);
        self.say(&format!("USER {} 0 * :{}", asked::user(&self.nick), self.nick), steps);
    }

    fn typed(&mut self, line: &str, steps: &mut Vec<Step>) {
        self.obey(line, steps);
    }

    fn ask(&mut self, wish: Wish, steps: &mut Vec<Step>) {
        match wish {
            Wish::Time => self.say("TIME", steps),
            Wish::Name => steps.push(Step::Show(Show::Name(self.server.clone().unwrap_or_default()))),
            Wish::List => self.obey("/names", steps),
            Wish::Send { to: Some(to), text } => self.tell(&asked::target(&to), &text, steps),
            Wish::Send { to: None, text } => self.speak(&text, steps),
        }
    }

    fn receive(&mut self, bytes: &[u8], steps: &mut Vec<Step>) {
        for line in self.lines.feed(bytes) {
            self.hear(&line, steps);
        }
    }

    fn confirm(&mut self, steps: &mut Vec<Step>) {
        self.unconfirmed += 1;
        self.say(&format!("PING :{TOKEN}"), steps);
    }

    fn confirmed(&self) -> bool {
        self.unconfirmed == 0
    }

    fn leave(&mut self, steps: &mut Vec<Step>) {
        self.say("QUIT :leaving", steps);
    }

    fn parting(&self) -> Parting {
        Parting::Wait
    }

    fn opening(&self) -> Opening {
        if self.state == State::Open { Opening::Done } else { Opening::Needed }
    }

    fn abilities(&self) -> Abilities {
        Abilities { time: true, name: self.server.is_some(), list: true }
    }
}
