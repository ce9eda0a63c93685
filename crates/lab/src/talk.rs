//! The client: what is typed or piped goes to the server, what comes back is printed, both at once.
//!
//! Both at once matters. Whoever first sends all and then reads will hang on a large input: the server writes
//! its answers, nobody takes them, so it stops reading, and then our write waits for it and it for our read.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::thread;

use anyhow::Context as _;

use crate::TalkOptions;
use crate::ground::PIECE;

/// Talks until the server closes.
pub fn run(options: &TalkOptions) -> anyhow::Result<()> {
    let addr = &options.addr;
    let server = TcpStream::connect(addr).with_context(|| {
        format!("can't connect to {addr} (does `saloon lab run MODEL` say it listens there?)")
    })?;
    server.set_nodelay(true)?;
    let sending = server.try_clone()?;
    // Not joined: if the server closes first, it still waits in read(2) for somebody to type.
    thread::spawn(move || {
        let sent = copy(io::stdin(), &sending);
        // "I have no more to say", and the way back stays open. close(2) would end both.
        sending.shutdown(Shutdown::Write).and(sent)
    });
    copy(&server, io::stdout().lock()).with_context(|| format!("the connection to {addr} broke"))
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
