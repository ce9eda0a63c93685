//! Registered rooms (§30).

use hub::{
    Answer, Command, Effect, Event, Limits, ListFilter, ModeChange, Query, Rank, Ranks, Record, Rejection,
    RoomFlags, RoomRow, SavedRoom, SessionId, Settings, Settled,
};

use crate::scene::*;

#[test]
fn its_operator_registers_a_room_and_gets_the_rank_of_a_founder() {
    let mut scene = logged_in(&[ANN, BOB]);
    let effects = told(scene.ask(ANN, registration("#ROOM")));

    let modes = scene.room_modes(by(ANN), &[give(Rank::Founder, "ann")]);
    let settled = reply(Event::Settled(Settled::RoomRegistered(room_name("#room"))));
    assert_eq!(effects, [settled, tell_room(ROOM, Some(ANN), modes.clone()), reply(modes)]);
}

#[test]
fn a_registered_room_is_kept_before_anybody_is_told_that_it_is() {
    let mut scene = logged_in(&[ANN]);
    let effects = scene.whole(ANN, registration("#room"));
    let kept = effects.iter().take_while(|effect| matches!(effect, Effect::Keep(_))).count();
    let told = effects.iter().filter(|effect| !matches!(effect, Effect::Keep(_))).count();
    assert_eq!((kept, told), (2, effects.len() - 2));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Keep(record) if matches!(**record, Record::Room(_))))
    );
}

#[test]
fn it_takes_an_operator_with_an_account_and_a_room_that_is_not_registered() {
    let mut scene = logged_in(&[ANN, BOB]);
    let mut refused = |from, room| only_rejection(&scene.ask(from, registration(room)));
    assert_eq!(refused(BOB, "#room"), Some(Rejection::RankNeeded(room_name("#room"))));
    assert_eq!(refused(BOB, "#nowhere"), Some(Rejection::NoSuchRoom(room_name("#nowhere"))));
    assert_eq!(refused(ANN, "#room"), None);
    assert_eq!(refused(ANN, "#room"), Some(Rejection::RoomRegistered(room_name("#room"))));

    let mut scene = Scene::in_room(&[ANN]);
    assert_eq!(only_rejection(&scene.ask(ANN, registration("#room"))), Some(Rejection::NotLoggedIn));
}

#[test]
fn an_account_has_only_so_many_rooms_and_rooms_can_be_out_of_the_question() {
    let one = with_limits(Limits { rooms_per_account: 1, ..Limits::default() });
    let off = Settings { rooms_registered: false, ..plain_rooms() };
    for (settings, refusal) in
        [(one, Rejection::RoomsFull(room_name("#b"))), (off, Rejection::RegistrationOff)]
    {
        let mut scene = Scene::with_settings(settings, &[ANN]);
        scene.ask(ANN, login(Some("ann")));
        scene.all_join("#a", &[ANN]);
        scene.all_join("#b", &[ANN]);
        scene.ask(ANN, registration("#a"));
        assert_eq!(only_rejection(&scene.ask(ANN, registration("#b"))), Some(refusal));
    }
}

#[test]
fn it_stays_while_empty_with_all_there_is_about_it() {
    let mut scene = furnished();
    let before = scene.hub.saved().rooms;
    assert_eq!(scene.records(ANN, part("#room")).len(), 1);
    assert_eq!(scene.hub.saved().rooms, before);

    let list = Query::Rooms { filter: ListFilter::default(), after: None, most: 9 };
    let row = RoomRow { room: room_name("#room"), members: 0, topic: "news".into() };
    assert_eq!(scene.query(ANN, list), Answer::Rooms { rows: vec![row], next: None });
}

#[test]
fn it_is_restored_on_start() {
    let scene = furnished();
    let before = room_as_saved(&scene);
    let mut scene = scene.restarted(plain_rooms());
    assert_eq!(room_as_saved(&scene), before);
    assert_eq!(before.topic.as_ref().map(|topic| topic.text.to_string()).as_deref(), Some("news"));
    assert_eq!((before.bans.len(), before.flags), (1, RoomFlags::MODERATED));
    assert_eq!(before.metadata.len(), 1);

    for session in [ANN, BOB] {
        scene.connect(session);
        scene.ask(session, register(session));
        scene.ask(session, login(Some(name_of(session))));
    }
    // Who comes first is nobody in particular, but the founder is.
    scene.ask(BOB, join("#room"));
    scene.ask(ANN, join("#room"));
    assert_eq!(ranks(&scene), [(NONE, "bob".to_owned()), (Ranks::FOUNDER, "ann".to_owned())]);
}

#[test]
fn every_change_of_it_is_given_out_to_be_kept() {
    let mut scene = furnished();
    scene.ask(ANN, join("#other"));
    let fact = Command::SetMetadata { target: "#room".into(), key: "url".into(), value: None };
    for command in [
        set_topic("old"),
        change(&[flag(RoomFlags::SECRET)]),
        change(&[ban("a")]),
        change(&[ModeChange::Limit(Some(4))]),
        fact,
        access("bob", Some(Rank::Voice)),
        Command::TransferRoom { room: room_name("#room"), account: "bob".into() },
    ] {
        let told = format!("{command:?}");
        let saved = |record: &Record| match record {
            Record::Room(room) => Some((**room).clone()),
            _ => None,
        };
        let records = scene.records(ANN, command);
        let rooms: Vec<SavedRoom> = records.iter().filter_map(saved).collect();
        assert_eq!(rooms, [room_as_saved(&scene)], "{told}");
    }
    // Of other rooms nothing is kept but what happens in them.
    let elsewhere = scene.records(ANN, change_in("#other", &[flag(RoomFlags::SECRET)]));
    assert!(matches!(elsewhere[..], [Record::Item { .. }]));
}

#[test]
fn under_another_name_it_is_kept_as_that() {
    let mut scene = furnished();
    let to = room_name("#new");
    let records = scene.records(ANN, Command::RenameRoom { room: room_name("#room"), to, reason: "".into() });
    let gone = records.iter().position(|record| *record == Record::RoomGone("#room".into()));
    let kept = records.iter().position(|record| matches!(record, Record::Room(_)));
    assert!(gone.is_some() && gone < kept);
    assert_eq!(room_as_saved(&scene).name, room_name("#new"));
    assert_eq!(
        room_as_saved(&scene).registration.map(|registration| registration.founder),
        Some("ann".into())
    );
}

#[test]
fn the_founder_gets_its_rank_on_joining_and_is_told_last() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(ANN, registration("#room"));
    scene.ask(ANN, part("#room"));
    let effects = scene.ask(ANN, join("#room"));

    let founder = by(ANN);
    let joined = scene.joined(founder.clone(), "#room");
    let modes = match &effects[4] {
        Effect::Tell { event, .. } => event.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(&*modes, Event::RoomModes { changes, .. } if *changes == [give(Rank::Founder, "ann")]));
    let there = entered("#room", None, &[(NONE, by(BOB)), (Ranks::FOUNDER, founder)]);
    assert_eq!(
        effects,
        [
            tell_room(ROOM, None, joined.clone()),
            enter(ANN, ROOM),
            reply(joined),
            reply(there),
            tell_room(ROOM, Some(ANN), modes.clone()),
            reply(modes),
        ]
    );
}

#[test]
fn who_is_first_in_it_gets_no_rank_and_no_word_of_one() {
    let mut scene = logged_in(&[ANN]);
    scene.ask(ANN, registration("#room"));
    scene.ask(ANN, part("#room"));
    scene.connect(BOB);
    scene.ask(BOB, register(BOB));
    let effects = scene.ask(BOB, join("#room"));
    let joined = scene.joined(bob(), "#room");
    assert_eq!(effects, [enter(BOB, ROOM), reply(joined), reply(entered("#room", None, &[(NONE, bob())]))]);
}

#[test]
fn the_founder_can_always_join_and_others_by_the_usual_rules() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(ANN, registration("#room"));
    scene.ask(ANN, access("bob", Some(Rank::Operator)));
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY), ban("*!*@*"), ModeChange::Key(Some("k".into()))]));
    scene.ask(BOB, part("#room"));
    scene.ask(ANN, part("#room"));
    assert_eq!(
        only_rejection(&scene.ask(BOB, join("#room"))),
        Some(Rejection::InviteOnly(room_name("#room")))
    );
    assert_eq!(scene.ask(ANN, join("#room")).len(), 5);
}

#[test]
fn the_access_list_gives_ranks_on_joining() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(ANN, registration("#room"));
    let effects = told(scene.ask(ANN, access("BOB", Some(Rank::Halfop))));
    let settled =
        Settled::AccessSet { room: room_name("#room"), account: "bob".into(), rank: Some(Rank::Halfop) };
    assert_eq!(effects, [reply(Event::Settled(settled))]);
    scene.ask(BOB, part("#room"));
    scene.ask(BOB, join("#room"));
    assert_eq!(ranks(&scene)[1], (Ranks::HALFOP, "bob".to_owned()));

    scene.ask(ANN, access("bob", None));
    scene.ask(BOB, part("#room"));
    scene.ask(BOB, join("#room"));
    assert_eq!(ranks(&scene)[1], (NONE, "bob".to_owned()));
}

#[test]
fn the_access_list_is_the_founders_and_has_an_end() {
    let settings = with_limits(Limits { access: 1, ..Limits::default() });
    let mut scene = Scene::with_settings(settings, &[ANN, BOB, CY]);
    for session in [ANN, BOB, CY] {
        scene.ask(session, login(Some(name_of(session))));
    }
    scene.all_join("#room", &[ANN, BOB]);
    let mut refused = |from, account| only_rejection(&scene.ask(from, access(account, Some(Rank::Voice))));
    assert_eq!(refused(ANN, "bob"), Some(Rejection::RoomNotRegistered(room_name("#room"))));
    scene.ask(ANN, registration("#room"));
    let mut refused = |from, account| only_rejection(&scene.ask(from, access(account, Some(Rank::Voice))));
    assert_eq!(refused(BOB, "bob"), Some(Rejection::FounderNeeded(room_name("#room"))));
    assert_eq!(refused(ANN, "nobody"), Some(Rejection::NoSuchAccount("nobody".into())));
    assert_eq!(refused(ANN, "bob"), None);
    assert_eq!(refused(ANN, "bob"), None);
    assert_eq!(refused(ANN, "cy"), Some(Rejection::RoomsFull(room_name("#room"))));

    let asked = |session| scene.query(session, Query::Access(room_name("#room")));
    let list = vec![("bob".into(), Rank::Voice)];
    assert_eq!(asked(BOB), Answer::Access(room_name("#room"), list));
    assert_eq!(asked(CY), Answer::Rejected(Rejection::RankNeeded(room_name("#room"))));
}

#[test]
fn members_take_the_rank_that_is_theirs_and_give_others_operator() {
    let mut scene = logged_in(&[ANN, BOB, CY]);
    scene.ask(ANN, registration("#room"));
    scene.ask(ANN, access("bob", Some(Rank::Voice)));
    scene.ask(ANN, change(&[take(Rank::Founder, "ann"), take(Rank::Operator, "ann")]));

    let effects = scene.ask(BOB, take_rank(None));
    let modes = scene.room_modes(by(BOB), &[give(Rank::Voice, "bob")]);
    assert_eq!(effects, [tell_room(ROOM, Some(BOB), modes.clone()), reply(modes)]);
    assert_eq!(
        only_rejection(&scene.ask(BOB, take_rank(Some("cy")))),
        Some(Rejection::RankNeeded(room_name("#room")))
    );
    assert_eq!(
        only_rejection(&scene.ask(CY, take_rank(None))),
        Some(Rejection::RankNeeded(room_name("#room")))
    );

    scene.ask(ANN, take_rank(Some("cy")));
    scene.ask(ANN, take_rank(None));
    let all: Vec<Ranks> = ranks(&scene).into_iter().map(|(ranks, _)| ranks).collect();
    assert_eq!(all, [Ranks::FOUNDER, Ranks::VOICE, OP]);
    // Who has it already is given nothing.
    assert_eq!(scene.ask(ANN, take_rank(None)), []);
}

#[test]
fn another_account_can_be_made_the_founder() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(ANN, registration("#room"));
    let transfer = |to: &str| Command::TransferRoom { room: room_name("#room"), account: to.into() };
    assert_eq!(
        only_rejection(&scene.ask(BOB, transfer("bob"))),
        Some(Rejection::FounderNeeded(room_name("#room")))
    );
    scene.ask(ANN, transfer("Bob"));
    let registered = |answer| match answer {
        Answer::Registration(_, registration) => registration.founder,
        other => panic!("{other:?}"),
    };
    assert_eq!(registered(scene.query(ANN, Query::Registration(room_name("#ROOM")))), "bob");
    assert_eq!(
        only_rejection(&scene.ask(ANN, transfer("ann"))),
        Some(Rejection::FounderNeeded(room_name("#room")))
    );
}

#[test]
fn a_room_that_is_dropped_is_one_like_others() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(ANN, registration("#room"));
    let dropping = || Command::DropRoom { room: room_name("#room") };
    assert_eq!(
        only_rejection(&scene.ask(BOB, dropping())),
        Some(Rejection::FounderNeeded(room_name("#room")))
    );
    let records = scene.records(ANN, dropping());
    assert_eq!(records, [Record::RoomGone("#room".into())]);
    assert_eq!(
        only_rejection(&scene.ask(ANN, dropping())),
        Some(Rejection::RoomNotRegistered(room_name("#room")))
    );
    let registered = scene.query(ANN, Query::Registration(room_name("#room")));
    assert_eq!(registered, Answer::Rejected(Rejection::RoomNotRegistered(room_name("#room"))));
}

#[test]
fn an_operator_of_the_server_drops_rooms_of_others_and_an_empty_one_is_gone_then() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(ANN, registration("#room"));
    scene.all_join("#room", &[BOB]);
    scene.ask(ANN, part("#room"));
    scene.ask(BOB, part("#room"));
    scene.make_operator(BOB);
    assert_eq!(
        scene.records(BOB, Command::DropRoom { room: room_name("#room") }),
        [Record::RoomGone("#room".into())]
    );
    assert_eq!(scene.counts().rooms, 0);
}

#[test]
fn a_room_is_kept_too_while_a_user_that_stays_is_in_it() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(BOB, always_on("bob", true));
    scene.ask(ANN, set_topic("news"));
    scene.ask(ANN, change(&[give(Rank::Voice, "bob")]));
    assert_eq!(room_as_saved(&scene).topic.map(|topic| topic.text.to_string()), Some("news".to_owned()));

    scene = scene.restarted(plain_rooms());
    scene.connect(ANN);
    scene.ask(ANN, register(ANN));
    scene.ask(ANN, join("#room"));
    assert_eq!(ranks(&scene), [(Ranks::VOICE, "bob".to_owned()), (NONE, "ann".to_owned())]);
    scene.connect(BOB);
    scene.register_as(BOB, "bob", "bob");
    assert!(scene.records(BOB, part("#room")).contains(&Record::RoomGone("#room".into())));
}

#[test]
fn with_an_account_goes_all_it_had_in_rooms() {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(ANN, registration("#room"));
    scene.all_join("#bobs", &[BOB]);
    scene.ask(BOB, registration("#bobs"));
    let name = room_name("#bobs");
    scene.ask(BOB, Command::SetAccess { room: name.clone(), account: "ann".into(), rank: Some(Rank::Voice) });
    let records = scene.records(ANN, Command::DropAccount { account: "ann".into() });

    assert!(records.contains(&Record::RoomGone("#room".into())));
    assert_eq!(scene.query(BOB, Query::Access(name.clone())), Answer::Access(name, vec![]));
}

/// These users, logged in as they are called, in `#room`; the first is its operator.
fn logged_in(members: &[SessionId]) -> Scene {
    let mut scene = Scene::with(members);
    for &session in members {
        scene.ask(session, login(Some(name_of(session))));
    }
    scene.all_join("#room", members);
    scene
}

/// Ann in `#room`, which is hers, with a bit of everything; and Bob elsewhere.
fn furnished() -> Scene {
    let mut scene = logged_in(&[ANN, BOB]);
    scene.ask(BOB, part("#room"));
    scene.ask(ANN, registration("#room"));
    scene.ask(ANN, set_topic("news"));
    scene.ask(ANN, change(&[flag(RoomFlags::MODERATED), ban("*!*@evil"), ModeChange::Limit(Some(9))]));
    scene.ask(
        ANN,
        Command::SetMetadata { target: "#room".into(), key: "url".into(), value: Some("x".into()) },
    );
    scene
}

fn room_as_saved(scene: &Scene) -> SavedRoom {
    match &scene.hub.saved().rooms[..] {
        [room] => room.clone(),
        rooms => panic!("{rooms:?}"),
    }
}

/// The members of `#room`.
fn ranks(scene: &Scene) -> Vec<(Ranks, String)> {
    match scene.query(ANN, Query::Names(room_name("#room"))) {
        Answer::Names(_, Some(names)) => {
            names.members.iter().map(|(ranks, who)| (*ranks, who.nick.to_string())).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn by(session: SessionId) -> hub::Identity {
    with_account(who(session), name_of(session))
}

fn registration(room: &str) -> Command {
    Command::RegisterRoom { room: room_name(room) }
}

fn access(account: &str, rank: Option<Rank>) -> Command {
    Command::SetAccess { room: room_name("#room"), account: account.into(), rank }
}

fn take_rank(nick: Option<&str>) -> Command {
    Command::TakeRank { room: room_name("#room"), nick: nick.map(Into::into) }
}
