//! The configuration in force, in the forms that hub, dialects and workers want it.

use std::path::Path;
use std::sync::Arc;

use dialect::{Dialect, irc, text};
use hub::{Privileges, RoomFlags, RoomName, Timestamp, UserFlags};
use smol_str::SmolStr;
use transport::{LimitSettings, Throttle};

use crate::cloak::Cloak;
use crate::config::{Capability, Casemapping, Config};

/// The configuration in force. Replaced as a whole when it is read again.
#[derive(Debug)]
pub struct Live {
    /// As written.
    pub config: Config,
    /// For the dialects.
    pub dialects: dialect::Settings,
    /// Hosts of addresses.
    pub cloak: Cloak,
}

/// What outlives a reading of the configuration.
#[derive(Clone, Debug)]
pub struct Birth {
    /// When the server was started.
    pub started: Timestamp,
    /// Random bytes drawn then.
    pub random: [u8; 32],
    /// The name of the configuration file, as operators are told it.
    pub config_name: String,
}

impl Live {
    /// The configuration put to use.
    ///
    /// # Errors
    /// The message of the day can't be read.
    pub fn new(config: Config, birth: &Birth) -> std::io::Result<Arc<Self>> {
        let motd = config.server.motd.as_deref().map(read_motd).transpose()?;
        let irc = Arc::new(irc::Settings::new(irc_options(&config, birth, motd)));
        let cloak = Cloak::new(&config.ip_cloaking, &birth.random);
        let text = Arc::new(text_settings(&config));
        Ok(Arc::new(Self { dialects: dialect::Settings { irc, text }, cloak, config }))
    }

    /// The hub's share.
    pub fn hub(&self) -> hub::Settings {
        let config = &self.config;
        let limits = &config.limits;
        hub::Settings {
            casemapping: casemapping(config),
            limits: hub::Limits {
                away: limits.awaylen,
                kick: limits.kicklen,
                topic: limits.topiclen,
                realname: limits.realnamelen,
                list_entries: limits.chan_list_modes,
                watched: limits.monitor_entries,
                whowas: limits.whowas_entries,
                rooms_per_user: config.channels.max_per_client,
                rooms: limits.max_rooms,
                members: limits.max_members,
                ..hub::Limits::default()
            },
            room_flags: room_flags(config.channels.default_modes.letters()),
            user_flags: user_flags(config.server.default_user_modes.letters()),
            // Under this name the server speaks to peers who know nothing but names.
            reserved: ["NickServ", "ChanServ", "saloon"].map(SmolStr::new_static).to_vec(),
            ..hub::Settings::default()
        }
    }

    /// What one address may do.
    pub fn address_limits(&self) -> LimitSettings {
        let limits = &self.config.ip_limits;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        LimitSettings {
            connections: limits.count.then(|| count(limits.max_connections)),
            throttle: limits.throttle.then(|| Throttle {
                connections: count(limits.max_new),
                window: u64::try_from(limits.window.get().as_millis()).unwrap_or(u64::MAX),
            }),
            exempt: limits.exempt.clone(),
        }
    }

    /// What an operator may do, and its title.
    pub fn operator(&self, name: &str) -> Option<(Privileges, SmolStr)> {
        let class = self.config.oper_classes.get(&self.config.opers.get(name)?.class)?;
        let privileges = class.capabilities.iter().map(|&capability| privilege(capability)).collect();
        Some((privileges, SmolStr::new(&class.title)))
    }
}

fn read_motd(file: &Path) -> std::io::Result<Vec<String>> {
    let bytes = std::fs::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().map(|line| line.replace(['\0', '\r'], "")).collect())
}

fn casemapping(config: &Config) -> hub::Casemapping {
    match config.server.casemapping {
        // The configuration refuses `precis`, which is still to come.
        Casemapping::Ascii | Casemapping::Precis => hub::Casemapping::Ascii,
        Casemapping::Rfc1459 => hub::Casemapping::Rfc1459,
    }
}

fn irc_options(config: &Config, birth: &Birth, motd: Option<Vec<String>>) -> irc::Options {
    let limits = &config.limits;
    irc::Options {
        server: SmolStr::new(&config.server.name),
        network: config.network.name.clone(),
        description: config.server.description.clone(),
        motd,
        admin: [&config.admin.name, &config.admin.location, &config.admin.email].map(Clone::clone),
        config_name: birth.config_name.clone(),
        started: birth.started,
        casemapping: casemapping(config),
        utf8_only: config.server.utf8_only,
        password: config.server.password.is_some(),
        nicklen: limits.nicklen,
        userlen: limits.userlen,
        realnamelen: limits.realnamelen,
        channellen: limits.channellen,
        awaylen: limits.awaylen,
        kicklen: limits.kicklen,
        topiclen: limits.topiclen,
        monitor: limits.monitor_entries,
        list_entries: limits.chan_list_modes,
        channels: config.channels.max_per_client,
        sts: config.sts.enabled.then(|| irc::Sts {
            port: config.sts.port,
            duration: config.sts.duration.as_secs(),
            preload: config.sts.preload,
        }),
    }
}

fn text_settings(config: &Config) -> text::Settings {
    let limits = &config.limits;
    text::Settings {
        network: config.network.name.clone(),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        room: RoomName::new(&config.server.default_room, limits.channellen)
            .expect("the configuration was checked"),
        password: config.server.password.is_some(),
        nicklen: limits.nicklen,
        userlen: limits.userlen,
        roomlen: limits.channellen,
        message: limits.messagelen,
        first_port: config.server.virtual_ports,
        zone: jiff::tz::TimeZone::system(),
        compact_time: config.server.compact_time,
    }
}

/// The dialect of a listener.
pub fn dialect_of(word: crate::config::Dialect) -> Dialect {
    use crate::config::Dialect as Word;
    match word {
        Word::Irc => Dialect::Irc,
        Word::Line => Dialect::Line,
        Word::Packet => Dialect::Packet,
        Word::Plain => Dialect::Plain,
        Word::Group => Dialect::Group,
        Word::Tagged => Dialect::Tagged,
    }
}

fn room_flags(letters: &str) -> RoomFlags {
    letters
        .chars()
        .map(|letter| match letter {
            'C' => RoomFlags::NO_CTCP,
            'M' => RoomFlags::ACCOUNTS_SPEAK,
            'i' => RoomFlags::INVITE_ONLY,
            'm' => RoomFlags::MODERATED,
            'n' => RoomFlags::MEMBERS_SPEAK,
            's' => RoomFlags::SECRET,
            't' => RoomFlags::TOPIC_LOCKED,
            _ => RoomFlags::empty(),
        })
        .collect()
}

fn user_flags(letters: &str) -> UserFlags {
    letters
        .chars()
        .map(|letter| match letter {
            'i' => UserFlags::INVISIBLE,
            'w' => UserFlags::WALLOPS,
            'B' => UserFlags::BOT,
            'R' => UserFlags::ACCOUNTS_WRITE,
            _ => UserFlags::empty(),
        })
        .collect()
}

fn privilege(capability: Capability) -> Privileges {
    match capability {
        Capability::Kill => Privileges::KILL,
        Capability::Ban => Privileges::BAN,
        Capability::Rehash => Privileges::REHASH,
        Capability::Wallops => Privileges::WALLOPS,
        Capability::Samode => Privileges::SAMODE,
        Capability::Accreg => Privileges::ACCREG,
        Capability::Chanreg => Privileges::CHANREG,
        Capability::History => Privileges::HISTORY,
        Capability::Metadata => Privileges::METADATA,
        Capability::Chghost => Privileges::CHGHOST,
        Capability::Die => Privileges::DIE,
    }
}
