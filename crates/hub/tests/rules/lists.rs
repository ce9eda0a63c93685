//! Lists of masks (§5 masks, §9, §19).

use std::net::{IpAddr, Ipv4Addr};

use hub::{Answer, Limits, ListEntry, ListKind, ModeChange, Origin, Query, Rejection};

use crate::scene::*;

fn unban(mask: &str) -> ModeChange {
    ModeChange::List(ListKind::Ban, false, mask.into())
}

fn masks(scene: &Scene, kind: ListKind) -> Vec<String> {
    match scene.query(BOB, Query::List(room_name("#ROOM"), kind)) {
        Answer::List(_, _, entries) => entries.into_iter().map(|entry| entry.mask.into()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_shows_masks_completed_with_setter_and_time_to_anyone() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(&[ban("foo")]));
    let at = scene.at();

    let answer = scene.query(BOB, Query::List(room_name("#ROOM"), ListKind::Ban));

    let entry = ListEntry { mask: "foo!*@*".into(), by: "ann!user@host.example".into(), at };
    assert_eq!(answer, Answer::List(room_name("#room"), ListKind::Ban, vec![entry]));
    assert_eq!(
        scene.query(BOB, Query::List(room_name("#Nil"), ListKind::Ban)),
        Answer::Rejected(Rejection::NoSuchRoom(room_name("#Nil")))
    );
}

#[test]
fn each_list_is_its_own_in_the_order_set() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    let invite = ModeChange::List(ListKind::Invite, true, "x@y".into());
    scene.ask(ANN, change(&[ban("b!u"), ban("a"), exempt("e"), invite, ban("m:q"), ban("a:Acc")]));
    assert_eq!(masks(&scene, ListKind::Ban), ["b!u@*", "a!*@*", "m:q!*@*", "a:Acc"]);
    assert_eq!(masks(&scene, ListKind::Exception), ["e!*@*"]);
    assert_eq!(masks(&scene, ListKind::Invite), ["*!x@y"]);
}

#[test]
fn removing_ignores_case_and_tells_the_entry_as_it_stood() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[ban("Foo"), ban("m:Bar")]));

    let effects = scene.ask(ANN, change(&[unban("fOO!*@*"), unban("m:bar")]));

    let gone = [unban("Foo!*@*"), unban("m:Bar!*@*")];
    assert_eq!(effects.last(), Some(&reply(scene.room_modes(ann(), &gone))));
}

#[test]
fn the_lists_of_a_room_are_limited_together() {
    let limits = Limits { list_entries: 2, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits(limits), &[ANN]);
    scene.all_join("#room", &[ANN]);

    let effects = scene.ask(ANN, change(&[ban("a"), exempt("b"), ban("A"), ban("c")]));

    let event = scene.room_modes(ann(), &[ban("a!*@*"), exempt("b!*@*")]);
    let full = Rejection::ListFull(room_name("#room"), ListKind::Ban, "c!*@*".into());
    assert_eq!(effects, [rejected(full), tell_room(ROOM, Some(ANN), event.clone()), reply(event)]);
    scene.ask(ANN, change(&[unban("a")]));
    assert_eq!(only_rejection(&scene.ask(ANN, change(&[ban("c")]))), None);
}

/// Whether bob, from 10.0.0.1 and logged in as `Robert`, may join past these masks.
fn lets_bob_in(masks: &[ModeChange]) -> bool {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(masks));
    scene.connect(BOB);
    let ip = Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    scene.introduce_as(BOB, "Robert", introduce("bob", Origin { ip, ..Origin::default() }));
    only_rejection(&scene.ask(BOB, join("#room"))).is_none()
}

#[test]
fn masks_match_the_shown_host_the_address_and_the_account() {
    for mask in [
        "bob",
        "B?B!*@*",
        "*@host.example",
        "*!user@*.EXAMPLE",
        "*@10.0.0.1",
        "*@10.0.*",
        "a:robert",
        "a:rob*",
    ] {
        assert!(!lets_bob_in(&[ban(mask)]), "{mask}");
    }
    for mask in ["bobby", "robert", "*@10.0.0.2", "*@10.0.0", "a:bob", "a:bob*", "*!*@*1", "*!*@1*1"] {
        assert!(lets_bob_in(&[ban(mask)]), "{mask}");
    }
}

#[test]
fn exceptions_let_in_in_spite_of_bans_and_mutes_keep_nobody_out_19() {
    assert!(lets_bob_in(&[ban("*"), exempt("bob")]));
    assert!(lets_bob_in(&[ban("bob"), exempt("a:Robert")]));
    assert!(!lets_bob_in(&[ban("bob"), exempt("m:bob")]));
    assert!(lets_bob_in(&[ban("m:bob")]));
}

#[test]
fn an_address_behind_a_mapped_one_is_the_same_place() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[ban("*@10.0.0.1")]));
    scene.connect(BOB);
    let ip = Some(IpAddr::V6(Ipv4Addr::new(10, 0, 0, 1).to_ipv6_mapped()));
    scene.ask(BOB, introduce("bob", Origin { ip, ..Origin::default() }));
    assert!(only_rejection(&scene.ask(BOB, join("#room"))).is_some());
}
