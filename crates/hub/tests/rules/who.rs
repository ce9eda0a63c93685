//! WHO (§8, §16).

use std::net::{IpAddr, Ipv4Addr};

use hub::{Answer, Origin, Query, RoomFlags, SessionId, UserFlags, WhoMask, WhoRow};

use crate::scene::*;

fn rows(scene: &Scene, asker: SessionId, mask: WhoMask, operators: bool) -> Vec<WhoRow> {
    match scene.query(asker, Query::Who { mask, operators, after: None, most: 100 }) {
        Answer::Who { rows, next: None } => rows,
        other => panic!("{other:?}"),
    }
}

fn nicks(scene: &Scene, asker: SessionId, mask: &str) -> Vec<String> {
    let rows = rows(scene, asker, WhoMask::Mask(mask.into()), false);
    rows.iter().map(|row| row.who.nick.to_string()).collect()
}

fn in_room(scene: &Scene, asker: SessionId) -> Vec<String> {
    let rows = rows(scene, asker, WhoMask::Room(room_name("#ROOM")), false);
    rows.iter().map(|row| row.who.nick.to_string()).collect()
}

fn hide(scene: &mut Scene, session: SessionId) {
    scene.ask(session, change_user(name_of(session), &[(UserFlags::INVISIBLE, true)]));
}

#[test]
fn a_row_says_where_they_meet_and_how_the_user_is() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.make_operator(ANN);
    scene.ask(ANN, away("tea"));
    let idle = u64::try_from(scene.at().seconds()).expect("after 1970");

    let rows = rows(&scene, BOB, WhoMask::Mask("Ann".into()), false);

    let row = WhoRow {
        who: ann().into(),
        room: Some((room_name("#room"), OP)),
        away: true,
        operator: true,
        ip: None,
        idle: rows[0].idle,
    };
    assert!(rows[0].idle < idle);
    assert_eq!(rows, [row]);
}

#[test]
fn the_user_of_the_very_name_is_found_even_if_invisible_and_nobody_else() {
    let mut scene = Scene::with(&[ANN, BOB]);
    hide(&mut scene, BOB);
    assert_eq!(nicks(&scene, ANN, "BOB"), ["bob"]);
    assert_eq!(nicks(&scene, ANN, "bo*"), Vec::<String>::new());
    assert_eq!(nicks(&scene, ANN, "nobody"), Vec::<String>::new());
}

#[test]
fn a_mask_finds_who_is_visible_or_shares_a_room_and_the_asker() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY, DAN]);
    for session in [ANN, BOB, CY] {
        hide(&mut scene, session);
    }
    assert_eq!(nicks(&scene, ANN, "*"), ["ann", "bob", "dan"]);
    assert_eq!(nicks(&scene, DAN, "*"), ["dan"]);
    assert_eq!(nicks(&scene, CY, "?*"), ["cy", "dan"]);
}

#[test]
fn a_mask_is_compared_with_nick_host_user_and_real_name() {
    let scene = Scene::with(&[ANN]);
    for mask in ["A?N", "host.*", "US*", "real*", "host.example"] {
        assert_eq!(nicks(&scene, ANN, mask), ["ann"], "{mask}");
    }
    assert_eq!(nicks(&scene, ANN, "*x"), Vec::<String>::new());
}

#[test]
fn a_room_shows_its_members_with_that_room() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    hide(&mut scene, BOB);
    assert_eq!(in_room(&scene, ANN), ["ann", "bob"]);
    assert_eq!(in_room(&scene, CY), ["ann"]);
    let rows = rows(&scene, CY, WhoMask::Room(room_name("#room")), false);
    assert_eq!(rows[0].room, Some((room_name("#room"), OP)));

    scene.ask(ANN, change(&[flag(RoomFlags::SECRET)]));
    assert_eq!(in_room(&scene, CY), Vec::<String>::new());
    assert_eq!(in_room(&scene, BOB), ["ann", "bob"]);
}

#[test]
fn only_operators_are_found_if_only_they_are_asked_for() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.make_operator(BOB);
    for mask in [WhoMask::Mask("*".into()), WhoMask::Room(room_name("#room")), WhoMask::Mask("bob".into())] {
        let found = rows(&scene, ANN, mask.clone(), true);
        assert_eq!(found.iter().map(|row| row.who.nick.as_str()).collect::<Vec<_>>(), ["bob"], "{mask:?}");
    }
    assert_eq!(rows(&scene, ANN, WhoMask::Mask("ann".into()), true), []);
}

#[test]
fn addresses_are_for_their_owner_and_for_operators_16() {
    let mut scene = Scene::with(&[BOB, CY]);
    scene.connect(ANN);
    let ip = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    scene.ask(ANN, introduce("ann", Origin { ip, ..Origin::default() }));
    scene.make_operator(CY);
    let seen_by = |asker| rows(&scene, asker, WhoMask::Mask("ann".into()), false)[0].ip;
    assert_eq!((seen_by(ANN), seen_by(BOB), seen_by(CY)), (ip, None, ip));
}

#[test]
fn a_long_answer_comes_in_pages() {
    let scene = Scene::in_room(&[ANN, BOB, CY]);
    for mask in [WhoMask::Mask("*".into()), WhoMask::Room(room_name("#room"))] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let query = Query::Who { mask: mask.clone(), operators: false, after, most: 2 };
            let Answer::Who { rows, next } = scene.query(ANN, query) else { panic!() };
            assert!(rows.len() <= 2);
            seen.extend(rows.iter().map(|row| row.who.nick.to_string()));
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["ann", "bob", "cy"], "{mask:?}");
    }
}
