//! Other names for rooms (§28).

use std::sync::Arc;

use hub::{
    Answer, Command, Event, Found, ListFilter, Query, Rank, Rejection, RoomFlags, RoomRow, SessionId, Topic,
};

use crate::scene::*;

#[test]
fn every_member_is_told_what_it_finds_under_the_new_name() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, set_topic("news"));
    let set = scene.at();
    let effects = scene.ask(ANN, rename_room("#room", "#New", "moved"));

    let topic = Topic { text: "news".into(), by: "ann!user@host.example".into(), at: set };
    let found = Found { topic: Some(topic), names: names(&[(OP, ann()), (NONE, bob())]) };
    let event = renamed(&scene, "#room", "#New", "moved", Some(found));
    assert_eq!(effects, [tell(BOB, event.clone()), reply(event)]);
}

#[test]
fn it_is_an_item_of_the_history_that_goes_along() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let items = scene.items(ANN, rename_room("#room", "#new", ""));
    assert_eq!(items, [(vec![room_log("#room")], renamed(&scene, "#room", "#new", "", None))]);
    assert_eq!(scene.log_of(BOB, "#NEW"), room_log("#room"));
}

#[test]
fn of_another_case_alone_members_find_nothing_new() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let effects = scene.ask(ANN, rename_room("#room", "#ROOM", ""));
    let event = renamed(&scene, "#room", "#ROOM", "", None);
    assert_eq!(effects, [tell(BOB, event.clone()), reply(event)]);
    assert_eq!(scene.log_of(ANN, "#room"), room_log("#room"));
    let row = RoomRow { room: room_name("#ROOM"), members: 2, topic: "".into() };
    let list = Query::Rooms { filter: ListFilter::default(), after: None, most: 9 };
    assert_eq!(scene.query(ANN, list), Answer::Rooms { rows: vec![row], next: None });
}

#[test]
fn the_old_name_is_free_at_once_and_its_next_room_has_nothing_of_this_one() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::SECRET)]));
    scene.ask(ANN, rename_room("#room", "#new", ""));
    let effects = scene.ask(BOB, join("#room"));
    assert_eq!(effects[2], reply(entered("#room", None, &[(OP, bob())])));
    assert_ne!(scene.log_of(BOB, "#room"), scene.log_of(ANN, "#new"));
    assert_ne!(scene.log_of(BOB, "#room"), room_log("#room"));
}

#[test]
fn who_comes_to_the_new_name_when_it_was_empty_finds_the_history_there() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, rename_room("#room", "#new", ""));
    scene.ask(ANN, part("#new"));
    scene.ask(BOB, join("#new"));
    assert_eq!(scene.log_of(BOB, "#new"), room_log("#room"));
}

#[test]
fn who_takes_the_new_name_of_a_closed_room_does_not() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY)]));
    scene.ask(ANN, rename_room("#room", "#new", ""));
    scene.ask(ANN, part("#new"));
    scene.all_join("#new", &[BOB]);
    scene.all_join("#room", &[BOB]);
    assert_ne!(scene.log_of(BOB, "#new"), room_log("#room"));
    assert_ne!(scene.log_of(BOB, "#room"), room_log("#room"));
}

#[test]
fn invitations_go_along_and_let_into_no_other_room() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB, CY]);
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY)]));
    scene.ask(ANN, invite("bob"));
    scene.ask(ANN, rename_room("#room", "#new", ""));
    scene.all_join("#room", &[CY]);
    scene.ask(CY, change(&[flag(RoomFlags::INVITE_ONLY)]));

    assert_eq!(
        only_rejection(&scene.ask(BOB, join("#room"))),
        Some(Rejection::InviteOnly(room_name("#room")))
    );
    assert_eq!(only_rejection(&scene.ask(BOB, join("#new"))), None);
}

#[test]
fn it_takes_an_operator_in_the_room() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    scene.ask(ANN, change(&[give(Rank::Halfop, "bob")]));
    let mut refused = |from, room: &str| only_rejection(&scene.ask(from, rename_room(room, "#new", "")));
    assert_eq!(refused(BOB, "#room"), Some(Rejection::RankNeeded(room_name("#room"))));
    assert_eq!(refused(CY, "#room"), Some(Rejection::NotInRoom(room_name("#room"))));
    assert_eq!(refused(CY, "#nowhere"), Some(Rejection::NoSuchRoom(room_name("#nowhere"))));
}

#[test]
fn a_name_that_a_room_has_is_taken_also_if_that_one_is_registered_and_empty() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, login(Some("ann")));
    scene.all_join("#taken", &[ANN]);
    scene.ask(ANN, Command::RegisterRoom { room: room_name("#taken") });
    scene.ask(ANN, part("#taken"));
    for to in ["#TAKEN", "#room"] {
        let refused = only_rejection(&scene.ask(ANN, rename_room("#room", to, "")));
        assert_eq!(refused, Some(Rejection::RoomNameTaken { from: room_name("#room"), to: room_name(to) }));
    }
}

fn rename_room(room: &str, to: &str, reason: &str) -> Command {
    Command::RenameRoom { room: room_name(room), to: room_name(to), reason: reason.into() }
}

fn renamed(scene: &Scene, from: &str, to: &str, reason: &str, found: Option<Found>) -> Arc<Event> {
    let (id, at, who) = (scene.id(), scene.at(), Arc::new(who(SessionId(1))));
    let (from, to, found) = (room_name(from), room_name(to), found.map(Box::new));
    Arc::new(Event::RoomRenamed { id, at, who, from, to, reason: reason.into(), found })
}
