//! Every limit there is: names, rooms, buffers, addresses, pace.

use serde::Deserialize;
use transport::Cidr;

use super::accounts::ChannelRegistration;
use super::duration::Duration;
use super::history::Multiline;
use super::words::from_texts;

/// `[limits]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a nickname.
    pub nicklen: usize,
    /// Bytes of a user name.
    pub userlen: usize,
    /// Bytes of a real name.
    pub realnamelen: usize,
    /// Bytes of a channel name.
    pub channellen: usize,
    /// Bytes of an away message.
    pub awaylen: usize,
    /// Bytes of a kick reason.
    pub kicklen: usize,
    /// Bytes of a topic.
    pub topiclen: usize,
    /// Entries of one client's monitor list.
    pub monitor_entries: usize,
    /// Departed nicknames remembered for `WHOWAS`.
    pub whowas_entries: usize,
    /// Entries of `b`, `e` and `I` together on one channel.
    pub chan_list_modes: usize,
    /// Bytes of one message; a longer one that a text dialect brings becomes several.
    pub messagelen: usize,
    /// Bytes of one unfinished input line, tags included.
    pub recvq: usize,
    /// Bytes waiting for a slow reader before it falls behind: from then on it is told at its own pace what it
    /// missed.
    pub sendq: usize,
    /// How long one that is behind may take nothing at all before it is closed.
    pub stalled: Duration,
    /// Connections at once, all listeners together.
    pub max_connections: usize,
    /// Channels that may exist at once.
    pub max_rooms: usize,
    /// Members of one channel.
    pub max_members: usize,
    /// Accounts that may exist.
    pub max_accounts: usize,
    /// `[limits.multiline]`
    pub multiline: Multiline,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nicklen: 32,
            userlen: 20,
            realnamelen: 150,
            channellen: 64,
            awaylen: 390,
            kicklen: 390,
            topiclen: 390,
            monitor_entries: 100,
            whowas_entries: 100,
            chan_list_modes: 100,
            messagelen: 4_096,
            recvq: 16_384,
            sendq: 1_048_576,
            stalled: Duration::seconds(120),
            max_connections: 20_000,
            max_rooms: 100_000,
            max_members: 100_000,
            max_accounts: 100_000,
            multiline: Multiline::default(),
        }
    }
}

/// `[channels]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Channels {
    /// Modes of a channel that has just come to be.
    pub default_modes: super::words::Modes,
    /// Channels one client may be on (`ISUPPORT CHANLIMIT`).
    pub max_per_client: usize,
    /// `channels.registration`
    pub registration: ChannelRegistration,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            default_modes: "+nt".parse().unwrap_or_default(),
            max_per_client: 100,
            registration: ChannelRegistration::default(),
        }
    }
}

/// `[ip_limits]`: an address is one IPv4 address or one IPv6 /64.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IpLimits {
    /// Whether connections at once are counted for each address.
    pub count: bool,
    /// Whether new connections are counted for each address.
    pub throttle: bool,
    /// Connections at once from one address.
    pub max_connections: usize,
    /// New connections from one address within `window`.
    pub max_new: usize,
    /// The time over which `max_new` counts.
    pub window: Duration,
    /// Addresses that are never counted.
    #[serde(deserialize_with = "from_texts")]
    pub exempt: Vec<Cidr>,
}

impl Default for IpLimits {
    fn default() -> Self {
        Self {
            count: true,
            throttle: true,
            max_connections: 32,
            max_new: 32,
            window: Duration::seconds(60),
            exempt: ["127.0.0.0/8", "::1/128"].iter().filter_map(|net| net.parse().ok()).collect(),
        }
    }
}

/// `[ip_cloaking]`: a host made from the address stands in for it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IpCloaking {
    /// Whether addresses are hidden.
    pub enabled: bool,
    /// What makes the hosts unguessable; without, a random one at each start.
    pub secret: Option<super::opers::CloakKey>,
    /// What every such host ends in.
    pub suffix: String,
}

impl Default for IpCloaking {
    fn default() -> Self {
        Self { enabled: true, secret: None, suffix: "hidden".into() }
    }
}

/// `[fakelag]`: lines above the pace wait, none is lost.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fakelag {
    /// Whether clients that send too fast are slowed down.
    pub enabled: bool,
    /// Lines a client may send at once after a pause.
    pub burst: u32,
    /// Lines a second a client may send for ever.
    pub per_second: u32,
}

impl Default for Fakelag {
    fn default() -> Self {
        Self { enabled: true, burst: 20, per_second: 4 }
    }
}
