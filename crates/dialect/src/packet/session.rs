//! The conversation with a `packet` client.

use std::borrow::Cow;

use hub::{Command, Event, Identity, Nick, Text, Timestamp};

use super::wire::{self, Kind, LEAVE_SUFFIX, Packet};
use crate::charset::Charset;
use crate::split::{clean, split, split_old};
use crate::text::{Base, MOMENT, Note, Spelling, Variant, came_by};
use crate::veil::Veiled;
use crate::{Delivery, Dialect, Output, unit};

/// Bytes of a typed command.
const COMMAND: usize = 4096;
/// Under which name the server speaks.
const SERVER: &str = "saloon";

/// One client.
#[derive(Debug, Default)]
pub(crate) struct PacketClient {
    /// The words of a command that is being typed.
    command: Veiled<String>,
}

impl PacketClient {
    fn join(base: &mut Base, now: Timestamp, name: &[u8], outputs: &mut Vec<Output>) {
        let name = clean(&base.read_all(name), &[]).into_owned();
        if base.person.is_new() {
            base.person.arrive(Some(&name), outputs);
        } else if base.person.is_here() && name != base.person.nick() {
            // A second join changes the name: the nickname if it can be one, or else what these clients see.
            if Nick::new(&name, base.person.settings().nicklen).is_ok() {
                base.person.typed(now, &format!("/nick {name}"), outputs);
            } else if !name.is_empty() {
                let text = Text::from(name.as_str());
                outputs.push(Output::Command(Command::SetRealname { text }));
            }
        }
    }

    fn chat(&mut self, base: &mut Base, now: Timestamp, text: &[u8], outputs: &mut Vec<Output>) {
        let text = clean(&base.read_all(text), &[]).into_owned();
        let begins = text.starts_with('/') && !text.starts_with("//");
        if self.command.is_empty() && !begins {
            return base.person.typed(now, &text, outputs);
        }
        // What is too much is noticed at the end: it has to end before it can be answered.
        if self.command.len() < COMMAND {
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
    if keeps && !is_server(&real) { real } else { named(who.nick.as_str()) }
}

/// A nickname, but for that of the server, which is not to be taken for it.
fn named(nick: &str) -> Cow<'_, str> {
    if is_server(nick) { format!("{nick}_").into() } else { nick.into() }
}

fn is_server(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case(SERVER)
}

impl Spelling for PacketClient {
    const DIALECT: Dialect = Dialect::Packet;

    fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
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
                push(charset, Kind::Join, &named(nick), "", bytes);
            }
            Note::Old { time, words } => split_old(time, &clean(words, &[]), wire::MOST_TEXT, charset)
                .for_each(|piece| push(charset, Kind::Chat, SERVER, &piece, bytes)),
            Note::Topic { .. } => {}
            note => notice(charset, note.words(variant.rooms).trim_start_matches("-- "), bytes),
        }
    }

    /// Its name comes in its first packet.
    fn open(&mut self, _base: &mut Base, _outputs: &mut Vec<Output>) {}

    fn receive(&mut self, base: &mut Base, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        let Ok(packet) = Packet::decode(frame) else { return };
        if packet.is_leave() {
            return base.person.quit(None, outputs);
        }
        if packet.kind == Kind::Join || base.person.is_new() {
            Self::join(base, now, packet.name, outputs);
        }
        if packet.kind == Kind::Chat {
            self.chat(base, now, packet.text, outputs);
        }
    }

    fn patience(&self, _base: &Base) -> Option<u32> {
        (!self.command.is_empty()).then_some(MOMENT)
    }

    fn silence(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) {
        let command = std::mem::take(&mut self.command).0;
        if command.len() >= COMMAND {
            base.person.inform(outputs, "that command is too long");
        } else if !command.is_empty() {
            base.person.typed(now, &command, outputs);
        }
    }

    fn deliver(
        &mut self,
        base: &mut Base,
        delivery: Delivery<'_>,
        bytes: &mut Vec<u8>,
        outputs: &mut Vec<Output>,
    ) {
        // The name that was chosen last is the one to be shown.
        if let Delivery::Reply(Event::Renamed { nick, .. }) = delivery {
            outputs.push(Output::Command(Command::SetRealname { text: Text::from(nick.as_str()) }));
        }
        let variant = base.variant();
        base.person.deliver(delivery, outputs, &mut |note, own| {
            if !own || matches!(note, Note::Info(_)) {
                Self::tell(variant, &note, bytes);
            }
        });
    }
}
