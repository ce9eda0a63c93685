//! The conversation with a `tagged` client.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;

use hub::{Answer, Cause, Event, Names, Query, Rejection, Target, Timestamp};

use super::requests::Requests;
use super::wire::{Reply, Request};
use crate::charset::Reader;
use crate::split::{clean, split};
use crate::text::{Note, Person, Variant, came_by};
use crate::{Busy, Delivery, Dialect, Output, Rendering, Session, Verdict, unit};

/// Milliseconds of silence that end a block or a request which has no end of its own.
const MOMENT: u32 = 100;
/// What stands in front of a local answer that is a unit of ours.
const UNIT: u8 = 0;

/// One client.
pub(crate) struct TaggedSession {
    person: Person,
    reader: Reader,
    variant: Variant,
    /// The address of the room itself: ours.
    here: SocketAddrV4,
    requests: Requests,
    /// For each list of names that was asked for: whether by `list`, or else by a typed command.
    lists: VecDeque<bool>,
}

impl TaggedSession {
    /// The conversation with someone who has just come.
    pub fn new(person: Person, reader: Reader, variant: Variant, local: Option<SocketAddr>) -> Self {
        let port = local.map_or(0, |local| local.port());
        let ip = match local.map(|local| local.ip().to_canonical()) {
            Some(IpAddr::V4(ip)) => ip,
            _ => Ipv4Addr::UNSPECIFIED,
        };
        let here = SocketAddrV4::new(ip, port);
        Self { person, reader, variant, here, requests: Requests::default(), lists: VecDeque::new() }
    }

    fn variant(&self) -> Variant {
        Variant { charset: self.reader.charset(), rooms: self.person.names_rooms(), ..self.variant }
    }

    fn take(&mut self, now: Timestamp, request: Request, outputs: &mut Vec<Output>) {
        match request {
            Request::Time => {
                let (time, long) = (self.person.clock(now), !self.person.settings().compact_time);
                self.answer(&Reply::Time { text: time.as_bytes(), long }, outputs);
            }
            Request::Name => self.answer(&Reply::Name(self.person.settings().host.as_bytes()), outputs),
            Request::List => {
                self.lists.push_back(true);
                outputs.push(Output::Query(Query::Names(self.person.settings().room.clone())));
            }
            Request::Send { id, written, text } => self.send(now, id, &written, &text, outputs),
        }
    }

    /// A unit that needs nothing from the hub.
    fn answer(&self, reply: &Reply<'_>, outputs: &mut Vec<Output>) {
        let mut bytes = vec![UNIT];
        unit::push(&mut bytes, |out| reply.encode(out));
        outputs.push(Output::Local(bytes));
    }

    fn send(
        &mut self,
        now: Timestamp,
        id: Option<u32>,
        written: &str,
        text: &[u8],
        outputs: &mut Vec<Output>,
    ) {
        let mut text = self.reader.read(text);
        text.push_str(&self.reader.flush());
        let text = clean(text.trim_end(), &['\t']).into_owned();
        match id {
            Some(id) if id > 0 && !text.starts_with('/') => {
                self.person.tell(Target::Number(id), &text, outputs)
            }
            Some(_) => {
                let from = outputs.len();
                self.person.typed(now, &text, outputs);
                let asks = |output: &&Output| matches!(output, Output::Query(Query::Names(_)));
                self.lists.extend(outputs[from..].iter().filter(asks).map(|_| false));
            }
            None if written.is_empty() => {
                self.person.inform(outputs, "to whom? send#ID#text; list shows the ids")
            }
            None => self.person.inform(outputs, &format!("nobody has the id {written}")),
        }
    }

    /// Everyone in the lobby, behind the lobby itself.
    fn list(&self, names: &Names, bytes: &mut Vec<u8>) {
        let variant = self.variant();
        unit::push(bytes, |out| Reply::List { id: 0, addr: self.here }.encode(out));
        let mut members: Vec<_> = names.members.iter().map(|(_, who)| who).collect();
        members.sort_by_key(|who| who.place.number);
        for who in members {
            let addr = variant.address("tagged", who);
            unit::push(bytes, |out| Reply::List { id: who.place.number, addr }.encode(out));
        }
    }

    fn inform(&self, text: &str, bytes: &mut Vec<u8>) {
        sent(self.variant(), 0, self.here, text, bytes);
    }
}

/// Appends a note: nothing about who comes and goes by this dialect, as the original does.
pub(crate) fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
    let address = |who| variant.address("tagged", who);
    match note {
        Note::Said { who, text, .. } | Note::Private { who, text, .. } => {
            let room = match note {
                Note::Said { room, .. } if variant.rooms => format!("[{room}] "),
                _ => String::new(),
            };
            let action = matches!(note, Note::Said { action: true, .. } | Note::Private { action: true, .. });
            let name = match (came_by("tagged", who), action) {
                (true, false) => String::new(),
                (false, false) => format!("<{}> ", who.nick),
                (_, true) => format!("* {} ", who.nick),
            };
            sent(variant, who.place.number, address(who), &format!("{room}{name}{text}"), bytes);
        }
        Note::Joined { who, .. } | Note::Left { who, .. } | Note::Renamed { who, .. } => {
            if !came_by("tagged", who) {
                let server = SocketAddrV4::new(variant.ip, 0);
                sent(variant, 0, server, &note.words(variant.rooms), bytes);
            }
        }
        Note::Present { .. } | Note::Topic { .. } => {}
        Note::Info(_) => sent(variant, 0, SocketAddrV4::new(variant.ip, 0), &note.words(false), bytes),
    }
}

fn sent(variant: Variant, id: u32, addr: SocketAddrV4, text: &str, bytes: &mut Vec<u8>) {
    let text = clean(text, &['\t']);
    for piece in split(&text, Reply::room(id, addr), variant.charset) {
        let text = variant.charset.encode(piece);
        unit::push(bytes, |out| Reply::Sent { id, addr, text: &text }.encode(out));
    }
}

impl Session for TaggedSession {
    fn open(&mut self, _now: Timestamp, outputs: &mut Vec<Output>) {
        self.answer(&Reply::Greeting, outputs);
        self.person.arrive(None, outputs);
    }

    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        let mut rest = frame;
        while let Some(request) = self.requests.next(&mut rest) {
            self.take(now, request, outputs);
        }
    }

    fn patience(&self) -> Option<u32> {
        self.requests.waiting().then_some(MOMENT)
    }

    fn silence(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        if let Some(request) = self.requests.pause() {
            self.take(now, request, outputs);
        }
    }

    fn ended(&mut self, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        if let Some(request) = self.requests.pause() {
            self.take(now, request, outputs);
        }
        0
    }

    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        match delivery {
            Delivery::Local([UNIT, units @ ..]) => return bytes.extend_from_slice(units),
            Delivery::Reply(Event::Rejected(Rejection::NoSuchNick(id))) if id.parse::<u32>().is_ok() => {
                return self.inform(&format!("nobody has the id {id}"), bytes);
            }
            Delivery::Answer(Answer::Names(_, names)) if self.lists.pop_front() == Some(true) => {
                return names.iter().for_each(|names| self.list(names, bytes));
            }
            _ => {}
        }
        let (variant, here) = (self.variant(), self.here);
        self.person.deliver(delivery, outputs, &mut |note, own| match note {
            Note::Info(text) => sent(variant, 0, here, &text, bytes),
            _ if own => {}
            note => tell(variant, &note, bytes),
        });
    }

    fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        self.person.verdict(&verdict, outputs);
    }

    fn notice(&mut self, text: &str, bytes: &mut Vec<u8>) {
        self.inform(text, bytes);
    }

    fn busy(&self) -> Busy {
        if self.person.is_checking() { Busy::Check } else { Busy::No }
    }

    fn resume(&mut self, _outputs: &mut Vec<Output>) {}

    fn rendering(&self) -> Rendering {
        Rendering { dialect: Dialect::Tagged, features: self.variant().bits() }
    }

    fn registered(&self) -> bool {
        self.person.is_here()
    }

    fn ping(&mut self, _bytes: &mut Vec<u8>) {}

    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>) {
        if !matches!(cause, Cause::Quit(_) | Cause::ConnectionClosed) {
            self.inform(&crate::text::farewell(cause), bytes);
        }
    }

    fn reconfigure(&mut self, settings: &crate::Settings) {
        self.person.reconfigure(&Arc::clone(&settings.text));
    }
}
