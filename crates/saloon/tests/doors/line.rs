//! The `line` dialect: people with `nc` or `telnet` and nothing else.

use crate::house::House;
use crate::stream::{count, find, shown};

#[test]
fn the_greeting_says_where_one_is_and_how_to_leave() {
    let house = House::open();
    let mut line = house.line();
    line.say("/frobnicate");
    let greeting = String::from_utf8(line.stream.until("/frobnicate")).expect("UTF-8");
    assert!(greeting.contains("#lobby") && greeting.contains("/quit"), "{greeting}");
    assert!(greeting.contains("guest"), "who one is: {greeting}");
}

#[test]
fn text_is_told_with_the_nick_before_it() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut bob = house.line();
    let nick = ann.arrival();
    ann.say("hello \u{4f60}\u{597d}");
    bob.stream.until("\n<ann> hello \u{4f60}\u{597d}");
    // The end of the line, and the next one whole.
    ann.say("again");
    let rest = bob.stream.until("<ann> again");
    assert!([b"\n<ann> again".as_slice(), b"\r\n<ann> again"].contains(&rest.as_slice()), "{}", shown(&rest));
    bob.say("hi yourself");
    assert!(ann.expect("PRIVMSG #lobby :hi yourself").starts_with(&format!(":{nick}!")));
}

#[test]
fn nobody_hears_their_own_words() {
    let house = House::open();
    let mut usher = house.irc("usher");
    let mut ann = house.line();
    usher.arrival();
    let mut bob = house.line();
    usher.arrival();
    ann.say("my own words");
    bob.stream.until("> my own words");
    bob.say("an answer");
    ann.stream.until("> an answer");
    assert_eq!(find(ann.stream.heard(), b"my own words"), None);
}

#[test]
fn lines_end_with_lf_or_crlf_and_empty_ones_say_nothing() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut bob = house.line();
    ann.arrival();
    bob.stream.send("one\r\n\r\n\ntwo\n  \nthree\r\n");
    let told: Vec<String> = ["one", "two", "three"].map(|text| ann.expect(&format!("#lobby :{text}"))).into();
    assert!(told.iter().all(|line| !line.ends_with(['\r', ' '])), "{told:?}");
    ann.send("NAMES #lobby");
    assert!(!ann.until(" 366 ").join("\n").contains("PRIVMSG"));
}

#[test]
fn the_bytes_of_telnet_are_ignored() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut bob = house.line();
    ann.arrival();
    // What telnet says at the start, a subnegotiation, and one in the middle of a word.
    bob.stream
        .send(b"\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0hel\xff\xf1lo\r\0\r\n");
    assert!(ann.expect("PRIVMSG #lobby :").ends_with(":hello"));
    // Cut anywhere; the window has ten lines, which is an LF that ends no line.
    let text = b"a\xff\xfa\x1f\0\x50\0\x0a\xff\xf0b\xff\xfb\x01c\r\n";
    for cut in 1..text.len() {
        bob.stream.send(&text[..cut]);
        bob.stream.send(&text[cut..]);
        assert!(ann.expect("PRIVMSG #lobby :").ends_with(":abc"), "cut at {cut}");
    }
    bob.say("/quit");
    let rest = bob.stream.rest();
    assert_eq!(find(&rest, b"\xff"), None, "{}", shown(&rest));
}

#[test]
fn comings_and_goings_are_told() {
    let house = House::open();
    let mut bob = house.line();
    bob.stream.until("#lobby");
    let mut ann = house.irc("ann");
    bob.stream.until("-- ann has joined #lobby");
    ann.send("QUIT");
    bob.stream.until("-- ann has left");
}

#[test]
fn a_private_message_stands_between_stars_and_an_action_behind_one() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut bob = house.line();
    let nick = ann.arrival();
    ann.send(&format!("PRIVMSG {nick} :just for you"));
    bob.stream.until("*ann* just for you");
    ann.say("\u{1}ACTION waves\u{1}");
    let line = bob.stream.until("* ann waves");
    assert_eq!(find(&line, b"\x01"), None);
}

#[test]
fn what_was_said_lately_is_told_to_a_newcomer() {
    let house = House::open();
    let mut ann = house.line();
    let mut watcher = house.irc("watcher");
    for number in 0..3 {
        ann.say(&format!("said before {number}"));
        watcher.expect(&format!("said before {number}"));
    }
    let mut late = house.line();
    for number in 0..3 {
        late.stream.until(format!("> said before {number}"));
    }
    watcher.say("and now");
    let rest = late.stream.until("<watcher> and now");
    assert_eq!(count(&rest, b"said before"), 0, "each once");
}

#[test]
fn what_is_said_while_one_comes_in_is_told_once() {
    let house = House::open();
    let mut talker = house.irc("talker");
    let mut late = Vec::new();
    for batch in 0..20 {
        let lines: String =
            (0..20).map(|n| format!("PRIVMSG #lobby :word {}.\r\n", batch * 20 + n)).collect();
        talker.stream.send(lines);
        late.push(house.line());
        talker.sync();
    }
    talker.say("word 400.");
    for mut line in late {
        let heard = String::from_utf8(line.stream.until("word 400.")).expect("UTF-8");
        let words = heard.lines().filter_map(|line| line.split_once("<talker> word ")).map(|(_, n)| n);
        let numbers: Vec<u32> = words.map(|n| n.trim_end_matches('.').parse().expect("a number")).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{heard}");
    }
}

#[test]
fn who_has_said_all_still_gets_the_answers() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    // As `printf … | nc` does; the last line may lack its end.
    for end in ["/quit\n", "", "the last one"] {
        let mut bob = house.line();
        let nick = watcher.arrival();
        bob.stream.send(format!("hello\n/time\n/frobnicate\n{end}"));
        bob.stream.end();
        let rest = bob.stream.rest();
        assert!(find(&rest, b"/frobnicate").is_some(), "{}", shown(&rest));
        watcher.expect("PRIVMSG #lobby :hello");
        watcher.departure(&nick);
    }
}

#[test]
fn a_long_line_is_heard_whole() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let (mut ann, mut bob) = (house.line(), house.line());
    watcher.arrival();
    watcher.arrival();
    let text = "\u{4e2d}\u{6587}".repeat(200) + "$";
    ann.say(&text);
    let heard = String::from_utf8(bob.stream.until("$")).expect("no character is cut");
    let pieces = heard.lines().filter_map(|line| line.split_once("> ")).map(|(_, piece)| piece);
    assert_eq!(pieces.collect::<String>(), text);
    let told = watcher.until("$");
    let told = told.iter().filter_map(|line| line.split_once("PRIVMSG #lobby :")).map(|(_, text)| text);
    assert_eq!(told.collect::<String>(), text);
}
