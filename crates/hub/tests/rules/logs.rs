//! Histories: what is kept in which, and whose business it is (§23).

use std::sync::Arc;

use hub::{
    Answer, Destination, Effect, Event, LogKey, ModeChange, Party, Query, Reach, Record, Rejection,
    RoomFlags, SayKind, Settings,
};

use crate::scene::*;

#[test]
fn what_is_said_in_a_room_is_kept_before_anybody_is_told_of_it() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let guest = guest_of(&scene, ANN);
    let effects = scene.whole(ANN, say("#room", "hi"));

    let said = scene.said(ann(), Destination::Room(room_name("#room")), "hi");
    let item =
        Record::Item { logs: [room_log("#room")].into_iter().collect(), by: guest, event: said.clone() };
    assert_eq!(
        effects,
        [Effect::Keep(Box::new(item)), tell_room(ROOM, Some(ANN), said.clone()), reply(said)]
    );
}

#[test]
fn each_event_of_a_room_is_an_item_of_its_history() {
    let mut scene = Scene::with(&[ANN, BOB, CY]);
    let log = vec![room_log("#room")];
    for (from, command) in [
        (ANN, join("#Room")),
        (BOB, join("#room")),
        (ANN, set_topic("news")),
        (ANN, change(&[flag(RoomFlags::MODERATED)])),
        (ANN, notice("#room", "hi")),
        (BOB, rename("rob")),
        (ANN, kick("rob", None)),
        (BOB, join("#room")),
        (BOB, part("#room")),
        (ANN, quit(None)),
    ] {
        let told = format!("{command:?}");
        let items = scene.items(from, command);
        assert_eq!(items.iter().map(|(logs, _)| logs).collect::<Vec<_>>(), [&log], "{told}");
    }
}

#[test]
fn what_happens_in_several_rooms_is_one_item_of_each_history() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.all_join("#one", &[ANN]);
    scene.all_join("#two", &[ANN, BOB]);
    let renamed = scene.items(ANN, rename("anna"));
    let quit = scene.items(ANN, quit(None));

    assert_eq!(renamed[0].0, [room_log("#one"), room_log("#two")]);
    // Where somebody is left to be told comes first.
    assert_eq!(quit[0].0, [room_log("#two"), room_log("#one")]);
    assert_eq!((renamed.len(), quit.len()), (1, 1));
}

#[test]
fn what_does_not_last_is_not_kept_nor_is_what_only_some_ranks_were_told() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let mut passing = message(SayKind::Signal, "#room", "");
    passing.lasts = false;
    assert_eq!(scene.items(ANN, hub::Command::Say(Box::new(passing))), []);
    assert_eq!(scene.items(BOB, say("@#room", "hi")), []);
}

#[test]
fn nothing_is_an_item_where_nothing_is_kept_and_then_the_last_lines_are_repeated() {
    let mut scene =
        Scene::with_settings(Settings { history: false, recent: 1, ..plain_rooms() }, &[ANN, BOB]);
    scene.all_join("#room", &[ANN]);
    assert_eq!(scene.items(ANN, say("#room", "one")), []);
    scene.ask(ANN, say("#room", "two"));
    let effects = scene.ask(BOB, join("#room"));
    assert_eq!(repeated(&effects), ["two"]);
}

#[test]
fn where_things_are_kept_a_newcomer_is_told_nothing_of_them_on_entering() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, say("#room", "one"));
    assert_eq!(repeated(&scene.ask(BOB, join("#room"))), [""; 0]);
}

#[test]
fn a_direct_message_is_an_item_of_both_sides_each_under_the_account_or_nick_of_the_other() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, login(Some("Alice")));
    let bob = guest_of(&scene, BOB);
    let items = scene.items(ANN, say("BOB", "hi"));
    let theirs = LogKey::Direct { owner: bob, peer: "alice".into() };
    assert_eq!(items[0].0, [direct("alice", "bob"), theirs]);
    // Whoever asks names the user as it is called.
    assert_eq!(scene.log_of(ANN, "Bob"), items[0].0[0]);
    assert_eq!(scene.log_of(BOB, "ann"), items[0].0[1]);
}

#[test]
fn a_message_to_oneself_is_an_item_once() {
    let mut scene = Scene::with(&[ANN]);
    let items = scene.items(ANN, say("ann", "hi"));
    assert_eq!((items.len(), items[0].0.len()), (1, 1));
    assert_eq!(scene.log_of(ANN, "ann"), items[0].0[0]);
}

#[test]
fn who_has_the_nick_of_one_who_left_does_not_read_what_that_one_was_told() {
    let mut scene = Scene::with(&[ANN, BOB]);
    let items = scene.items(ANN, say("bob", "secret"));
    let forgotten = scene.records(BOB, quit(None));
    scene.connect(CY);
    scene.ask(CY, introduce("bob", hub::Origin::default()));

    assert!(!items[0].0.contains(&scene.log_of(CY, "ann")));
    let LogKey::Direct { owner, .. } = &items[0].0[1] else { panic!("{items:?}") };
    assert_eq!(forgotten, [Record::Forget(owner.clone())]);
}

#[test]
fn of_an_account_nothing_is_forgotten_when_it_leaves() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, login(Some("ann")));
    scene.ask(ANN, say("bob", "hi"));
    assert_eq!(scene.records(ANN, quit(None)), []);
}

#[test]
fn two_users_of_one_account_never_have_two_messages_of_one_time() {
    let mut scene = Scene::with(&[ANN, BOB, CY, DAN]);
    scene.ask(ANN, login(Some("shared")));
    scene.ask(BOB, login(Some("shared")));
    let first = scene.records(ANN, say("cy", "hi"));
    let second = scene.records_again(BOB, say("dan", "hi"));
    let at = |records: &[Record]| match &records[0] {
        Record::Item { event, .. } => match **event {
            Event::Said { at, .. } => at,
            _ => panic!("{event:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert!(at(&first) < at(&second));
}

#[test]
fn a_room_is_the_business_of_its_members_only() {
    let scene = Scene::in_and_out(&[ANN], &[BOB]);
    let reach = |session, target: &str| scene.query(session, Query::Reach(Some(target.into())));
    let refused = |target: &str| Answer::Rejected(Rejection::NoSuchTarget(target.into()));
    assert_eq!(reach(BOB, "#room"), refused("#room"));
    assert_eq!(reach(ANN, "#nowhere"), refused("#nowhere"));
    assert!(matches!(reach(ANN, "#ROOM"), Answer::Reach(_)));
}

#[test]
fn all_of_ones_business_is_the_rooms_one_is_in_and_oneself() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, login(Some("Alice")));
    scene.all_join("#One", &[ANN]);
    scene.all_join("#two", &[BOB]);
    let owner = Party::Account("alice".into());
    let reach = Reach { log: None, rooms: vec![(room_log("#one"), room_name("#One"))], owner };
    assert_eq!(scene.query(ANN, Query::Reach(None)), Answer::Reach(Box::new(reach)));
}

#[test]
fn who_comes_to_an_open_room_that_was_empty_finds_its_history() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    let before = scene.log_of(ANN, "#room");
    scene.ask(ANN, part("#room"));
    scene.ask(BOB, join("#room"));
    assert_eq!(scene.log_of(BOB, "#room"), before);
}

#[test]
fn who_takes_the_name_of_a_closed_room_does_not_find_its_history() {
    for close in [flag(RoomFlags::INVITE_ONLY), ModeChange::Key(Some("secret".into()))] {
        let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
        let before = scene.log_of(ANN, "#room");
        let records = scene.records(ANN, change(&[close]));
        let Record::Log { name, log: Some(next) } = &records[0] else { panic!("{records:?}") };
        assert_eq!(name, "#room");
        scene.ask(ANN, part("#room"));
        scene.ask(BOB, join("#room"));

        assert_eq!(scene.log_of(BOB, "#room"), LogKey::Room(next.clone()));
        assert_ne!(scene.log_of(BOB, "#room"), before);
    }
}

#[test]
fn a_room_that_is_opened_again_leaves_its_history_behind_after_all() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY)]));
    let records = scene.records(ANN, change(&[ModeChange::Flag(RoomFlags::INVITE_ONLY, false)]));
    assert_eq!(records[0], Record::Log { name: "#room".into(), log: None });
}

#[test]
fn nobody_can_call_a_room_like_the_history_of_another() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY)]));
    let [(_, log)] = &scene.hub.saved().logs[..] else { panic!() };
    assert!(hub::RoomName::new(log, usize::MAX).is_err());
}

#[test]
fn when_too_many_rooms_were_closed_all_names_begin_anew() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.all_join("#old", &[ANN]);
    scene.all_join("#inhabited", &[BOB]);
    let (old, inhabited) = (scene.log_of(ANN, "#old"), scene.log_of(BOB, "#inhabited"));
    scene.ask(ANN, part("#old"));
    for number in 0..=10_000 {
        let room = format!("#{number}");
        scene.unwatched(ANN, join(&room));
        scene.unwatched(ANN, change_in(&room, &[flag(RoomFlags::INVITE_ONLY)]));
        scene.unwatched(ANN, part(&room));
    }

    assert_eq!(scene.hub.saved().logs.len(), 1);
    scene.ask(ANN, join("#old"));
    scene.ask(ANN, join("#5"));
    assert_ne!(scene.log_of(ANN, "#old"), old);
    assert_ne!(scene.log_of(ANN, "#5"), room_log("#5"));
    assert_eq!(scene.log_of(BOB, "#inhabited"), inhabited);
}

#[test]
fn which_histories_are_whose_outlives_a_restart() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY)]));
    let [(_, log)] = &scene.hub.saved().logs[..] else { panic!() };
    let log = LogKey::Room(log.clone());
    let mut scene = scene.restarted(plain_rooms());
    scene.connect(BOB);
    scene.ask(BOB, register(BOB));
    scene.ask(BOB, join("#room"));
    assert_eq!(scene.log_of(BOB, "#room"), log);
}

/// Whose is what a user without account says.
fn guest_of(scene: &Scene, session: hub::SessionId) -> Party {
    match scene.query(session, Query::Reach(None)) {
        Answer::Reach(reach) => reach.owner,
        other => panic!("{other:?}"),
    }
}

/// The words that one who entered is told again.
fn repeated(effects: &[Effect]) -> Vec<String> {
    let recent = effects.iter().find_map(|effect| match effect {
        Effect::Reply(event) => match &**event {
            Event::Entered { recent, .. } => Some(recent),
            _ => None,
        },
        _ => None,
    });
    let words = |event: &Arc<Event>| match &**event {
        Event::Said { text, .. } => text.to_string(),
        other => panic!("{other:?}"),
    };
    recent.expect("somebody entered").iter().map(words).collect()
}
