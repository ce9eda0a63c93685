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

use hub::{
    Answer, Cause, Command, Credentials, Event, Origin, Privileges, Query, Recall, Recalled, Timestamp,
};
use smol_str::SmolStr;

pub mod charset;
pub mod framing;
#[doc(hidden)]
pub mod fuzzing;
pub mod group;
pub mod irc;
mod kind;
mod line;
mod open;
pub mod packet;
pub mod plain;
pub mod split;
pub mod tagged;
pub mod text;
pub mod unit;
mod veil;

pub use kind::{Dialect, Framing, UnknownDialect};
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
    /// with this seat (`docs/dialects.md`, group, "Private messages").
    Private {
        /// The seat of who speaks.
        seat: u16,
        /// What.
        bytes: Vec<u8>,
        /// What to write to the connection if that can't be, in units.
        otherwise: Vec<u8>,
    },
    /// Look up what was said, and come back with [`Delivery::Recalled`]. It sees all that was said before it.
    /// No frame until then.
    Recall(Box<Recall>),
    /// End the session.
    Close(Cause),
}

/// A secret to check. Only the server knows the right one.
#[derive(Clone, PartialEq, Eq)]
pub enum Check {
    /// The password of the server.
    Server(Vec<u8>),
    /// Whether this is the password of an account, or one of its recovery codes.
    /// [`Verdict::LoggedIn`], [`Verdict::Suspended`], [`Verdict::Refused`], [`Verdict::Throttled`].
    Login {
        /// The account, as written.
        account: SmolStr,
        /// What was given.
        secret: Vec<u8>,
    },
    /// Whether the client certificate of the connection belongs to an account: to this one, if one is named.
    /// Verdicts as for `Login`.
    Certificate {
        /// The account, as written.
        account: Option<SmolStr>,
    },
    /// The next message of a SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), decoded. The server remembers where
    /// the exchange of each connection stands. [`Verdict::Challenge`] after the first, then
    /// [`Verdict::Proved`]; otherwise as for `Login`.
    Scram {
        /// What the client sent.
        message: Vec<u8>,
        /// Whether it begins a new exchange.
        first: bool,
    },
    /// Make verifiers of a new password. [`Verdict::Enrolled`], [`Verdict::Unacceptable`],
    /// [`Verdict::Throttled`].
    Enroll {
        /// For which account.
        account: SmolStr,
        /// The password.
        secret: Vec<u8>,
        /// Whether the account is new: such are limited per address, and come with recovery codes. Also for
        /// other codes for an account that there is.
        new: bool,
    },
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
            Self::Login { account, .. } => write!(f, "Login({account})"),
            Self::Certificate { account } => write!(f, "Certificate({account:?})"),
            Self::Scram { first, .. } => write!(f, "Scram(first: {first})"),
            Self::Enroll { account, .. } => write!(f, "Enroll({account})"),
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
    /// The secret is that of this account.
    LoggedIn {
        /// As registered.
        account: SmolStr,
        /// The hash of the recovery code, if it was one.
        recovery: Option<SmolStr>,
    },
    /// The secret may be right, but nobody may log in to the account.
    Suspended,
    /// SCRAM: send this, and go on with what comes.
    Challenge(Vec<u8>),
    /// SCRAM: the client has proved to own this account; send this, which proves that the server knows it.
    Proved {
        /// As registered.
        account: SmolStr,
        /// What to send.
        message: Vec<u8>,
    },
    /// The verifiers of a new password, and recovery codes to be shown once.
    Enrolled {
        /// For the hub.
        credentials: Box<Credentials>,
        /// For the owner.
        codes: Codes,
    },
    /// The password is not good enough, and why.
    Unacceptable(&'static str),
    /// Too often: try again after so many seconds.
    Throttled(u64),
}

/// Recovery codes, to be shown once and never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Codes(pub Vec<String>);

impl std::fmt::Debug for Codes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Codes({})", self.0.len())
    }
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
    /// What its [`Output::Recall`] found.
    Recalled(&'a Recalled),
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
    /// How it is carried. Sessions leave that alone: whoever carries the bytes sets it.
    pub carriage: Carriage,
}

/// How what is sent reaches the peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Carriage {
    /// As it is written.
    #[default]
    Stream,
    /// In messages of text (WebSocket).
    Text,
    /// In messages of bytes (WebSocket).
    Binary,
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

    /// Appends what tells the peer that it has missed so many messages in a room, or elsewhere (none), because
    /// it did not read and they are no longer kept.
    fn missed(&mut self, room: Option<&str>, count: u64, bytes: &mut Vec<u8>) {
        let plural = if count == 1 { "" } else { "s" };
        let place = room.map_or(String::new(), |room| format!(" in {room}"));
        self.notice(&format!("you missed {count} message{plural}{place}"), bytes);
    }

    /// Appends what tells the peer that what it said last reached those who are here, but could not be kept.
    fn not_kept(&mut self, why: &str, bytes: &mut Vec<u8>) {
        self.notice(&format!("what you said was delivered, but is not stored yet: {why}"), bytes);
    }

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

/// How many batches these bytes begin, less those they end: none in dialects that have no batches.
pub fn open_batches(dialect: Dialect, bytes: &[u8]) -> i32 {
    if dialect == Dialect::Irc { irc::open_batches(bytes) } else { 0 }
}

/// The messages that encoded bytes come to on a transport that carries messages: lines without their ends, or
/// units.
pub fn messages(dialect: Dialect, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    unit::split(bytes, dialect.has_units())
        .flat_map(move |unit| frames(dialect, unit))
        .filter(|message| !message.is_empty())
}

/// The frames in one message of such a transport: all of it, or the lines that it has where lines are spoken.
pub fn frames(dialect: Dialect, message: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = matches!(dialect.framing(), Framing::Lines | Framing::TelnetLines);
    let cut = message.split(move |&byte| lines && byte == b'\n');
    cut.map(move |line| if lines { line.strip_suffix(b"\r").unwrap_or(line) } else { line })
}

/// The units that encoded bytes consist of: one for a dialect that is a stream.
pub fn units(dialect: Dialect, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    unit::split(bytes, dialect.has_units())
}
