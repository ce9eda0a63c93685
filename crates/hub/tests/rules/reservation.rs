//! Nicknames that are kept for an account (§30).

use hub::{Answer, Command, Query, Rejection, Settings};

use crate::scene::*;

/// There is an account `ann`; bob is here.
fn scene() -> Scene {
    let mut scene = Scene::with_accounts(Settings::default(), &["ann"]);
    scene.connect(BOB);
    scene.told(BOB, register(BOB));
    scene
}

fn owned(name: &str) -> Rejection {
    Rejection::NickOwned(nick(name))
}

#[test]
fn only_the_owner_registers_with_it_or_takes_it() {
    let mut scene = scene();
    scene.connect(ANN);
    assert_eq!(scene.told(ANN, introduce("Ann", Default::default())), [rejected(owned("Ann"))]);
    assert_eq!(scene.told(BOB, rename("ANN")), [rejected(owned("ANN"))]);
    scene.told(BOB, login(Some("ann")));
    assert_eq!(only_rejection(&scene.told(BOB, rename("ann"))), None);
}

#[test]
fn where_nicknames_are_not_kept_anyone_takes_it() {
    let mut scene = Scene::with_accounts(plain_rooms(), &["ann"]);
    scene.connect(ANN);
    assert_eq!(only_rejection(&scene.told(ANN, register(ANN))), None);
}

#[test]
fn before_registration_it_is_told_whether_somebody_has_or_owns_it() {
    let mut scene = scene();
    scene.connect(ANN);
    let taken =
        |scene: &Scene, name| scene.query(ANN, Query::NickTaken(nick(name))) == Answer::NickTaken(true);
    assert!(taken(&scene, "ann"));
    assert!(!taken(&scene, "cy"));
    scene.told(BOB, login(Some("ann")));
    assert!(taken(&scene, "bob"));
    // Then it is its own, and may be a session more of that user.
    scene.told(ANN, login(Some("ann")));
    assert!(!taken(&scene, "ann"));
    assert!(!taken(&scene, "bob"));
}

#[test]
fn the_owner_sends_away_who_has_it() {
    let mut scene = scene();
    scene.connect(ANN);
    scene.register_as(ANN, "ann", "ann");
    scene.told(ANN, login(None));
    scene.told(BOB, login(Some("ann")));

    let effects = scene.told(BOB, Command::Ghost { nick: "Ann".into() });

    let cause = hub::Cause::Killed { by: nick("bob"), reason: "ghost".into() };
    let settled = hub::Settled::Ghosted(nick("ann"));
    assert_eq!(effects, [reply(hub::Event::Settled(settled)), close(ANN, cause)]);
    assert_eq!(only_rejection(&scene.told(BOB, rename("ann"))), None);
}

#[test]
fn ghosting_takes_an_account_and_somebody_of_it() {
    let mut scene = Scene::with(&[ANN, BOB]);
    let mut ghost = |nick: &str| only_rejection(&scene.told(ANN, Command::Ghost { nick: nick.into() }));
    assert_eq!(ghost("bob"), Some(Rejection::NotLoggedIn));
    scene.told(ANN, login(Some("ann")));
    let mut ghost = |nick: &str| only_rejection(&scene.told(ANN, Command::Ghost { nick: nick.into() }));
    assert_eq!(ghost("bob"), Some(Rejection::NoPrivilege));
    assert_eq!(ghost("no"), Some(Rejection::NoSuchNick("no".into())));
    // It is the only session of its user.
    assert_eq!(ghost("Ann"), Some(Rejection::NoSuchNick("ann".into())));
}

#[test]
fn ghosting_oneself_disconnects_the_other_sessions() {
    let mut scene = Scene::in_room(&[BOB]);
    scene.attach(ANN);
    scene.all_join("#room", &[ANN]);
    scene.attach(DAN);

    let effects = scene.told(DAN, Command::Ghost { nick: "ann".into() });

    let cause = hub::Cause::Killed { by: nick("ann"), reason: "ghost".into() };
    let settled = hub::Settled::Ghosted(nick("ann"));
    assert_eq!(effects, [reply(hub::Event::Settled(settled)), leave(ANN, ROOM), close(ANN, cause)]);
}
