//! A peer that reads closely: every line it is sent must be one that the protocol allows, and every
//! labeled line it sent must have exactly one labeled answer.

use super::Finding;
use crate::irc::{Message, escape};

/// Most bytes of a line behind its tags, with CR and LF.
const MOST: usize = 512;
/// Most bytes of tags, `@` and the space included: 4095 of clients and 4095 of the server, less one
/// for what they share (IRCv3 message-tags).
const MOST_TAGS: usize = 8191;

pub(super) struct Ear {
    server: String,
    utf8_only: bool,
    /// What the peer is called; `*` until it is told.
    nick: Vec<u8>,
    /// The label of its last line, as it comes back, and how often it has come back.
    label: Option<Vec<u8>>,
    labeled: usize,
    /// Labels of lines that are answered when a later line has come.
    later: Vec<Vec<u8>>,
    /// Whether two open lines had one label: from then on nobody can tell their answers apart.
    confused: bool,
    /// The batches that are open, outermost first.
    batches: Vec<Vec<u8>>,
    pub last: Vec<u8>,
    ended: bool,
}

/// A line, in its parts.
struct Heard<'a> {
    message: Message<'a>,
    /// How many bytes stand behind the tags.
    body: usize,
}

impl Ear {
    pub fn new(server: &str, utf8_only: bool) -> Self {
        Self {
            server: server.to_owned(),
            utf8_only,
            nick: b"*".to_vec(),
            label: None,
            labeled: 0,
            later: Vec::new(),
            confused: false,
            batches: Vec::new(),
            last: Vec::new(),
            ended: false,
        }
    }

    /// A line goes out, with this label if any.
    pub fn expect(&mut self, label: Option<Vec<u8>>) {
        // A label that is not UTF-8 is none where that is refused.
        let label = label.filter(|label| !self.utf8_only || std::str::from_utf8(label).is_ok());
        self.label = label.map(|label| escape(&label));
        self.confused |= self.label.as_ref().is_some_and(|label| self.later.contains(label));
        self.labeled = 0;
    }

    /// Whether a line is not taken for its bytes.
    pub fn refuses(&self, line: &[u8]) -> bool {
        self.utf8_only && std::str::from_utf8(line).is_err()
    }

    /// The line that goes out is answered later.
    pub fn postpone(&mut self) {
        self.later.extend(self.label.take());
    }

    /// So many lines are still to be answered.
    pub fn owed(&self, count: usize) -> Finding {
        ensure(self.confused || self.later.len() == count, "a label of an earlier line has not come back")
    }

    /// All that answers the last line has been read.
    pub fn settle(&mut self) -> Finding {
        if let Some(batch) = self.batches.last() {
            return Err(format!("the batch {:?} has no end", shown(batch)));
        }
        match self.label.take() {
            Some(label) if self.labeled != 1 && !self.confused => {
                Err(format!("{} answers to the label {:?}", self.labeled, shown(&label)))
            }
            _ => Ok(()),
        }
    }

    /// The answer to the last line has not ended yet.
    pub fn wait(&self) -> Finding {
        let over = self.label.is_some() && self.labeled > 0 && self.batches.is_empty();
        ensure(!over || self.confused, "an answer ends before it is complete")
    }

    /// The connection ends.
    pub fn end(&mut self) -> Finding {
        if !self.ended {
            return Err("the connection ends without ERROR".to_owned());
        }
        self.settle()
    }

    /// Takes whole lines. `tagged` tells whether the peer asked for any tags.
    pub fn hear(&mut self, bytes: &[u8], tagged: bool) -> Finding {
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line(line, tagged).map_err(|finding| format!("{finding}: {:?}", shown(line)))?;
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8], tagged: bool) -> Finding {
        let heard = self.shape(line)?;
        ensure(!self.ended, "there is something behind ERROR")?;
        self.tags(&heard.message, tagged)?;
        self.meaning(&heard)?;
        self.last = line.to_vec();
        Ok(())
    }

    /// What is true of every line (`conformance` section 5).
    fn shape<'a>(&self, line: &'a [u8]) -> Result<Heard<'a>, String> {
        let whole = line.strip_suffix(b"\r\n").ok_or("a line has no end")?;
        let message = Message::decode(whole).map_err(|error| format!("{error:?}"))?;
        let tags = message.tags.map_or(0, |tags| tags.0.len() + 2);
        let body = line.len() - tags;
        ensure(tags <= MOST_TAGS, "there are too many tags")?;
        ensure(message.tags.is_none_or(|tags| !tags.0.is_empty()), "there are tags, but none")?;
        ensure(body <= MOST, "a line is too long")?;
        ensure(!self.utf8_only || std::str::from_utf8(line).is_ok(), "a line is not UTF-8")?;
        let source = message.source.ok_or("a line has no source")?;
        let is_user = source.contains(&b'!') && source.contains(&b'@');
        ensure(source == self.server.as_bytes() || is_user, "a line comes from nobody")?;
        let mut again = Vec::new();
        message.encode(&mut again);
        // Also tells of a sixteenth parameter, an empty one, and needless spaces.
        ensure(again == whole, "a line is not in its only form")?;
        Ok(Heard { message, body })
    }

    fn tags(&mut self, message: &Message<'_>, tagged: bool) -> Finding {
        let Some(tags) = message.tags else { return Ok(()) };
        ensure(tagged || self.label.is_some(), "tags were not asked for")?;
        if let Some((_, label)) = tags.iter().find(|(key, _)| *key == b"label" && !self.confused) {
            match self.later.iter().position(|later| later == label) {
                Some(at) => drop(self.later.swap_remove(at)),
                None => {
                    ensure(self.label.as_deref() == Some(label), "there is a label that was not sent")?;
                    self.labeled += 1;
                }
            }
        }
        if let Some((_, batch)) = tags.iter().find(|(key, _)| *key == b"batch") {
            let open = self.batches.iter().any(|open| open == batch);
            ensure(open, "there is a batch that is not open")?;
        }
        Ok(())
    }

    fn meaning(&mut self, heard: &Heard<'_>) -> Finding {
        let Heard { message, .. } = heard;
        let first = message.param(0).unwrap_or_default();
        match message.command {
            b"BATCH" => self.batch(message)?,
            b"ERROR" => self.ended = true,
            b"NICK" if message.source.is_some_and(|source| nick_of(source) == self.nick) => {
                self.nick = first.to_vec();
            }
            b"ACK" => ensure(message.tags.is_some(), "ACK acknowledges nothing")?,
            b"001" => self.nick = first.to_vec(),
            _ => {}
        }
        if message.command.iter().all(u8::is_ascii_digit) {
            return self.numeric(heard);
        }
        ensure(message.command.iter().all(u8::is_ascii_uppercase), "there is no such command")
    }

    fn batch(&mut self, message: &Message<'_>) -> Finding {
        let reference = message.param(0).unwrap_or_default();
        match reference.split_first() {
            Some((b'+', reference)) if !self.batches.iter().any(|open| open == reference) => {
                self.batches.push(reference.to_vec());
            }
            Some((b'-', reference)) if self.batches.last().is_some_and(|open| open == reference) => {
                self.batches.pop();
            }
            _ => return Err("a batch begins or ends at the wrong time".to_owned()),
        }
        Ok(())
    }

    fn numeric(&self, heard: &Heard<'_>) -> Finding {
        let Heard { message, body } = heard;
        ensure(message.command.len() == 3, "a numeric has three digits")?;
        ensure(message.param(0) == Some(&self.nick[..]), "a numeric is for somebody else")?;
        let code = std::str::from_utf8(message.command).unwrap_or_default();
        // The end of a line that was cut is missing.
        let wanted = COUNTS.iter().find(|(codes, _)| codes.contains(&code)).filter(|_| *body + 4 < MOST);
        let right = wanted.is_none_or(|(_, count)| message.params.len() == *count);
        ensure(right, "a numeric has another number of parameters")?;
        let last = message.params.last().copied().unwrap_or_default();
        let is_list = ["302", "303", "319", "353"].contains(&code);
        ensure(!(is_list && last.ends_with(b" ")), "a list ends in a space")
    }
}

/// Numerics that repeat what was sent, and how many parameters they have, the client's name included
/// (`conformance` sections 8, 9, 15, 31).
const COUNTS: [(&[&str], usize); 8] = [
    (&["760", "761"], 5),
    (&["766"], 4),
    (&["336", "730", "731", "732", "902", "903", "904", "905", "906"], 2),
    (&["219", "315", "318", "331", "332", "341", "347", "349", "365", "366", "368", "369"], 3),
    (&["401", "403", "404", "405", "406", "407", "410", "421", "432", "433", "442", "461", "471"], 3),
    (&["472", "473", "474", "475", "477", "482", "524", "704", "705", "706"], 3),
    (&["908"], 3),
    (&["322", "333", "353", "441", "443", "478", "734", "900"], 4),
];

fn nick_of(source: &[u8]) -> &[u8] {
    source.split(|&byte| byte == b'!').next().unwrap_or_default()
}

fn shown(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn ensure(holds: bool, complaint: &str) -> Finding {
    if holds { Ok(()) } else { Err(complaint.to_owned()) }
}
