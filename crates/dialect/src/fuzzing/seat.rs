//! One connection of a trial: a session, and the peer that reads what it writes.

use std::sync::Arc;

use hub::{Cause, Event, SessionId, Timestamp};

use super::Finding;
use super::ear::Ear;
use super::lead::SEATS;
use super::world::{World, verdict};
use crate::irc::{Capabilities, Irc, Message};
use crate::{Busy, Check, Delivery, Output, Rendering, Session, Settings};

/// Most bytes that a session may keep between two lines, written down as text: a password, a question and a
/// SASL exchange, byte by byte; a message of several lines with all its tags; and what is always there.
const MOST_KEPT: usize = 40_960;

/// Where a connection stands, as at a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// The hub has been asked to end it.
    Leaving,
    /// It has been told why it ends.
    Closed,
}

pub(super) struct Seat {
    pub id: SessionId,
    pub state: State,
    pub session: Irc,
    pub ear: Ear,
    /// How room messages are encoded for it. As at a worker: as it was at the last delivery.
    pub rendering: Rendering,
    /// A secret whose check takes long.
    pub pending: Option<Check>,
    /// Whether it has said something that the hub does not know of yet.
    pub spoke: bool,
    /// How much a session keeps that has just begun.
    kept: usize,
}

impl Seat {
    /// A connection that has just been opened.
    pub fn new(world: &World, settings: &Settings, id: SessionId) -> Self {
        let session = Irc::new(Arc::clone(&settings.irc), world.origin(seat_of(id)));
        Self {
            id,
            state: State::Open,
            ear: Ear::new(&settings.irc.options.server, world.utf8_only()),
            rendering: Rendering::default(),
            pending: None,
            spoke: false,
            kept: written_down(&session),
            session,
        }
    }

    /// Gives the session a line.
    pub fn receive(&mut self, now: Timestamp, line: &[u8], outputs: &mut Vec<Output>) -> Finding {
        self.ear.settle()?;
        self.check_memory()?;
        self.ear.owed(usize::from(self.session.drafted_label().is_some()))?;
        let label = label_of(line, &self.session).filter(|_| !self.is_part_of_batch(line));
        self.ear.expect(label);
        self.session.receive(now, line, outputs);
        if self.opens_batch(line) && self.session.drafted_label().is_some() {
            self.ear.postpone();
        }
        self.spoke = true;
        Ok(())
    }

    /// A line that is within its limits, of a client that is registered.
    fn taken<'l>(&self, line: &'l [u8]) -> Option<Message<'l>> {
        let message = Message::decode(line).ok()?;
        let tags = message.tags.map_or(0, |tags| tags.0.len() + 2);
        let unread = line.len() > tags + 510 || self.ear.refuses(line);
        (!unread && self.session.registered()).then_some(message)
    }

    fn opens_batch(&self, line: &[u8]) -> bool {
        self.taken(line).is_some_and(|message| {
            let opens = message.param(0).is_some_and(|reference| reference.starts_with(b"+"));
            opens && message.command.eq_ignore_ascii_case(b"BATCH")
        })
    }

    /// Whether a line is a later part of a batch, whose label is that of the first (`conformance` section
    /// 24).
    fn is_part_of_batch(&self, line: &[u8]) -> bool {
        let Some(message) = self.taken(line) else { return false };
        let is = |name: &[u8]| message.command.eq_ignore_ascii_case(name);
        if is(b"BATCH") {
            return message.param(0).is_some_and(|reference| reference.starts_with(b"-"));
        }
        let batch = message.tags.and_then(|tags| tags.value(b"batch")).filter(|batch| !batch.is_empty());
        let knows = self.session.rendering().features & u64::from(Capabilities::MULTILINE.bits()) != 0;
        let says = is(b"PRIVMSG") || is(b"NOTICE") || is(b"TAGMSG");
        says && batch.is_some_and(|batch| knows || self.session.drafted() == Some(&batch[..]))
    }

    /// Delivers something to the session, and lets the peer read what it writes. One whose connection
    /// has ended hears nothing. If nothing is written there is no write to wait for, and who has more to
    /// say goes on.
    pub fn deliver(&mut self, delivery: Delivery<'_>, outputs: &mut Vec<Output>) -> Finding {
        if self.state == State::Closed {
            return Ok(());
        }
        let before = self.session.rendering();
        let mut bytes = Vec::new();
        self.session.deliver(delivery, &mut bytes, outputs);
        self.rendering = self.session.rendering();
        if bytes.is_empty() && self.state == State::Open && self.busy() == Busy::More {
            self.session.resume(outputs);
        }
        // The last line before a change of capabilities follows the old ones.
        self.ear.hear(&bytes, tags(before) | tags(self.rendering))
    }

    /// Lets the peer read what a whole room is told.
    pub fn tell(&mut self, event: &Event) -> Finding {
        let mut bytes = Vec::new();
        crate::encode(crate::relevant(self.rendering, event), event, &mut bytes);
        let mut whole = Vec::new();
        crate::encode(self.rendering, event, &mut whole);
        if bytes != whole {
            return Err(format!("a capability that is not relevant changes {event:?}"));
        }
        self.ear.hear(&bytes, tags(self.rendering))
    }

    /// Asks the peer for a sign of life.
    pub fn ping(&mut self) -> Finding {
        let mut bytes = Vec::new();
        self.session.ping(&mut bytes);
        self.ear.hear(&bytes, false)
    }

    /// Tells the peer why its connection ends.
    pub fn close(&mut self, cause: &Cause) -> Finding {
        if self.state == State::Closed {
            return Ok(());
        }
        let mut bytes = Vec::new();
        self.session.farewell(cause, &mut bytes);
        self.state = State::Closed;
        self.ear.hear(&bytes, false)?;
        self.ear.end()
    }

    /// The outcome of a check that took long, if there is one.
    pub fn judge(&mut self, outputs: &mut Vec<Output>) {
        if let Some(check) = self.pending.take() {
            self.session.verdict(verdict(check), outputs);
        }
    }

    /// Why it takes no line.
    pub fn busy(&self) -> Busy {
        self.session.busy()
    }

    /// A session between two lines holds no more than it needs. Everything it holds is in the text that
    /// describes it.
    fn check_memory(&self) -> Finding {
        match written_down(&self.session) {
            kept if kept > self.kept + MOST_KEPT => {
                Err(format!("the session keeps {kept} instead of {}", self.kept))
            }
            _ => Ok(()),
        }
    }
}

/// Whose place an id is for.
pub(super) fn seat_of(id: SessionId) -> usize {
    id.0 as usize % SEATS
}

fn tags(rendering: Rendering) -> bool {
    let tags = Capabilities::MESSAGE_TAGS
        | Capabilities::SERVER_TIME
        | Capabilities::ACCOUNT_TAG
        | Capabilities::BATCH;
    rendering.features & u64::from(tags.bits()) != 0
}

/// The label that the answer to a line must carry (`conformance` sections 5 and 12).
fn label_of(line: &[u8], session: &Irc) -> Option<Vec<u8>> {
    let labels = Capabilities::LABELED_RESPONSE | Capabilities::BATCH;
    if session.rendering().features & u64::from(labels.bits()) != u64::from(labels.bits()) {
        return None;
    }
    let message = Message::decode(line).ok()?;
    let tags = message.tags?;
    if line.starts_with(b"@") && tags.0.len() + 2 > 4096 {
        return None;
    }
    tags.value(b"label").filter(|label| (1..=64).contains(&label.len()))
}

fn written_down(session: &Irc) -> usize {
    struct Count(usize);
    impl std::fmt::Write for Count {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0 += text.len();
            Ok(())
        }
    }
    let mut count = Count(0);
    std::fmt::Write::write_fmt(&mut count, format_args!("{session:?}")).expect("counting does not fail");
    count.0
}
