//! The doors: one transport address speaking one dialect each.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use dialect::charset::{Charset, Setting};
use dialect::{Dialect, UnknownDialect};
use serde::Deserialize;
use transport::{Addr, AddrError, Cidr};

use super::duration::Duration;
use super::words::{Encoding, FileMode, charset_named, from_text, from_texts};

/// `[[listen]]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Where to listen.
    #[serde(deserialize_with = "from_text")]
    pub addr: Addr,
    /// What is spoken there.
    #[serde(default, deserialize_with = "from_text")]
    pub dialect: Speaks,
    /// Certificate and key of a listener with TLS; without, one is made up at start.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Whether every connection must start with a PROXY header.
    #[serde(default)]
    pub proxy_protocol: bool,
    /// Origins of pages that may open a WebSocket here; `*` is any. Without, `http://` lets in its own page, and
    /// `ws://` any.
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// Permissions of a `unix://` socket file.
    #[serde(default)]
    pub mode: Option<FileMode>,
    /// Owner of a `unix://` socket file: a user name or number.
    #[serde(default)]
    pub owner: Option<String>,
    /// Group of a `unix://` socket file: a group name or number.
    #[serde(default)]
    pub group: Option<String>,
    /// Most connections at once on this listener; without, only `limits.max_connections` counts.
    #[serde(default)]
    pub max_connections: Option<usize>,
    /// How text is written; `auto` is UTF-8 until a peer sends what is none, and `fallback` from then on.
    #[serde(default)]
    pub encoding: Encoding,
    /// What `auto` takes for the encoding of text that is not UTF-8.
    #[serde(default = "gb18030", deserialize_with = "charset_named")]
    pub fallback: Charset,
    /// `auto`: how long a silent peer is waited for until it is taken for a person.
    #[serde(default = "one_second")]
    pub wait: Duration,
    /// Datagrams: networks whose packets are listened to; without, only this machine.
    #[serde(default = "loopback", deserialize_with = "from_texts")]
    pub allow: Vec<Cidr>,
    /// Datagrams: after how long a silence a peer is gone.
    #[serde(default = "ten_minutes")]
    pub idle: Duration,
    /// Datagrams: how many packets a peer is sent for each that it sends.
    #[serde(default = "earn")]
    pub earn: u32,
    /// Datagrams: new peers from one address in a second.
    #[serde(default = "logins")]
    pub logins: u32,
}

impl Listen {
    /// An `irc` listener with nothing else set.
    #[must_use]
    pub fn new(addr: Addr) -> Self {
        Self {
            addr,
            dialect: Speaks::default(),
            tls: None,
            proxy_protocol: false,
            allowed_origins: Vec::new(),
            mode: None,
            owner: None,
            group: None,
            max_connections: None,
            encoding: Encoding::default(),
            fallback: gb18030(),
            wait: one_second(),
            allow: loopback(),
            idle: ten_minutes(),
            earn: earn(),
            logins: logins(),
        }
    }

    /// A listener with nothing set but where it is and what is spoken there.
    #[must_use]
    pub fn speaking(dialect: impl Into<Speaks>, addr: Addr) -> Self {
        Self { dialect: dialect.into(), ..Self::new(addr) }
    }

    /// How the bytes of its peers are read as text.
    #[must_use]
    pub fn reading(&self) -> Setting {
        match self.encoding.0 {
            Some(charset) => Setting::Fixed(charset),
            None => Setting::Auto { fallback: self.fallback },
        }
    }

    /// Whether the page is behind this door: one of HTTP, or one that tells HTTP by what comes first.
    #[must_use]
    pub fn has_pages(&self) -> bool {
        self.addr.has_pages() || self.dialect.is_auto()
    }

    /// Whether those who come in here may speak HTTP, and want something else than to talk.
    #[must_use]
    pub fn takes_http(&self) -> bool {
        self.addr.is_web() || self.dialect.is_auto()
    }

    /// Whether TLS can be spoken here: always, or by those who begin with it.
    #[must_use]
    pub fn takes_tls(&self) -> bool {
        self.addr.is_tls() || (self.dialect.is_auto() && self.addr.endpoint().is_some())
    }

    /// The address by which programs of this machine get here: one that means all of its addresses becomes one of
    /// them. None for a socket file.
    #[must_use]
    pub fn reachable(&self) -> Option<SocketAddr> {
        let endpoint = self.addr.endpoint()?;
        let ip = match endpoint.host.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        Some(SocketAddr::new(ip, endpoint.port))
    }

    /// What to type into a browser of this machine to see the page; none where there is no page.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        let scheme = if self.addr.is_tls() { "https" } else { "http" };
        self.has_pages().then_some(())?;
        Some(format!("{scheme}://{}/", self.reachable()?))
    }
}

/// What is spoken at a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// One dialect.
    One(Dialect),
    /// TLS, HTTP, IRC or lines: what the first bytes tell.
    Auto,
}

impl Speaks {
    /// Whether it is this one, and nothing else.
    #[must_use]
    pub fn only(self, dialect: Dialect) -> bool {
        self == Self::One(dialect)
    }

    /// Whether the first bytes tell.
    #[must_use]
    pub fn is_auto(self) -> bool {
        self == Self::Auto
    }

    /// Its name, as in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::One(dialect) => dialect.name(),
            Self::Auto => "auto",
        }
    }

    /// The dialect; what a silent person is taken to speak where that is not settled.
    #[must_use]
    pub fn or_guess(self) -> Dialect {
        match self {
            Self::One(dialect) => dialect,
            Self::Auto => Dialect::Line,
        }
    }
}

impl Default for Speaks {
    fn default() -> Self {
        Self::One(Dialect::default())
    }
}

impl From<Dialect> for Speaks {
    fn from(dialect: Dialect) -> Self {
        Self::One(dialect)
    }
}

impl fmt::Display for Speaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Speaks {
    type Err = UnknownSpeech;

    fn from_str(name: &str) -> Result<Self, UnknownSpeech> {
        if name == "auto" {
            return Ok(Self::Auto);
        }
        name.parse().map(Self::One).map_err(UnknownSpeech)
    }
}

/// A word that names nothing that is spoken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}, or \"auto\"")]
pub struct UnknownSpeech(UnknownDialect);

impl FromStr for Listen {
    type Err = AddrError;

    /// An address as on a command line, with the dialect in front if that is not `irc`:
    /// `line+tcp://127.0.0.1:6670`.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        let (dialect, addr) = match text.split_once('+') {
            Some((word, addr)) => match word.parse() {
                Ok(dialect) => (dialect, addr),
                Err(_) => (Speaks::default(), text),
            },
            None => (Speaks::default(), text),
        };
        addr.parse().map(|addr| Self::speaking(dialect, addr))
    }
}

impl Listen {
    pub(super) fn is_unix(&self) -> bool {
        matches!(self.addr, Addr::Unix(_) | Addr::Unixgram(_))
    }

    pub(super) fn port(&self) -> Option<u16> {
        self.addr.endpoint().map(|endpoint| endpoint.port)
    }

    /// Takes relative paths from that directory.
    pub(super) fn resolve_paths(&mut self, base_dir: &Path) {
        self.addr = self.addr.under(base_dir);
        if let Some(tls) = &mut self.tls {
            for path in [&mut tls.cert, &mut tls.key] {
                super::resolve(path, base_dir);
            }
        }
    }
}

/// What old Chinese consoles send is GBK, of which this is the superset.
fn gb18030() -> Charset {
    Charset::named("gb18030").unwrap_or_default()
}

fn loopback() -> Vec<Cidr> {
    ["127.0.0.0/8", "::1/128"].iter().filter_map(|net| net.parse().ok()).collect()
}

fn one_second() -> Duration {
    Duration::seconds(1)
}

fn ten_minutes() -> Duration {
    Duration::seconds(600)
}

fn earn() -> u32 {
    256
}

fn logins() -> u32 {
    20
}

/// The files of a `tls://` listener.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM file with the certificate and the chain above it.
    pub cert: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_at_an_address_that_can_be_opened_here() {
        let page = |addr: &str| Listen::new(addr.parse().expect("an address")).page();
        assert_eq!(page("http://127.0.0.1:8067").as_deref(), Some("http://127.0.0.1:8067/"));
        assert_eq!(page("https://0.0.0.0:443").as_deref(), Some("https://127.0.0.1:443/"));
        assert_eq!(page("http://[::]:80").as_deref(), Some("http://[::1]:80/"));
        assert_eq!(page("ws://127.0.0.1:80"), None);
        assert_eq!(page("tcp://127.0.0.1:80"), None);
        let any = |addr: &str| Listen::speaking(Speaks::Auto, addr.parse().expect("an address")).page();
        assert_eq!(any("tcp://0.0.0.0:6667").as_deref(), Some("http://127.0.0.1:6667/"));
        assert_eq!(any("unix:///run/saloon.sock"), None);
    }
}
