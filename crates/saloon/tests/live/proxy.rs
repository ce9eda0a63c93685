//! The PROXY protocol: believed from whom the configuration names, and from nobody else.

use crate::support::{Peer, Server, Setup};

const V1: &[u8] = b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 6667\r\n";

/// A version 2 header for an IPv6 connection from `2001:db8::7`.
fn v2() -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24".to_vec();
    header.extend([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
    header.extend([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    header.extend([0x12, 0x67, 0x1a, 0x0b]);
    header
}

/// The address that a user's own WHOIS tells.
fn address(peer: &mut Peer, nick: &str) -> String {
    peer.send(&format!("WHOIS {nick}"));
    let lines = peer.until(" 318 ");
    lines.into_iter().find(|line| line.contains(" 338 ")).expect("an address")
}

fn through(server: &Server, header: &[u8], nick: &str) -> Peer {
    let mut peer = Peer::tcp(server.addr(0));
    peer.raw(header);
    peer.register(nick);
    peer
}

#[test]
fn the_address_a_trusted_proxy_names_counts() {
    let server = Setup::default().set("server.proxy_allowed_from = [\"127.0.0.0/8\"]").start();
    assert!(address(&mut through(&server, V1, "one"), "one").contains("192.0.2.7"));
    assert!(address(&mut through(&server, &v2(), "two"), "two").contains("2001:db8::7"));
    assert!(address(&mut through(&server, b"PROXY UNKNOWN\r\n", "three"), "three").contains("127.0.0.1"));
    // From there one may also come without.
    assert!(address(&mut through(&server, b"", "four"), "four").contains("127.0.0.1"));
}

#[test]
fn a_header_may_come_byte_by_byte() {
    let server = Setup::default().set("server.proxy_allowed_from = [\"127.0.0.1/32\"]").start();
    for (header, nick, expected) in [(V1.to_vec(), "one", "192.0.2.7"), (v2(), "two", "2001:db8::7")] {
        let mut peer = Peer::tcp(server.addr(0));
        for byte in header {
            peer.raw(&[byte]);
        }
        peer.register(nick);
        assert!(address(&mut peer, nick).contains(expected));
    }
}

#[test]
fn anybody_elses_header_changes_nothing() {
    let server = Setup::default().set("server.proxy_allowed_from = [\"192.0.2.0/24\"]").start();
    assert!(address(&mut through(&server, V1, "ann"), "ann").contains("127.0.0.1"));
    // Nor does a late one.
    let server = Setup::default().set("server.proxy_allowed_from = [\"127.0.0.0/8\"]").start();
    let mut bob = through(&server, V1, "bob");
    bob.raw(b"PROXY TCP4 192.0.2.99 198.51.100.1 4711 6667\r\n");
    assert!(address(&mut bob, "bob").contains("192.0.2.7"));
}

#[test]
fn a_door_for_a_proxy_lets_nobody_in_without_a_header() {
    let server = Setup::default().door("addr = \"tcp://127.0.0.1:0\"\nproxy_protocol = true").start();
    let mut peer = Peer::tcp(server.addr(0));
    peer.raw(b"NICK ann\r\nUSER ann 0 * :ann\r\n");
    let rest = peer.rest();
    assert!(!rest.iter().any(|line| line.contains(" 001 ")), "{rest:?}");
    assert!(rest.iter().any(|line| line.contains("ERROR :") && line.contains("PROXY")), "{rest:?}");

    for broken in [&b"PROXY TCP4 nonsense\r\n"[..], b"\r\n\r\n\0\r\nQUIT\n\x51\x21\0\x24", b"PROXY"] {
        let mut peer = Peer::tcp(server.addr(0));
        peer.raw(broken);
        peer.end();
        let rest = peer.rest();
        assert!(!rest.iter().any(|line| line.contains(" 001 ")), "{rest:?}");
    }
    assert!(address(&mut through(&server, &v2(), "bob"), "bob").contains("2001:db8::7"));
}

#[test]
fn tls_begins_behind_the_header() {
    let server = Setup::default().door("addr = \"tls://127.0.0.1:0\"\nproxy_protocol = true").start();
    let mut peer = Peer::tls_behind(server.addr(0), V1);
    peer.register("ann");
    peer.send("WHOIS ann");
    let whois = peer.until(" 318 ").join("\n");
    assert!(whois.contains("192.0.2.7") && whois.contains(" 671 "), "{whois}");
}

#[test]
fn a_proxy_on_a_socket_file_names_the_address_too() {
    let server = Setup::default().door("addr = \"unix://proxy.sock\"\nproxy_protocol = true").start();
    let mut peer = Peer::unix(&server.setup.path("proxy.sock"));
    peer.raw(V1);
    peer.register("ann");
    peer.send("WHOIS ann");
    let whois = peer.until(" 318 ").join("\n");
    assert!(whois.contains("192.0.2.7"), "{whois}");
    assert!(!whois.contains(" 671 "), "nobody knows how it came to the proxy: {whois}");
}

#[test]
fn limits_count_at_the_address_that_was_named() {
    let server = Setup::default()
        .set("server.proxy_allowed_from = [\"127.0.0.0/8\"]")
        .set("ip_limits.count = true")
        .set("ip_limits.max_connections = 1")
        .start();
    let _first = through(&server, V1, "first");
    let mut second = Peer::tcp(server.addr(0));
    second.raw(V1);
    let _ = second.try_raw(b"NICK second\r\n");
    let rest = second.rest();
    assert!(rest.join("\n").contains("too many connections from your address"), "{rest:?}");
    through(&server, &v2(), "third");
}
