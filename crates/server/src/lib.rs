//! Joins hub, dialects and transports: the configuration, the doors, the worker threads, and how it all
//! starts, reloads and stops.

mod auth;
mod behind;
mod bridge;
mod checks;
mod cloak;
mod clock;
pub mod config;
mod control;
mod core;
mod disk;
mod doors;
mod flood;
mod held;
mod ids;
mod inbox;
mod keeping;
mod ledger;
mod live;
pub mod operator;
mod outbox;
pub mod password;
mod piece;
mod recall;
mod serve;
mod shared;
mod timers;
mod worker;

pub use doors::ServeError;
pub use live::casemapping;
pub use serve::{Source, serve};
