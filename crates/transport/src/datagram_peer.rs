//! Who has sent a datagram.

use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rustix::net::{AddressFamily, SocketAddrAny, SocketAddrUnix};

use crate::peer::Peer;

/// The sender of a datagram, who can be sent to by the same name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DatagramPeer {
    /// An address and a port; an IPv4 address inside IPv6 is written as IPv4.
    Network(SocketAddr),
    /// A Unix socket at that path.
    Unix(PathBuf),
    /// A Unix socket with a name that is no file (Linux's abstract namespace, `unix(7)`): that is what a
    /// program gets which binds to no name in particular.
    Abstract(Vec<u8>),
}

impl DatagramPeer {
    /// A peer on the network.
    pub fn network(addr: SocketAddr) -> Self {
        match addr.ip().to_canonical() {
            // Only then, because a scope belongs to the address (`fe80::1%eth0`).
            ip @ IpAddr::V4(_) => Self::Network(SocketAddr::new(ip, addr.port())),
            IpAddr::V6(_) => Self::Network(addr),
        }
    }

    /// Its IP address; `None` for a Unix socket.
    pub fn ip(&self) -> Option<IpAddr> {
        self.addr().map(|addr| addr.ip())
    }

    /// Its address and port; `None` for a Unix socket.
    pub fn addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Network(addr) => Some(*addr),
            Self::Unix(_) | Self::Abstract(_) => None,
        }
    }
}

impl From<&DatagramPeer> for Peer {
    fn from(peer: &DatagramPeer) -> Self {
        peer.addr().map_or(Self::local(None), Self::network)
    }
}

impl fmt::Display for DatagramPeer {
    /// `192.0.2.1:4711`, `unix:/tmp/ann.sock`, `unix:@00001`. A peer chooses its own path, so that what a
    /// terminal would obey is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |bytes| String::from_utf8_lossy(bytes).escape_debug().to_string();
        match self {
            Self::Network(addr) => addr.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", escaped(path.as_os_str().as_bytes())),
            Self::Abstract(name) => write!(f, "unix:@{}", escaped(name)),
        }
    }
}

/// Whom the kernel names as the sender; `None` when it is nobody that could be answered.
pub(crate) fn peer_of(from: SocketAddrAny) -> Option<DatagramPeer> {
    if from.address_family() != AddressFamily::UNIX {
        // Port 0 is nobody's: such a datagram wants no answer (RFC 768).
        let addr = SocketAddr::try_from(from).ok().filter(|addr| addr.port() != 0);
        return addr.map(DatagramPeer::network);
    }
    // A path of 108 bytes comes back with a NUL behind `sun_path`, where rustix does not look for it and
    // would panic. Nobody could have listened there by our own rules either.
    if from.addr_len() as usize > LONGEST_UNIX {
        return None;
    }
    let unix = SocketAddrUnix::try_from(from).ok()?;
    match (unix.path_bytes(), unix.abstract_name()) {
        // Of a path of 107 bytes rustix leaves the NUL behind it.
        (Some(path), _) => {
            let path = path.strip_suffix(b"\0").unwrap_or(path);
            Some(DatagramPeer::Unix(PathBuf::from(OsStr::from_bytes(path))))
        }
        // rustix says "" of one without a name, too.
        (None, Some(name)) if !name.is_empty() => Some(DatagramPeer::Abstract(name.to_vec())),
        _ => None,
    }
}

/// The size of `struct sockaddr_un` on Linux: the family, and 108 bytes for the name.
const LONGEST_UNIX: usize = 2 + 108;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_shown_as_one_would_write_it() {
        let shown = |addr: &str| DatagramPeer::network(addr.parse().expect("address")).to_string();
        assert_eq!(shown("192.0.2.1:4711"), "192.0.2.1:4711");
        assert_eq!(shown("[::ffff:192.0.2.1]:4711"), "192.0.2.1:4711");
        assert_eq!(shown("[2001:db8::1]:4711"), "[2001:db8::1]:4711");
        assert_eq!(DatagramPeer::Unix("/tmp/ann.sock".into()).to_string(), "unix:/tmp/ann.sock");
        assert_eq!(DatagramPeer::Abstract(b"00001".to_vec()).to_string(), "unix:@00001");
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let path = DatagramPeer::Unix("/tmp/\u{1b}[2J\n你好".into());
        assert_eq!(path.to_string(), "unix:/tmp/\\u{1b}[2J\\n你好");
    }

    #[test]
    fn one_who_is_both_is_one() {
        let mapped = "[::ffff:192.0.2.1]:4711".parse().expect("address");
        let plain = "192.0.2.1:4711".parse().expect("address");
        assert_eq!(DatagramPeer::network(mapped), DatagramPeer::network(plain));
        assert_eq!(DatagramPeer::network(mapped).ip(), Some("192.0.2.1".parse().expect("address")));
        assert_eq!(Peer::from(&DatagramPeer::network(mapped)), Peer::network(plain));
    }

    #[test]
    fn a_sender_who_cannot_be_answered_is_nobody() {
        let network = |addr: &str| peer_of(addr.parse::<SocketAddr>().expect("address").into());
        assert_eq!(network("192.0.2.1:0"), None);
        assert_eq!(network("192.0.2.1:1").map(|peer| peer.to_string()), Some("192.0.2.1:1".into()));
        assert_eq!(peer_of(SocketAddrUnix::new_unnamed().into()), None);
    }
}
