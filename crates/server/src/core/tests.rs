use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use dialect::Verdict;
use hub::{Cause, Event, LogKey, Nick, Origin, Party, RoomName, Say, SayKind, SayTags, Target, Text};
use smallvec::SmallVec;
use smol_str::SmolStr;
use store::Progress;
use transport::{Events, Interest, Poll};

use super::*;
use crate::disk::Disk;
use crate::recall::JobQueue;

const ROOM: &str = "#room";

/// A core with three workers, and what it has staged.
struct Scene {
    core: Core,
    staged: Staged,
    orders: Receiver<Order>,
    disk: Arc<Disk>,
    kept: Receiver<(u64, Record)>,
    _jobs: JobQueue,
}

impl Scene {
    /// Nothing that is said is kept.
    fn new() -> Self {
        Self::with(false)
    }

    /// Records up to 100 are on disk.
    fn with(history: bool) -> Self {
        let (sender, orders) = channel();
        let (keeper, kept) = channel();
        let (jobs, _jobs) = Jobs::queue();
        let disk = Arc::new(Disk::new((0..3).map(|_| Inbox::new().expect("an inbox")).collect()));
        let keep = Box::new(move |first, record| keeper.send((first, record)).expect("taken"));
        let ledger = Ledger::new(100, Arc::clone(&disk), keep);
        let hub = Hub::new(Settings { history, ..Settings::default() });
        let core = Core::new(hub, history, 3, Control::new(sender), ledger, jobs);
        Self { core, staged: Staged::new(3), orders, disk, kept, _jobs }
    }

    fn output(&mut self, from: SessionId, output: Output) {
        self.core.carry_out(Timestamp(1), MessageId(1 << 16), from, output, &mut self.staged);
    }

    fn command(&mut self, from: SessionId, command: Command) {
        self.output(from, Output::Command(command));
    }

    /// A user at a worker, in the room.
    fn member(&mut self, worker: usize, slot: usize, nick: &str) -> SessionId {
        let id = self.user(worker, slot, nick);
        self.command(id, Command::Join { room: room(), key: None, names: true });
        self.posts();
        id
    }

    fn user(&mut self, worker: usize, slot: usize, nick: &str) -> SessionId {
        let id = session_id(worker, slot, 1);
        self.command(id, Command::Connect);
        self.command(
            id,
            Command::Register {
                nick: Nick::new(nick, 32).expect("a nickname"),
                user: nick.into(),
                realname: Text::from(nick),
                origin: Box::new(Origin { host: "host".into(), ..Origin::default() }),
                away: None,
            },
        );
        self.posts();
        id
    }

    /// What has been staged for each worker since the last time.
    fn posts(&mut self) -> [Vec<String>; 3] {
        std::array::from_fn(|worker| {
            self.staged.lists[worker].posts.drain(..).map(|post| word(&post)).collect()
        })
    }

    /// The hub wants something kept because of what a session asked.
    fn keep(&mut self, from: SessionId, record: Record) {
        self.core.keep(from, record, true, &mut self.staged);
    }
}

/// A message that stands in so many histories.
fn message(logs: usize) -> Record {
    let who = Arc::new(hub::Identity {
        nick: Nick::new("ann", 32).expect("a nickname"),
        user: "ann".into(),
        host: "host".into(),
        realname: Text::from("Ann"),
        account: None,
        bot: false,
        handle: None,
        place: hub::Place::default(),
    });
    let event = Event::Said {
        id: MessageId(1),
        at: Timestamp(1),
        who,
        kind: SayKind::Message,
        to: hub::Destination::Room(room()),
        text: Text::from("hello"),
        lines: None,
        tags: SayTags::new(),
    };
    let logs: SmallVec<[LogKey; 2]> =
        (0..logs).map(|log| LogKey::Room(SmolStr::new(format!("#{log}")))).collect();
    Record::Item { logs, by: Party::Account("ann".into()), event: Arc::new(event) }
}

fn say(lasts: bool, kind: SayKind) -> Command {
    Command::Say(Box::new(Say {
        kind,
        to: Target::Nick("nobody".into()),
        text: Text::from("hello"),
        lines: None,
        lasts,
        tags: SayTags::new(),
        ctcp: false,
        fit: None,
    }))
}

fn room() -> RoomName {
    RoomName::new(ROOM, 64).expect("a room")
}

fn topic(text: &str) -> Command {
    Command::SetTopic { room: room(), text: Text::from(text) }
}

fn word(post: &Post) -> String {
    match post {
        Post::Reply(id, event) => format!("reply {} {}", slot_of(*id), kind(event)),
        Post::Tell(id, event) => format!("tell {} {}", slot_of(*id), kind(event)),
        Post::TellRoom(_, except, event) => {
            format!("room {} but {:?}", kind(event), except.map(slot_of))
        }
        Post::TellRooms(whom, event) => format!("rooms {} but {}", kind(event), whom.1.len()),
        Post::Enter(id, _) => format!("enter {}", slot_of(*id)),
        Post::Leave(id, _) => format!("leave {}", slot_of(*id)),
        Post::Answer(id, _) => format!("answer {}", slot_of(*id)),
        Post::Local(id, bytes) => format!("local {} {}", slot_of(*id), String::from_utf8_lossy(bytes)),
        Post::Number(number) => format!("number {number}"),
        Post::Promise(id, upto) => format!("promise {} {upto}", slot_of(*id)),
        Post::Room(_, log) => format!("history {log}"),
        Post::Recalled(id, recalled) => format!("recalled {} {recalled:?}", slot_of(*id)),
        Post::Done(id) => format!("done {}", slot_of(*id)),
        Post::Close(id, _) => format!("close {}", slot_of(*id)),
        other => format!("{other:?}"),
    }
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Joined { .. } => "joined",
        Event::Entered { .. } => "entered",
        Event::TopicSet { .. } => "topic",
        Event::Quit { .. } => "quit",
        Event::Rejected(Rejection::NotKept(_)) => "not kept",
        Event::Rejected(_) => "rejected",
        _ => "event",
    }
}

#[test]
fn a_sessions_number_tells_where_it_is() {
    for (worker, slot, generation) in [(0, 0, 0), (3, 7, 9), (254, u32::MAX as usize, 0xff_ffff)] {
        let id = session_id(worker, slot, generation);
        assert_eq!((worker_of(id), slot_of(id)), (worker, slot));
    }
    assert_ne!(session_id(1, 2, 3), session_id(1, 2, 4), "a place that is used again has another number");
}

#[test]
fn what_a_room_is_told_crosses_once_to_each_worker_that_has_members() {
    let mut scene = Scene::new();
    let ann = scene.member(0, 1, "ann");
    for slot in 1..4 {
        scene.member(1, slot, &format!("bob{slot}"));
    }
    scene.user(2, 1, "cid");

    scene.command(ann, topic("hello"));

    let [own, other, none] = scene.posts();
    assert_eq!(own, ["room topic but Some(1)", "reply 1 topic"]);
    assert_eq!(other, ["room topic but Some(1)"]);
    assert!(none.is_empty(), "nobody of the room is there: {none:?}");
}

#[test]
fn who_joins_is_in_the_audience_for_what_follows_and_not_before() {
    let mut scene = Scene::new();
    let ann = scene.member(0, 1, "ann");
    let bob = scene.user(1, 5, "bob");
    scene.command(ann, topic("before"));
    scene.command(bob, Command::Join { room: room(), key: None, names: true });
    scene.command(ann, topic("after"));

    let [_, bobs, _] = scene.posts();
    let enter = bobs.iter().position(|post| post == "enter 5").expect("he enters");
    let topics: Vec<usize> = bobs
        .iter()
        .enumerate()
        .filter(|(_, post)| post.starts_with("room topic"))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(topics.len(), 1, "{bobs:?}");
    assert!(enter < topics[0], "{bobs:?}");
}

#[test]
fn a_worker_whose_last_member_has_left_is_told_nothing_more() {
    let mut scene = Scene::new();
    let (ann, bob) = (scene.member(0, 1, "ann"), scene.member(1, 1, "bob"));
    scene.command(bob, Command::Part { room: room(), reason: None });
    scene.posts();

    scene.command(ann, topic("alone"));

    assert!(scene.posts()[1].is_empty());
}

#[test]
fn who_leaves_is_closed_after_the_others_have_been_told() {
    let mut scene = Scene::new();
    let (ann, _bob) = (scene.member(0, 1, "ann"), scene.member(1, 2, "bob"));

    scene.output(ann, Output::Close(Cause::ConnectionClosed));

    let [own, other, _] = scene.posts();
    assert_eq!(own.last().map(String::as_str), Some("close 1"), "{own:?}");
    assert_eq!(other, ["rooms quit but 0"]);
    // Nothing can come of it any more.
    scene.command(ann, topic("from the grave"));
    assert!(scene.posts().iter().all(|posts| posts.iter().all(|post| !post.contains("topic"))));
}

#[test]
fn answers_come_back_between_what_was_told_before_and_after() {
    let mut scene = Scene::new();
    let (ann, bob) = (scene.member(0, 1, "ann"), scene.member(1, 2, "bob"));
    scene.command(ann, topic("one"));
    scene.output(bob, Output::Local(b"pong".to_vec()));
    scene.output(bob, Output::Done);
    scene.command(ann, topic("two"));

    let [_, bobs, _] = scene.posts();
    assert_eq!(bobs, ["room topic but Some(1)", "local 2 pong", "done 2", "room topic but Some(1)"]);
}

#[test]
fn delivery_keeps_the_order_and_wakes_the_others_only() {
    let inboxes: Vec<Inbox> = (0..3).map(|_| Inbox::new().expect("an inbox")).collect();
    let mut scene = Scene::new();
    let (ann, _bob) = (scene.member(0, 1, "ann"), scene.member(1, 2, "bob"));
    inboxes[1].send(Post::Verdict(session_id(1, 2, 1), Box::new(Verdict::Refused)));
    inboxes[1].waker().reset();

    for text in ["one", "two"] {
        scene.command(ann, topic(text));
        scene.staged.deliver(&inboxes, 0);
    }

    assert_eq!([0, 1, 2].map(|worker| is_awake(&inboxes[worker])), [false, true, false]);
    let mut posts = Vec::new();
    inboxes[1].take(&mut posts);
    assert!(matches!(posts[0], Post::Verdict(..)));
    let texts: Vec<String> = posts[1..].iter().map(topic_of).collect();
    assert_eq!(texts, ["one", "two"]);
    inboxes[0].take(&mut posts);
    assert!(scene.posts().iter().all(Vec::is_empty), "nothing is delivered twice");
}

#[test]
fn an_operators_orders_reach_the_one_who_carries_them_out() {
    let mut scene = Scene::new();
    let root = scene.user(2, 4, "root");
    scene.command(root, Command::Oper { privileges: hub::Privileges::all(), title: "Admin".into() });
    scene.command(root, Command::Rehash);
    scene.command(root, Command::Die);
    let orders: Vec<Order> = scene.orders.try_iter().collect();
    let [Order::Reload { asked_by: Some(asked_by) }, Order::Stop] = orders[..] else { panic!("{orders:?}") };
    assert_eq!(asked_by, root);
}

#[test]
fn records_are_numbered_in_their_order_and_an_item_takes_one_for_each_history() {
    let mut scene = Scene::with(true);
    let ann = scene.user(0, 1, "ann");
    for record in [message(1), message(2), Record::AccountGone("bob".into()), message(1)] {
        scene.keep(ann, record);
    }
    let numbers: Vec<u64> = scene.kept.try_iter().map(|(first, _)| first).collect();
    assert_eq!(numbers, [101, 102, 104, 105]);
    assert_eq!(scene.disk.given(), 105);
}

#[test]
fn who_asked_is_promised_what_is_kept_and_the_others_learn_where_they_are() {
    let mut scene = Scene::with(true);
    let (ann, bob) = (scene.user(0, 1, "ann"), scene.user(1, 2, "bob"));
    scene.keep(ann, message(2));
    for session in [ann, bob, bob] {
        scene.output(session, Output::Done);
    }
    let [anns, bobs, _] = scene.posts();
    assert_eq!(anns, ["number 102", "promise 1 102", "done 1"]);
    assert_eq!(bobs, ["number 102", "done 2", "done 2"]);
}

#[test]
fn what_nobody_waits_for_is_kept_without_a_promise() {
    let mut scene = Scene::with(true);
    let ann = scene.user(0, 1, "ann");
    scene.keep(ann, Record::UserGone("bob".into()));
    // Who joins does not wait, whatever comes of it.
    scene.core.keep(ann, message(1), false, &mut scene.staged);
    assert!(scene.posts().iter().flatten().all(|post| !post.starts_with("promise")));
    assert_eq!(scene.kept.try_iter().count(), 2);
}

#[test]
fn what_can_not_be_kept_is_refused_and_the_rest_goes_on() {
    let mut scene = Scene::with(true);
    let (ann, bob) = (scene.member(0, 1, "ann"), scene.user(1, 2, "bob"));
    scene.disk.tell(Progress::Failing("no space".into()));

    scene.command(ann, say(true, SayKind::Message));
    scene.command(ann, topic("new"));
    scene.command(bob, Command::Join { room: room(), key: None, names: true });
    scene.command(ann, say(false, SayKind::Message));
    let [anns, bobs, _] = scene.posts();
    assert_eq!(anns.iter().filter(|post| *post == "reply 1 not kept").count(), 2, "{anns:?}");
    assert!(anns.contains(&"reply 1 rejected".to_owned()), "it has come to the hub: {anns:?}");
    assert!(bobs.contains(&"reply 2 entered".to_owned()), "{bobs:?}");

    scene.disk.tell(Progress::Kept(101));
    scene.command(ann, topic("newer"));
    assert!(scene.posts()[0].contains(&"reply 1 topic".to_owned()));
}

#[test]
fn a_notice_that_can_not_be_kept_is_refused_too() {
    let mut scene = Scene::with(true);
    let ann = scene.user(0, 1, "ann");
    scene.disk.tell(Progress::Failing("no space".into()));
    scene.command(ann, say(true, SayKind::Notice));
    assert_eq!(scene.posts()[0], ["reply 1 not kept"]);
}

#[test]
fn without_history_messages_pass_while_the_disk_fails() {
    let mut scene = Scene::new();
    let ann = scene.user(0, 1, "ann");
    scene.disk.tell(Progress::Failing("no space".into()));
    scene.command(ann, say(true, SayKind::Message));
    assert_eq!(scene.posts()[0], ["reply 1 rejected"]);
}

#[test]
fn the_history_of_a_room_is_known_where_somebody_enters_it() {
    let mut scene = Scene::new();
    let (ann, bob) = (scene.user(0, 1, "ann"), scene.user(0, 2, "bob"));
    for session in [ann, bob] {
        scene.command(session, Command::Join { room: room(), key: None, names: false });
    }
    let [posts, ..] = scene.posts();
    let at = |word: &str| posts.iter().position(|post| post == word);
    assert!(at("history #room").is_some() && at("history #room") < at("enter 1"), "{posts:?}");
    assert_eq!(posts.iter().filter(|post| post.starts_with("history")).count(), 1);
}

#[test]
fn who_may_not_read_a_history_is_told_at_once() {
    let mut scene = Scene::new();
    let ann = scene.user(0, 1, "ann");
    let recall = hub::Recall::Find { target: "#elsewhere".into(), id: MessageId(1) };
    scene.output(ann, Output::Recall(Box::new(recall)));
    let posts = &scene.posts()[0];
    assert!(posts[0].starts_with("recalled 1 Rejected"), "{posts:?}");
}

fn topic_of(post: &Post) -> String {
    match post {
        Post::TellRoom(_, _, event) => match &**event {
            Event::TopicSet { text, .. } => text.to_string(),
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}

fn is_awake(inbox: &Inbox) -> bool {
    let (poll, mut events) = (Poll::new().expect("a poll"), Events::with_capacity(1));
    poll.add(inbox.waker(), 1, Interest::READ).expect("added");
    poll.wait(&mut events, Some(Duration::ZERO)).expect("waited");
    !events.is_empty()
}
