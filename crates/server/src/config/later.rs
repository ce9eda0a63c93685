//! Settings of features still to come: accepted, checked, and without effect.
//!
//! They are here so that a configuration written for a later release starts on this one, with a
//! warning for each setting that is not at its default.

use std::path::PathBuf;

use serde::Deserialize;

use super::words::{AlwaysOn, Mechanism, ReservationMethod};

/// A section with nothing but `enabled`, which is on by default.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switch {
    /// Whether it is on.
    pub enabled: bool,
}

impl Default for Switch {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// `[datastore]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Datastore {
    /// File or directory, created when missing.
    pub path: PathBuf,
}

impl Default for Datastore {
    fn default() -> Self {
        Self { path: "saloon.db".into() }
    }
}

/// `[accounts]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// Accounts and SASL.
    pub enabled: bool,
    /// Ways to log in.
    pub sasl_mechanisms: Vec<Mechanism>,
    /// Cost of stored SCRAM verifiers.
    pub scram_iterations: u32,
    /// Bytes of a password.
    pub max_password_bytes: usize,
    /// `[accounts.registration]`
    pub registration: Registration,
    /// `[accounts.login_throttling]`
    pub login_throttling: Switch,
    /// `[accounts.nick_reservation]`
    pub nick_reservation: NickReservation,
    /// `[accounts.sessions]`
    pub sessions: Sessions,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            enabled: true,
            sasl_mechanisms: vec![Mechanism::Plain, Mechanism::ScramSha256, Mechanism::External],
            scram_iterations: 4096,
            max_password_bytes: 1024,
            registration: Registration::default(),
            login_throttling: Switch::default(),
            nick_reservation: NickReservation::default(),
            sessions: Sessions::default(),
        }
    }
}

/// `[accounts.registration]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Whether people may make accounts for themselves.
    pub enabled: bool,
    /// `REGISTER` before registration completes.
    pub allow_before_connect: bool,
    /// `REGISTER` needs a usable address.
    pub email_required: bool,
    /// Limit new accounts per address.
    pub throttle: bool,
}

impl Default for Registration {
    fn default() -> Self {
        Self { enabled: true, allow_before_connect: false, email_required: false, throttle: true }
    }
}

/// `[accounts.nick_reservation]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NickReservation {
    /// Whether the nickname of an account belongs to it.
    pub enabled: bool,
    /// Who may use it.
    pub method: ReservationMethod,
}

impl Default for NickReservation {
    fn default() -> Self {
        Self { enabled: true, method: ReservationMethod::Strict }
    }
}

/// `[accounts.sessions]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Several clients on one user.
    pub enabled: bool,
    /// Without asking for it.
    pub allowed_by_default: bool,
    /// Whether a user stays while no client is connected.
    pub always_on: AlwaysOn,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { enabled: true, allowed_by_default: true, always_on: AlwaysOn::OptIn }
    }
}

/// `[limits.multiline]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Multiline {
    /// Bytes of one message of several lines.
    pub max_bytes: usize,
    /// Lines of it.
    pub max_lines: usize,
}

impl Default for Multiline {
    fn default() -> Self {
        Self { max_bytes: 4096, max_lines: 32 }
    }
}

/// `[history]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// Whether what is said is kept.
    pub enabled: bool,
    /// Items kept for each channel.
    pub channel_length: usize,
    /// Items kept for each user's direct messages.
    pub client_length: usize,
    /// Most items one `CHATHISTORY` may ask for.
    pub chathistory_max_messages: usize,
    /// Whether `REDACT` may remove stored messages.
    pub allow_individual_delete: bool,
    /// Which `TAGMSG` are kept.
    pub tagmsg_storage: TagmsgStorage,
}

impl Default for History {
    fn default() -> Self {
        Self {
            enabled: true,
            channel_length: 1024,
            client_length: 1024,
            chathistory_max_messages: 100,
            allow_individual_delete: true,
            tagmsg_storage: TagmsgStorage::default(),
        }
    }
}

/// `history.tagmsg_storage`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TagmsgStorage {
    /// Whether a `TAGMSG` is kept when none of the tags below is on it.
    pub default: bool,
    /// Tags that make it worth keeping.
    pub allow: Vec<String>,
}

impl Default for TagmsgStorage {
    fn default() -> Self {
        let allow = ["+draft/react", "+react", "+draft/persist"].map(String::from).to_vec();
        Self { default: false, allow }
    }
}

/// `[metadata]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metadata {
    /// Whether users and channels have metadata.
    pub enabled: bool,
    /// `METADATA` before registration completes.
    pub before_connect: bool,
    /// Keys one client may subscribe to.
    pub max_subs: usize,
    /// Keys of one user or channel.
    pub max_keys: usize,
    /// Bytes of one value.
    pub max_value_bytes: usize,
    /// Limit changes per client and time.
    pub throttle: bool,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            enabled: true,
            before_connect: true,
            max_subs: 100,
            max_keys: 100,
            max_value_bytes: 300,
            throttle: true,
        }
    }
}
