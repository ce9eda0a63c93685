//! Going away and coming back (§8, §14, §15).

use hub::{Answer, Command, Event, Limits, Query, Via};

use crate::scene::*;

#[test]
fn peers_are_told_once_however_many_rooms_they_share() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.all_join("#two", &[ANN, BOB]);

    let effects = scene.ask(ANN, away("tea"));

    let told = scene.gone_away(ann(), Some("tea"), Via::Room);
    assert_eq!(effects, [tell_rooms(&[ROOM, ROOM_2], &[ANN], told), reply(Event::AwaySet(true))]);
}

#[test]
fn a_new_text_is_told_and_the_same_again_is_not() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, away("tea"));
    assert_eq!(scene.ask(ANN, away("tea")), [reply(Event::AwaySet(true))]);
    assert_eq!(scene.ask(ANN, away("more tea")).len(), 2);
}

#[test]
fn no_text_and_an_empty_one_both_are_to_be_back() {
    for back in [None, Some("".into())] {
        let mut scene = Scene::in_room(&[ANN]);
        scene.ask(ANN, away("tea"));

        let effects = scene.ask(ANN, Command::Away { text: back.clone() });

        let told = scene.gone_away(ann(), None, Via::Room);
        assert_eq!(effects, [tell_rooms(&[ROOM], &[ANN], told), reply(Event::AwaySet(false))]);
        assert_eq!(scene.ask(ANN, Command::Away { text: back }), [reply(Event::AwaySet(false))]);
    }
}

#[test]
fn a_long_text_is_cut() {
    let limits = Limits { away: 2, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits(limits), &[ANN]);
    scene.ask(ANN, away("tea"));
    let Answer::Whois(whois) = scene.query(ANN, Query::Whois("ann".into())) else { panic!() };
    assert_eq!(whois.away, Some("te".into()));
}

#[test]
fn who_watches_is_told_once_sharing_a_room_or_not_15() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY, DAN]);
    for watcher in [BOB, CY, DAN] {
        scene.ask(watcher, watch(&["ANN"]));
    }

    let effects = scene.ask(ANN, away("tea"));

    assert_eq!(
        effects,
        [
            tell_sessions(&[CY, DAN], scene.gone_away(ann(), Some("tea"), Via::Watch)),
            tell_rooms(&[ROOM], &[ANN], scene.gone_away(ann(), Some("tea"), Via::Room)),
            reply(Event::AwaySet(true)),
        ]
    );
}
