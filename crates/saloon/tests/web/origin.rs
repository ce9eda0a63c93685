//! Whom a browser may connect for, and where somebody comes from who comes through a proxy.

use crate::support::Peer;
use crate::support::ws::{Visit, WsClient};
use crate::{ask, house, status};

const FOREIGN: &str = "https://evil.example";

fn open(server: &crate::Server, door: usize, fields: &[(&'static str, &str)]) -> Result<WsClient, u16> {
    WsClient::open(server.addr(door), &Visit { path: "/ws", fields, lines: true, ..Visit::default() })
}

#[test]
fn pages_of_other_origins_stay_outside() {
    let listed = "addr = \"ws://127.0.0.1:0\"\nallowed_origins = [\"https://chat.example.org\"]";
    let server = house().door(listed).start();
    let own = format!("http://{}", server.addr(1));
    assert!(open(&server, 1, &[("Origin", &own)]).is_ok());
    assert_eq!(open(&server, 1, &[("Origin", FOREIGN)]).err(), Some(403));
    assert_eq!(open(&server, 1, &[("Origin", "null")]).err(), Some(403));
    // A door that shows no page is for pages of elsewhere, unless it names them.
    assert!(open(&server, 2, &[("Origin", FOREIGN)]).is_ok());
    assert_eq!(open(&server, 3, &[("Origin", FOREIGN)]).err(), Some(403));
    assert!(open(&server, 3, &[("Origin", "https://chat.example.org")]).is_ok());
    assert!(open(&server, 3, &[]).is_ok());
}

#[test]
fn a_name_that_is_not_ours_shows_nothing() {
    let server = house().start();
    let fields = "Host: evil.example\r\nOrigin: http://evil.example\r\nConnection: close\r\n";
    assert_eq!(status(&ask(&server, 1, &format!("GET / HTTP/1.1\r\n{fields}\r\n"))), "403");
    assert_eq!(
        open(&server, 1, &[("Host", "evil.example"), ("Origin", "http://evil.example")]).err(),
        Some(403)
    );
}

#[test]
fn a_proxy_says_for_whom_it_speaks_if_it_is_known() {
    let address = |proxies: &str, fields: &[(&'static str, &str)]| {
        let server = house().set(&format!("http.proxies = {proxies}")).start();
        let mut peer = Peer::new(open(&server, 1, fields).expect("a WebSocket"));
        peer.register("ann");
        peer.send("WHOIS ann");
        let line = peer.expect(" 338 ann ann ");
        line.split(' ').nth(5).expect("an address").to_owned()
    };
    let told = [("X-Forwarded-For", "203.0.113.9, 192.0.2.7"), ("Host", "chat.example.org")];
    assert_eq!(address("[\"127.0.0.1\"]", &told), "192.0.2.7");
    assert_eq!(address("[\"127.0.0.1\", \"192.0.2.0/24\"]", &told), "203.0.113.9");
    assert_eq!(address("[]", &told[..1]), "127.0.0.1");
}

#[test]
fn one_behind_a_proxy_that_says_so_before_http_is_not_taken_for_this_machine() {
    let server = house().door("addr = \"http://127.0.0.1:0\"\nproxy_protocol = true").start();
    let get = |address: &str| {
        let head = "GET / HTTP/1.1\r\nHost: chat.example.org\r\nConnection: close\r\n\r\n";
        ask(&server, 3, &format!("PROXY TCP4 {address} 127.0.0.1 1 2\r\n{head}"))
    };
    assert_eq!(status(&get("192.0.2.9")), "200");
    assert_eq!(status(&get("127.0.0.1")), "403");
}

#[test]
fn too_many_whom_a_proxy_names_are_told_so() {
    let setup = house().set("ip_limits.count = true").set("ip_limits.max_connections = 1");
    let server = setup.door("addr = \"http://127.0.0.1:0\"\nproxy_protocol = true").start();
    let header = b"PROXY TCP4 192.0.2.9 127.0.0.1 1 2\r\n";
    // Eight times as many read pages as may talk.
    let others: Vec<_> = (0..8)
        .map(|_| {
            let mut peer = Peer::tcp(server.addr(3));
            peer.raw(&[header, &b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"[..]].concat());
            peer.until("ok");
            peer
        })
        .collect();
    let answer = ask(&server, 3, std::str::from_utf8(header).expect("text"));
    assert_eq!(status(&answer), "429", "{answer}");
    drop(others);
}

#[test]
fn everybody_behind_a_proxy_is_not_one_visitor() {
    let limits = |setup: crate::Setup| {
        setup.set("ip_limits.count = true").set("ip_limits.max_connections = 1").set("ip_limits.exempt = []")
    };
    let server = limits(house()).set("http.proxies = [\"127.0.0.1\"]").start();
    let many: Vec<_> = (0..20)
        .map(|number| {
            let mut peer = Peer::tcp(server.addr(1));
            let told = format!("X-Forwarded-For: 192.0.2.{number}");
            peer.raw(format!("GET /healthz HTTP/1.1\r\nHost: chat.example.org\r\n{told}\r\n\r\n").as_bytes());
            peer.until("ok");
            peer
        })
        .collect();
    let told = [("X-Forwarded-For", "192.0.2.7")];
    let _talks = open(&server, 1, &told).expect("a WebSocket");
    assert_eq!(open(&server, 1, &told).err(), Some(429));
    drop(many);
}

#[test]
fn encryption_at_the_proxy_counts() {
    let server = house().set("http.proxies = [\"127.0.0.1\"]").start();
    let secure = |fields: &[(&'static str, &str)], nick: &str| {
        let mut peer = Peer::new(open(&server, 1, fields).expect("a WebSocket"));
        peer.register(nick);
        peer.send(&format!("WHOIS {nick}"));
        peer.until(" 318 ").iter().any(|line| line.contains(" 671 "))
    };
    assert!(secure(&[("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https")], "ann"));
    assert!(!secure(&[("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "http")], "bob"));
}
