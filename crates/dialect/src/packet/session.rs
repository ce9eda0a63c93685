//! The conversation with a `packet` client.

use std::borrow::Cow;
use std::sync::Arc;

use hub::{Cause, Command, Event, Identity, Nick, Text, Timestamp};

use super::wire::{self, Kind, LEAVE_SUFFIX, Packet};
use crate::charset::{Charset, Reader};
use crate::split::{clean, split};
use crate::text::{Note, Person, Variant, came_by};
use crate::{Busy, Delivery, Dialect, Output, Rendering, Session, Verdict, unit};

/// Milliseconds of silence that end a typed command, of which every word comes in a packet of its own.
const MOMENT: u32 = 200;
/// Bytes of a typed command.
const COMMAND: usize = 4096;
/// Under which name the server speaks.
const SERVER: &str = "saloon";

/// One client.
pub(crate) struct PacketSession {
    person: Person,
    reader: Reader,
    variant: Variant,
    /// The words of a command that is being typed.
    command: String,
}

impl PacketSession {
    /// The conversation with someone who has just come.
    pub fn new(person: Person, reader: Reader, variant: Variant) -> Self {
        Self { person, reader, variant, command: String::new() }
    }

    fn variant(&self) -> Variant {
        Variant { charset: self.reader.charset(), rooms: self.person.names_rooms(), ..self.variant }
    }

    fn read(&mut self, bytes: &[u8]) -> String {
        let mut text = self.reader.read(bytes);
        text.push_str(&self.reader.flush());
        clean(&text, &[]).into_owned()
    }

    fn join(&mut self, now: Timestamp, name: &[u8], outputs: &mut Vec<Output>) {
        let name = self.read(name);
        if self.person.is_new() {
            self.person.arrive(Some(&name), outputs);
        } else if self.person.is_here() && name != self.person.nick() {
            // A second join changes the name, if it can be one.
            if Nick::new(&name, self.person.settings().nicklen).is_ok() {
                self.person.typed(now, &format!("/nick {name}"), outputs);
            }
        }
    }

    fn chat(&mut self, now: Timestamp, text: &[u8], outputs: &mut Vec<Output>) {
        let text = self.read(text);
        let begins = text.starts_with('/') && !text.starts_with("//");
        if self.command.is_empty() && !begins {
            return self.person.typed(now, &text, outputs);
        }
        if self.command.len() + text.len() < COMMAND {
            if !self.command.is_empty() {
                self.command.push(' ');
            }
            self.command.push_str(&text);
        }
    }
}

/// Whether a datagram of someone unknown begins a conversation: a join, or a message whose join was lost.
pub(crate) fn may_begin(bytes: &[u8]) -> bool {
    Packet::decode(bytes).is_ok_and(|packet| packet.kind != Kind::Leave && !packet.is_leave())
}

/// Appends a note.
pub(crate) fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
    let charset = variant.charset;
    match note {
        Note::Said { who, room, text, action } => {
            let room = if variant.rooms { format!("[{room}] ") } else { String::new() };
            let star = if *action { "* " } else { "" };
            chat(charset, &shown(who), &format!("{room}{star}{text}"), bytes);
        }
        Note::Private { who, text, action, .. } => {
            let star = if *action { "* " } else { "" };
            chat(charset, &shown(who), &format!("(private) {star}{text}"), bytes);
        }
        Note::Joined { who, .. } if !variant.rooms => push(charset, Kind::Join, &shown(who), "", bytes),
        Note::Present { who } => push(charset, Kind::Join, &shown(who), "", bytes),
        Note::Left { who, room, .. } if room.is_none() || !variant.rooms => {
            leave(charset, &shown(who), bytes)
        }
        Note::Renamed { who, nick } => {
            leave(charset, &shown(who), bytes);
            push(charset, Kind::Join, nick, "", bytes);
        }
        Note::Topic { .. } => {}
        note => notice(charset, note.words(variant.rooms).trim_start_matches("-- "), bytes),
    }
}

/// Appends words of the server's.
pub(crate) fn notice(charset: Charset, text: &str, bytes: &mut Vec<u8>) {
    chat(charset, SERVER, text, bytes);
}

fn chat(charset: Charset, name: &str, text: &str, bytes: &mut Vec<u8>) {
    split(&clean(text, &[]), wire::MOST_TEXT, charset)
        .for_each(|piece| push(charset, Kind::Chat, name, piece, bytes));
}

fn leave(charset: Charset, name: &str, bytes: &mut Vec<u8>) {
    push(charset, Kind::Leave, name, &format!("{name}{LEAVE_SUFFIX}"), bytes);
}

fn push(charset: Charset, kind: Kind, name: &str, text: &str, bytes: &mut Vec<u8>) {
    let name = charset.encode(split(name, wire::MOST_NAME, charset).next().unwrap_or_default()).into_owned();
    let text = charset.encode(text);
    unit::push(bytes, |out| out.extend_from_slice(&Packet { kind, name: &name, text: &text }.encode()));
}

/// The name by which these clients know someone: as sent, where that can be no nickname.
fn shown(who: &Identity) -> Cow<'_, str> {
    let real = crate::text::words(&who.realname);
    let keeps = came_by("packet", who) && !real.is_empty() && Nick::new(&real, wire::MOST_NAME).is_err();
    if keeps { real } else { who.nick.as_str().into() }
}

impl Session for PacketSession {
    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        let Ok(packet) = Packet::decode(frame) else { return };
        if packet.is_leave() {
            return self.person.quit(None, outputs);
        }
        match packet.kind {
            Kind::Join => self.join(now, packet.name, outputs),
            Kind::Chat => {
                if self.person.is_new() {
                    self.join(now, packet.name, outputs);
                }
                self.chat(now, packet.text, outputs);
            }
            Kind::Leave => self.person.quit(None, outputs),
        }
    }

    fn patience(&self) -> Option<u32> {
        (!self.command.is_empty()).then_some(MOMENT)
    }

    fn silence(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        let command = std::mem::take(&mut self.command);
        if !command.is_empty() {
            self.person.typed(now, &command, outputs);
        }
    }

    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        let variant = self.variant();
        // The name that was chosen last is the one to be shown.
        if let Delivery::Reply(Event::Renamed { nick, .. }) = delivery {
            outputs.push(Output::Command(Command::SetRealname { text: Text::from(nick.as_str()) }));
        }
        self.person.deliver(delivery, outputs, &mut |note, own| match note {
            Note::Info(_) => tell(variant, &note, bytes),
            _ if own => {}
            note => tell(variant, &note, bytes),
        });
    }

    fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        self.person.verdict(&verdict, outputs);
    }

    fn notice(&mut self, text: &str, bytes: &mut Vec<u8>) {
        notice(self.variant().charset, text, bytes);
    }

    fn busy(&self) -> Busy {
        if self.person.is_checking() { Busy::Check } else { Busy::No }
    }

    fn resume(&mut self, _outputs: &mut Vec<Output>) {}

    fn rendering(&self) -> Rendering {
        Rendering { dialect: Dialect::Packet, features: self.variant().bits() }
    }

    fn registered(&self) -> bool {
        self.person.is_here()
    }

    fn ping(&mut self, _bytes: &mut Vec<u8>) {}

    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>) {
        if !matches!(cause, Cause::Quit(_) | Cause::ConnectionClosed) {
            notice(self.variant().charset, &crate::text::farewell(cause), bytes);
        }
    }

    fn reconfigure(&mut self, settings: &crate::Settings) {
        self.person.reconfigure(&Arc::clone(&settings.text));
    }
}
