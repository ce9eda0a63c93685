//! What was said before, at every door that is text.

use crate::clients::{Irc, Line};
use crate::house::House;
use crate::person::{Person, TYPISTS, arrive, come};

/// Whether a line has a time of day, and then these words.
fn is_old(line: &str, words: &str) -> bool {
    let Some((before, _)) = line.split_once(words) else { return false };
    let time = before.trim_end().rsplit([' ', ':']).next().unwrap_or_default();
    before.ends_with(' ') && time.len() == 2 && time.bytes().all(|byte| byte.is_ascii_digit())
}

/// Somebody who has said three things.
fn talker(house: &House) -> Irc {
    let mut talker = house.irc("talker");
    (0..3).for_each(|number| talker.say(&format!("said before {number}.")));
    talker.sync();
    talker
}

#[test]
fn who_comes_is_told_what_was_said_last_behind_its_time() {
    let house = House::open();
    let _talker = talker(&house);
    for kind in TYPISTS {
        let transport = if kind == "packet" { "udp" } else { "tcp" };
        let mut late = come(&house, kind, transport);
        let told: String = (0..3).map(|number| late.hear(&format!("said before {number}."))).collect();
        for number in 0..3 {
            let words = format!("<talker> said before {number}.");
            assert!(told.lines().any(|line| is_old(line, &words)), "{kind}: {told}");
            assert_eq!(told.matches(&words).count(), 1, "{kind}: {told}");
        }
        late.leave();
    }
}

#[test]
fn who_asks_is_told_what_was_said_last_and_where_words_were_said() {
    let house = House::open();
    let mut talker = talker(&house);
    for kind in TYPISTS {
        let (mut person, nick) = arrive(&house, &mut talker, kind);
        talker.send(&format!("PRIVMSG {nick} :only for {kind}."));
        talker.say(&format!("the last word to {kind}."));
        person.hear(&format!("the last word to {kind}."));
        let last = format!("<talker> the last word to {kind}.");
        person.say_at_once("/history 1");
        let told = person.hear(&last);
        assert!(told.lines().any(|line| is_old(line, &last)), "{kind}: {told}");
        person.say_at_once("/search said before 1");
        let found = person.hear("said before 1.");
        assert!(
            found.lines().any(|line| is_old(line, "[#lobby] <talker> said before 1.")),
            "{kind}: {found}"
        );
        person.say_at_once(&format!("/search only {kind}"));
        let found = person.hear(&format!("only for {kind}."));
        assert!(found.lines().any(|line| is_old(line, "*talker* only for")), "{kind}: {found}");
        person.say_at_once("/search unheard-of");
        person.hear("nothing was found");
        person.say_at_once("/history nought");
        person.hear("write /history [NUMBER]");
        person.say_at_once("/quit");
        talker.departure(&nick);
    }
}

#[test]
fn a_message_of_several_lines_is_heard_line_by_line() {
    let house = House::open();
    let mut talker = house.irc("talker");
    talker.send("CAP REQ :batch message-tags draft/multiline");
    talker.expect(" ACK ");
    let mut people: Vec<(&str, Box<dyn Person>)> =
        TYPISTS.map(|kind| (kind, arrive(&house, &mut talker, kind).0)).into();
    for line in [
        "BATCH +1 draft/multiline #lobby",
        "@batch=1 PRIVMSG #lobby :one.",
        "@batch=1 PRIVMSG #lobby :",
        "@batch=1 PRIVMSG #lobby :two.",
        "BATCH -1",
    ] {
        talker.send(line);
    }
    for (kind, person) in &mut people {
        let told = person.hear("one.") + &person.hear("two.");
        assert!(!told.contains("one.two."), "{kind}: {told}");
    }
}

#[test]
fn nothing_is_told_where_nothing_is_kept() {
    let house = House::with(&["history.enabled = false"], &[]);
    let mut line: Line = house.line();
    line.say("/history");
    line.stream.until("nothing is kept of what is said here");
}
