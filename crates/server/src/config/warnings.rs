//! Settings that are accepted and do nothing in this release, and combinations worth another look.

use super::Config;

/// One sentence for each, beginning with the key.
pub(super) fn warnings(config: &Config) -> Vec<String> {
    let mut warnings = without_effect(config);
    warnings.extend(doubtful(config));
    warnings
}

fn without_effect(config: &Config) -> Vec<String> {
    let mut default = Config::default();
    default.resolve_paths(&config.base_dir);
    let mut warnings = Vec::new();
    macro_rules! not_yet {
        ($feature:literal: $($key:ident).+ $(, $($more:ident).+)*) => {
            if config.$($key).+ != default.$($key).+ {
                let key = stringify!($($key).+);
                warnings.push(format!("{key} has no effect yet: {} in a later release", $feature));
            }
            $(not_yet!($feature: $($more).+);)*
        };
    }
    not_yet!("host names of peers come": server.lookup_hostnames);
    not_yet!("asking ident servers comes": server.check_ident);
    not_yet!("storage comes": datastore.path);
    not_yet!("accounts come": accounts.enabled, accounts.sasl_mechanisms, accounts.scram_iterations,
        accounts.max_password_bytes, accounts.registration.enabled,
        accounts.registration.allow_before_connect, accounts.registration.email_required,
        accounts.registration.throttle, accounts.login_throttling.enabled,
        accounts.nick_reservation.enabled, accounts.nick_reservation.method, accounts.sessions.enabled,
        accounts.sessions.allowed_by_default, accounts.sessions.always_on);
    not_yet!("registered channels come": channels.registration.enabled);
    not_yet!("messages of several lines come": limits.multiline.max_bytes, limits.multiline.max_lines);
    not_yet!("history comes": history.enabled, history.channel_length, history.client_length,
        history.chathistory_max_messages, history.allow_individual_delete, history.tagmsg_storage);
    not_yet!("metadata comes": metadata.enabled, metadata.before_connect, metadata.max_subs,
        metadata.max_keys, metadata.max_value_bytes, metadata.throttle);
    warnings
}

fn doubtful(config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    if !config.server.name.contains('.') {
        let name = &config.server.name;
        warnings.push(format!("server.name is \"{name}\": clients take a name without a dot for a nickname"));
    }
    for (index, listen) in config.listen.iter().enumerate() {
        let addr = &listen.addr;
        if !addr.is_supported() {
            let transport = addr.scheme();
            warnings.push(format!(
                "listen[{index}].addr has no effect yet: {addr} is not opened, {transport}:// comes in a later release"
            ));
        } else if !listen.allowed_origins.is_empty() {
            warnings.push(format!("listen[{index}].allowed_origins has no effect: {addr} is no WebSocket"));
        }
    }
    let sts = &config.sts;
    if sts.enabled
        && !config.listen.iter().any(|listen| listen.addr.is_tls() && listen.port() == Some(sts.port))
    {
        let port = sts.port;
        warnings.push(format!("sts sends clients to port {port}, and no tls:// listener here has that port"));
    }
    warnings
}
