//! Any bytes as a log, and a trial of it: shared by the property tests and the fuzz target.

mod archive;
mod dice;
mod keeper;
mod room_dice;
mod witness;

use crate::{Entry, Hub, Limits, Settings};

use archive::Archive;
use dice::Dice;
use keeper::Keeper;
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
    let limits = Limits {
        list_entries: 3,
        watched: 3,
        rooms_per_user: 3,
        invites: 2,
        facts: 2,
        subscriptions: 2,
        rooms_per_account: 2,
        accounts: 4,
        markers: 2,
        certificates: 2,
        ..Limits::default()
    };
    let mut hub = Hub::new(Settings { limits, seats: 5, ..Settings::default() });
    let mut archive = Archive::new(&hub.settings);
    let mut replica = hub.clone();
    let mut witness = Witness::default();
    let mut dice = Dice::new(bytes);
    let mut keeper = Keeper::default();
    for entry in entries {
        let told = |complaint| format!("{complaint}\nafter {entry:?}");
        let effects = hub.apply(entry.clone());
        witness.see(&entry, &effects).and_then(|()| hub.check()).map_err(told)?;
        archive.see(&entry, &effects).map_err(told)?;
        if witness.audiences() != hub.audiences() {
            return Err(told("Enter and Leave do not agree with who is where".to_owned()));
        }
        keeper.see(&hub, &effects).map_err(told)?;
        // Whatever is asked, asking may not fail.
        let _ = hub.query(entry.from, entry.at, dice.query());
        if replica.apply(entry.clone()) != effects || replica != hub {
            return Err(told("the same log gave something else".to_owned()));
        }
    }
    Ok(())
}
