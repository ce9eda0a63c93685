//! Opens connections.

use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use client::{Dialect, Place, Transport, Url};
use socket2::{SockRef, TcpKeepalive};

use crate::error::Error;
use crate::pair::PairSocket;
use crate::private;
use crate::secure::TlsWire;
use crate::unixgram::Unixgram;
use crate::wire::{LOOK_UP, MOST_UNREAD, Wire};

/// How long a connection may take to open.
const PATIENCE: u64 = 10;
/// The same for `group`, where it has always been this.
const GROUP_PATIENCE: u64 = 3;
/// How often another TCP connection is tried because the UDP port above the last one was taken.
const RETRIES: u32 = 3;
/// After how long a silent connection is looked after.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// What was opened.
#[derive(Debug)]
pub struct Opened {
    /// The connection.
    pub wire: Wire,
    /// The socket for private messages, in `group`.
    pub private: Option<UdpSocket>,
    /// The address that others know us by, as far as it can be seen from here.
    pub local: Option<SocketAddr>,
}

/// Opens a connection to where the URL points.
///
/// # Errors
/// [`Error`], which says why not and what to try.
pub fn dial(url: &Url, insecure: bool) -> Result<Opened, Error> {
    if url.dialect == Dialect::Group && !url.is_local_file() {
        return dial_group(url, insecure);
    }
    let (wire, local) = open(url, insecure, PATIENCE)?;
    Ok(Opened { wire, private: None, local })
}

/// Waits where the URL points, for a conversation of two.
///
/// # Errors
/// It can't be waited there.
pub fn listen(url: &Url) -> Result<Opened, Error> {
    let at = match (&url.place, url.transport) {
        (Place::Host { host, port }, Transport::Udp) => {
            let host = if host == "localhost" { "127.0.0.1" } else { host };
            host.parse().ok().map(|ip: IpAddr| SocketAddr::new(ip, *port))
        }
        _ => None,
    };
    let at = at.ok_or_else(|| Error::NotToListenOn(url.door()))?;
    let socket = PairSocket::bind(at).map_err(|error| Error::CannotListen(url.place.clone(), error))?;
    Ok(Opened { wire: Wire::Pair(socket), private: None, local: Some(at) })
}

fn dial_group(url: &Url, insecure: bool) -> Result<Opened, Error> {
    let ((wire, local), private) = with_private(
        || open(url, insecure, GROUP_PATIENCE),
        |(_, local)| local.and_then(|local| private::bind(local.port()).ok()),
    )?;
    Ok(Opened { wire, private, local })
}

/// The port of the private socket must be the one above the connection's: if that is taken, another
/// connection has another port. Without any, there is still the room to talk in.
fn with_private<C, P>(
    open: impl Fn() -> Result<C, Error>,
    bind: impl Fn(&C) -> Option<P>,
) -> Result<(C, Option<P>), Error> {
    let mut connection = open()?;
    for _ in 0..RETRIES {
        let private = bind(&connection);
        if private.is_some() {
            return Ok((connection, private));
        }
        // First, so that a server that is nearly full has room for the next.
        drop(connection);
        connection = open()?;
    }
    let private = bind(&connection);
    Ok((connection, private))
}

fn open(url: &Url, insecure: bool, seconds: u64) -> Result<(Wire, Option<SocketAddr>), Error> {
    let failed = |error| Error::connecting(&url.place, error, seconds);
    let wire = match (&url.place, url.transport) {
        (Place::Path(path), Transport::Unixgram) => Wire::Unixgram(Unixgram::connect(path).map_err(failed)?),
        (Place::Path(path), _) => {
            let stream = UnixStream::connect(path).map_err(failed)?;
            stream.set_write_timeout(Some(MOST_UNREAD)).map_err(failed)?;
            Wire::Unix(stream)
        }
        (Place::Host { host, port }, Transport::Udp) => {
            let socket = udp(&resolve(host, *port)?).map_err(failed)?;
            let local = socket.local_addr().ok();
            return Ok((Wire::Udp(socket), local));
        }
        (Place::Host { host, port }, transport) => {
            let stream = tcp(&resolve(host, *port)?, seconds).map_err(failed)?;
            let local = stream.local_addr().ok();
            return Ok((over_tcp(stream, transport, url, insecure, seconds)?, local));
        }
    };
    Ok((wire, None))
}

fn over_tcp(
    stream: TcpStream,
    transport: Transport,
    url: &Url,
    insecure: bool,
    seconds: u64,
) -> Result<Wire, Error> {
    let failed = |error| Error::connecting(&url.place, error, seconds);
    stream.set_nodelay(true).map_err(failed)?;
    stream.set_write_timeout(Some(MOST_UNREAD)).map_err(failed)?;
    // Only a comfort: without it, a dead peer is noticed when something is said.
    let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE));
    if transport != Transport::Tls {
        return Ok(Wire::Tcp(stream));
    }
    stream.set_read_timeout(Some(Duration::from_secs(seconds))).map_err(failed)?;
    // On this machine there is nobody in between, and servers make their own certificates.
    let here = stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
    let wire = TlsWire::connect(stream, url, insecure || here, seconds)?;
    wire.stream().set_read_timeout(None).map_err(failed)?;
    Ok(Wire::Tls(Box::new(wire)))
}

fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
    let unknown = || Error::NoSuchHost(host.to_owned());
    let found: Vec<_> = (host, port).to_socket_addrs().map_err(|_| unknown())?.collect();
    if found.is_empty() { Err(unknown()) } else { Ok(found) }
}

/// Tries one address after the other.
fn tcp(addresses: &[SocketAddr], seconds: u64) -> std::io::Result<TcpStream> {
    let mut last = std::io::ErrorKind::NotFound.into();
    for address in addresses {
        match TcpStream::connect_timeout(address, Duration::from_secs(seconds)) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Takes the first address there is a way to, IPv4 before IPv6: nobody says no to a datagram, and the
/// programs that speak in them know IPv4 alone.
fn udp(addresses: &[SocketAddr]) -> std::io::Result<UdpSocket> {
    let mut last = std::io::ErrorKind::NotFound.into();
    let (four, six): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().partition(|address| address.is_ipv4());
    for address in four.iter().chain(&six) {
        let any: SocketAddr = if address.is_ipv4() { ([0; 4], 0).into() } else { ([0u16; 8], 0).into() };
        let connected = UdpSocket::bind(any).and_then(|socket| {
            socket.connect(address)?;
            socket.set_read_timeout(Some(LOOK_UP))?;
            Ok(socket)
        });
        match connected {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn another_connection_is_tried_three_times_for_a_port_that_is_free() {
        for (taken, opened, found) in [(0, 1, true), (1, 2, true), (3, 4, true), (4, 4, false)] {
            let connections = Cell::new(0);
            let open = || {
                connections.set(connections.get() + 1);
                Ok(connections.get())
            };
            let (last, private) = with_private(open, |n| (*n > taken).then_some(())).expect("a connection");
            assert_eq!((last, connections.get(), private.is_some()), (opened, opened, found));
        }
    }
}
