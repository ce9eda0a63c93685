//! `saloon account` while the server runs: it is asked through its control socket.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Signal;

use crate::support::{Server, Setup};

fn server() -> Server {
    Setup::default().set("datastore.path = \"data\"").start()
}

/// What `saloon account` says, if it succeeds.
fn account(config: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saloon"))
        .arg("account")
        .args(arguments)
        .arg("--config")
        .arg(config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    // It may end before it reads.
    let _ = child.stdin.take().expect("a pipe").write_all(b"sesame\n");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[test]
fn a_server_that_runs_is_asked_and_remembers_what_it_was_told() {
    let mut server = server();
    let config = server.setup.path("saloon.toml");
    let told = account(&config, &["add", "Ann"]).expect("it is done");
    assert!(told.starts_with("Ann is registered.\n"), "{told}");
    assert_eq!(
        account(&config, &["suspend", "ann", "--reason", "spam"]).expect("it is done"),
        "Ann is suspended.\n"
    );
    assert!(account(&config, &["add", "ANN"]).expect_err("it is there").contains("there is an account"));
    let list = account(&config, &["list"]).expect("a list");
    assert!(list.starts_with("Ann ") && list.ends_with("suspended: spam\n"), "{list}");
    server.stop();
    assert_eq!(account(&config, &["list"]).expect("a list"), list, "it was on disk");
}

#[test]
fn the_control_socket_is_its_owners_and_gone_when_the_server_is() {
    let mut server = server();
    let socket = server.setup.path("data/control");
    let mode = fs::metadata(&socket).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    server.stop();
    assert!(!socket.exists());
}

#[test]
fn a_socket_left_over_from_a_server_that_was_killed_is_replaced() {
    let mut server = server();
    let config = server.setup.path("saloon.toml");
    account(&config, &["add", "Ann"]).expect("it is done");
    server.signal(Signal::KILL);
    server.wait();
    assert!(server.setup.path("data/control").exists());
    assert!(account(&config, &["list"]).expect("nobody answers, so the store is read").starts_with("Ann "));
    let again = server.setup.clone().start();
    assert!(account(&config, &["list"]).expect("a list").starts_with("Ann "));
    drop(again);
}
