//! Certificate files: what is wrong with them, and new ones under a running server.

mod common;
#[path = "common/tls.rs"]
mod tls;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;

use common::{Conn, accept, addr, reached_at};
use tempfile::TempDir;
use tls::{Client, Pair, TLS13, ask, connect, make_pair, met, sha256};
use transport::{ListenOptions, Listener, TlsConfig, TlsError, self_signed};

#[test]
fn a_new_certificate_is_for_new_connections_and_disturbs_no_other() {
    let (files, old, new) = (Files::new(), make_pair("old"), make_pair("new"));
    files.write(&old, &old);
    let config = files.load().expect("good files");
    let (listener, at) = open(&config);
    let (mut first, mut first_conn) = meet(&listener, at);
    assert_eq!(met(&first), sha256(&old.certificate));
    assert!(!config.changed());

    files.write(&new, &new);
    assert!(config.changed());
    config.reload().expect("good files");

    assert!(!config.changed());
    assert_eq!(config.fingerprint(), sha256(&new.certificate));
    let (second, _second_conn) = meet(&listener, at);
    assert_eq!(met(&second), sha256(&new.certificate));
    let still = thread::spawn(move || ask(&mut first, b"still here"));
    first_conn.read_exactly(b"still here");
    first_conn.write_all(b"STILL HERE");
    assert_eq!(still.join().expect("client").expect("answer"), b"STILL HERE");
}

#[test]
fn bad_new_files_leave_the_old_certificate_in_use() {
    let (files, old, new) = (Files::new(), make_pair("old"), make_pair("new"));
    files.write(&old, &old);
    let config = files.load().expect("good files");
    let (listener, at) = open(&config);

    files.write(&new, &old); // the certificate is there already, its key is not
    assert!(config.changed());
    assert!(matches!(config.reload(), Err(TlsError::Mismatch { .. })));
    assert!(!config.changed(), "told once, not at every look");
    assert_eq!(met(&meet(&listener, at).0), sha256(&old.certificate));

    files.write(&new, &new);
    assert!(config.changed());
    config.reload().expect("good files");
    assert_eq!(met(&meet(&listener, at).0), sha256(&new.certificate));

    fs::remove_file(&files.key).expect("remove");
    assert!(config.changed());
    assert!(matches!(config.reload(), Err(TlsError::Read { .. })));
    assert_eq!(config.fingerprint(), sha256(&new.certificate));
}

#[test]
fn a_certificate_behind_a_link_is_followed() {
    let (old, new) = (Files::new(), Files::new());
    let pairs = [make_pair("old"), make_pair("new")];
    old.write(&pairs[0], &pairs[0]);
    new.write(&pairs[1], &pairs[1]);
    let live = Files::new();
    let link = |to: &Files| {
        for (to, at) in [(&to.certificate, &live.certificate), (&to.key, &live.key)] {
            let _ = fs::remove_file(at);
            std::os::unix::fs::symlink(to, at).expect("link");
        }
    };
    link(&old);
    let config = live.load().expect("good files");

    link(&new);

    assert!(config.changed());
    config.reload().expect("good files");
    assert_eq!(config.fingerprint(), sha256(&pairs[1].certificate));
}

#[test]
fn both_may_be_one_file() {
    let (files, pair) = (Files::new(), make_pair("one"));
    let both = format!("some words before\n{}{}", pair.key_pem, pair.certificate_pem);
    fs::write(&files.certificate, both).expect("write");
    let config = TlsConfig::from_files(&files.certificate, &files.certificate).expect("good file");
    assert_eq!(config.fingerprint(), sha256(&pair.certificate));
}

#[test]
fn each_mistake_is_told_with_the_file_it_is_in() {
    let (ann, bob) = (make_pair("ann"), make_pair("bob"));
    let (good, key) = (ann.certificate_pem.as_str(), ann.key_pem.as_str());
    let broken_pem = "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n";
    let broken_cert = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let broken_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (certificate, key, message) in [
        (None, Some(key), "cannot read `CERT`: No such file or directory"),
        (Some(good), None, "cannot read `KEY`: No such file or directory"),
        (Some(""), Some(key), "there is no certificate in `CERT`"),
        (Some(key), Some(key), "there is no certificate in `CERT`"),
        (Some(good), Some(""), "there is no private key in `KEY`"),
        (Some(good), Some(good), "there is no private key in `KEY`"),
        (Some(good), Some(locked), "there is no private key in `KEY`"),
        (Some(broken_pem), Some(key), "`CERT` is not a PEM file: "),
        (Some(broken_cert), Some(key), "the first certificate in `CERT` cannot be used: "),
        (Some(good), Some(broken_key), "the private key in `KEY` cannot be used: "),
        (
            Some(good),
            Some(&bob.key_pem),
            "the key in `KEY` does not belong to the first certificate in `CERT`",
        ),
    ] {
        let files = Files::new();
        certificate.into_iter().for_each(|text| fs::write(&files.certificate, text).expect("write"));
        key.into_iter().for_each(|text| fs::write(&files.key, text).expect("write"));
        let error = files.load().expect_err(message).to_string();
        let error = error.replace(&shown(&files.certificate), "CERT").replace(&shown(&files.key), "KEY");
        assert!(error.starts_with(message), "{error}\nexpected: {message}");
    }
}

#[test]
fn one_made_in_memory_never_changes_and_never_comes_twice() {
    let config = self_signed(["localhost"]).expect("certificate");
    let before = config.fingerprint();
    assert!(!config.changed());
    config.reload().expect("nothing to do");
    assert_eq!(config.fingerprint(), before);
    assert_ne!(self_signed(["localhost"]).expect("certificate").fingerprint(), before);
    assert!(matches!(self_signed(["é"]), Err(TlsError::SelfSigned(_))));
}

#[test]
fn a_key_is_never_printed() {
    let (files, pair) = (Files::new(), make_pair("ann"));
    files.write(&pair, &pair);
    let printed = format!("{:?}", files.load().expect("good files"));
    assert_eq!(
        printed,
        format!(
            "TlsConfig {{ fingerprint: {:?}, files: Some(Files {{ certificate: {:?}, key: {:?} }}) }}",
            sha256(&pair.certificate),
            files.certificate,
            files.key
        )
    );
}

struct Files {
    _dir: TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("directory");
        let (certificate, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        Self { _dir: dir, certificate, key }
    }

    /// Puts new files in place of the old, as a careful tool does: written beside, then renamed.
    fn write(&self, certificate: &Pair, key: &Pair) {
        for (path, text) in [(&self.certificate, &certificate.certificate_pem), (&self.key, &key.key_pem)] {
            let beside = path.with_extension("new");
            fs::write(&beside, text).expect("write");
            fs::rename(&beside, path).expect("rename");
        }
    }

    fn load(&self) -> Result<TlsConfig, TlsError> {
        TlsConfig::from_files(&self.certificate, &self.key)
    }
}

fn open(config: &TlsConfig) -> (Listener, SocketAddr) {
    let options = ListenOptions { tls: Some(config.clone()), ..ListenOptions::default() };
    let listener = Listener::bind(&addr("tls://127.0.0.1:0"), options).expect("bind");
    let at = reached_at(&listener);
    (listener, at)
}

/// A client that has said hello and got its answer.
fn meet(listener: &Listener, at: SocketAddr) -> (Client, Conn) {
    let client = thread::spawn(move || {
        let mut client = connect(at, TLS13, None);
        ask(&mut client, b"hello").map(|_| client)
    });
    let accepted = accept(listener);
    let config = accepted.tls.expect("a tls door");
    let mut conn = Conn::new(accepted.stream.start_tls(&config, &[]).expect("TLS"));
    conn.read_exactly(b"hello");
    conn.write_all(b"HELLO");
    (client.join().expect("client").expect("hello"), conn)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
