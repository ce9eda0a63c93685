//! Items come back as they went in.

use std::sync::Arc;

use hub::{
    Cause, Destination, Event, ItemKinds, ListKind, ModeChange, Party, Rank, Record, RoomFlags, SayKind,
    SayLine, Span, Text, Timestamp,
};
use smallvec::smallvec;

use super::*;
use crate::row::ItemRow;

/// One of each sort and shape.
fn events() -> Vec<Event> {
    let mut at = 1_700_000_000_000;
    let mut next = || {
        at += 7;
        (id(at), Timestamp(at))
    };
    let (who, room) = (who("Ann"), room_name("#Room"));
    let mut bot = (*who).clone();
    (bot.bot, bot.account, bot.realname) = (true, None, Text::new(b"\xff\xfe"));
    let bot = Arc::new(bot);
    let mut events = Vec::new();
    let tos = [
        Destination::Room(room.clone()),
        Destination::Ranked("@#Room".into()),
        Destination::User(nick("Bob")),
    ];
    let texts: [&[u8]; 5] =
        [b"", b"hello", "你好 \"quoted\" \\".as_bytes(), b"\xe9\xff caf\xe9", b"one\ntwo"];
    for (kind, (to, text)) in [SayKind::Message, SayKind::Notice, SayKind::Signal]
        .into_iter()
        .flat_map(|kind| tos.iter().flat_map(move |to| texts.map(|text| (kind, (to.clone(), text)))))
    {
        let (id, at) = next();
        let tags = Bytes::from_static(if text.is_empty() { b"" } else { b"+draft/reply=x\\s;+typing" });
        let text = Text::new(text);
        events.push(Event::Said { id, at, who: bot.clone(), kind, to, text, lines: None, tags });
    }
    let lines = [("one", false), ("", false), ("two", true)];
    let line = |(text, joined): (&str, bool)| SayLine { text: text.into(), joined };
    let (id, at) = next();
    events.push(Event::Said {
        id,
        at,
        who: who.clone(),
        kind: SayKind::Message,
        to: tos[0].clone(),
        text: "one\n\ntwo".into(),
        lines: Some(lines.into_iter().map(line).collect()),
        tags: Bytes::new(),
    });
    for text in [None, Some(Text::default()), Some("so long".into()), Some(Text::new(b"\xfe"))] {
        let (id, at) = next();
        events.push(Event::Joined { id, at, who: who.clone(), room: room.clone(), away: text.clone() });
        let (id, at) = next();
        events.push(Event::Parted { id, at, who: who.clone(), room: room.clone(), reason: text.clone() });
        let (id, at) = next();
        events.push(Event::Quit { id, at, who: who.clone(), cause: Cause::Quit(text.clone()) });
        let text = text.unwrap_or_default();
        let (id, at) = next();
        let (who, room) = (who.clone(), room.clone());
        events.push(Event::Kicked { id, at, who, room, nick: nick("Bob"), reason: text.clone() });
        let (who, room) = (bot.clone(), room_name("#Room"));
        let (id, at) = next();
        events.push(Event::TopicSet { id, at, who: who.clone(), room: room.clone(), text: text.clone() });
        let (id, at) = next();
        events.push(Event::RoomRenamed {
            id,
            at,
            who,
            from: room,
            to: room_name("#Other"),
            reason: text,
            found: None,
        });
    }
    for cause in causes() {
        let (id, at) = next();
        events.push(Event::Quit { id, at, who: who.clone(), cause });
    }
    let (id, at) = next();
    events.push(Event::RoomModes { id, at, who: who.clone(), room, changes: modes() });
    let (id, at) = next();
    events.push(Event::Renamed { id, at, who, nick: nick("Anna") });
    events
}

fn causes() -> Vec<Cause> {
    vec![
        Cause::ConnectionClosed,
        Cause::PingTimeout(90),
        Cause::RegistrationTimeout(3),
        Cause::SendQueueFull(4),
        Cause::ReceiveQueueFull(5),
        Cause::ProtocolError("odd".into()),
        Cause::Broken("pipe".into()),
        Cause::Killed { by: nick("oper"), reason: Text::new(b"\xff") },
        Cause::Banned("go".into()),
        Cause::BadPassword,
        Cause::Refused("no".into()),
        Cause::Shutdown,
    ]
}

fn modes() -> Vec<ModeChange> {
    vec![
        ModeChange::Flag(RoomFlags::SECRET | RoomFlags::MODERATED, true),
        ModeChange::Key(Some(Text::new(b"\xffkey"))),
        ModeChange::Key(None),
        ModeChange::Limit(Some(7)),
        ModeChange::Limit(None),
        ModeChange::List(ListKind::Exception, false, "a!*@*".into()),
        ModeChange::Rank(Rank::Halfop, true, "Ann".into()),
    ]
}

#[test]
fn every_kind_of_item_comes_back_as_it_went_in() {
    let mut scene = Scene::new();
    let events = events();
    let kinds = events.iter().fold(ItemKinds::empty(), |kinds, event| kinds | ItemKinds::of(event));
    assert_eq!(kinds, ItemKinds::all());
    for event in &events {
        scene.keep(item("#room", "ann", event));
    }
    scene = scene.again();
    let found: Vec<_> = scene.all(&room("#room")).iter().map(|item| (*item.event).clone()).collect();
    assert_eq!(found, events);
}

#[test]
fn only_the_kinds_asked_for_come_back() {
    let scene = Scene::new();
    let events = events();
    for event in &events {
        scene.keep(item("#room", "ann", event));
    }
    for kinds in [ItemKinds::SAID, ItemKinds::TOPIC | ItemKinds::QUIT, ItemKinds::empty()] {
        let found =
            scene.reader().page(scene.store.last(), &room("#room"), &Span::Latest(None), 9, kinds).unwrap();
        let expected: Vec<_> = events.iter().filter(|event| kinds.intersects(ItemKinds::of(event))).collect();
        let expected = &expected[expected.len().saturating_sub(9)..];
        assert_eq!(found.iter().map(|item| &*item.event).collect::<Vec<_>>(), expected);
    }
}

/// Rows as the first release writes them: if this fails, histories that people have can't be read any more.
#[test]
fn rows_of_the_first_format_stay_readable() {
    let body = |json: &str| serde_json::from_str::<crate::body::Body>(json).unwrap();
    let row = |kind: ItemKinds, text: Option<&str>, json| ItemRow {
        at: Timestamp(5),
        id: id(5),
        kind: kind.bits().into(),
        nick: "Ann".into(),
        text: text.map(Text::from),
        body: body(json),
    };
    let (id, at, who, room) = (id(5), Timestamp(5), who("Ann"), room_name("#r"));
    let person = r#""u":"u","h":"host.example","a":"Ann","r":"Some Body""#;
    let cases = [
        (
            row(
                ItemKinds::NOTICE,
                Some("a\nb"),
                &format!(
                    r##"{{{person},"to":{{"room":"#r"}},"tags":"+x=y","lines":[["a",false],[[255],true]]}}"##
                ),
            ),
            Event::Said {
                id,
                at,
                who: who.clone(),
                kind: SayKind::Notice,
                to: Destination::Room(room.clone()),
                text: "a\nb".into(),
                lines: Some(
                    [
                        SayLine { text: "a".into(), joined: false },
                        SayLine { text: Text::new(b"\xff"), joined: true },
                    ]
                    .into(),
                ),
                tags: Bytes::from_static(b"+x=y"),
            },
        ),
        (
            row(
                ItemKinds::QUIT,
                None,
                &format!(r#"{{{person},"cause":{{"Killed":{{"by":"Op","reason":"x"}}}}}}"#),
            ),
            Event::Quit {
                id,
                at,
                who: who.clone(),
                cause: Cause::Killed { by: nick("Op"), reason: "x".into() },
            },
        ),
        (
            row(
                ItemKinds::MODES,
                None,
                &format!(
                    r##"{{{person},"room":"#r","modes":[{{"Flag":["MODERATED",true]}},{{"Limit":3}},{{"List":["Ban",true,"a!*@*"]}},{{"Rank":["Voice",false,"x"]}},{{"Key":null}}]}}"##
                ),
            ),
            Event::RoomModes {
                id,
                at,
                who: who.clone(),
                room: room.clone(),
                changes: vec![
                    ModeChange::Flag(RoomFlags::MODERATED, true),
                    ModeChange::Limit(Some(3)),
                    ModeChange::List(ListKind::Ban, true, "a!*@*".into()),
                    ModeChange::Rank(Rank::Voice, false, "x".into()),
                    ModeChange::Key(None),
                ],
            },
        ),
        (
            row(ItemKinds::KICKED, Some("go"), &format!(r##"{{{person},"room":"#r","nick":"Bob"}}"##)),
            Event::Kicked { id, at, who, room, nick: nick("Bob"), reason: "go".into() },
        ),
    ];
    for (row, event) in cases {
        assert_eq!(*row.item().unwrap().event, event);
    }
}

#[test]
fn rows_of_a_later_format_are_refused() {
    let scene = Scene::new();
    let conn = rusqlite::Connection::open(scene.store.path()).unwrap();
    scene.keep(item("#room", "ann", &said("#room", "ann", "hi", 5000)));
    scene.settle();
    conn.execute("UPDATE items SET body = json_set(body, '$.v', 2)", []).unwrap();
    let found = scene.reader().page(0, &room("#room"), &Span::Latest(None), 9, ItemKinds::all());
    assert!(found.unwrap_err().to_string().contains("version 2"));
}

#[test]
fn a_direct_message_is_an_item_of_both_sides() {
    let mut scene = Scene::new();
    let (ann, bob) = (account("ann"), Party::Guest(id(1)));
    let event = said("#x", "ann", "psst", scene.next());
    let logs = smallvec![direct(&ann, "bob"), direct(&bob, "ann")];
    let first = scene.store.last() + 1;
    scene.store.keep(first, Record::Item { logs, by: ann.clone(), event: Arc::new(event.clone()) });
    assert_eq!(scene.store.last(), first + 1);
    for log in [direct(&ann, "bob"), direct(&bob, "ann")] {
        assert_eq!(texts(&scene.all(&log)), ["psst"]);
    }
    assert!(scene.all(&direct(&account("bob"), "ann")).is_empty());
}

#[test]
fn conversations_of_guests_do_not_outlive_the_server() {
    let mut scene = Scene::new();
    let (ann, guest) = (account("ann"), Party::Guest(id(1)));
    let event = Arc::new(said("#x", "ann", "psst", scene.next()));
    let logs = smallvec![direct(&ann, "bob"), direct(&guest, "ann")];
    scene.keep(Record::Item { logs, by: ann.clone(), event });
    scene = scene.again();
    assert_eq!(scene.all(&direct(&ann, "bob")).len(), 1);
    assert!(scene.all(&direct(&guest, "ann")).is_empty());
    scene.until("the rows are gone", |conn| {
        conn.query_row("SELECT count(*) FROM items", [], |row| row.get::<_, i64>(0)).unwrap() == 1
    });
}

#[test]
fn whose_a_message_is_can_be_found() {
    let mut scene = Scene::new();
    let event = scene.say("#room", "ann", "mine");
    let joined = Event::Joined {
        id: id(9),
        at: Timestamp(scene.next()),
        who: who("ann"),
        room: room_name("#room"),
        away: None,
    };
    scene.keep(item("#room", "ann", &joined));
    let Event::Said { id: message, .. } = event else { unreachable!() };
    let (mut reader, last) = (scene.reader(), scene.store.last());
    assert_eq!(reader.find(last, &room("#room"), message).unwrap(), Some(account("ann")));
    assert_eq!(reader.find(last, &room("#other"), message).unwrap(), None);
    assert_eq!(reader.find(last, &room("#room"), id(9)).unwrap(), None);
    scene.keep(take_back(&[room("#room")], &event, scene.at + 5));
    assert_eq!(reader.find(scene.store.last(), &room("#room"), message).unwrap(), None);
}

#[test]
fn a_message_taken_back_keeps_its_place_but_not_its_words() {
    let mut scene = Scene::new();
    scene.say("#room", "ann", "before");
    let mut event = scene.say("#room", "ann", "never said");
    scene.say("#room", "ann", "behind");
    let redaction = redacted(&event, scene.at + 500);
    scene.keep(take_back(&[room("#room"), room("#unknown")], &event, scene.at + 500));
    let Event::Said { text, .. } = &mut event else { unreachable!() };
    *text = Text::default();
    let found = scene.all(&room("#room"));
    assert_eq!(texts(&found), ["before", "", "behind"]);
    assert_eq!(*found[1].event, event);
    assert_eq!(found[1].redacted.as_deref(), Some(&redaction));
    assert_eq!(found[0].redacted, None);
}

#[test]
fn who_falls_behind_gets_what_it_missed_with_its_numbers() {
    let mut scene = Scene::new();
    for number in 0..5 {
        scene.say("#other", "ann", "elsewhere");
        scene.say("#room", "ann", &number.to_string());
    }
    let at = |n: i64| Timestamp(1_700_000_000_000 + n * 1000);
    let (mut reader, last) = (scene.reader(), scene.store.last());
    let found = reader.between(last, &room("#room"), at(4), at(8), 9).unwrap();
    assert_eq!(found.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [4, 6, 8]);
    assert_eq!(reader.between(last, &room("#room"), at(4), at(8), 2).unwrap(), found[..2]);
    assert_eq!(reader.count(last, &room("#room"), at(4), at(8)).unwrap(), 3);
    assert_eq!(reader.count(last, &room("#nowhere"), at(4), at(8)).unwrap(), 0);
}

#[test]
fn numbers_go_on_after_a_restart() {
    let mut scene = Scene::new();
    scene.say("#room", "ann", "one");
    scene.keep(Record::Log { name: "#x".into(), log: None });
    scene = scene.again();
    assert_eq!(scene.store.last(), 2);
    scene.say("#room", "ann", "two");
    scene.settle();
    let conn = rusqlite::Connection::open(scene.store.path()).unwrap();
    let last =
        conn.query_row("SELECT n, seq FROM items ORDER BY n DESC", [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(last.unwrap(), (3, 2));
}
