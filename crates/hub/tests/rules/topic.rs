//! Topics (§8).

use hub::{Answer, Limits, Query, Rank, Rejection, RoomFlags, Topic};

use crate::scene::*;

#[test]
fn a_topic_is_told_to_all_members_and_kept_with_its_setter() {
    let mut scene = Scene::in_room(&[ANN, BOB]);

    let effects = scene.ask(BOB, set_topic("tea"));

    let set = scene.topic_set(bob(), "tea");
    assert_eq!(effects, [tell_room(ROOM, Some(BOB), set.clone()), reply(set)]);
    let topic = Topic { text: "tea".into(), by: "bob!user@host.example".into(), at: scene.at() };
    assert_eq!(
        scene.query(ANN, Query::Topic(room_name("#ROOM"))),
        Answer::Topic(room_name("#room"), Some(topic))
    );
}

#[test]
fn an_empty_topic_clears_it() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, set_topic("tea"));

    let effects = scene.ask(ANN, set_topic(""));

    let set = scene.topic_set(ann(), "");
    assert_eq!(effects, [tell_room(ROOM, Some(ANN), set.clone()), reply(set)]);
    assert_eq!(scene.query(ANN, Query::Topic(room_name("#room"))), Answer::Topic(room_name("#room"), None));
}

#[test]
fn a_long_topic_is_cut() {
    let mut scene = Scene::with_settings(with_limits(Limits { topic: 2, ..Limits::default() }), &[ANN]);
    scene.all_join("#room", &[ANN]);

    let effects = scene.ask(ANN, set_topic("tea"));

    assert_eq!(effects.last(), Some(&reply(scene.topic_set(ann(), "te"))));
}

#[test]
fn a_locked_topic_needs_halfop_and_voice_is_not_enough() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::TOPIC_LOCKED), give(Rank::Voice, "bob")]));
    assert_eq!(scene.ask(BOB, set_topic("x")), [rejected(Rejection::RankNeeded(room_name("#room")))]);

    scene.ask(ANN, change(&[give(Rank::Halfop, "bob")]));
    assert_eq!(only_rejection(&scene.ask(BOB, set_topic("x"))), None);
}

#[test]
fn only_members_set_topics_or_read_them() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    let outside = Rejection::NotInRoom(room_name("#room"));

    assert_eq!(scene.ask(BOB, set_topic("x")), [rejected(outside.clone())]);
    assert_eq!(scene.query(BOB, Query::Topic(room_name("#Room"))), Answer::Rejected(outside));
    assert_eq!(
        scene.query(BOB, Query::Topic(room_name("#Nil"))),
        Answer::Rejected(Rejection::NoSuchRoom(room_name("#Nil")))
    );
}

#[test]
fn the_topic_of_a_secret_room_is_for_members_too() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::SECRET)]));
    assert_eq!(
        scene.query(BOB, Query::Topic(room_name("#Room"))),
        Answer::Rejected(Rejection::NotInRoom(room_name("#room")))
    );
}
