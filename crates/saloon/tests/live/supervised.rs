//! What the service manager is told.

use std::os::unix::net::UnixDatagram;

use rustix::process::Signal;

use crate::support::{PATIENCE, Peer, Setup};

/// A service manager's ear, and a server that knows of it.
fn supervised() -> (UnixDatagram, Setup) {
    let setup = Setup::default();
    let socket = UnixDatagram::bind(setup.path("notify")).expect("bind");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let path = setup.path("notify").display().to_string();
    (socket, setup.environment("NOTIFY_SOCKET", path))
}

fn told(socket: &UnixDatagram) -> String {
    let mut buf = [0; 4096];
    let length = socket.recv(&mut buf).expect("it is told something");
    String::from_utf8_lossy(&buf[..length]).into_owned()
}

#[test]
fn every_turn_is_told() {
    let (socket, setup) = supervised();
    let mut server = setup.start();
    assert_eq!(told(&socket), "READY=1\nSTATUS=0 connections\n");

    server.signal(Signal::HUP);
    let reloading = told(&socket);
    let since = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").expect("with the time");
    assert!(since.trim_end().parse::<u64>().is_ok_and(|since| since > 0), "{reloading}");
    assert_eq!(told(&socket), "READY=1\nSTATUS=0 connections\n");

    server.rewrite(&["limits.nicklen = 0"]);
    server.signal(Signal::HUP);
    assert!(told(&socket).starts_with("RELOADING=1\n"));
    let outcome = told(&socket);
    let trouble = "READY=1\nSTATUS=0 connections; the configuration can't be used: ";
    assert!(outcome.starts_with(trouble), "{outcome}");
    assert!(outcome.contains("limits.nicklen"), "{outcome}");

    server.signal(Signal::TERM);
    assert_eq!(told(&socket), "STOPPING=1\nSTATUS=Stopping\n");
    assert_eq!(server.wait().code, Some(0));
}

#[test]
fn a_server_that_is_alive_says_so_again_and_again() {
    let (socket, setup) = supervised();
    let server = setup.environment("WATCHDOG_USEC", "400000").start();
    let _ann = Peer::user(&server, "ann");
    assert!(told(&socket).starts_with("READY=1\n"));
    for _ in 0..3 {
        assert_eq!(told(&socket), "WATCHDOG=1\n");
    }
}

#[test]
fn a_service_manager_that_has_gone_stops_nothing() {
    let (socket, setup) = supervised();
    drop(socket);
    let server = setup.start();
    Peer::user(&server, "ann");
    server.logged("the service manager can't be told", 1);
}
