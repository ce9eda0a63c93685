use std::collections::BTreeMap;

use hub::{Identity, Item, Nick, Place, SayKind, SayTags, Text, Timestamp};

use super::*;

const ROOM: RoomId = RoomId(3);
const OTHER: RoomId = RoomId(4);

fn who(nick: &str) -> Arc<Identity> {
    Arc::new(Identity {
        nick: Nick::new(nick, 32).expect("a nickname"),
        user: nick.into(),
        host: "host".into(),
        realname: Text::from(nick),
        account: None,
        bot: false,
        handle: None,
        place: Place::default(),
    })
}

fn name(room: RoomId) -> RoomName {
    RoomName::new(if room == ROOM { "#Room" } else { "#Other" }, 64).expect("a room")
}

fn log(room: RoomId) -> SmolStr {
    SmolStr::new(name(room).as_str().to_lowercase())
}

/// Everything that was said, and a connection that is behind.
struct Scene {
    behind: Behind,
    number: u64,
    clock: i64,
    /// By number: the history, and the event.
    kept: BTreeMap<u64, (SmolStr, Arc<Event>)>,
    told: Vec<String>,
}

impl Scene {
    fn new() -> Self {
        let behind = Behind::new(10_000, 0);
        Self { behind, number: 0, clock: 100, kept: BTreeMap::new(), told: Vec::new() }
    }

    fn event(&mut self, room: RoomId, text: &str) -> Arc<Event> {
        self.clock += 1;
        Arc::new(Event::Said {
            id: MessageId(self.clock.cast_unsigned().into()),
            at: Timestamp(self.clock),
            who: who("ann"),
            kind: SayKind::Message,
            to: Destination::Room(name(room)),
            text: Text::from(text),
            lines: None,
            tags: SayTags::new(),
        })
    }

    fn keep(&mut self, room: RoomId, event: &Arc<Event>) {
        self.number += 1;
        self.kept.insert(self.number, (log(room), Arc::clone(event)));
    }

    fn miss(&mut self, room: RoomId, event: &Event) {
        let piece = Piece::from(word(event).as_bytes());
        self.behind.missed(room, Some(&log(room)), self.number, event, &[piece]);
    }

    /// Somebody says something in a room that the connection is in.
    fn said(&mut self, room: RoomId, text: &str) {
        let event = self.event(room, text);
        self.keep(room, &event);
        self.miss(room, &event);
    }

    /// Somebody who is in both rooms quits.
    fn quit(&mut self) {
        self.clock += 1;
        let event = Arc::new(Event::Quit {
            id: MessageId(self.clock.cast_unsigned().into()),
            at: Timestamp(self.clock),
            who: who("bob"),
            cause: hub::Cause::ConnectionClosed,
        });
        self.keep(ROOM, &event);
        self.keep(OTHER, &event);
        self.miss(ROOM, &event);
    }

    /// The connection alone is told something.
    fn alone(&mut self, text: &str, sort: Sort) -> bool {
        let piece = Piece::from(text.as_bytes());
        self.behind.say(Words { after: self.number, piece, promise: 0 }, sort)
    }

    /// The histories forget what has a number up to this.
    fn forget(&mut self, upto: u64) {
        self.kept.retain(|number, _| *number > upto);
    }

    fn ask(&mut self) -> Ask {
        self.behind.ask(self.number)
    }

    /// What the store would find.
    fn read(&self, ask: &Ask) -> Page {
        let part = |stretch: &page::Stretch| {
            let items: Vec<(u64, Item)> = (self.kept.iter())
                .filter(|(number, (log, event))| {
                    let at = event.stamp().map(|(_, at)| at);
                    **number <= ask.upto
                        && *log == stretch.log
                        && (Some(stretch.from)..=Some(stretch.to)).contains(&at)
                })
                .map(|(number, (_, event))| (*number, Item { event: Arc::clone(event), redacted: None }))
                .collect();
            let said = items.iter().filter(|(_, item)| matches!(*item.event, Event::Said { .. })).count();
            Part {
                run: stretch.run,
                count: stretch.count.then_some(said as u64),
                items: items.into_iter().take(MOST).collect(),
            }
        };
        Page::merge(ask.stretches.iter().map(part).collect())
    }

    fn take(&mut self, page: Page) {
        for told in self.behind.take(page) {
            self.told.push(match told {
                Told::Event(event) => word(&event),
                Told::Words(words) => String::from_utf8_lossy(&words.piece).into_owned(),
                Told::Missed(room, count) => format!("missed {count} in {}", room.unwrap_or_default()),
            });
        }
    }

    /// Reads page after page until the connection is live again. What it was told.
    fn catch_up(&mut self) -> Vec<String> {
        for _ in 0..100 {
            let ask = self.ask();
            let page = self.read(&ask);
            self.take(page);
            if self.behind.is_over() {
                return std::mem::take(&mut self.told);
            }
        }
        panic!("it never ends: {:?}", self.told);
    }
}

fn word(event: &Event) -> String {
    match event {
        Event::Said { text, .. } => text.to_string(),
        Event::Quit { .. } => "quit".into(),
        other => format!("{other:?}"),
    }
}

fn numbered(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[test]
fn what_was_missed_in_several_rooms_is_told_in_the_order_it_happened() {
    let mut scene = Scene::new();
    for number in 0..1000 {
        scene.said(if number % 3 == 0 { OTHER } else { ROOM }, &number.to_string());
    }
    assert_eq!(scene.catch_up(), numbered(0..1000));
}

#[test]
fn what_happens_meanwhile_follows_without_gap_or_double() {
    let mut scene = Scene::new();
    let mut told = Vec::new();
    (0..300).for_each(|number| scene.said(ROOM, &number.to_string()));
    let mut next = 300;
    // Something happens between the asking for each page and its coming.
    while !scene.behind.is_over() {
        let ask = scene.ask();
        (next..next + 2).for_each(|number| scene.said(ROOM, &number.to_string()));
        next += 2;
        let page = scene.read(&ask);
        scene.take(page);
        told.append(&mut scene.told);
    }
    assert_eq!(told, numbered(0..next));
}

#[test]
fn when_too_much_happens_meanwhile_that_is_caught_up_with_next() {
    let mut scene = Scene::new();
    scene.said(ROOM, "first");
    let ask = scene.ask();
    let long = "x".repeat(2000);
    (0..4).for_each(|_| scene.said(ROOM, &long));
    let page = scene.read(&ask);
    scene.take(page);
    assert_eq!((scene.told.as_slice(), scene.behind.is_over()), (&["first".to_owned()][..], false));
    scene.told.clear();
    assert_eq!(scene.catch_up(), vec![long; 4]);
}

#[test]
fn what_it_alone_is_told_comes_in_its_place() {
    let mut scene = Scene::new();
    assert!(scene.alone("reply", Sort::Answer));
    scene.said(ROOM, "one");
    scene.alone("psst", Sort::Message);
    scene.said(ROOM, "two");
    scene.alone("last", Sort::Answer);
    assert_eq!(scene.catch_up(), ["reply", "one", "psst", "two", "last"]);
}

#[test]
fn what_many_rooms_saw_is_told_once() {
    let mut scene = Scene::new();
    scene.said(ROOM, "one");
    scene.said(OTHER, "two");
    scene.quit();
    scene.said(OTHER, "three");
    assert_eq!(scene.catch_up(), ["one", "two", "quit", "three"]);
}

#[test]
fn what_it_said_itself_is_not_told_again() {
    let mut scene = Scene::new();
    scene.said(ROOM, "one");
    let own = scene.event(ROOM, "own");
    scene.keep(ROOM, &own);
    scene.behind.told_apart(&own);
    scene.alone("echo", Sort::Answer);
    scene.said(ROOM, "two");
    assert_eq!(scene.catch_up(), ["one", "echo", "two"]);
}

#[test]
fn what_was_said_while_it_was_not_in_the_room_is_not_told() {
    let mut scene = Scene::new();
    scene.said(ROOM, "one");
    scene.behind.left(ROOM);
    let secret = scene.event(ROOM, "secret");
    scene.keep(ROOM, &secret);
    scene.said(ROOM, "two");
    assert_eq!(scene.catch_up(), ["one", "two"]);
}

#[test]
fn what_the_history_has_forgotten_is_announced_in_its_place() {
    let mut scene = Scene::new();
    (0..400).for_each(|number| scene.said(ROOM, &number.to_string()));
    scene.forget(300);
    let told = scene.catch_up();
    assert_eq!(told[0], "missed 300 in #Room");
    assert_eq!(told[1..], numbered(300..400));
}

#[test]
fn what_is_forgotten_between_two_pages_is_announced_too() {
    let mut scene = Scene::new();
    (0..400).for_each(|number| scene.said(ROOM, &number.to_string()));
    let ask = scene.ask();
    let page = scene.read(&ask);
    scene.take(page);
    scene.forget(390);
    let told = scene.catch_up();
    assert_eq!(told[..MOST], numbered(0..MOST));
    assert_eq!(told[MOST..told.len() - 1], numbered(390..400));
    assert_eq!(told.last().map(String::as_str), Some("missed 262 in #Room"));
}

#[test]
fn without_a_history_all_is_announced_and_changes_are_told() {
    let mut scene = Scene::new();
    let said = scene.event(ROOM, "hello");
    scene.behind.missed(ROOM, None, 0, &said, &[Piece::from(&b"hello"[..])]);
    let quit = Event::Quit {
        id: MessageId(1),
        at: Timestamp(1000),
        who: who("bob"),
        cause: hub::Cause::ConnectionClosed,
    };
    scene.behind.missed(ROOM, None, 0, &quit, &[Piece::from(&b"quit"[..])]);
    assert_eq!(scene.catch_up(), ["missed 1 in #Room", "quit"]);
}

#[test]
fn when_nothing_can_be_read_the_rest_is_announced() {
    let mut scene = Scene::new();
    (0..200).for_each(|number| scene.said(ROOM, &number.to_string()));
    let ask = scene.ask();
    let page = scene.read(&ask);
    scene.take(page);
    scene.told.clear();
    let ask = scene.ask();
    scene.take(Page::unreadable(&ask));
    assert_eq!(scene.told, ["missed 72 in #Room"]);
    assert!(scene.behind.is_over());
}

#[test]
fn messages_to_it_alone_are_bounded_and_counted_beyond_that() {
    let mut scene = Scene::new();
    for number in 0..TOLD_APART + 5 {
        assert!(scene.alone(&number.to_string(), Sort::Message));
    }
    let told = scene.catch_up();
    assert_eq!(told[..TOLD_APART], numbered(0..TOLD_APART));
    assert_eq!(told[TOLD_APART..], ["missed 5 in "]);
}

#[test]
fn answers_beyond_the_bound_are_more_than_may_wait() {
    let mut scene = Scene::new();
    let answer = "x".repeat(6000);
    assert!(scene.alone(&answer, Sort::Answer));
    assert!(!scene.alone(&answer, Sort::Answer));
}

#[test]
fn a_page_is_cut_by_its_size_and_goes_on_behind() {
    let mut scene = Scene::new();
    let long = "x".repeat(30_000);
    (0..5).for_each(|_| scene.said(ROOM, &long));
    scene.said(OTHER, "short");
    let ask = scene.ask();
    let page = scene.read(&ask);
    assert_eq!((page.items.len(), page.ended.len()), (2, 0));
    scene.take(page);
    let told = scene.catch_up();
    assert_eq!((told.len(), told[5].as_str()), (6, "short"));
}
