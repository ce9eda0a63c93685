//! One connection of a trial: a session, and the peer that reads what it writes.

use hub::{Cause, Event, SessionId};

use super::super::Finding;
use super::super::ear::Ear as IrcEar;
use super::super::world::verdict;
use super::ear::Ear;
use super::world::World;
use crate::charset::Charset;
use crate::text::Variant;
use crate::{Busy, Check, Delivery, Dialect, Output, Rendering, Session, Settings};

/// Most bytes of one frame.
pub(super) const MOST_FRAME: usize = 4096;
/// Most bytes that a session may keep between two frames, written down as text: one frame byte by byte,
/// and what is always there.
const MOST_KEPT: usize = 5 * MOST_FRAME + 8192;
/// And while it is on its way in: what was typed too early.
const MOST_EARLY: usize = 8 * 32_768;

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
    pub dialect: Dialect,
    pub state: State,
    pub session: Box<dyn Session>,
    pub ear: Ear,
    /// What came apart from the connection.
    pub datagrams: Vec<(u16, Vec<u8>)>,
    /// How room messages are encoded for it, as at the last delivery.
    pub rendering: Rendering,
    /// A secret whose check takes long.
    pub pending: Option<Check>,
    /// Whether it has said something that the hub does not know of yet.
    pub spoke: bool,
    /// Whether the peer has sent its last.
    pub ended: bool,
}

impl Seat {
    /// A connection that has just been opened.
    pub fn new(world: &World, settings: &Settings, id: SessionId, at: usize) -> Self {
        let dialect = world.seats[at];
        let session = crate::open(dialect, settings, world.door(at));
        let server = &settings.irc.options.server;
        Self {
            id,
            dialect,
            state: State::Open,
            ear: Ear::new(dialect, IrcEar::new(server, false), world.history),
            datagrams: Vec::new(),
            rendering: session.rendering(),
            pending: None,
            spoke: false,
            ended: false,
            session,
        }
    }

    /// How its peer reads text.
    pub fn charset(&self) -> Charset {
        match self.dialect {
            Dialect::Irc => Charset::UTF_8,
            _ => Variant::of(self.session.rendering()).charset,
        }
    }

    /// Delivers something to the session, and lets the peer read what it writes.
    pub fn deliver(&mut self, delivery: Delivery<'_>, outputs: &mut Vec<Output>) -> Finding {
        if self.state == State::Closed {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let charset = self.charset();
        self.session.deliver(delivery, &mut bytes, outputs);
        self.rendering = self.session.rendering();
        if bytes.is_empty() && self.state == State::Open && self.session.busy() == Busy::More {
            self.session.resume(outputs);
        }
        self.ear.hear(&bytes, charset)
    }

    /// Lets the peer read what a whole room is told.
    pub fn tell(&mut self, event: &Event) -> Finding {
        let mut bytes = Vec::new();
        crate::encode(crate::relevant(self.rendering, event), event, &mut bytes);
        self.ear.hear(&bytes, self.charset_told())
    }

    /// Takes a datagram for the peer.
    pub fn datagram(&mut self, seat: u16, bytes: Vec<u8>) -> Finding {
        self.ear.datagram(&bytes, self.charset())?;
        self.datagrams.push((seat, bytes));
        Ok(())
    }

    /// Lets the server say something.
    pub fn notice(&mut self, text: &str) -> Finding {
        let mut bytes = Vec::new();
        self.session.notice(text, &mut bytes);
        self.ear.hear(&bytes, self.charset())
    }

    /// Tells the peer why its connection ends.
    pub fn close(&mut self, cause: &Cause) -> Finding {
        if self.state == State::Closed {
            return Ok(());
        }
        let mut bytes = Vec::new();
        self.session.farewell(cause, &mut bytes);
        self.state = State::Closed;
        self.ear.farewell(&bytes, self.charset())
    }

    /// The outcome of a check that took long, if there is one.
    pub fn judge(&mut self, outputs: &mut Vec<Output>) {
        if let Some(check) = self.pending.take() {
            self.session.verdict(verdict(check), outputs);
        }
    }

    /// A session between two frames holds no more than it needs. Everything it holds is in the text that
    /// describes it.
    pub fn check_memory(&self) -> Finding {
        let most = if self.session.registered() { MOST_KEPT } else { MOST_KEPT + MOST_EARLY };
        match written_down(&*self.session) {
            kept if kept > most => Err(format!("the session keeps {kept}")),
            _ => Ok(()),
        }
    }

    fn charset_told(&self) -> Charset {
        match self.dialect {
            Dialect::Irc => Charset::UTF_8,
            _ => Variant::of(self.rendering).charset,
        }
    }
}

fn written_down(session: &dyn Session) -> usize {
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
