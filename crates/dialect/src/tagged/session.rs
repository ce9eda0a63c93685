//! The conversation with a `tagged` client.

use std::collections::VecDeque;
use std::net::SocketAddrV4;

use hub::{Answer, Event, Names, Query, Rejection, Target, Timestamp};

use super::requests::Requests;
use super::wire::{Reply, Request};
use crate::split::{clean, split, split_old};
use crate::text::{Base, Note, Spelling, Variant, came_by};
use crate::{Delivery, Dialect, Output, unit};

/// Milliseconds of silence that end a block or a request which has no end of its own.
const PAUSE: u32 = 100;
/// Requests of one read: the answer to each is long, and the programs send them one by one.
const REQUESTS: usize = 32;
/// What stands in front of a local answer that is a unit of ours.
const UNIT: u8 = 0;

/// One client.
#[derive(Debug, Default)]
pub(crate) struct Tagged {
    requests: Requests,
    /// For each list of names that was asked for: whether by `list`, or else by a typed command.
    lists: VecDeque<bool>,
}

impl Tagged {
    fn take(&mut self, base: &mut Base, now: Timestamp, request: Request, outputs: &mut Vec<Output>) {
        match request {
            Request::Time => {
                let (time, long) = (base.person.clock(now), !base.person.settings().compact_time);
                answer(&Reply::Time { text: time.as_bytes(), long }, outputs);
            }
            Request::Name => answer(&Reply::Name(base.person.settings().host.as_bytes()), outputs),
            Request::List if base.person.may_ask(outputs) => {
                self.lists.push_back(true);
                outputs.push(Output::Query(Query::Names(base.person.settings().room.clone())));
            }
            Request::List => {}
            Request::Send { id, written, text } => self.send(base, now, id, &written, &text, outputs),
        }
    }

    fn send(
        &mut self,
        base: &mut Base,
        now: Timestamp,
        id: Option<u32>,
        written: &str,
        text: &[u8],
        outputs: &mut Vec<Output>,
    ) {
        let text = base.read_all(text);
        let text = clean(text.trim_end(), &['\t']).into_owned();
        match id {
            Some(id) if id > 0 && base.person.tell_typed(&Target::Number(id), &text, outputs) => {}
            Some(_) => {
                let from = outputs.len();
                base.person.typed(now, &text, outputs);
                let asks = |output: &&Output| matches!(output, Output::Query(Query::Names(_)));
                self.lists.extend(outputs[from..].iter().filter(asks).map(|_| false));
            }
            None if written.is_empty() => {
                base.person.inform(outputs, "to whom? send#ID#text; list shows the ids")
            }
            None => base.person.inform(outputs, &format!("nobody has the id {written}")),
        }
    }

    /// Everyone in the lobby, behind the lobby itself.
    fn list(&self, variant: Variant, names: &Names, bytes: &mut Vec<u8>) {
        unit::push(bytes, |out| Reply::List { id: 0, addr: variant.server() }.encode(out));
        let mut members: Vec<_> = names.members.iter().map(|(_, who)| who).collect();
        members.sort_by_key(|who| who.place.number);
        for who in members {
            let addr = variant.address("tagged", who);
            unit::push(bytes, |out| Reply::List { id: who.place.number, addr }.encode(out));
        }
    }
}

/// A unit that needs nothing from the hub.
fn answer(reply: &Reply<'_>, outputs: &mut Vec<Output>) {
    let mut bytes = vec![UNIT];
    unit::push(&mut bytes, |out| reply.encode(out));
    outputs.push(Output::Local(bytes));
}

fn sent(variant: Variant, id: u32, addr: SocketAddrV4, text: &str, bytes: &mut Vec<u8>) {
    let text = clean(text, &['\t']);
    for piece in split(&text, Reply::room(id, addr), variant.charset) {
        let text = variant.charset.encode(piece);
        unit::push(bytes, |out| Reply::Sent { id, addr, text: &text }.encode(out));
    }
}

impl Spelling for Tagged {
    const DIALECT: Dialect = Dialect::Tagged;

    /// Nothing about who comes and goes by this dialect, as the original does.
    fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
        let address = |who| variant.address("tagged", who);
        match note {
            Note::Said { who, text, .. } | Note::Private { who, text, .. } => {
                let room = match note {
                    Note::Said { room, .. } if variant.rooms => format!("[{room}] "),
                    _ => String::new(),
                };
                let action =
                    matches!(note, Note::Said { action: true, .. } | Note::Private { action: true, .. });
                let name = match (came_by("tagged", who), action) {
                    (true, false) => String::new(),
                    (false, false) => format!("<{}> ", who.nick),
                    (_, true) => format!("* {} ", who.nick),
                };
                sent(variant, who.place.number, address(who), &format!("{room}{name}{text}"), bytes);
            }
            Note::Joined { who, .. } | Note::Left { who, .. } | Note::Renamed { who, .. } => {
                if !came_by("tagged", who) {
                    sent(variant, 0, variant.server(), &note.words(variant.rooms), bytes);
                }
            }
            Note::Present { .. } | Note::Topic { .. } => {}
            Note::Old { time, words } => {
                let (addr, words) = (variant.server(), clean(words, &['\t']));
                for piece in split_old(time, &words, Reply::room(0, addr), variant.charset) {
                    let text = variant.charset.encode(&piece);
                    unit::push(bytes, |out| Reply::Sent { id: 0, addr, text: &text }.encode(out));
                }
            }
            Note::Info(_) => sent(variant, 0, variant.server(), &note.words(false), bytes),
        }
    }

    fn open(&mut self, base: &mut Base, outputs: &mut Vec<Output>) {
        answer(&Reply::Greeting, outputs);
        base.person.arrive(None, outputs);
    }

    fn receive(&mut self, base: &mut Base, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        let mut rest = frame;
        for _ in 0..REQUESTS {
            let Some(request) = self.requests.next(&mut rest) else { return };
            self.take(base, now, request, outputs);
        }
        if !rest.is_empty() {
            self.requests = Requests::default();
            base.person.inform(outputs, "too much at once: the rest of it was not taken");
        }
    }

    fn patience(&self, _base: &Base) -> Option<u32> {
        self.requests.waiting().then_some(PAUSE)
    }

    fn silence(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) {
        if let Some(request) = self.requests.pause() {
            self.take(base, now, request, outputs);
        }
    }

    fn ended(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        self.silence(base, now, outputs);
        0
    }

    fn deliver(
        &mut self,
        base: &mut Base,
        delivery: Delivery<'_>,
        bytes: &mut Vec<u8>,
        outputs: &mut Vec<Output>,
    ) {
        let variant = base.variant();
        match delivery {
            Delivery::Local([UNIT, units @ ..]) => return bytes.extend_from_slice(units),
            Delivery::Reply(Event::Rejected(Rejection::NoSuchNick(id))) if id.parse::<u32>().is_ok() => {
                return self.notice(base, &format!("nobody has the id {id}"), bytes);
            }
            Delivery::Answer(Answer::Names(_, names)) if self.lists.pop_front() == Some(true) => {
                return names.iter().for_each(|names| self.list(variant, names, bytes));
            }
            _ => {}
        }
        base.person.deliver(delivery, outputs, &mut |note, own| match note {
            Note::Info(text) => sent(variant, 0, variant.server(), &text, bytes),
            _ if own => {}
            note => Self::tell(variant, &note, bytes),
        });
    }

    fn notice(&mut self, base: &Base, text: &str, bytes: &mut Vec<u8>) {
        let variant = base.variant();
        sent(variant, 0, variant.server(), text, bytes);
    }
}
