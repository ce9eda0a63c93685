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
        } else if !listen.allowed_origins.is_empty() && !listen.takes_http() {
            warnings.push(format!("listen[{index}].allowed_origins has no effect: {addr} is no WebSocket"));
        }
    }
    let sts = &config.sts;
    if sts.enabled
        && !config
            .listen
            .iter()
            .any(|listen| listen.takes_tls() && !listen.addr.is_web() && listen.port() == Some(sts.port))
    {
        let port = sts.port;
        warnings.push(format!(
            "sts sends clients of IRC to port {port}, and none here speaks TLS with them there"
        ));
    }
    warnings
}
