//! The `packet` dialect as its clients meet it: 1048 bytes, whose name field is often wrong.

use crate::house::House;
use crate::parcel::{CHAT, JOIN, LEAVE, Packet, PacketClient, SUFFIX, packet};

fn leave_text(name: &str) -> String {
    name.to_owned() + std::str::from_utf8(SUFFIX).expect("UTF-8")
}

/// The example of the specification: `ann`, then `bob`, who is told that she is there.
fn ann_and_bob(house: &House) -> (PacketClient, PacketClient) {
    let mut ann = house.packet("ann");
    let mut probe = house.irc("probe");
    // Whoever comes after this finds ann here.
    while !names(&mut probe).contains("ann") {}
    probe.send("QUIT");
    probe.stream.rest();
    let mut bob = house.packet("bob");
    bob.take(JOIN, "ann", "");
    let told = ann.until_kind(JOIN, "bob");
    assert_eq!(told.last().expect("a packet"), &Packet { kind: JOIN, name: "bob".into(), text: "".into() });
    (ann, bob)
}

fn names(irc: &mut crate::clients::Irc) -> String {
    irc.send("NAMES #lobby");
    irc.until(" 366 ").join("\n")
}

#[test]
fn the_example_of_the_specification_under_the_right_names() {
    let house = House::open();
    let (mut ann, mut bob) = ann_and_bob(&house);
    ann.say("hello world");
    bob.take(CHAT, "ann", "hello");
    bob.take(CHAT, "ann", "world");
    ann.say("x");
    assert_eq!(&ann.buffer[24..30], b"x\0rld\0", "old bytes behind the NUL");
    bob.take(CHAT, "ann", "x");
    // Bob leaves under ann's name, and is known by his address.
    bob.leave();
    assert_eq!(&bob.buffer[4..8], b"ann\0");
    ann.take(LEAVE, "bob", &leave_text("bob"));
}

#[test]
fn the_bytes_are_those_of_the_specification() {
    let house = House::open();
    let ann = house.packet("ann");
    let mut line = house.line();
    line.stream.until("#lobby");
    line.say("/who");
    let mut datagram = [0; 2048];
    let mut receive = || {
        let length = ann.socket().recv(&mut datagram).expect("a datagram");
        datagram[..length].to_vec()
    };
    // The nick of whoever comes with `nc` is a guest's.
    let first = receive();
    let name = Packet::decode(&first).name;
    assert_eq!(first, packet(JOIN, &name, ""));
    assert_eq!(first[..8], *b"\x01\0\0\0gues");
    line.say("hi \u{4f60}\u{597d}");
    assert_eq!(receive(), packet(CHAT, &name, b"hi \xe4\xbd\xa0\xe5\xa5\xbd"));
    line.say("/quit");
    let text =
        [name.as_bytes(), b"\x20\xe7\xa6\xbb\xe5\xbc\x80\xe4\xba\x86\xe8\x81\x8a\xe5\xa4\xa9"].concat();
    assert_eq!(receive(), packet(LEAVE, &name, text));
}

#[test]
fn nobody_is_sent_their_own_packets() {
    let house = House::open();
    let (mut ann, mut bob) = ann_and_bob(&house);
    ann.say("mine");
    bob.take(CHAT, "ann", "mine");
    bob.say("yours");
    ann.take(CHAT, "bob", "yours");
    // And after a second join from the same address neither, which the original answered with itself.
    ann.join();
    ann.say("again");
    assert_eq!(bob.expect("again"), Packet { kind: CHAT, name: "ann".into(), text: "again".into() });
    bob.say("end");
    ann.expect("end");
    assert!(ann.heard.iter().all(|packet| packet.name != "ann" && packet.text != "again"), "{:?}", ann.heard);
    assert_eq!(ann.heard.iter().filter(|packet| packet.text == "end").count(), 1);
}

#[test]
fn names_of_later_packets_are_ignored() {
    let house = House::open();
    let (ann, mut bob) = ann_and_bob(&house);
    ann.send_raw(packet(CHAT, "bob", "it was bob"));
    bob.take(CHAT, "ann", "it was bob");
    ann.send_raw(packet(LEAVE, "bob", leave_text("bob")));
    bob.take(LEAVE, "ann", &leave_text("ann"));
}

#[test]
fn the_pair_kind_leaves_with_a_chat_packet() {
    let house = House::open();
    let (mut ann, mut bob) = ann_and_bob(&house);
    ann.say("hello");
    bob.expect("hello");
    bob.leave_as_pair();
    assert_eq!(bob.buffer[..8], *b"\x02\0\0\0ann\0", "under ann's name");
    ann.take(LEAVE, "bob", &leave_text("bob"));
}

#[test]
fn a_second_join_changes_the_name() {
    let house = House::open();
    let (ann, mut bob) = ann_and_bob(&house);
    ann.send_raw(packet(JOIN, "anna", ""));
    ann.send_raw(packet(CHAT, "anna", "new"));
    assert_eq!(bob.expect("new").name, "anna");
    ann.send_raw(packet(LEAVE, "anna", leave_text("anna")));
    bob.until_kind(LEAVE, "anna");
    let twice = bob.heard.iter().filter(|packet| packet.text == "new").count();
    assert_eq!(twice, 1, "{:?}", bob.heard);
}

#[test]
fn whoever_chats_without_join_has_joined() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut cid = house.stranger("cid");
    cid.say("lost");
    assert_eq!(watcher.arrival(), "cid");
    assert!(watcher.expect("PRIVMSG #lobby :").starts_with(":cid!"));
    watcher.say("welcome");
    assert_eq!(cid.expect("welcome").name, "watcher");
}

#[test]
fn whoever_leaves_without_join_was_never_here() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut cid = house.stranger("cid");
    cid.buffer = packet(LEAVE, "cid", "");
    cid.leave();
    let mut dan = house.packet("dan");
    assert_eq!(watcher.arrival(), "dan");
    dan.leave();
    assert!(watcher.departure("dan").starts_with(":dan!"));
}

#[test]
fn people_of_other_dialects_are_people() {
    let house = House::open();
    let mut irc = house.irc("irene");
    let mut ann = house.packet("ann");
    assert_eq!(irc.arrival(), "ann");
    ann.take(JOIN, "irene", "");
    irc.say("hello ann \u{4f60}\u{597d}");
    ann.take(CHAT, "irene", "hello ann \u{4f60}\u{597d}");
    irc.send("JOIN #dev");
    irc.send("QUIT :bye");
    ann.take(LEAVE, "irene", &leave_text("irene"));
}

#[test]
fn a_chinese_name_is_kept_for_those_who_come_the_same_way() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut ann = house.packet("ann");
    watcher.arrival();
    let mut ming = house.packet("\u{5c0f}\u{660e}");
    let nick = watcher.arrival();
    assert!(nick.starts_with("guest"), "{nick}");
    ming.say("\u{4f60}\u{597d}");
    assert_eq!(ann.expect("\u{4f60}\u{597d}").name, "\u{5c0f}\u{660e}");
    assert!(watcher.expect("PRIVMSG #lobby :").starts_with(&format!(":{nick}!")));
    watcher.send(&format!("WHOIS {nick}"));
    let whois = watcher.until(" 318 ").join("\n");
    assert!(whois.contains(":\u{5c0f}\u{660e}\n"), "the name as it was sent: {whois}");
}

#[test]
fn everything_comes_from_the_port_that_is_sent_to() {
    // The clients look at it themselves, for each packet: see `PacketClient::try_next`.
    let house = House::open();
    let (mut ann, mut bob) = ann_and_bob(&house);
    for round in 0..50 {
        ann.say(&format!("ping-{round}"));
        bob.expect(&format!("ping-{round}"));
        bob.say(&format!("pong-{round}"));
        ann.expect(&format!("pong-{round}"));
    }
}
