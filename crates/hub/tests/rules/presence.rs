//! Changes of account, host and real name (§14, §15).

use std::sync::Arc;

use hub::{Change, Command, Event, Identity, Rejection, Via};

use crate::scene::*;

#[test]
fn logging_in_and_out_is_told_to_peers_and_oneself() {
    let mut scene = Scene::in_room(&[ANN, BOB]);

    let effects = scene.ask(ANN, login(Some("Ann")));

    // The name is told as it was registered.
    let owner = with_account(ann(), "ann");
    let answer = || reply(Event::LoggedIn { account: "ann".into(), who: Some(Arc::new(owner.clone())) });
    let change = Change::Account(Some("ann".into()));
    let told = scene.presence(owner.clone(), change, Via::Room);
    assert_eq!(effects, [answer(), tell_rooms(&[ROOM], &[ANN], told.clone()), reply(told)]);
    assert_eq!(scene.ask(ANN, login(Some("Ann"))), [answer()]);

    let effects = scene.ask(ANN, login(None));

    let told = scene.presence(ann(), Change::Account(None), Via::Room);
    let answer = reply(Event::LoggedOut { who: Some(Arc::new(ann())) });
    assert_eq!(effects, [answer, tell_rooms(&[ROOM], &[ANN], told.clone()), reply(told)]);
}

#[test]
fn a_new_real_name_is_told_to_peers_watchers_and_oneself() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    scene.ask(CY, watch(&["ann"]));

    let effects = scene.ask(ANN, Command::SetRealname { text: "Ann A.".into() });

    let renamed = Identity { realname: "Ann A.".into(), ..ann() };
    let told = |via| scene.presence(renamed.clone(), Change::Realname("Ann A.".into()), via);
    let room = told(Via::Room);
    assert_eq!(effects, [tell(CY, told(Via::Watch)), tell_rooms(&[ROOM], &[ANN], room.clone()), reply(room)]);
}

#[test]
fn a_new_host_is_told_of_who_it_was_and_again_in_each_room_with_the_ranks_there() {
    let mut scene = Scene::in_and_out(&[BOB], &[ANN]);
    scene.all_join("#two", &[BOB]);
    scene.make_operator(ANN);
    let _ = scene.ask(BOB, Command::Away { text: Some("lunch".into()) });
    let new_host = || Command::ChangeHost { nick: "Bob".into(), user: None, host: "cloak".into() };

    let effects = scene.ask(ANN, new_host());

    let away = Some("lunch".into());
    let change = |room| Change::Host { user: "user".into(), host: "cloak".into(), room, away: away.clone() };
    let told = scene.presence(bob(), change(None), Via::Room);
    let there = |room: &str| {
        let mut event = (*scene.presence(bob(), change(Some((room_name(room), OP))), Via::Room)).clone();
        if let hub::Event::Presence { at, .. } = &mut event {
            *at = at.next();
        }
        event
    };
    assert_eq!(
        effects,
        [
            tell_rooms(&[ROOM, ROOM_2], &[BOB], told.clone()),
            tell(BOB, told),
            tell_rooms(&[ROOM], &[BOB], there("#room")),
            tell_rooms(&[ROOM_2], &[BOB], there("#two")),
        ]
    );
    assert_eq!(scene.ask(ANN, new_host()), []);
}

#[test]
fn only_operators_change_hosts() {
    let mut scene = Scene::with(&[ANN, BOB]);
    let change = |nick: &str| Command::ChangeHost { nick: nick.into(), user: None, host: "cloak".into() };
    assert_eq!(scene.ask(ANN, change("no")), [rejected(Rejection::NoPrivilege)]);
    scene.make_operator(ANN);
    assert_eq!(scene.ask(ANN, change("no")), [rejected(Rejection::NoSuchNick("no".into()))]);
}
