//! What carries a dialect.

use std::fmt;

use dialect::Dialect;

/// What carries a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// TLS on TCP.
    Tls,
    /// A Unix stream socket.
    Unix,
    /// UDP.
    Udp,
    /// A Unix datagram socket.
    Unixgram,
}

impl Transport {
    pub(super) const ALL: [Self; 5] = [Self::Tcp, Self::Tls, Self::Unix, Self::Udp, Self::Unixgram];

    /// What stands before `://`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Unix => "unix",
            Self::Udp => "udp",
            Self::Unixgram => "unixgram",
        }
    }

    /// Whether what is sent arrives in the same pieces, or not at all.
    pub fn is_datagram(self) -> bool {
        matches!(self, Self::Udp | Self::Unixgram)
    }

    pub(super) fn has_path(self) -> bool {
        matches!(self, Self::Unix | Self::Unixgram)
    }

    /// The port at which a dialect is usually found.
    pub fn usual_port(self, dialect: Dialect) -> u16 {
        match (dialect, self) {
            (Dialect::Irc, Self::Tls) => 6697,
            (Dialect::Irc, _) => 6667,
            (Dialect::Line, _) => 6670,
            (Dialect::Packet, _) => 30104,
            (Dialect::Plain, _) => 8080,
            (Dialect::Group, _) => 6671,
            (Dialect::Tagged, _) => 3677,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
