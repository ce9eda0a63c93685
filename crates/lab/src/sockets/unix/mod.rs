//! Sockets whose address is a file: no network, and the kernel vouches for who is at the other end.
//!
//! The calls: those of TCP and UDP, with another address. `bind` makes the file, and fails with EADDRINUSE if
//! there is one; nothing removes it but `unlink`. So after a kill it stays, stale: `connect` to it says
//! ECONNREFUSED, and the next server must remove it. Whether anybody serves there is asked by connecting, not
//! by looking. On Linux a name that begins with a zero byte (here written `@name`) is abstract: no file,
//! nothing to remove, and no permissions either.
//!
//! Besides bytes they carry credentials: SO_PEERCRED says which process, user and group connected
//! ([`stream`]), SCM_CREDENTIALS who sent a datagram ([`datagram`]). A peer can't lie about them, except
//! root.
//!
//! What a thousand idle peers cost: what they cost with TCP, with less memory, and no ports.
//!
//! Where it breaks: the path may have 107 bytes. To connect one must be allowed to write to the file, so the
//! `umask` at `bind` decides who may. Two servers that start at once can both find a stale file, and the
//! second removes the first one's new one: whoever needs to be sure keeps a lock beside it (flock(2)).
//!
//! Read `fifo` next: a file to meet at, without a socket.

mod datagram;
mod stream;

use std::fmt;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use nix::sys::socket::UnixCredentials;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, socket_with};

use super::command::{UnixServe, UnixTalk};
use super::made::Made;
use super::note;

/// Serves until a signal.
pub fn serve(options: &UnixServe) -> anyhow::Result<()> {
    if options.datagram { datagram::serve(&options.path) } else { stream::serve(&options.path) }
}

/// Talks until the server closes, or has answered each line.
pub fn talk(options: &UnixTalk) -> anyhow::Result<()> {
    if options.datagram { datagram::talk(&options.path) } else { stream::talk(&options.path) }
}

fn address(path: &Path) -> anyhow::Result<SocketAddrUnix> {
    match path.as_os_str().as_bytes() {
        [b'@', name @ ..] => SocketAddrUnix::new_abstract_name(name),
        _ => SocketAddrUnix::new(path),
    }
    .with_context(|| format!("{} is no address (are there more than 107 bytes?)", path.display()))
}

fn socket(kind: SocketType) -> rustix::io::Result<OwnedFd> {
    socket_with(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)
}

/// Binds to the path, also if a server left its file there; and what removes the file in the end.
fn bind_at(path: &Path, kind: SocketType) -> anyhow::Result<(OwnedFd, Option<Made>)> {
    let (addr, socket) = (address(path)?, socket(kind)?);
    match bind(&socket, &addr) {
        Err(Errno::ADDRINUSE) if addr.path().is_some() => {
            remove_stale(path, &addr, kind)?;
            bind(&socket, &addr)
        }
        result => result,
    }
    .with_context(|| format!("can't listen on {}", path.display()))?;
    let made = addr.path().is_some().then(|| Made::at(path)).transpose()?;
    Ok((socket, made))
}

/// Removes a socket file that nobody serves any more, and nothing else.
fn remove_stale(path: &Path, addr: &SocketAddrUnix, kind: SocketType) -> anyhow::Result<()> {
    let there = fs::symlink_metadata(path).with_context(|| format!("can't use {}", path.display()))?;
    ensure!(there.file_type().is_socket(), "{} is there, and is no socket", path.display());
    match connect(&socket(kind)?, addr) {
        Err(Errno::CONNREFUSED) => {
            note(format_args!(
                "{} is stale: nobody serves there (ECONNREFUSED); it is removed",
                path.display()
            ));
            fs::remove_file(path).with_context(|| format!("can't remove {}", path.display()))
        }
        // EPROTOTYPE: a server for the other kind. EAGAIN: its backlog is full.
        Ok(()) | Err(Errno::PROTOTYPE | Errno::AGAIN) => bail!("somebody serves at {}", path.display()),
        Err(error) => Err(error).with_context(|| format!("somebody may serve at {}", path.display())),
    }
}

/// Who is at the other end, as the kernel saw it when it connected or sent. Process 0 is one of another
/// namespace, which has no number here.
struct Who(UnixCredentials);

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}, user {}, group {}", self.0.pid(), self.0.uid(), self.0.gid())
    }
}

fn nobody(path: &Path) -> String {
    format!("can't reach {} (does `saloon lab unix serve` say it listens there?)", path.display())
}
