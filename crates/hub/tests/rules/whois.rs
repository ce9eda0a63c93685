//! WHOIS (§8).

use std::net::{IpAddr, Ipv4Addr};

use hub::{Answer, Origin, Query, Rejection, RoomFlags, SessionId, UserFlags, Whois, WhoisPrivate};

use crate::scene::*;

fn whois(scene: &Scene, asker: SessionId, name: &str) -> Whois {
    match scene.query(asker, Query::Whois(name.into())) {
        Answer::Whois(whois) => *whois,
        other => panic!("{other:?}"),
    }
}

fn rooms(scene: &Scene, asker: SessionId) -> Vec<String> {
    whois(scene, asker, "ann").rooms.iter().map(|(room, _)| room.to_string()).collect()
}

#[test]
fn it_tells_all_there_is() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let signon = hub::Timestamp(scene.at().0 - 4000);
    scene.ask(ANN, say("#room", "hello"));
    scene.make_operator(ANN);
    scene.ask(ANN, away("tea"));

    let expected = Whois {
        who: ann().into(),
        rooms: vec![(room_name("#room"), OP)],
        operator: Some("Server Admin".into()),
        away: Some("tea".into()),
        secure: false,
        idle: 2,
        signon,
        private: None,
    };
    assert_eq!(whois(&scene, BOB, "ANN"), expected);
}

#[test]
fn nobody_is_no_such_nick() {
    let scene = Scene::with(&[ANN]);
    let unknown = Answer::Rejected(Rejection::NoSuchNick("Bob".into()));
    assert_eq!(scene.query(ANN, Query::Whois("Bob".into())), unknown);
}

#[test]
fn address_modes_and_certificate_are_for_the_user_and_operators() {
    let mut scene = Scene::with(&[BOB, CY]);
    scene.connect(ANN);
    let ip = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let certificate = Some("c0ffee".into());
    let origin = Origin { ip, secure: true, certificate: certificate.clone(), ..Origin::default() };
    scene.ask(ANN, introduce("ann", origin));
    scene.ask(ANN, change_user("ann", &[(UserFlags::WALLOPS, true)]));
    scene.make_operator(CY);

    let private = Some(WhoisPrivate { ip, flags: UserFlags::WALLOPS, certificate });
    assert_eq!(whois(&scene, ANN, "ann").private, private);
    assert_eq!(whois(&scene, CY, "ann").private, private);
    assert_eq!(whois(&scene, BOB, "ann").private, None);
    assert!(whois(&scene, BOB, "ann").secure);
}

#[test]
fn rooms_both_are_in_are_shown_others_only_if_nothing_is_hidden() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    scene.all_join("#open", &[ANN]);
    scene.all_join("#secret", &[ANN]);
    scene.ask(ANN, change_in("#secret", &[flag(RoomFlags::SECRET)]));
    scene.ask(ANN, change(&[flag(RoomFlags::SECRET)]));
    scene.make_operator(CY);

    assert_eq!(rooms(&scene, ANN), ["#room", "#open", "#secret"]);
    assert_eq!(rooms(&scene, BOB), ["#room", "#open"]);
    assert_eq!(rooms(&scene, CY), ["#open"]);

    scene.ask(ANN, change_user("ann", &[(UserFlags::INVISIBLE, true)]));
    assert_eq!(rooms(&scene, ANN), ["#room", "#open", "#secret"]);
    assert_eq!(rooms(&scene, BOB), ["#room"]);
    assert_eq!(rooms(&scene, CY), Vec::<String>::new());
}

#[test]
fn only_speaking_ends_idleness() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, away("tea"));
    scene.ask(ANN, hub::Command::Say(Box::new(message(hub::SayKind::Signal, "#room", ""))));
    assert_eq!(whois(&scene, ANN, "ann").idle, 3);
    scene.ask(ANN, notice("#room", "hello"));
    assert_eq!(whois(&scene, ANN, "ann").idle, 0);
}
