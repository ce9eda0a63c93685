//! A descriptor is a name for a connection, and a connection can have several: by `dup`, by `fork`, by a
//! child that inherited one, or passed along (SCM_RIGHTS).
//!
//! `close` takes away one name; the connection ends with the last. So a server that forks and forgets to
//! close its copy never lets its peers see the end: a classic. `shutdown` does not ask for names: it ends the
//! connection for all who have it, in every process.

use std::io::Write as _;
use std::net::Shutdown;

use super::{Report, connected, heard, outcome};

pub fn run(report: &mut Report) -> anyhow::Result<()> {
    let (first, theirs) = connected()?;
    let mut second = first.try_clone()?; // dup(2)
    drop(first);
    report.equal("one of two duplicates is closed: they read", "EAGAIN", heard(&theirs)?);
    second.write_all(b"still here")?;
    report.equal("the other one writes: they read", "\"still here\"", heard(&theirs)?);
    drop(second);
    report.equal("the last one is closed: they read", "the end", heard(&theirs)?);

    let (first, theirs) = connected()?;
    let mut second = first.try_clone()?;
    first.shutdown(Shutdown::Both)?;
    report.equal("one of two duplicates is shut down: they read", "the end", heard(&theirs)?);
    let written = outcome(second.write(b"x"), |_| "written".to_owned());
    report.equal("and a write to the other one says", "EPIPE", written);
    report.equal("and a read from it", "the end", heard(&second)?);
    Ok(())
}
