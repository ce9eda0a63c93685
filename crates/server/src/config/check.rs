//! What must be true of a configuration beyond the type of each value.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dialect::Dialect;
use transport::TlsConfig;

use super::limits::Limits;
use super::suggest::did_you_mean;
use super::words::{Casemapping, Modes};
use super::{Config, ConfigError, Listen, Server, Tls};

pub(super) type Checked = Result<(), ConfigError>;

/// Channel modes that need no parameter.
const CHANNEL_FLAGS: &str = "CMimnst";
/// User modes people may set on themselves.
const USER_FLAGS: &str = "iwBR";
/// A session's number has eight bits for its worker, and the last value is the server itself.
pub const MAX_WORKERS: usize = 255;

/// Goes through every section; the first thing wrong is reported.
pub(super) fn check(config: &Config) -> Checked {
    names(config)?;
    server(&config.server)?;
    timeouts(config)?;
    listeners(&config.listen)?;
    modes("channels.default_modes", &config.channels.default_modes, CHANNEL_FLAGS, "channel")?;
    within("channels.max_per_client", config.channels.max_per_client, 1, 10_000)?;
    opers(config)?;
    limits(&config.limits)?;
    addresses(config)?;
    super::check_kept::check(config)
}

fn names(config: &Config) -> Checked {
    let name = &config.network.name;
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return wrong("network.name", "expected 1 to 64 bytes of text without control characters");
    }
    let name = &config.server.name;
    if name.is_empty() || name.len() > 63 || !is_host(name) {
        return wrong(
            "server.name",
            "expected something like a host name: 1 to 63 letters, digits, dots and hyphens, \
             as in \"irc.example.org\"",
        );
    }
    if !is_host(&config.ip_cloaking.suffix) || !(1..=32).contains(&config.ip_cloaking.suffix.len()) {
        return wrong("ip_cloaking.suffix", "expected 1 to 32 letters, digits, dots and hyphens");
    }
    one_line("server.description", &config.server.description)?;
    one_line("admin.name", &config.admin.name)?;
    one_line("admin.location", &config.admin.location)?;
    one_line("admin.email", &config.admin.email)?;
    config.oper_classes.iter().try_for_each(|(name, class)| {
        if class.title.is_empty() {
            Ok(())
        } else {
            one_line(&format!("oper_classes.{name}.title"), &class.title)
        }
    })
}

fn is_host(text: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
}

fn one_line(key: &str, text: &str) -> Checked {
    if text.is_empty() || text.len() > 300 || text.chars().any(char::is_control) {
        return wrong(key, "expected one line of 1 to 300 bytes");
    }
    Ok(())
}

fn server(server: &Server) -> Checked {
    if let Some(motd) = &server.motd {
        readable("server.motd", motd)?;
    }
    if server.casemapping == Casemapping::Precis {
        return wrong(
            "server.casemapping",
            "\"precis\" is not supported yet; write \"ascii\" or \"rfc1459\"",
        );
    }
    if hub::RoomName::new(&server.default_room, 64).is_err() {
        return wrong("server.default_room", "expected the name of a room, such as \"#lobby\"");
    }
    if !(1024..=64_000).contains(&server.virtual_ports) {
        return wrong("server.virtual_ports", "expected a port from 1024 to 64000");
    }
    within("server.workers", server.workers, 0, MAX_WORKERS)?;
    modes("server.default_user_modes", &server.default_user_modes, USER_FLAGS, "user")?;
    for (index, gateway) in server.webirc.iter().enumerate() {
        if gateway.hosts.is_empty() {
            return wrong(
                format!("server.webirc[{index}].hosts"),
                "name at least one address or network, as in [\"192.0.2.7\"]",
            );
        }
    }
    Ok(())
}

fn timeouts(config: &Config) -> Checked {
    let timeouts = &config.server.timeouts;
    for (key, value) in [
        ("registration", timeouts.registration),
        ("ping", timeouts.ping),
        ("disconnect", timeouts.disconnect),
    ] {
        if value.as_secs() == 0 {
            return wrong(format!("server.timeouts.{key}"), "expected one second or more");
        }
    }
    if timeouts.disconnect <= timeouts.ping {
        return wrong(
            "server.timeouts.disconnect",
            format!(
                "{} is not longer than server.timeouts.ping ({}), so nobody could answer a ping in time",
                timeouts.disconnect, timeouts.ping
            ),
        );
    }
    if config.ip_limits.window.get().is_zero() {
        return wrong("ip_limits.window", "expected more than no time at all");
    }
    Ok(())
}

fn listeners(listeners: &[Listen]) -> Checked {
    if !listeners.iter().any(|listen| listen.addr.is_supported()) {
        return wrong("listen", "name at least one address to listen on, as in tcp://127.0.0.1:6667");
    }
    let mut seen = BTreeSet::new();
    for (index, listen) in listeners.iter().enumerate() {
        let key = |name: &str| format!("listen[{index}].{name}");
        if listen.port() != Some(0) && !seen.insert(listen.addr.to_string()) {
            return wrong(key("addr"), format!("{} is listed twice", listen.addr));
        }
        listener(listen, key)?;
    }
    Ok(())
}

fn listener(listen: &Listen, key: impl Fn(&str) -> String) -> Checked {
    if !listen.addr.is_supported() {
        return Ok(());
    }
    if let Some(tls) = &listen.tls {
        certificate(listen, tls, &key)?;
    }
    let unix_only = [
        ("mode", listen.mode.is_some()),
        ("owner", listen.owner.is_some()),
        ("group", listen.group.is_some()),
    ];
    if let Some((name, _)) = unix_only.iter().find(|(_, set)| *set && !listen.is_unix()) {
        return wrong(key(name), format!("only unix:// listeners have it, and this one is {}", listen.addr));
    }
    dialect_fits(listen, &key)?;
    if listen.max_connections == Some(0) {
        return wrong(key("max_connections"), "0 would let nobody in; leave it out for no limit of its own");
    }
    Ok(())
}

/// Which dialects a transport can carry: datagrams carry packets, and a stream anything.
fn dialect_fits(listen: &Listen, key: &impl Fn(&str) -> String) -> Checked {
    if listen.addr.is_datagram() && !listen.dialect.only(Dialect::Packet) {
        return wrong(
            key("dialect"),
            format!("{} needs a stream; datagrams ({}) carry \"packet\" only", listen.dialect, listen.addr),
        );
    }
    if listen.addr.has_pages() && !listen.dialect.only(Dialect::Irc) {
        let addr = &listen.addr;
        return wrong(
            key("dialect"),
            format!("the page that {addr} shows speaks \"irc\"; for other dialects write ws:// or wss://"),
        );
    }
    if listen.addr.is_web() && listen.dialect.is_auto() {
        let addr = &listen.addr;
        return wrong(
            key("dialect"),
            format!("\"auto\" is for tcp://, tls:// and unix://, and this one is {addr}"),
        );
    }
    if listen.proxy_protocol && listen.addr.is_datagram() {
        return wrong(key("proxy_protocol"), "datagrams come without a PROXY header");
    }
    for origin in &listen.allowed_origins {
        // As browsers write it (RFC 6454 §6.1), or it would never be equal.
        let whole = origin.split_once("://").is_some_and(|(scheme, host)| {
            !scheme.is_empty() && !host.is_empty() && !host.trim_end_matches('/').contains('/')
        });
        if origin != "*" && !whole {
            return wrong(
                key("allowed_origins"),
                format!(
                    "{origin:?} is not an origin: write it as in \"https://chat.example.org\", or \"*\" for any"
                ),
            );
        }
    }
    if listen.wait.get().is_zero() {
        return wrong(key("wait"), "expected more than no time at all");
    }
    for (name, value) in
        [("idle", listen.idle.as_secs()), ("earn", listen.earn.into()), ("logins", listen.logins.into())]
    {
        if value == 0 {
            return wrong(key(name), "expected more than nothing");
        }
    }
    Ok(())
}

fn certificate(listen: &Listen, tls: &Tls, key: &impl Fn(&str) -> String) -> Checked {
    if !listen.takes_tls() {
        let with = match listen.addr.scheme() {
            "http" => "https",
            "ws" => "wss",
            _ => "tls",
        };
        return wrong(key("tls"), format!("{} has no encryption; write {with}:// for that", listen.addr));
    }
    for (name, path) in [("tls.cert", &tls.cert), ("tls.key", &tls.key)] {
        if path.as_os_str().is_empty() {
            return wrong(
                key(name),
                "is missing: write both cert and key, or leave out tls for a self-signed certificate",
            );
        }
        readable(&key(name), path)?;
    }
    match TlsConfig::from_files(&tls.cert, &tls.key) {
        Ok(_) => Ok(()),
        Err(error) => wrong(key("tls"), error.to_string()),
    }
}

fn modes(key: &str, modes: &Modes, allowed: &str, of: &str) -> Checked {
    match modes.letters().chars().find(|letter| !allowed.contains(*letter)) {
        Some(letter) => {
            wrong(key, format!("{letter} is not a {of} mode that can stand here; those are {allowed}"))
        }
        None => Ok(()),
    }
}

fn opers(config: &Config) -> Checked {
    for (name, oper) in &config.opers {
        if name.is_empty()
            || name.starts_with(':')
            || name.contains(|c: char| c.is_whitespace() || c.is_control())
        {
            return wrong(
                format!("opers.{name}"),
                "the name of an operator has no spaces and no colon in front",
            );
        }
        if !config.oper_classes.contains_key(&oper.class) {
            let known = config.oper_classes.keys().map(String::as_str);
            let hint = did_you_mean(&oper.class, known);
            let class = oper.class.escape_debug();
            return wrong(format!("opers.{name}.class"), format!("there is no [oper_classes.{class}]{hint}"));
        }
    }
    Ok(())
}

fn limits(limits: &Limits) -> Checked {
    // What a line must hold together is 512 bytes; these leave room for the rest of it.
    let bounds = [
        ("nicklen", limits.nicklen, 1, 64),
        ("userlen", limits.userlen, 1, 64),
        ("realnamelen", limits.realnamelen, 1, 300),
        ("channellen", limits.channellen, 2, 128),
        ("awaylen", limits.awaylen, 1, 450),
        ("kicklen", limits.kicklen, 1, 450),
        ("topiclen", limits.topiclen, 1, 450),
        ("monitor_entries", limits.monitor_entries, 1, 10_000),
        ("whowas_entries", limits.whowas_entries, 1, 1_000_000),
        ("chan_list_modes", limits.chan_list_modes, 1, 10_000),
        ("messagelen", limits.messagelen, 100, 32_768),
        // A line of 4096 bytes of tags and 512 of the rest must fit.
        ("recvq", limits.recvq, 4_608, 1_048_576),
        ("sendq", limits.sendq, 8_192, 1_073_741_824),
        ("max_connections", limits.max_connections, 1, 10_000_000),
        ("max_rooms", limits.max_rooms, 1, 10_000_000),
        ("max_members", limits.max_members, 1, 10_000_000),
    ];
    bounds
        .into_iter()
        .try_for_each(|(name, value, least, most)| within(&format!("limits.{name}"), value, least, most))
}

fn addresses(config: &Config) -> Checked {
    within("ip_limits.max_connections", config.ip_limits.max_connections, 1, 10_000_000)?;
    within("ip_limits.max_new", config.ip_limits.max_new, 1, 10_000_000)?;
    within("fakelag.burst", config.fakelag.burst as usize, 1, 100_000)?;
    within("fakelag.per_second", config.fakelag.per_second as usize, 1, 100_000)?;
    if config.sts.port == 0 {
        return wrong("sts.port", "expected the port of a tls:// listener, from 1 to 65535");
    }
    Ok(())
}

pub(super) fn within(key: &str, value: usize, least: usize, most: usize) -> Checked {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    wrong(key, format!("{value} is out of range; write a number from {least} to {most}"))
}

fn readable(key: &str, path: &Path) -> Checked {
    match fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(found) if found.is_dir() => wrong(key, format!("{} is a directory, not a file", path.display())),
        Ok(_) => Ok(()),
        Err(error) => wrong(key, format!("{} cannot be read: {error}", path.display())),
    }
}

pub(super) fn wrong(key: impl Into<String>, message: impl Into<String>) -> Checked {
    Err(ConfigError::new(key, message))
}
