//! The other sockets, as programs: what they do, what they do with bad input, and how they end.

#[path = "../support/mod.rs"]
mod support;

mod broadcast;
mod buffered;
mod command_line;
mod fifo;
mod multicast;
mod options;
mod udp;
mod unix;
