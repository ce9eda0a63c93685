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

mod answers;
mod cap;
pub mod capability;
mod channel;
mod events;
mod help;
mod label;
mod line;
mod message;
mod mode;
pub mod numeric;
mod operator;
mod registration;
mod render;
mod server;
mod session;
mod settings;
mod tags;
mod talk;
mod user;

use hub::Event;

pub use capability::Capabilities;
pub use message::{DecodeError, MAX_PARAMS, Message};
pub use session::Irc;
pub use settings::{Options, Settings, Sts, VERSION};
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
