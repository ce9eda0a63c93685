//! Parting (§8).

use std::sync::Arc;

use hub::{Command, Event, Rejection};

use crate::scene::*;

#[test]
fn the_leaver_and_those_who_stay_are_told_once_each() {
    let mut scene = Scene::in_room(&[ANN, BOB]);

    let effects = scene.ask(BOB, Command::Part { room: room_name("#ROOM"), reason: Some("bye".into()) });

    let parted = scene.parted(bob(), "#room", Some("bye"));
    assert_eq!(effects, [leave(BOB, ROOM), tell_room(ROOM, None, parted.clone()), reply(parted)]);
}

#[test]
fn the_room_is_gone_with_its_last_member() {
    let mut scene = Scene::in_room(&[ANN]);

    let effects = scene.ask(ANN, part("#room"));

    assert_eq!(effects, [leave(ANN, ROOM), reply(scene.parted(ann(), "#room", None))]);
    assert_eq!(scene.counts().rooms, 0);
}

#[test]
fn a_room_is_left_only_by_its_members() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    assert_eq!(scene.ask(BOB, part("#Room")), [rejected(Rejection::NotInRoom(room_name("#room")))]);
    assert_eq!(scene.ask(BOB, part("#Nil")), [rejected(Rejection::NoSuchRoom(room_name("#Nil")))]);
}

#[test]
fn join_0_parts_every_room_with_an_id_each() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.all_join("#two", &[BOB, ANN]);

    let effects = scene.ask(ANN, Command::PartAll);

    let parted = |plus, room| {
        let (id, at, who, room) = (scene.id_plus(plus), scene.at(), Arc::new(ann()), room_name(room));
        Arc::new(Event::Parted { id, at, who, room, reason: None })
    };
    assert_eq!(
        effects,
        [
            leave(ANN, ROOM),
            reply(parted(0, "#room")),
            leave(ANN, ROOM_2),
            tell_room(ROOM_2, None, parted(1, "#two")),
            reply(parted(1, "#two")),
        ]
    );
}
