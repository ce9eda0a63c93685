//! What fits into a read of a `plain` client, and characters that are cut.

use std::time::Duration;

use crate::clients::Plain;
use crate::house::House;
use crate::stream::{count, find, shown};

fn prefix(from: &Plain) -> String {
    format!("from client ip=127.0.0.1 port={} ", from.stream.local().port())
}

/// What stands behind each prefix: the units of a long text.
fn units(bytes: &[u8], prefix: &str) -> Vec<String> {
    let text = std::str::from_utf8(bytes).expect("no character is cut");
    let units: Vec<_> = text.split(prefix).map(str::to_owned).collect();
    assert_eq!(units[0], "", "it begins with the prefix");
    units[1..].to_vec()
}

#[test]
fn every_unit_has_at_most_1022_bytes_and_nothing_is_lost() {
    let house = House::open();
    let [mut a, mut b] = house.plains();
    // As long as a read of the server; with the prefix that is too long for a read of the client.
    for text in ["0123456789".repeat(102) + "$", "\u{4e2d}\u{6587}".repeat(170) + "$"] {
        a.say(&text);
        let units = units(&b.stream.until("$"), &prefix(&a));
        assert!(units.iter().all(|unit| prefix(&a).len() + unit.len() <= 1022), "{units:?}");
        assert_eq!(units.concat(), text);
    }
}

#[test]
fn a_text_longer_than_any_unit_arrives_in_several() {
    let house = House::open();
    let mut group = house.group();
    let mut b = house.plain();
    b.say("here");
    group.stream.until(": here");
    let text: String =
        (0..1500).map(|number| char::from_u32(0x4e00 + number).expect("a character")).collect();
    group.say(&text);
    let last = &text[text.len() - 3..];
    let heard = String::from_utf8(b.stream.until(last)).expect("no character is cut");
    let nick = &heard[heard.find('<').expect("a nick")..heard.find("> ").expect("a nick") + 2];
    assert_eq!(heard.replace(nick, ""), text);
}

#[test]
fn a_long_text_of_others_and_exit_behind_it_make_nobody_leave() {
    let house = House::open();
    let mut group = house.group();
    let mut b = house.plain();
    b.say("here");
    group.stream.until("here");
    group.say("who am I");
    let heard = b.stream.until("> who am I");
    let nick = heard.len() - heard.iter().rposition(|byte| *byte == b'<').expect("a nick") - "who am I".len();
    // Filled up so that `exit;` is what is left for the next unit, whether or not that has the nick too.
    for filling in [1023 - nick, 1022 - nick, 1021 - nick, 1023, 1022] {
        // Where two units run together, the luck of a slow reader may leave `exit;` alone; not every time.
        let stays = (0..5).any(|round| {
            group.say(format!("{}exit;", "x".repeat(filling)));
            let reads = b.stream.reads("exit;");
            b.say(format!("still here after {filling}, {round}"));
            group.stream.until(format!("still here after {filling}, {round}"));
            reads.iter().all(|read| read != b"exit;")
        });
        assert!(stays, "{filling}: the client would leave");
    }
}

#[test]
fn units_are_reads_of_their_own() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut b = house.plain();
    ann.arrival();
    // A busy machine may well let two come together, but not every time.
    let apart = (0..10).any(|round| {
        for part in ["first", "second", "third"] {
            ann.say(&format!("{part} {round}"));
        }
        let reads = b.stream.timed_reads(format!("third {round}"));
        // Far enough from each other for a client that is busy for a moment.
        reads.len() == 3 && reads.windows(2).all(|pair| pair[1].0 - pair[0].0 > Duration::from_millis(10))
    });
    assert!(apart, "messages that are sent together always came together");
}

#[test]
fn a_long_unit_and_exit_behind_it_make_nobody_leave() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut a = house.plain();
    watcher.arrival();
    let mut b = house.plain();
    let nick = watcher.arrival();
    // Filled up so that the relay is exactly a read of the client, and `exit;` would be the next.
    let filling = "x".repeat(1023 - prefix(&a).len());
    a.say(format!("{filling}exit;"));
    watcher.until("exit;");
    watcher.say("still there?");
    let heard = b.stream.until("still there?");
    let units = units(heard.split_at(find(&heard, b"<watcher>").expect("the question")).0, &prefix(&a));
    assert_eq!(units.concat(), format!("{filling}exit;"));
    assert!(units.iter().all(|unit| prefix(&a).len() + unit.len() <= 1022), "{units:?}");
    b.say("yes");
    watcher.expect(&format!(":{nick}!"));
}

#[test]
fn a_cut_last_character_is_shown_as_replacement() {
    let house = House::open();
    let [mut a, mut b] = house.plains();
    // 35 bytes, as the original cuts them.
    let text = "\u{662f}".repeat(11) + "\u{4e2d}";
    a.say(&text.as_bytes()[..35]);
    // At once or a moment later, with what is whole or behind it.
    let units = units(&b.stream.until("\u{fffd}"), &prefix(&a));
    assert_eq!(units.concat(), "\u{662f}".repeat(11) + "\u{fffd}");
}

#[test]
fn a_character_in_two_reads_is_one_character() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut a = house.plain();
    watcher.arrival();
    // The first is held back for a moment only, in which a busy machine may miss the second.
    let whole = (0..10).any(|_| {
        a.say(b"caf\xc3");
        a.say(b"\xa9");
        let lines = loop {
            let line = watcher.expect("PRIVMSG #lobby ");
            if line.contains(['\u{e9}', '\u{fffd}']) {
                break line;
            }
        };
        lines.contains('\u{e9}')
    });
    assert!(whole, "the character was never put together");
}

#[test]
fn texts_that_ended_the_original_are_told_in_full() {
    let house = House::open();
    let [mut a, mut b] = house.plains();
    for length in [979, 986, 987, 988, 1022, 1023] {
        let text = "y".repeat(length);
        a.say(&text);
        let mut heard = Vec::new();
        while count(&heard, b"y") < length {
            heard.extend(b.stream.until("y"));
        }
        let units = units(&heard, &prefix(&a));
        assert_eq!(units.concat(), text, "{}", shown(&heard));
    }
}
