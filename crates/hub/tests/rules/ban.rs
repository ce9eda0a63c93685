//! Bans from the server.

use std::net::{IpAddr, Ipv4Addr};

use hub::{Answer, Cause, Command, Event, NetworkBan, Origin, Query, Record, Rejection, Timestamp};

use crate::scene::*;

fn set(mask: &str, until: Option<Timestamp>) -> Command {
    Command::Ban { mask: mask.into(), reason: "spam".into(), until }
}

fn lift(mask: &str) -> Command {
    Command::Unban { mask: mask.into() }
}

/// Ann, an operator; bob has come from 10.0.0.1 and is in `#room`.
fn scene() -> Scene {
    let mut scene = Scene::with(&[ANN]);
    scene.make_operator(ANN);
    arrive(&mut scene);
    scene.all_join("#room", &[ANN, BOB]);
    scene
}

fn arrive(scene: &mut Scene) -> Vec<hub::Effect> {
    scene.connect(BOB);
    let ip = Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    scene.ask(BOB, introduce("bob", Origin { ip, ..Origin::default() }))
}

#[test]
fn whoever_matches_is_closed_and_the_operator_learns_how_many() {
    let mut scene = scene();

    let effects = scene.ask(ANN, set("*@10.0.0.*", None));

    let cause = Cause::Banned("spam".into());
    assert_eq!(
        told(effects),
        [
            reply(Event::NetworkBanned { mask: "*@10.0.0.*".into(), closed: 1 }),
            leave(BOB, ROOM),
            tell_rooms(&[ROOM], &[], scene.quit(bob(), cause.clone())),
            close(BOB, cause),
        ]
    );
}

#[test]
fn nobody_it_matches_registers_until_it_is_lifted() {
    let mut scene = scene();
    scene.ask(ANN, set("10.0.0.1", None));
    let banned = Rejection::BannedFromServer("spam".into());
    assert_eq!(arrive(&mut scene), [rejected(banned)]);

    let lifted = Event::NetworkUnbanned { mask: "*@10.0.0.1".into() };
    assert_eq!(scene.ask(ANN, lift("10.0.0.1")), [keep(Record::Bans(vec![])), reply(lifted)]);
    assert_eq!(scene.ask(ANN, lift("10.0.0.1")), [rejected(Rejection::NoSuchBan("10.0.0.1".into()))]);
    assert_eq!(only_rejection(&scene.ask(BOB, register(BOB))), None);
}

#[test]
fn a_ban_is_compared_with_user_at_host_and_user_at_address() {
    for (mask, matches) in [
        ("user@host.example", true),
        ("USER@10.*", true),
        ("other@*", false),
        ("*@10.0.0.2", false),
        ("bob!user@*", false),
    ] {
        let mut scene = scene();
        scene.ask(BOB, quit(None));
        // If ann matches too, she goes; the ban stays.
        scene.ask(ANN, set(mask, None));
        assert_eq!(only_rejection(&arrive(&mut scene)).is_some(), matches, "{mask}");
    }
}

#[test]
fn a_ban_ends_when_it_was_to_end() {
    let mut scene = scene();
    let until = Timestamp(scene.at().0 + 4000);
    scene.ask(ANN, set("*@10.0.0.1", Some(until)));
    let ban = NetworkBan {
        mask: "*@10.0.0.1".into(),
        reason: "spam".into(),
        until: Some(until),
        by: "ann!user@host.example".into(),
        at: scene.at(),
    };
    assert_eq!(scene.query(ANN, Query::NetworkBans), Answer::NetworkBans(vec![ban]));
    assert!(only_rejection(&arrive(&mut scene)).is_some());

    assert_eq!(only_rejection(&scene.ask(BOB, register(BOB))), None);
    assert_eq!(scene.query(ANN, Query::NetworkBans), Answer::NetworkBans(vec![]));
    assert_eq!(scene.ask(ANN, lift("*@10.0.0.1")), [rejected(Rejection::NoSuchBan("*@10.0.0.1".into()))]);
}

#[test]
fn only_operators_ban() {
    let mut scene = Scene::with(&[ANN]);
    assert_eq!(scene.ask(ANN, set("*@*", None)), [rejected(Rejection::NoPrivilege)]);
    assert_eq!(scene.ask(ANN, lift("*@*")), [rejected(Rejection::NoPrivilege)]);
}
