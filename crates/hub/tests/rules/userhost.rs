//! USERHOST and ISON (§8).

use hub::{Answer, Query};

use crate::scene::*;

#[test]
fn userhost_answers_for_those_who_are_here() {
    let mut scene = Scene::with(&[ANN, BOB, CY]);
    scene.make_operator(ANN);
    scene.ask(BOB, away("tea"));

    let answer = scene.query(CY, Query::Userhost(vec!["BOB".into(), "nobody".into(), "ann".into()]));

    assert_eq!(answer, Answer::Userhost(vec![(bob().into(), false, true), (ann().into(), true, false)]));
}

#[test]
fn ison_answers_in_the_order_asked_with_names_as_their_owners_write_them() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, rename("Ann"));
    let answer = scene.query(BOB, Query::Ison(vec!["bob".into(), "nobody".into(), "ann".into()]));
    assert_eq!(answer, Answer::Ison(vec![nick("bob"), nick("Ann")]));
}
