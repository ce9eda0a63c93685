//! Who is at the other end of a connection, as far as the kernel or a PROXY header knows.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Its address; an IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is written as IPv4. `None` for a Unix
    /// socket.
    pub ip: Option<IpAddr>,
    /// Its port; 0 for a Unix socket.
    pub port: u16,
    /// Which user's process it is; for Unix sockets only.
    pub credentials: Option<Credentials>,
}

/// The process that connected to a Unix socket, as it was then (`SO_PEERCRED`, `unix(7)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// Process id.
    pub pid: i32,
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

impl Peer {
    /// A peer on the network.
    pub fn network(addr: SocketAddr) -> Self {
        Self { ip: Some(addr.ip().to_canonical()), port: addr.port(), credentials: None }
    }

    /// A peer on a Unix socket.
    pub fn local(credentials: Option<Credentials>) -> Self {
        Self { ip: None, port: 0, credentials }
    }

    /// Whether it is on this machine: a Unix socket or a loopback address.
    pub fn is_local(&self) -> bool {
        self.ip.is_none_or(|ip| ip.is_loopback())
    }
}

impl fmt::Display for Peer {
    /// `192.0.2.1:4711`, `[2001:db8::1]:4711`, `unix:uid=1000,pid=4711`, `unix`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ip, self.credentials) {
            (Some(ip), _) => SocketAddr::new(ip, self.port).fmt(f),
            (None, Some(Credentials { pid, uid, .. })) => write!(f, "unix:uid={uid},pid={pid}"),
            (None, None) => f.write_str("unix"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_shown_as_one_would_write_it() {
        let shown = |addr: &str| Peer::network(addr.parse().expect("address")).to_string();
        assert_eq!(shown("192.0.2.1:4711"), "192.0.2.1:4711");
        assert_eq!(shown("[2001:db8::1]:4711"), "[2001:db8::1]:4711");
        assert_eq!(shown("[::ffff:192.0.2.1]:4711"), "192.0.2.1:4711");
        let credentials = Credentials { pid: 12, uid: 1000, gid: 100 };
        assert_eq!(Peer::local(Some(credentials)).to_string(), "unix:uid=1000,pid=12");
        assert_eq!(Peer::local(None).to_string(), "unix");
    }
}
