//! One connection, as its worker keeps it: a descriptor, a session, and memory only while there is
//! something in it.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use dialect::{Busy, Dialect, Rendering, Session, framing};
use hub::SessionId;
use transport::{DatagramPeer, Interest, Stream};

use crate::behind::Behind;
use crate::flood::Allowance;
use crate::held::Held;
use crate::outbox::Outbox;
use crate::piece::Piece;
use crate::web::Web;

use super::entrance::Entrance;

/// One connection.
///
/// ```text
///   adopted ──(PROXY, TLS)──▶ open ──Close──▶ closing: the rest is written ──▶ lingering ──▶ gone
/// ```
/// What a delivery reads and writes stands first, in one line of the processor's cache: a room of a
/// thousand touches a thousand of them twice.
#[repr(C, align(64))]
pub struct Conn {
    pub stream: Stream,
    pub outbox: Outbox,
    /// Bytes in the outbox.
    pub waiting: u32,
    pub state: State,
    pub interest: Interest,
    pub busy: Busy,
    /// What the session last said of itself, as `busy`: kept here, so that telling it something as one of
    /// many does not touch it.
    pub rendering: Rendering,
    pub id: SessionId,
    /// When a unit was last sent, in milliseconds of the worker's watch.
    pub sent: u64,
    /// Whether what is sent has arrived as soon as it is sent: the peer is on this machine.
    pub near: bool,
    /// None until the peer has said something.
    pub session: Option<Box<dyn Session>>,
    /// Promises that are not kept yet, and what waits for that.
    pub held: Option<Box<Held>>,
    /// What rooms were told while it waits for what was said before, where lines carry no time.
    pub aside: Vec<Piece>,
    /// What it missed, if it is behind.
    pub behind: Option<Box<Behind>>,
    /// What was read and is not yet taken, from `taken` on.
    pub input: Vec<u8>,
    pub taken: usize,
    /// What the peer must pass before its first line, if anything.
    pub entrance: Option<Box<Entrance>>,
    /// What stands between its bytes and its frames, if they are not one and the same.
    pub web: Option<Box<Web>>,
    pub ip: Option<IpAddr>,
    pub port: u16,
    pub listener: u16,
    /// What only the dialects other than `irc` need.
    pub talk: Option<Box<Talk>>,
    pub allowance: Allowance,
    /// When it was opened, and when something was last heard, in milliseconds of the worker's watch.
    pub opened: u64,
    pub heard: u64,
    /// When silence is looked at next.
    pub idle_at: u64,
    /// The flush pass in which it was last read.
    pub read_pass: u32,
    /// The last broadcast to several rooms that it has been told.
    pub mark: u32,
}

const _: () = assert!(std::mem::offset_of!(Conn, id) <= 64, "a delivery touches one cache line");

/// What a connection has that speaks another dialect than `irc`.
#[derive(Default)]
pub struct Talk {
    /// Our address, as the peer reached it.
    pub local: Option<SocketAddr>,
    /// When the session wants to be told that nothing came.
    pub silent_at: Option<u64>,
    /// When a session ends whose peer has sent its last.
    pub ends_at: Option<u64>,
    /// Datagrams: how many more the peer is sent before it is heard from again.
    pub credit: u32,
    /// Datagrams: how many were not sent for want of credit.
    pub missed: u32,
    /// Datagrams: who it is.
    pub peer: Option<DatagramPeer>,
    /// Datagrams: the hash of the last one, how often it has come in a row, and when it came.
    pub last: u64,
    pub again: u32,
    pub last_at: u64,
}

/// Logs something in a connection's span, which exists only while there is something to log: kept, it would
/// cost each idle connection more than all the rest of it.
macro_rules! log {
    ($level:ident, $conn:expr, $($what:tt)*) => {
        if tracing::enabled!(tracing::Level::$level) {
            let _span = $conn.span().entered();
            tracing::event!(tracing::Level::$level, $($what)*);
        }
    };
}
pub(super) use log;

bitflags::bitflags! {
    /// Where a connection stands.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct State: u16 {
        /// It is in the list of those to be written.
        const DIRTY = 1;
        /// It is in the list of those with lines to take.
        const READY = 1 << 1;
        /// The peer will send no more.
        const ENDED = 1 << 2;
        /// Reading or writing failed.
        const BROKEN = 1 << 3;
        /// The hub has been asked to end the session.
        const LEAVING = 1 << 4;
        /// The session has ended; what is left is written, then the connection closes.
        const CLOSING = 1 << 5;
        /// All is written; only the peer's end is awaited.
        const LINGERING = 1 << 6;
        /// It has been asked for a sign of life.
        const PINGED = 1 << 7;
        /// Its next line waits for fakelag.
        const LAGGING = 1 << 8;
        /// The last write did not take everything.
        const BLOCKED = 1 << 9;
        /// Its next unit waits until the last one has arrived.
        const PACED = 1 << 10;
        /// Replies wait for the disk, and what is told behind them.
        const HOLDING = 1 << 11;
        /// It is told what it missed at its own pace, and takes no frame meanwhile.
        const BEHIND = 1 << 12;
        /// It takes no frame until it has been told what it asked of a history.
        const RECALLING = 1 << 13;
        /// It has asked more over HTTP than is answered: the next answer waits until the last one is written.
        const ASKING = 1 << 14;
    }
}

impl Conn {
    /// A new connection.
    pub fn new(stream: Stream, id: SessionId, dialect: Dialect, listener: u16, now: u64) -> Self {
        Self {
            stream,
            id,
            outbox: Outbox::Empty,
            sent: 0,
            near: false,
            waiting: 0,
            session: None,
            held: None,
            aside: Vec::new(),
            behind: None,
            rendering: Rendering { dialect, ..Rendering::default() },
            busy: Busy::No,
            input: Vec::new(),
            taken: 0,
            entrance: None,
            web: None,
            ip: None,
            port: 0,
            listener,
            talk: None,
            interest: Interest::READ,
            state: State::empty(),
            allowance: Allowance::default(),
            opened: now,
            heard: now,
            idle_at: 0,
            read_pass: 0,
            mark: 0,
        }
    }

    /// Whether it is a user.
    pub fn registered(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.registered())
    }

    /// Whether it takes no input now: it must not be read then, or the kernel would have to be asked
    /// again and again for what nobody wants yet.
    pub fn paused(&self) -> bool {
        self.state.intersects(State::LAGGING | State::ENDED) || !self.takes_frames() || self.reads_a_page()
    }

    /// Whether it does not take what it asked for over HTTP.
    fn reads_a_page(&self) -> bool {
        self.state.contains(State::BLOCKED) && self.entrance.as_ref().is_some_and(|entrance| entrance.http)
    }

    /// Whether it has said too little, for so long that it is taken for a person.
    pub fn is_silent(&self, now: u64) -> bool {
        let until = self.entrance.as_ref().and_then(|entrance| entrance.look_at());
        until.is_some_and(|until| now >= until)
    }

    /// Whether the hub knows of it.
    pub fn is_known(&self) -> bool {
        self.entrance.as_ref().is_none_or(|entrance| entrance.known)
    }

    /// Whether a proxy says that nobody listens to its peer.
    pub fn secured(&self) -> bool {
        self.web.as_ref().is_some_and(|web| web.secure)
    }

    /// Makes room for what only the dialects other than `irc` need.
    pub fn begin_talk(&mut self) {
        let talks = self.dialect() != Dialect::Irc;
        self.talk = talks.then(|| Box::new(Talk { local: self.stream.local_addr(), ..Talk::default() }));
    }

    /// Whether each unit must leave in a write of its own.
    pub fn has_units(&self) -> bool {
        self.dialect().has_units() && self.web.is_none()
    }

    /// Whether nothing that it was asked before has to be told first.
    pub fn takes_frames(&self) -> bool {
        self.busy == Busy::No && !self.state.intersects(State::BEHIND | State::RECALLING)
    }

    /// Whether nothing is to be done once all is written: it is read, and nothing of it waits.
    pub fn at_rest(&self) -> bool {
        self.state.is_empty()
            && self.interest == Interest::READ
            && self.busy == Busy::No
            && !self.stream.secure()
    }

    /// What to wait for. Writing is waited for only once a write has not taken everything: until then it
    /// is simply tried.
    pub fn wanted(&self) -> Interest {
        let blocked = self.state.contains(State::BLOCKED) || self.stream.wants_write();
        let reads = match self.state.contains(State::CLOSING) {
            true => self.state.contains(State::LINGERING),
            false => !self.paused(),
        };
        match (reads, blocked) {
            (true, _) => self.stream.interest(blocked),
            (false, true) => Interest::WRITE,
            (false, false) => Interest::NONE,
        }
    }

    /// The dialect that is spoken.
    pub fn dialect(&self) -> Dialect {
        self.rendering.dialect
    }

    /// The span that everything logged of it stands in.
    pub fn span(&self) -> tracing::Span {
        match self.ip {
            Some(ip) => {
                tracing::error_span!("connection", conn = self.id.0, peer = %ip, dialect = self.dialect().name())
            }
            None => tracing::error_span!(
                "connection",
                conn = self.id.0,
                peer = "local",
                dialect = self.dialect().name()
            ),
        }
    }

    /// Where in the input the next frame is, and where what follows it begins. What stands behind the last line
    /// feed is a line as well when no more comes, to people who pipe words into `nc`.
    pub fn frame(&self) -> Option<(Range<usize>, usize)> {
        let rest = self.rest();
        let at = |begin: usize, frame: &[u8], end: usize| {
            let begin = self.taken + begin;
            (begin..begin + frame.len(), self.taken + end)
        };
        if self.web.is_some() {
            return dialect::unit::first(rest).map(|(frame, end)| at(end - frame.len(), frame, end));
        }
        let dialect = self.dialect();
        let frame = framing::frame(dialect.framing(), rest).or_else(|| {
            let last = dialect == Dialect::Line && self.state.contains(State::ENDED) && !rest.is_empty();
            last.then_some((rest, rest.len()))
        });
        frame.map(|(frame, end)| at(0, frame, end))
    }

    /// The input that is not yet taken.
    pub fn rest(&self) -> &[u8] {
        &self.input[self.taken..]
    }
}
