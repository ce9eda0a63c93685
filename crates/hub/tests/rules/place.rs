//! Users by number, seat and handle: what dialects go by in which names are not enough.

use std::net::SocketAddr;

use hub::{
    Answer, Command, Destination, Effect, Event, Handle, Identity, Limits, Origin, Query, Rejection, Say,
    SayKind, SessionId, Settings, Target,
};

use crate::scene::*;

fn with_seats(seats: u16) -> Settings {
    Settings { seats, ..plain_rooms() }
}

/// The user that came of a registration.
fn registered(effects: &[Effect]) -> Identity {
    match effects {
        [Effect::Reply(event), ..] => match &**event {
            Event::Registered { who, .. } => (**who).clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Somebody comes as the `n`-th session, and has this number and this seat.
fn comes(scene: &mut Scene, n: u64) -> (u32, Option<u16>) {
    let session = SessionId(n);
    scene.connect(session);
    let who = registered(&scene.ask(session, introduce(&format!("u{n}"), Origin::default())));
    (who.place.number, who.place.seat)
}

fn leaves(scene: &mut Scene, n: u64) {
    scene.ask(SessionId(n), quit(None));
}

fn say_to(to: Target, text: &str) -> Command {
    Command::Say(Box::new(Say { to, ..message(SayKind::Message, "", text) }))
}

fn group_handle() -> Handle {
    Handle { dialect: "group", addr: SocketAddr::from(([192, 0, 2, 7], 40_001)) }
}

#[test]
fn users_are_counted_from_one_and_no_number_comes_again() {
    let mut scene = Scene::with(&[]);
    assert_eq!((comes(&mut scene, 1).0, comes(&mut scene, 2).0), (1, 2));

    leaves(&mut scene, 2);

    assert_eq!(comes(&mut scene, 2).0, 3);
}

#[test]
fn of_many_that_come_and_go_each_who_stays_is_found_by_its_number() {
    let mut scene = Scene::with(&[ANN]);
    for n in 2..=50 {
        comes(&mut scene, n);
    }
    for n in (2..=50).filter(|n| n % 10 != 0) {
        leaves(&mut scene, n);
    }
    assert_eq!(comes(&mut scene, 51), (51, Some(50)));

    let mut is_here = |n: u32| only_rejection(&scene.ask(ANN, say_to(Target::Number(n), "hello"))).is_none();
    let here: Vec<u32> = (0..60).filter(|n| is_here(*n)).collect();
    assert_eq!(here, [1, 10, 20, 30, 40, 50, 51]);
}

#[test]
fn who_is_refused_uses_up_neither_number_nor_seat() {
    let mut scene = Scene::with(&[ANN]);
    scene.connect(BOB);
    scene.ask(BOB, register(ANN));
    assert_eq!(comes(&mut scene, 3), (2, Some(1)));
}

#[test]
fn one_more_session_of_a_user_uses_up_neither_number_nor_seat() {
    let mut scene = Scene::with(&[]);
    scene.connect(ANN);
    scene.register_as(ANN, "ann", "ann");
    scene.attach(BOB);
    assert_eq!(comes(&mut scene, 3), (2, Some(1)));
}

#[test]
fn a_seat_just_left_is_not_given_to_the_next_who_comes() {
    let mut scene = Scene::with_settings(with_seats(3), &[]);
    assert_eq!((comes(&mut scene, 1).1, comes(&mut scene, 2).1), (Some(0), Some(1)));

    leaves(&mut scene, 2);

    let seats: Vec<_> = [3, 4, 5].map(|n| comes(&mut scene, n).1).into();
    assert_eq!(seats, [Some(2), Some(1), None]);
}

#[test]
fn who_found_no_seat_has_a_number_all_the_same_and_the_next_takes_what_is_left() {
    let mut scene = Scene::with_settings(with_seats(1), &[]);
    assert_eq!(comes(&mut scene, 1), (1, Some(0)));
    assert_eq!(comes(&mut scene, 2), (2, None));

    leaves(&mut scene, 1);

    assert_eq!(comes(&mut scene, 3), (3, Some(0)));
}

#[test]
fn there_may_be_no_seats() {
    let mut scene = Scene::with_settings(with_seats(0), &[]);
    assert_eq!(comes(&mut scene, 1), (1, None));
}

#[test]
fn fewer_seats_take_none_away_and_give_none_beyond() {
    let mut scene = Scene::with_settings(with_seats(3), &[]);
    for n in 1..=3 {
        comes(&mut scene, n);
    }
    scene.ask(ANN, Command::Configure(Box::new(with_seats(1))));

    assert_eq!(comes(&mut scene, 4).1, None);
    leaves(&mut scene, 3);
    assert_eq!(comes(&mut scene, 5).1, None);
    leaves(&mut scene, 1);
    assert_eq!(comes(&mut scene, 6).1, Some(0));
}

#[test]
fn a_user_hears_what_is_said_to_its_number_or_its_seat() {
    for target in [Target::Number(2), Target::Seat(1)] {
        let mut scene = Scene::with(&[ANN, BOB]);

        let effects = scene.ask(ANN, say_to(target, "hello"));

        let said = scene.said(ann(), Destination::User(nick("bob")), "hello");
        assert_eq!(effects, [tell(BOB, said.clone()), reply(said)]);
    }
}

#[test]
fn a_number_leads_to_its_user_whatever_it_is_called() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(BOB, rename("rob"));

    let effects = scene.ask(ANN, say_to(Target::Number(2), "hello"));

    let said = scene.said(ann(), Destination::User(nick("rob")), "hello");
    assert_eq!(effects, [tell(BOB, said.clone()), reply(said)]);
}

#[test]
fn who_is_away_says_so_to_who_writes_to_its_number() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(BOB, away("lunch"));

    let effects = scene.ask(ANN, say_to(Target::Number(2), "hello"));

    assert_eq!(effects.last(), Some(&reply(Event::IsAway { nick: nick("bob"), text: "lunch".into() })));
}

#[test]
fn a_number_or_seat_that_nobody_has_is_answered_with_it() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(BOB, quit(None));

    for (target, name) in [
        (Target::Number(0), "0"),
        (Target::Number(2), "2"),
        (Target::Number(u32::MAX), "4294967295"),
        (Target::Seat(1), "1"),
        (Target::Seat(u16::MAX), "65535"),
    ] {
        let effects = scene.ask(ANN, say_to(target, "hello"));
        assert_eq!(effects, [rejected(Rejection::NoSuchNick(name.into()))]);
    }
}

#[test]
fn a_notice_to_nobody_is_refused_in_silence() {
    let mut scene = Scene::with(&[ANN]);
    let lost = Say { to: Target::Number(9), ..message(SayKind::Notice, "", "hello") };
    assert_eq!(scene.ask(ANN, Command::Say(Box::new(lost))), []);
}

#[test]
fn a_handle_is_shown_to_others_and_stays_through_a_change_of_nick() {
    let mut scene = Scene::with(&[ANN]);
    scene.connect(BOB);
    let origin = Origin { handle: Some(group_handle()), ..Origin::default() };

    let came = registered(&scene.ask(BOB, introduce("bob", origin)));
    scene.ask(BOB, rename("rob"));

    assert_eq!(came, Identity { handle: Some(group_handle().into()), ..bob() });
    match scene.query(ANN, Query::Whois("rob".into())) {
        Answer::Whois(whois) => assert_eq!(*whois.who, Identity { nick: nick("rob"), ..came }),
        other => panic!("{other:?}"),
    }
}

#[test]
fn those_put_out_of_the_server_leave_their_seats() {
    let limits = Limits { whowas: 0, ..Limits::default() };
    let mut scene = Scene::with_settings(Settings { seats: 2, limits, ..plain_rooms() }, &[ANN, BOB]);
    scene.make_operator(ANN);

    scene.ask(ANN, Command::Kill { nick: "bob".into(), reason: "spam".into() });

    assert_eq!(comes(&mut scene, 3), (3, Some(1)));
}
