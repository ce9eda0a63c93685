//! Several sessions of one user (§30).

use std::sync::Arc;

use hub::{Answer, Cause, Counts, Destination, Event, Query, Rejection, Settings, Several, UserFlags, Via};

use crate::scene::*;

/// The second session of ann.
const PHONE: hub::SessionId = DAN;

fn ann() -> hub::Identity {
    with_account(crate::scene::ann(), "ann")
}

/// Ann twice and bob once, in `#room`.
fn ann_twice() -> Scene {
    let mut scene = Scene::with(&[BOB]);
    scene.attach(ANN);
    scene.all_join("#room", &[ANN, BOB]);
    scene.attach(PHONE);
    scene
}

#[test]
fn a_second_session_finds_itself_in_the_rooms_and_nobody_else_notices() {
    let mut scene = Scene::with(&[BOB]);
    scene.attach(ANN);
    scene.all_join("#room", &[ANN, BOB]);
    scene.all_join("#two", &[ANN]);
    scene.connect(PHONE);

    let effects = scene.register_as(PHONE, "Ann", "ANN");

    let counts = Counts { visible: 2, rooms: 2, most: 2, ..Counts::default() };
    let joined = |plus, room| {
        let (id, at, who, room) = (scene.id_plus(plus), scene.at(), Arc::new(ann()), room_name(room));
        Event::Joined { id, at, who, room, away: None }
    };
    assert_eq!(
        effects,
        [
            reply(Event::Registered {
                who: Arc::new(ann()),
                flags: UserFlags::empty(),
                counts,
                facts: Vec::new()
            }),
            enter(PHONE, ROOM),
            reply(joined(0, "#room")),
            reply(entered("#room", None, &[(OP, ann()), (NONE, bob())])),
            enter(PHONE, ROOM_2),
            reply(joined(1, "#two")),
            reply(entered("#two", None, &[(OP, ann())])),
        ]
    );
}

#[test]
fn the_nick_of_another_account_or_of_none_is_in_use() {
    let mut scene = Scene::with(&[BOB]);
    scene.attach(ANN);
    scene.connect(PHONE);
    for (name, account) in [("ann", Some("anna")), ("ann", None), ("bob", Some("bob"))] {
        scene.ask(PHONE, login(account));
        let effects = scene.ask(PHONE, introduce(name, Default::default()));
        assert_eq!(effects, [rejected(Rejection::NickInUse(nick(name)))], "{name} {account:?}");
    }
}

#[test]
fn where_several_sessions_are_not_allowed_the_nick_is_in_use() {
    let mut scene = Scene::new(Settings { several_sessions: Several::Never, ..plain_rooms() });
    scene.attach(ANN);
    scene.connect(PHONE);
    assert_eq!(scene.register_as(PHONE, "ann", "ann"), [rejected(Rejection::NickInUse(nick("ann")))]);
}

#[test]
fn all_sessions_enter_leave_and_are_told_once_each() {
    let mut scene = ann_twice();

    let effects = scene.ask(PHONE, join("#two"));
    let joined = scene.joined(ann(), "#two");
    let found = entered("#two", None, &[(OP, ann())]);
    assert_eq!(
        effects,
        [
            enter(ANN, ROOM_2),
            enter(PHONE, ROOM_2),
            tell(ANN, joined.clone()),
            reply(joined),
            tell(ANN, found.clone()),
            reply(found),
        ]
    );

    let effects = scene.ask(ANN, part("#room"));
    let parted = scene.parted(ann(), "#room", None);
    assert_eq!(
        effects,
        [
            leave(ANN, ROOM),
            leave(PHONE, ROOM),
            tell_room(ROOM, None, parted.clone()),
            tell(PHONE, parted.clone()),
            reply(parted),
        ]
    );
}

#[test]
fn what_one_session_says_the_others_are_shown() {
    let mut scene = ann_twice();

    let effects = scene.ask(ANN, say("bob", "hi"));
    let said = scene.said(ann(), Destination::User(nick("bob")), "hi");
    assert_eq!(effects, [tell(BOB, said.clone()), tell(PHONE, said.clone()), reply(said)]);

    let effects = scene.ask(ANN, say("#room", "hi"));
    let said = scene.said(ann(), Destination::Room(room_name("#room")), "hi");
    assert_eq!(effects, [tell_room(ROOM, Some(ANN), said.clone()), reply(said)]);

    let effects = scene.ask(ANN, say("@#room", "hi"));
    let said = scene.said(ann(), Destination::Ranked("@#room".into()), "hi");
    assert_eq!(effects, [tell(PHONE, said.clone()), reply(said)]);

    let effects = scene.ask(BOB, say("ann", "hi"));
    let said = scene.said(bob(), Destination::User(nick("ann")), "hi");
    assert_eq!(effects, [tell_sessions(&[ANN, PHONE], said.clone()), reply(said)]);

    let effects = scene.ask(ANN, say("ann", "note"));
    let said = scene.said(ann(), Destination::User(nick("ann")), "note");
    assert_eq!(effects, [reply(said.clone()), tell_sessions(&[ANN, PHONE], said)]);
}

#[test]
fn a_new_nick_and_new_modes_are_told_to_every_session() {
    let mut scene = ann_twice();

    let effects = scene.ask(PHONE, rename("anna"));
    let renamed = scene.renamed(ann(), "anna");
    assert_eq!(
        effects,
        [tell_rooms(&[ROOM], &[ANN, PHONE], renamed.clone()), tell(ANN, renamed.clone()), reply(renamed)]
    );

    let change = [(UserFlags::WALLOPS, true)];
    let effects = scene.ask(PHONE, change_user("anna", &change));
    let modes = scene.user_modes(with_account(called("anna"), "ann"), &change);
    assert_eq!(effects, [tell(ANN, modes.clone()), reply(modes)]);
}

#[test]
fn the_kicked_are_told_on_every_session_once() {
    let mut scene = ann_twice();

    let effects = scene.ask(ANN, kick("ann", None));

    let kicked = scene.kicked(ann(), "ann", "ann");
    assert_eq!(
        effects,
        [
            leave(ANN, ROOM),
            leave(PHONE, ROOM),
            tell_room(ROOM, Some(ANN), kicked.clone()),
            tell(PHONE, kicked.clone()),
            reply(kicked),
        ]
    );
}

#[test]
fn one_session_leaves_unseen_and_the_last_one_quits() {
    let mut scene = ann_twice();

    let cause = Cause::Quit(Some("bye".into()));
    let effects = scene.ask(ANN, quit(Some("bye")));
    assert_eq!(
        effects,
        [leave(ANN, ROOM), reply(scene.quit(ann(), cause.clone())), close(ANN, cause.clone())]
    );
    assert_eq!(scene.counts().visible, 2);

    let effects = scene.ask(PHONE, quit(Some("bye")));
    let event = scene.quit(ann(), cause.clone());
    assert_eq!(
        effects,
        [leave(PHONE, ROOM), tell_rooms(&[ROOM], &[], event.clone()), reply(event), close(PHONE, cause)]
    );
}

#[test]
fn a_user_is_away_only_if_all_its_sessions_are() {
    let mut scene = ann_twice();

    assert_eq!(scene.ask(ANN, away("tea")), [reply(Event::AwaySet(true))]);
    let effects = scene.ask(PHONE, away("walk"));
    let told = scene.gone_away(ann(), Some("walk"), Via::Room);
    assert_eq!(effects, [tell_rooms(&[ROOM], &[ANN, PHONE], told), reply(Event::AwaySet(true))]);

    let effects = scene.ask(ANN, hub::Command::Away { text: None });
    let told = scene.gone_away(ann(), None, Via::Room);
    assert_eq!(effects, [tell_rooms(&[ROOM], &[ANN, PHONE], told), reply(Event::AwaySet(false))]);
}

#[test]
fn who_comes_brings_its_user_back_and_who_leaves_may_leave_it_away() {
    let mut scene = Scene::new(plain_rooms());
    scene.attach(ANN);
    scene.all_join("#room", &[ANN]);
    scene.ask(ANN, away("tea"));
    scene.connect(PHONE);

    let effects = scene.register_as(PHONE, "ann", "ann");
    let told = scene.gone_away(ann(), None, Via::Room);
    assert_eq!(effects.last(), Some(&tell_rooms(&[ROOM], &[ANN, PHONE], told)));

    let effects = scene.ask(PHONE, hub::Command::Leave { cause: Cause::ConnectionClosed });
    let told = scene.gone_away(ann(), Some("tea"), Via::Room);
    assert_eq!(
        effects,
        [leave(PHONE, ROOM), tell_rooms(&[ROOM], &[ANN], told), close(PHONE, Cause::ConnectionClosed)]
    );
}

#[test]
fn absence_without_a_reason_does_not_override_a_real_text_29() {
    let mut scene = ann_twice();
    scene.ask(ANN, away("tea"));
    scene.ask(PHONE, away("*"));
    let Answer::Whois(whois) = scene.query(BOB, Query::Whois("ann".into())) else { panic!() };
    assert_eq!(whois.away, Some("tea".into()));
}

#[test]
fn a_connection_is_secure_only_if_every_session_is() {
    let mut scene = Scene::with(&[]);
    let secure = || hub::Origin { secure: true, ..Default::default() };
    scene.connect(ANN);
    scene.introduce_as(ANN, "ann", introduce("ann", secure()));
    let is_secure = |scene: &Scene| match scene.query(ANN, Query::Whois("ann".into())) {
        Answer::Whois(whois) => whois.secure,
        other => panic!("{other:?}"),
    };
    assert!(is_secure(&scene));
    scene.attach(PHONE);
    assert!(!is_secure(&scene));
}
