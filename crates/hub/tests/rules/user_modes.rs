//! Modes of users (§9, §17).

use hub::{Answer, Identity, Query, Rejection, UserFlags};

use crate::scene::*;

#[test]
fn what_really_changed_is_told_in_order() {
    let mut scene = Scene::with(&[ANN]);
    let asked = [
        (UserFlags::INVISIBLE, true),
        (UserFlags::WALLOPS, false),
        (UserFlags::ACCOUNTS_WRITE, true),
        (UserFlags::INVISIBLE, true),
        (UserFlags::INVISIBLE, false),
    ];

    let effects = scene.ask(ANN, change_user("Ann", &asked));

    let changed =
        [(UserFlags::INVISIBLE, true), (UserFlags::ACCOUNTS_WRITE, true), (UserFlags::INVISIBLE, false)];
    assert_eq!(effects, [reply(scene.user_modes(ann(), &changed))]);
    assert_eq!(
        scene.query(ANN, Query::UserModes("ann".into())),
        Answer::UserModes(UserFlags::ACCOUNTS_WRITE)
    );
    assert_eq!(scene.ask(ANN, change_user("ann", &[(UserFlags::ACCOUNTS_WRITE, true)])), []);
}

#[test]
fn the_modes_of_others_are_not_ones_business() {
    let mut scene = Scene::with(&[ANN, BOB]);
    let changes = [(UserFlags::INVISIBLE, true)];
    assert_eq!(scene.ask(ANN, change_user("bob", &changes)), [rejected(Rejection::NotYourself)]);
    assert_eq!(scene.ask(ANN, change_user("No", &changes)), [rejected(Rejection::NoSuchNick("No".into()))]);
    assert_eq!(scene.query(ANN, Query::UserModes("bob".into())), Answer::Rejected(Rejection::NotYourself));
    let unknown = Answer::Rejected(Rejection::NoSuchNick("No".into()));
    assert_eq!(scene.query(ANN, Query::UserModes("No".into())), unknown);
}

#[test]
fn the_operator_switch_can_only_be_cleared() {
    let mut scene = Scene::with(&[ANN]);
    assert_eq!(scene.ask(ANN, change_user("ann", &[(UserFlags::OPERATOR, true)])), []);
    scene.make_operator(ANN);
    assert_eq!(scene.counts().operators, 1);

    let effects = scene.ask(ANN, change_user("ann", &[(UserFlags::OPERATOR, false)]));

    assert_eq!(effects, [reply(scene.user_modes(ann(), &[(UserFlags::OPERATOR, false)]))]);
    assert_eq!(scene.counts().operators, 0);
    assert_eq!(scene.ask(ANN, hub::Command::Rehash), [rejected(Rejection::NoPrivilege)]);
}

#[test]
fn a_bot_is_one_in_all_it_does_from_then_on_17() {
    let mut scene = Scene::in_room(&[ANN]);
    let bot = Identity { bot: true, ..ann() };

    let effects = scene.ask(ANN, change_user("ann", &[(UserFlags::BOT, true)]));
    assert_eq!(effects, [reply(scene.user_modes(bot.clone(), &[(UserFlags::BOT, true)]))]);

    let effects = scene.ask(ANN, set_topic("beep"));
    assert_eq!(effects.last(), Some(&reply(scene.topic_set(bot, "beep"))));
}

#[test]
fn invisible_users_are_counted_apart_8_lusers() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, change_user("ann", &[(UserFlags::INVISIBLE, true)]));
    assert_eq!((scene.counts().visible, scene.counts().invisible), (1, 1));
    scene.ask(ANN, quit(None));
    assert_eq!((scene.counts().visible, scene.counts().invisible), (1, 0));
}
