//! What was said is found, whether or not the index has come that far; what was taken back is not.

use hub::{Event, ItemKinds, Search};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::append::Appender;
use crate::{schema, search, words};

fn search_in(reader: &mut Reader, upto: u64, logs: &[LogKey], text: &str) -> Vec<String> {
    let what = Search { text: text.into(), most: 100, ..Search::default() };
    texts(&reader.search(upto, logs, None, &what).unwrap())
}

/// Asks before and after the index has come.
fn both(scene: &Scene, what: impl Fn(&mut Reader)) {
    let mut reader = scene.reader();
    scene.settle();
    what(&mut reader);
    scene.index();
    what(&mut reader);
}

#[test]
fn all_words_must_occur_in_any_order_and_case() {
    let mut scene = Scene::new();
    for text in ["The quick brown Fox", "quick thinking", "a brown dog, quickly", "ÉCOLE normale"] {
        scene.say("#r", "ann", text);
    }
    let last = scene.store.last();
    both(&scene, |reader| {
        let mut find = |text| search_in(reader, last, &[room("#r")], text);
        assert_eq!(find("QUICK brown"), ["The quick brown Fox", "a brown dog, quickly"]);
        assert_eq!(find("fox quick"), ["The quick brown Fox"]);
        assert_eq!(find("école"), ["ÉCOLE normale"]);
        assert_eq!(find("ox"), ["The quick brown Fox"]);
        assert_eq!(find("ox quick"), ["The quick brown Fox"]);
        assert_eq!(find("quack"), [""; 0]);
        assert_eq!(find("").len(), 4);
    });
}

#[test]
fn chinese_is_found_by_one_two_and_three_characters() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "今天天气很好");
    scene.say("#r", "ann", "明天下雨");
    let last = scene.store.last();
    both(&scene, |reader| {
        let mut find = |text| search_in(reader, last, &[room("#r")], text);
        assert_eq!(find("天"), ["今天天气很好", "明天下雨"]);
        assert_eq!(find("天气"), ["今天天气很好"]);
        assert_eq!(find("天气很"), ["今天天气很好"]);
        assert_eq!(find("雨"), ["明天下雨"]);
        assert_eq!(find("天天气 很好"), ["今天天气很好"]);
        assert_eq!(find("气天"), [""; 0]);
    });
}

#[test]
fn what_people_type_is_never_syntax() {
    let mut scene = Scene::new();
    let odd =
        ["\"quoted\"", "NEAR(a, b)", "star*", "-minus", "a:column", "it's", "100% sure_thing", "AND OR NOT"];
    for text in odd {
        scene.say("#r", "ann", text);
    }
    let last = scene.store.last();
    both(&scene, |reader| {
        for text in odd {
            assert_eq!(search_in(reader, last, &[room("#r")], text), [text]);
        }
        assert_eq!(search_in(reader, last, &[room("#r")], "%"), ["100% sure_thing"]);
        assert_eq!(search_in(reader, last, &[room("#r")], "s_r"), [""; 0]);
    });
}

#[test]
fn only_messages_are_searched_and_only_where_one_may() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "needle in a room");
    scene.say("#secret", "ann", "needle elsewhere");
    let at = scene.next();
    let topic = Event::TopicSet {
        id: id(at),
        at: Timestamp(at),
        who: who("ann"),
        room: room_name("#r"),
        text: "needle topic".into(),
    };
    scene.keep(item("#r", "ann", &topic));
    let (ann, bob) = (account("ann"), account("bob"));
    let mut event = said("#r", "bob", "needle for one", scene.next());
    let Event::Said { kind, .. } = &mut event else { unreachable!() };
    *kind = SayKind::Notice;
    let logs = smallvec![direct(&ann, "bob"), direct(&bob, "ann")];
    scene.keep(Record::Item { logs, by: bob.clone(), event: Arc::new(event) });
    let last = scene.store.last();
    both(&scene, |reader| {
        let what = Search { text: "needle".into(), most: 9, ..Search::default() };
        let mut find = |logs: &[LogKey], owner| texts(&reader.search(last, logs, owner, &what).unwrap());
        assert_eq!(find(&[room("#r")], None), ["needle in a room"]);
        assert_eq!(find(&[room("#r")], Some(&ann)), ["needle in a room", "needle for one"]);
        assert_eq!(find(&[direct(&bob, "ann")], Some(&bob)), ["needle for one"]);
        assert_eq!(find(&[], None), [""; 0]);
        assert_eq!(find(&[room("#nowhere")], Some(&account("eve"))), [""; 0]);
    });
}

#[test]
fn the_newest_within_the_times_by_the_nickname_are_found() {
    let mut scene = Scene::new();
    for number in 0..10 {
        scene.say("#r", if number % 2 == 0 { "Ann" } else { "bob" }, &format!("needle {number}"));
    }
    let last = scene.store.last();
    let at = |n: i64| Some(Timestamp(1_700_000_000_000 + n * 1000));
    both(&scene, |reader| {
        for text in ["needle", "ne", ""] {
            let text = text.to_owned();
            let mut find = |what: Search| {
                let found = texts(&reader.search(last, &[room("#r")], None, &what).unwrap());
                found.iter().map(|text| text.replace("needle ", "")).collect::<String>()
            };
            let what = || Search { text: text.clone(), most: 100, ..Search::default() };
            assert_eq!(find(Search { most: 3, ..what() }), "789");
            assert_eq!(find(Search { from: Some("aNN".into()), ..what() }), "02468");
            assert_eq!(find(Search { after: at(4), before: at(8), ..what() }), "456");
            assert_eq!(find(Search { before: at(8), most: 2, ..what() }), "56");
            assert_eq!(find(Search { after: at(10), ..what() }), "");
        }
    });
}

/// The index may have come to any place: what is found is what a list would give.
#[test]
fn what_is_found_does_not_depend_on_the_index() {
    let dir = tempfile::tempdir().unwrap();
    let word = prop_oneof![Just("a"), Just("ab"), Just("abc"), Just("bcab"), Just("天气很"), Just("Abcabc")];
    let text = || prop::collection::vec(word.clone(), 1..4).prop_map(|words| words.join(" "));
    let texts = prop::collection::vec((text(), 0..3_usize, prop::bool::weighted(0.2)), 1..30);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(150) });
    let number = std::cell::Cell::new(0);
    runner
        .run(&(texts, text(), 0..40_usize, 1..10_usize), |(texts, query, indexed, most)| {
            number.set(number.get() + 1);
            let db = dir.path().join(format!("{}.db", number.get()));
            let mut conn = schema::open(&db).unwrap();
            let change = conn.transaction().unwrap();
            let mut appender = Appender::new(Casemapping::Ascii);
            let rooms = ["#a", "#b", "#c"];
            let events: Vec<_> = texts
                .iter()
                .enumerate()
                .map(|(n, (text, place, _))| said(rooms[*place], "ann", text, n as i64 + 1))
                .collect();
            let items: Vec<_> = events
                .iter()
                .zip(1..)
                .map(|(event, n)| (n, item(rooms[texts[n as usize - 1].1], "ann", event)))
                .collect();
            appender.append(&change, items.iter()).unwrap();
            words::advance(&change, indexed, || false).unwrap();
            let backs: Vec<_> = texts
                .iter()
                .enumerate()
                .filter(|(_, text)| text.2)
                .map(|(n, text)| (100, take_back(&[room(rooms[text.1])], &events[n], 100)))
                .collect();
            appender.append(&change, backs.iter()).unwrap();
            let logs = [1, 2];
            let known: Vec<_> = logs
                .iter()
                .filter_map(|&log| {
                    change
                        .query_row("SELECT name FROM logs WHERE id = ?", [log], |row| row.get::<_, String>(0))
                        .ok()
                })
                .collect();
            let what = Search { text: query.clone(), most, ..Search::default() };
            let found = search::search(&change, Casemapping::Ascii, logs.to_vec(), &what).unwrap();
            let query = query.to_lowercase();
            let mut expected: Vec<_> = texts
                .iter()
                .filter(|(text, place, back)| {
                    let text = text.to_lowercase();
                    let place = known.iter().any(|name| name == rooms[*place]);
                    place && !back && query.split(' ').all(|word| text.contains(word))
                })
                .map(|(text, ..)| text.clone())
                .collect();
            expected.drain(..expected.len().saturating_sub(most));
            prop_assert_eq!(super::texts(&found), expected);
            drop(change);
            drop(conn);
            std::fs::remove_file(db).unwrap();
            Ok(())
        })
        .unwrap();
}

#[test]
fn words_taken_back_are_found_nowhere_not_even_in_the_files() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "an innocent message");
    let event = scene.say("#r", "ann", "my password is zyxwvutsrq");
    scene.index();
    let late = scene.say("#r", "ann", "again zyxwvutsrq now");
    assert_eq!(
        scene.reader().count(scene.store.last(), &room("#r"), Timestamp(0), Timestamp(i64::MAX)).unwrap(),
        3
    );
    for event in [event, late] {
        let at = scene.next();
        scene.keep(take_back(&[room("#r")], &event, at));
    }
    scene.settle();
    let last = scene.store.last();
    for text in ["zyxwvutsrq", "zy", "password"] {
        assert_eq!(search_in(&mut scene.reader(), last, &[room("#r")], text), [""; 0]);
    }
    // The log is emptied by itself, in a quiet moment.
    let wal = crate::place::beside(scene.store.path(), "-wal");
    let start = std::time::Instant::now();
    while std::fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0) {
        assert!(start.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    for entry in std::fs::read_dir(scene.dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        // Not one of its pieces either, but in words that others said.
        for piece in ["zyx", "xwv", "rq", "passw"] {
            assert!(!bytes.windows(piece.len()).any(|window| window == piece.as_bytes()), "{piece}");
        }
    }
    assert_eq!(search_in(&mut scene.reader(), last, &[room("#r")], "innocent"), ["an innocent message"]);
    assert_eq!(scene.all(&room("#r")).len(), 3);
    let kinds = ItemKinds::SAID;
    assert!(
        scene.reader().page(last, &room("#r"), &hub::Span::Latest(None), 9, kinds).unwrap()[1]
            .redacted
            .is_some()
    );
}
