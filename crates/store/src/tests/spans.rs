//! Every span, against a model that holds a history as a list.

use std::sync::Arc;

use hub::{Event, Item, ItemKinds, Reference, Span, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// What the model knows: items in order, with ids.
struct Model(Vec<(MessageId, Timestamp, ItemKinds, bool)>);

const FIRST: i64 = 1_000;

impl Model {
    fn time(&self, reference: Reference) -> i64 {
        match reference {
            Reference::Time(at) => at.0,
            Reference::Id(id) => match self.0.iter().find(|item| item.0 == id) {
                Some(item) => item.1.0,
                None => (id.0 >> 80) as i64,
            },
        }
    }

    fn page(&self, span: Span, most: usize, kinds: ItemKinds) -> Vec<Timestamp> {
        let all = i64::MIN..i64::MAX;
        match span {
            Span::Latest(None) => self.newest(all, most, kinds),
            Span::Latest(Some(from)) => self.newest(self.time(from)..i64::MAX, most, kinds),
            Span::Before(to) => self.newest(i64::MIN..self.time(to), most, kinds),
            Span::After(from) => self.oldest(self.time(from)..i64::MAX, most, kinds),
            Span::Between(from, to) => match (self.time(from), self.time(to)) {
                (from, to) if from <= to => self.oldest(from..to, most, kinds),
                (from, to) => self.newest(to..from, most, kinds),
            },
            Span::Around(at) => {
                let at = self.time(at);
                let itself = self.oldest(at - 1..at + 1, most, kinds);
                let counts = |at: &&Timestamp| self.0.iter().any(|item| item.1 == **at && !item.3);
                let rest = most - itself.iter().filter(counts).count();
                let before = self.newest(i64::MIN..at, rest / 2, kinds);
                let behind = self.oldest(at..i64::MAX, rest - rest / 2, kinds);
                [before, itself, behind].concat()
            }
        }
    }

    /// Strictly between the ends.
    fn oldest(&self, ends: std::ops::Range<i64>, most: usize, kinds: ItemKinds) -> Vec<Timestamp> {
        let inside = self.0.iter().filter(|item| item.1.0 > ends.start && item.1.0 < ends.end);
        first(inside.filter(|item| kinds.intersects(item.2)).map(|item| (item.1, item.3)), most)
    }

    fn newest(&self, ends: std::ops::Range<i64>, most: usize, kinds: ItemKinds) -> Vec<Timestamp> {
        let inside = self.0.iter().rev().filter(|item| item.1.0 > ends.start && item.1.0 < ends.end);
        let mut found =
            first(inside.filter(|item| kinds.intersects(item.2)).map(|item| (item.1, item.3)), most);
        found.reverse();
        found
    }
}

/// The first that count, and as many taken back before the last of them.
fn first(items: impl Iterator<Item = (Timestamp, bool)>, most: usize) -> Vec<Timestamp> {
    let (mut found, mut counted, mut besides) = (Vec::new(), 0, 0);
    for (at, taken_back) in items {
        if counted == most {
            break;
        }
        if taken_back && besides == most {
            continue;
        }
        *if taken_back { &mut besides } else { &mut counted } += 1;
        found.push(at);
    }
    found
}

/// A history of which every fourth item is a join and some are taken back; ids run ahead of times.
fn history(scene: &mut Scene) -> Model {
    let mut model = Model(Vec::new());
    for number in 0..60_i64 {
        let at = FIRST + number * 10 + number % 3;
        let mut event = if number % 4 == 3 {
            Event::Joined { id: id(0), at: Timestamp(at), who: who("ann"), room: room_name("#r"), away: None }
        } else {
            said("#r", "ann", &number.to_string(), at)
        };
        let (Event::Joined { id: its, .. } | Event::Said { id: its, .. }) = &mut event else {
            unreachable!()
        };
        *its = id(at - 4);
        let its = *its;
        scene.keep(item("#other", "ann", &event));
        scene.keep(item("#r", "ann", &event));
        let back = number % 7 == 1 && number % 4 != 3 || (40..44).contains(&number);
        let back = back && number % 4 != 3;
        if back {
            scene.keep(take_back(&[room("#r")], &event, at));
        }
        model.0.push((its, Timestamp(at), ItemKinds::of(&event), back));
    }
    model
}

fn reference() -> impl Strategy<Value = Reference> {
    let time = FIRST - 20..FIRST + 640;
    prop_oneof![
        time.clone().prop_map(|at| Reference::Time(Timestamp(at))),
        (0..60_i64).prop_map(|number| Reference::Time(Timestamp(FIRST + number * 10 + number % 3))),
        (0..60_i64).prop_map(|number| Reference::Id(id(FIRST + number * 10 + number % 3 - 4))),
        time.prop_map(|at| Reference::Id(id(at))),
    ]
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        Just(Span::Latest(None)),
        reference().prop_map(|reference| Span::Latest(Some(reference))),
        reference().prop_map(Span::Before),
        reference().prop_map(Span::After),
        reference().prop_map(Span::Around),
        (reference(), reference()).prop_map(|(from, to)| Span::Between(from, to)),
    ]
}

fn times(items: &[Item]) -> Vec<Timestamp> {
    let at = |item: &Item| match &*item.event {
        Event::Said { at, .. } | Event::Joined { at, .. } => *at,
        _ => unreachable!(),
    };
    items.iter().map(at).collect()
}

#[test]
fn every_span_is_what_a_list_would_give() {
    let mut scene = Scene::new();
    let model = history(&mut scene);
    let reader = std::cell::RefCell::new(scene.reader());
    let last = scene.store.last();
    let kinds = prop_oneof![Just(ItemKinds::all()), Just(ItemKinds::SAID), Just(ItemKinds::JOINED)];
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(3000) });
    runner
        .run(&(span(), 0..70_usize, kinds), |(span, most, kinds)| {
            let found = reader.borrow_mut().page(last, &room("#r"), &span, most, kinds).unwrap();
            prop_assert_eq!(times(&found), model.page(span, most, kinds));
            Ok(())
        })
        .unwrap();
}

#[test]
fn around_one_item_has_it_in_the_middle() {
    let mut scene = Scene::new();
    let events: Vec<_> = ["a", "b", "c", "d", "e"].map(|text| scene.say("#r", "ann", text)).into();
    let Event::Said { id, at, .. } = events[2] else { unreachable!() };
    let (mut reader, last) = (scene.reader(), scene.store.last());
    for reference in [Reference::Id(id), Reference::Time(at)] {
        let mut around = |most| {
            let page = reader.page(last, &room("#r"), &Span::Around(reference), most, ItemKinds::SAID);
            texts(&page.unwrap()).concat()
        };
        assert_eq!(around(1), "c");
        assert_eq!(around(2), "cd");
        assert_eq!(around(3), "bcd");
        assert_eq!(around(5), "abcde");
    }
}

#[test]
fn ends_do_not_belong_to_a_span() {
    let mut scene = Scene::new();
    let events: Vec<_> = ["a", "b", "c", "d", "e"].map(|text| scene.say("#r", "ann", text)).into();
    let refs: Vec<_> = events
        .iter()
        .map(|event| match event {
            Event::Said { id, .. } => Reference::Id(*id),
            _ => unreachable!(),
        })
        .collect();
    let (mut reader, last) = (scene.reader(), scene.store.last());
    let mut page =
        |span, most| texts(&reader.page(last, &room("#r"), &span, most, ItemKinds::SAID).unwrap()).concat();
    assert_eq!(page(Span::Latest(None), 2), "de");
    assert_eq!(page(Span::Latest(Some(refs[1])), 2), "de");
    assert_eq!(page(Span::Latest(Some(refs[3])), 2), "e");
    assert_eq!(page(Span::Before(refs[3]), 2), "bc");
    assert_eq!(page(Span::After(refs[1]), 2), "cd");
    assert_eq!(page(Span::Between(refs[0], refs[4]), 2), "bc");
    assert_eq!(page(Span::Between(refs[4], refs[0]), 2), "cd");
    assert_eq!(page(Span::Between(refs[2], refs[2]), 2), "");
}

#[test]
fn targets_are_where_the_newest_message_lies_between() {
    let mut scene = Scene::new();
    let ann = account("ann");
    for name in ["#a", "#b", "#c", "#d", "#mine-not"] {
        scene.say(name, "ann", "hi");
    }
    let at = |n: i64| Timestamp(1_700_000_000_000 + n * 1000);
    let event = Arc::new(said("#x", "bob", "psst", scene.next()));
    let logs = smallvec![direct(&ann, "bob"), direct(&account("bob"), "ann")];
    scene.keep(Record::Item { logs, by: account("bob"), event });
    let joined = Event::Joined {
        id: id(9),
        at: Timestamp(scene.next()),
        who: who("x"),
        room: room_name("#a"),
        away: None,
    };
    scene.keep(item("#a", "x", &joined));
    let rooms = ["#a", "#b", "#c", "#d", "#nowhere"].map(room);
    let (mut reader, last) = (scene.reader(), scene.store.last());
    let mut targets = |from, to, most| {
        let found = reader.targets(last, &rooms, &ann, at(from), at(to), most).unwrap();
        found
            .iter()
            .map(|(log, at)| (crate::name_of(log).to_string(), at.0 % 100_000 / 1000))
            .collect::<Vec<_>>()
    };
    let is =
        |names: &[(&str, i64)]| names.iter().map(|(name, at)| (name.to_string(), *at)).collect::<Vec<_>>();
    assert_eq!(targets(0, 99, 9), is(&[("#a", 1), ("#b", 2), ("#c", 3), ("#d", 4), ("bob", 6)]));
    assert_eq!(targets(1, 4, 9), is(&[("#b", 2), ("#c", 3)]));
    assert_eq!(targets(0, 99, 2), is(&[("#a", 1), ("#b", 2)]));
    assert_eq!(targets(99, 0, 2), is(&[("#d", 4), ("bob", 6)]));
    // Newer than the end, so not there, although an older message lies between.
    scene.say("#b", "ann", "again");
    let found = scene.reader().targets(scene.store.last(), &rooms, &ann, at(0), at(5), 9).unwrap();
    assert_eq!(found.len(), 3);
}

#[test]
fn targets_of_one_time_come_in_the_order_of_what_was_said() {
    let mut scene = Scene::new();
    let at = scene.next();
    let names = ["#c", "#a", "#b"];
    for name in names {
        scene.keep(item(name, "ann", &said(name, "ann", "hi", at)));
    }
    let rooms = names.map(room);
    let ann = account("ann");
    let found = scene.reader().targets(scene.store.last(), &rooms, &ann, Timestamp(0), Timestamp(at + 1), 9);
    assert_eq!(found.unwrap(), rooms.map(|room| (room, Timestamp(at))));
}
