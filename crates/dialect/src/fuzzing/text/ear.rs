//! A peer that reads closely: every unit it is sent must be one that its dialect allows. It also
//! remembers which marks it has heard.

use std::collections::BTreeSet;

use super::super::Finding;
use super::super::ear::Ear as IrcEar;
use super::typing::marks;
use crate::charset::Charset;
use crate::irc::Message;
use crate::packet::wire as packet;
use crate::plain::wire::{self as plain, ServerUnit};
use crate::tagged::wire::{self as tagged, Reply};
use crate::{Dialect, unit};

/// Most bytes of a unit where the dialect has no limit: a message of 4096 bytes in another encoding, with
/// an address in front of it.
const MOST: usize = 9000;

pub(super) struct Ear {
    dialect: Dialect,
    irc: IrcEar,
    /// The units heard so far that nobody has asked for.
    pub units: Vec<Vec<u8>>,
    /// How many there were.
    pub count: usize,
    /// The marks heard, in order, since they were last compared.
    pub marks: Vec<u32>,
    /// Those heard since it entered a room the last time.
    lately: BTreeSet<u32>,
    /// The end of what was heard, which may be the beginning of a mark.
    tail: String,
    /// Whether it may ask for what it has heard.
    asks: bool,
    greeted: bool,
    ended: bool,
}

impl Ear {
    pub fn new(dialect: Dialect, irc: IrcEar, asks: bool) -> Self {
        Self {
            dialect,
            irc,
            units: Vec::new(),
            count: 0,
            marks: Vec::new(),
            lately: BTreeSet::new(),
            tail: String::new(),
            asks,
            greeted: false,
            ended: false,
        }
    }

    /// It enters a room: what was said there before may be new to it.
    pub fn enter(&mut self) {
        self.lately.clear();
    }

    /// Takes what a session has written.
    pub fn hear(&mut self, bytes: &[u8], charset: Charset) -> Finding {
        if self.dialect == Dialect::Irc {
            return self.irc(bytes);
        }
        let units: Vec<Vec<u8>> = crate::units(self.dialect, bytes).map(<[u8]>::to_vec).collect();
        let mut again = Vec::new();
        for unit in &units {
            ensure(!unit.is_empty() && !self.ended, "a unit is empty, or behind the end")?;
            self.unit(unit, charset).map_err(|finding| format!("{finding}: {:?}", shown(unit)))?;
            unit::push(&mut again, |out| out.extend_from_slice(unit));
        }
        let apart = self.dialect == Dialect::Line || again == bytes;
        self.count += units.len();
        self.units.extend(units);
        ensure(apart, "units do not come apart as they were put together")
    }

    /// Takes the last words.
    pub fn farewell(&mut self, bytes: &[u8], charset: Charset) -> Finding {
        let mut units: Vec<&[u8]> = crate::units(self.dialect, bytes).collect();
        if self.dialect == Dialect::Plain {
            ensure(units.pop() == Some(plain::EXIT), "a client is not told to end")?;
        }
        let mut rest = Vec::new();
        match self.dialect {
            Dialect::Line => rest.extend_from_slice(bytes),
            Dialect::Irc => return self.irc(bytes).and_then(|()| self.irc.end()),
            _ => units.iter().for_each(|unit| unit::push(&mut rest, |out| out.extend_from_slice(unit))),
        }
        self.hear(&rest, charset)?;
        if self.dialect == Dialect::Plain {
            self.units.push(plain::EXIT.to_vec());
        }
        self.ended = true;
        Ok(())
    }

    /// Takes a datagram.
    pub fn datagram(&mut self, bytes: &[u8], charset: Charset) -> Finding {
        ensure(!bytes.is_empty() && bytes.len() <= MOST, "a datagram is empty or too long")?;
        let text = self.text(bytes, charset)?;
        self.words(&text);
        clean(&text)
    }

    fn irc(&mut self, bytes: &[u8]) -> Finding {
        self.irc.hear(bytes, true)?;
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.count += 1;
            self.units.push(line.to_vec());
            let Ok(message) = Message::decode(line.strip_suffix(b"\r\n").unwrap_or(line)) else { continue };
            if matches!(message.command, b"PRIVMSG" | b"NOTICE") {
                let text = String::from_utf8_lossy(message.params.last().copied().unwrap_or_default());
                self.words(text.trim_start_matches("\x01ACTION ").trim_end_matches('\x01'));
            }
        }
        Ok(())
    }

    fn unit(&mut self, unit: &[u8], charset: Charset) -> Finding {
        match self.dialect {
            Dialect::Irc => Ok(()),
            Dialect::Line => self.lines(unit, charset),
            Dialect::Packet => self.packet(unit, charset),
            Dialect::Plain => self.plain(unit, charset),
            Dialect::Group => self.group(unit, charset),
            Dialect::Tagged => self.tagged(unit, charset),
        }
    }

    fn lines(&mut self, bytes: &[u8], charset: Charset) -> Finding {
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\r\n").ok_or("a line has no end")?;
            let text = self.text(line, charset)?;
            clean(&text)?;
            self.told(&text)?;
        }
        Ok(())
    }

    /// Takes the server's own words: what was said before stands behind its time.
    fn told(&mut self, text: &str) -> Finding {
        if !is_old(text) {
            self.words(text);
            return Ok(());
        }
        let twice = || marks(text).0.iter().any(|mark| self.lately.contains(mark));
        ensure(self.asks || !twice(), "what was heard is told again")
    }

    fn packet(&mut self, unit: &[u8], charset: Charset) -> Finding {
        let packet = packet::Packet::decode(unit).map_err(|error| format!("{error:?}"))?;
        ensure(packet.encode() == unit, "there is something behind a NUL")?;
        ensure(!packet.name.is_empty(), "a packet is nobody's")?;
        let (name, text) = (self.text(packet.name, charset)?, self.text(packet.text, charset)?);
        ensure(!name.contains(char::is_control) && !text.contains(char::is_control), "a control character")?;
        match name.as_str() {
            "saloon" => self.told(&text),
            _ => {
                self.words(&text);
                Ok(())
            }
        }
    }

    fn plain(&mut self, unit: &[u8], charset: Charset) -> Finding {
        ensure(unit.len() <= plain::MOST, "a unit is too long")?;
        match ServerUnit::decode(unit) {
            ServerUnit::Exit => return Err("a client is told to end".to_owned()),
            ServerUnit::Relay { text, .. } => self.words(&self.text(text, charset)?),
            ServerUnit::Text(text) => self.told(&self.text(text, charset)?)?,
        }
        clean(&self.text(unit, charset)?)
    }

    fn group(&mut self, unit: &[u8], charset: Charset) -> Finding {
        ensure(unit.len() <= MOST, "a unit is too long")?;
        let text = self.text(unit, charset)?;
        self.told(&text)?;
        let whole = text.strip_suffix(" is online\n").or_else(|| text.strip_suffix(" is offline\n"));
        clean(whole.unwrap_or(&text).trim_start_matches("a user left\n"))
    }

    fn tagged(&mut self, unit: &[u8], charset: Charset) -> Finding {
        let long = unit.len() == tagged::BLOCK && unit.starts_with(b"TIME");
        ensure(long || unit.len() <= tagged::MOST, "a unit is too long")?;
        let replies: Vec<_> = Reply::decode(unit).collect();
        let [reply] = &replies[..] else { return Err("a unit is no reply, or several".to_owned()) };
        let first = !std::mem::replace(&mut self.greeted, true);
        ensure(first == (*reply == Reply::Greeting), "the greeting is not what comes first")?;
        match *reply {
            Reply::Other(_) => return Err("a unit has no tag".to_owned()),
            Reply::Sent { id: 0, text, .. } => self.told(&self.text(text, charset)?)?,
            Reply::Sent { text, .. } => self.words(&self.text(text, charset)?),
            _ => {}
        }
        let text = self.text(unit, charset)?;
        let text = if long { text.trim_end_matches('\0') } else { &text };
        clean(text.strip_suffix('\n').filter(|_| !matches!(reply, Reply::Sent { .. })).unwrap_or(text))
    }

    /// The text of what was sent, which must have been written in this encoding.
    fn text(&self, bytes: &[u8], charset: Charset) -> Result<String, String> {
        let text = charset.decode(bytes).into_owned();
        match *charset.encode(&text) == *bytes {
            true => Ok(text),
            false => Err(format!("this is not {}", charset.name())),
        }
    }

    fn words(&mut self, text: &str) {
        self.tail.push_str(text);
        let (marks, done) = marks(&self.tail);
        self.tail.drain(..done);
        self.lately.extend(&marks);
        self.marks.extend(marks);
    }
}

/// Whether a line begins with a time, and then as what somebody says.
fn is_old(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let Some((hours, rest)) = text.split_once(':') else { return false };
    digits(hours) == 2
        && hours.len() == 2
        && digits(rest) == 2
        && [" <", " *", " [", " -", " …"].iter().any(|next| rest[2..].starts_with(next))
}

/// Without control characters but tab.
fn clean(text: &str) -> Finding {
    ensure(!text.contains(|char: char| char.is_control() && char != '\t'), "there is a control character")
}

fn shown(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

pub(super) fn ensure(holds: bool, complaint: &str) -> Finding {
    if holds { Ok(()) } else { Err(complaint.to_owned()) }
}
