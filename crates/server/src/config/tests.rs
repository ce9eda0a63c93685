//! What loads, what is refused, and what people are told about it.

use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new(""))
}

/// The error for a text that must not load.
fn refused(text: &str) -> String {
    parse(text).expect_err(text).to_string()
}

fn accepted(text: &str) -> Config {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_empty_file_is_the_default() {
    assert_eq!(accepted(""), Config::default());
    assert_eq!(Config::default().check(), Ok(()));
    assert_eq!(Config::default().warnings(), Vec::<String>::new());
}

#[test]
fn the_default_is_open_to_this_machine_only() {
    let config = Config::default();
    let doors: Vec<_> = config.listen.iter().map(|listen| listen.addr.to_string()).collect();
    assert_eq!(
        doors,
        [
            "http://127.0.0.1:8067",
            "tcp://127.0.0.1:6667",
            "tls://127.0.0.1:6697",
            "tcp://127.0.0.1:6670",
            "udp://127.0.0.1:30104",
            "tcp://127.0.0.1:8080",
            "tcp://127.0.0.1:6671",
            "tcp://127.0.0.1:3677",
        ]
    );
    assert_eq!(config.server.proxy_allowed_from, []);
    assert_eq!(config.server.motd, None);
    assert_eq!(config.server.password, None);
    assert_eq!(config.ip_limits.exempt.len(), 2);
    assert_eq!(config.channels.default_modes.letters(), "nt");
}

#[test]
fn listeners_of_the_file_replace_the_default_ones() {
    let config = accepted("[[listen]]\naddr = \"tcp://127.0.0.1:7000\"");
    assert_eq!(config.listen.len(), 1);
    assert_eq!(config.listen[0], Listen::new("tcp://127.0.0.1:7000".parse().expect("an address")));
}

#[test]
fn a_value_of_the_wrong_form_names_key_line_and_column() {
    let error = parse("[server.timeouts]\n  ping = \"90\"\n").expect_err("no unit");
    assert_eq!(error.key(), Some("server.timeouts.ping"));
    assert_eq!((error.line(), error.column()), (Some(2), Some(10)));
    assert_eq!(
        error.to_string(),
        "line 2, column 10: server.timeouts.ping: \"90\" is not a duration; write \"90s\" or \"2m\""
    );
}

#[test]
fn a_value_of_the_wrong_type_is_told_the_right_one() {
    let cases = [
        ("limits.nicklen = \"32\"", "limits.nicklen: expected a whole number, not negative, found text"),
        ("limits.nicklen = -1", "limits.nicklen: expected a whole number, not negative, found -1"),
        ("server.utf8_only = \"yes\"", "server.utf8_only: expected true or false, found text"),
        ("server.utf8_only = 1", "server.utf8_only: expected true or false, found 1"),
        ("server.name = true", "server.name: expected text in quotes, found true"),
        ("server = 3", "server: expected a section with settings, found 3"),
        (
            "server.proxy_allowed_from = \"::1\"",
            "server.proxy_allowed_from: expected a list in brackets, found text",
        ),
        ("sts.port = 70000", "sts.port: expected a whole number from 0 to 65535, found 70000"),
        (
            "server.timeouts.ping = 90",
            "server.timeouts.ping: 90 is not a duration; write it as text with a unit, \"90s\" or \"2m\"",
        ),
        ("opers.op.password = \"plain:x\"", "opers.op.class: is missing, and has no default"),
        (
            "log.level = \"loud\"",
            "log.level: \"loud\" is not a log level known here; write one of \"error\", \"warn\", \"info\", \
             \"debug\", \"trace\"",
        ),
        ("[[listen]]\ndialect = \"irc\"", "listen[0].addr: is missing, and has no default"),
    ];
    for (text, expected) in cases {
        let error = refused(text);
        let (_, told) = error.split_once(": ").expect("a place");
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn an_unknown_key_stops_with_the_nearest_known_one() {
    assert_eq!(
        refused("[server.timeouts]\npings = \"90s\""),
        "line 2, column 1: server.timeouts.pings: there is no such setting; did you mean \"ping\"?"
    );
    assert_eq!(
        refused("[servre]\nname = \"a.b\""),
        "line 1, column 2: servre: there is no such setting; did you mean \"server\"?"
    );
    assert_eq!(
        refused("[log]\ncolour = true"),
        "line 2, column 1: log.colour: there is no such setting; here are target, level, format"
    );
    assert!(refused("[[listen]]\naddr = \"tcp://127.0.0.1:1\"\ntsl = {}").contains("did you mean \"tls\"?"));
}

#[test]
fn what_is_not_toml_tells_the_line() {
    let error = parse("[server]\nname = \"a.b\n").expect_err("no closing quote");
    assert_eq!((error.key(), error.line()), (None, Some(2)));
    assert_eq!(parse("[server]\n[server]\n").expect_err("twice").line(), Some(2));
}

#[test]
fn a_list_item_is_named_by_its_number() {
    let error = parse("[[listen]]\naddr = \"tcp://127.0.0.1:1\"\n[[listen]]\naddr = \"nonsense\"")
        .expect_err("no address");
    assert_eq!((error.key(), error.line()), (Some("listen[1].addr"), Some(4)));
}

#[test]
fn no_error_shows_a_secret() {
    let texts = [
        "server.password = \"hunter2secret\"",
        "server.password = [\"hunter2secret\"]",
        "server.password = { plain = \"hunter2secret\" }",
        "server.password = 'hunter2secret' ]",
        "opers.op = \"plain:hunter2secret\"",
        "opers = \"plain:hunter2secret\"",
        "limits.nicklen = \"plain:hunter2secret\"",
        "ip_cloaking.secret = \"hunter2secret\"",
        "server.password = \"$2b$hunter2secret\"",
        "server.password = plain:hunter2secret",
    ];
    for text in texts {
        let error = parse(text).expect_err(text);
        assert!(!format!("{error} {error:?}").contains("hunter2secret"), "{error}");
    }
    let config = accepted("server.password = \"plain:hunter2\"\nip_cloaking.secret = \"0123456789abcdef\"");
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("0123456789abcdef"), "{shown}");
}

#[test]
fn rules_across_values_are_checked() {
    let cases = [
        ("server.timeouts.ping = \"150s\"", "server.timeouts.disconnect: 2m30s is not longer"),
        ("server.timeouts.registration = \"10ms\"", "server.timeouts.registration: expected one second"),
        ("network.name = \"\"", "network.name: expected"),
        ("server.name = \"irc example\"", "server.name: expected"),
        ("server.name = \"irc.example.\"", "server.name: expected"),
        ("server.description = \"a\\nb\"", "server.description: expected one line"),
        ("admin.email = \"\"", "admin.email: expected one line"),
        ("server.casemapping = \"precis\"", "server.casemapping: \"precis\" is not supported yet"),
        ("server.workers = 1000", "server.workers: 1000 is out of range; write a number from 0 to 255"),
        ("server.motd = \"no/such/file\"", "server.motd: no/such/file cannot be read"),
        ("server.default_user_modes = \"+o\"", "server.default_user_modes: o is not a user mode"),
        ("channels.default_modes = \"+k\"", "channels.default_modes: k is not a channel mode"),
        ("limits.nicklen = 0", "limits.nicklen: 0 is out of range; write a number from 1 to 64"),
        ("limits.nicklen = 65", "limits.nicklen: 65 is out of range"),
        ("limits.topiclen = 5000", "limits.topiclen: 5000 is out of range"),
        ("limits.recvq = 100", "limits.recvq: 100 is out of range"),
        ("fakelag.per_second = 0", "fakelag.per_second: 0 is out of range"),
        ("ip_limits.window = \"0s\"", "ip_limits.window: expected more"),
        ("sts.port = 0", "sts.port: expected the port"),
        ("ip_cloaking.suffix = \"a b\"", "ip_cloaking.suffix: expected"),
        ("datastore.path = \"\"", "datastore.path: expected a directory"),
        ("accounts.sasl_mechanisms = []", "accounts.sasl_mechanisms: name at least one"),
        ("accounts.scram_iterations = 1", "accounts.scram_iterations: expected 4096"),
        ("accounts.scram_iterations = 9999999", "accounts.scram_iterations: expected 1000000"),
        ("accounts.max_password_bytes = 200", "accounts.max_password_bytes: 200 is out of range"),
        ("accounts.recovery_codes = 101", "accounts.recovery_codes: 101 is out of range"),
        ("accounts.registration.max_new = 0", "accounts.registration.max_new: 0 is out of range"),
        ("accounts.registration.window = \"1ms\"", "accounts.registration.window: expected one second"),
        ("accounts.login_throttling.attempts = 0", "accounts.login_throttling.attempts: 0 is out of range"),
        (
            "accounts.login_throttling.window = \"0s\"",
            "accounts.login_throttling.window: expected one second",
        ),
        ("limits.max_accounts = 0", "limits.max_accounts: 0 is out of range"),
        ("limits.multiline.max_lines = 0", "limits.multiline.max_lines: 0 is out of range"),
        ("history.channel_length = 0", "history.channel_length: 0 is out of range"),
        ("history.chathistory_max_messages = 0", "history.chathistory_max_messages: 0 is out of range"),
        ("history.replay = 1001", "history.replay: 1001 is out of range"),
        ("history.max_age = \"0s\"", "history.max_age: expected one second or more"),
        ("history.max_size = 1000", "history.max_size: expected 1048576 bytes"),
        ("history.tagmsg_storage.allow = [\"react\"]", "history.tagmsg_storage.allow[0]: expected the name"),
        ("metadata.max_value_bytes = 0", "metadata.max_value_bytes: 0 is out of range"),
        ("listen = []", "listen: name at least one address"),
    ];
    for (text, expected) in cases {
        let error = refused(text);
        assert!(error.starts_with("line 1, column "), "{error}");
        assert!(error.contains(&format!(": {expected}")), "{text}: {error}");
    }
}

#[test]
fn an_operator_needs_a_class_that_is_there() {
    let classes = "[oper_classes.server-admin]\ncapabilities = [\"kill\", \"die\"]\n";
    let config = accepted(&format!("{classes}[opers.op]\nclass = \"server-admin\"\npassword = \"plain:x\""));
    assert!(config.oper_classes["server-admin"].allows(Capability::Kill));
    assert!(!config.oper_classes["server-admin"].allows(Capability::Rehash));
    assert_eq!(
        refused(&format!("{classes}[opers.op]\nclass = \"serveradmin\"\npassword = \"plain:x\"")),
        "line 4, column 1: opers.op.class: there is no [oper_classes.serveradmin]; \
         did you mean \"server-admin\"?"
    );
    assert!(
        refused("[oper_classes.a]\ncapabilities = [\"fly\"]")
            .contains("\"fly\" is not an operator capability")
    );
}

#[test]
fn listeners_are_checked_one_by_one() {
    let listen = |rest: &str| format!("[[listen]]\naddr = {rest}");
    let cases = [
        ("\"multicast://239.0.0.1:1\"", "listen: name at least one address"),
        ("\"gopher://127.0.0.1:70\"", "listen[0].addr"),
        (
            "\"http://127.0.0.1:1\"\ndialect = \"line\"",
            "listen[0].dialect: the page that http://127.0.0.1:1 shows",
        ),
        ("\"ws://127.0.0.1:1\"\ndialect = \"auto\"", "listen[0].dialect: \"auto\" is for tcp://"),
        ("\"udp://127.0.0.1:1\"\ndialect = \"auto\"", "listen[0].dialect: auto needs a stream"),
        ("\"tcp://127.0.0.1:1\"\nwait = \"0s\"", "listen[0].wait: expected more"),
        (
            "\"ws://127.0.0.1:1\"\nallowed_origins = [\"chat.example\"]",
            "listen[0].allowed_origins: \"chat.example\"",
        ),
        (
            "\"ws://127.0.0.1:1\"\nallowed_origins = [\"http://a/b\"]",
            "listen[0].allowed_origins: \"http://a/b\"",
        ),
        ("\"tcp://127.0.0.1:1\"\ndialect = \"plane\"", "\"plane\" is not a dialect known here"),
        ("\"udp://127.0.0.1:1\"\ndialect = \"line\"", "listen[0].dialect: line needs a stream"),
        ("\"udp://127.0.0.1:1\"\ndialect = \"packet\"\nearn = 0", "listen[0].earn: expected more"),
        ("\"udp://127.0.0.1:1\"\ndialect = \"packet\"\nallow = [\"x\"]", "listen[0].allow"),
        ("\"tcp://127.0.0.1:1\"\nencoding = \"klingon\"", "\"klingon\" is not an encoding known here"),
        (
            "\"tcp://127.0.0.1:1\"\ntls = { cert = \"a\", key = \"b\" }",
            "listen[0].tls: tcp://127.0.0.1:1 has no",
        ),
        ("\"tls://127.0.0.1:1\"\ntls = { cert = \"a\" }", "listen[0].tls"),
        ("\"tls://127.0.0.1:1\"\ntls = {}", "listen[0].tls.cert: is missing"),
        (
            "\"tls://127.0.0.1:1\"\ntls = { cert = \"no.pem\", key = \"no.pem\" }",
            "listen[0].tls.cert: no.pem cannot be read",
        ),
        ("\"tcp://127.0.0.1:1\"\nmode = \"0660\"", "listen[0].mode: only unix://"),
        ("\"tcp://127.0.0.1:1\"\ngroup = \"chat\"", "listen[0].group: only unix://"),
        ("\"tcp://127.0.0.1:1\"\nmax_connections = 0", "listen[0].max_connections: 0 would let nobody in"),
        (
            "\"tcp://127.0.0.1:1\"\n[[listen]]\naddr = \"tcp://127.0.0.1:1\"",
            "listen[1].addr: tcp://127.0.0.1:1 is listed twice",
        ),
    ];
    for (rest, expected) in cases {
        let error = refused(&listen(rest));
        assert!(error.contains(expected), "{rest}: {error}");
    }
    accepted(&listen("\"unix:///tmp/x.sock\"\nmode = \"0660\"\nowner = \"a\"\ngroup = \"b\""));
    accepted(&listen(
        "\"ws://127.0.0.1:1\"\ndialect = \"packet\"\nallowed_origins = [\"http://[::1]:8067/\", \"*\"]",
    ));
    accepted(&listen("\"tls://127.0.0.1:1\"\ndialect = \"auto\""));
    accepted(&listen("\"tcp://127.0.0.1:0\"\n[[listen]]\naddr = \"tcp://127.0.0.1:0\""));
}

#[test]
fn a_gateway_needs_a_password_and_an_address() {
    let gateway = "[[server.webirc]]\npassword = \"plain:x\"\n";
    assert_eq!(accepted(&format!("{gateway}hosts = [\"192.0.2.0/24\"]")).server.webirc.len(), 1);
    assert!(refused(gateway).contains("server.webirc[0].hosts: is missing"));
    assert!(refused(&format!("{gateway}hosts = []")).contains("server.webirc[0].hosts: name at least one"));
    assert!(refused(&format!("{gateway}hosts = [\"nowhere\"]")).contains("server.webirc[0].hosts"));
    assert!(
        refused(&format!("{gateway}hosts = [\"::1\"]\ncertfp = \"abc\"")).contains("server.webirc[0].certfp")
    );
}

#[test]
fn relative_paths_start_from_the_directory_of_the_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("saloon.toml");
    fs::write(dir.path().join("motd.txt"), "hello").expect("written");
    write_pair(dir.path());
    let text = "server.motd = \"motd.txt\"\n[[listen]]\naddr = \"tls://127.0.0.1:0\"\n\
                tls = { cert = \"cert.pem\", key = \"key.pem\" }\n[[listen]]\naddr = \"unix://s.sock\"\n";
    fs::write(&file, text).expect("written");

    let config = Config::load(&file).expect("it loads");

    assert_eq!(config.server.motd, Some(dir.path().join("motd.txt")));
    assert_eq!(config.datastore.path, dir.path().join("saloon-data"));
    assert_eq!(config.warnings(), Vec::<String>::new(), "a default path is no setting");
    assert_eq!(config.listen[0].tls.as_ref().map(|tls| &tls.key), Some(&dir.path().join("key.pem")));
    assert_eq!(config.listen[1].addr.to_string(), format!("unix://{}", dir.path().join("s.sock").display()));
}

#[test]
fn a_certificate_needs_its_own_key() {
    let [ours, theirs] = [(); 2].map(|()| tempfile::tempdir().expect("a directory"));
    write_pair(ours.path());
    write_pair(theirs.path());
    fs::copy(theirs.path().join("key.pem"), ours.path().join("key.pem")).expect("copied");
    let text = "[[listen]]\naddr = \"tls://127.0.0.1:0\"\ntls = { cert = \"cert.pem\", key = \"key.pem\" }";
    let error = Config::parse(text, ours.path()).expect_err("two halves of two pairs");
    assert_eq!((error.key(), error.line()), (Some("listen[0].tls"), Some(3)));
    assert!(error.message().contains("key.pem"), "{error}");
}

/// A certificate and its key, as `cert.pem` and `key.pem`.
fn write_pair(dir: &Path) {
    let pair = rcgen::generate_simple_self_signed(["saloon.local".to_owned()]).expect("a certificate");
    fs::write(dir.join("cert.pem"), pair.cert.pem()).expect("written");
    fs::write(dir.join("key.pem"), pair.signing_key.serialize_pem()).expect("written");
}

#[test]
fn an_error_in_a_file_names_the_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("saloon.toml");
    fs::write(&file, "\n[limits]\nnicklen = 0\n").expect("written");
    assert_eq!(
        Config::load(&file).expect_err("out of range").to_string(),
        format!(
            "{}, line 3, column 1: limits.nicklen: 0 is out of range; write a number from 1 to 64",
            file.display()
        )
    );
    let missing = dir.path().join("none.toml");
    let error = Config::load(&missing).expect_err("no such file").to_string();
    assert!(error.starts_with(&format!("{}: cannot be read: ", missing.display())), "{error}");
}

#[test]
fn settings_of_later_features_are_accepted_with_a_warning() {
    let cases = [
        ("server.lookup_hostnames = true", "server.lookup_hostnames has no effect"),
        ("server.check_ident = true", "server.check_ident has no effect"),
        ("server.name = \"localhost\"", "server.name is \"localhost\": clients take"),
        ("sts = { enabled = true, port = 1 }", "sts sends clients of IRC to port 1"),
        (
            "sts = { enabled = true, port = 8443 }\nlisten = [{ addr = \"https://[::1]:8443\" }]",
            "sts sends clients of IRC to port 8443",
        ),
        (
            "listen = [{ addr = \"tcp://[::1]:1\", allowed_origins = [\"*\"] }]",
            "listen[0].allowed_origins has no",
        ),
    ];
    for (text, expected) in cases {
        let warnings = accepted(text).warnings();
        assert_eq!(warnings.len(), 1, "{text}: {warnings:?}");
        assert!(warnings[0].starts_with(expected), "{text}: {warnings:?}");
    }
    for text in [
        "accounts.enabled = true\nsts.enabled = true",
        "sts.enabled = true\nlisten = [{ addr = \"tcp://[::1]:6697\", dialect = \"auto\" }]",
    ] {
        assert_eq!(accepted(text).warnings(), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_file_for_a_conformance_run_loads() {
    let text = r#"
        network.name = "ExampleNet"
        datastore.path = "run.db"
        [server]
        name = "My.Little.Server"
        password = "plain:letmein"
        proxy_allowed_from = ["127.0.0.0/8"]
        [[listen]]
        addr = "tcp://127.0.0.1:6667"
        dialect = "irc"
        [oper_classes.server-admin]
        title = "Server Admin"
        capabilities = ["kill", "ban", "rehash", "wallops", "samode", "accreg", "chanreg", "history", "metadata"]
        [opers.operuser]
        class = "server-admin"
        password = "plain:operpassword"
        [accounts.registration]
        throttle = false
        [ip_limits]
        count = false
        throttle = false
        [ip_cloaking]
        enabled = false
        [fakelag]
        enabled = false
    "#;
    let config = accepted(text);
    assert!(config.server.password.as_ref().is_some_and(|secret| secret.verify(b"letmein")));
    assert!(config.opers["operuser"].password.verify(b"operpassword"));
    assert_eq!(config.warnings(), Vec::<String>::new());
}

#[test]
fn what_is_kept_may_be_bounded_by_age_and_size() {
    let config = accepted("history = { max_age = \"90d\", max_size = 1073741824 }");
    assert_eq!(config.history.max_age, Some(Duration::seconds(90 * 86_400)));
    assert_eq!(config.history.max_size, Some(1 << 30));
    assert_eq!((accepted("").history.max_age, accepted("").history.max_size), (None, None));
}

#[test]
fn a_mechanism_is_offered_if_accounts_are() {
    let config = accepted("accounts.sasl_mechanisms = [\"PLAIN\"]");
    assert!(config.accounts.offers(Mechanism::Plain) && !config.accounts.offers(Mechanism::External));
    assert!(!accepted("accounts.enabled = false").accounts.offers(Mechanism::Plain));
}

#[test]
fn a_transport_still_to_come_is_accepted_with_a_warning() {
    let text = "[[listen]]\naddr = \"tcp://127.0.0.1:1\"\n\
                [[listen]]\naddr = \"multicast://239.0.0.1:2\"";
    let config = Config::parse(text, Path::new("")).expect("a configuration");
    assert_eq!(
        config.warnings(),
        [
            "listen[1].addr has no effect yet: multicast://239.0.0.1:2 is not opened, multicast:// comes in a later \
             release"
        ]
    );
}
