//! Who may do more than others, and the secrets and switches that belong to nobody else.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::duration::Duration;
use super::words::{Capability, LogFormat, LogLevel, LogTarget};
use crate::password::Secret;

/// `[oper_classes.NAME]`
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperClass {
    /// What people see of it.
    pub title: String,
    /// What its operators may do.
    pub capabilities: Vec<Capability>,
}

impl OperClass {
    /// Whether operators of this class may do that.
    #[must_use]
    pub fn allows(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

/// `[opers.NAME]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oper {
    /// Name of the operator class.
    pub class: String,
    /// What `OPER NAME` must carry.
    pub password: Secret,
}

/// `[sts]`: tells clients to come back over TLS.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sts {
    /// Whether the `sts` capability is offered.
    pub enabled: bool,
    /// The port that speaks TLS.
    pub port: u16,
    /// How long clients remember it.
    pub duration: Duration,
    /// Whether lists of such servers may include this one.
    pub preload: bool,
}

impl Default for Sts {
    fn default() -> Self {
        Self { enabled: false, port: 6697, duration: Duration::seconds(30 * 86_400), preload: false }
    }
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Where it goes.
    pub target: LogTarget,
    /// How much of it there is.
    pub level: LogLevel,
    /// What a line looks like.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { target: LogTarget::Stderr, level: LogLevel::Info, format: LogFormat::Text }
    }
}

/// The key of the cloaked hosts. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct CloakKey(String);

impl CloakKey {
    /// Shorter ones could be found by trying.
    const MIN_BYTES: usize = 16;

    /// The key itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for CloakKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CloakKey(…)")
    }
}

impl<'de> Deserialize<'de> for CloakKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By way of a value of any type: an error must not repeat what was written.
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) if text.len() >= Self::MIN_BYTES => Ok(Self(text)),
            _ => Err(D::Error::custom("expected a text of at least 16 random characters (not shown here)")),
        }
    }
}
