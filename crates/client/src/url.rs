//! Where to go, and in which dialect, as it is typed.
//!
//! ```text
//! url       = [dialect "+"] transport "://" place ["?" option *("&" option)]
//! dialect   = "irc" / "line" / "packet" / "plain" / "group" / "tagged"      ; without one: irc
//! transport = "tcp" / "tls" / "unix" / "udp" / "unixgram"
//! place     = host [":" port]          ; tcp, tls, udp; without a port: the dialect's usual one
//!           / path                     ; unix, unixgram
//! host      = name / IPv4 / "[" IPv6 "]"
//! option    = ("nick" / "room" / "encoding" / "kind") "=" value          ; %XX in a value is a byte
//! ```

use std::fmt;
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::str::FromStr;

use crate::percent;

/// Where to go. [`FromStr`] and [`Display`](fmt::Display) undo each other, except that what may be left
/// out is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// What is spoken there.
    pub dialect: Dialect,
    /// What carries it.
    pub transport: Transport,
    /// Where.
    pub place: Place,
    /// What we are called.
    pub nick: Option<String>,
    /// Where we speak.
    pub room: Option<String>,
    /// How the other end writes text.
    pub encoding: Option<String>,
    /// Which program is at the other end.
    pub kind: Kind,
}

/// The dialects a client can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// IRC.
    Irc,
    /// Lines for people.
    Line,
    /// A fixed structure in a datagram.
    Packet,
    /// Raw text, `exit;`.
    Plain,
    /// Raw text, everybody hears everything.
    Group,
    /// `time`, `name`, `list`, `send`.
    Tagged,
}

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

/// The other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A machine and a port.
    Host {
        /// Its name or address, an IPv6 address without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// A socket file.
    Path(PathBuf),
}

/// The two programs that speak `packet`, which leave in different ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A server with a list of everybody.
    #[default]
    Group,
    /// Another person's program.
    Pair,
}

/// Why a text is not a [`Url`]. Each message says what is wrong and what is expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// There is no `://`.
    #[error(
        "`{0}` does not say how to get there: expected DIALECT+TRANSPORT://HOST:PORT, \
         as in irc+tcp://127.0.0.1:6667"
    )]
    NoScheme(String),
    /// The part before the `+` is none that we speak.
    #[error("`{0}` is not a dialect: expected irc, line, packet, plain, group or tagged")]
    UnknownDialect(String),
    /// The part before `://` is none that we know.
    #[error("`{0}://` is not a transport: expected tcp://, tls://, unix://, udp:// or unixgram://")]
    UnknownTransport(String),
    /// The transport cannot carry the dialect.
    #[error("{dialect} does not travel over {transport}: {}", carriers(*.dialect))]
    CannotCarry {
        /// What is to be spoken.
        dialect: Dialect,
        /// What is to carry it.
        transport: Transport,
    },
    /// There is nobody between `://` and the port.
    #[error("there is no host: expected {0}://HOST:PORT, as in {0}://127.0.0.1:6667")]
    NoHost(Transport),
    /// An IPv6 address without brackets, or brackets without one.
    #[error("`{0}` is not a host: an IPv6 address stands in brackets, as in [::1]:6667")]
    BadHost(String),
    /// What follows the last colon is not a port.
    #[error("`{0}` is not a port: expected a number from 1 to 65535")]
    BadPort(String),
    /// No path behind `unix://`.
    #[error("`{0}://` needs the path of a socket file, as in {0}:///run/saloon.sock")]
    NoPath(Transport),
    /// An option that does not exist.
    #[error("`{0}` is not an option: expected nick=, room=, encoding= or kind= behind the `?`")]
    UnknownOption(String),
    /// An option without a value, or with one that cannot be.
    #[error("`{0}` is not a value of {1}=: {2}")]
    BadValue(String, &'static str, &'static str),
}

fn carriers(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Packet => "it is made of datagrams; use udp:// or unixgram://",
        _ => "it is a stream; use tcp://, tls:// or unix://",
    }
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Irc, Self::Line, Self::Packet, Self::Plain, Self::Group, Self::Tagged];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Irc => "irc",
            Self::Line => "line",
            Self::Packet => "packet",
            Self::Plain => "plain",
            Self::Group => "group",
            Self::Tagged => "tagged",
        }
    }

    /// The port it is usually found at.
    pub fn usual_port(self, transport: Transport) -> u16 {
        match (self, transport) {
            (Self::Irc, Transport::Tls) => 6697,
            (Self::Irc, _) => 6667,
            (Self::Line, _) => 6670,
            (Self::Packet, _) => 30104,
            (Self::Plain, _) => 8080,
            (Self::Group, _) => 6671,
            (Self::Tagged, _) => 3677,
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == name)
    }
}

impl Transport {
    const ALL: [Self; 5] = [Self::Tcp, Self::Tls, Self::Unix, Self::Udp, Self::Unixgram];

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

    fn has_path(self) -> bool {
        matches!(self, Self::Unix | Self::Unixgram)
    }
}

impl Url {
    /// Whether the other end is on this machine for certain.
    pub fn is_local_file(&self) -> bool {
        matches!(self.place, Place::Path(_))
    }

    /// The same place for another dialect and transport, as a hint for whoever knocked at the wrong door.
    pub fn with(&self, dialect: Dialect, transport: Transport) -> String {
        format!("{dialect}+{transport}://{}", self.place)
    }

    /// Dialect, transport and place, without the options.
    pub fn door(&self) -> String {
        self.with(self.dialect, self.transport)
    }
}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or_else(|| UrlError::NoScheme(text.into()))?;
        let (dialect, transport) = decode_scheme(scheme)?;
        if transport.is_datagram() != (dialect == Dialect::Packet) {
            return Err(UrlError::CannotCarry { dialect, transport });
        }
        let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
        let place = match transport.has_path() {
            true if place.is_empty() || place.contains('\0') => return Err(UrlError::NoPath(transport)),
            true => Place::Path(place.into()),
            false => decode_host(place, dialect, transport)?,
        };
        let mut url =
            Self { dialect, transport, place, nick: None, room: None, encoding: None, kind: Kind::Group };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            url.set(option)?;
        }
        Ok(url)
    }
}

impl Url {
    fn set(&mut self, option: &str) -> Result<(), UrlError> {
        let (key, value) = option.split_once('=').unwrap_or((option, ""));
        let decoded = percent::decode(value).filter(|value| !value.is_empty());
        let value = |key, expected| {
            let usable = decoded.clone().filter(|text| !text.chars().any(char::is_control));
            usable.ok_or_else(|| UrlError::BadValue(value.into(), key, expected))
        };
        match key {
            "nick" => self.nick = Some(value("nick", "expected a name")?),
            "room" => self.room = Some(value("room", "expected the name of a room")?),
            "encoding" => self.encoding = Some(value("encoding", "expected a name such as gbk")?),
            "kind" => {
                self.kind = match value("kind", "expected group or pair")?.as_str() {
                    "group" => Kind::Group,
                    "pair" => Kind::Pair,
                    other => {
                        return Err(UrlError::BadValue(other.into(), "kind", "expected group or pair"));
                    }
                }
            }
            _ => return Err(UrlError::UnknownOption(option.into())),
        }
        Ok(())
    }
}

fn decode_scheme(scheme: &str) -> Result<(Dialect, Transport), UrlError> {
    let (dialect, transport) = match scheme.split_once('+') {
        Some((dialect, transport)) => {
            (Dialect::named(dialect).ok_or_else(|| UrlError::UnknownDialect(dialect.into()))?, transport)
        }
        None => (Dialect::Irc, scheme),
    };
    let known = Transport::ALL.into_iter().find(|known| known.as_str() == transport);
    Ok((dialect, known.ok_or_else(|| UrlError::UnknownTransport(transport.into()))?))
}

fn decode_host(text: &str, dialect: Dialect, transport: Transport) -> Result<Place, UrlError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let bad = || UrlError::BadHost(text.into());
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, behind) = rest.split_once(']').ok_or_else(bad)?;
            host.parse::<Ipv6Addr>().map_err(|_| bad())?;
            let port = if behind.is_empty() { None } else { Some(behind.strip_prefix(':').ok_or_else(bad)?) };
            (host, port)
        }
        None if text.matches(':').count() > 1 => return Err(bad()),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err(UrlError::NoHost(transport));
    }
    if host.chars().any(|c| c.is_control() || c.is_whitespace() || "/@\\".contains(c)) {
        return Err(bad());
    }
    let port = port.map_or(Ok(dialect.usual_port(transport)), decode_port)?;
    Ok(Place::Host { host: host.into(), port })
}

fn decode_port(text: &str) -> Result<u16, UrlError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|&port| digits && port != 0);
    port.ok_or_else(|| UrlError::BadPort(text.into()))
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.door())?;
        let kind = (self.kind == Kind::Pair).then_some("pair");
        let options = [
            ("nick", self.nick.as_deref()),
            ("room", self.room.as_deref()),
            ("encoding", self.encoding.as_deref()),
            ("kind", kind),
        ];
        let mut mark = '?';
        for (key, value) in options {
            if let Some(value) = value {
                write!(f, "{mark}{key}={}", percent::encode(value))?;
                mark = '&';
            }
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Host { host, port } => write!(f, "{host}:{port}"),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a good URL")
    }

    #[test]
    fn what_is_read_is_printed_again() {
        for text in [
            "irc+tcp://127.0.0.1:6667",
            "irc+tls://[2001:db8::1]:65535",
            "line+unix:///run/saloon.sock",
            "line+unix://with a space:1.sock",
            "packet+udp://0.0.0.0:30104?nick=ann&kind=pair",
            "packet+unixgram:///run/packets",
            "tagged+tls://chat.example.org:3677?room=lobby&encoding=gbk",
            "irc+tcp://localhost:6667?nick=ann%26bob&room=%23dev",
        ] {
            assert_eq!(text.parse::<Url>().map(|url| url.to_string()), Ok(text.into()));
        }
    }

    #[test]
    fn what_is_left_out_is_what_one_would_expect() {
        assert_eq!(url("tcp://localhost").to_string(), "irc+tcp://localhost:6667");
        assert_eq!(url("tls://[::1]/").to_string(), "irc+tls://[::1]:6697");
        for (short, port) in [
            ("line+tcp://h", 6670),
            ("packet+udp://h", 30104),
            ("plain+tcp://h", 8080),
            ("group+tcp://h", 6671),
            ("tagged+tls://h", 3677),
        ] {
            assert_eq!(url(short).place, Place::Host { host: "h".into(), port }, "{short}");
        }
    }

    #[test]
    fn options_may_have_any_character_in_them() {
        let url = url("tcp://h:1?nick=%E4%BD%A0&room=%23a%20b");
        assert_eq!((url.nick.as_deref(), url.room.as_deref()), (Some("你"), Some("#a b")));
    }

    #[test]
    fn an_error_names_the_part_that_is_wrong() {
        let s = String::from;
        let value = |text: &str, key, expected| UrlError::BadValue(text.into(), key, expected);
        for (text, error) in [
            ("127.0.0.1:6667", UrlError::NoScheme(s("127.0.0.1:6667"))),
            ("", UrlError::NoScheme(s(""))),
            ("smtp+tcp://h", UrlError::UnknownDialect(s("smtp"))),
            ("+tcp://h", UrlError::UnknownDialect(s(""))),
            ("http://h", UrlError::UnknownTransport(s("http"))),
            ("line+TCP://h", UrlError::UnknownTransport(s("TCP"))),
            ("packet+tcp://h", UrlError::CannotCarry { dialect: Dialect::Packet, transport: Transport::Tcp }),
            ("udp://h", UrlError::CannotCarry { dialect: Dialect::Irc, transport: Transport::Udp }),
            ("tcp://", UrlError::NoHost(Transport::Tcp)),
            ("tls://:6697", UrlError::NoHost(Transport::Tls)),
            ("tcp://::1:6667", UrlError::BadHost(s("::1:6667"))),
            ("tcp://[127.0.0.1]:1", UrlError::BadHost(s("[127.0.0.1]:1"))),
            ("tcp://[::1", UrlError::BadHost(s("[::1"))),
            ("tcp://[::1]6667", UrlError::BadHost(s("[::1]6667"))),
            ("tcp://a b:1", UrlError::BadHost(s("a b:1"))),
            ("tcp://h:", UrlError::BadPort(s(""))),
            ("tcp://h:0", UrlError::BadPort(s("0"))),
            ("tcp://h:+1", UrlError::BadPort(s("+1"))),
            ("tcp://h:65536", UrlError::BadPort(s("65536"))),
            ("line+unix://", UrlError::NoPath(Transport::Unix)),
            ("packet+unixgram://?nick=a", UrlError::NoPath(Transport::Unixgram)),
            ("tcp://h?name=ann", UrlError::UnknownOption(s("name=ann"))),
            ("tcp://h?nick", value("", "nick", "expected a name")),
            ("tcp://h?nick=%0a", value("%0a", "nick", "expected a name")),
            ("tcp://h?room=%zz", value("%zz", "room", "expected the name of a room")),
            ("packet+udp://h?kind=both", value("both", "kind", "expected group or pair")),
        ] {
            assert_eq!(text.parse::<Url>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_wrong_pair_says_what_would_be_right() {
        let error = "packet+tcp://h".parse::<Url>().expect_err("not over tcp");
        assert_eq!(
            error.to_string(),
            "packet does not travel over tcp: it is made of datagrams; use udp:// or unixgram://"
        );
    }
}
