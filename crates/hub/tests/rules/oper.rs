//! Operators of the server (§8).

use std::sync::Arc;

use hub::{Answer, Cause, Command, Effect, Event, Privileges, Query, Rejection, UserFlags};

use crate::scene::*;

fn kill(whom: &str) -> Command {
    Command::Kill { nick: whom.into(), reason: "spam".into() }
}

fn killed() -> Cause {
    Cause::Killed { by: nick("ann"), reason: "spam".into() }
}

#[test]
fn a_new_operator_is_told_so_and_then_its_mode_once() {
    let mut scene = Scene::with(&[ANN]);

    let effects = scene.ask(ANN, oper());

    let modes = scene.user_modes(ann(), &[(UserFlags::OPERATOR, true)]);
    assert_eq!(effects, [reply(Event::Opered), reply(modes)]);
    assert_eq!(scene.ask(ANN, oper()), [reply(Event::Opered)]);
    assert_eq!(scene.counts().operators, 1);
    scene.ask(ANN, quit(None));
    assert_eq!(scene.counts().operators, 0);
}

#[test]
fn a_killed_user_is_told_then_gone_from_its_rooms_then_closed() {
    let mut scene = Scene::in_and_out(&[BOB, CY], &[ANN]);
    scene.make_operator(ANN);

    let effects = scene.ask(ANN, kill("BOB"));

    let (at, who, reason) = (scene.at(), Arc::new(ann()), "spam".into());
    let told = Event::Killed { at, who, nick: nick("bob"), reason };
    assert_eq!(
        effects,
        [
            tell(BOB, told),
            leave(BOB, ROOM),
            tell_rooms(&[ROOM], &[], scene.quit(bob(), killed())),
            close(BOB, killed()),
        ]
    );
}

#[test]
fn operators_may_kill_themselves_and_others_not_even_themselves() {
    let mut scene = Scene::with(&[ANN]);
    assert_eq!(scene.ask(ANN, kill("ann")), [rejected(Rejection::NoPrivilege)]);
    assert_eq!(scene.ask(ANN, kill("nobody")), [rejected(Rejection::NoPrivilege)]);
    scene.make_operator(ANN);
    assert_eq!(scene.ask(ANN, kill("nobody")), [rejected(Rejection::NoSuchNick("nobody".into()))]);

    let effects = scene.ask(ANN, kill("ann"));

    let (at, who, reason) = (scene.at(), Arc::new(ann()), "spam".into());
    let told = Event::Killed { at, who, nick: nick("ann"), reason };
    assert_eq!(effects, [reply(told), close(ANN, killed())]);
}

#[test]
fn wallops_reach_those_who_asked_for_them_the_sender_too() {
    let mut scene = Scene::with(&[ANN, BOB, CY]);
    let wallops = || Command::Wallops { text: "reboot".into() };
    assert_eq!(scene.ask(ANN, wallops()), [rejected(Rejection::NoPrivilege)]);
    scene.make_operator(ANN);
    scene.ask(BOB, change_user("bob", &[(UserFlags::WALLOPS, true)]));

    let told = |scene: &Scene| {
        let (at, who) = (scene.at(), Arc::new(ann()));
        Arc::new(Event::Wallops { at, who, text: "reboot".into() })
    };
    assert_eq!(scene.ask(ANN, wallops()), [tell(BOB, told(&scene))]);
    scene.ask(ANN, change_user("ann", &[(UserFlags::WALLOPS, true)]));
    let effects = scene.ask(ANN, wallops());
    assert_eq!(effects, [tell(BOB, told(&scene)), reply(told(&scene))]);
}

#[test]
fn an_operator_may_have_the_configuration_read_or_stop_the_server() {
    let mut scene = Scene::with(&[ANN]);
    for command in [Command::Rehash, Command::Die] {
        assert_eq!(scene.ask(ANN, command), [rejected(Rejection::NoPrivilege)]);
    }
    scene.make_operator(ANN);
    assert_eq!(scene.ask(ANN, Command::Rehash), [reply(Event::Rehashing), Effect::Rehash { session: ANN }]);
    assert_eq!(scene.ask(ANN, Command::Die), [Effect::Shutdown]);
}

#[test]
fn an_operator_may_only_what_its_class_may() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, Command::Oper { privileges: Privileges::WALLOPS, title: "Helper".into() });
    assert_eq!(scene.ask(ANN, kill("bob")), [rejected(Rejection::NoPrivilege)]);
    assert_eq!(scene.query(ANN, Query::NetworkBans), Answer::Rejected(Rejection::NoPrivilege));
    assert_eq!(scene.ask(ANN, Command::Wallops { text: "hi".into() }), []);
}
