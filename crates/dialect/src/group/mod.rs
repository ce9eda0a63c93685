//! `group`: text over a stream of bytes, heard by everybody, the sender too; and private messages
//! from client to client in datagrams, in which the server takes no part.
//!
//! ```text
//! client  = 1*OCTET                   ; one read is one message
//! server  = online / offline / chat / full
//! online  = ident " is online" LF
//! offline = "a user left" LF ident " is offline" LF
//! chat    = "from " ident ": " text   ; without an end
//! full    = "too many users" LF       ; and the connection ends
//! ident   = ipv4 ":" port             ; the address the user connects from
//! ```
//!
//! A user is reached in private at its port + 1, with a datagram that is the text and nothing else;
//! see [`wire::private_port`].

mod markup;

mod session;
pub mod wire;

pub use markup::guard_markup;
pub(crate) use session::Group;
