//! Operators of the server (§8).

use std::sync::Arc;

use hub::{Answer, Cause, Command, Effect, Event, Privileges, Query, Rejection, SessionId, UserFlags};

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

#[test]
fn the_server_itself_disconnects_and_bans_for_whoever_has_its_shell() {
    let mut scene = Scene::in_and_out(&[BOB, CY], &[ANN]);
    let server = SessionId::SERVER;
    assert_eq!(scene.ask(server, kill("dan")), [rejected(Rejection::NoSuchNick("dan".into()))]);

    let effects = scene.ask(server, kill("BOB"));

    let cause = || Cause::Killed { by: nick("saloon"), reason: "spam".into() };
    let gone = tell_rooms(&[ROOM], &[], scene.quit(bob(), cause()));
    assert_eq!(effects, [leave(BOB, ROOM), gone, close(BOB, cause())]);

    let (mask, reason) = ("host.example".into(), "spam".into());
    let effects = scene.ask(server, Command::Ban { mask, reason, until: None });
    assert!(
        effects.contains(&reply(Event::NetworkBanned { mask: "*@host.example".into(), closed: 2 })),
        "{effects:?}"
    );
    let at = scene.at();
    let bans: Vec<_> = scene.hub.bans(at).map(|ban| (ban.mask.as_str(), ban.by.as_str())).collect();
    assert_eq!(bans, [("*@host.example", "saloon")]);
    assert_eq!(scene.hub.census().sessions, 0);
    let ended = Event::NetworkUnbanned { mask: "*@host.example".into() };
    assert_eq!(scene.told(server, Command::Unban { mask: "host.example".into() }), [reply(ended)]);
    assert_eq!(scene.hub.bans(at).count(), 0);
}

#[test]
fn an_operator_sees_how_many_there_are_and_whose_session_is_whose() {
    let mut scene = Scene::in_and_out(&[BOB], &[ANN]);
    scene.connect(CY);
    let census = scene.hub.census();
    assert_eq!((census.sessions, census.users, census.rooms), (3, 2, 1));
    assert_eq!(scene.hub.seen(BOB).map(|seen| seen.who.nick.clone()), Some(nick("bob")));
    assert_eq!(scene.hub.seen(CY), None);
}
