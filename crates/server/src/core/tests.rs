use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use dialect::Verdict;
use hub::{Cause, Event, Nick, Origin, RoomName, Text};
use transport::{Events, Interest, Poll};

use super::*;

const ROOM: &str = "#room";

/// A core with three workers, and what it has staged.
struct Scene {
    core: Core,
    staged: Staged,
    orders: Receiver<Order>,
}

impl Scene {
    fn new() -> Self {
        let (sender, orders) = channel();
        let core = Core::new(hub::Settings::default(), 3, Control::new(sender));
        Self { core, staged: Staged::new(3), orders }
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
                account: None,
                away: None,
            },
        );
        self.posts();
        id
    }

    /// What has been staged for each worker since the last time.
    fn posts(&mut self) -> [Vec<String>; 3] {
        std::array::from_fn(|worker| self.staged.0[worker].drain(..).map(|post| word(&post)).collect())
    }
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
    assert_eq!(orders, [Order::Reload { asked_by: Some(root) }, Order::Stop]);
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
