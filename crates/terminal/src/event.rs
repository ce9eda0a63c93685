//! What can happen to a client, from all its threads, in one queue.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::dial::Opened;
use crate::error::Error;

/// How many events may wait. A thread with one more waits itself: then the keyboard, or the peer, does.
const MOST_WAITING: usize = 64;

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A line was typed.
    Line(String),
    /// There will be no more lines.
    InputEnded,
    /// Ctrl-C, or a signal to end.
    Interrupted,
    /// A connection is open, or can't be opened.
    Dialed(u64, Box<Result<Opened, Error>>),
    /// Something came on a connection.
    Heard(u64, Heard),
}

/// Something that came on a connection.
#[derive(Debug)]
pub enum Heard {
    /// One read.
    Bytes(Vec<u8>),
    /// One datagram from somebody who had not been the last to send.
    From(SocketAddr, Vec<u8>),
    /// One datagram at the private socket.
    Private(SocketAddr, Vec<u8>),
    /// The other end will send no more.
    End,
    /// The connection broke.
    Broken(io::Error),
}

/// Where events are put.
pub type Events = SyncSender<Event>;

/// A queue of events.
pub fn queue() -> (Events, Receiver<Event>) {
    sync_channel(MOST_WAITING)
}
