//! What the text dialects have in common: the person behind the connection, who types words and commands
//! and is told what happens in words.
//!
//! ```text
//! bytes ─▶ dialect ─▶ a typed line ─▶ Person ─▶ commands and queries for the hub
//! bytes ◀─ dialect ◀─ notes ◀──────── Person ◀─ events and answers
//! ```
//!
//! A dialect knows how its peer spells a line and how a [`Note`] is shown; what lines mean, and what there
//! is to tell, is the same for all of them.

mod answers;
mod note;
mod person;
mod rejection;
mod session;
mod settings;
mod typed;
mod variant;

use hub::Event;

use crate::Dialect;

pub use crate::veil::Veiled;
pub use note::{Note, words};
pub use person::{Arrival, Person};
pub use rejection::farewell;
pub(crate) use session::{Base, MOMENT, Spelling, TextSession};
pub use settings::Settings;
pub use typed::{HELP, Typed};
pub use variant::{Variant, came_by};

/// Appends an event as everyone with this variant of a dialect is told it.
pub fn encode(dialect: Dialect, variant: Variant, event: &Event, bytes: &mut Vec<u8>) {
    Note::each(event, &mut |note| match dialect {
        Dialect::Irc => debug_assert!(false, "irc has renderings of its own"),
        Dialect::Line => crate::line::Line::tell(variant, &note, bytes),
        Dialect::Packet => crate::packet::PacketClient::tell(variant, &note, bytes),
        Dialect::Plain => crate::plain::Plain::tell(variant, &note, bytes),
        Dialect::Group => crate::group::Group::tell(variant, &note, bytes),
        Dialect::Tagged => crate::tagged::Tagged::tell(variant, &note, bytes),
    });
}
