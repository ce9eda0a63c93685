//! NAMES (§8, §9).

use hub::{Answer, Query, Rank, RoomFlags, SessionId, UserFlags};

use crate::scene::*;

fn ask(scene: &Scene, asker: SessionId, room: &str) -> Answer {
    scene.query(asker, Query::Names(room_name(room)))
}

#[test]
fn members_are_shown_with_all_their_ranks() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    scene.ask(ANN, change(&[give(Rank::Voice, "ann")]));
    let shown = names(&[(OP | hub::Ranks::VOICE, ann()), (NONE, bob())]);
    assert_eq!(ask(&scene, CY, "#ROOM"), Answer::Names(room_name("#room"), Some(shown)));
}

#[test]
fn invisible_members_are_shown_to_members_only() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    scene.ask(BOB, change_user("bob", &[(UserFlags::INVISIBLE, true)]));
    let all = names(&[(OP, ann()), (NONE, bob())]);
    assert_eq!(ask(&scene, ANN, "#room"), Answer::Names(room_name("#room"), Some(all)));
    let some = names(&[(OP, ann())]);
    assert_eq!(ask(&scene, CY, "#room"), Answer::Names(room_name("#room"), Some(some)));

    scene.ask(ANN, change_user("ann", &[(UserFlags::INVISIBLE, true)]));
    assert_eq!(ask(&scene, CY, "#room"), Answer::Names(room_name("#room"), None));
}

#[test]
fn a_secret_room_looks_like_none_to_who_is_not_in_it() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::SECRET)]));
    assert_eq!(ask(&scene, BOB, "#Room"), Answer::Names(room_name("#Room"), None));
    assert_eq!(ask(&scene, BOB, "#Nil"), Answer::Names(room_name("#Nil"), None));
    let shown = hub::Names { secret: true, ..names(&[(OP, ann())]) };
    assert_eq!(ask(&scene, ANN, "#Room"), Answer::Names(room_name("#room"), Some(shown)));
}
