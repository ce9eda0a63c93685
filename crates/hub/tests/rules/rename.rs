//! Taking another nickname (§8, §15).

use std::sync::Arc;

use hub::{Answer, Casemapping, Event, Identity, Query, Rejection};

use crate::scene::*;

#[test]
fn peers_and_the_user_are_told_once_each() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.all_join("#two", &[ANN, BOB]);

    let effects = scene.ask(ANN, rename("anna"));

    let renamed = scene.renamed(ann(), "anna");
    assert_eq!(effects, [tell_rooms(&[ROOM, ROOM_2], &[ANN], renamed.clone()), reply(renamed)]);
    assert_eq!(
        scene.query(BOB, Query::Ison(vec!["ann".into(), "ANNA".into()])),
        Answer::Ison(vec![nick("anna")])
    );
}

#[test]
fn a_taken_name_is_refused_and_nothing_changes() {
    let mut scene = Scene::with(&[ANN, BOB]);
    assert_eq!(scene.ask(ANN, rename("BOB")), [rejected(Rejection::NickInUse(nick("BOB")))]);
    assert_eq!(scene.query(BOB, Query::Ison(vec!["ann".into()])), Answer::Ison(vec![nick("ann")]));
}

#[test]
fn the_very_same_name_has_no_effect_and_other_letters_are_told_to_peers_only() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(BOB, watch(&["ann"]));
    assert_eq!(scene.ask(ANN, rename("ann")), []);

    let effects = scene.ask(ANN, rename("Ann"));

    let renamed = scene.renamed(ann(), "Ann");
    assert_eq!(effects, [tell_rooms(&[ROOM], &[ANN], renamed.clone()), reply(renamed)]);
    assert_eq!(scene.query(BOB, Query::Whowas("ann".into())), Answer::Whowas(vec![]));
}

#[test]
fn who_watches_either_name_is_told() {
    let mut scene = Scene::with(&[ANN, BOB, CY]);
    scene.ask(BOB, watch(&["Ann"]));
    scene.ask(CY, watch(&["ANNA"]));

    let effects = scene.ask(ANN, rename("anna"));

    let now = Identity { nick: nick("anna"), ..ann() };
    assert_eq!(
        effects,
        [
            reply(scene.renamed(ann(), "anna")),
            tell(BOB, Event::Offline(vec!["ann".into()])),
            tell(CY, Event::Online(vec![Arc::new(now)])),
        ]
    );
}

#[test]
fn the_old_name_is_free_at_once() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, rename("anna"));
    assert_eq!(only_rejection(&scene.ask(BOB, rename("ann"))), None);
}

#[test]
fn names_are_equal_by_the_casemapping_5() {
    let mut scene = Scene::with_settings(with_casemapping(Casemapping::Rfc1459), &[ANN, BOB]);
    scene.ask(ANN, rename("a[]"));
    assert_eq!(scene.ask(BOB, rename("A{}")), [rejected(Rejection::NickInUse(nick("A{}")))]);

    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, rename("a[]"));
    assert_eq!(only_rejection(&scene.ask(BOB, rename("A{}"))), None);
}
