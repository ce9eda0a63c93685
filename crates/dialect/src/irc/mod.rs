//! The `irc` dialect: IRC with IRCv3, the native one. Every feature of Saloon can be reached through
//! it.
//!
//! A line has a *shape* ([`Message`]), which keeps all the peer sent, and a *meaning*: the commands
//! and queries that [`Irc`] makes of it. What comes back is worded by a renderer (lines that many are
//! told alike) or by the session (answers to one).
//!
//! ```text
//!             line                      Output             Delivery            lines
//! peer ───▶ Message ───▶ Irc::receive ───────▶ (hub) ───────────▶ Irc::deliver ───▶ label ───▶ peer
//!                                                    ── Event ──▶ encode, once for many ─────▶ peers
//! ```

mod accounts;
mod answers;
mod batch;
mod cap;
pub mod capability;
mod channel;
mod chanserv;
mod chathistory;
mod enrol;
mod errand;
mod events;
mod facts;
mod help;
mod history;
mod label;
mod line;
mod marker;
mod message;
mod metadata;
mod mode;
mod moment;
mod multiline;
mod nickserv;
pub mod numeric;
mod operator;
mod recall;
mod redact;
mod registration;
mod rename;
mod render;
mod said;
mod sasl;
mod search;
mod server;
mod services;
mod session;
mod settings;
mod tags;
mod talk;
mod throttle;
mod user;

use hub::Event;

pub(crate) use batch::open_batches;
pub use capability::Capabilities;
pub use message::{DecodeError, MAX_PARAMS, Message};
pub use session::Irc;
pub use settings::{Accounts, History, Metadata, Multiline, Options, Registration, Settings, Sts, VERSION};
pub use tags::{Tags, escape, unescape};

/// The capabilities, as bits, that make a difference for an event told to many.
pub fn relevant(event: &Event) -> u64 {
    render::relevant(event).bits().into()
}

/// Appends an event as everyone with these capabilities is told it.
pub fn encode(features: u64, event: &Event, bytes: &mut Vec<u8>) {
    let caps = Capabilities::from_bits_truncate(features as u32);
    render::Renderer { caps }.event(event, bytes);
}
