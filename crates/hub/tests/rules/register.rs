//! Registering (§5 names, §6).

use std::sync::Arc;

use hub::{Answer, Command, Counts, Event, Limits, Query, Rejection, Settings, Text, UserFlags};

use crate::scene::*;

#[test]
fn who_registers_learns_who_it_is_and_who_is_here() {
    let mut scene = Scene::with(&[BOB]);
    scene.connect(ANN);

    let effects = scene.ask(ANN, register(ANN));

    let counts = Counts { visible: 2, most: 2, ..Counts::default() };
    assert_eq!(
        effects,
        [reply(Event::Registered {
            who: Arc::new(ann()),
            flags: UserFlags::empty(),
            counts,
            facts: Vec::new()
        })]
    );
}

#[test]
fn only_registering_and_leaving_are_open_to_who_has_not_registered_6() {
    let mut scene = Scene::with(&[]);
    scene.connect(ANN);

    assert_eq!(scene.ask(ANN, join("#room")), [rejected(Rejection::NotRegistered)]);
    assert_eq!(scene.query(ANN, Query::Whois("ann".into())), Answer::Rejected(Rejection::NotRegistered));
    assert_eq!(scene.query(ANN, Query::NickTaken(nick("ann"))), Answer::NickTaken(false));
}

#[test]
fn nobody_registers_twice_6() {
    let mut scene = Scene::with(&[ANN]);
    assert_eq!(scene.ask(ANN, register(BOB)), [rejected(Rejection::AlreadyRegistered)]);
}

#[test]
fn of_two_that_want_a_nick_the_first_to_register_gets_it_6() {
    let mut scene = Scene::with(&[]);
    scene.connect(ANN);
    scene.connect(BOB);
    scene.ask(BOB, introduce("Ann", Default::default()));

    assert_eq!(scene.query(ANN, Query::NickTaken(nick("ann"))), Answer::NickTaken(true));
    assert_eq!(scene.ask(ANN, register(ANN)), [rejected(Rejection::NickInUse(nick("ann")))]);
    assert_eq!(scene.counts().unknown, 1);
}

#[test]
fn nobody_takes_the_name_of_a_service_5() {
    let mut scene = Scene::with(&[BOB]);
    scene.connect(ANN);
    let reserved = Rejection::NickReserved(nick("nickserv"));

    let effects = scene.ask(ANN, introduce("nickserv", Default::default()));

    assert_eq!(effects, [rejected(reserved.clone())]);
    assert_eq!(scene.ask(BOB, rename("nickserv")), [rejected(reserved)]);
    assert_eq!(scene.query(BOB, Query::NickTaken(nick("nickserv"))), Answer::NickTaken(true));
}

#[test]
fn an_open_connection_is_unknown_until_it_registers_or_leaves_8_lusers() {
    let mut scene = Scene::with(&[ANN]);
    scene.connect(BOB);
    scene.connect(CY);
    assert_eq!(scene.counts(), Counts { visible: 1, unknown: 2, most: 1, ..Counts::default() });

    scene.ask(BOB, register(BOB));
    let effects = scene.ask(CY, quit(None));

    assert_eq!(effects, [close(CY, hub::Cause::Quit(None))]);
    assert_eq!(scene.counts(), Counts { visible: 2, most: 2, ..Counts::default() });
}

#[test]
fn users_start_with_the_configured_switches_but_never_as_operators() {
    let user_flags = UserFlags::INVISIBLE | UserFlags::OPERATOR | UserFlags::BOT;
    let mut scene = Scene::new(Settings { user_flags, ..Settings::default() });
    scene.connect(ANN);

    let effects = scene.ask(ANN, register(ANN));

    let counts = Counts { invisible: 1, most: 1, ..Counts::default() };
    let bot = Arc::new(hub::Identity { bot: true, ..ann() });
    let flags = UserFlags::INVISIBLE | UserFlags::BOT;
    assert_eq!(effects, [reply(Event::Registered { who: bot, flags, counts, facts: Vec::new() })]);
}

#[test]
fn a_long_real_name_is_cut() {
    let mut scene = Scene::new(with_limits(Limits { realname: 4, ..Limits::default() }));
    scene.connect(ANN);
    scene.ask(ANN, register(ANN));

    let Answer::Whois(whois) = scene.query(ANN, Query::Whois("ann".into())) else { panic!() };
    assert_eq!(whois.who.realname, Text::from("Real"));
}

#[test]
fn a_session_may_start_away_29() {
    let mut scene = Scene::with(&[BOB]);
    scene.connect(ANN);
    let Command::Register { nick, user, realname, origin, .. } = register(ANN) else { panic!() };
    scene.ask(ANN, Command::Register { nick, user, realname, origin, away: Some("asleep".into()) });

    let Answer::Whois(whois) = scene.query(BOB, Query::Whois("ann".into())) else { panic!() };
    assert_eq!(whois.away, Some("asleep".into()));
}

#[test]
fn commands_of_sessions_that_never_were_have_no_effect() {
    let mut scene = Scene::with(&[]);
    assert_eq!(scene.ask(ANN, register(ANN)), []);
    assert_eq!(scene.counts(), Counts::default());
}
