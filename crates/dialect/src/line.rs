//! The `line` dialect: for people with `nc` or `telnet` and nothing else.
//!
//! ```text
//! line    = text ( CRLF / LF )          ; said in the room, or a command behind a slash (see `text`)
//! told    = "<" nick "> " text CRLF     ; someone said something
//!         / "* " nick SP text CRLF      ; someone does something (/me)
//!         / "*" nick "* " text CRLF     ; someone says something to you alone
//!         / "-- " text CRLF             ; the server
//!         / time SP told                ; something said before, see `text`
//! ```
//!
//! In front of what happens in other rooms than the one where everyone lands stands `[#room]`. What one
//! says oneself is not repeated: the terminal shows it already. Telnet's negotiations (RFC 854) are ignored.

use std::borrow::Cow;

use hub::{Cause, Event, Timestamp};

use crate::text::{Base, Note, Spelling, Variant};
use crate::{Delivery, Dialect, Output};

/// One peer.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// Whether it has been told where it is.
    greeted: bool,
}

impl Line {
    /// Where one is and how to leave, once one is there; in another room, who is there.
    fn greet(&mut self, base: &Base, names: &[String], bytes: &mut Vec<u8>) {
        let company = match names {
            [] => "alone for now".to_owned(),
            names if names.len() <= 20 => format!("with {}", names.join(", ")),
            names => format!("with {} others", names.len()),
        };
        if std::mem::replace(&mut self.greeted, true) {
            return self.notice(base, &company, bytes);
        }
        let network = &base.person.settings().network;
        let room = base.person.room().map(ToString::to_string).unwrap_or_default();
        let nick = base.person.nick();
        self.notice(base, &format!("Welcome to {network}. You are {nick} in {room}, {company}."), bytes);
        let help = "Type a line to say it. /nick NAME changes your name, /help tells the rest, /quit leaves.";
        self.notice(base, help, bytes);
    }
}

/// Without control characters, which a terminal would obey.
fn shown(text: &str) -> Cow<'_, str> {
    crate::split::clean(text, &['\t'])
}

impl Spelling for Line {
    const DIALECT: Dialect = Dialect::Line;

    fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
        let words = note.words(variant.rooms);
        bytes.extend_from_slice(&variant.charset.encode(&shown(&words)));
        bytes.extend_from_slice(b"\r\n");
    }

    fn receive(&mut self, base: &mut Base, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        let line = base.read_all(&without_telnet(frame));
        let line = shown(line.trim_end_matches(['\r', '\n', '\0']));
        if !line.trim().is_empty() {
            base.person.typed(now, &line, outputs);
        }
    }

    fn deliver(
        &mut self,
        base: &mut Base,
        delivery: Delivery<'_>,
        bytes: &mut Vec<u8>,
        outputs: &mut Vec<Output>,
    ) {
        let variant = base.variant();
        let (mut present, mut told) = (Vec::new(), Vec::new());
        base.person.deliver(delivery, outputs, &mut |note, own| match note {
            // One's own words stand on the terminal already.
            Note::Said { .. } | Note::Private { .. } | Note::Joined { .. } | Note::Left { .. } if own => {}
            Note::Present { who } => present.push(who.nick.to_string()),
            note => Self::tell(variant, &note, &mut told),
        });
        if let Delivery::Reply(Event::Entered { .. }) = delivery {
            self.greet(base, &present, bytes);
        }
        bytes.append(&mut told);
    }

    fn farewell(&mut self, base: &Base, cause: &Cause, bytes: &mut Vec<u8>) {
        self.notice(base, &crate::text::farewell(cause), bytes);
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
