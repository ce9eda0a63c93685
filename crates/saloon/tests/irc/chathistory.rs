//! Section 23: chathistory and event-playback.

use crate::client::Client;
use crate::harness::{Server, join, server};
use crate::line::Line;
use crate::lines::Lines;

const CAPS: &str =
    "batch labeled-response echo-message message-tags server-time draft/chathistory standard-replies";
const EVENTS: &str = "batch echo-message message-tags server-time draft/chathistory draft/event-playback";

/// The lines inside the one batch of this type and target that is the whole answer.
#[track_caller]
fn inside<'a>(answer: &'a Lines, opening: &str) -> &'a [Line] {
    let [start, inner @ .., end] = &answer[..] else { answer.complain("expected a batch") };
    let reference = start.params[0].strip_prefix('+').unwrap_or_default();
    let framed = start.matches(&format!("BATCH +{reference} {opening}"))
        && end.matches(&format!("@ BATCH -{reference}"))
        && inner.iter().all(|line| line.tag("batch") == reference);
    if !framed {
        answer.complain("expected one batch");
    }
    inner
}

#[track_caller]
fn texts<'a>(answer: &'a Lines, target: &str) -> Vec<&'a str> {
    inside(answer, &format!("chathistory {target}")).iter().map(Line::text).collect()
}

/// Says these on `#c`, and gives back the echoes.
fn talk(teller: &mut Client, texts: &[&str]) -> Vec<Line> {
    texts.iter().map(|text| teller.ask(&format!("PRIVMSG #c :{text}"))[0].clone()).collect()
}

fn scene() -> (Server, Client, Vec<Line>) {
    let server = server();
    let mut teller = server.client_with("foo", CAPS);
    teller.ask("JOIN #c");
    let said = talk(&mut teller, &["1", "2", "3", "4", "5"]);
    (server, teller, said)
}

#[test]
fn every_subcommand_returns_its_part_oldest_first() {
    let (_server, mut foo, said) = scene();
    for by in ["timestamp", "msgid"] {
        let reference = |at: usize| match by {
            "timestamp" => format!("timestamp={}", said[at].tag("time")),
            _ => format!("msgid={}", said[at].tag("msgid")),
        };
        let (two, three, five) = (reference(1), reference(2), reference(4));
        for (ask, wanted) in [
            ("LATEST #c * 2".to_owned(), &["4", "5"][..]),
            ("LATEST #c * 100".to_owned(), &["1", "2", "3", "4", "5"]),
            (format!("LATEST #c {three} 10"), &["4", "5"]),
            (format!("LATEST #c {two} 1"), &["5"]),
            (format!("BEFORE #c {three} 10"), &["1", "2"]),
            (format!("BEFORE #c {five} 2"), &["3", "4"]),
            (format!("AFTER #c {three} 10"), &["4", "5"]),
            (format!("AFTER #c {two} 1"), &["3"]),
            (format!("AROUND #c {three} 1"), &["3"]),
            (format!("AROUND #c {three} 3"), &["2", "3", "4"]),
            (format!("BETWEEN #c {two} {five} 10"), &["3", "4"]),
            (format!("BETWEEN #c {two} {five} 1"), &["3"]),
            (format!("BETWEEN #c {five} {two} 1"), &["4"]),
            (format!("BETWEEN #c {five} {two} 10"), &["3", "4"]),
        ] {
            let answer = foo.ask(&format!("CHATHISTORY {ask}"));
            assert_eq!(texts(&answer, "#c"), wanted, "{ask}");
        }
    }
}

#[test]
fn items_are_the_lines_of_the_echo_byte_for_byte() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    foo.ask("JOIN #c");
    let echoes = ["PRIVMSG #C :hi  there", "@+a=b;+c NOTICE #c ::)", "PRIVMSG #c :\u{1}ACTION waves\u{1}"]
        .map(|line| foo.ask(line)[0].raw.clone());
    let answer = foo.ask("CHATHISTORY LATEST #c * 10");
    let lines = inside(&answer, "chathistory #c").iter();
    let without = |line: &Line| line.raw.replacen(&format!("batch={};", line.tag("batch")), "", 1);
    assert_eq!(lines.map(without).collect::<Vec<_>>(), echoes);
}

#[test]
fn the_target_is_repeated_as_written_and_a_label_stands_on_the_opening_line() {
    let (_server, mut foo, _) = scene();
    let answer = foo.ask("@label=x CHATHISTORY LATEST #C * 1");
    assert_eq!(texts(&answer, "#C"), ["5"]);
    assert!(answer[0].matches("@label=x BATCH … chathistory #C"));
}

#[test]
fn without_batch_there_are_just_the_lines() {
    let (server, _foo, _) = scene();
    let mut bar = server.client("bar");
    bar.ask("JOIN #c");
    bar.ask("CHATHISTORY LATEST #c * 2").are(&[":foo!… PRIVMSG #c :4", ":foo!… PRIVMSG #c :5"]);
}

#[test]
fn events_are_for_who_asked_for_them_and_count_only_then() {
    let (server, mut foo, _) = scene();
    let mut bar = server.client_with("bar", EVENTS);
    bar.ask("JOIN #c");
    foo.ask("TOPIC #c :t");
    foo.ask("MODE #c +m");
    foo.ask("@+draft/react=x TAGMSG #c");
    foo.ask("@+typing=active TAGMSG #c");
    let mut baz = server.client("baz");
    baz.ask("JOIN #c");
    baz.ask("NICK qux");
    baz.ask("PART #c :bye");
    baz.ask("JOIN #c");
    foo.ask("KICK #c qux :out");
    baz.ask("JOIN #c");
    baz.send("QUIT");
    baz.rest();
    bar.sync();
    let answer = bar.ask("CHATHISTORY LATEST #c * 100");
    let lines = inside(&answer, "chathistory #c");
    let commands: Vec<&str> = lines.iter().map(|line| line.command.as_str()).collect();
    let expected = [
        "JOIN", "PRIVMSG", "PRIVMSG", "PRIVMSG", "PRIVMSG", "PRIVMSG", "JOIN", "TOPIC", "MODE", "TAGMSG",
        "JOIN", "NICK", "PART", "JOIN", "KICK", "JOIN", "QUIT",
    ];
    assert_eq!(commands, expected);
    assert!(lines.iter().all(|line| line.tags.contains_key("msgid") && line.tags.contains_key("time")));
    foo.sync();
    let answer = foo.ask("CHATHISTORY LATEST #c * 5");
    assert_eq!(texts(&answer, "#c"), ["1", "2", "3", "4", "5"]);
}

#[test]
fn channels_are_read_by_members_only() {
    let (server, mut foo, _) = scene();
    let mut bar = server.client_with("bar", CAPS);
    bar.ask("CHATHISTORY LATEST #c * 1").is("FAIL CHATHISTORY INVALID_TARGET LATEST #c :…");
    bar.ask("CHATHISTORY LATEST #none * 1").is("FAIL CHATHISTORY INVALID_TARGET LATEST #none :…");
    foo.ask("PART #c");
    foo.ask("CHATHISTORY LATEST #c * 1").is("FAIL CHATHISTORY INVALID_TARGET LATEST #c :…");
}

#[test]
fn a_conversation_has_both_directions_and_is_found_in_any_case() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    foo.ask("PRIVMSG bar :one");
    bar.ask("PRIVMSG foo :two");
    foo.ask("NOTICE bar :three");
    assert_eq!(texts(&foo.ask("CHATHISTORY LATEST BAR * 10"), "BAR"), ["one", "two", "three"]);
    bar.sync();
    assert_eq!(texts(&bar.ask("CHATHISTORY LATEST foo * 10"), "foo"), ["one", "two", "three"]);
    foo.ask("PRIVMSG foo :alone");
    assert_eq!(texts(&foo.ask("CHATHISTORY LATEST foo * 10"), "foo"), ["alone"]);
    assert_eq!(texts(&foo.ask("CHATHISTORY LATEST nobody * 10"), "nobody"), [""; 0]);
}

#[test]
fn who_takes_a_nick_later_reads_nothing_of_what_was_said_to_it() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    foo.ask("PRIVMSG bar :secret");
    bar.send("QUIT");
    bar.rest();
    let mut other = server.client_with("bar", CAPS);
    assert_eq!(texts(&other.ask("CHATHISTORY LATEST foo * 10"), "foo"), [""; 0]);
}

#[test]
fn targets_are_channels_and_partners_by_their_newest_item() {
    let (server, mut foo, said) = scene();
    let _bar = server.client("bar");
    let after = foo.ask("PRIVMSG bar :hi")[0].tag("time").to_owned();
    let (early, late) = ("timestamp=2000-01-01T00:00:00.000Z", "timestamp=2999-01-01T00:00:00.000Z");
    let newest = said[4].tag("time");
    let (channel, partner) =
        (format!("CHATHISTORY TARGETS #c {newest}"), format!("CHATHISTORY TARGETS bar {after}"));
    let answer = foo.ask(&format!("CHATHISTORY TARGETS {early} {late} 10"));
    let lines = inside(&answer, "draft/chathistory-targets");
    assert!(lines.len() == 2 && lines[0].matches(&channel) && lines[1].matches(&partner), "{lines:?}");
    let answer = foo.ask(&format!("CHATHISTORY TARGETS {late} {early} 1"));
    let lines = inside(&answer, "draft/chathistory-targets");
    assert!(lines.len() == 1 && lines[0].matches(&partner), "{lines:?}");
    let answer = foo.ask(&format!("CHATHISTORY TARGETS {early} timestamp={newest} 10"));
    assert_eq!(inside(&answer, "draft/chathistory-targets"), []);
}

#[test]
fn requests_that_are_no_good_are_refused() {
    let (_server, mut foo, _) = scene();
    for (line, refused) in [
        ("NONE #c * 1", "INVALID_PARAMS NONE :…"),
        ("LATEST #c *", "INVALID_PARAMS LATEST :…"),
        ("LATEST #c * 1 1", "INVALID_PARAMS LATEST :…"),
        ("LATEST #c * 0", "INVALID_PARAMS LATEST 0 :…"),
        ("BEFORE #c timestamp=x 1", "INVALID_PARAMS BEFORE timestamp=x :…"),
        ("AROUND #c uid=1 1", "INVALID_MSGREFTYPE AROUND #c :…"),
    ] {
        foo.ask(&format!("CHATHISTORY {line}")).is(&format!("FAIL CHATHISTORY {refused}"));
    }
}

#[test]
fn a_limit_above_the_highest_gives_the_highest() {
    let (_server, mut foo, _) = scene();
    assert_eq!(texts(&foo.ask("CHATHISTORY LATEST #c * 1000000"), "#c").len(), 5);
}

#[test]
fn what_one_has_seen_answered_others_find_in_the_history() {
    let (server, mut foo, _) = scene();
    let mut bar = server.client_with("bar", CAPS);
    join(&mut [&mut bar], "#c");
    for n in 0..50 {
        foo.ask(&format!("PRIVMSG #c :n{n}"));
        let answer = bar.ask("CHATHISTORY LATEST #c * 1");
        let last: Vec<&Line> = answer.iter().filter(|line| line.tags.contains_key("batch")).collect();
        assert_eq!(last[0].text(), format!("n{n}"));
    }
}
