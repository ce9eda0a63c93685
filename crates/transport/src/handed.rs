//! Sockets that were open before this program began: socket activation, as `sd_listen_fds(3)` tells it.
//!
//! Whoever starts the server may hand over sockets that listen already, from descriptor 3 on. The ports then
//! stay open while the server is away, those who connect meanwhile wait, and a port below 1024 needs no right
//! of ours. Which socket is for which door is seen from its address and nothing else: the same configuration
//! works with and without.

use std::env;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use listenfd::ListenFd;
use rustix::net::{SocketAddrUnix, SocketType, getpeername, getsockname, sockopt};

use crate::addr::Addr;

/// The sockets that were handed over and that no door has taken yet. Dropping it closes them.
#[derive(Debug, Default)]
pub struct Handed(Vec<HandedSocket>);

/// One of them, which belongs to no door.
#[derive(Debug)]
pub struct HandedSocket {
    /// As whoever handed it over calls it.
    name: String,
    place: Place,
    /// Here for its end. None for what is no socket, which nobody can close.
    fd: Option<OwnedFd>,
}

/// What a descriptor is the end of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Stream(SocketAddr),
    Datagrams(SocketAddr),
    Unix(PathBuf),
    Unixgram(PathBuf),
    /// Nothing that could be a door, and why.
    Nowhere(&'static str),
}

impl Handed {
    /// What the environment says was handed over: `LISTEN_FDS` so many, to the process `LISTEN_PID` if it names one,
    /// with the names `LISTEN_FDNAMES`. Afterwards it says nothing of them but the names. To be called once, before
    /// there are threads.
    pub fn from_env() -> Self {
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut fds = ListenFd::from_env();
        let named = (0..fds.len()).map(|number| (names.next().unwrap_or_default().to_owned(), number));
        Self(named.map(|(name, number)| HandedSocket::new(name, take(&mut fds, number))).collect())
    }

    /// These sockets, with their names.
    pub fn new(sockets: impl IntoIterator<Item = (String, OwnedFd)>) -> Self {
        Self(sockets.into_iter().map(|(name, fd)| HandedSocket::new(name, Some(fd))).collect())
    }

    /// The socket that listens at this address, if there is one: for [`Listener::adopt`](crate::Listener::adopt)
    /// or [`DatagramListener::adopt`](crate::DatagramListener::adopt). Port 0 is no address in particular.
    pub fn take(&mut self, addr: &Addr) -> Option<OwnedFd> {
        let number = self.0.iter().position(|socket| socket.place.is_at(addr))?;
        self.0.remove(number).fd
    }

    /// Those that no door has taken. Dropping one closes it.
    pub fn left(self) -> Vec<HandedSocket> {
        self.0
    }
}

impl HandedSocket {
    fn new(name: String, fd: Option<OwnedFd>) -> Self {
        let place = fd.as_ref().map_or(Place::Nowhere("it is no socket"), place_of);
        Self { name, place, fd }
    }
}

impl fmt::Display for HandedSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Stream(at) => write!(f, "tcp://{at}")?,
            Place::Datagrams(at) => write!(f, "udp://{at}")?,
            Place::Unix(path) => write!(f, "unix://{}", path.display())?,
            Place::Unixgram(path) => write!(f, "unixgram://{}", path.display())?,
            Place::Nowhere(why) => f.write_str(why)?,
        }
        if self.name.is_empty() { Ok(()) } else { write!(f, " ({})", self.name) }
    }
}

impl Place {
    fn is_at(&self, addr: &Addr) -> bool {
        let network = |at: &SocketAddr| {
            let wanted = addr.endpoint().map(|endpoint| endpoint.socket_addr());
            wanted.is_some_and(|wanted| (wanted.ip(), wanted.port()) == (at.ip(), at.port()))
        };
        match (self, addr) {
            (Self::Unix(path), Addr::Unix(wanted)) | (Self::Unixgram(path), Addr::Unixgram(wanted)) => {
                is_same(path, wanted)
            }
            (Self::Stream(at), addr) => !addr.is_datagram() && network(at),
            (Self::Datagrams(at), addr) => addr.is_datagram() && network(at),
            _ => false,
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let absolute = |path| std::path::absolute(path).ok();
    absolute(one) == absolute(other)
}

/// A descriptor as what it is; none for what is no socket.
fn take(fds: &mut ListenFd, number: usize) -> Option<OwnedFd> {
    let tcp = fds.take_tcp_listener(number).map(|fd| fd.map(OwnedFd::from));
    let unix = |_| fds.take_unix_listener(number).map(|fd| fd.map(OwnedFd::from));
    let stream: io::Result<_> = tcp.or_else(unix);
    let udp = |_| fds.take_udp_socket(number).map(|fd| fd.map(OwnedFd::from));
    let datagrams = stream.or_else(udp);
    datagrams.or_else(|_| fds.take_unix_datagram(number).map(|fd| fd.map(OwnedFd::from))).ok().flatten()
}

fn place_of(fd: &OwnedFd) -> Place {
    let Ok(kind) = sockopt::socket_type(fd) else { return Place::Nowhere("it is no socket") };
    if getpeername(fd).is_ok_and(|peer| peer.is_some()) {
        return Place::Nowhere("a connection, no listening socket");
    }
    let Ok(name) = getsockname(fd.as_fd()) else { return Place::Nowhere("a socket without an address") };
    let network = SocketAddr::try_from(name.clone()).ok();
    let path = SocketAddrUnix::try_from(name).ok();
    let path = path.and_then(|name| Some(name.path()?.into_owned().into_bytes()));
    let path = path.map(|bytes| PathBuf::from(std::ffi::OsString::from_vec(bytes)));
    match (kind, network, path) {
        (SocketType::STREAM, Some(at), _) => Place::Stream(at),
        (SocketType::DGRAM, Some(at), _) => Place::Datagrams(at),
        (SocketType::STREAM, None, Some(path)) => Place::Unix(path),
        (SocketType::DGRAM, None, Some(path)) => Place::Unixgram(path),
        _ => Place::Nowhere("a socket of a kind that no door is"),
    }
}
