//! One port for everything: what is spoken is told by the first bytes.

use crate::support::ws::{Visit, WsClient};
use crate::support::{Peer, Setup, tls};
use crate::{Server, ask, status};

/// A door for those who speak first, and one for those who read first.
const PATIENT: &str = "addr = \"tcp://127.0.0.1:0\"\ndialect = \"auto\"\nwait = \"1h\"";
const SHORT: &str = "addr = \"tcp://127.0.0.1:0\"\ndialect = \"auto\"\nwait = \"200ms\"";

fn patient() -> Server {
    Setup::default().door(PATIENT).start()
}

#[test]
fn everyone_meets_behind_one_port() {
    let server = Setup::default().door(PATIENT).door(SHORT).start();
    let addr = server.addr(0);
    let visit = |encrypted| Visit { path: "/ws", lines: true, encrypted, ..Visit::default() };
    let mut irc = Peer::tcp(addr);
    irc.register("irc");
    let mut secret = Peer::new(tls::connect(addr));
    secret.register("secret");
    let mut page = Peer::new(WsClient::open(addr, &visit(false)).expect("a WebSocket"));
    page.register("page");
    let mut safe = Peer::new(WsClient::open(addr, &visit(true)).expect("a WebSocket"));
    safe.register("safe");
    for peer in [&mut irc, &mut secret, &mut page, &mut safe] {
        peer.join("#lobby");
    }
    // Somebody with `nc`, who reads first.
    let mut nc = Peer::tcp(server.addr(1));
    nc.until("Welcome");
    nc.send("hello from nc");
    for peer in [&mut irc, &mut secret, &mut page, &mut safe] {
        peer.expect("PRIVMSG #lobby :hello from nc");
    }
    safe.send("PRIVMSG #lobby :hello from a page");
    nc.until("<safe> hello from a page");
    irc.expect(":hello from a page");
}

#[test]
fn who_speaks_at_once_is_not_waited_for() {
    let server = patient();
    let mut typing = Peer::tcp(server.addr(0));
    typing.send("hello there");
    typing.until("Welcome");
    let mut piped = Peer::tcp(server.addr(0));
    piped.raw(b"NICK");
    piped.end();
    assert!(piped.rest().iter().any(|line| line.contains("Welcome")));
    assert_eq!(status(&ask(&server, 0, "GET /healthz HTTP/1.0\r\n\r\n")), "200");
    let mut irc = Peer::tcp(server.addr(0));
    for byte in b"NICK ann\r\nUSER ann 0 * :ann\r\n" {
        irc.raw(&[*byte]);
    }
    irc.until(" 422 ann ");
}

#[test]
fn inside_tls_and_behind_a_proxy_the_same_is_told() {
    let server = Setup::default()
        .set("server.proxy_allowed_from = [\"127.0.0.1\"]")
        .door(&PATIENT.replace("tcp", "tls"))
        .door(PATIENT)
        .door(&SHORT.replace("tcp", "tls"))
        .door(SHORT)
        .start();
    let header = b"PROXY TCP4 192.0.2.9 127.0.0.1 1 2\r\n";
    for door in [0, 1] {
        let mut irc = Peer::tls_behind(server.addr(door), header);
        irc.register("ann");
        irc.send("WHOIS ann");
        assert!(irc.expect(" 338 ").contains(" 192.0.2.9 "));
        irc.quit();
        let mut silent = Peer::tls_behind(server.addr(door + 2), header);
        silent.raw(b"");
        silent.until("Welcome");
    }
    // Where a header may come, but need not.
    Peer::tcp(server.addr(3)).until("Welcome");
}

#[test]
fn who_sends_much_that_tells_nothing_is_taken_for_a_person() {
    let server = patient();
    for nothing in [&b"\r\n"[..], b"@a ", b"@"] {
        let mut peer = Peer::tcp(server.addr(0));
        peer.raw(&nothing.repeat(1024));
        peer.until("Welcome");
    }
}

#[test]
fn who_is_refused_is_told_in_what_they_speak() {
    let server = Setup::default()
        .set("ip_limits.count = true")
        .set("ip_limits.max_connections = 1")
        .set("ip_limits.exempt = []")
        .door(PATIENT)
        .door(SHORT)
        .start();
    let mut first = Peer::tcp(server.addr(0));
    first.register("ann");
    let mut irc = Peer::tcp(server.addr(0));
    irc.raw(b"NICK bob\r\n");
    assert!(irc.rest().iter().any(|line| line.starts_with("ERROR :")));
    let mut nc = Peer::tcp(server.addr(1));
    assert!(nc.rest().iter().any(|line| line.starts_with("-- ")));
    let visit = Visit { path: "/ws", ..Visit::default() };
    assert_eq!(WsClient::open(server.addr(0), &visit).err(), Some(429));
    first.quit();
    Peer::tcp(server.addr(0)).register("carl");
}

#[test]
fn nobody_is_counted_before_it_is_known_what_they_want() {
    let server = patient();
    let mut tom = Peer::user(&server, "tom");
    let silent = Peer::tcp(server.addr(0));
    tom.send("LUSERS");
    assert!(tom.sync().join("\n").contains(" 253 tom 0 "));
    drop(silent);
}
