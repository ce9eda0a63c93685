//! The times of events are unique and increasing in each room and conversation (§4).

use hub::{Effect, Event, Timestamp};

use crate::scene::*;

fn times(effects: &[Effect]) -> Vec<Timestamp> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Reply(event) => match **event {
                Event::Said { at, .. } | Event::Joined { at, .. } | Event::Renamed { at, .. } => Some(at),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

#[test]
fn two_events_of_a_room_in_one_millisecond_get_two_times() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let first = times(&scene.ask(ANN, say("#room", "one")));
    let second = times(&scene.ask_again(BOB, say("#room", "two")));
    assert_eq!((first, second), (vec![scene.at()], vec![scene.at().next()]));
}

#[test]
fn what_is_told_in_several_rooms_is_later_than_all_there_was_in_each() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.all_join("#two", &[ANN]);
    scene.ask(BOB, say("#room", "one"));
    scene.ask_again(BOB, say("#room", "two"));

    let renamed = times(&scene.ask_again(ANN, rename("anna")));
    let said = times(&scene.ask_again(ANN, say("#two", "three")));

    let third = scene.at().next().next();
    assert_eq!((renamed, said), (vec![third], vec![third.next()]));
}

#[test]
fn messages_of_one_millisecond_between_two_users_get_two_times() {
    let mut scene = Scene::with(&[ANN, BOB, CY]);
    let mut at = |from, to| times(&scene.ask_again(from, say(to, "hi")))[0];
    let (first, second, elsewhere) = (at(ANN, "bob"), at(BOB, "ann"), at(CY, "cy"));
    assert_eq!(second, first.next());
    assert_eq!(elsewhere, first);
}

#[test]
fn a_room_that_comes_again_goes_on_after_the_one_that_was() {
    let mut scene = Scene::in_room(&[ANN]);
    let said = times(&scene.ask_again(ANN, say("#room", "one")));
    scene.ask_again(ANN, part("#room"));
    let joined = times(&scene.ask_again(ANN, join("#room")));
    assert!(joined > said);
}
