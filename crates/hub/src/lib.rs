//! Users, rooms and messages: the rules of Saloon, as one deterministic value.
//!
//! [`Hub::apply`] takes one [`Entry`] of the log and returns every [`Effect`] it has;
//! [`Hub::query`] reads. Nothing else changes or reads a hub. It has no clock, no randomness, no
//! I/O, no locks and no order that depends on a hash: time and ids come in with the entry, so the
//! same entries in the same order give the same hub and the same effects on every machine.
//!
//! It has not heard of bytes, sockets or dialects. What a dialect needs in order to word an answer
//! comes as facts in an [`Event`], a [`Rejection`] or an [`Answer`].

#![warn(missing_docs)]

// The interface.
mod account;
mod command;
mod event;
mod history;
mod id;
mod mask;
mod mode;
mod name;
mod query;
mod record;
mod rejection;
mod settings;
mod text;

// What there is.
mod hub;
mod keep;
mod lists;
mod order;
mod room;
mod saved;
mod session;
mod step;
mod table;
mod user;

// What happens, and what is told.
mod accepting;
mod accounts;
mod facts;
mod items;
mod kept;
mod leaving;
mod list;
mod login;
mod logs;
mod markers;
mod membership;
mod metadata;
mod moderation;
mod modes;
mod oper;
mod overview;
mod owner;
mod place;
mod policy;
mod presence;
mod read;
mod redact;
mod registered;
mod renaming;
mod say;
mod staying;
mod watch;
mod who;
mod whowas;

// What must stay true of it.
mod check;
#[doc(hidden)]
pub mod fuzzing;

pub use account::{Account, AccountChange, AccountInfo, AccountPrivate, Choices, Credentials, Party};
pub use command::{Command, Entry, Origin, RoomTarget, Say, SayKind, SayLine, SayTags, Target};
pub use event::{
    Audience, Cause, Change, Destination, Effect, Event, Fact, Found, Names, Settled, Topic, Via,
};
pub use history::{Item, ItemKinds, Reach, Recall, Recalled, Reference, Search, Span};
pub use hub::Hub;
pub use id::{MessageId, NotAnId, RoomId, SessionId, Timestamp};
pub use mask::Mask;
pub use mode::{ListKind, ModeChange, Privileges, Rank, Ranks, RoomFlags, UserFlags};
pub use name::{Casemapping, Handle, Identity, NameError, Nick, Place, RoomName, cut};
pub use overview::{Census, Seen};
pub use query::{
    Answer, Counts, ListEntry, ListFilter, NetworkBan, Query, RoomRow, WhoMask, WhoRow, Whois, WhoisPrivate,
    Whowas,
};
pub use record::{LogKey, Record, Registration, Saved, SavedMarker, SavedRoom, SavedUser};
pub use rejection::{Mute, Rejection};
pub use settings::{AlwaysOn, Limits, Settings, Several};
pub use text::Text;
