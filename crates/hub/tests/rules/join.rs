//! Joining (§8, §9).

use hub::{
    Command, Event, Identity, Limits, ListKind, ModeChange, Ranks, Rejection, RoomFlags, Settings, Topic,
};

use crate::scene::*;

#[test]
fn the_first_to_join_becomes_operator() {
    let mut scene = Scene::with(&[ANN]);

    let effects = scene.ask(ANN, join("#room"));

    let found = entered("#room", None, &[(OP, ann())]);
    assert_eq!(effects, [enter(ANN, ROOM), reply(scene.joined(ann(), "#room")), reply(found)]);
    assert_eq!(scene.counts().rooms, 1);
}

#[test]
fn members_are_told_before_the_newcomer_enters_their_audience() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);

    let effects = scene.ask(BOB, join("#ROOM"));

    let joined = scene.joined(bob(), "#room");
    let found = entered("#room", None, &[(OP, ann()), (NONE, bob())]);
    assert_eq!(
        effects,
        [tell_room(ROOM, None, joined.clone()), enter(BOB, ROOM), reply(joined), reply(found)]
    );
}

#[test]
fn the_newcomer_is_shown_the_topic_and_no_names_it_did_not_ask_for() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, set_topic("tea"));
    let at = scene.at();

    let effects = scene.ask(BOB, Command::Join { room: room_name("#room"), key: None, names: false });

    let topic = Topic { text: "tea".into(), by: "ann!user@host.example".into(), at };
    let found = Event::Entered {
        room: room_name("#room"),
        topic: Some(topic),
        names: None,
        recent: vec![],
        marker: None,
        metadata: vec![],
    };
    assert_eq!(effects.last(), Some(&reply(found)));
}

#[test]
fn joining_where_one_is_has_no_effect() {
    let mut scene = Scene::in_room(&[ANN]);
    assert_eq!(scene.ask(ANN, join("#Room")), []);
}

#[test]
fn new_rooms_have_the_configured_switches() {
    let mut scene = Scene::with_settings(Settings::default(), &[ANN]);
    scene.ask(ANN, join("#room"));
    let flags = [RoomFlags::MEMBERS_SPEAK, RoomFlags::TOPIC_LOCKED].map(flag);
    assert_eq!(crate::room_modes::modes_of(&scene, ANN), flags);
}

#[test]
fn who_joins_while_away_is_announced_as_away_14() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(BOB, away("tea"));

    let effects = scene.ask(BOB, join("#room"));

    let (id, at, room) = (scene.id(), scene.at(), room_name("#room"));
    let joined = Event::Joined { id, at, who: bob().into(), room, away: Some("tea".into()) };
    assert_eq!(effects[0], tell_room(ROOM, None, joined));
}

/// What a room answers bob, after ann changed its modes.
fn answer_to_bob(changes: &[ModeChange]) -> Option<Rejection> {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(changes));
    only_rejection(&scene.ask(BOB, join("#Room")))
}

#[test]
fn each_mode_keeps_out_with_its_own_reason() {
    let room = room_name("#room");
    let cases = [
        (ModeChange::Limit(Some(1)), Some(Rejection::RoomFull(room.clone()))),
        (ModeChange::Limit(Some(2)), None),
        (flag(RoomFlags::INVITE_ONLY), Some(Rejection::InviteOnly(room.clone()))),
        (ban("bob"), Some(Rejection::Banned(room.clone()))),
        (ban("bobby"), None),
        (ModeChange::Key(Some("k".into())), Some(Rejection::BadKey(room))),
    ];
    for (mode, expected) in cases {
        assert_eq!(answer_to_bob(std::slice::from_ref(&mode)), expected, "{mode:?}");
    }
}

#[test]
fn of_several_reasons_the_first_of_471_473_474_475_is_told() {
    let room = room_name("#room");
    let key = ModeChange::Key(Some("k".into()));
    let (banned, closed, full) = (ban("*"), flag(RoomFlags::INVITE_ONLY), ModeChange::Limit(Some(1)));
    let mut modes = vec![key, banned];
    assert_eq!(answer_to_bob(&modes), Some(Rejection::Banned(room.clone())));
    modes.push(closed);
    assert_eq!(answer_to_bob(&modes), Some(Rejection::InviteOnly(room.clone())));
    modes.push(full);
    assert_eq!(answer_to_bob(&modes), Some(Rejection::RoomFull(room)));
}

#[test]
fn the_key_opens_what_it_locks() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, join("#room"));
    scene.ask(ANN, change(&[ModeChange::Key(Some("tea".into()))]));

    let with = |key: &str| Command::Join { room: room_name("#room"), key: Some(key.into()), names: false };

    assert_eq!(only_rejection(&scene.ask(BOB, with("Tea"))), Some(Rejection::BadKey(room_name("#room"))));
    assert_eq!(only_rejection(&scene.ask(BOB, with("tea"))), None);
}

#[test]
fn a_standing_invitation_lets_past_i_for_as_long_as_it_stands() {
    let lists = |on| ModeChange::List(ListKind::Invite, on, "bob!*@*".into());
    assert_eq!(answer_to_bob(&[flag(RoomFlags::INVITE_ONLY), lists(true)]), None);
    assert_eq!(
        answer_to_bob(&[lists(true), flag(RoomFlags::INVITE_ONLY), lists(false)]),
        Some(Rejection::InviteOnly(room_name("#room")))
    );
    let others = [lists(true), ban("bob"), flag(RoomFlags::INVITE_ONLY)];
    assert_eq!(answer_to_bob(&others), Some(Rejection::Banned(room_name("#room"))));
}

#[test]
fn who_leaves_a_full_room_makes_room() {
    let mut scene = Scene::with(&[ANN, BOB, CY]);
    scene.all_join("#room", &[ANN, BOB]);
    scene.ask(ANN, change(&[ModeChange::Limit(Some(1))]));
    scene.ask(BOB, part("#room"));
    assert!(only_rejection(&scene.ask(CY, join("#room"))).is_some());

    scene.ask(ANN, change(&[ModeChange::Limit(Some(2))]));
    assert_eq!(only_rejection(&scene.ask(CY, join("#room"))), None);
}

#[test]
fn there_are_limits_to_rooms_of_one_user_to_rooms_and_to_members() {
    let limits = Limits { rooms_per_user: 2, rooms: 3, members: 1, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits(limits), &[ANN, BOB]);
    scene.all_join("#a", &[ANN]);
    scene.all_join("#b", &[ANN]);
    scene.all_join("#c", &[BOB]);

    let mut answer = |session, room| only_rejection(&scene.ask(session, join(room)));

    assert_eq!(answer(ANN, "#c"), Some(Rejection::TooManyRooms(room_name("#c"))));
    assert_eq!(answer(ANN, "#x"), Some(Rejection::TooManyRooms(room_name("#x"))));
    assert_eq!(answer(BOB, "#x"), Some(Rejection::NoMoreRooms(room_name("#x"))));
    assert_eq!(answer(BOB, "#a"), Some(Rejection::RoomFull(room_name("#a"))));
}

#[test]
fn invisible_users_are_shown_to_who_is_in_the_room_with_them() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change_user("ann", &[(hub::UserFlags::INVISIBLE, true)]));

    let effects = scene.ask(BOB, join("#room"));

    let members: [(Ranks, Identity); 2] = [(OP, ann()), (NONE, bob())];
    assert_eq!(effects.last(), Some(&reply(entered("#room", None, &members))));
}
