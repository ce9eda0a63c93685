//! A Unix datagram socket with a file of its own, so that the other end can answer.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::wire::{LOOK_UP, MOST_UNREAD};

/// How often another name is tried for our own file.
const TRIES: u32 = 100;

/// A socket to one other. Its file is gone when this is.
#[derive(Debug)]
pub struct Unixgram {
    socket: UnixDatagram,
    file: PathBuf,
}

impl Unixgram {
    /// Opens a socket to the one at `path`.
    pub fn connect(path: &Path) -> io::Result<Self> {
        let (socket, file) = bind_anywhere()?;
        let this = Self { socket, file };
        this.socket.connect(path)?;
        // Once connected, nobody else can send here; and the server may be another user.
        fs::set_permissions(&this.file, Permissions::from_mode(0o666))?;
        this.socket.set_read_timeout(Some(LOOK_UP))?;
        this.socket.set_write_timeout(Some(MOST_UNREAD))?;
        Ok(this)
    }

    /// Waits for a datagram.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.recv(buffer)
    }

    /// Sends a datagram.
    pub fn send(&self, unit: &[u8]) -> io::Result<()> {
        self.socket.send(unit).map(drop)
    }
}

impl Drop for Unixgram {
    fn drop(&mut self) {
        // There is nobody to tell; a file left behind harms nobody.
        let _ = fs::remove_file(&self.file);
    }
}

fn bind_anywhere() -> io::Result<(UnixDatagram, PathBuf)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let file = std::env::temp_dir().join(format!("saloon-{}-{number}.sock", std::process::id()));
        match UnixDatagram::bind(&file) {
            Ok(socket) => return Ok((socket, file)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}
