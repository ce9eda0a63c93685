//! `tagged`: requests and replies over a stream of bytes, told apart by their first four letters.
//!
//! ```text
//! request = "time" / "name" / "list" / send
//! send    = "send" ["#"] id "#" text NUL *OCTET        ; 1024 bytes, as programs send it
//!         / "send" ["#"] id "#" text (LF / a pause)    ; as people do
//! reply   = "Reply Message From Server!"               ; the greeting
//!         / "TIME" ctime LF [NULs up to 1024 bytes]
//!         / "NAME" host
//!         / "LISTID : " id ", Address : " ip ", Port : " port LF
//!         / "SENDID: " id ", Address: " ip ", Port: " port " Sent A Message To You: " text
//! ```
//!
//! Nothing marks where a request ends, and a client takes every read of at most 1024 bytes for one
//! reply. [`requests::Requests`] makes requests of what comes.

pub mod requests;
mod session;
pub mod wire;

pub(crate) use session::Tagged;
