//! Messages of several lines (§24).

use std::sync::Arc;

use hub::{Command, Effect, Event, Rejection, RoomFlags, Say, SayKind, SayLine};

use crate::scene::*;

#[test]
fn a_message_of_several_lines_is_one_event_and_one_item_with_the_lines_as_they_were_cut() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let items = scene.items(ANN, say_lines("#room", None));
    let effects = scene.ask(ANN, say_lines("#room", None));
    let [Effect::Tell { event, .. }, Effect::Reply(_)] = &effects[..] else { panic!("{effects:?}") };
    for event in [event, &items[0].1] {
        let Event::Said { text, lines: Some(lines), .. } = &**event else { panic!("{event:?}") };
        assert_eq!((text.to_string().as_str(), lines), ("one\ntwo and more", &lines_of()));
    }
    assert_eq!(items.len(), 1);
}

#[test]
fn each_line_has_to_fit_and_not_all_of_them_together() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let least = "ann!user@host.example".len() + "#room".len() + " and more".len();
    assert_eq!(scene.ask(ANN, say_lines("#room", Some(least))).len(), 2);
    assert_eq!(
        only_rejection(&scene.ask(ANN, say_lines("#room", Some(least - 1)))),
        Some(Rejection::TooLong)
    );
}

#[test]
fn the_rules_of_a_room_hold_once_for_the_whole() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::MODERATED)]));
    assert!(only_rejection(&scene.ask(BOB, say_lines("#room", None))).is_some());
}

fn lines_of() -> Arc<[SayLine]> {
    let line = |text: &str, joined| SayLine { text: text.into(), joined };
    Arc::new([line("one", false), line("two", false), line(" and more", true)])
}

fn say_lines(target: &str, fit: Option<usize>) -> Command {
    let say = message(SayKind::Message, target, "one\ntwo and more");
    Command::Say(Box::new(Say { lines: Some(lines_of()), fit, ..say }))
}
