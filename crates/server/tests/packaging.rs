//! The configurations that packages and containers come with: they load, and agree with what is beside them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use server::config::Config;

fn text(name: &str) -> String {
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", name].iter().collect();
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn load(name: &str) -> Config {
    Config::parse(&text(name), Path::new("/etc/saloon")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_package_serves_this_machine_only_and_keeps_its_data_where_it_may() {
    let config = load("packaging/saloon.toml");
    assert!(config.listen.iter().all(|listen| listen.addr.is_local()), "{:?}", config.listen);
    assert_eq!(config.datastore.path, Path::new("/var/lib/saloon"));
    assert_eq!(config.warnings(), [""; 0]);
    assert!(text("packaging/saloon.service").contains("\nStateDirectory=saloon\n"));
}

#[test]
fn the_container_serves_everyone() {
    let config = load("packaging/container.toml");
    assert!(config.listen.iter().all(|listen| !listen.addr.is_local()), "{:?}", config.listen);
    assert_eq!(config.datastore.path, Path::new("/data"));
    let exposed = text("Dockerfile");
    let exposed = exposed.lines().find_map(|line| line.strip_prefix("EXPOSE ")).expect("ports");
    let exposed: BTreeSet<u16> = exposed.split(' ').filter_map(|port| port.parse().ok()).collect();
    let ports = config.listen.iter().filter_map(|listen| Some(listen.addr.endpoint()?.port));
    let missing: Vec<u16> = ports.filter(|port| !exposed.contains(port)).collect();
    assert_eq!(missing, [0; 0]);
}

#[test]
fn the_sockets_that_systemd_opens_are_doors_of_the_package() {
    let config = load("packaging/saloon.toml");
    let doors: Vec<String> =
        config.listen.iter().filter_map(|one| Some(one.addr.endpoint()?.to_string())).collect();
    let unit = text("packaging/saloon.socket");
    let sockets: Vec<&str> = unit.lines().filter_map(|line| line.strip_prefix("ListenStream=")).collect();
    assert!(!sockets.is_empty() && sockets.iter().all(|socket| doors.iter().any(|door| door == socket)));
}

#[test]
fn what_is_commented_out_in_the_package_is_right_as_well() {
    let dir = tempfile::tempdir().expect("a directory");
    let pair = rcgen::generate_simple_self_signed(["saloon.local".to_owned()]).expect("a certificate");
    std::fs::create_dir(dir.path().join("tls")).expect("a directory");
    let files = [
        ("motd.txt", "hello".into()),
        ("tls/fullchain.pem", pair.cert.pem()),
        ("tls/privkey.pem", pair.signing_key.serialize_pem()),
    ];
    for (file, text) in files {
        std::fs::write(dir.path().join(file), text).expect("written");
    }
    let hash = server::password::hash(b"x").expect("a hash");
    let text = text("packaging/saloon.toml").replace("\"$argon2id$…\"", &format!("{hash:?}"));
    let text = text.replace("\"…\"", "\"0123456789abcdef\"");
    let lines: Vec<_> = text.lines().map(|line| if is_setting(line) { &line[2..] } else { line }).collect();
    let config = Config::parse(&lines.join("\n"), dir.path()).expect("it loads");
    assert!(config.server.motd.is_some() && config.opers.len() == 1);
}

/// Whether a comment is a setting in disguise: a section, `key = value`, or the rest of a list.
fn is_setting(line: &str) -> bool {
    let Some(inner) = line.strip_prefix("# ") else { return false };
    let assigns = inner.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    let continues = inner.trim_start().starts_with("\"metadata\", \"chghost\"");
    inner.starts_with('[') || assigns || continues
}
