//! Watching (§15).

use std::sync::Arc;

use hub::{Answer, Cause, Command, Event, Limits, Query};
use smol_str::SmolStr;

use crate::scene::*;

fn offline(names: &[&str]) -> Event {
    Event::Offline(names.iter().map(SmolStr::new).collect())
}

fn unwatch(names: &[&str]) -> Command {
    Command::Unwatch { names: names.iter().map(SmolStr::new).collect() }
}

#[test]
fn each_name_is_answered_for_once_whether_new_or_not() {
    let mut scene = Scene::with(&[ANN, BOB]);

    let effects = scene.ask(ANN, watch(&["Cy", "BOB", "dan", "bob", "*!*@*"]));

    let online = Event::Online(vec![Arc::new(bob())]);
    assert_eq!(effects, [reply(online.clone()), reply(offline(&["Cy", "dan", "*!*@*"]))]);
    assert_eq!(scene.ask(ANN, watch(&["bob"])), [reply(online)]);
}

#[test]
fn coming_and_going_are_told_with_the_name_as_it_last_was() {
    let mut scene = Scene::with(&[ANN]);
    scene.ask(ANN, watch(&["BOB"]));
    scene.connect(BOB);

    let effects = scene.ask(BOB, register(BOB));
    assert_eq!(effects.last(), Some(&tell(ANN, Event::Online(vec![Arc::new(bob())]))));

    scene.ask(BOB, rename("Bob"));
    let effects = scene.ask(BOB, Command::Leave { cause: Cause::ConnectionClosed });
    assert_eq!(effects, [tell(ANN, offline(&["Bob"])), close(BOB, Cause::ConnectionClosed)]);
}

#[test]
fn what_does_not_fit_is_told_and_not_watched() {
    let limits = Limits { watched: 2, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits(limits), &[ANN]);

    let effects = scene.ask(ANN, watch(&["a", "b", "c", "A", "d"]));

    let full = Event::WatchFull { limit: 2, names: vec!["c".into(), "d".into()] };
    assert_eq!(effects, [reply(offline(&["a", "b"])), reply(full)]);
    scene.ask(ANN, unwatch(&["B"]));
    assert_eq!(scene.ask(ANN, watch(&["c"])), [reply(offline(&["c"]))]);
}

#[test]
fn names_are_removed_whatever_the_case_and_without_a_reply() {
    let mut scene = Scene::with(&[ANN]);
    scene.ask(ANN, watch(&["Bob", "cy", "Dan"]));
    assert_eq!(scene.ask(ANN, unwatch(&["BOB", "nobody"])), []);
    assert_eq!(scene.query(ANN, Query::Watched), Answer::Watched(vec!["cy".into(), "Dan".into()]));
    assert_eq!(scene.ask(ANN, Command::UnwatchAll), []);
    assert_eq!(scene.query(ANN, Query::Watched), Answer::Watched(vec![]));
    scene.connect(BOB);
    assert_eq!(scene.ask(BOB, register(BOB)).len(), 1);
}

#[test]
fn the_whole_list_can_be_asked_for() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, watch(&["Cy", "BOB"]));
    let status = Answer::WatchStatus { online: vec![Arc::new(bob())], offline: vec!["Cy".into()] };
    assert_eq!(scene.query(ANN, Query::WatchStatus), status);
}

#[test]
fn a_list_is_private_and_ends_with_its_session() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, watch(&["bob"]));
    assert_eq!(scene.query(BOB, Query::Watched), Answer::Watched(vec![]));
    scene.ask(ANN, quit(None));
    assert_eq!(scene.ask(BOB, quit(None)).len(), 2);
}
