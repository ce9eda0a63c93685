//! What was said, as lines: one, several (`conformance` section 24), or the line that takes it back
//! (section 25).

use std::sync::Arc;

use hub::{Destination, Event, Identity, MessageId, SayKind, SayLine, SayTags, Text, Timestamp};

use super::capability::Capabilities;
use super::line::{Line, MAX_BODY};
use super::render::Renderer;

/// What a message begins with that says what somebody does.
const ACTION: &[u8] = b"\x01ACTION ";

/// Who can be sent a message of several lines as one.
const SEVERAL: Capabilities = Capabilities::MULTILINE.union(Capabilities::BATCH);

/// The capabilities that make a difference for a message, beside those about tags.
pub fn relevant(text: &Text, lines: Option<&Arc<[SayLine]>>) -> Capabilities {
    if is_several(text, lines) { SEVERAL } else { Capabilities::empty() }
}

/// Whether a message has several lines; those of other dialects come with line feeds in the text.
fn is_several(text: &Text, lines: Option<&Arc<[SayLine]>>) -> bool {
    lines.is_some() || memchr::memchr(b'\n', text.as_bytes()).is_some()
}

/// The lines of a message that has several, and whether each goes on where the one before it ended.
fn lines_of<'a>(text: &'a Text, lines: Option<&'a Arc<[SayLine]>>) -> Vec<(&'a [u8], bool)> {
    match lines {
        Some(lines) => lines.iter().map(|line| (line.text.as_bytes(), line.joined)).collect(),
        None => text
            .as_bytes()
            .split(|&byte| byte == b'\n')
            .map(|line| (line.strip_suffix(b"\r").unwrap_or(line), false))
            .collect(),
    }
}

/// The words of a message, and whether they say what somebody does.
fn action_of(text: &[u8]) -> (&[u8], bool) {
    match text.strip_prefix(ACTION) {
        Some(inside) if inside.ends_with(b"\x01") => (&inside[..inside.len() - 1], true),
        _ => (text, false),
    }
}

/// A message, as far as all its lines have it in common.
struct Spoken<'a> {
    at: Timestamp,
    who: &'a Identity,
    command: &'static str,
    target: &'a str,
    tags: &'a SayTags,
}

impl Renderer {
    /// Appends a message.
    pub(super) fn said(&self, event: &Event, out: &mut Vec<u8>) {
        let Event::Said { id, at, who, kind, to, text, lines, tags } = event else { return };
        let command = match kind {
            SayKind::Message => "PRIVMSG",
            SayKind::Notice => "NOTICE",
            SayKind::Signal if self.caps.contains(Capabilities::MESSAGE_TAGS) => "TAGMSG",
            SayKind::Signal => return,
        };
        let spoken = Spoken { at: *at, who, command, target: target(to), tags };
        match kind {
            SayKind::Signal => self.spoken(&spoken, Some(*id), out).end(),
            _ if is_several(text, lines.as_ref()) => {
                self.several(&spoken, *id, &lines_of(text, lines.as_ref()), out);
            }
            _ => self.one(&spoken, *id, text.as_bytes(), out),
        }
    }

    /// Begins a line of a message, up to the target.
    fn spoken<'o>(&self, spoken: &Spoken<'_>, id: Option<MessageId>, out: &'o mut Vec<u8>) -> Line<'o> {
        self.tags(out, spoken.at, id, spoken.who, spoken.tags);
        Line::from(out, spoken.who, spoken.command).word(spoken.target)
    }

    /// A message of one line. What a client of this dialect says always fits; what others say is split.
    fn one(&self, spoken: &Spoken<'_>, id: MessageId, text: &[u8], out: &mut Vec<u8>) {
        let (text, action) = action_of(text);
        let free = if action { spoken.free().saturating_sub(ACTION.len() + 1).max(4) } else { spoken.free() };
        let mut id = Some(id);
        for part in split(text, free) {
            // An id is never used twice: readers would take the second part for the first again.
            let line = self.spoken(spoken, id.take(), out);
            match action {
                true => line.text([ACTION, part, b"\x01"].concat()).end(),
                false => line.text(part).end(),
            }
        }
    }

    /// A message of several lines: a batch, or else separate messages, the blank ones left out.
    fn several(&self, spoken: &Spoken<'_>, id: MessageId, lines: &[(&[u8], bool)], out: &mut Vec<u8>) {
        if self.caps.contains(SEVERAL) {
            return self.together(spoken, id, lines, out);
        }
        let mut id = Some(id);
        for (line, _) in lines.iter().filter(|(line, _)| !line.is_empty()) {
            for part in split(line, spoken.free()) {
                self.spoken(spoken, id.take(), out).text(part).end();
            }
        }
    }

    /// The same for all who are told it: so the reference is made of the message.
    fn together(&self, spoken: &Spoken<'_>, id: MessageId, lines: &[(&[u8], bool)], out: &mut Vec<u8>) {
        self.tags(out, spoken.at, Some(id), spoken.who, spoken.tags);
        let opening = Line::from(out, spoken.who, "BATCH").word(format!("+{id}"));
        opening.word("draft/multiline").word(spoken.target).end();
        for (line, joined) in lines {
            for (at, part) in split(line, spoken.free()).enumerate() {
                out.extend_from_slice(format!("@batch={id}").as_bytes());
                if *joined || at > 0 {
                    out.extend_from_slice(b";draft/multiline-concat");
                }
                out.push(b' ');
                Line::from(out, spoken.who, spoken.command).word(spoken.target).text(part).end();
            }
        }
        Line::from(out, spoken.who, "BATCH").word(format!("-{id}")).end();
    }

    /// `REDACT`, for who knows it.
    pub(super) fn redacted(&self, event: &Event, out: &mut Vec<u8>) {
        let Event::Redacted { id, at, who, to, message, reason } = event else { return };
        if !self.caps.contains(Capabilities::MESSAGE_REDACTION) {
            return;
        }
        self.tags(out, *at, Some(*id), who, &[]);
        let line = Line::from(out, &**who, "REDACT").word(target(to)).show(message);
        match reason {
            Some(reason) => line.text(reason.as_bytes()).end(),
            None => line.end(),
        }
    }
}

impl Spoken<'_> {
    /// How many bytes of words fit in a line.
    fn free(&self) -> usize {
        // ":" source " " command " " target " :" text
        MAX_BODY.saturating_sub(self.who.mask_len() + self.command.len() + self.target.len() + 5).max(4)
    }
}

fn target(to: &Destination) -> &str {
    match to {
        Destination::Room(room) => room.as_str(),
        Destination::Ranked(written) => written.as_str(),
        Destination::User(nick) => nick.as_str(),
    }
}

/// Splits a text into parts of at most `most` bytes, at whole characters.
fn split(mut text: &[u8], most: usize) -> impl Iterator<Item = &[u8]> {
    let mut first = true;
    std::iter::from_fn(move || {
        if text.is_empty() && !first {
            return None;
        }
        first = false;
        let part = hub::cut(text, most);
        text = &text[part.len()..];
        Some(part)
    })
}
