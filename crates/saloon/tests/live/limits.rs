//! How many may come in: of one address, through one door, in all.

use crate::support::{Peer, Server, Setup};

/// A setup that counts this machine's connections too.
fn counted() -> Setup {
    Setup::default().set("ip_limits.exempt = []")
}

/// What a connection that is not let in is told.
fn refusal(server: &Server) -> String {
    let mut peer = Peer::tcp(server.addr(0));
    // As clients do, without waiting.
    let _ = peer.try_raw(b"NICK late\r\nUSER late 0 * :late\r\n");
    peer.rest().join("\n")
}

/// Somebody who is let in once the server knows that somebody else has left.
fn comes_in(server: &Server, nick: &str) -> Peer {
    let mut inside = None;
    crate::support::eventually("there is room again", || {
        let mut peer = Peer::tcp(server.addr(0));
        let _ = peer.try_raw(format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\n").as_bytes());
        let entered = peer.next().is_some_and(|line| line.contains(" 001 "));
        if entered {
            inside = Some(peer);
        }
        entered
    });
    inside.expect("somebody")
}

#[test]
fn one_address_has_so_many_connections_at_once() {
    let server = counted().set("ip_limits.count = true").set("ip_limits.max_connections = 2").start();
    let (ann, _bob) = (Peer::user(&server, "ann"), Peer::user(&server, "bob"));

    let told = refusal(&server);
    assert_eq!(told, "ERROR :Closing link: too many connections from your address (at most 2 at a time)");

    ann.quit();
    comes_in(&server, "cid");
}

#[test]
fn one_address_makes_so_many_new_connections_in_a_while() {
    let server = counted()
        .set("ip_limits.throttle = true")
        .set("ip_limits.max_new = 3")
        .set("ip_limits.window = \"1h\"")
        .start();
    for nick in ["ann", "bob", "cid"] {
        Peer::user(&server, nick).quit();
    }
    let told = refusal(&server);
    assert!(
        told.starts_with(
            "ERROR :Closing link: too many new connections from your address (at most 3 in 3600 s"
        ),
        "{told}"
    );
    assert!(told.contains("try again in "), "{told}");
}

#[test]
fn the_exempt_are_not_limited() {
    let server = Setup::default()
        .set("ip_limits.count = true")
        .set("ip_limits.throttle = true")
        .set("ip_limits.max_connections = 1")
        .set("ip_limits.max_new = 1")
        .start();
    let _users: Vec<Peer> = (0..5).map(|number| Peer::user(&server, &format!("user{number}"))).collect();
}

#[test]
fn one_door_has_its_own_limit() {
    let server = Setup::default()
        .door("addr = \"tcp://127.0.0.1:0\"\nmax_connections = 1")
        .door("addr = \"tcp://127.0.0.1:0\"")
        .start();
    let ann = Peer::user(&server, "ann");

    assert_eq!(refusal(&server), "ERROR :Closing link: too many connections through this port");
    let mut bob = Peer::tcp(server.addr(1));
    bob.register("bob");

    ann.quit();
    comes_in(&server, "cid");
}

#[test]
fn the_server_has_a_limit_in_all() {
    let server = Setup::default().set("limits.max_connections = 2").start();
    let (ann, mut bob) = (Peer::user(&server, "ann"), Peer::user(&server, "bob"));
    assert_eq!(refusal(&server), "ERROR :Closing link: the server is full (2 connections)");
    bob.sync();
    ann.quit();
    comes_in(&server, "cid");
}
