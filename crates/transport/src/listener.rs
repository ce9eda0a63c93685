//! A door: one address being listened on, and the connections that come in through it.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{SocketAddrAny, SocketFlags, acceptfrom_with, sockopt};
use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};

use crate::addr::Addr;
use crate::bind::BindError;
use crate::peer::{Credentials, Peer};
use crate::stream::Stream;
use crate::tls::TlsConfig;
use crate::unix::{self, Owner, SocketFile};

/// How to open a door.
#[derive(Debug, Clone)]
pub struct ListenOptions {
    /// How many connections the kernel holds until they are accepted; it cuts this to
    /// `/proc/sys/net/core/somaxconn`. Default 4096.
    pub backlog: i32,
    /// Certificate and key, which an encrypted address must have. Connections through a TCP address are handed
    /// them as well ([`Accepted::tls`]): there the peer may choose.
    pub tls: Option<TlsConfig>,
    /// Permission bits of a Unix socket's file, such as `0o660`; `None` leaves them to the umask.
    pub unix_mode: Option<u32>,
    /// Owner of a Unix socket's file; the default leaves it.
    pub unix_owner: Owner,
    /// How long a TCP connection is silent until the kernel asks whether its peer is still there
    /// (`SO_KEEPALIVE`, `tcp(7)`): for dialects that cannot ask. Four questions, a quarter of that time apart,
    /// stay unanswered, then reading fails with `TimedOut`. From one second to nine hours; `None`, the
    /// default, never asks.
    pub keepalive: Option<Duration>,
    /// Bytes that the kernel holds for a TCP peer that does not read (`SO_SNDBUF`, `socket(7)`); `None`, the
    /// default, lets it take as many as it thinks useful, which may be megabytes.
    pub send_buffer: Option<usize>,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self {
            backlog: 4096,
            tls: None,
            unix_mode: None,
            unix_owner: Owner::default(),
            keepalive: None,
            send_buffer: None,
        }
    }
}

/// An open door. Closing is dropping; a Unix socket's file goes with it, if it is still ours.
#[derive(Debug)]
pub struct Listener {
    fd: OwnedFd,
    addr: Addr,
    tls: Option<TlsConfig>,
    /// Here for its end.
    _file: Option<SocketFile>,
    /// What connections are given that came in before the door was ours.
    early: Option<TcpOptions>,
}

/// What a TCP connection takes over from its listener.
#[derive(Debug, Clone, Copy)]
struct TcpOptions {
    keepalive: Option<Duration>,
    send_buffer: Option<usize>,
}

/// A connection that has just come in.
#[derive(Debug)]
pub struct Accepted {
    /// The connection; always [`Stream::Plain`], non-blocking, and Nagle's algorithm is off.
    pub stream: Stream,
    /// The other end.
    pub peer: Peer,
    /// On a listener with a certificate, what [`Stream::start_tls`] wants before anything is said (and after the
    /// PROXY header, where one is expected), if TLS is spoken. Not done by `accept`, so that a peer who is over
    /// a limit costs no TLS state.
    pub tls: Option<TlsConfig>,
}

impl Listener {
    /// Opens the door at `addr`. `localhost` is `127.0.0.1` here; see [`Addr::each`]. An IPv6 address is
    /// IPv6 only, so that `0.0.0.0` and `[::]` can both be opened on one port.
    ///
    /// # Errors
    /// [`BindError`], which says what to do about it.
    pub fn bind(addr: &Addr, options: ListenOptions) -> Result<Self, BindError> {
        Self::open(addr, options).map_err(|source| BindError { addr: addr.clone(), source })
    }

    fn open(addr: &Addr, options: ListenOptions) -> io::Result<Self> {
        match addr {
            _ if addr.is_tls() && options.tls.is_none() => Err(io::Error::other(NO_CERTIFICATE)),
            Addr::Tcp(endpoint)
            | Addr::Tls(endpoint)
            | Addr::Ws(endpoint)
            | Addr::Wss(endpoint)
            | Addr::Http(endpoint)
            | Addr::Https(endpoint) => {
                let (fd, at) = listen_tcp(endpoint.socket_addr(), &options)?;
                Ok(Self { fd, addr: addr.at(at), tls: options.tls, _file: None, early: None })
            }
            Addr::Udp(_) | Addr::Unixgram(_) => {
                Err(io::Error::new(io::ErrorKind::Unsupported, "datagrams come in there, not connections"))
            }
            Addr::Later(_) => {
                Err(io::Error::new(io::ErrorKind::Unsupported, "this transport is not supported yet"))
            }
            Addr::Unix(path) => {
                let (fd, file) = unix::listen(path, options.backlog, options.unix_mode, &options.unix_owner)?;
                Ok(Self { fd, addr: addr.clone(), tls: None, _file: Some(file), early: None })
            }
        }
    }

    /// The door at `addr` that somebody has opened already ([`Handed`](crate::Handed)): the same as by
    /// [`bind`](Self::bind), but that its address, its file and the file's access are matters of whoever opened
    /// it. The file is left when the door is closed.
    ///
    /// # Errors
    /// [`BindError`]: it does not listen and can't be made to.
    pub fn adopt(addr: &Addr, fd: OwnedFd, options: ListenOptions) -> Result<Self, BindError> {
        let tls = options.tls.clone();
        let adopted = match addr.is_tls() && tls.is_none() {
            true => Err(io::Error::other(NO_CERTIFICATE)),
            false => listen_on(fd, addr.endpoint().map(|_| options.tcp()), options.backlog),
        };
        match adopted {
            Ok((fd, early)) => Ok(Self { fd, addr: addr.clone(), tls, _file: None, early }),
            Err(source) => Err(BindError { addr: addr.clone(), source }),
        }
    }

    /// Where it listens: as asked for, with the real port where that was 0 and the real address where that
    /// was `localhost`.
    pub fn addr(&self) -> &Addr {
        &self.addr
    }

    /// Certificate and key, if it was given any.
    pub fn tls(&self) -> Option<&TlsConfig> {
        self.tls.as_ref()
    }

    /// The next connection, or `None` when nobody else waits (or one has given up while waiting).
    ///
    /// # Errors
    /// Most often there are no descriptors left: [`is_exhausted`]. The listener then stays readable, so
    /// that a loop which does not rest (take it out of the poll for a second) spins.
    pub fn accept(&self) -> io::Result<Option<Accepted>> {
        loop {
            match acceptfrom_with(&self.fd, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
                Ok((fd, from)) => return Ok(Some(self.accepted(fd, from))),
                Err(Errno::INTR) => {}
                Err(error) if GAVE_UP.contains(&error) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn accepted(&self, fd: OwnedFd, from: Option<SocketAddrAny>) -> Accepted {
        if let Some(options) = self.early {
            // Whoever has left already can't be given anything; reading will tell.
            let _ = options.set(&fd);
        }
        let peer = match from.map(SocketAddr::try_from) {
            Some(Ok(addr)) => Peer::network(addr),
            _ => Peer::local(credentials(&fd)),
        };
        Accepted { stream: Stream::Plain(fd), peer, tls: self.tls.clone() }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Whether an [`accept`](Listener::accept) failed for want of descriptors or memory: those already here
/// come first, so rest until some have left.
pub fn is_exhausted(error: &io::Error) -> bool {
    let exhausted = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    exhausted.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

fn listen_tcp(at: SocketAddr, options: &ListenOptions) -> io::Result<(OwnedFd, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM.nonblocking(), None)?;
    socket.set_reuse_address(true)?; // else connections just closed keep the port for a minute
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // Set once here: on Linux an accepted socket takes these over from its listener (tests/tcp.rs checks).
    options.tcp().set(&socket)?;
    socket.bind(&at.into())?;
    socket.listen(options.backlog)?;
    let at = socket.local_addr()?.as_socket().unwrap_or(at);
    Ok((socket.into(), at))
}

/// Makes a socket that is bound already, and most likely listens, what [`listen_tcp`] or `unix` would have made.
fn listen_on(
    fd: OwnedFd,
    tcp: Option<TcpOptions>,
    backlog: i32,
) -> io::Result<(OwnedFd, Option<TcpOptions>)> {
    let socket = Socket::from(fd);
    socket.set_nonblocking(true)?;
    if let Some(options) = tcp {
        options.set(&socket)?;
    }
    socket.listen(backlog)?; // again, where it listens: then it is only the length of its queue
    Ok((socket.into(), tcp))
}

impl ListenOptions {
    fn tcp(&self) -> TcpOptions {
        TcpOptions { keepalive: self.keepalive, send_buffer: self.send_buffer }
    }
}

impl TcpOptions {
    fn set(self, socket: &impl AsFd) -> io::Result<()> {
        let socket = SockRef::from(socket);
        socket.set_tcp_nodelay(true)?;
        if let Some(idle) = self.keepalive {
            socket.set_tcp_keepalive(&questions(idle))?;
        }
        self.send_buffer.map_or(Ok(()), |bytes| socket.set_send_buffer_size(bytes))
    }
}

/// When the kernel asks a silent peer, within what `tcp(7)` allows: whole seconds, up to 32767.
fn questions(idle: Duration) -> TcpKeepalive {
    let idle = Duration::from_secs(idle.as_secs().clamp(1, 32_767));
    let apart = Duration::from_secs((idle.as_secs() / 4).max(1));
    TcpKeepalive::new().with_time(idle).with_interval(apart).with_retries(4)
}

fn credentials(fd: &OwnedFd) -> Option<Credentials> {
    let ucred = sockopt::socket_peercred(fd).ok()?;
    Some(Credentials { pid: ucred.pid.as_raw_pid(), uid: ucred.uid.as_raw(), gid: ucred.gid.as_raw() })
}

const NO_CERTIFICATE: &str = "an encrypted address needs a certificate and a key";

/// Nobody there, or no longer: the failures of one connection, not of the door (`accept(2)`).
const GAVE_UP: [Errno; 11] = [
    Errno::AGAIN,
    Errno::CONNABORTED,
    Errno::PROTO,
    Errno::PERM,
    Errno::NETDOWN,
    Errno::NOPROTOOPT,
    Errno::HOSTDOWN,
    Errno::NONET,
    Errno::HOSTUNREACH,
    Errno::NETUNREACH,
    Errno::TIMEDOUT,
];
