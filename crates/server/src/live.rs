//! The configuration in force, in the forms that hub, dialects and workers want it.

use std::path::Path;
use std::sync::Arc;

use dialect::{irc, text};
use hub::{Privileges, RoomFlags, RoomName, Timestamp, UserFlags};
use smol_str::SmolStr;
use transport::{LimitSettings, Throttle};

use crate::cloak::Cloak;
use crate::config::{AlwaysOn, Capability, Casemapping, Config, Mechanism};

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
        hub_settings(&self.config)
    }

    /// What the store forgets, and when.
    pub fn retention(&self) -> store::Retention {
        retention(&self.config)
    }

    /// What one address may do: those of it who talk, and those who have not begun to.
    pub fn address_limits(&self) -> (LimitSettings, LimitSettings) {
        let limits = &self.config.ip_limits;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let talks = LimitSettings {
            connections: limits.count.then(|| count(limits.max_connections)),
            throttle: limits.throttle.then(|| Throttle {
                connections: count(limits.max_new),
                window: u64::try_from(limits.window.get().as_millis()).unwrap_or(u64::MAX),
            }),
            exempt: limits.exempt.clone(),
        };
        let mut visits = talks.clone();
        visits.connections = visits.connections.map(|most| most.saturating_mul(VISITS));
        if let Some(throttle) = &mut visits.throttle {
            throttle.connections = throttle.connections.saturating_mul(VISITS);
        }
        // Everybody comes from there.
        visits.exempt.extend(&self.config.http.proxies);
        (talks, visits)
    }

    /// What an operator may do, and its title.
    pub fn operator(&self, name: &str) -> Option<(Privileges, SmolStr)> {
        let class = self.config.oper_classes.get(&self.config.opers.get(name)?.class)?;
        let privileges = class.capabilities.iter().map(|&capability| privilege(capability)).collect();
        Some((privileges, SmolStr::new(&class.title)))
    }
}

/// What a hub is told of the configuration.
pub fn hub_settings(config: &Config) -> hub::Settings {
    let accounts = &config.accounts;
    hub::Settings {
        casemapping: casemapping(config),
        limits: hub_limits(config),
        room_flags: room_flags(config.channels.default_modes.letters()),
        user_flags: user_flags(config.server.default_user_modes.letters()),
        // Under this name the server speaks to peers who know nothing but names.
        reserved: ["NickServ", "ChanServ", "saloon"].map(SmolStr::new_static).to_vec(),
        several_sessions: several(config),
        always_on: always_on(config),
        nicks_owned: accounts.enabled && accounts.nick_reservation.enabled,
        rooms_registered: accounts.enabled && config.channels.registration.enabled,
        history: config.history.enabled,
        ..hub::Settings::default()
    }
}

fn hub_limits(config: &Config) -> hub::Limits {
    let limits = &config.limits;
    hub::Limits {
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
        accounts: limits.max_accounts,
        facts: config.metadata.max_keys,
        subscriptions: config.metadata.max_subs,
        ..hub::Limits::default()
    }
}

fn several(config: &Config) -> hub::Several {
    let sessions = &config.accounts.sessions;
    match (config.accounts.enabled && sessions.enabled, sessions.allowed_by_default) {
        (false, _) => hub::Several::Never,
        (true, false) => hub::Several::OptIn,
        (true, true) => hub::Several::OptOut,
    }
}

fn always_on(config: &Config) -> hub::AlwaysOn {
    if !config.accounts.enabled {
        return hub::AlwaysOn::Never;
    }
    match config.accounts.sessions.always_on {
        AlwaysOn::Disabled => hub::AlwaysOn::Never,
        AlwaysOn::OptIn => hub::AlwaysOn::OptIn,
        AlwaysOn::OptOut => hub::AlwaysOn::OptOut,
        AlwaysOn::Mandatory => hub::AlwaysOn::Always,
    }
}

/// What the store is told of the configuration.
pub fn retention(config: &Config) -> store::Retention {
    let history = &config.history;
    store::Retention {
        room_items: history.channel_length,
        direct_items: history.client_length,
        age: history.max_age.map(|age| u64::try_from(age.get().as_millis()).unwrap_or(u64::MAX)),
        bytes: history.max_size,
    }
}

fn read_motd(file: &Path) -> std::io::Result<Vec<String>> {
    let bytes = std::fs::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().map(|line| line.replace(['\0', '\r'], "")).collect())
}

/// Which names are equal.
pub fn casemapping(config: &Config) -> hub::Casemapping {
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
        accounts: config.accounts.enabled.then(|| irc_accounts(config)),
        history: config.history.enabled.then(|| irc_history(config)),
        multiline: Some(irc::Multiline {
            max_bytes: limits.multiline.max_bytes,
            max_lines: limits.multiline.max_lines,
        }),
        metadata: config.metadata.enabled.then_some(irc::Metadata {
            before_connect: config.metadata.before_connect,
            max_subs: config.metadata.max_subs,
            max_keys: config.metadata.max_keys,
            max_value_bytes: config.metadata.max_value_bytes,
            throttle: config.metadata.throttle,
        }),
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

/// A browser opens some connections at a time to read a page, and so does everyone behind the same address.
const VISITS: u32 = 8;

/// How many failures in a row end a connection, where guessing is throttled (`conformance` section 13).
const FAILURES: u32 = 3;

fn irc_accounts(config: &Config) -> irc::Accounts {
    let accounts = &config.accounts;
    // Every tls:// door asks for the certificate of the client, and takes any.
    let certificates = config.listen.iter().any(|listen| listen.addr.is_supported() && listen.addr.is_tls());
    let possible = |mechanism: &&Mechanism| **mechanism != Mechanism::External || certificates;
    let registration = &accounts.registration;
    irc::Accounts {
        mechanisms: accounts.sasl_mechanisms.iter().filter(possible).map(|word| word.as_str()).collect(),
        registration: registration.enabled.then_some(irc::Registration {
            before_connect: registration.allow_before_connect,
            email_required: registration.email_required,
        }),
        max_password: accounts.max_password_bytes,
        failures: accounts.login_throttling.enabled.then_some(FAILURES),
    }
}

fn irc_history(config: &Config) -> irc::History {
    let history = &config.history;
    irc::History {
        most: history.chathistory_max_messages,
        redaction: history.allow_individual_delete,
        keep_signals: history.tagmsg_storage.default,
        kept_tags: history.tagmsg_storage.allow.clone(),
        replay: history.replay,
    }
}

fn text_settings(config: &Config) -> text::Settings {
    let (limits, accounts, history) = (&config.limits, &config.accounts, &config.history);
    let kept = |most: usize| if history.enabled { most } else { 0 };
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
        accounts: accounts.enabled,
        registration: accounts.registration.enabled,
        email_required: accounts.registration.email_required,
        replay: kept(history.replay),
        history_most: kept(history.chathistory_max_messages),
        compact_time: config.server.compact_time,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::parse(text, Path::new("")).expect("a configuration")
    }

    #[test]
    fn without_accounts_nothing_belongs_to_anybody() {
        let config = config("accounts.enabled = false\naccounts.sessions.always_on = \"mandatory\"");
        let settings = hub_settings(&config);
        assert_eq!(
            (settings.several_sessions, settings.always_on, settings.nicks_owned, settings.rooms_registered),
            (hub::Several::Never, hub::AlwaysOn::Never, false, false)
        );
    }

    #[test]
    fn users_share_and_stay_as_the_configuration_says() {
        let of = |text: &str| {
            let settings = hub_settings(&config(text));
            (settings.several_sessions, settings.always_on)
        };
        assert_eq!(of(""), (hub::Several::OptOut, hub::AlwaysOn::OptIn));
        assert_eq!(
            of("accounts.sessions = { allowed_by_default = false, always_on = \"opt-out\" }"),
            (hub::Several::OptIn, hub::AlwaysOn::OptOut)
        );
        assert_eq!(
            of("accounts.sessions = { enabled = false, always_on = \"disabled\" }"),
            (hub::Several::Never, hub::AlwaysOn::Never)
        );
    }

    #[test]
    fn certificates_log_in_only_where_there_is_tls() {
        let mechanisms = |addr: &str| {
            irc_accounts(&config(&format!("[[listen]]\naddr = \"{addr}://127.0.0.1:0\""))).mechanisms
        };
        assert_eq!(mechanisms("tls"), ["PLAIN", "SCRAM-SHA-256", "EXTERNAL"]);
        assert_eq!(mechanisms("tcp"), ["PLAIN", "SCRAM-SHA-256"]);
    }

    #[test]
    fn nobody_is_thrown_out_for_guessing_where_that_is_not_counted() {
        assert_eq!(irc_accounts(&config("")).failures, Some(FAILURES));
        assert_eq!(irc_accounts(&config("accounts.login_throttling.enabled = false")).failures, None);
    }

    #[test]
    fn the_store_forgets_what_the_configuration_says() {
        let config = config(
            "history = { channel_length = 5, client_length = 6, max_age = \"2s\", max_size = 2000000 }",
        );
        assert_eq!(
            retention(&config),
            store::Retention { room_items: 5, direct_items: 6, age: Some(2000), bytes: Some(2_000_000) }
        );
    }
}
