//! The listening socket, and what happens at it when there are no descriptors left.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::RwLock;
use std::thread;

use anyhow::Context as _;
use rustix::io::{Errno, fcntl_dupfd_cloexec, ioctl_fionbio};
use rustix::net::{
    AddressFamily, SocketFlags, SocketType, accept_with, bind, getsockname, listen, socket_with, sockopt,
};

use super::{Counts, Ground, REST, Refusal};

/// Peers that may wait to be let in; the kernel makes it `net.core.somaxconn` if that is less.
const BACKLOG: i32 = 4096;
/// While one door has given up its spare descriptor, no other door of this process may accept: it would take it.
static SWAPPING: RwLock<()> = RwLock::new(());

/// What waits in its system calls, and what returns EAGAIN instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// `accept`, and `read` and `write` on what it returns.
    Everything,
    /// Only `read` and `write` on connections.
    Connections,
    /// Nothing does.
    Nothing,
}

/// A listening socket that always answers: whoever cannot be let in is turned away.
///
/// Without descriptors `accept` fails with EMFILE and the peer stays in the backlog, where it waits for an
/// answer that does not come, and where a loop that asks what is ready finds it again and again. So one
/// descriptor is kept spare. It is given up for such a peer, who is let in and closed at once, and then taken
/// back.
#[derive(Debug)]
pub struct Door {
    listener: OwnedFd,
    spare: Option<OwnedFd>,
    blocking: Blocking,
    counts: &'static Counts,
}

impl Ground {
    /// Opens the door.
    pub fn open(&self, blocking: Blocking) -> anyhow::Result<Door> {
        let listener = listener(self.addr, false)?;
        ioctl_fionbio(&listener, blocking != Blocking::Everything)?;
        let spare = spare(&listener);
        Ok(Door { listener, spare, blocking, counts: self.counts })
    }

    /// Opens so many doors that wait for nothing, all at one address: the kernel deals the peers out to them.
    pub fn open_several(&self, count: usize) -> anyhow::Result<Vec<Door>> {
        let mut addr = self.addr;
        let mut doors = Vec::new();
        for _ in 0..count {
            let listener = listener(addr, true)?;
            // Port 0 was any; all others listen where the first one does.
            addr = getsockname(&listener)?.try_into()?;
            ioctl_fionbio(&listener, true)?;
            let spare = spare(&listener);
            doors.push(Door { listener, spare, blocking: Blocking::Nothing, counts: self.counts });
        }
        Ok(doors)
    }
}

impl Door {
    /// Says where it is, now that everything is ready.
    pub fn announce(&self) -> anyhow::Result<()> {
        let addr: SocketAddr = getsockname(&self.listener)?.try_into()?;
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "listening on {addr}")?;
        Ok(stdout.flush()?)
    }

    /// The listening socket once more, for somebody who has a way of their own to accept.
    pub fn listener(&self) -> io::Result<TcpListener> {
        self.listener.try_clone().map(TcpListener::from)
    }

    /// Lets one peer in. None if nobody is there; where `accept` waits, if the door has been shut.
    pub fn accept(&mut self) -> Option<TcpStream> {
        loop {
            let accepted = match self.accept_with_room() {
                Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => self.accept_without_room(),
                accepted => accepted.map(Some),
            };
            match accepted {
                Ok(Some(peer)) => return Some(peer),
                // Turned away, or left again before it was let in: accept(2), "Error handling".
                Ok(None) | Err(Errno::CONNABORTED | Errno::INTR) => {}
                // EINVAL: shut, see `Stop`.
                Err(Errno::AGAIN | Errno::INVAL) => return None,
                Err(_) => {
                    thread::sleep(REST);
                    if self.blocking != Blocking::Everything {
                        return None;
                    }
                }
            }
        }
    }

    fn accept_with_room(&self) -> rustix::io::Result<TcpStream> {
        // Not with the last one. The spare one is lost if a thread of ours opens something while it is given up,
        // as malloc(3) does at the start of a thread (/sys/devices/system/cpu/online).
        if self.spare.is_none() {
            return Err(Errno::MFILE);
        }
        let _others_too = SWAPPING.read();
        let peer = accept_with(&self.listener, self.flags())?;
        self.counts.connection();
        Ok(peer.into())
    }

    /// Lets in whoever is at the door in place of the spare descriptor, and turns them away unless there is
    /// another one by now. Waits if nobody is there and the listening socket blocks.
    pub fn accept_without_room(&mut self) -> rustix::io::Result<Option<TcpStream>> {
        let _nobody_else = SWAPPING.write();
        self.spare = None;
        let accepted = accept_with(&self.listener, self.flags());
        self.spare = spare(&self.listener);
        let peer = accepted?;
        self.counts.connection();
        if self.spare.is_some() {
            return Ok(Some(peer.into()));
        }
        drop(peer);
        self.spare = spare(&self.listener);
        self.counts.refuse(Refusal::Descriptors);
        Ok(None)
    }

    fn flags(&self) -> SocketFlags {
        let flags = SocketFlags::CLOEXEC;
        if self.blocking == Blocking::Nothing { flags | SocketFlags::NONBLOCK } else { flags }
    }
}

impl AsFd for Door {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

impl AsRawFd for Door {
    fn as_raw_fd(&self) -> RawFd {
        self.listener.as_raw_fd()
    }
}

fn listener(addr: SocketAddr, shared: bool) -> anyhow::Result<OwnedFd> {
    let family = if addr.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let listener = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // Else the port stays taken for a minute after a server that closed connections first (TIME_WAIT).
    sockopt::set_socket_reuseaddr(&listener, true)?;
    sockopt::set_socket_reuseport(&listener, shared)?;
    // Connections inherit it. An answer does not wait until the one before it is acknowledged.
    sockopt::set_tcp_nodelay(&listener, true)?;
    bind(&listener, &addr).with_context(|| format!("can't listen on {addr} (choose another with --addr)"))?;
    listen(&listener, BACKLOG)?;
    Ok(listener)
}

/// Any descriptor will do, and a copy of this one needs no file.
fn spare(listener: &OwnedFd) -> Option<OwnedFd> {
    fcntl_dupfd_cloexec(listener, 0).ok()
}
