//! Opens connections without ever waiting for one.
//!
//! A connect over loopback is complete when the call returns, unless the server's accept queue is full:
//! then the kernel drops the SYN and would try again a second later. That is noticed here and reported,
//! so that the caller lets the server catch up first.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, anyhow};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, getpeername, socket_with, sockopt};

/// Connections from one source address before the next is taken: there are some 28,000 ports, and one that
/// was used a minute ago may still be in TIME_WAIT.
const PER_SOURCE: u32 = 12_000;
/// Source addresses to go round: 127.0.0.1 to 127.0.0.40.
const SOURCES: u32 = 40;

/// Opens connections to one server.
#[derive(Debug)]
pub struct Dialer {
    target: SocketAddr,
    made: u32,
    receive_buffer: Option<usize>,
}

/// How a try to connect ended.
#[derive(Debug)]
pub enum Dialed {
    /// The connection is open.
    Open(OwnedFd),
    /// The server's accept queue is full: try again when it has accepted some.
    QueueFull,
}

impl Dialer {
    /// A dialer to an address.
    pub fn new(target: SocketAddr) -> Self {
        Self { target, made: 0, receive_buffer: None }
    }

    /// Gives the next connections a receive buffer of so many bytes, `None` for the kernel's choice.
    pub fn receive_buffer(&mut self, bytes: Option<usize>) {
        self.receive_buffer = bytes;
    }

    /// Opens one connection. Its descriptor is non-blocking, and Nagle is off.
    pub fn dial(&mut self) -> anyhow::Result<Dialed> {
        loop {
            let socket = self.socket()?;
            self.made += 1;
            match connect(&socket, &self.target) {
                Ok(()) => return Ok(Dialed::Open(socket)),
                Err(Errno::INPROGRESS) if getpeername(&socket).is_ok() => return Ok(Dialed::Open(socket)),
                Err(Errno::INPROGRESS) => return self.pending(&socket),
                Err(Errno::ADDRNOTAVAIL) if self.next_source() => {}
                Err(error) => return Err(self.explain(error)),
            }
        }
    }

    /// Not open at once: refused, or the accept queue is full.
    fn pending(&self, socket: &OwnedFd) -> anyhow::Result<Dialed> {
        match sockopt::socket_error(socket)? {
            Ok(()) => Ok(Dialed::QueueFull),
            Err(error) => Err(self.explain(error)),
        }
    }

    fn socket(&self) -> anyhow::Result<OwnedFd> {
        let family = if self.target.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket =
            socket_with(family, SocketType::STREAM, flags, None).map_err(|error| self.explain(error))?;
        sockopt::set_tcp_nodelay(&socket, true)?;
        if let Some(bytes) = self.receive_buffer {
            sockopt::set_socket_recv_buffer_size(&socket, bytes)?;
        }
        if let Some(source) = self.source() {
            sockopt::set_socket_reuseaddr(&socket, true)?;
            bind(&socket, &source).with_context(|| format!("can't use {source} as a source address"))?;
        }
        Ok(socket)
    }

    /// Where the next connection comes from; `None` leaves it to the kernel.
    fn source(&self) -> Option<SocketAddr> {
        let number = (self.made / PER_SOURCE) % SOURCES;
        let last = u8::try_from(number + 1).ok()?;
        let source = IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
        (self.target.is_ipv4() && number > 0).then(|| SocketAddr::new(source, 0))
    }

    /// Goes on to the next source address; whether there is one.
    fn next_source(&mut self) -> bool {
        let next = (self.made / PER_SOURCE + 1) * PER_SOURCE;
        self.made = next;
        self.target.is_ipv4() && next < PER_SOURCE * SOURCES
    }

    fn explain(&self, error: Errno) -> anyhow::Error {
        let target = self.target;
        match error {
            Errno::CONNREFUSED => anyhow!("nothing listens on {target}: is the server running there?"),
            Errno::MFILE | Errno::NFILE => {
                anyhow!("out of file descriptors: raise ulimit -n, or ask for fewer connections")
            }
            Errno::ADDRNOTAVAIL => {
                anyhow!("no free ports left to reach {target} from; wait a minute and try again")
            }
            error => anyhow!("can't connect to {target}: {error}"),
        }
    }
}

/// Makes closing a connection abort it, so that thousands leave no port in TIME_WAIT.
pub fn abort_on_close(socket: &OwnedFd) {
    // Only politeness towards the next run: if it fails, ports come back a minute later.
    let _ = sockopt::set_socket_linger(socket, Some(Duration::ZERO));
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_refused_connection_says_where() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("its address");
        drop(listener);

        let error = Dialer::new(addr).dial().expect_err("nobody is there");

        assert_eq!(error.to_string(), format!("nothing listens on {addr}: is the server running there?"));
    }

    #[test]
    fn source_addresses_change_before_the_ports_run_out() {
        let mut dialer = Dialer::new("127.0.0.1:6667".parse().expect("an address"));
        assert_eq!(dialer.source(), None);
        dialer.made = PER_SOURCE;
        assert_eq!(dialer.source(), Some("127.0.0.2:0".parse().expect("an address")));
    }

    #[test]
    fn a_full_accept_queue_is_noticed_at_once() {
        // 4096 is the kernel's own cap on what std asks for, so the queue is made short by hand.
        let family = AddressFamily::INET;
        let socket = rustix::net::socket(family, SocketType::STREAM, None).expect("a socket");
        let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        bind(&socket, &any).expect("a port");
        rustix::net::listen(&socket, 1).expect("to listen");
        let listener = TcpListener::from(socket);
        let mut dialer = Dialer::new(listener.local_addr().expect("its address"));

        let mut open = Vec::new();
        let full = loop {
            match dialer.dial().expect("a connection or a full queue") {
                Dialed::Open(connection) => open.push(connection),
                Dialed::QueueFull => break open.len(),
            }
        };

        assert_eq!(full, 2);
    }
}
