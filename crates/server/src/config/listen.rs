//! The doors: one transport address speaking one dialect each.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use transport::{Addr, AddrError};

use super::words::{Dialect, FileMode, from_text};

/// `[[listen]]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Where to listen.
    #[serde(deserialize_with = "from_text")]
    pub addr: Addr,
    /// What is spoken there.
    #[serde(default = "irc")]
    pub dialect: Dialect,
    /// Certificate and key of a `tls://` listener; without, one is made up at start.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Whether every connection must start with a PROXY header.
    #[serde(default)]
    pub proxy_protocol: bool,
    /// Origins a browser may come from (WebSocket only). Not yet.
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
}

impl Listen {
    /// An `irc` listener with nothing else set.
    #[must_use]
    pub fn new(addr: Addr) -> Self {
        Self {
            addr,
            dialect: Dialect::Irc,
            tls: None,
            proxy_protocol: false,
            allowed_origins: Vec::new(),
            mode: None,
            owner: None,
            group: None,
            max_connections: None,
        }
    }
}

impl FromStr for Listen {
    type Err = AddrError;

    /// An address alone, as on a command line.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        text.parse().map(Self::new)
    }
}

impl Listen {
    pub(super) fn is_unix(&self) -> bool {
        matches!(self.addr, Addr::Unix(_))
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

fn irc() -> Dialect {
    Dialect::Irc
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
