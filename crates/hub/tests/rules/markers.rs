//! Read markers (§26).

use hub::{Answer, Command, Event, Limits, Query, Rejection, SessionId, Timestamp};

use crate::scene::*;

const PHONE: SessionId = DAN;

fn mark(target: &str, at: Timestamp) -> Command {
    Command::MarkRead { target: target.into(), at }
}

fn marker(target: &str, at: Timestamp) -> Event {
    Event::Marker { target: target.into(), at: Some(at) }
}

fn stored(scene: &Scene, session: SessionId, target: &str) -> Option<Timestamp> {
    match scene.query(session, Query::Marker(target.into())) {
        Answer::Marker(_, at) => at,
        other => panic!("{other:?}"),
    }
}

/// Ann on two sessions; bob has no account.
fn scene() -> Scene {
    let mut scene = Scene::with(&[BOB]);
    scene.attach(ANN);
    scene.attach(PHONE);
    scene
}

#[test]
fn a_marker_never_goes_back() {
    let mut scene = scene();
    let (early, late) = (Timestamp(1000), Timestamp(2000));
    for from in [ANN, BOB] {
        scene.told(from, mark("#room", late));
        assert_eq!(scene.told(from, mark("#ROOM", early)), [reply(marker("#ROOM", late))]);
        assert_eq!(stored(&scene, from, "#Room"), Some(late));
    }
}

#[test]
fn a_change_is_told_to_the_other_sessions_of_the_user_and_to_nobody_else() {
    let mut scene = scene();
    let at = Timestamp(1000);
    assert_eq!(scene.told(ANN, mark("bob", at)), [tell(PHONE, marker("bob", at)), reply(marker("bob", at))]);
    assert_eq!(scene.told(ANN, mark("bob", at)), [reply(marker("bob", at))]);
    assert_eq!(stored(&scene, PHONE, "bob"), Some(at));
    assert_eq!(stored(&scene, BOB, "bob"), None);
}

#[test]
fn nobody_has_read_what_is_yet_to_come() {
    let mut scene = scene();
    scene.told(ANN, mark("#room", Timestamp(i64::MAX)));
    assert_eq!(stored(&scene, ANN, "#room"), Some(scene.at()));
}

#[test]
fn the_latest_message_can_be_read_even_if_many_came_in_one_millisecond() {
    let mut scene = scene();
    scene.all_join("#room", &[ANN]);
    for _ in 0..3 {
        scene.told_again(ANN, say("#room", "hi"));
    }
    let latest = Timestamp(scene.at().0 + 3);
    assert_eq!(scene.told_again(BOB, mark("#room", latest)), [reply(marker("#room", latest))]);
}

#[test]
fn of_too_many_the_one_set_longest_ago_goes() {
    let mut scene =
        Scene::with_settings(with_limits(Limits { markers: 2, ..Limits::default() }), &[ANN, BOB]);
    scene.told(ANN, login(Some("ann")));
    for from in [ANN, BOB] {
        for (target, at) in [("#a", 10), ("#b", 5), ("#a", 11), ("#c", 1)] {
            scene.told(from, mark(target, Timestamp(at)));
        }
        let left = ["#a", "#b", "#c"].map(|target| stored(&scene, from, target).map(|at| at.0));
        assert_eq!(left, [Some(11), None, Some(1)]);
    }
}

#[test]
fn those_of_an_account_outlive_the_connection_and_the_server_others_do_not() {
    let mut scene = scene();
    for from in [ANN, BOB] {
        scene.told(from, mark("#room", Timestamp(1000)));
    }
    let mut scene = scene.restarted(plain_rooms());
    scene.connect(BOB);
    scene.told(BOB, register(BOB));
    scene.attach(ANN);
    assert_eq!(stored(&scene, ANN, "#room"), Some(Timestamp(1000)));
    assert_eq!(stored(&scene, BOB, "#room"), None);
}

#[test]
fn without_an_account_they_last_across_part_and_join() {
    let mut scene = scene();
    scene.all_join("#room", &[BOB]);
    let at = scene.at();
    scene.told(BOB, mark("#room", at));
    scene.told(BOB, part("#room"));
    let effects = scene.told(BOB, join("#room"));
    let found = effects.iter().find_map(|effect| match effect {
        hub::Effect::Reply(event) => match &**event {
            Event::Entered { marker, .. } => *marker,
            _ => None,
        },
        _ => None,
    });
    assert_eq!(found, Some(at));
}

#[test]
fn before_registration_there_are_only_those_of_an_account() {
    let mut scene = scene();
    scene.told(ANN, mark("#room", Timestamp(1000)));
    scene.connect(CY);
    assert_eq!(stored(&scene, CY, "#room"), None);
    assert_eq!(scene.told(CY, mark("#room", Timestamp(1))), [rejected(Rejection::NotRegistered)]);
    scene.told(CY, login(Some("ann")));
    assert_eq!(stored(&scene, CY, "#room"), Some(Timestamp(1000)));
}
