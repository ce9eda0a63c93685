//! Joins hub, dialects and transports: the configuration, the doors, the worker threads, and how it all
//! starts, reloads and stops.

mod bridge;
mod checks;
mod cloak;
mod clock;
pub mod config;
mod control;
mod core;
mod doors;
mod flood;
mod ids;
mod inbox;
mod live;
mod outbox;
pub mod password;
mod piece;
mod serve;
mod shared;
mod timers;
mod worker;

pub use doors::ServeError;
pub use serve::{Source, serve};
