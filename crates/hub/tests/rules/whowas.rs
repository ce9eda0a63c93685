//! WHOWAS (§8).

use hub::{Answer, Command, Limits, Query, Whowas};

use crate::scene::*;

fn former(scene: &Scene, name: &str) -> Vec<Whowas> {
    match scene.query(BOB, Query::Whowas(name.into())) {
        Answer::Whowas(entries) => entries,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_departure_and_a_new_nick_both_make_an_entry_newest_first() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, rename("anna"));
    let renamed = scene.at();
    scene.ask(BOB, rename("Ann"));
    scene.ask(BOB, rename("bob"));
    let renamed_again = scene.at();
    scene.ask(ANN, quit(None));
    let left = scene.at();

    let past = |who, until| Whowas { who: std::sync::Arc::new(who), until };
    let second = hub::Identity { nick: nick("Ann"), ..bob() };
    assert_eq!(former(&scene, "ANN"), [past(second, renamed_again), past(ann(), renamed)]);
    assert_eq!(former(&scene, "anna"), [past(called("anna"), left)]);
    assert_eq!(former(&scene, "ann*"), []);
}

#[test]
fn the_oldest_entries_are_forgotten() {
    let limits = Limits { whowas: 2, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits(limits.clone()), &[ANN, BOB]);
    for name in ["a1", "a2", "a3"] {
        scene.ask(ANN, rename(name));
    }
    assert_eq!(former(&scene, "ann"), []);
    assert_eq!((former(&scene, "a1").len(), former(&scene, "a2").len()), (1, 1));

    let settings = with_limits(Limits { whowas: 1, ..limits });
    assert_eq!(scene.ask(BOB, Command::Configure(Box::new(settings))), []);
    assert_eq!((former(&scene, "a1").len(), former(&scene, "a2").len()), (0, 1));
}
