//! What keeps a listener for datagrams from being a weapon, and what keeps its people from staying for ever.

use std::net::UdpSocket;
use std::time::Duration;

use crate::house::{House, setup};
use crate::parcel::{JOIN, PacketClient, packet};
use crate::support::Setup;
use crate::support::server::saloon;

/// A server with IRC and these keys for its door for packets.
fn door(keys: &str) -> House {
    House::on(setup(), &[("irc", "tcp"), ("packet", "udp")], &[("packet", keys)])
}

fn check(door: &str) -> (bool, String) {
    let setup = Setup::default().door("addr = \"tcp://127.0.0.1:0\"").door(door);
    let output = saloon(&["check-config"], Some(&setup.write()));
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text.into_owned())
}

#[test]
fn a_door_for_everyone_without_allow_serves_this_machine() {
    let (right, text) = check("addr = \"udp://0.0.0.0:0\"\ndialect = \"packet\"");
    assert!(right, "{text}");
    let house =
        House::on(setup().door("addr = \"udp://0.0.0.0:0\"\ndialect = \"packet\""), &[("irc", "tcp")], &[]);
    let mut watcher = crate::clients::Irc::new(crate::stream::Stream::tcp(house.server.addr(1)), "watcher");
    let mut server = house.server.addr(0);
    server.set_ip([127, 0, 0, 1].into());
    let mut ann = PacketClient::udp(server, "ann");
    ann.join();
    assert_eq!(watcher.arrival(), "ann");
    watcher.send("PRIVMSG #lobby :hello");
    ann.expect("hello");
}

#[test]
fn who_is_not_allowed_is_not_heard_and_not_answered() {
    let house = door("allow = [\"127.0.0.2/32\", \"10.0.0.0/8\"]\n");
    let mut watcher = house.irc("watcher");
    let refused = house.packet("refused");
    let server = house.addr("packet", "udp");
    let allowed = UdpSocket::bind("127.0.0.2:0").expect("all of 127.0.0.0/8 is here");
    allowed.set_read_timeout(Some(crate::stream::PATIENCE)).expect("a timeout");
    allowed.send_to(&packet(JOIN, "allowed", ""), server).expect("sent");
    assert_eq!(watcher.arrival(), "allowed");
    watcher.send("PRIVMSG #lobby :hello");
    let mut datagram = [0; 2048];
    while !datagram[24..].starts_with(b"hello") {
        allowed.recv(&mut datagram).expect("hello");
    }
    silent(&refused);
}

/// Nothing has come here.
fn silent(client: &PacketClient) {
    client.socket().set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
    let mut datagram = [0; 2048];
    client.socket().recv(&mut datagram).expect_err("silence");
}

#[test]
fn what_a_door_for_datagrams_cannot_be_is_refused_by_name() {
    for (door, named) in [
        ("addr = \"udp://127.0.0.1:0\"\ndialect = \"packet\"\nallow = [\"10.0.0.0/99\"]", "allow"),
        ("addr = \"udp://127.0.0.1:0\"\ndialect = \"packet\"\nallow = [\"everyone\"]", "allow"),
        ("addr = \"udp://127.0.0.1:0\"\ndialect = \"packet\"\nidle = \"soon\"", "idle"),
        ("addr = \"udp://127.0.0.1:0\"\ndialect = \"packet\"\nidle = 7", "idle"),
        ("addr = \"udp://127.0.0.1:0\"\ndialect = \"plain\"", "listen[1]"),
        ("addr = \"udp://127.0.0.1:0\"\ndialect = \"irc\"", "listen[1]"),
        ("addr = \"tcp://127.0.0.1:0\"\ndialect = \"line\"\nencoding = \"morse\"", "encoding"),
        ("addr = \"tcp://127.0.0.1:0\"\ndialect = \"group\"\nmax_connections = 0", "max_connections"),
    ] {
        let (right, text) = check(door);
        assert!(!right && text.contains(named), "{door}\n{text}");
    }
}

#[test]
fn who_never_joined_is_sent_nothing() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut ann = house.packet("ann");
    watcher.arrival();
    let stranger = house.stranger("stranger");
    stranger.send_raw(b"hello?");
    stranger.send_raw(packet(7, "stranger", "hello?"));
    stranger.send_raw(packet(3, "stranger", "goodbye"));
    watcher.send("PRIVMSG #lobby :hello");
    ann.expect("hello");
    silent(&stranger);
}

#[test]
fn a_silent_peer_is_not_sent_more_than_it_earned() {
    const LINES: usize = 4000;
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut ann = house.packet("ann");
    watcher.arrival();
    let reader = std::thread::spawn(move || {
        ann.socket().set_read_timeout(Some(Duration::from_secs(3))).expect("a timeout");
        while ann.try_next().is_some() {}
        ann
    });
    for batch in 0..LINES / 100 {
        let lines: String =
            (0..100).map(|n| format!("PRIVMSG #lobby :{batch} {n} {}\r\n", "x".repeat(200))).collect();
        watcher.stream.send(lines);
        watcher.sync();
    }
    let mut ann = reader.join().expect("it reads");
    let heard = ann.heard.len();
    assert!(heard < LINES / 2, "{heard} packets for one");
    // Once it speaks again, it is spoken to again.
    ann.socket().set_read_timeout(Some(crate::stream::PATIENCE)).expect("a timeout");
    ann.say("awake");
    watcher.expect("PRIVMSG #lobby :awake");
    watcher.send("PRIVMSG #lobby :good morning");
    ann.expect("good morning");
}

#[test]
fn who_is_silent_for_too_long_has_left() {
    let house = door("idle = \"2s\"\n");
    let mut watcher = house.irc("watcher");
    let silent = house.packet("silent");
    assert_eq!(watcher.arrival(), "silent");
    let mut alive = house.packet("alive");
    assert_eq!(watcher.arrival(), "alive");
    // One of them says something now and then.
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = stop.clone();
    let talker = std::thread::spawn(move || {
        let mut round = 0;
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            alive.say(&format!("word-{round}"));
            round += 1;
            std::thread::sleep(Duration::from_millis(250));
        }
        alive
    });
    watcher.departure("silent");
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let mut alive = talker.join().expect("it talks");
    watcher.send("PRIVMSG #lobby :still here?");
    alive.expect("still here?");
    drop(silent);
    // And then that one falls silent too.
    watcher.departure("alive");
}

#[test]
fn who_was_taken_for_gone_comes_back_with_a_word() {
    let house = door("idle = \"1s\"\n");
    let mut watcher = house.irc("watcher");
    let mut ann = house.packet("ann");
    assert_eq!(watcher.arrival(), "ann");
    watcher.departure("ann");
    ann.say("back");
    assert_eq!(watcher.arrival(), "ann");
    watcher.expect("PRIVMSG #lobby :back");
}
