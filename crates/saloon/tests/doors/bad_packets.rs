//! Datagrams that no client sends, or only a broken one, or too many of them.

use crate::clients::Irc;
use crate::house::House;
use crate::parcel::{CHAT, JOIN, LEAVE, PacketClient, packet};

/// A server with somebody to watch, and somebody who has joined by packet.
fn scene() -> (House, Irc, PacketClient) {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let ann = house.packet("ann");
    assert_eq!(watcher.arrival(), "ann");
    (house, watcher, ann)
}

/// What the watcher heard up to a word that is said now.
fn heard_until_now(watcher: &mut Irc, ann: &mut PacketClient, word: &str) -> String {
    ann.say(word);
    let heard = watcher.until(&format!("PRIVMSG #lobby :{word}")).join("\n");
    watcher.send(&format!("PRIVMSG #lobby :heard {word}"));
    ann.expect(&format!("heard {word}"));
    heard
}

#[test]
fn datagrams_of_another_length_are_dropped() {
    let (house, mut watcher, mut ann) = scene();
    let whole = packet(CHAT, "eve", "wrong length");
    let long = [whole.as_slice(), b"x"].concat();
    let eve = house.stranger("eve");
    for from in [&eve, &ann] {
        for length in [0, 1, 3, 4, 23, 24, 25, 40, 1047] {
            from.send_raw(&whole[..length]);
        }
        from.send_raw(&long);
        from.send_raw(vec![2; 9000]);
        from.send_raw(vec![0; 65_507]);
    }
    let heard = heard_until_now(&mut watcher, &mut ann, "still-served");
    assert!(!heard.contains("JOIN") && !heard.contains("wrong"), "{heard}");
}

#[test]
fn packets_of_unknown_types_are_dropped() {
    let (house, mut watcher, mut ann) = scene();
    let eve = house.stranger("eve");
    for kind in [0, 4, 5, 256, 0x0200_0000, -1, i32::MAX, i32::MIN] {
        eve.send_raw(packet(kind, "eve", "unknown type"));
        ann.send_raw(packet(kind, "ann", "unknown type"));
    }
    let heard = heard_until_now(&mut watcher, &mut ann, "still-served");
    assert!(!heard.contains("JOIN") && !heard.contains("unknown"), "{heard}");
}

#[test]
fn names_without_nul_are_dropped() {
    let (house, mut watcher, mut ann) = scene();
    let eve = house.stranger("eve");
    for kind in [JOIN, CHAT, LEAVE] {
        eve.send_raw(packet(kind, "n".repeat(20), "no end of a name"));
    }
    let heard = heard_until_now(&mut watcher, &mut ann, "still-served");
    assert!(!heard.contains("JOIN") && !heard.contains("no end"), "{heard}");
}

#[test]
fn an_empty_name_is_a_guest_and_an_empty_text_is_nothing() {
    let (house, mut watcher, mut ann) = scene();
    let eve = house.stranger("");
    eve.send_raw(packet(JOIN, "", ""));
    let nick = watcher.arrival();
    assert!(nick.starts_with("guest"), "{nick}");
    eve.send_raw(packet(CHAT, "", ""));
    eve.send_raw(packet(CHAT, "", "   "));
    let heard = heard_until_now(&mut watcher, &mut ann, "still-served");
    assert!(!heard.contains(&format!(":{nick}!")), "{heard}");
}

#[test]
fn bytes_that_are_no_text_harm_nobody() {
    let (house, mut watcher, mut ann) = scene();
    let eve = house.stranger("");
    eve.send_raw(packet(JOIN, b"\xff\xfe\x80", b""));
    let nick = watcher.arrival();
    assert!(nick.starts_with("guest"), "{nick}");
    eve.send_raw(packet(CHAT, b"\xff\xfe\x80", b"broken \xff\xc3\x28 text"));
    let heard = ann.expect(" text");
    assert!(!heard.name.is_empty() && heard.text.starts_with("broken "), "{heard:?}");
    watcher.expect(" text");
}

#[test]
fn random_datagrams_harm_nobody() {
    let (house, mut watcher, mut ann) = scene();
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..500 {
        let mut bytes: Vec<u8> = (0..131_u8)
            .flat_map(|_| {
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                dice.to_le_bytes()
            })
            .collect();
        if round % 2 == 0 {
            bytes[..4].copy_from_slice(&(1 + round % 3_i32).to_le_bytes());
            bytes[23] = 0;
        }
        if round % 10 == 0 {
            std::thread::yield_now();
        }
        house.stranger("").send_raw(bytes);
    }
    // Some of them were logins, and may have used up what is let in for a while.
    heard_until_now(&mut watcher, &mut ann, "still-served");
}

#[test]
fn two_logins_from_one_address_are_one_person() {
    let (_house, mut watcher, mut ann) = scene();
    ann.send_raw(packet(JOIN, "ann", ""));
    ann.send_raw(packet(JOIN, "bea", ""));
    let line = watcher.expect("NICK ");
    assert!(line.starts_with(":ann!") && line.contains("bea"), "{line}");
    watcher.send("PRIVMSG #lobby :hello bea");
    ann.expect("hello bea");
    watcher.send("PRIVMSG #lobby :once?");
    ann.expect("once?");
    let times = ann.heard.iter().filter(|packet| packet.text == "hello bea").count();
    assert_eq!(times, 1, "{:?}", ann.heard);
}

#[test]
fn a_flood_of_logins_from_many_ports_is_limited_and_the_others_are_served() {
    let (house, mut watcher, mut ann) = scene();
    let crowd: Vec<PacketClient> = (0..1000).map(|n| house.packet(format!("flood{n}"))).collect();
    let heard = heard_until_now(&mut watcher, &mut ann, "still-served");
    let joined = heard.matches(" JOIN ").count();
    assert!(joined < 500, "{joined} of {} came in at once", crowd.len());
    // People come in by the other doors as before.
    let mut line = house.line();
    line.say("hello from nc");
    watcher.expect("PRIVMSG #lobby :hello from nc");
}

#[test]
fn who_leaves_twice_left_once() {
    let (_house, mut watcher, ann) = scene();
    let leave = packet(LEAVE, "ann", "");
    ann.send_raw(leave);
    ann.send_raw(leave);
    watcher.departure("ann");
    // And may come back.
    ann.send_raw(packet(JOIN, "ann", ""));
    assert_eq!(watcher.arrival(), "ann");
}
