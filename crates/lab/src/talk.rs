//! The client: what is typed or piped goes to the server, what comes back is printed, both at once.
//!
//! Both at once matters. Whoever first sends all and then reads will hang on a large input: the server writes
//! its answers, nobody takes them, so it stops reading, and then our write waits for it and it for our read.

use std::fmt::Display;
use std::fs::File;
use std::io;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use rustix::net::{Shutdown, shutdown};

use crate::TalkOptions;
use crate::ground::PIECE;

/// Talks until the server closes.
pub fn run(options: &TalkOptions) -> anyhow::Result<()> {
    let addr = &options.addr;
    let server = TcpStream::connect(addr).with_context(|| {
        format!("can't connect to {addr} (does `saloon lab run MODEL` say it listens there?)")
    })?;
    server.set_nodelay(true)?;
    both_ways(server.into(), addr)
}

/// By then it is known what became of our sending, unless somebody may still type.
const SOON: Duration = Duration::from_millis(50);

/// Sends what it reads, and prints what comes until the server closes. Any socket that blocks will do.
pub fn both_ways(server: OwnedFd, who: impl Display) -> anyhow::Result<()> {
    let sending = File::from(server.try_clone()?);
    let (done, sent) = sync_channel(1);
    // Not joined: if the server closes first, it still waits in read(2) for somebody to type.
    thread::spawn(move || {
        let sent = copy(io::stdin(), &sending);
        // "I have no more to say", and the way back stays open. close(2) would end both.
        let ended = shutdown(&sending, Shutdown::Write);
        done.send(sent.and(ended.map_err(io::Error::from)))
    });
    copy(File::from(server), io::stdout().lock())
        .with_context(|| format!("the connection to {who} broke"))?;
    // Of a connection that is reset only one is told, the writer or the reader; the other finds an end.
    let sent = sent.recv_timeout(SOON).unwrap_or(Ok(()));
    sent.with_context(|| format!("not all of the input went to {who}"))
}

/// Passes on what comes as soon as it comes: `io::copy` to a terminal would wait for whole lines.
fn copy(mut from: impl io::Read, mut to: impl io::Write) -> io::Result<()> {
    let mut buffer = [0; PIECE];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                to.write_all(&buffer[..count])?;
                to.flush()?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
