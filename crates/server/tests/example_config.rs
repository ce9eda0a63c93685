//! `saloon.toml` at the root of the repository says what is so.

use std::path::{Path, PathBuf};

use server::config::Config;

fn text() -> String {
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "saloon.toml"].iter().collect();
    std::fs::read_to_string(file).expect("saloon.toml is there")
}

#[test]
fn it_equals_the_defaults() {
    assert_eq!(Config::parse(&text(), Path::new("")).expect("it loads"), Config::default());
}

#[test]
fn every_setting_is_in_it() {
    // Debug output names every field of every struct: each must be a key of the file, set or
    // commented out. A name that stands for several is found once, which is near enough.
    let text = text();
    let known = |name: &str| {
        text.lines().map(|line| line.trim_start_matches("# ")).any(|line| {
            line.starts_with(&format!("{name} = "))
                || line.trim_matches(['[', ']']).split('.').any(|part| part == name)
                || line.contains(&format!("{{ {name} = "))
                || line.contains(&format!(", {name} = "))
        })
    };
    let debug = format!("{:#?}", Config::default());
    let fields = debug.lines().filter_map(|line| line.trim().split_once(": ").map(|(name, _)| name));
    let missing: Vec<_> = fields.filter(|name| !known(name) && !NO_SETTINGS.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

/// Fields of `transport`'s types, which are written as one text, and what only the loader sets.
const NO_SETTINGS: [&str; 4] = ["host", "ip", "prefix", "base_dir"];

#[test]
fn what_is_commented_out_is_right_as_well() {
    let dir = tempfile::tempdir().expect("a directory");
    let pair = rcgen::generate_simple_self_signed(["saloon.local".to_owned()]).expect("a certificate");
    let files = [
        ("motd.txt", "hello".into()),
        ("fullchain.pem", pair.cert.pem()),
        ("privkey.pem", pair.signing_key.serialize_pem()),
    ];
    for (file, text) in files {
        std::fs::write(dir.path().join(file), text).expect("written");
    }
    let hash = server::password::hash(b"x").expect("a hash");
    let text =
        text().replace("\"$argon2id$…\"", &format!("{hash:?}")).replace("\"…\"", "\"0123456789abcdef\"");
    let lines: Vec<_> = text.lines().map(|line| if is_setting(line) { &line[2..] } else { line }).collect();
    let config = Config::parse(&lines.join("\n"), dir.path()).expect("it loads");
    assert!(config.server.motd.is_some() && config.server.password.is_some());
    assert_eq!((config.listen.len(), config.server.webirc.len(), config.opers.len()), (9, 1, 1));
}

/// Whether a comment is a setting in disguise: a section, `key = value`, or the rest of a list.
fn is_setting(line: &str) -> bool {
    let Some(inner) = line.strip_prefix("# ") else { return false };
    let assigns = inner.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    let continues = inner.trim_start().starts_with("\"metadata\", \"chghost\"");
    inner.starts_with('[') || assigns || continues
}
