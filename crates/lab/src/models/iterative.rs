//! One peer after the other: `accept`, then `read` and `write` until it leaves, and only then the next.
//!
//! The calls: `accept(2)`, `read(2)`, `write(2)`, all of them blocking. Each waits until there is something to
//! do, and while it waits the process does nothing else.
//!
//! What a thousand idle peers cost: next to nothing, for 999 of them are not served. They wait in the backlog
//! of the listening socket, where the kernel has finished the handshake for them: each believes it is
//! connected, may send until the kernel's buffer is full, and gets no answer. One descriptor, one thread, and
//! 16 KiB of stack for the piece at hand.
//!
//! Where it breaks: at the second peer. Whoever connects and says nothing stops the service for all, and so
//! does whoever never reads: its answers fill the kernel's buffers, and then `write` waits. When the backlog
//! is full, too, new peers are not even greeted; their `connect` times out.
//!
//! It is right where a request is short and the next one can wait. Read `fork` next: the same loop in a
//! process of its own.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use crate::ground::{Blocking, Counts, Ground, PIECE, Stop};

/// Serves until a signal shuts the door.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    let mut door = ground.open(Blocking::Everything)?;
    let stop = Stop::on_signal(&door)?;
    door.announce()?;
    while let Some(peer) = door.accept() {
        let _watched = stop.also(&peer);
        // A peer that resets or vanishes ends its own connection and nothing else.
        let _ = echo(&peer, ground.counts);
    }
    Ok(())
}

/// Answers one peer until it has closed its half. Then all is answered, since each piece was written before
/// the next was read, and dropping the connection closes our half.
fn echo(mut peer: &TcpStream, counts: &Counts) -> io::Result<()> {
    let mut piece = [0; PIECE];
    loop {
        let count = peer.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        counts.bytes(count);
        piece[..count].make_ascii_uppercase();
        // May wait for a peer that does not read. That is all the backpressure there is to write: we don't
        // read meanwhile, the kernel's buffer fills, and the peer's own writes wait.
        peer.write_all(&piece[..count])?;
    }
}
