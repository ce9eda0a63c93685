//! What outlives a restart: where it is kept, how much of it, and what else is remembered of people.

use std::path::PathBuf;

use serde::Deserialize;

use super::duration::Duration;

/// `[datastore]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Datastore {
    /// A directory, or the database itself if it ends in `.db` or `.sqlite`; created when missing.
    pub path: PathBuf,
}

impl Default for Datastore {
    fn default() -> Self {
        Self { path: "saloon-data".into() }
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
    /// How long an item is kept; for ever if none.
    pub max_age: Option<Duration>,
    /// Bytes the database may have; no limit if none.
    pub max_size: Option<u64>,
    /// Messages that are shown on joining a channel to who can't ask for them.
    pub replay: usize,
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
            channel_length: 100_000,
            client_length: 100_000,
            max_age: None,
            max_size: None,
            replay: 20,
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
        let allow = ["+draft/react", "+draft/unreact", "+react", "+unreact", "+draft/persist"]
            .map(String::from)
            .to_vec();
        Self { default: false, allow }
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
