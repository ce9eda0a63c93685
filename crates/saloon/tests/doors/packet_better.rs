//! The `packet` dialect beyond the original: long texts, floods, and names that are no names.

use crate::house::House;
use crate::parcel::{CHAT, JOIN, Packet, PacketClient, packet};
use crate::person::Person;

/// The texts that came up to the last, put together.
fn texts(packets: &[Packet], name: &str) -> String {
    packets.iter().filter(|packet| packet.name == name).map(|packet| packet.text.as_str()).collect()
}

/// Waits until nothing that was sent before is still on its way.
fn settle(house: &House, client: &mut PacketClient) {
    let mut irc = house.irc("settler");
    irc.say("settled");
    client.expect("settled");
    irc.send("QUIT");
    irc.stream.rest();
}

#[test]
fn long_texts_are_split_at_characters() {
    let house = House::open();
    let mut group = house.group();
    let mut ann = house.packet("ann");
    group.stream.until(" is online\n");
    let text = "\u{4e2d}\u{6587}\u{5b57}".repeat(500) + "$";
    group.say(&text);
    let packets = ann.until("$");
    let name = packets.last().expect("a packet").name.clone();
    assert!(packets.iter().filter(|packet| packet.name == name && packet.kind == CHAT).count() >= 5);
    assert_eq!(texts(&packets, &name), text);
}

#[test]
fn a_text_without_nul_is_a_text_of_1024_bytes() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let (mut ann, bob) = (house.packet("ann"), house.packet("bob"));
    watcher.arrival();
    watcher.arrival();
    let mut word = "w".repeat(1023) + "$";
    bob.send_raw(packet(CHAT, "bob", &word));
    assert_eq!(texts(&ann.until("$"), "bob"), word);
    let told = watcher.until("$");
    let told = told.iter().filter_map(|line| line.split_once("PRIVMSG #lobby :")).map(|(_, text)| text);
    assert_eq!(told.collect::<String>(), word);
    word.truncate(1022);
    word.push('$');
    bob.send_raw(packet(CHAT, "bob", &word));
    assert_eq!(texts(&ann.until("$"), "bob"), word, "and with its NUL at the very end");
}

#[test]
fn control_characters_are_not_passed_on() {
    let house = House::open();
    let mut ann = house.packet("ann");
    let mut watcher = house.irc("watcher");
    ann.until_kind(JOIN, "watcher");
    let eve = house.stranger("");
    eve.send_raw(packet(JOIN, b"e\x1b[2Jve\x07", ""));
    let nick = watcher.arrival();
    assert!(!nick.contains(char::is_control), "{nick:?}");
    eve.send_raw(packet(CHAT, "eve", b"\x1b[31mred\x07 alert\x7f"));
    let heard = ann.expect("alert");
    assert!(!heard.name.contains(char::is_control), "{heard:?}");
    assert!(!heard.text.contains(char::is_control), "{heard:?}");
    watcher.hear("alert");
}

#[test]
fn a_client_at_the_end_of_its_input_is_heard_once() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut ann = house.packet("ann");
    let mut bob = house.packet("bob");
    watcher.arrival();
    watcher.arrival();
    bob.say("last");
    ann.expect("last");
    // It says its last word for ever, as fast as it can.
    for _ in 0..20_000 {
        bob.send_raw(bob.buffer);
    }
    settle(&house, &mut ann);
    let heard = ann.heard.iter().filter(|packet| packet.text == "last").count();
    assert!(heard < 50, "it was heard {heard} times");
    watcher.say("anybody else?");
    assert_eq!(ann.expect("anybody else?").name, "watcher");
}

#[test]
fn the_same_word_twice_by_a_person_is_heard_twice() {
    let house = House::open();
    let mut ann = house.packet("ann");
    let mut bob = house.packet("bob");
    bob.say("ready");
    ann.expect("ready");
    for round in 0..3 {
        bob.say("knock");
        ann.expect("knock");
        // A person needs a moment to type.
        std::thread::sleep(std::time::Duration::from_millis(700));
        ann.say(&format!("who-{round}"));
        bob.expect(&format!("who-{round}"));
    }
}

#[test]
fn notices_of_the_server_come_under_its_own_name() {
    let house = House::open();
    let mut ann = house.packet("ann");
    ann.say("/frobnicate");
    let answer = ann.expect("/frobnicate");
    assert_eq!((answer.kind, answer.name.as_str()), (CHAT, "saloon"));
    // Nobody else has it.
    let mut watcher = house.irc("watcher");
    let mallory = house.packet("saloon");
    assert_ne!(watcher.arrival(), "saloon");
    mallory.send_raw(packet(CHAT, "saloon", "obey"));
    assert_ne!(ann.expect("obey").name, "saloon");
}

#[test]
fn two_of_one_name_are_two_people() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let (first, second) = (house.packet("ann"), house.packet("ann"));
    let nicks = [watcher.arrival(), watcher.arrival()];
    assert_ne!(nicks[0], nicks[1]);
    first.send_raw(packet(CHAT, "ann", "I am the first"));
    watcher.expect(&format!(":{}!", nicks[0]));
    second.send_raw(packet(CHAT, "ann", "I am the second"));
    watcher.expect(&format!(":{}!", nicks[1]));
}

#[test]
fn names_that_are_too_long_for_the_field_are_cut_at_a_character() {
    let house = House::with(&["limits.nicklen = 40"], &[]);
    let mut ann = house.packet("ann");
    let mut irc = house.irc("a-name-of-more-than-nineteen-bytes");
    let joined = ann.next();
    assert_eq!((joined.kind, joined.name.as_str()), (JOIN, "a-name-of-more-than"));
    irc.say("hello");
    assert_eq!(ann.expect("hello").name, "a-name-of-more-than");
}

#[test]
fn a_message_of_another_room_says_which() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut ann = house.packet("ann");
    watcher.arrival();
    watcher.join("#dev");
    ann.say_at_once("/join dev");
    watcher.expect("JOIN #dev");
    watcher.send("PRIVMSG #dev :hello");
    assert_eq!(
        ann.expect("hello"),
        Packet { kind: CHAT, name: "watcher".into(), text: "[#dev] hello".into() }
    );
}

#[test]
fn a_client_that_is_gone_without_a_word_is_missed_once_somebody_speaks() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let ann = house.packet("ann");
    assert_eq!(watcher.arrival(), "ann");
    drop(ann);
    // The first is answered by the machine: nobody listens there any more.
    watcher.say("ann?");
    watcher.say("are you there?");
    watcher.departure("ann");
}
