//! The `line` dialect: for people with `nc` or `telnet` and nothing else.
//!
//! ```text
//! line    = text ( CRLF / LF )          ; said in the room, or a command behind a slash (see `text`)
//! told    = "<" nick "> " text CRLF     ; someone said something
//!         / "* " nick SP text CRLF      ; someone does something (/me)
//!         / "*" nick "* " text CRLF     ; someone says something to you alone
//!         / "-- " text CRLF             ; the server
//! ```
//!
//! In front of what happens in other rooms than the one where everyone lands stands `[#room]`. What one
//! says oneself is not repeated: the terminal shows it already. Telnet's negotiations (RFC 854) are ignored.

use std::borrow::Cow;
use std::sync::Arc;

use hub::{Answer, Cause, Event, Query, Timestamp};

use crate::charset::Reader;
use crate::text::{Note, Person, Variant};
use crate::{Busy, Delivery, Dialect, Output, Rendering, Session, Verdict};

/// Bytes of a line; what is longer is taken in pieces.
pub(crate) struct LineSession {
    person: Person,
    reader: Reader,
    variant: Variant,
    /// Who is here, gathered while it enters for the first time.
    greeted: bool,
}

impl LineSession {
    /// The conversation with someone who has just come.
    pub fn new(person: Person, reader: Reader, variant: Variant) -> Self {
        Self { person, reader, variant, greeted: false }
    }

    fn variant(&self) -> Variant {
        Variant { charset: self.reader.charset(), rooms: self.person.names_rooms(), ..self.variant }
    }

    /// Where one is and how to leave, once one is there.
    fn greet(&mut self, names: &[&str], bytes: &mut Vec<u8>) {
        self.greeted = true;
        let variant = self.variant();
        let network = &self.person.settings().network;
        let room = self.person.room().map(ToString::to_string).unwrap_or_default();
        let company = match names {
            [] => "alone for now".to_owned(),
            names if names.len() <= 20 => format!("with {}", names.join(", ")),
            names => format!("with {} others", names.len()),
        };
        for text in [
            format!("Welcome to {network}. You are {} in {room}, {company}.", self.person.nick()),
            "Type a line to say it. /nick NAME changes your name, /help tells the rest, /quit leaves."
                .to_owned(),
        ] {
            tell(variant, &Note::Info(text.into()), bytes);
        }
    }
}

impl LineSession {
    /// What was said lately, each with the time of day.
    fn recall(&self, said: &[Arc<Event>], bytes: &mut Vec<u8>) {
        let variant = self.variant();
        for event in said {
            let (Event::Said { at, .. }, Some(note)) = (&**event, Note::of(event)) else { continue };
            let clock = self.person.clock(*at);
            // Of `Fri Nov 20 20:37:14 2026` the hours and minutes.
            let time = clock.get(11..16).unwrap_or_default();
            let words = format!("{time} {}", note.words(variant.rooms));
            bytes.extend_from_slice(&variant.charset.encode(&shown(&words)));
            bytes.extend_from_slice(b"\r\n");
        }
    }
}

/// Appends a note.
pub(crate) fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
    let words = note.words(variant.rooms);
    bytes.extend_from_slice(&variant.charset.encode(&shown(&words)));
    bytes.extend_from_slice(b"\r\n");
}

/// Without control characters, which a terminal would obey.
fn shown(text: &str) -> Cow<'_, str> {
    crate::split::clean(text, &['\t'])
}

impl Session for LineSession {
    fn open(&mut self, _now: Timestamp, outputs: &mut Vec<Output>) {
        self.person.arrive(None, outputs);
    }

    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        let mut line = self.reader.read(&without_telnet(frame));
        line.push_str(&self.reader.flush());
        let line = shown(line.trim_end_matches(['\r', '\n', '\0']));
        if !line.trim().is_empty() {
            self.person.typed(now, &line, outputs);
        }
    }

    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        let variant = self.variant();
        let mut present = Vec::new();
        let entered = matches!(delivery, Delivery::Reply(Event::Entered { .. }));
        if let Delivery::Reply(Event::Entered { room, .. }) = delivery {
            outputs.push(Output::Query(Query::Recent(room.clone())));
        }
        if let Delivery::Answer(Answer::Recent(_, said)) = delivery {
            return self.recall(said, bytes);
        }
        let start = bytes.len();
        self.person.deliver(delivery, outputs, &mut |note, own| match note {
            // One's own words stand on the terminal already.
            Note::Said { .. } | Note::Private { .. } | Note::Joined { .. } if own => {}
            Note::Present { who } => present.push(who.nick.to_string()),
            note => tell(variant, &note, bytes),
        });
        if entered {
            let names: Vec<&str> = present.iter().map(String::as_str).collect();
            let rest = bytes.split_off(start);
            if self.greeted {
                let who = if names.is_empty() { "nobody else".to_owned() } else { names.join(", ") };
                tell(variant, &Note::Info(format!("here: {who}").into()), bytes);
            } else {
                self.greet(&names, bytes);
            }
            bytes.extend_from_slice(&rest);
        }
    }

    fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        self.person.verdict(&verdict, outputs);
    }

    fn notice(&mut self, text: &str, bytes: &mut Vec<u8>) {
        tell(self.variant(), &Note::Info(text.into()), bytes);
    }

    fn busy(&self) -> Busy {
        if self.person.is_checking() { Busy::Check } else { Busy::No }
    }

    fn resume(&mut self, _outputs: &mut Vec<Output>) {}

    fn rendering(&self) -> Rendering {
        Rendering { dialect: Dialect::Line, features: self.variant().bits() }
    }

    fn registered(&self) -> bool {
        self.person.is_here()
    }

    fn ping(&mut self, _bytes: &mut Vec<u8>) {}

    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>) {
        let text = crate::text::farewell(cause);
        tell(self.variant(), &Note::Info(text.into()), bytes);
    }

    fn reconfigure(&mut self, settings: &crate::Settings) {
        self.person.reconfigure(&Arc::clone(&settings.text));
    }
}

/// The bytes without telnet's: `IAC` and what belongs to it; `IAC IAC` is a byte 255.
fn without_telnet(frame: &[u8]) -> Cow<'_, [u8]> {
    const IAC: u8 = 255;
    if !frame.contains(&IAC) {
        return Cow::Borrowed(frame);
    }
    let mut kept = Vec::with_capacity(frame.len());
    let mut rest = frame;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = match (byte, behind) {
            (IAC, [IAC, behind @ ..]) => {
                kept.push(IAC);
                behind
            }
            // A subnegotiation goes on until IAC SE.
            (IAC, [250, behind @ ..]) => {
                let end = behind.windows(2).position(|pair| pair == [IAC, 240]);
                end.map_or(&[][..], |end| &behind[end + 2..])
            }
            (IAC, [251..=254, _, behind @ ..]) => behind,
            (IAC, [251..=254]) => &[],
            (IAC, [_, behind @ ..]) => behind,
            (IAC, []) => &[],
            (byte, behind) => {
                kept.push(byte);
                behind
            }
        };
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telnet_negotiates_with_nobody() {
        for (frame, line) in [
            (&b"hello"[..], &b"hello"[..]),
            (b"\xff\xfd\x03hel\xff\xfb\x18lo", b"hello"),
            (b"\xff\xfa\x18\x00xterm\xff\xf0hi", b"hi"),
            (b"a\xff\xffb", b"a\xffb"),
            (b"\xff\xf1hi\xff", b"hi"),
            (b"hi\xff\xfb", b"hi"),
        ] {
            assert_eq!(&*without_telnet(frame), line);
        }
    }
}
