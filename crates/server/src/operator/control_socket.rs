//! The socket by which the operator's commands reach a server that runs: beside the database, for its owner
//! alone, one request and one answer a line, one caller at a time.

use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::net::{AddressFamily, Shutdown, SocketAddrUnix, SocketType};
use zeroize::Zeroizing;

use super::desk::Desk;
use super::office::{Office, carry_out};
use super::{Reply, Request, control_path};
use crate::config::Config;
use crate::control::Control;
use crate::ids::MessageIds;
use crate::live::Live;
use crate::shared::Shared;

/// Callers that may wait.
const BACKLOG: i32 = 16;
/// How long a caller may take to say what it wants, and to read the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to leave it when no more descriptors are left.
const REST: Duration = Duration::from_secs(1);
/// Bytes of a request: a name, a password, a reason.
const MOST: u64 = 1 << 20;

/// The socket, for as long as the server runs.
#[derive(Debug)]
pub struct ControlSocket {
    path: PathBuf,
    listener: UnixListener,
    live: Arc<Mutex<Arc<Live>>>,
}

impl ControlSocket {
    /// Opens it, and starts the thread that serves it. Whoever has the datastore's lock may: a file left over
    /// is replaced.
    ///
    /// # Errors
    /// The directory can't be written to, or its name is too long for a socket.
    pub fn open(shared: &Arc<Shared>, live: &Arc<Live>, control: &Control) -> io::Result<Self> {
        let path = control_path(&live.config.datastore.path);
        let listener = UnixListener::from(listen(&path)?);
        let live = Arc::new(Mutex::new(Arc::clone(live)));
        let ids = MessageIds::new().map_err(io::Error::other)?;
        let desk = Desk { shared: Arc::clone(shared), control: control.clone(), ids };
        let (ours, settings) = (listener.try_clone()?, Arc::clone(&live));
        std::thread::Builder::new().name("control".into()).spawn(move || serve(&ours, desk, &settings))?;
        Ok(Self { path, listener, live })
    }

    /// Other settings from now on.
    pub fn configure(&self, live: &Arc<Live>) {
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(live);
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // Wakes the thread, which ends. Nothing is to be done if either fails: the next start replaces it.
        let _ = rustix::net::shutdown(&self.listener, Shutdown::Both);
        let _ = fs::remove_file(&self.path);
    }
}

pub(super) fn listen(path: &Path) -> io::Result<OwnedFd> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    // Nobody can connect before `listen`, so that there is no moment with wider access.
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket)
}

fn serve(listener: &UnixListener, mut desk: Desk, live: &Mutex<Arc<Live>>) {
    for caller in listener.incoming() {
        let caller = match caller {
            Ok(caller) => caller,
            // What `shutdown` leads to.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return,
            Err(error) => {
                tracing::warn!(%error, "a caller of the control socket can't be heard");
                std::thread::sleep(REST);
                continue;
            }
        };
        let live = Arc::clone(&live.lock().unwrap_or_else(PoisonError::into_inner));
        if let Err(error) = attend(&caller, &mut desk, &live.config) {
            tracing::debug!(%error, "a caller of the control socket was lost");
        }
    }
}

/// Answers the requests of one caller.
pub(super) fn attend(caller: &UnixStream, office: &mut dyn Office, config: &Config) -> io::Result<()> {
    caller.set_read_timeout(Some(PATIENCE))?;
    caller.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(caller);
    loop {
        let mut line = Zeroizing::new(Vec::new());
        (&mut lines).take(MOST).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(());
        }
        let reply = match serde_json::from_slice::<Request>(&line) {
            Ok(request) => {
                tracing::info!(?request, "the operator asks");
                carry_out(office, config, &request)
            }
            // The error may repeat what was written, and that may be a password.
            Err(_) => {
                Reply::refused("that is no request; the program and the server may be of different releases")
            }
        };
        let mut answer = serde_json::to_vec(&reply)?;
        answer.push(b'\n');
        let mut caller = caller;
        caller.write_all(&answer)?;
    }
}
