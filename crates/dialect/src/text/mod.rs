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
mod settings;
mod typed;
mod variant;

use hub::Event;

use crate::Dialect;

pub use note::{Note, words};
pub use person::{Arrival, Person};
pub use rejection::farewell;
pub use settings::Settings;
pub use typed::{HELP, Typed};
pub use variant::{Variant, came_by};

/// Appends an event as everyone with this variant of a dialect is told it.
pub fn encode(dialect: Dialect, variant: Variant, event: &Event, bytes: &mut Vec<u8>) {
    let Some(note) = Note::of(event) else { return };
    match dialect {
        Dialect::Irc => debug_assert!(false, "irc has renderings of its own"),
        Dialect::Line => crate::line::tell(variant, &note, bytes),
        Dialect::Packet => crate::packet::tell(variant, &note, bytes),
        Dialect::Plain => crate::plain::tell(variant, &note, bytes),
        Dialect::Group => crate::group::tell(variant, &note, bytes),
        Dialect::Tagged => crate::tagged::tell(variant, &note, bytes),
    }
}
