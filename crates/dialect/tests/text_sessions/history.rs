//! What was said before, as people of every text dialect are told it; and what they could not be told.

use std::sync::Arc;

use dialect::text::Settings;
use dialect::{Delivery, Dialect, Output};
use hub::{
    Destination, Event, Item, ItemKinds, MessageId, Recall, Recalled, Reference, Rejection, Search, Span,
    Text, Timestamp,
};

use super::talk::{DAY, NOW, Talk, item, nick_of, old, person, room_name, said, server};

/// Those who type.
const TEXT: [Dialect; 5] = [Dialect::Line, Dialect::Packet, Dialect::Plain, Dialect::Group, Dialect::Tagged];
const MORNING: Timestamp = Timestamp(DAY + 8 * 3_600_000);
const BEFORE: Timestamp = Timestamp(DAY - 60_000);

fn page(span: Span, most: usize) -> Output {
    Output::Recall(Box::new(Recall::Page { target: "#lobby".into(), span, most, kinds: ItemKinds::SAID }))
}

fn search(text: &str) -> Output {
    let search = Search { text: text.into(), most: 20, ..Search::default() };
    Output::Recall(Box::new(Recall::Search(Box::new(search))))
}

fn found(talk: &mut Talk, items: &[Item]) {
    talk.deliver(Delivery::Recalled(&Recalled::Page(items.to_vec())));
}

/// A group client is told its own coming as well.
fn without_oneself(told: Vec<String>) -> Vec<String> {
    told.into_iter().filter(|unit| !unit.contains(" is online")).collect()
}

#[test]
fn who_enters_is_told_what_was_said_before_it_came() {
    for dialect in TEXT {
        let mut talk = Talk::new(dialect, Settings::default());
        talk.asked();
        talk.land();
        assert_eq!(talk.asked().last(), Some(&page(Span::Before(Reference::Time(NOW)), 10)), "{dialect}");
        talk.told();
        found(
            &mut talk,
            &[item(&said(BEFORE, "#lobby", "good night")), item(&said(MORNING, "#lobby", "hi"))],
        );
        let told = ["2026-11-20 23:59 <ann> good night", "08:00 <ann> hi"];
        assert_eq!(talk.told(), told.map(|words| old(dialect, words)));
    }
}

#[test]
fn what_the_hub_remembers_itself_is_told_at_once() {
    for dialect in TEXT {
        let mut talk = Talk::here(dialect, Settings { replay: 0, ..Settings::default() });
        talk.enter("#dev", NOW, vec![said(MORNING, "#dev", "hi")]);
        assert_eq!(talk.asked(), []);
        let told = without_oneself(talk.told());
        let words = old(dialect, "08:00 [#dev] <ann> hi");
        assert!(told.contains(&words), "{told:?}");
    }
}

#[test]
fn nobody_is_told_that_nothing_was_said_before() {
    for recalled in [
        Recalled::Page(Vec::new()),
        Recalled::Failed,
        Recalled::Rejected(Rejection::NoSuchTarget("#lobby".into())),
    ] {
        let mut talk = Talk::new(Dialect::Line, Settings::default());
        talk.land();
        talk.told();
        talk.deliver(Delivery::Recalled(&recalled));
        assert_eq!(talk.told(), [""; 0]);
    }
}

#[test]
fn history_asks_for_as_many_as_wanted_and_allowed() {
    for (typed, most) in [("/history", 20), ("/history 5", 5), ("/history 1000", 100)] {
        for dialect in TEXT {
            let mut talk = Talk::here(dialect, Settings::default());
            found(&mut talk, &[]);
            assert_eq!(talk.types(typed), [page(Span::Latest(None), most)], "{dialect} {typed}");
        }
    }
    let mut talk = Talk::here(Dialect::Line, Settings { history_most: 0, ..Settings::default() });
    assert_eq!(talk.types("/history"), []);
    assert_eq!(talk.types("/search hi"), []);
    assert_eq!(talk.told(), ["-- nothing is kept of what is said here"; 2]);
}

#[test]
fn what_is_found_says_where_it_was_said() {
    let private = Arc::new(Event::Said {
        id: MessageId(8),
        at: MORNING,
        who: Arc::new(person("guest50001", 1)),
        kind: hub::SayKind::Message,
        to: Destination::User(nick_of("ann")),
        text: Text::from("tea?"),
        lines: None,
        tags: hub::SayTags::new(),
    });
    for dialect in TEXT {
        let mut talk = Talk::here(dialect, Settings::default());
        found(&mut talk, &[]);
        assert_eq!(talk.types("/search green tea"), [search("green tea")]);
        let items = vec![item(&said(BEFORE, "#dev", "green tea")), item(&private)];
        talk.deliver(Delivery::Recalled(&Recalled::Search(items)));
        let told = ["2026-11-20 23:59 [#dev] <ann> green tea", "08:00 -> *ann* tea?"];
        assert_eq!(talk.told(), told.map(|words| old(dialect, words)));
    }
}

#[test]
fn who_asks_is_told_if_there_is_nothing_or_why_not() {
    for (typed, recalled, words) in [
        ("/history", Recalled::Page(Vec::new()), "nothing has been said here"),
        ("/search x", Recalled::Search(Vec::new()), "nothing was found"),
        ("/search x", Recalled::Failed, "what was said can't be read at the moment"),
        (
            "/history",
            Recalled::Rejected(Rejection::NoSuchTarget("#a".into())),
            "there is nothing to be read of #a",
        ),
    ] {
        for dialect in TEXT {
            let mut talk = Talk::here(dialect, Settings::default());
            found(&mut talk, &[]);
            talk.types(typed);
            talk.deliver(Delivery::Recalled(&recalled));
            assert_eq!(talk.told(), [server(dialect, words)]);
        }
    }
}

#[test]
fn one_thing_is_asked_after_the_other() {
    let mut talk = Talk::here(Dialect::Plain, Settings::default());
    // What was asked on entering has not been answered.
    assert_eq!(talk.types("/history\n/search tea"), []);
    found(&mut talk, &[]);
    assert_eq!(talk.asked(), [page(Span::Latest(None), 20)]);
    found(&mut talk, &[]);
    assert_eq!(talk.asked(), [search("tea")]);
    assert_eq!(talk.told(), ["-- nothing has been said here"]);
    talk.types(&"/history\n".repeat(16));
    talk.types("/history");
    assert!(talk.told().contains(&"-- too much at once: wait for the answers".to_owned()));
}

#[test]
fn what_was_taken_back_is_not_told() {
    let event = said(MORNING, "#lobby", "");
    let taken = Item { redacted: Some(Arc::clone(&event)), event };
    let mut talk = Talk::here(Dialect::Line, Settings::default());
    found(&mut talk, &[taken, item(&said(MORNING, "#lobby", "hi"))]);
    assert_eq!(talk.told(), ["08:00 <ann> hi"]);
}

#[test]
fn a_message_of_several_lines_is_told_line_by_line() {
    let event = said(NOW, "#lobby", "one\n\n14:03 <bob> two");
    for (dialect, told) in [
        (Dialect::Line, ["<ann> one", "<ann> 14:03 <bob> two"]),
        (Dialect::Packet, ["2 ann: one", "2 ann: 14:03 <bob> two"]),
        (Dialect::Plain, ["<ann> one", "<ann> 14:03 <bob> two"]),
        (Dialect::Group, ["from 127.0.0.1:0: ann: one", "from 127.0.0.1:0: ann: 14:03 <bob> two"]),
        (Dialect::Tagged, ["SEND 2 127.0.0.1:0 <ann> one", "SEND 2 127.0.0.1:0 <ann> 14:03 <bob> two"]),
    ] {
        let mut talk = Talk::here(dialect, Settings::default());
        talk.overhears(&event);
        assert_eq!(talk.told(), told);
        talk.deliver(Delivery::Tell(&event));
        assert_eq!(talk.told(), told);
        found(&mut talk, &[item(&event)]);
        let lines = ["14:03 <ann> one", "14:03 <ann> 14:03 <bob> two"];
        assert_eq!(talk.told(), lines.map(|words| old(dialect, words)));
    }
}

#[test]
fn every_unit_of_a_long_old_message_has_its_time() {
    let event = said(MORNING, "#lobby", &"你好".repeat(500));
    for dialect in [Dialect::Packet, Dialect::Plain, Dialect::Tagged] {
        let mut talk = Talk::here(dialect, Settings::default());
        found(&mut talk, &[item(&event)]);
        let told = talk.told();
        let (first, rest) = (old(dialect, "08:00 <ann> 你"), old(dialect, "08:00 … "));
        assert!(told.len() > 2 && told[0].starts_with(&first), "{told:?}");
        assert!(told[1..].iter().all(|unit| unit.starts_with(&rest)), "{told:?}");
    }
}

#[test]
fn one_speaks_on_in_a_room_that_has_another_name() {
    for dialect in TEXT {
        let mut talk = Talk::here(dialect, Settings::default());
        talk.deliver(Delivery::Tell(&Event::RoomRenamed {
            id: MessageId(9),
            at: NOW,
            who: Arc::new(person("ann", 2)),
            from: room_name("#lobby"),
            to: room_name("#salon"),
            reason: Text::from("nicer"),
            found: None,
        }));
        let words = "ann renamed #lobby: it is #salon now (nicer)";
        assert_eq!(talk.told(), [server(dialect, words)]);
        let outputs = talk.types("hello");
        assert!(format!("{outputs:?}").contains("#salon"), "{outputs:?}");
    }
}

#[test]
fn what_was_missed_or_not_kept_is_told_in_the_form_of_the_dialect() {
    for dialect in TEXT {
        let mut talk = Talk::here(dialect, Settings::default());
        talk.missed(Some("#dev"), 312);
        talk.missed(None, 1);
        talk.not_kept("no space is left");
        talk.refuse(Rejection::NotKept("no space is left".into()));
        let told = [
            "you missed 312 messages in #dev",
            "you missed 1 message",
            "what you said was delivered, but is not stored yet: no space is left",
            "that was not taken, because nothing can be stored: no space is left",
        ];
        assert_eq!(talk.told(), told.map(|words| server(dialect, words)));
    }
}
