//! `plain`: text over a stream of bytes and nothing around it: one read is one message.
//!
//! ```text
//! client = exit / text
//! server = exit / relay / text
//! exit   = "exit;"                ; alone in a read: whoever reads it ends
//! relay  = "from client ip=" ipv4 " port=" port SP text
//! text   = *(%x01-FF)             ; no NUL, usually no LF
//! ```
//!
//! Both sides read at most 1023 bytes at a time, as a C string. A client that is not sent `exit;`
//! before the connection ends prints errors for ever.

mod session;
pub mod wire;

pub(crate) use session::Plain;
