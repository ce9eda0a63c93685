//! Starting: what is open, and why something is not.

use std::net::TcpListener;

use crate::support::server::saloon;
use crate::support::{Peer, Server, Setup};

#[test]
fn a_second_start_says_which_port_is_taken_and_how_to_choose_another() {
    let first = Server::start();
    let addr = first.addr(0);

    let output = saloon(&["serve", "--listen", &format!("tcp://{addr}")], None);

    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains(&format!("port {} is taken", addr.port())), "{error}");
    assert!(error.contains("saloon serve --listen tcp://127.0.0.1:PORT"), "{error}");
    assert!(error.contains("addr under [[listen]]"), "{error}");
    Peer::user(&first, "ann").quit();
}

#[test]
fn nothing_is_open_when_one_door_cannot_be() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = other.local_addr().expect("an address").port();
    let setup = Setup::default()
        .door("addr = \"unix://chat.sock\"")
        .door(&format!("addr = \"tcp://127.0.0.1:{port}\""));

    let output = saloon(&["serve", "--config"], Some(&setup.write()));

    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        !setup.path("chat.sock").exists(),
        "the socket file of a door that was open for a moment is gone"
    );
}

#[test]
fn a_bad_configuration_stops_the_start_and_the_key_is_named() {
    let (certificate, _) = crate::support::tls::certificate("irc.example.org");
    let (_, other_key) = crate::support::tls::certificate("irc.example.org");
    let setup = || Setup::default().file("cert.pem", &certificate).file("key.pem", &other_key);
    let cases = [
        (setup().set("server.nmae = \"x\""), "server.nmae"),
        (setup().set("server.name = \"has space\""), "server.name"),
        (setup().set("server.timeouts.ping = \"soon\""), "server.timeouts.ping"),
        (setup().set("server.password = \"letmein\""), "server.password"),
        (setup().set("server.motd = \"missing.txt\""), "missing.txt"),
        (setup().set("limits.nicklen = 0"), "limits.nicklen"),
        (setup().set("opers.ann = { class = \"none\", password = \"plain:x\" }"), "opers.ann"),
        (setup().door("addr = \"127.0.0.1:6667\""), "listen[0].addr"),
        (setup().door("addr = \"tcp://127.0.0.1:0\"\ndialect = \"smtp\""), "listen[0].dialect"),
        (
            setup().door("addr = \"tls://127.0.0.1:0\"\ntls = { cert = \"cert.pem\", key = \"key.pem\" }"),
            "key.pem",
        ),
    ];
    for (setup, named) in cases {
        let output = saloon(&["serve", "--config"], Some(&setup.write()));
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{named}: {error}");
        assert!(error.contains(named), "{named} is missing in: {error}");
        assert!(!error.contains("is open"), "{error}");
    }
}

#[test]
fn every_door_is_open_once_they_are_announced() {
    let server = Setup::default()
        .door("addr = \"tcp://127.0.0.1:0\"")
        .door("addr = \"tls://127.0.0.1:0\"")
        .door("addr = \"unix://chat.sock\"")
        .start();
    let mut ann = Peer::user(&server, "ann");
    ann.join("#room");
    let peers = [Peer::tls(server.addr(1)), Peer::unix(&server.setup.path("chat.sock"))];
    for (mut peer, nick) in peers.into_iter().zip(["bob", "cid"]) {
        peer.register(nick);
        peer.join("#room");
        peer.send("PRIVMSG #room :here");
        ann.expect(&format!(":{nick}!{nick}@"));
        ann.expect("PRIVMSG #room :here");
    }
}
