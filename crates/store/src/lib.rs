//! What outlives the server: accounts, rooms and histories, in one SQLite database.
//!
//! [`Store::keep`] takes records in the hub's order and returns at once; one thread writes them, many in one
//! transaction, and says how far it has come. [`Reader`]s read what is committed, on threads of their own.
//!
//! ```text
//!  hub ── keep ──▶ queue ──▶ writing thread ──▶ database ◀── readers
//!                             │   ▲    └ between batches: index, forget, give space back
//!                     told ◀──┘   └ refused by the disk: keeps the batch, tries again
//! ```

#![warn(missing_docs)]

use hub::{Casemapping, LogKey};
use smol_str::SmolStr;

// The interface.
pub mod commits;
mod error;
mod place;
mod reader;
mod store;
pub mod tools;

// Writing.
mod append;
mod backlog;
mod chores;
mod forget;
mod queue;
mod writer;

// Reading.
mod page;
mod search;

// How it is laid out.
mod body;
mod logs;
mod meta;
mod names;
mod row;
mod schema;
mod state;
mod words;

#[cfg(test)]
mod tests;

pub use commits::Commits;
pub use error::StoreError;
pub use place::database;
pub use reader::Reader;
pub use store::Store;

/// How the store is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which names are equal.
    pub casemapping: Casemapping,
    /// What is forgotten, and when.
    pub retention: Retention,
}

/// What is forgotten, and when; the oldest first. It is looked after once a minute, so for a while there may be
/// more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Items of each room.
    pub room_items: usize,
    /// Items of each user's conversations together.
    pub direct_items: usize,
    /// Milliseconds after which an item is forgotten; never if none.
    pub age: Option<u64>,
    /// Bytes of the database; no limit if none.
    pub bytes: Option<u64>,
}

/// How the writing goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Everything up to this number is on disk.
    Kept(u64),
    /// The disk refuses: why, in words for people. What was taken waits in memory, and is tried again every
    /// second.
    Failing(String),
}

/// The name of a history, for who may read it: that of the room or of the other user.
pub fn name_of(log: &LogKey) -> SmolStr {
    match log {
        LogKey::Room(name) => name.clone(),
        LogKey::Direct { peer, .. } => peer.clone(),
    }
}
