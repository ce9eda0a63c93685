//! TLS doors, and what comes to them that is not TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use rustix::process::Signal;

use crate::support::peer::narrow;
use crate::support::tls::{certificate, hello, over};
use crate::support::{PATIENCE, Peer, Server, Setup, eventually};

const FILES: &str = "addr = \"tls://127.0.0.1:0\"\ntls = { cert = \"cert.pem\", key = \"key.pem\" }";

fn setup() -> Setup {
    Setup::default().door("addr = \"tls://127.0.0.1:0\"").door("addr = \"tcp://127.0.0.1:0\"")
}

fn secure(server: &Server, nick: &str) -> Peer {
    let mut peer = Peer::tls(server.addr(0));
    peer.register(nick);
    peer
}

#[test]
fn encrypted_and_plain_peers_meet() {
    let server = setup().start();
    let mut ann = secure(&server, "ann");
    let mut bob = Peer::tcp(server.addr(1));
    bob.register("bob");
    for peer in [&mut ann, &mut bob] {
        peer.join("#room");
    }
    bob.send("PRIVMSG #room :to ann");
    ann.expect("PRIVMSG #room :to ann");
    let long = "y".repeat(400);
    for number in 0..500 {
        ann.send(&format!("PRIVMSG #room :{number} {long}"));
    }
    for number in 0..500 {
        bob.expect(&format!("PRIVMSG #room :{number} {long}"));
    }
    for number in 0..500 {
        bob.send(&format!("PRIVMSG #room :{number} {long}"));
    }
    for number in 0..500 {
        ann.expect(&format!("PRIVMSG #room :{number} {long}"));
    }
    ann.quit();
    bob.expect(":ann!ann@");
}

#[test]
fn who_has_said_all_still_gets_the_answers() {
    let server = setup().start();
    for (nick, end) in [("one", "QUIT\r\n"), ("two", "")] {
        let mut peer = Peer::tls(server.addr(0));
        peer.raw(format!("NICK {nick}\r\nUSER {nick} 0 * :x\r\nPING last\r\n{end}").as_bytes());
        peer.end();
        let rest = peer.rest();
        assert!(rest.iter().any(|line| line.ends_with(":last")), "{rest:?}");
        assert!(rest.last().expect("a farewell").contains("ERROR :Closing link: "), "{rest:?}");
    }
}

#[test]
fn a_reader_that_stops_is_closed_here_too() {
    let server = setup().set("limits.sendq = 65536").set("limits.stalled = \"500ms\"").start();
    let mut talker = Peer::tcp(server.addr(1));
    talker.register("talker");
    let mut stuck = Peer::new(over(narrow(server.addr(0))));
    stuck.register("stuck");
    let line = format!("PRIVMSG stuck :{}\r\n", "x".repeat(400)).repeat(50);
    while server.log_count("closed: it does not read") == 0 {
        talker.raw(line.as_bytes());
        talker.sync();
    }
    let rest = stuck.rest();
    assert!(rest.last().expect("a reason").contains("ERROR :Closing link: SendQ exceeded"), "{rest:?}");
}

#[test]
fn what_is_not_tls_is_closed_and_nobody_is_disturbed() {
    let server = setup().start();
    let mut ann = secure(&server, "ann");
    let long = vec![0x16; 100_000];
    for garbage in [&b"NICK bob\r\nUSER bob 0 * :bob\r\n"[..], b"GET / HTTP/1.1\r\n\r\n", &[0; 64], &long] {
        let mut stream = TcpStream::connect(server.addr(0)).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let _ = stream.write_all(garbage);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let readable = answer.iter().filter(|byte| byte.is_ascii_graphic()).count();
        assert!(readable < 20, "no chat in plain text: {}", String::from_utf8_lossy(&answer));
        ann.sync();
    }
}

#[test]
fn a_handshake_that_is_cut_anywhere_leaves_nothing_behind() {
    let server = setup().start();
    let mut ann = secure(&server, "ann");
    let before = server.descriptors();
    let hello = hello();
    for cut in (0..hello.len()).step_by(23) {
        let mut stream = TcpStream::connect(server.addr(0)).expect("connected");
        stream.write_all(&hello[..cut]).expect("sent");
    }
    // A whole one, of which the answer is never read.
    let mut stream = TcpStream::connect(server.addr(0)).expect("connected");
    stream.write_all(&hello).expect("sent");
    drop(stream);
    ann.sync();
    eventually("their descriptors are closed", || server.descriptors() <= before);
}

#[test]
fn a_handshake_may_come_byte_by_byte_but_not_for_ever() {
    let server = setup().set("server.timeouts.registration = \"2s\"").start();
    let mut stream = TcpStream::connect(server.addr(0)).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_nodelay(true).expect("no delay");
    for byte in hello() {
        stream.write_all(&[byte]).expect("sent");
    }
    let mut answer = [0; 5];
    stream.read_exact(&mut answer).expect("the server's hello");
    assert_eq!(answer[0], 22, "a handshake record");
    // It says no more, and is closed for not having registered.
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
}

/// What a new connection sees as the server's certificate.
fn shown(addr: SocketAddr) -> Vec<u8> {
    let mut client = crate::support::tls::connect(addr);
    client.conn.complete_io(&mut client.sock).expect("a handshake");
    client.conn.peer_certificates().expect("certificates")[0].to_vec()
}

#[test]
fn a_new_certificate_is_taken_up_and_no_connection_is_lost() {
    let (first, first_key) = certificate("irc.example.org");
    let server = Setup::default().file("cert.pem", first).file("key.pem", first_key).door(FILES).start();
    let mut ann = secure(&server, "ann");
    let old = shown(server.addr(0));

    // By itself, when the files change; in between they do not fit each other.
    let (second, second_key) = certificate("irc.example.org");
    let setup = server.setup.clone().file("cert.pem", second).file("key.pem", second_key);
    eventually("new connections see the new certificate", || shown(server.addr(0)) != old);
    let new = shown(server.addr(0));
    ann.sync();

    // At once, when told to.
    let (third, third_key) = certificate("irc.example.org");
    let setup = setup.file("cert.pem", third).file("key.pem", third_key);
    server.signal(Signal::HUP);
    eventually("new connections see the third", || shown(server.addr(0)) != new);
    let third = shown(server.addr(0));
    ann.sync();

    // What is no certificate is not taken up.
    setup.file("cert.pem", "nonsense");
    server.signal(Signal::HUP);
    server.logged("certificate can't be used", 1);
    assert_eq!(shown(server.addr(0)), third);
    ann.sync();
    secure(&server, "bob");
}
