//! `packet`: a fixed C struct in a datagram, for programs that keep a chat to `sendto` and `recvfrom`.
//!
//! ```text
//! packet = type name text         ; exactly 1048 bytes
//! type   = 4OCTET                 ; little-endian: 1 join, 2 chat, 3 leave
//! name   = *19(%x01-FF) NUL *OCTET  ; 20 bytes
//! text   = *1023(%x01-FF) NUL *OCTET  ; 1024 bytes; from a client also without NUL
//! ```
//!
//! What stands behind each NUL means nothing: the programs leave there what their buffer held before.
//! One chat packet carries one word of what was typed. Some programs leave with a chat packet whose
//! text is a name and a fixed sentence; see [`wire::Packet::is_leave`].

mod session;
pub mod wire;

pub(crate) use session::{PacketClient, may_begin, notice};
