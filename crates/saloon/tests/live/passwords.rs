//! Passwords whose check takes long: the one who gave it waits, and nobody else.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{Peer, Server, Setup};

/// The hash of a password, as `saloon passwd` prints it.
fn hashed(password: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saloon"))
        .arg("passwd")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("a pipe").write_all(password.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

/// A hash that no password fits and that takes some twenty times as long to check.
const COSTLY: &str =
    "$argon2id$v=19$m=19456,t=40,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

#[test]
fn the_right_password_lets_in_and_lines_behind_it_wait() {
    let server = Setup::default().set(&format!("server.password = \"{}\"", hashed("let me in"))).start();
    let mut ann = Peer::tcp(server.addr(0));
    ann.raw(b"PASS :let me in\r\nNICK ann\r\nUSER ann 0 * :ann\r\nJOIN #room\r\nPING behind\r\n");
    let lines = ann.until(":behind");
    let at = |text: &str| lines.iter().position(|line| line.contains(text));
    assert!(at(" 001 ann ") < at(" JOIN #room") && at(" 001 ann ").is_some(), "{lines:?}");

    for wrong in ["PASS wrong\r\n", ""] {
        let mut bob = Peer::tcp(server.addr(0));
        bob.raw(format!("{wrong}NICK bob\r\nUSER bob 0 * :bob\r\nPING behind\r\n").as_bytes());
        let rest = bob.rest();
        assert!(rest.iter().any(|line| line.contains(" 464 ")), "{rest:?}");
        assert!(rest.iter().all(|line| !line.contains(" 001 ")), "{rest:?}");
        assert!(rest.last().expect("a reason").contains("ERROR :Closing link: "), "{rest:?}");
    }
}

fn with_operator(hash: &str) -> Server {
    Setup::default()
        .set("oper_classes.admin = { title = \"Admin\", capabilities = [\"kill\"] }")
        .set(&format!("opers.root = {{ class = \"admin\", password = \"{hash}\" }}"))
        .start()
}

#[test]
fn an_operators_password_is_checked_the_same_way() {
    let server = with_operator(&hashed("secret"));
    let mut ann = Peer::user(&server, "ann");
    ann.raw(b"OPER root wrong\r\nPING one\r\nOPER root secret\r\nPING two\r\n");
    let lines = ann.until(":two");
    let order: Vec<&str> = lines
        .iter()
        .filter_map(|line| ["464", ":one", "381", ":two"].into_iter().find(|&text| line.contains(text)))
        .collect();
    assert_eq!(order, ["464", ":one", "381", ":two"], "{lines:?}");
}

#[test]
fn a_check_that_takes_long_holds_up_nobody_else() {
    let server = with_operator(COSTLY);
    let (mut asker, mut other) = (Peer::user(&server, "asker"), Peer::user(&server, "other"));
    asker.raw(b"OPER root wrong\r\nPING behind\r\n");
    let mut meanwhile = 0;
    while !asker.has_heard() {
        other.sync();
        meanwhile += 1;
    }
    assert!(meanwhile >= 3, "only {meanwhile} questions were answered meanwhile");
    asker.expect(" 464 ");
    asker.expect(":behind");
}

#[test]
fn who_leaves_while_its_password_is_checked_is_gone() {
    let server = with_operator(COSTLY);
    let mut other = Peer::user(&server, "other");
    let before = server.descriptors();
    for number in 0..3 {
        let mut asker = Peer::user(&server, &format!("asker{number}"));
        asker.send("OPER root wrong");
    }
    crate::support::eventually("their descriptors are closed", || server.descriptors() <= before);
    other.send("WHOIS asker0");
    other.expect(" 401 ");
}
