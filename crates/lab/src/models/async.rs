//! A task for each connection, on tokio: written like `threads`, run like `epoll-et`.
//!
//! The calls: `epoll_ctl(2)` with EPOLLET and `epoll_wait(2)`, made by tokio. At each `await` the compiler
//! cuts the function, and makes what is alive there into a value that waits: the state machine that `reactor`
//! has us write by hand.
//!
//! What a thousand idle peers cost: a thousand descriptors, registrations as in `epoll-lt`, and a task each:
//! some 1,000 bytes, for nothing large is alive across the `await` at which it idles.
//!
//! Where it breaks: at a call that waits without `await`, a blocking `read` or a long computation: all tasks
//! of the thread wait with it, and nothing says so. And at what is alive across an `await`: declare the buffer
//! before `readable` instead of behind it, and a thousand idle peers cost 16 MiB.
//!
//! The runtime has one thread, so that what differs from `epoll-et` is how it is written and nothing else. One
//! with several moves tasks between cores, and wants them `Send`. Read `multi-reactor` next: more cores
//! without moving anything.

use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

use crate::ground::{Blocking, Counts, Ground, PIECE, Refusal};

/// From one failure of `accept` to the next.
const REST: Duration = Duration::from_millis(50);

/// Serves until a signal.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    // Dropping the runtime drops all tasks, and their connections with them.
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(serve(ground))
}

async fn serve(ground: &Ground) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut door = ground.open(Blocking::Nothing)?;
    let listener = TcpListener::from_std(door.listener()?)?;
    door.announce()?;
    loop {
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((peer, _)) => {
                    ground.counts.connection();
                    tokio::spawn(echo(peer, ground.counts));
                }
                // ENOSPC: it was let in, but epoll watches no more, and so it is closed by now.
                Err(error) if error.kind() == ErrorKind::StorageFull => {
                    ground.counts.connection();
                    ground.counts.refuse(Refusal::Watches);
                }
                Err(_) => {
                    // Out of descriptors: the door knows whom to turn away.
                    while let Some(peer) = door.accept() {
                        match TcpStream::from_std(peer) {
                            Ok(peer) => drop(tokio::spawn(echo(peer, ground.counts))),
                            Err(_) => ground.counts.refuse(Refusal::Watches),
                        }
                    }
                    // EMFILE comes also when nobody is there, and does not make tokio wait for the next one.
                    sleep(REST).await;
                }
            },
        }
    }
}

async fn echo(mut peer: TcpStream, counts: &'static Counts) -> io::Result<()> {
    loop {
        peer.readable().await?;
        let mut piece = vec![0; PIECE];
        let count = match peer.try_read(&mut piece) {
            Ok(0) => return Ok(()),
            // tokio takes an edge for true until a call says otherwise. `read(&mut piece).await` would spare us
            // this, and wait with the buffer in its hands: measured, 16 KiB for each idle peer.
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            result => result?,
        };
        counts.bytes(count);
        piece[..count].make_ascii_uppercase();
        // Waits for a peer that does not read, and meanwhile reads nothing. Only this task waits.
        peer.write_all(&piece[..count]).await?;
    }
}
