//! What the operator does from a shell: with accounts, while the server runs or while it does not; and with the
//! server that runs.
//!
//! ```text
//! saloon admin … ──── ask ──────▶ control socket ──▶ the server that runs: hub, workers, monitor
//! saloon account … ── ask ──┬── control socket ──▶ the server that runs: hub, then disk
//!                           └── nobody answers ──▶ the store itself: restore, apply, keep, close
//! ```

pub(crate) mod control_socket;
mod desk;
mod office;
mod offline;
mod people;
mod words;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use words::{Banned, Listed, Person, Reply, Request};

use crate::config::Config;

/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of an answer: a list of all accounts there may be.
const MOST: u64 = 1 << 32;

/// Nothing could be asked.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The server that runs did not answer as it should.
    #[error("the server that uses {} does not answer: {source}", path.display())]
    Silent {
        /// The control socket.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// What is wanted can only be done by a server that runs.
    #[error(
        "no server runs here: nobody listens at {}; say with --config or --data which one is meant",
        .0.display()
    )]
    NotRunning(PathBuf),
    /// There is nothing there yet.
    #[error("there is no database {} yet", .0.display())]
    Missing(PathBuf),
    /// The store can't be opened.
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Has this done: by the server that runs, or else here.
///
/// # Errors
/// It could not even be asked. What is refused is a [`Reply`].
pub fn ask(config: &Config, request: &Request) -> Result<Reply, OperatorError> {
    let path = control_path(&config.datastore.path);
    match UnixStream::connect(&path) {
        Ok(stream) => call(stream, request).map_err(|source| OperatorError::Silent { path, source }),
        Err(_) if request.needs_server() => Err(OperatorError::NotRunning(path)),
        // No such file, or nobody behind it. Should a server run all the same, its lock says so.
        Err(_) => offline::carry_out(config, request),
    }
}

/// Where a server that uses this datastore takes orders: beside the database.
#[must_use]
pub fn control_path(datastore: &Path) -> PathBuf {
    let database = store::database(datastore);
    if database != datastore {
        return datastore.join("control");
    }
    let mut path = database.into_os_string();
    path.push(".control");
    path.into()
}

fn call(mut stream: UnixStream, request: &Request) -> std::io::Result<Reply> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = zeroize::Zeroizing::new(serde_json::to_vec(request)?);
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream).take(MOST).read_line(&mut answer)?;
    if answer.is_empty() {
        return Err(std::io::Error::other("it closed the connection"));
    }
    Ok(serde_json::from_str(&answer)?)
}

#[cfg(test)]
mod tests;
