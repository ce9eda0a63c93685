//! What an operator does with a database from outside: copies of it, looking whether it is whole, and all of it
//! as text. Each tells of its progress: how much is done, of how much.

mod copy;
mod export;
mod import;
mod line;
mod verify;

pub use copy::{backup, restore};
pub use export::{Secrets, export};
pub use import::import;
pub use verify::verify;

/// Is told how much is done, of how much.
pub type Told<'t> = &'t mut dyn FnMut(u64, u64);
