//! Who this server is, how long it waits, whom it believes.

use std::path::PathBuf;

use serde::Deserialize;
use transport::Cidr;

use super::duration::Duration;
use super::words::{Casemapping, Fingerprint, Modes, from_texts};
use crate::password::Secret;

/// `[network]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// The name of the network, as in the welcome and `ISUPPORT NETWORK`.
    pub name: String,
}

impl Default for Network {
    fn default() -> Self {
        Self { name: "Saloon".into() }
    }
}

/// `[server]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Source of the server's own lines; looks like a host name.
    pub name: String,
    /// One line about the server, shown by `WHOIS` and `LINKS`.
    pub description: String,
    /// File with the message of the day.
    pub motd: Option<PathBuf>,
    /// What `PASS` must carry.
    pub password: Option<Secret>,
    /// How names are compared.
    pub casemapping: Casemapping,
    /// The room where everyone lands who can't choose one on the way in.
    pub default_room: String,
    /// The first port by which the dialect `group` knows users of other dialects; one user each.
    pub virtual_ports: u16,
    /// Whether the dialect `tagged` tells the time in 29 bytes, instead of 1024 as the original does.
    pub compact_time: bool,
    /// Whether lines that are not UTF-8 are refused.
    pub utf8_only: bool,
    /// Whether the host name of a peer is looked up. Not yet.
    pub lookup_hostnames: bool,
    /// Whether a peer's ident server is asked. Not yet.
    pub check_ident: bool,
    /// User modes set on everyone who registers.
    pub default_user_modes: Modes,
    /// Peers whose PROXY line is believed.
    #[serde(deserialize_with = "from_texts")]
    pub proxy_allowed_from: Vec<Cidr>,
    /// Worker threads; 0 means one for each core.
    pub workers: usize,
    /// How long silence may last.
    pub timeouts: Timeouts,
    /// Gateways that may say for whom they connect (`WEBIRC`).
    pub webirc: Vec<Webirc>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            name: "saloon.local".into(),
            description: "A Saloon chat server".into(),
            motd: None,
            password: None,
            casemapping: Casemapping::Ascii,
            default_room: "#lobby".into(),
            virtual_ports: 21_000,
            compact_time: false,
            utf8_only: true,
            lookup_hostnames: false,
            check_ident: false,
            default_user_modes: Modes::default(),
            proxy_allowed_from: Vec::new(),
            workers: 0,
            timeouts: Timeouts::default(),
            webirc: Vec::new(),
        }
    }
}

/// `[server.timeouts]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// How long a connection may take to register.
    pub registration: Duration,
    /// Silence after which the server sends `PING`.
    pub ping: Duration,
    /// Silence after which the connection is closed.
    pub disconnect: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            registration: Duration::seconds(60),
            ping: Duration::seconds(90),
            disconnect: Duration::seconds(150),
        }
    }
}

/// `[[server.webirc]]`: one gateway.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webirc {
    /// What the gateway must send.
    pub password: Secret,
    /// Addresses it may come from.
    #[serde(deserialize_with = "from_texts")]
    pub hosts: Vec<Cidr>,
    /// Fingerprint of the client certificate it must present.
    pub certfp: Option<Fingerprint>,
}

/// `[admin]`: what `ADMIN` answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// Who runs the server.
    pub name: String,
    /// Where it stands.
    pub location: String,
    /// How to reach whoever runs it.
    pub email: String,
}

impl Default for Admin {
    fn default() -> Self {
        Self {
            name: "The administrator of this server".into(),
            location: "No location given".into(),
            email: "No address given".into(),
        }
    }
}
