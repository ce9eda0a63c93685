//! A connection is two streams, and each ends by itself.
//!
//! `shutdown(SHUT_WR)` sends FIN: "I have no more to say". The peer reads the end, and can still answer; so
//! "send all, then say that this was all, then read to the end" is a whole protocol. `close` ends both at
//! once: what the peer still sends meets nobody and is answered with RST, and if something had come that we
//! had not read, even the close itself is an RST: the peer's `read` then fails with ECONNRESET, and may lose
//! what it had not read yet.

use std::io::Write as _;
use std::net::Shutdown;

use super::{Report, connected, heard, outcome};

pub fn run(report: &mut Report) -> anyhow::Result<()> {
    let (mut ours, mut theirs) = connected()?;
    ours.write_all(b"hello")?;
    ours.shutdown(Shutdown::Write)?;
    report.equal("we say hello and shut down our half: they read", "\"hello\"", heard(&theirs)?);
    report.equal("and then", "the end", heard(&theirs)?);
    report.equal("we can't write any more", "EPIPE", outcome(ours.write(b"x"), |_| "written".to_owned()));
    theirs.write_all(b"HELLO")?;
    drop(theirs);
    report.equal("but they answer, and we read", "\"HELLO\"", heard(&ours)?);
    report.equal("and when they close, too", "the end", heard(&ours)?);

    let (ours, mut theirs) = connected()?;
    theirs.write_all(b"unread")?;
    // It must have come before the close, else this would be another case.
    let _ = ours.peek(&mut [0; 1])?;
    drop(ours);
    report.equal("we close, with something unread: they read", "ECONNRESET", heard(&theirs)?);
    Ok(())
}
