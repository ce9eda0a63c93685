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

mod error;
mod place;
mod transport;

use std::fmt;
use std::str::FromStr;

use dialect::Dialect;

use crate::percent;

pub use error::UrlError;
pub use place::Place;
use place::decode_host;
pub use transport::Transport;

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

/// The two programs that speak `packet`, which leave in different ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A server with a list of everybody.
    #[default]
    Group,
    /// Another person's program.
    Pair,
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
            (dialect.parse().map_err(|_| UrlError::UnknownDialect(dialect.into()))?, transport)
        }
        None => (Dialect::Irc, scheme),
    };
    let known = Transport::ALL.into_iter().find(|known| known.as_str() == transport);
    Ok((dialect, known.ok_or_else(|| UrlError::UnknownTransport(transport.into()))?))
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
