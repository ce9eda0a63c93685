//! The clients for a terminal: [`chat`] in lines, [`menu`] by numbers. Both work in a pipe as well.
//!
//! ```text
//! keyboard ──▶ editing thread ──┐                         ┌──▶ screen, above the line being typed
//! socket ────▶ listener thread ─┼──▶ events ──▶ a loop ───┤
//! Ctrl-C ────▶ signal thread ───┘                         └──▶ Link ──▶ Conversation ──▶ socket
//! ```
//!
//! One loop owns the conversation and everything that is sent and shown. The other threads wait, each for
//! one thing, and put what came into one queue.

#![warn(missing_docs)]

mod backoff;
mod chat;
mod console;
mod desk;
mod dial;
mod error;
mod event;
mod link;
mod listener;
mod menu;
mod options;
mod pair;
mod private;
mod secure;
mod signals;
mod unixgram;
mod wire;

pub use chat::chat;
pub use console::{LogLines, console, log_lines};
pub use desk::Desk;
pub use error::Error;
pub use menu::menu;
pub use options::Options;
