//! The configuration: one TOML file, checked as it loads.
//!
//! Every key has a default, so the empty file is valid; `saloon.toml` at the root of the repository
//! explains each of them. What loads is made of checked types, so that later code has no mistake
//! left to find, and what does not load says which key, on which line, and what to write instead.
//!
//! ```text
//! text ── toml, serde ──▶ Config ── paths made absolute ──▶ check ──▶ Config
//!              │                                               │
//!              └──────────────▶ ConfigError ◀──────────────────┘
//! ```

mod accounts;
mod check;
mod check_kept;
mod duration;
mod error;
mod history;
mod http;
mod limits;
mod listen;
mod opers;
mod server;
mod suggest;
mod warnings;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dialect::Dialect;
use serde::Deserialize;

pub use accounts::{Accounts, ChannelRegistration, LoginThrottling, NickReservation, Registration, Sessions};
pub use check::MAX_WORKERS;
pub use duration::Duration;
pub use error::ConfigError;
pub use history::{Datastore, History, Metadata, Multiline, TagmsgStorage};
pub use http::Http;
pub use limits::{Channels, Fakelag, IpCloaking, IpLimits, Limits};
pub use listen::{Listen, Speaks, Tls};
pub use opers::{CloakKey, Log, Oper, OperClass, Sts};
pub use server::{Admin, Network, Server, Timeouts, Webirc};
pub use words::{
    AlwaysOn, Capability, Casemapping, Encoding, FileMode, Fingerprint, LogFormat, LogLevel, LogTarget,
    Mechanism, Modes, ReservationMethod,
};

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The network this server is (part of).
    pub network: Network,
    /// Who this server is.
    pub server: Server,
    /// What `ADMIN` answers.
    pub admin: Admin,
    /// Where to listen; a file that has any `[[listen]]` replaces the default ones.
    pub listen: Vec<Listen>,
    /// Where state is kept.
    pub datastore: Datastore,
    /// Registered identities.
    pub accounts: Accounts,
    /// Channels in general.
    pub channels: Channels,
    /// Classes of operators, by name.
    pub oper_classes: BTreeMap<String, OperClass>,
    /// Operators, by the name they give to `OPER`.
    pub opers: BTreeMap<String, Oper>,
    /// How long, how many, how large.
    pub limits: Limits,
    /// How much one address may have.
    pub ip_limits: IpLimits,
    /// Hiding addresses.
    pub ip_cloaking: IpCloaking,
    /// Slowing down floods.
    pub fakelag: Fakelag,
    /// What is kept of what was said.
    pub history: History,
    /// Facts about users and channels.
    pub metadata: Metadata,
    /// What is served over HTTP besides conversations.
    pub http: Http,
    /// Strict transport security.
    pub sts: Sts,
    /// The server's own log.
    pub log: Log,
    /// Where relative paths started from.
    #[serde(skip)]
    base_dir: PathBuf,
}

/// Where a server without configuration listens: on this machine only. The ports are those that programs
/// for these dialects expect.
const DEFAULT_LISTENERS: [(Dialect, &str); 8] = [
    (Dialect::Irc, "http://127.0.0.1:8067"),
    (Dialect::Irc, "tcp://127.0.0.1:6667"),
    (Dialect::Irc, "tls://127.0.0.1:6697"),
    (Dialect::Line, "tcp://127.0.0.1:6670"),
    (Dialect::Packet, "udp://127.0.0.1:30104"),
    (Dialect::Plain, "tcp://127.0.0.1:8080"),
    (Dialect::Group, "tcp://127.0.0.1:6671"),
    (Dialect::Tagged, "tcp://127.0.0.1:3677"),
];

impl Default for Config {
    fn default() -> Self {
        let listen = DEFAULT_LISTENERS
            .iter()
            .filter_map(|(dialect, addr)| Some(Listen::speaking(*dialect, addr.parse().ok()?)))
            .collect();
        Self {
            network: Network::default(),
            server: Server::default(),
            admin: Admin::default(),
            listen,
            datastore: Datastore::default(),
            accounts: Accounts::default(),
            channels: Channels::default(),
            oper_classes: BTreeMap::new(),
            opers: BTreeMap::new(),
            limits: Limits::default(),
            ip_limits: IpLimits::default(),
            ip_cloaking: IpCloaking::default(),
            fakelag: Fakelag::default(),
            history: History::default(),
            metadata: Metadata::default(),
            http: Http::default(),
            sts: Sts::default(),
            log: Log::default(),
            base_dir: PathBuf::new(),
        }
    }
}

impl Config {
    /// Reads and checks a file; relative paths in it start from its directory.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not TOML, or says something that cannot be.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file).map_err(|error| ConfigError::unreadable(file, &error))?;
        let base = file.parent().unwrap_or(Path::new(""));
        Self::parse(&text, base).map_err(|error| error.in_file(file))
    }

    /// Reads and checks a text; relative paths in it start from `base_dir`.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, or says something that cannot be.
    pub fn parse(text: &str, base_dir: &Path) -> Result<Self, ConfigError> {
        let mut config: Self = toml::from_str(text).map_err(|error| ConfigError::from_toml(text, &error))?;
        config.resolve_paths(base_dir);
        config.check().map_err(|error| error.locate(text))?;
        Ok(config)
    }

    /// Whether everything in it can be, taken together; files it names must be there.
    ///
    /// # Errors
    ///
    /// When it cannot be, naming the key.
    pub fn check(&self) -> Result<(), ConfigError> {
        check::check(self)
    }

    /// What is set and has no effect in this release, or is worth another look: one sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        warnings::warnings(self)
    }

    fn resolve_paths(&mut self, base_dir: &Path) {
        self.base_dir = base_dir.to_owned();
        for path in self.server.motd.iter_mut().chain([&mut self.datastore.path]) {
            resolve(path, base_dir);
        }
        for listen in &mut self.listen {
            listen.resolve_paths(base_dir);
        }
    }
}

/// Takes a relative path from that directory; an empty one stays, for the checks to find.
fn resolve(path: &mut PathBuf, base_dir: &Path) {
    if path.is_relative() && !path.as_os_str().is_empty() {
        *path = base_dir.join(&*path);
    }
}

#[cfg(test)]
mod tests;
