//! Any bytes as a log, and a trial of it: shared by the property tests and the fuzz target.

mod dice;
mod witness;

use crate::{Entry, Hub, Limits, Settings};

use dice::Dice;
use witness::Witness;

/// Reads a log from bytes. Every sequence of bytes is one; similar bytes are similar logs, so that a
/// failure shrinks well.
pub fn commands_from_bytes(bytes: &[u8]) -> Vec<Entry> {
    let mut dice = Dice::new(bytes);
    let mut entries = Vec::new();
    while !dice.is_empty() {
        entries.push(dice.entry(entries.len()));
    }
    entries
}

/// Plays a log and watches everything that must stay true.
///
/// # Errors
/// What did not, and after which entry.
pub fn trial(bytes: &[u8]) -> Result<(), String> {
    let entries = commands_from_bytes(bytes);
    let limits = Limits { list_entries: 3, watched: 3, rooms_per_user: 3, invites: 2, ..Limits::default() };
    let mut hub = Hub::new(Settings { limits, seats: 5, ..Settings::default() });
    let mut replica = hub.clone();
    let mut witness = Witness::default();
    let mut dice = Dice::new(bytes);
    for entry in entries {
        let told = |complaint| format!("{complaint}\nafter {entry:?}");
        let effects = hub.apply(entry.clone());
        witness.see(&entry, &effects).and_then(|()| hub.check()).map_err(told)?;
        if witness.audiences() != hub.audiences() {
            return Err(told("Enter and Leave do not agree with who is where".to_owned()));
        }
        // Whatever is asked, asking may not fail.
        let _ = hub.query(entry.from, entry.at, dice.query());
        if replica.apply(entry.clone()) != effects || replica != hub {
            return Err(told("the same log gave something else".to_owned()));
        }
    }
    Ok(())
}
