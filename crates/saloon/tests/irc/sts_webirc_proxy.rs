//! Section 21: STS on plain and TLS doors, WEBIRC, PROXY version 1.

use crate::support::{Peer, Server, Setup};

const GATEWAY: &str = "server.webirc = [{ password = \"plain:secret\", hosts = [\"127.0.0.0/8\"] }]";
const PROXY: &str = "server.proxy_allowed_from = [\"127.0.0.0/8\"]";

/// A plain door and one for TLS.
fn setup() -> Setup {
    Setup::default().door("addr = \"tcp://127.0.0.1:0\"").door("addr = \"tls://127.0.0.1:0\"")
}

fn sts(preload: bool) -> Server {
    setup()
        .set("sts.enabled = true")
        .set("sts.port = 6697")
        .set("sts.duration = \"30d\"")
        .set(&format!("sts.preload = {preload}"))
        .start()
}

/// The names and values that `CAP LS 302` offers.
fn offered(mut peer: Peer) -> Vec<String> {
    peer.send("CAP LS 302");
    let lines = peer.sync();
    let lists = lines.iter().filter_map(|line| line.rsplit_once(" :"));
    lists.flat_map(|(_, list)| list.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Someone who says this first, and then registers.
fn through(server: &Server, first: &str, nick: &str) -> Peer {
    let mut peer = Peer::tcp(server.addr(0));
    peer.send(first);
    peer.register(nick);
    peer
}

/// The answer to WHOIS of itself.
fn whois(peer: &mut Peer, nick: &str) -> String {
    peer.send(&format!("WHOIS {nick}"));
    peer.sync().join("\n")
}

#[test]
fn plain_connections_are_told_the_port_and_secure_ones_the_duration() {
    for (preload, value) in [(false, "sts=duration=2592000"), (true, "sts=duration=2592000,preload")] {
        let server = sts(preload);
        assert!(offered(Peer::tcp(server.addr(0))).iter().any(|name| name == "sts=port=6697"));
        assert!(offered(Peer::tls(server.addr(1))).iter().any(|name| name == value), "{value}");
    }
}

#[test]
fn sts_cannot_be_requested_and_is_not_offered_when_off() {
    let server = sts(false);
    let mut foo = Peer::tcp(server.addr(0));
    foo.register("foo");
    for list in ["sts", "server-time sts", "-sts"] {
        foo.send(&format!("CAP REQ :{list}"));
        assert_eq!(foo.sync(), [format!(":irc.example.org CAP foo NAK :{list}")]);
    }
    let server = setup().start();
    assert!(!offered(Peer::tcp(server.addr(0))).iter().any(|name| name.starts_with("sts")));
}

#[test]
fn a_gateway_says_from_where_its_users_come() {
    let server = setup().set(GATEWAY).start();
    let mut foo = through(&server, "WEBIRC secret gate web.example 192.0.2.7", "foo");
    let told = whois(&mut foo, "foo");
    assert!(told.contains(" 311 foo foo ") && told.contains(" web.example * :"), "{told}");
    assert!(told.contains("@192.0.2.7 192.0.2.7 :"), "{told}");
    let mut bar =
        through(&server, "WEBIRC secret gate 2001:db8::7 2001:db8::7 :local-port=1 remote-port=2", "bar");
    assert!(whois(&mut bar, "bar").contains(" 2001:db8::7 :Actual"));
    // What can't be a host gives way to the address.
    let mut baz = through(&server, "WEBIRC secret gate b@d!host 192.0.2.8", "baz");
    assert!(whois(&mut baz, "baz").contains(" 192.0.2.8 * :"));
}

#[test]
fn secure_counts_only_if_the_gateway_came_by_tls() {
    let server = setup().set(GATEWAY).start();
    let line = "WEBIRC secret gate web.example 192.0.2.7 :secure local-port=6697";
    let mut plain = through(&server, line, "plain");
    assert!(!whois(&mut plain, "plain").contains(" 671 "));
    let mut secure = Peer::tls(server.addr(1));
    secure.send(line);
    secure.register("secure");
    assert!(whois(&mut secure, "secure").contains(" 671 secure secure :is using a secure connection"));
    let mut open = Peer::tls(server.addr(1));
    open.send("WEBIRC secret gate web.example 192.0.2.7");
    open.register("open");
    assert!(!whois(&mut open, "open").contains(" 671 "), "nobody knows how it came to the gateway");
}

#[test]
fn what_is_no_gateway_is_closed() {
    let known = setup().set(GATEWAY).start();
    let unknown = setup().start();
    let elsewhere =
        setup().set("server.webirc = [{ password = \"plain:secret\", hosts = [\"192.0.2.0/24\"] }]").start();
    for (server, line) in [
        (&known, "WEBIRC wrong gate web.example 192.0.2.7"),
        (&known, "WEBIRC secret gate web.example nowhere"),
        (&known, "WEBIRC secret gate"),
        (&unknown, "WEBIRC secret gate web.example 192.0.2.7"),
        (&elsewhere, "WEBIRC secret gate web.example 192.0.2.7"),
    ] {
        let mut peer = Peer::tcp(server.addr(0));
        peer.send(line);
        let rest = peer.rest();
        assert!(rest.len() == 1 && rest[0].contains("ERROR :"), "{line}: {rest:?}");
    }
}

#[test]
fn webirc_is_the_first_line_or_nothing() {
    let server = setup().set(GATEWAY).start();
    let mut late = Peer::tcp(server.addr(0));
    late.send("NICK late");
    late.send("WEBIRC secret gate web.example 192.0.2.7");
    assert!(late.rest().iter().any(|line| line.contains("ERROR :")));
    let mut foo = through(&server, "NICK foo", "foo");
    foo.send("WEBIRC secret gate web.example 192.0.2.7");
    assert!(foo.sync()[0].contains(" 462 foo :"));
    assert!(whois(&mut foo, "foo").contains(" 127.0.0.1 :Actual"));
}

#[test]
fn proxy_counts_as_the_very_first_line_and_is_ignored_later() {
    let server = setup().set(PROXY).start();
    let first = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 6667";
    let mut foo = through(&server, first, "foo");
    assert!(whois(&mut foo, "foo").contains("@192.0.2.7 192.0.2.7 :"));
    let second = "PROXY TCP4 192.0.2.8 198.51.100.1 4711 6667";
    foo.send(second);
    assert!(foo.sync().is_empty());
    assert!(whois(&mut foo, "foo").contains("@192.0.2.7 192.0.2.7 :"));
    let mut bar = Peer::tcp(server.addr(0));
    bar.send("NICK bar");
    bar.send(second);
    bar.send("USER bar 0 * :bar");
    assert!(whois(&mut bar, "bar").contains(" 127.0.0.1 :Actual"));
}
