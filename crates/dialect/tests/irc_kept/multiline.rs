//! Section 24: messages of several lines.

use dialect::Session;
use dialect::irc::{encode, relevant};
use hub::{Command, Event, SayKind, SayLine, Text};

use crate::peer::{Peer, TIME, id, said, said_lines, shown};

const CAPS: &str = "batch labeled-response message-tags draft/multiline";

fn line(text: &str, joined: bool) -> SayLine {
    SayLine { text: Text::from(text), joined }
}

#[test]
fn a_batch_is_one_message_said_when_it_is_closed() {
    let mut ann = Peer::new(CAPS);
    let told = ann.say_all(&[
        "@label=L;+tag=v BATCH +123 draft/multiline #chan",
        "@batch=123 PRIVMSG #chan :first line",
        "@batch=123 PRIVMSG #CHAN :",
        "@batch=123 PRIVMSG #chan :third",
        "@batch=123;draft/multiline-concat PRIVMSG #chan : goes on",
    ]);
    assert_eq!(told, "");
    ann.asks_nothing();
    assert_eq!(ann.say("BATCH -123"), "");
    let Command::Say(say) = ann.commanded() else { panic!("it says something") };
    assert_eq!((say.kind, say.lasts, &say.tags[..]), (SayKind::Message, true, &b"+tag=v"[..]));
    assert_eq!(say.text, Text::from("first line\n\nthird goes on"));
    let lines = [line("first line", false), line("", false), line("third", false), line(" goes on", true)];
    assert_eq!(say.lines.as_deref(), Some(&lines[..]));
    // The echo, if it wants one, or else an acknowledgement, answers the opening line.
    assert_eq!(ann.reply(said_lines(1, &["x", "y"])), "@label=L :irc.test ACK\n");
}

#[test]
fn the_echo_is_labeled_on_its_opening_line() {
    let mut ann = Peer::new(&format!("{CAPS} echo-message"));
    ann.say_all(&["@label=L BATCH +1 draft/multiline #c", "@batch=1 NOTICE #c :x", "@batch=1 NOTICE #c :y"]);
    ann.say("BATCH -1");
    assert!(matches!(ann.commanded(), Command::Say(say) if say.kind == SayKind::Notice));
    let m = id(1);
    assert_eq!(
        ann.reply(said_lines(1, &["x", "y"])),
        format!(
            "@label=L;msgid={m};+a=b :bob!bob@host BATCH +{m} draft/multiline #c\n\
             @batch={m} :bob!bob@host PRIVMSG #c :x\n@batch={m} :bob!bob@host PRIVMSG #c :y\n\
             :bob!bob@host BATCH -{m}\n"
        )
    );
}

#[test]
fn one_line_alone_is_a_message_like_any_other() {
    let mut ann = Peer::new(CAPS);
    ann.say_all(&["BATCH +1 draft/multiline #c", "@batch=1 PRIVMSG #c :x", "BATCH -1"]);
    assert!(
        matches!(ann.commanded(), Command::Say(say) if say.lines.is_none() && say.text == Text::from("x"))
    );
}

#[test]
fn limits_are_inclusive() {
    let (ten, nine) = ("x".repeat(10), "x".repeat(9));
    let mut ann = Peer::new(CAPS);
    // Four lines, and 40 bytes with the three line breaks.
    ann.say("BATCH +1 draft/multiline #c");
    for text in [&ten, &nine, &nine, &nine] {
        assert_eq!(ann.say(format!("@batch=1 PRIVMSG #c :{text}")), "");
    }
    ann.say("BATCH -1");
    assert!(matches!(ann.commanded(), Command::Say(_)));
    // What is joined has no line break.
    ann.say("BATCH +1 draft/multiline #c");
    for text in [&ten, &ten, &ten, &ten] {
        assert_eq!(ann.say(format!("@batch=1;draft/multiline-concat PRIVMSG #c :{text}")), "");
    }
    ann.say("BATCH -1");
    assert!(matches!(ann.commanded(), Command::Say(_)));
}

/// Each with the lines behind the opening one, and what is told at the last.
const FAULTS: &[(&[&str], &str)] = &[
    (&["@batch=1 PRIVMSG #c :12345678901234567890123456789012345678901"], "MULTILINE_MAX_BYTES 40"),
    (
        &[
            "@batch=1 PRIVMSG #c :a",
            "@batch=1 PRIVMSG #c :b",
            "@batch=1 PRIVMSG #c :c",
            "@batch=1 PRIVMSG #c :d",
            "@batch=1 PRIVMSG #c :e",
        ],
        "MULTILINE_MAX_LINES 4",
    ),
    (&["@batch=1 PRIVMSG #d :x"], "MULTILINE_INVALID_TARGET #c #d"),
    (&["@batch=1;draft/multiline-concat PRIVMSG #c :"], "MULTILINE_INVALID"),
    (&["@batch=1 PRIVMSG #c :", "@batch=1 PRIVMSG #c :", "BATCH -1"], "MULTILINE_INVALID"),
    (&["BATCH -1"], "MULTILINE_INVALID"),
    (&["@batch=1 PRIVMSG #c :x", "@batch=1 NOTICE #c :y"], "MULTILINE_INVALID"),
    (&["@batch=1 TAGMSG #c"], "MULTILINE_INVALID"),
    (&["@batch=2 PRIVMSG #c :x"], "MULTILINE_INVALID"),
    (&["PRIVMSG #c :x"], "MULTILINE_INVALID"),
    (&["@batch=1 PRIVMSG #c"], "MULTILINE_INVALID"),
];

#[test]
fn a_fault_is_told_at_once_with_the_label_of_the_opening_line_and_the_rest_is_swallowed() {
    for (lines, fault) in FAULTS {
        for label in ["", "@label=L "] {
            let mut ann = Peer::new(CAPS);
            assert_eq!(ann.say(format!("{label}BATCH +1 draft/multiline #c")), "");
            let (last, others) = lines.split_last().expect("some lines");
            assert_eq!(ann.say_all(others), "", "{lines:?}");
            let told = ann.say(last);
            assert!(told.starts_with(&format!("{label}:irc.test FAIL BATCH {fault} :")), "{lines:?}: {told}");
            assert_eq!(told.lines().count(), 1, "{told}");
            if *last != "BATCH -1" {
                assert_eq!(ann.say_all(&["@batch=1 PRIVMSG #c :more", "BATCH -1"]), "");
            }
            ann.asks_nothing();
            ann.say("PRIVMSG #c :as usual");
            assert!(matches!(ann.commanded(), Command::Say(_)));
        }
    }
}

#[test]
fn a_batch_that_can_not_be_opened_is_refused_and_swallowed() {
    for (caps, opening, fault) in [
        (CAPS, "@label=x BATCH +1 other #c", "@label=x :irc.test FAIL BATCH UNKNOWN_TYPE 1 other :"),
        ("batch", "BATCH +1 draft/multiline #c", ":irc.test FAIL BATCH UNKNOWN_TYPE 1 draft/multiline :"),
        (CAPS, "BATCH +1 draft/multiline", ":irc.test FAIL BATCH MULTILINE_INVALID :"),
    ] {
        let mut ann = Peer::new(caps);
        let told = ann.say(opening);
        assert!(told.starts_with(fault), "{told}");
        assert_eq!(ann.say_all(&["@batch=1 PRIVMSG #c :x", "BATCH -1"]), "");
        ann.asks_nothing();
    }
    let mut ann = Peer::new(CAPS);
    for reference in ["+a_b", "+", "+ä", "1"] {
        let told = ann.say(format!("BATCH {reference} draft/multiline #c"));
        assert!(told.starts_with(":irc.test FAIL BATCH INVALID_REFTAG "), "{told}");
    }
    assert!(ann.say("BATCH").starts_with(":irc.test 461 ann BATCH :"));
}

#[test]
fn other_lines_are_handled_as_usual_meanwhile() {
    let mut ann = Peer::new(CAPS);
    ann.say_all(&["@label=L BATCH +1 draft/multiline #c", "@batch=1 PRIVMSG #c :x"]);
    assert_eq!(ann.say("@label=p PING 7"), "@label=p :irc.test PONG irc.test :7\n");
    ann.say("@batch=1 PRIVMSG #c :y");
    ann.say("BATCH -1");
    assert!(matches!(ann.commanded(), Command::Say(say) if say.text == Text::from("x\ny")));
}

#[test]
fn a_batch_left_open_for_too_long_ends_with_the_next_line() {
    let mut ann = Peer::new(CAPS);
    ann.say("@label=L BATCH +1 draft/multiline #c");
    ann.now.0 += 60_000;
    assert_eq!(ann.say("@batch=1 PRIVMSG #c :x"), "");
    ann.now.0 += 1;
    let told = ann.say("@label=p PING 7");
    let (first, second) = told.split_once('\n').expect("two lines");
    assert!(first.starts_with("@label=L :irc.test FAIL BATCH TIMEOUT 1 :"), "{told}");
    assert_eq!(second, "@label=p :irc.test PONG irc.test :7\n");
    assert_eq!(ann.say_all(&["@batch=1 PRIVMSG #c :y", "BATCH -1"]), "");
    ann.asks_nothing();
}

#[test]
fn a_line_that_is_too_long_ends_its_batch() {
    let mut ann = Peer::new(CAPS);
    ann.say("BATCH +1 draft/multiline #c");
    let told = ann.say(format!("@batch=1 PRIVMSG #c :{}", "x".repeat(600)));
    let commands: Vec<&str> = told.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(commands, ["417", "FAIL"]);
    assert_eq!(ann.say("BATCH -1"), "");
    ann.asks_nothing();
}

fn as_told(caps: &str, event: &Event) -> String {
    let features = Peer::new(caps).session.rendering().features;
    let (mut bytes, mut alike) = (Vec::new(), Vec::new());
    encode(features, event, &mut bytes);
    encode(features & relevant(event), event, &mut alike);
    assert_eq!(bytes, alike, "a capability that is not relevant makes a difference");
    shown(&bytes)
}

#[test]
fn who_knows_such_messages_gets_them_as_they_were_cut_and_others_line_by_line() {
    let event = said_lines(1, &["", "one", "&two"]);
    let m = id(1);
    assert_eq!(
        as_told("batch draft/multiline server-time message-tags", &event),
        format!(
            "@time={TIME};msgid={m};+a=b :bob!bob@host BATCH +{m} draft/multiline #c\n\
             @batch={m} :bob!bob@host PRIVMSG #c :\n\
             @batch={m} :bob!bob@host PRIVMSG #c :one\n\
             @batch={m};draft/multiline-concat :bob!bob@host PRIVMSG #c :two\n\
             :bob!bob@host BATCH -{m}\n"
        )
    );
    assert_eq!(
        as_told("server-time message-tags", &event),
        format!(
            "@time={TIME};msgid={m};+a=b :bob!bob@host PRIVMSG #c :one\n\
             @time={TIME};+a=b :bob!bob@host PRIVMSG #c :two\n"
        )
    );
    assert_eq!(as_told("draft/multiline", &event).lines().count(), 2);
}

#[test]
fn a_text_with_line_feeds_from_another_dialect_is_told_likewise() {
    let event = said(1, "one\n\ntwo");
    assert_eq!(as_told("", &event), ":bob!bob@host PRIVMSG #c :one\n:bob!bob@host PRIVMSG #c :two\n");
    assert_eq!(as_told("batch draft/multiline", &event).lines().count(), 5);
}

#[test]
fn tags_alone_are_kept_only_if_they_are_worth_it() {
    let mut ann = Peer::new(CAPS);
    for (tags, lasts) in [
        ("+draft/react=x", true),
        ("+other=x", false),
        ("+typing=active", false),
        ("+draft/react=x;+typing=done", false),
    ] {
        ann.say(format!("@{tags} TAGMSG #c"));
        assert!(matches!(ann.commanded(), Command::Say(say) if say.lasts == lasts), "{tags}");
    }
    ann.say("NOTICE #c :x");
    assert!(matches!(ann.commanded(), Command::Say(say) if say.lasts));
}
