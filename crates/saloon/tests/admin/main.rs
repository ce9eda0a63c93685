//! `saloon admin` as an operator at a shell meets it, with a server that runs and people in it.

#[path = "../support/mod.rs"]
mod support;

mod numbers;
mod orders;
mod people;

use std::process::{Command, Output};

use support::{Peer, Server, Setup};

/// A server with a door for IRC and one for lines.
fn server() -> Server {
    setup().start()
}

fn setup() -> Setup {
    Setup::default()
        .door("addr = \"tcp://127.0.0.1:0\"")
        .door("addr = \"tcp://127.0.0.1:0\"\ndialect = \"line\"")
}

/// Somebody with `nc` and nothing else, who has been greeted.
fn line_client(server: &Server) -> Peer {
    let mut peer = Peer::tcp(server.addr(1));
    peer.raw(b"/time\n");
    peer.expect("/quit");
    peer
}

/// Runs `saloon admin` for that server.
fn admin(server: &Server, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saloon"));
    command.arg("admin").args(arguments).arg("--config").arg(server.setup.path("saloon.toml"));
    command.output().expect("it runs")
}

/// What it prints when all is well.
fn done(server: &Server, arguments: &[&str]) -> String {
    let output = admin(server, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What it says when it is refused.
fn refused(server: &Server, arguments: &[&str]) -> String {
    let output = admin(server, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

fn json(server: &Server, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&done(server, arguments)).expect("JSON")
}
