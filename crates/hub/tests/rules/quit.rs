//! Quitting, and connections that end (§4, §8).

use hub::{Answer, Cause, Command, Event, Query, Whowas};

use crate::scene::*;

#[test]
fn peers_are_told_once_then_the_leaver_then_it_is_closed() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.all_join("#two", &[ANN, BOB]);

    let effects = scene.ask(ANN, quit(Some("bye")));

    let cause = Cause::Quit(Some("bye".into()));
    let event = scene.quit(ann(), cause.clone());
    assert_eq!(
        effects,
        [
            leave(ANN, ROOM),
            leave(ANN, ROOM_2),
            tell_rooms(&[ROOM, ROOM_2], &[], event.clone()),
            reply(event),
            close(ANN, cause),
        ]
    );
}

#[test]
fn a_connection_that_just_ends_is_told_to_peers_but_not_to_itself() {
    let mut scene = Scene::in_room(&[ANN, BOB]);

    let effects = scene.ask(ANN, Command::Leave { cause: Cause::PingTimeout(150) });

    let event = scene.quit(ann(), Cause::PingTimeout(150));
    assert_eq!(
        effects,
        [leave(ANN, ROOM), tell_rooms(&[ROOM], &[], event), close(ANN, Cause::PingTimeout(150))]
    );
}

#[test]
fn rooms_without_anybody_left_are_not_told_and_gone() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.all_join("#two", &[ANN, BOB]);

    let effects = scene.ask(ANN, Command::Leave { cause: Cause::ConnectionClosed });

    let event = scene.quit(ann(), Cause::ConnectionClosed);
    let told: Vec<_> = effects.into_iter().filter(|e| matches!(e, hub::Effect::Tell { .. })).collect();
    assert_eq!(told, [tell_rooms(&[ROOM_2], &[], event)]);
    assert_eq!(scene.counts().rooms, 1);
}

#[test]
fn before_the_connection_closes_the_name_is_free_and_everyone_knows_4() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(BOB, watch(&["ANN"]));

    let effects = scene.ask(ANN, quit(None));

    let event = scene.quit(ann(), Cause::Quit(None));
    assert_eq!(
        effects,
        [reply(event), tell(BOB, Event::Offline(vec!["ann".into()])), close(ANN, Cause::Quit(None))]
    );
    assert_eq!(scene.counts().visible, 1);
    assert_eq!(scene.query(BOB, Query::NickTaken(nick("ann"))), Answer::NickTaken(false));
    let past = Whowas { who: ann().into(), until: scene.at() };
    assert_eq!(scene.query(BOB, Query::Whowas("ann".into())), Answer::Whowas(vec![past]));
}

#[test]
fn what_is_still_asked_after_the_end_has_no_effect() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, quit(None));
    assert_eq!(scene.ask(ANN, say("#room", "hello?")), []);
    assert_eq!(scene.ask(ANN, quit(None)), []);
}

#[test]
fn the_most_users_there_ever_were_are_remembered_8_lusers() {
    let mut scene = Scene::with(&[ANN, BOB, CY]);
    scene.ask(BOB, quit(None));
    scene.ask(CY, quit(None));
    assert_eq!((scene.counts().visible, scene.counts().most), (1, 3));
}
