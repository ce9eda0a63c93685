//! A door for datagrams: one socket, UDP or Unix, for all who send to it.
//!
//! There are no connections here: whoever sends is a peer by address only ([`DatagramPeer`]), everything is
//! sent from the address that is listened on, and only the reader of the door knows that a peer has spoken.
//! [`DatagramStream`] is one peer seen as a connection, for what is written to it.
//!
//! ```text
//!   DatagramListener ── readable ──▶ unreachable() until None, then receive() until None
//!                                       │                              │
//!                                       ▼                              ▼
//!                            that peer is gone            new peer: DatagramStream::new(door, peer)
//! ```
//!
//! A UDP source address is whatever its sender wrote there, and a Unix socket's path may lead elsewhere by
//! the time it is answered, with the rights of this process: a socket file's mode says who may send at all.
//! Whom to believe and how much to send them is decided above.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketAddrAny, SocketAddrUnix};
use socket2::{Domain, Socket, Type};

use crate::addr::Addr;
use crate::bind::BindError;
pub use crate::datagram_peer::DatagramPeer;
use crate::datagram_peer::peer_of;
use crate::icmp;
use crate::stream::WriteOutcome;
use crate::unix::{self, Owner, SocketFile};

/// The longest datagram that UDP over IPv4 carries.
pub const LONGEST: usize = 65_507;

/// Earlier datagrams' failures that are passed over before an attempt is given up.
const EARLIER: usize = 8;

/// How to open a door for datagrams.
#[derive(Debug, Clone)]
pub struct DatagramOptions {
    /// Permission bits of a Unix socket's file, such as `0o660`; `None` leaves them to the umask.
    pub unix_mode: Option<u32>,
    /// Owner of a Unix socket's file; the default leaves it.
    pub unix_owner: Owner,
    /// Bytes the kernel holds until they are received (UDP); what does not fit is lost. The kernel cuts this
    /// to `/proc/sys/net/core/rmem_max`. Default 1 MiB; `None` leaves the kernel's own default.
    pub receive_buffer: Option<usize>,
}

impl Default for DatagramOptions {
    fn default() -> Self {
        Self { unix_mode: None, unix_owner: Owner::default(), receive_buffer: Some(1024 * 1024) }
    }
}

/// An open door for datagrams. Closing is dropping, also of every [`DatagramStream`] through it; a Unix
/// socket's file goes with it, if it is still ours.
#[derive(Debug)]
pub struct DatagramListener {
    fd: OwnedFd,
    addr: Addr,
    /// Here for its end.
    _file: Option<SocketFile>,
}

impl DatagramListener {
    /// Opens the door at a `udp://` or `unixgram://` address. `localhost` is `127.0.0.1` here, see
    /// [`Addr::each`]; an IPv6 address is IPv6 only.
    ///
    /// On a machine with several addresses, what is sent from `0.0.0.0` carries the one that the kernel
    /// finds nearest to the peer, which need not be the one the peer has sent to: open that one then.
    ///
    /// # Errors
    /// [`BindError`], which says what to do about it.
    pub fn bind(addr: &Addr, options: DatagramOptions) -> Result<Self, BindError> {
        Self::open(addr, options).map_err(|source| BindError { addr: addr.clone(), source })
    }

    fn open(addr: &Addr, options: DatagramOptions) -> io::Result<Self> {
        let DatagramOptions { unix_mode, unix_owner, receive_buffer } = options;
        match addr {
            Addr::Udp(endpoint) => {
                let (fd, at) = bind_udp(endpoint.socket_addr(), receive_buffer)?;
                Ok(Self { fd, addr: addr.at(at), _file: None })
            }
            Addr::Unixgram(path) => {
                let (fd, file) = unix::bind_datagram(path, unix_mode, &unix_owner)?;
                Ok(Self { fd, addr: addr.clone(), _file: Some(file) })
            }
            _ => Err(io::Error::new(io::ErrorKind::Unsupported, "no datagrams come in there")),
        }
    }

    /// The door at `addr` that somebody has opened already ([`Handed`](crate::Handed)). Its address, its file and
    /// the file's access are matters of whoever opened it; the file is left when the door is closed.
    ///
    /// # Errors
    /// [`BindError`]: the system refuses what a door for datagrams needs.
    pub fn adopt(addr: &Addr, fd: OwnedFd, options: DatagramOptions) -> Result<Self, BindError> {
        let socket = Socket::from(fd);
        let prepared = match addr.endpoint() {
            Some(endpoint) => prepare_udp(&socket, endpoint.socket_addr(), options.receive_buffer),
            None => Ok(()),
        };
        match prepared.and_then(|()| socket.set_nonblocking(true)) {
            Ok(()) => Ok(Self { fd: socket.into(), addr: addr.clone(), _file: None }),
            Err(source) => Err(BindError { addr: addr.clone(), source }),
        }
    }

    /// Where it listens: as asked for, with the real port where that was 0 and the real address where that
    /// was `localhost`.
    pub fn addr(&self) -> &Addr {
        &self.addr
    }

    /// The address and port it listens on and sends from; `None` for a Unix socket.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.addr.endpoint().map(|endpoint| endpoint.socket_addr())
    }

    /// The next datagram: its real length, also where `buf` was too short and holds only its start, and its
    /// sender. `None` when no more wait.
    ///
    /// # Errors
    /// [`is_nameless`]: this datagram cannot be answered and is passed over; go on with the next. Anything
    /// else is about the door itself.
    pub fn receive(&self, buf: &mut [u8]) -> io::Result<Option<(usize, DatagramPeer)>> {
        let attempt = || rustix::net::recvfrom(&self.fd, &mut *buf, RecvFlags::TRUNC);
        match self.past_earlier_failures(attempt) {
            Ok((_, length, from)) => match from.and_then(peer_of) {
                Some(peer) => Ok(Some((length, peer))),
                None => Err(io::Error::new(io::ErrorKind::AddrNotAvailable, NAMELESS)),
            },
            Err(Errno::AGAIN) => Ok(None),
            // Still others' failures: the poll reports again what waits behind them.
            Err(error) if self.is_udp() && icmp::ERRORS.contains(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends one datagram, whole, from the address listened on. That it was taken does not mean that it
    /// arrives.
    ///
    /// `WouldBlock`: a queue of the kernel is full. For UDP it is the door's own, and the door becomes
    /// writable. For a Unix socket it is the one peer's, who does not read, and no poll tells when it does:
    /// drop the datagram or try again later.
    ///
    /// # Errors
    /// A datagram longer than the network carries (`EMSGSIZE`), a network that is not there; for Unix sockets
    /// also that the peer is gone (`ConnectionRefused`, `NotFound`), which UDP says in
    /// [`unreachable`](Self::unreachable).
    pub fn send(&self, bytes: &[u8], to: &DatagramPeer) -> io::Result<WriteOutcome> {
        let to = match to {
            DatagramPeer::Network(addr) => SocketAddrAny::from(*addr),
            DatagramPeer::Unix(path) => SocketAddrUnix::new(path.as_path())?.into(),
            DatagramPeer::Abstract(name) => SocketAddrUnix::new_abstract_name(name)?.into(),
        };
        let attempt = || rustix::net::sendto(&self.fd, bytes, SendFlags::NOSIGNAL, &to);
        match self.past_earlier_failures(attempt) {
            Ok(_) => Ok(WriteOutcome::Wrote(bytes.len())),
            Err(Errno::AGAIN) => Ok(WriteOutcome::WouldBlock),
            // The network's queue was full and it is lost on the way, as it may be anywhere else.
            Err(Errno::NOBUFS) if self.is_udp() => Ok(WriteOutcome::Wrote(bytes.len())),
            Err(error) => Err(error.into()),
        }
    }

    /// A UDP peer to which something was sent, and whose machine answered that nobody listens there (ICMP
    /// port unreachable). `None` when there are no more such answers; always, for a Unix socket.
    ///
    /// To be asked until `None` whenever the door is ready: until then the poll reports it again. Whoever
    /// sees the traffic can forge such an answer, as he can forge datagrams.
    pub fn unreachable(&self) -> Option<DatagramPeer> {
        if !self.is_udp() {
            return None;
        }
        icmp::next_refusal(&self.fd).map(DatagramPeer::network)
    }

    fn is_udp(&self) -> bool {
        matches!(self.addr, Addr::Udp(_))
    }

    /// A UDP socket that hears of ICMP errors fails its next call with what became of an earlier datagram,
    /// perhaps to somebody else ([`icmp`]). That is no failure of this call: it is made again.
    fn past_earlier_failures<T>(&self, mut attempt: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
        let mut left = if self.is_udp() { EARLIER } else { 0 };
        loop {
            match attempt() {
                Err(Errno::INTR) => {}
                Err(error) if left > 0 && icmp::ERRORS.contains(&error) => left -= 1,
                outcome => return outcome,
            }
        }
    }
}

impl AsFd for DatagramListener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Whether a [`receive`](DatagramListener::receive) failed because the datagram's sender has no name that
/// can be sent to: a Unix socket that was not bound, or UDP's port 0.
pub fn is_nameless(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable && error.raw_os_error().is_none()
}

const NAMELESS: &str = "a datagram came from a sender without a name, who cannot be answered: \
                        a Unix socket must be bound to a path first";

fn bind_udp(at: SocketAddr, receive_buffer: Option<usize>) -> io::Result<(OwnedFd, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM.nonblocking(), None)?;
    // No SO_REUSEADDR: on UDP it would let a second server take the datagrams of the first.
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    prepare_udp(&socket, at, receive_buffer)?;
    socket.bind(&at.into())?;
    let at = socket.local_addr()?.as_socket().unwrap_or(at);
    Ok((socket.into(), at))
}

fn prepare_udp(socket: &Socket, at: SocketAddr, receive_buffer: Option<usize>) -> io::Result<()> {
    icmp::listen_to(socket, at.is_ipv6())?;
    receive_buffer.map_or(Ok(()), |bytes| socket.set_recv_buffer_size(bytes))
}

/// One datagram peer, as a connection to write to. Reading is the door's.
#[derive(Debug, Clone)]
pub struct DatagramStream {
    door: Arc<DatagramListener>,
    peer: DatagramPeer,
}

impl DatagramStream {
    /// The peer as it is reached through `door`.
    pub fn new(door: Arc<DatagramListener>, peer: DatagramPeer) -> Self {
        Self { door, peer }
    }

    /// The door it came in by.
    pub fn door(&self) -> &Arc<DatagramListener> {
        &self.door
    }

    /// Whom it is sent to.
    pub fn peer(&self) -> &DatagramPeer {
        &self.peer
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<WriteOutcome> {
        self.door.send(bytes, &self.peer)
    }

    /// Each piece is a datagram; empty ones are passed over. What has been sent is said before an error is.
    pub(crate) fn write_vectored(&self, pieces: &[IoSlice<'_>]) -> io::Result<WriteOutcome> {
        let mut wrote = 0;
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            match self.write(piece) {
                Ok(WriteOutcome::Wrote(n)) => wrote += n,
                Ok(WriteOutcome::WouldBlock) if wrote == 0 => return Ok(WriteOutcome::WouldBlock),
                Err(error) if wrote == 0 => return Err(error),
                Ok(WriteOutcome::WouldBlock) | Err(_) => break,
            }
        }
        Ok(WriteOutcome::Wrote(wrote))
    }
}

impl AsFd for DatagramStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.door.as_fd()
    }
}
