//! The conversation with a `group` client.

use std::borrow::Cow;
use std::net::SocketAddrV4;
use std::sync::Arc;

use hub::{Cause, Target, Timestamp};

use super::guard_markup;
use super::wire::ServerUnit;
use crate::charset::{Charset, Reader};
use crate::split::clean;
use crate::text::{Note, Person, Variant, came_by};
use crate::{Busy, Delivery, Dialect, Output, Rendering, Session, Verdict, unit};

/// Milliseconds before somebody who says nothing is announced: a client whose second port is taken connects
/// and closes at once.
const SETTLE: u32 = 100;
/// Milliseconds to wait for the rest of a character.
const MOMENT: u32 = 200;
/// Milliseconds that a peer is still told things which has sent its last: it may have closed one direction
/// only, and closing both looks the same.
const LINGER: u32 = 3000;

/// One client.
pub(crate) struct GroupSession {
    person: Person,
    reader: Reader,
    variant: Variant,
}

impl GroupSession {
    /// The conversation with someone who has just come.
    pub fn new(person: Person, reader: Reader, variant: Variant) -> Self {
        Self { person, reader, variant }
    }

    fn variant(&self) -> Variant {
        Variant { charset: self.reader.charset(), rooms: self.person.names_rooms(), ..self.variant }
    }

    fn arrive(&mut self, outputs: &mut Vec<Output>) {
        if self.person.is_new() {
            self.person.arrive(None, outputs);
        }
    }
}

/// Appends a note.
pub(crate) fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
    let address = |who| variant.address("group", who);
    match note {
        Note::Said { who, room, text, action } => {
            let room = if variant.rooms { format!("[{room}] ") } else { String::new() };
            let name = match (came_by("group", who), action) {
                (true, false) => String::new(),
                (false, false) => format!("{}: ", who.nick),
                (_, true) => format!("* {} ", who.nick),
            };
            chat(variant.charset, address(who), &format!("{room}{name}{text}"), bytes);
        }
        Note::Private { who, text, .. } => {
            chat(variant.charset, address(who), &format!("(private) {text}"), bytes)
        }
        Note::Joined { who, .. } if !variant.rooms => push(&ServerUnit::Online(address(who)), bytes),
        Note::Present { who } => push(&ServerUnit::Online(address(who)), bytes),
        Note::Left { who, room, .. } if room.is_none() || !variant.rooms => {
            push(&ServerUnit::Offline(address(who)), bytes);
        }
        Note::Renamed { who, .. } if came_by("group", who) => {}
        Note::Topic { .. } => {}
        note => {
            let words = note.words(variant.rooms);
            let text = guard_markup(&clean(&words, &['\t'])).into_owned();
            unit::push(bytes, |out| out.extend_from_slice(&variant.charset.encode(&text)));
        }
    }
}

fn push(unit: &ServerUnit<'_>, bytes: &mut Vec<u8>) {
    unit::push(bytes, |out| unit.encode(out));
}

fn chat(charset: Charset, from: SocketAddrV4, text: &str, bytes: &mut Vec<u8>) {
    let text: Cow<'_, str> = clean(text, &['\t']);
    let guarded = guard_markup(&text);
    push(&ServerUnit::Chat { from, text: &charset.encode(&guarded) }, bytes);
}

impl Session for GroupSession {
    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        self.arrive(outputs);
        // What stands behind a NUL is not shown by anyone.
        let text = self.reader.read(crate::plain::wire::c_string(frame));
        self.person.typed_lines(now, &text, outputs);
    }

    fn patience(&self) -> Option<u32> {
        match self.person.is_new() {
            true => Some(SETTLE),
            false => self.reader.pending().then_some(MOMENT),
        }
    }

    fn silence(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        self.arrive(outputs);
        let rest = self.reader.flush();
        self.person.typed_lines(now, &rest, outputs);
    }

    fn ended(&mut self, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        let rest = self.reader.flush();
        self.person.typed_lines(now, &rest, outputs);
        if self.person.is_new() { 0 } else { LINGER }
    }

    /// A private message to a user of another dialect.
    fn private(&mut self, seat: u16, bytes: &[u8], outputs: &mut Vec<Output>) {
        let mut text = self.reader.read(crate::plain::wire::c_string(bytes));
        text.push_str(&self.reader.flush());
        let text = text.replace(['\r', '\n'], " ");
        self.person.tell(Target::Seat(seat), &text, outputs);
    }

    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        let variant = self.variant();
        let mut apart = Vec::new();
        self.person.deliver(delivery, outputs, &mut |note, own| match note {
            Note::Private { .. } if own => {}
            Note::Private { who, ref text, .. } if !came_by("group", who) && who.place.seat.is_some() => {
                let bytes = variant.charset.encode(&clean(text, &['\t'])).into_owned();
                apart.extend(who.place.seat.map(|seat| Output::Private { seat, bytes }));
            }
            Note::Left { .. } if own => {}
            note => tell(variant, &note, bytes),
        });
        outputs.append(&mut apart);
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
        Rendering { dialect: Dialect::Group, features: self.variant().bits() }
    }

    fn registered(&self) -> bool {
        self.person.is_here()
    }

    fn ping(&mut self, _bytes: &mut Vec<u8>) {}

    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>) {
        if !matches!(cause, Cause::Quit(_) | Cause::ConnectionClosed) {
            self.notice(&crate::text::farewell(cause), bytes);
        }
    }

    fn reconfigure(&mut self, settings: &crate::Settings) {
        self.person.reconfigure(&Arc::clone(&settings.text));
    }
}
