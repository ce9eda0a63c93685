//! Where to listen, as it is written in the configuration and on the command line.
//!
//! ```text
//! addr   = "tcp://" host ":" port        ; plain TCP
//!        / "tls://" host ":" port        ; TLS on TCP
//!        / "ws://" host ":" port         ; WebSocket (RFC 6455)
//!        / "wss://" host ":" port        ; WebSocket in TLS
//!        / "http://" host ":" port       ; the web client, and WebSocket at /ws
//!        / "https://" host ":" port      ; the same in TLS
//!        / "unix://" path                ; a Unix stream socket; unix:///abs or unix://relative
//!        / "udp://" host ":" port        ; datagrams
//!        / "unixgram://" path            ; a Unix datagram socket
//! host   = IPv4 / "[" IPv6 "]" / "localhost"
//! port   = 0-65535                       ; 0: any free port
//! ```
//!
//! Names are not looked up: what a server opens must not depend on what a resolver says today.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One address to listen on. [`FromStr`] and [`Display`](fmt::Display) undo each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Addr {
    /// `tcp://HOST:PORT`
    Tcp(Endpoint),
    /// `tls://HOST:PORT`
    Tls(Endpoint),
    /// `ws://HOST:PORT`: WebSocket, whatever path is asked for.
    Ws(Endpoint),
    /// `wss://HOST:PORT`
    Wss(Endpoint),
    /// `http://HOST:PORT`: pages, and WebSocket at `/ws`.
    Http(Endpoint),
    /// `https://HOST:PORT`
    Https(Endpoint),
    /// `unix://PATH`; a relative path is relative to whatever [`Addr::under`] says, else to the working
    /// directory.
    Unix(PathBuf),
    /// `udp://HOST:PORT`; opened with [`DatagramListener`](crate::DatagramListener).
    Udp(Endpoint),
    /// `unixgram://PATH`; the path as for [`Addr::Unix`].
    Unixgram(PathBuf),
    /// A transport that is still to come, as it was written: a configuration may name it already, and
    /// nothing can be opened there.
    Later(String),
}

/// A host and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The interface to open.
    pub host: Host,
    /// The port; 0 lets the system choose a free one.
    pub port: u16,
}

/// The interface to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// `localhost`: 127.0.0.1, and ::1 where there is IPv6 (see [`Addr::each`]).
    Localhost,
    /// One address, or `0.0.0.0` and `[::]` for every IPv4 or every IPv6 address of this machine.
    Ip(IpAddr),
}

/// Why a text is not an [`Addr`]. Each message says what is wrong and what is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddrError {
    /// There is no `://`.
    #[error(
        "`{0}` does not say how to listen: write tcp://127.0.0.1:6667, tls://[::]:6697, http://127.0.0.1:8067, \
         ws://127.0.0.1:8097, unix:///run/saloon.sock, udp://127.0.0.1:30104 or unixgram:///run/saloon.dgram"
    )]
    NoScheme(String),
    /// The part before `://` is none that we know.
    #[error(
        "`{0}://` is not a transport: expected tcp://, tls://, http://, https://, ws://, wss://, unix://, udp:// \
         or unixgram://"
    )]
    UnknownScheme(String),
    /// There is no `:PORT`.
    #[error("`{0}` has no port: expected HOST:PORT, as in 127.0.0.1:6667 or [::1]:6667")]
    NoPort(String),
    /// What follows the last colon is not a port.
    #[error("`{0}` is not a port: expected a number from 0 to 65535 (0 is any free port)")]
    BadPort(String),
    /// The host is neither an address nor `localhost`.
    #[error(
        "`{0}` is not an address of this machine: expected an IPv4 address, an IPv6 address in brackets, or \
         localhost (0.0.0.0 and [::] mean every address; names are not looked up)"
    )]
    BadHost(String),
    /// An IPv6 address without brackets, so that its end and the port's start cannot be told apart.
    #[error("`{0}` looks like IPv6: write it in brackets, as in [::1]:6667")]
    NoBrackets(String),
    /// `unix://` or `unixgram://` without a path, or with a NUL byte in it.
    #[error("`{0}://` needs the path of a socket file, as in {0}:///run/saloon.sock")]
    BadPath(String),
}

impl Addr {
    /// What stands before `://`.
    pub fn scheme(&self) -> &str {
        match self {
            Self::Tcp(_) => "tcp",
            Self::Tls(_) => "tls",
            Self::Ws(_) => "ws",
            Self::Wss(_) => "wss",
            Self::Http(_) => "http",
            Self::Https(_) => "https",
            Self::Unix(_) => "unix",
            Self::Udp(_) => "udp",
            Self::Unixgram(_) => "unixgram",
            Self::Later(text) => text.split_once("://").map_or("", |(scheme, _)| scheme),
        }
    }

    /// Whether it can be opened: false for a transport that is still to come.
    pub fn is_supported(&self) -> bool {
        !matches!(self, Self::Later(_))
    }

    /// Whether connections here are encrypted by us.
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_) | Self::Wss(_) | Self::Https(_))
    }

    /// Whether HTTP is spoken here first.
    pub fn is_web(&self) -> bool {
        matches!(self, Self::Ws(_) | Self::Wss(_)) || self.has_pages()
    }

    /// Whether there is more to see here than WebSocket.
    pub fn has_pages(&self) -> bool {
        matches!(self, Self::Http(_) | Self::Https(_))
    }

    /// Whether datagrams come in here rather than connections: opened with
    /// [`DatagramListener::bind`](crate::DatagramListener::bind), not [`Listener::bind`](crate::Listener::bind).
    pub fn is_datagram(&self) -> bool {
        matches!(self, Self::Udp(_) | Self::Unixgram(_))
    }

    /// The host and port; none for a socket file.
    pub fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::Tcp(endpoint)
            | Self::Tls(endpoint)
            | Self::Ws(endpoint)
            | Self::Wss(endpoint)
            | Self::Http(endpoint)
            | Self::Https(endpoint)
            | Self::Udp(endpoint) => Some(*endpoint),
            Self::Unix(_) | Self::Unixgram(_) | Self::Later(_) => None,
        }
    }

    /// Whether only programs on this machine can reach it.
    pub fn is_local(&self) -> bool {
        self.endpoint().is_none_or(|endpoint| endpoint.host.ip().is_loopback())
    }

    /// The same address with a Unix socket's relative path taken from `directory`.
    pub fn under(&self, directory: &Path) -> Self {
        match self {
            Self::Unix(path) => Self::Unix(directory.join(path)),
            Self::Unixgram(path) => Self::Unixgram(directory.join(path)),
            other => other.clone(),
        }
    }

    /// The same address with another host and port, where it has these.
    pub fn at(&self, at: SocketAddr) -> Self {
        let endpoint = Endpoint { host: Host::Ip(at.ip()), port: at.port() };
        match self {
            Self::Tcp(_) => Self::Tcp(endpoint),
            Self::Tls(_) => Self::Tls(endpoint),
            Self::Ws(_) => Self::Ws(endpoint),
            Self::Wss(_) => Self::Wss(endpoint),
            Self::Http(_) => Self::Http(endpoint),
            Self::Https(_) => Self::Https(endpoint),
            Self::Udp(_) => Self::Udp(endpoint),
            Self::Unix(_) | Self::Unixgram(_) | Self::Later(_) => self.clone(),
        }
    }

    /// The addresses that must be bound for this one: itself, except that `localhost` is `127.0.0.1` and
    /// then `[::1]`. A machine without IPv6 refuses the second ([`BindError::is_absent`](crate::BindError)),
    /// which is no reason not to start. With port 0 the two get different ports.
    pub fn each(&self) -> Vec<Self> {
        match self.endpoint() {
            Some(Endpoint { host: Host::Localhost, port }) => {
                let ips = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
                ips.map(|ip| self.at(SocketAddr::new(ip, port))).to_vec()
            }
            _ => vec![self.clone()],
        }
    }
}

impl Endpoint {
    /// The socket address to bind; `localhost` is `127.0.0.1`.
    pub fn socket_addr(&self) -> SocketAddr {
        SocketAddr::new(self.host.ip(), self.port)
    }
}

impl Host {
    /// The address; `localhost` is `127.0.0.1`.
    pub fn ip(&self) -> IpAddr {
        match self {
            Self::Localhost => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Self::Ip(ip) => *ip,
        }
    }
}

impl FromStr for Addr {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let (scheme, rest) = text.split_once("://").ok_or_else(|| AddrError::NoScheme(text.into()))?;
        match scheme {
            "tcp" => Ok(Self::Tcp(rest.parse()?)),
            "tls" => Ok(Self::Tls(rest.parse()?)),
            "ws" => Ok(Self::Ws(rest.parse()?)),
            "wss" => Ok(Self::Wss(rest.parse()?)),
            "http" => Ok(Self::Http(rest.parse()?)),
            "https" => Ok(Self::Https(rest.parse()?)),
            "udp" => Ok(Self::Udp(rest.parse()?)),
            "unix" | "unixgram" if rest.is_empty() || rest.contains('\0') => {
                Err(AddrError::BadPath(scheme.into()))
            }
            "unix" => Ok(Self::Unix(rest.into())),
            "unixgram" => Ok(Self::Unixgram(rest.into())),
            "multicast" => Ok(Self::Later(text.into())),
            _ => Err(AddrError::UnknownScheme(scheme.into())),
        }
    }
}

impl FromStr for Endpoint {
    type Err = AddrError;

    /// `HOST:PORT`, where an IPv6 host stands in brackets.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        if !text.starts_with('[') && text.parse::<Ipv6Addr>().is_ok() {
            return Err(AddrError::NoBrackets(text.into()));
        }
        let no_port = || AddrError::NoPort(text.into());
        let (host, port) = text.rsplit_once(':').ok_or_else(no_port)?;
        if host.starts_with('[') && !host.ends_with(']') {
            return Err(no_port());
        }
        Ok(Self { host: host.parse()?, port: decode_port(port)? })
    }
}

impl FromStr for Host {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        let bad = || AddrError::BadHost(text.into());
        if text.eq_ignore_ascii_case("localhost") {
            return Ok(Self::Localhost);
        }
        if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return inside.parse().map(|ip: Ipv6Addr| Self::Ip(ip.into())).map_err(|_| bad());
        }
        if text.contains(':') {
            return Err(AddrError::NoBrackets(text.into()));
        }
        text.parse().map(|ip: Ipv4Addr| Self::Ip(ip.into())).map_err(|_| bad())
    }
}

fn decode_port(text: &str) -> Result<u16, AddrError> {
    let bad = || AddrError::BadPort(text.into());
    // `u16::from_str` also takes a plus sign.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    text.parse().map_err(|_| bad())
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.endpoint()) {
            (_, Some(endpoint)) => write!(f, "{}://{endpoint}", self.scheme()),
            (Self::Unix(path) | Self::Unixgram(path), None) => {
                write!(f, "{}://{}", self.scheme(), path.display())
            }
            (Self::Later(text), None) => f.write_str(text),
            (_, None) => unreachable!("all the others have an endpoint"),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost => f.write_str("localhost"),
            Self::Ip(IpAddr::V4(ip)) => ip.fmt(f),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_printed_again() {
        for text in [
            "tcp://127.0.0.1:6667",
            "tcp://0.0.0.0:0",
            "tls://[::]:6697",
            "tls://[2001:db8::1]:65535",
            "tcp://localhost:6667",
            "ws://[::]:80",
            "wss://localhost:443",
            "http://127.0.0.1:8067",
            "https://0.0.0.0:443",
            "unix:///run/saloon.sock",
            "unix://saloon.sock",
            "unix://run/with a space:1.sock",
            "udp://127.0.0.1:30104",
            "udp://[::1]:0",
            "unixgram:///run/saloon.dgram",
            "unixgram://saloon.dgram",
        ] {
            assert_eq!(text.parse::<Addr>().map(|addr| addr.to_string()), Ok(text.into()));
        }
    }

    #[test]
    fn a_transport_still_to_come_can_be_named_and_not_opened() {
        let text = "multicast://239.0.0.1:1";
        let addr: Addr = text.parse().expect("an address");
        assert!(!addr.is_supported() && addr.to_string() == text);
        let error = crate::Listener::bind(&addr, Default::default()).expect_err("not yet");
        assert!(error.to_string().contains("not supported yet"), "{error}");
    }

    #[test]
    fn an_error_names_the_part_that_is_wrong() {
        let s = String::from;
        for (text, error) in [
            ("127.0.0.1:6667", AddrError::NoScheme(s("127.0.0.1:6667"))),
            ("", AddrError::NoScheme(s(""))),
            ("gopher://[::]:80", AddrError::UnknownScheme(s("gopher"))),
            ("TCP://[::]:80", AddrError::UnknownScheme(s("TCP"))),
            ("tcp://127.0.0.1", AddrError::NoPort(s("127.0.0.1"))),
            ("tcp://[::1]", AddrError::NoPort(s("[::1]"))),
            ("tcp://", AddrError::NoPort(s(""))),
            ("tcp://127.0.0.1:", AddrError::BadPort(s(""))),
            ("tcp://127.0.0.1:65536", AddrError::BadPort(s("65536"))),
            ("tcp://127.0.0.1:+1", AddrError::BadPort(s("+1"))),
            ("tcp://127.0.0.1:6667/", AddrError::BadPort(s("6667/"))),
            ("tcp://:6667", AddrError::BadHost(s(""))),
            ("tcp://*:6667", AddrError::BadHost(s("*"))),
            ("tcp://irc.example.org:6667", AddrError::BadHost(s("irc.example.org"))),
            ("tcp://[127.0.0.1]:6667", AddrError::BadHost(s("[127.0.0.1]"))),
            ("tcp://[]:6667", AddrError::BadHost(s("[]"))),
            ("tcp://::1:6667", AddrError::NoBrackets(s("::1:6667"))),
            ("tcp://2001:db8::1", AddrError::NoBrackets(s("2001:db8::1"))),
            ("udp://127.0.0.1", AddrError::NoPort(s("127.0.0.1"))),
            ("udp://irc.example.org:1", AddrError::BadHost(s("irc.example.org"))),
            ("unix://", AddrError::BadPath(s("unix"))),
            ("unix://a\0b", AddrError::BadPath(s("unix"))),
            ("unixgram://", AddrError::BadPath(s("unixgram"))),
        ] {
            assert_eq!(text.parse::<Addr>(), Err(error), "{text}");
        }
    }

    #[test]
    fn only_what_other_machines_can_reach_is_not_local() {
        let local = |text: &str| text.parse::<Addr>().map(|addr| addr.is_local());
        assert_eq!(local("tcp://127.0.0.2:1"), Ok(true));
        assert_eq!(local("tcp://localhost:1"), Ok(true));
        assert_eq!(local("tls://[::1]:1"), Ok(true));
        assert_eq!(local("unix://x"), Ok(true));
        assert_eq!(local("udp://127.0.0.1:1"), Ok(true));
        assert_eq!(local("unixgram://x"), Ok(true));
        assert_eq!(local("udp://0.0.0.0:1"), Ok(false));
        assert_eq!(local("tcp://0.0.0.0:1"), Ok(false));
        assert_eq!(local("tcp://[::]:1"), Ok(false));
    }

    #[test]
    fn localhost_is_two_addresses() {
        let each: Vec<_> = addr("tls://localhost:6697").each().iter().map(ToString::to_string).collect();
        assert_eq!(each, ["tls://127.0.0.1:6697", "tls://[::1]:6697"]);
        assert_eq!(addr("udp://localhost:1").each(), [addr("udp://127.0.0.1:1"), addr("udp://[::1]:1")]);
        assert_eq!(addr("tcp://0.0.0.0:1").each(), [addr("tcp://0.0.0.0:1")]);
    }

    #[test]
    fn datagrams_come_in_by_a_door_of_their_own() {
        for (text, datagram) in [
            ("udp://127.0.0.1:0", true),
            ("unixgram://saloon.dgram", true),
            ("tcp://127.0.0.1:0", false),
            ("unix://saloon.sock", false),
            ("multicast://239.0.0.1:1", false),
        ] {
            assert_eq!(addr(text).is_datagram(), datagram, "{text}");
        }
        let error = crate::Listener::bind(&addr("udp://127.0.0.1:0"), Default::default()).expect_err("no");
        assert!(error.to_string().contains("datagrams"), "{error}");
    }

    #[test]
    fn a_relative_socket_is_looked_for_beside_the_configuration() {
        let under = |text: &str| addr(text).under(Path::new("/etc/saloon")).to_string();
        assert_eq!(under("unix://saloon.sock"), "unix:///etc/saloon/saloon.sock");
        assert_eq!(under("unixgram://saloon.dgram"), "unixgram:///etc/saloon/saloon.dgram");
        assert_eq!(under("unix:///run/saloon.sock"), "unix:///run/saloon.sock");
        assert_eq!(under("tcp://0.0.0.0:1"), "tcp://0.0.0.0:1");
    }

    fn addr(text: &str) -> Addr {
        text.parse().expect("a good address")
    }
}
