//! The `group` dialect over TCP: everybody hears everything, and the server says who is here.

use crate::clients::Group;
use crate::house::House;
use crate::stream::{count, find, shown};

fn online(group: &Group) -> String {
    format!("{} is online\n", group.ident())
}

fn offline(group: &Group) -> String {
    format!("a user left\n{} is offline\n", group.ident())
}

fn chat(from: &Group, text: &str) -> String {
    format!("from {}: {text}", from.ident())
}

/// One who has not yet read that it is in.
fn newcomer(house: &House) -> Group {
    Group::tcp(house.addr("group", "tcp"))
}

#[test]
fn the_example_of_the_specification_with_the_right_name_at_its_end() {
    let house = House::open();
    let mut a = newcomer(&house);
    a.stream.take(online(&a));
    let mut b = newcomer(&house);
    b.stream.take(online(&b));
    // Beyond the original, a newcomer is told who was there.
    b.stream.take(online(&a));
    a.stream.take(online(&b));

    b.say(b"hi \xe4\xbd\xa0\xe5\xa5\xbd");
    let hi = [format!("from {}: ", b.ident()).as_bytes(), b"hi \xe4\xbd\xa0\xe5\xa5\xbd"].concat();
    a.stream.take(&hi);
    b.stream.take(&hi);
    let gone = offline(&b);
    drop(b);
    a.stream.take(gone);
}

#[test]
fn everybody_hears_everything_and_the_sender_too() {
    let house = House::open();
    let mut all = [house.group(), house.group(), house.group()];
    for speaker in 0..3 {
        let text = format!("number {speaker} speaks");
        all[speaker].say(&text);
        let told = chat(&all[speaker], &text);
        for (listener, one) in all.iter_mut().enumerate() {
            let heard = one.stream.until(&told);
            let others = if speaker == 0 { heard.len() } else { told.len() };
            assert_eq!(heard.len(), others, "{listener} hears {}", shown(&heard));
        }
    }
}

#[test]
fn a_newcomer_is_told_one_by_one_who_is_there() {
    let house = House::open();
    let there = [house.group(), house.group(), house.group()];
    let mut last = newcomer(&house);
    last.stream.take(online(&last));
    let mut expected: Vec<String> = there.iter().map(online).collect();
    expected.sort();
    let mut told: Vec<String> =
        there.iter().map(|_| String::from_utf8(last.stream.until("\n")).expect("UTF-8")).collect();
    told.sort();
    assert_eq!(told, expected);
}

#[test]
fn spaces_around_a_text_stay() {
    let house = House::open();
    let mut a = house.group();
    a.say("  indented  ");
    a.stream.take(chat(&a, "  indented  "));
    a.say("next");
    a.stream.take(chat(&a, "next"));
}

#[test]
fn one_too_many_is_told_so_and_nobody_else_is() {
    let house = House::with(&[], &[("group", "max_connections = 2")]);
    let (mut a, b) = (house.group(), house.group());
    a.stream.until(online(&b));
    let mut c = newcomer(&house);
    c.stream.take("too many users\n");
    assert_eq!(shown(&c.stream.rest()), "");
    let gone = offline(&b);
    drop(b);
    a.stream.take(gone);
    // There is a place again, a moment after this was told.
    let mut d = newcomer(&house);
    while d.stream.bytes(4) == b"too " {
        d = newcomer(&house);
    }
    a.stream.take(online(&d));
}

#[test]
fn the_last_words_before_the_end_are_heard() {
    let house = House::open();
    let mut a = house.group();
    let mut b = house.group();
    a.stream.until(online(&b));
    b.say("and goodbye");
    let (told, gone) = (chat(&b, "and goodbye"), offline(&b));
    drop(b);
    a.stream.take(told);
    a.stream.take(gone);
}

#[test]
fn who_has_said_all_is_still_here() {
    let house = House::open();
    let mut a = house.group();
    let mut b = house.group();
    a.stream.until(online(&b));
    b.say("I only listen now");
    b.stream.end();
    b.stream.until(chat(&b, "I only listen now"));
    a.stream.take(chat(&b, "I only listen now"));
    for round in 0..3 {
        a.say(format!("for you {round}"));
        a.stream.take(chat(&a, &format!("for you {round}")));
        b.stream.until(chat(&a, &format!("for you {round}")));
    }
}

#[test]
fn a_client_that_connects_and_closes_at_once_disturbs_nobody() {
    let house = House::open();
    let mut a = house.group();
    for _ in 0..20 {
        drop(house.stream("group", "tcp"));
    }
    a.say("undisturbed");
    let heard = a.stream.until(chat(&a, "undisturbed"));
    assert!(count(&heard, b"is online") >= count(&heard, b"is offline"), "{}", shown(&heard));
}

#[test]
fn a_long_text_is_one_message_or_several_and_never_less() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let (mut a, mut b) = (house.group(), house.group());
    // As long as the edit line of the client allows.
    let text: String = (0..32_766).map(|n| char::from_u32(0x4e00 + n % 20_000).expect("one")).collect();
    let text = text + "\u{3002}";
    a.say(&text);
    for listener in [&mut a, &mut b] {
        let ident = listener.ident();
        let heard = String::from_utf8(listener.stream.until("\u{3002}")).expect("no character is cut");
        let pieces = heard.split("from 127.0.0.1:").skip(1);
        let texts = pieces.map(|piece| piece.split_once(": ").expect("a text").1);
        // Units that have to leave together have a line feed between them.
        let told: String = texts.map(|text| text.trim_end_matches('\n')).collect();
        assert!(told == text, "{ident} heard {} of {} bytes", told.len(), text.len());
    }
    let lines = ann.until("\u{3002}");
    let told = lines.iter().filter_map(|line| line.split_once("PRIVMSG #lobby :")).map(|(_, text)| text);
    assert!(told.collect::<String>() == text);
}

#[test]
fn only_valid_utf_8_without_nul_is_sent() {
    let house = House::open();
    let (mut a, mut b) = (house.group(), house.group());
    a.stream.until(online(&b));
    for (text, told) in [
        (b"seen\0hidden".as_slice(), "seen"),
        (b"caf\xe9 au lait", "caf"),
        (b"\xed\xa0\x80 surrogate", "surrogate"),
        (b"\xf4\x90\x80\x80 too far", "too far"),
    ] {
        b.say(text);
        a.stream.until(told);
    }
    b.say("end");
    a.stream.until(chat(&b, "end"));
    assert!(std::str::from_utf8(a.stream.heard()).is_ok(), "{}", shown(a.stream.heard()));
    assert_eq!(find(a.stream.heard(), b"\0"), None);
    assert_eq!(find(a.stream.heard(), b"hidden"), None);
}

#[test]
fn what_the_client_would_take_for_markup_is_disarmed() {
    let house = House::open();
    let mut a = house.group();
    for (text, told) in [
        ("if (a<b && c>d)", "if (a<\u{200b}b && c>d)"),
        ("a <p > paragraph", "a <\u{200b}p > paragraph"),
        ("<a href=x>", "<\u{200b}a href=x>"),
        ("<i/>", "<\u{200b}i/>"),
        ("1 &lt; <3", "1 &\u{200b}lt; <3"),
        ("<3 for you", "<3 for you"),
        ("i < j", "i < j"),
        ("<unheard-of>", "<unheard-of>"),
        ("plain & simple", "plain & simple"),
    ] {
        a.say(text);
        a.stream.take(chat(&a, told));
    }
}

#[test]
fn people_of_other_dialects_have_an_address_here() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut a = house.group();
    let nick = ann.arrival();
    let here = String::from_utf8(a.stream.until(" is online\n")).expect("UTF-8");
    let ident = here.strip_suffix(" is online\n").expect("it ends so").to_owned();
    assert!(ident.starts_with("127.0.0.1:") && ident != a.ident(), "{ident}");
    ann.say("hello");
    a.stream.take(format!("from {ident}: ann: hello"));
    a.say("hello yourself");
    assert!(ann.expect("PRIVMSG #lobby :hello yourself").starts_with(&format!(":{nick}!")));
    a.stream.take(chat(&a, "hello yourself"));

    let mut bob = house.irc("bob");
    let arrived = String::from_utf8(a.stream.until(" is online\n")).expect("UTF-8");
    assert!(arrived.starts_with("127.0.0.1:") && !arrived.starts_with(&ident), "{arrived}");
    bob.send("QUIT");
    a.stream.take(format!("a user left\n{}", arrived.replace("online", "offline")));
}
