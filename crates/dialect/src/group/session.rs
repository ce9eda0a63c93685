//! The conversation with a `group` client.

use std::borrow::Cow;
use std::net::SocketAddrV4;

use hub::{Identity, Target, Timestamp};

use super::guard_markup;
use super::wire::ServerUnit;
use crate::charset::Charset;
use crate::plain::wire::c_string;
use crate::split::clean;
use crate::text::{Base, MOMENT, Note, Spelling, Variant, came_by};
use crate::{Delivery, Dialect, Output, unit};

/// Milliseconds before somebody who says nothing is announced: a client whose second port is taken connects
/// and closes at once.
const SETTLE: u32 = 100;
/// Milliseconds that a peer is still told things which has sent its last: it may have closed one direction
/// only, and closing both looks the same.
const LINGER: u32 = 3000;

/// One client.
#[derive(Debug)]
pub(crate) struct Group;

fn arrive(base: &mut Base, outputs: &mut Vec<Output>) {
    if base.person.is_new() {
        base.person.arrive(None, outputs);
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

/// What somebody tells one person, in a datagram.
fn private(charset: Charset, who: &Identity, text: &str, action: bool) -> Vec<u8> {
    let text = clean(text, &['\t']);
    charset.encode(&guard_markup(&deed(who, &text, action))).into_owned()
}

fn deed<'a>(who: &Identity, text: &'a str, action: bool) -> Cow<'a, str> {
    if action { format!("* {} {text}", who.nick).into() } else { text.into() }
}

impl Spelling for Group {
    const DIALECT: Dialect = Dialect::Group;

    fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
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
            Note::Private { who, text, action, .. } => {
                chat(
                    variant.charset,
                    address(who),
                    &format!("(private) {}", deed(who, text, *action)),
                    bytes,
                );
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

    /// It is announced once it has said something or has stayed for a moment.
    fn open(&mut self, _base: &mut Base, _outputs: &mut Vec<Output>) {}

    fn receive(&mut self, base: &mut Base, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        arrive(base, outputs);
        // What stands behind a NUL is not shown by anyone.
        let text = base.reader.read(c_string(frame));
        base.person.typed_lines(now, &text, outputs);
    }

    fn patience(&self, base: &Base) -> Option<u32> {
        match base.person.is_new() {
            true => Some(SETTLE),
            false => base.reader.pending().then_some(MOMENT),
        }
    }

    fn silence(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) {
        arrive(base, outputs);
        base.flush(now, outputs);
    }

    fn ended(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        base.flush(now, outputs);
        if base.person.is_new() { 0 } else { LINGER }
    }

    /// A private message to a user of another dialect.
    fn private(&mut self, base: &mut Base, seat: u16, bytes: &[u8], outputs: &mut Vec<Output>) {
        // Half a character that the connection has brought is not the beginning of this.
        let mut reader = base.reader.clone();
        reader.flush();
        let mut text = reader.read(c_string(bytes));
        text.push_str(&reader.flush());
        if !base.reader.pending() {
            base.reader = reader;
        }
        let text = text.replace(['\r', '\n'], " ");
        base.person.tell(Target::Seat(seat), &text, outputs);
    }

    /// One's own words are told as well: the client has no copy of them. Private ones go past the server.
    fn deliver(
        &mut self,
        base: &mut Base,
        delivery: Delivery<'_>,
        bytes: &mut Vec<u8>,
        outputs: &mut Vec<Output>,
    ) {
        let variant = base.variant();
        let mut apart = Vec::new();
        base.person.deliver(delivery, outputs, &mut |note, own| match note {
            Note::Private { .. } | Note::Left { .. } if own => {}
            Note::Private { who, ref text, action, .. }
                if !came_by("group", who) && who.place.seat.is_some() =>
            {
                let bytes = private(variant.charset, who, text, action);
                let mut otherwise = Vec::new();
                Self::tell(variant, &note, &mut otherwise);
                let seat = who.place.seat.filter(|_| !bytes.is_empty());
                apart.extend(seat.map(|seat| Output::Private { seat, bytes, otherwise }));
            }
            note => Self::tell(variant, &note, bytes),
        });
        outputs.append(&mut apart);
    }
}
