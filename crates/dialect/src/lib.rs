//! What bytes mean: the protocols Saloon speaks, as values without I/O.
//!
//! A [`Session`] is one connection's conversation in its dialect. Frames go in with
//! [`Session::receive`], and what they ask for comes out as [`Output`]s, which the server carries to
//! the hub. What comes back goes in with [`Session::deliver`], and bytes for the peer come out. What a
//! whole room is told does not pass through the sessions: it is encoded once for each [`Rendering`]
//! by [`encode`].
//!
//! The server hands a session one frame at a time: the next one only when everything the last one
//! asked for has been delivered. So a session always knows its own state, and answers come in order.

#![warn(missing_docs)]

use std::sync::Arc;

use hub::{Answer, Cause, Command, Event, Origin, Privileges, Query, Timestamp};
use smol_str::SmolStr;

pub mod charset;
pub mod framing;
#[doc(hidden)]
pub mod fuzzing;
pub mod group;
pub mod irc;
mod line;
mod open;
pub mod packet;
pub mod plain;
pub mod split;
pub mod tagged;
pub mod text;
pub mod unit;

pub use open::{Door, open, refusal};

/// What a session wants done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Have the hub apply this.
    Command(Command),
    /// Have the hub answer this.
    Query(Query),
    /// Give these bytes back as [`Delivery::Local`] in the hub's order: an answer that needs nothing
    /// from the hub, and still may not overtake what others were told before it.
    Local(Vec<u8>),
    /// Give back [`Delivery::Done`]: all that the frame asked for has been delivered.
    Done,
    /// Check a secret and come back with [`Session::verdict`]. No frame until then.
    Check(Check),
    /// Send these bytes to the peer apart from its connection, as a datagram from the address of the user
    /// with this seat (`wire.md` §3.2).
    Private {
        /// The seat of who speaks.
        seat: u16,
        /// What.
        bytes: Vec<u8>,
        /// What to write to the connection if that can't be, in units.
        otherwise: Vec<u8>,
    },
    /// End the session.
    Close(Cause),
}

/// A secret to check. Only the server knows the right one.
#[derive(Clone, PartialEq, Eq)]
pub enum Check {
    /// The password of the server.
    Server(Vec<u8>),
    /// The password of an operator.
    Operator {
        /// Which.
        name: SmolStr,
        /// What was given.
        password: Vec<u8>,
    },
    /// A gateway says for whom it speaks.
    Gateway {
        /// What was given.
        password: Vec<u8>,
        /// The host it names.
        host: SmolStr,
        /// The address it names.
        ip: std::net::IpAddr,
        /// Whether it says that its own peer can't be listened to.
        secure: bool,
        /// The fingerprint of its peer's certificate.
        certificate: Option<SmolStr>,
    },
}

/// Without the secret.
impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Server(_) => f.write_str("Server"),
            Self::Operator { name, .. } => write!(f, "Operator({name})"),
            Self::Gateway { ip, .. } => write!(f, "Gateway({ip})"),
        }
    }
}

/// What became of a [`Check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Wrong, or unknown.
    Refused,
    /// Right.
    Accepted,
    /// The operator's password is right.
    Operator {
        /// What it may do.
        privileges: Privileges,
        /// What it is called.
        title: SmolStr,
    },
    /// The gateway may speak, for this origin.
    Gateway(Box<Origin>),
}

/// What reaches a session.
#[derive(Clone, Copy, Debug)]
pub enum Delivery<'a> {
    /// What came of its command.
    Reply(&'a Event),
    /// What others, or another session of the same user, did.
    Tell(&'a Event),
    /// What it asked.
    Answer(&'a Answer),
    /// Its own [`Output::Local`].
    Local(&'a [u8]),
    /// Its own [`Output::Done`].
    Done,
}

/// How a peer wants to be told things: its dialect and what was negotiated. Peers with the same
/// rendering are told the same bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rendering {
    /// The dialect.
    pub dialect: Dialect,
    /// Our port, as the peer reached it, where that makes a difference.
    pub port: u16,
    /// What the dialect makes of it.
    pub features: u64,
}

/// The dialects there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// IRC with IRCv3.
    #[default]
    Irc,
    /// Lines for people with `nc`.
    Line,
    /// Packets of fixed size (`wire.md` §1).
    Packet,
    /// Raw text, with addresses (`wire.md` §2).
    Plain,
    /// Raw text, and private messages from peer to peer (`wire.md` §3).
    Group,
    /// Requests of four letters, answers that begin with them (`wire.md` §4).
    Tagged,
}

impl Dialect {
    /// Its name, as in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Irc => "irc",
            Self::Line => "line",
            Self::Packet => "packet",
            Self::Plain => "plain",
            Self::Group => "group",
            Self::Tagged => "tagged",
        }
    }

    /// Where one frame of it ends and the next begins, on a transport that carries a stream.
    pub const fn framing(self) -> Framing {
        match self {
            Self::Irc => Framing::Lines,
            Self::Line => Framing::TelnetLines,
            Self::Packet => Framing::Fixed(1048),
            Self::Plain | Self::Group | Self::Tagged => Framing::Reads,
        }
    }

    /// Whether a read of the peer's must be one unit of ours: then each leaves in a write of its own, and
    /// the next only when it has arrived (`wire.md` §0, "Pacing").
    pub const fn is_paced(self) -> bool {
        matches!(self, Self::Plain | Self::Group | Self::Tagged)
    }

    /// Whether what is written consists of units, each to be sent by itself.
    pub const fn has_units(self) -> bool {
        !matches!(self, Self::Irc | Self::Line)
    }

    /// How many bytes several units may have that leave together, with a line feed between them, because
    /// the peer falls behind; none if it could not tell them apart.
    pub const fn joined(self) -> Option<usize> {
        match self {
            Self::Plain => Some(1022),
            Self::Group => Some(8192),
            _ => None,
        }
    }

    /// Whether a peer that says nothing can be asked for a sign of life.
    pub const fn has_ping(self) -> bool {
        matches!(self, Self::Irc)
    }

    /// Whether the server speaks first, or has something to do before the peer does.
    pub const fn speaks_first(self) -> bool {
        !matches!(self, Self::Irc | Self::Packet)
    }
}

/// Where a frame ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// At a line feed.
    Lines,
    /// At a line feed that is not part of telnet's negotiations.
    TelnetLines,
    /// Whatever one read brings is a frame.
    Reads,
    /// After so many bytes.
    Fixed(usize),
}

/// What dialects need to know of the server they speak for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For `irc`.
    pub irc: Arc<irc::Settings>,
    /// For all the others.
    pub text: Arc<text::Settings>,
}

/// One connection's conversation in its dialect.
pub trait Session: std::fmt::Debug + Send {
    /// The connection is open: for dialects in which the server speaks first.
    fn open(&mut self, _now: Timestamp, _outputs: &mut Vec<Output>) {}

    /// Takes one frame from the peer.
    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>);

    /// Takes what was asked for or happened, and appends what the peer should read to `bytes`.
    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>);

    /// Takes the outcome of an [`Output::Check`].
    fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>);

    /// After how many milliseconds without a frame it wants to be told of the silence, if at all.
    fn patience(&self) -> Option<u32> {
        None
    }

    /// No frame has come for as long as [`patience`](Self::patience) said.
    fn silence(&mut self, _now: Timestamp, _outputs: &mut Vec<Output>) {}

    /// The peer has said that it will send no more. How many milliseconds it is still told things before
    /// the session ends.
    fn ended(&mut self, _now: Timestamp, _outputs: &mut Vec<Output>) -> u32 {
        0
    }

    /// Takes a datagram that the peer sent to the address of the user with this seat.
    fn private(&mut self, _seat: u16, _bytes: &[u8], _outputs: &mut Vec<Output>) {}

    /// Appends what tells the peer something that only the server knows.
    fn notice(&mut self, _text: &str, _bytes: &mut Vec<u8>) {}

    /// Whether it waits for a [`Verdict`], or has more to say once the peer has read what was said:
    /// it wants no frame now.
    fn busy(&self) -> Busy;

    /// Goes on with a long answer.
    fn resume(&mut self, outputs: &mut Vec<Output>);

    /// How broadcasts are encoded for it now.
    fn rendering(&self) -> Rendering;

    /// Whether it has become a user.
    fn registered(&self) -> bool;

    /// Appends what asks the peer for a sign of life.
    fn ping(&mut self, bytes: &mut Vec<u8>);

    /// Appends what tells the peer why the connection ends.
    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>);

    /// Takes changed settings.
    fn reconfigure(&mut self, settings: &Settings);
}

/// Why a session takes no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// It takes one.
    No,
    /// It waits for a verdict.
    Check,
    /// It has more to say once what was said has been read.
    More,
}

/// The part of a rendering that makes a difference for an event.
pub fn relevant(rendering: Rendering, event: &Event) -> Rendering {
    match rendering.dialect {
        Dialect::Irc => Rendering { features: rendering.features & irc::relevant(event), ..rendering },
        _ => rendering,
    }
}

/// Appends the event as everyone with this rendering is told it; nothing if they are not.
pub fn encode(rendering: Rendering, event: &Event, bytes: &mut Vec<u8>) {
    match rendering.dialect {
        Dialect::Irc => irc::encode(rendering.features, event, bytes),
        _ => text::encode(rendering.dialect, text::Variant::of(rendering), event, bytes),
    }
}

/// Whether a datagram of someone unknown may begin a conversation.
pub fn may_begin(bytes: &[u8]) -> bool {
    packet::may_begin(bytes)
}

/// The units that encoded bytes consist of: one for a dialect that is a stream.
pub fn units(dialect: Dialect, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    unit::split(bytes, dialect.has_units())
}
