//! Joins hub, dialects and transports: the configuration, the doors, the worker threads, and how it all
//! starts, reloads and stops.

mod auth;
mod auto;
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
pub mod monitor;
pub mod operator;
mod outbox;
pub mod password;
mod piece;
mod recall;
mod serve;
mod shared;
mod supervisor;
mod timers;
mod web;
mod worker;

pub use doors::ServeError;
pub use live::casemapping;
pub use serve::{Source, serve};
pub use transport::Handed;
