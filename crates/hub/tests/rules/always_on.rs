//! Users that stay when their last session leaves (§30, Always-on).

use hub::{
    AccountChange, AlwaysOn, Answer, Cause, Command, Counts, Destination, Effect, Event, Names, Query, Rank,
    Ranks, Record, SessionId, Settings, UserFlags, Via,
};

use crate::scene::*;

fn ann() -> hub::Identity {
    with_account(crate::scene::ann(), "ann")
}

/// Bob, and ann who stays, in `#room`: ann is its operator.
fn scene() -> Scene {
    let mut scene = Scene::with(&[BOB]);
    scene.attach(ANN);
    scene.told(ANN, always_on("ann", true));
    scene.all_join("#room", &[ANN, BOB]);
    scene
}

/// The same, and nobody is there for ann.
fn left() -> Scene {
    let mut scene = scene();
    scene.told(ANN, gone());
    scene
}

fn gone() -> Command {
    Command::Leave { cause: Cause::ConnectionClosed }
}

fn members(scene: &Scene) -> Vec<(String, Ranks)> {
    let Answer::Names(_, Some(Names { members, .. })) = scene.query(BOB, Query::Names(room_name("#room")))
    else {
        return Vec::new();
    };
    members.iter().map(|(ranks, who)| (who.nick.to_string(), *ranks)).collect()
}

fn whois(scene: &Scene) -> hub::Whois {
    match scene.query(BOB, Query::Whois("ann".into())) {
        Answer::Whois(whois) => *whois,
        other => panic!("{other:?}"),
    }
}

#[test]
fn when_the_last_session_leaves_nobody_notices() {
    let mut scene = scene();
    scene.told(BOB, watch(&["ann"]));

    let effects = scene.told(ANN, quit(Some("bye")));

    let cause = Cause::Quit(Some("bye".into()));
    let event = scene.quit(ann(), cause.clone());
    assert_eq!(effects, [leave(ANN, ROOM), reply(event), close(ANN, cause)]);
    assert_eq!(members(&scene), [("ann".into(), OP), ("bob".into(), NONE)]);
    let counts = Counts { visible: 2, rooms: 1, most: 2, ..Counts::default() };
    assert_eq!(scene.query(BOB, Query::Counts), Answer::Counts(counts));
    assert!(!whois(&scene).secure);
}

#[test]
fn a_user_that_is_not_there_can_be_written_to_and_kicked() {
    let mut scene = left();
    let effects = scene.told(BOB, say("ann", "hi"));
    assert_eq!(effects, [reply(scene.said(bob(), Destination::User(nick("ann")), "hi"))]);
    scene.make_operator(BOB);
    let force = Command::ChangeRoom {
        room: room_name("#room"),
        changes: vec![give(Rank::Operator, "bob")],
        force: true,
    };
    scene.told(BOB, force);
    assert_eq!(only_rejection(&scene.told(BOB, kick("ann", None))), None);
    assert_eq!(members(&scene), [("bob".into(), OP)]);
}

#[test]
fn who_comes_back_finds_itself_in_its_rooms_and_nobody_else_notices() {
    let mut scene = left();
    scene.connect(CY);

    let effects = told(scene.register_as(CY, "ann", "ann"));

    let counts = Counts { visible: 2, rooms: 1, most: 2, ..Counts::default() };
    let registered =
        Event::Registered { who: ann().into(), flags: UserFlags::empty(), counts, facts: vec![] };
    let joined = scene.joined(ann(), "#room");
    let found = entered("#room", None, &[(OP, ann()), (NONE, bob())]);
    assert_eq!(effects, [reply(registered), enter(CY, ROOM), reply(joined), reply(found)]);
}

#[test]
fn who_comes_back_does_so_under_any_free_nick_and_where_users_are_not_shared() {
    let mut scene = left();
    scene.told(SessionId::SERVER, change_account("ann", AccountChange::Several(Some(false))));
    scene.connect(CY);
    let effects = told(scene.register_as(CY, "other", "ann"));
    let Effect::Reply(event) = &effects[0] else { panic!("{effects:?}") };
    let Event::Registered { who, .. } = &**event else { panic!("{effects:?}") };
    assert_eq!(who.nick, nick("ann"));
    scene.connect(DAN);
    let in_use = hub::Rejection::NickInUse(nick("ann"));
    assert_eq!(told(scene.register_as(DAN, "ann", "ann")), [rejected(in_use)]);
}

#[test]
fn once_it_is_not_wanted_the_next_departure_is_a_quit() {
    let mut scene = scene();
    scene.told(ANN, always_on("ann", false));
    let effects = scene.told(ANN, gone());
    let cause = Cause::ConnectionClosed;
    let told = tell_rooms(&[ROOM], &[], scene.quit(ann(), cause.clone()));
    assert_eq!(effects, [leave(ANN, ROOM), told, close(ANN, cause)]);
    assert_eq!(scene.hub.saved().users, []);
}

#[test]
fn once_it_is_not_wanted_who_is_not_there_quits_at_once() {
    let mut scene = left();
    let effects = scene.told(SessionId::SERVER, always_on("ann", false));
    assert_eq!(effects[1..], [tell_rooms(&[ROOM], &[], scene.quit(ann(), Cause::Quit(None)))]);

    let mut scene = left();
    scene.make_operator(BOB);
    let effects = scene.told(BOB, Command::DropAccount { account: "ann".into() });
    assert_eq!(effects[1..], [tell_rooms(&[ROOM], &[], scene.quit(ann(), Cause::Quit(None)))]);

    let mut scene = left();
    let never = Settings { always_on: AlwaysOn::Never, ..plain_rooms() };
    let effects = scene.told(SessionId::SERVER, Command::Configure(Box::new(never)));
    assert_eq!(effects, [tell_rooms(&[ROOM], &[], scene.quit(ann(), Cause::Quit(None)))]);
}

#[test]
fn a_killed_or_banned_user_does_not_stay() {
    for command in [
        Command::Kill { nick: "ann".into(), reason: "spam".into() },
        Command::Ban { mask: "*@host.example".into(), reason: "spam".into(), until: None },
    ] {
        for mut scene in [scene(), left()] {
            scene.make_operator(BOB);
            scene.told(BOB, command.clone());
            assert_eq!(scene.hub.saved().users, [], "{command:?}");
        }
    }
}

#[test]
fn of_an_account_one_user_stays() {
    let mut scene = scene();
    scene.connect(CY);
    scene.register_as(CY, "other", "ann");
    scene.told(ANN, gone());
    let effects = scene.told(CY, gone());
    assert_eq!(effects, [close(CY, Cause::ConnectionClosed)]);
    assert_eq!(
        scene.query(BOB, Query::Ison(vec!["ann".into(), "other".into()])),
        Answer::Ison(vec![nick("ann")])
    );
}

#[test]
fn whether_all_some_or_none_stay_is_set() {
    for (always_on, choice, stays) in [
        (AlwaysOn::Never, Some(true), false),
        (AlwaysOn::OptIn, None, false),
        (AlwaysOn::OptIn, Some(true), true),
        (AlwaysOn::OptOut, None, true),
        (AlwaysOn::OptOut, Some(false), false),
        (AlwaysOn::Always, Some(false), true),
    ] {
        let mut scene = Scene::new(Settings { always_on, ..plain_rooms() });
        scene.told(SessionId::SERVER, change_account("ann", AccountChange::AlwaysOn(choice)));
        scene.attach(ANN);
        scene.told(ANN, gone());
        assert_eq!(scene.hub.saved().users.len(), usize::from(stays), "{always_on:?} {choice:?}");
    }
}

#[test]
fn an_operator_that_is_not_there_is_none() {
    let mut scene = scene();
    scene.make_operator(ANN);
    scene.told(ANN, gone());
    assert_eq!(whois(&scene).operator, None);
}

#[test]
fn who_left_away_stays_away_until_somebody_is_there() {
    let mut scene = scene();
    scene.told(ANN, away("tea"));
    scene.told(ANN, gone());
    assert_eq!(whois(&scene).away, Some("tea".into()));
    scene.connect(CY);
    let effects = told(scene.register_as(CY, "ann", "ann"));
    let back = tell_rooms(&[ROOM], &[CY], scene.gone_away(ann(), None, Via::Room));
    assert_eq!(effects.last(), Some(&back));
}

#[test]
fn it_is_there_again_after_a_restart_as_it_was() {
    let mut scene = scene();
    let modes = change_user("ann", &[(UserFlags::INVISIBLE, true), (UserFlags::BOT, true)]);
    for command in [rename("anna"), away("tea"), Command::SetRealname { text: "A.".into() }, join("#two")] {
        scene.told(ANN, command);
    }
    scene.told(ANN, change_user("anna", &[(UserFlags::INVISIBLE, true), (UserFlags::BOT, true)]));
    scene.told(ANN, modes);
    scene.told(ANN, give_in_room(Rank::Voice, "anna"));
    let before = scene.hub.saved();

    let mut scene = scene.restarted(plain_rooms());

    scene.connect(BOB);
    scene.told(BOB, register(BOB));
    scene.all_join("#room", &[BOB]);
    let counts = Counts { visible: 1, invisible: 1, rooms: 2, most: 2, ..Counts::default() };
    assert_eq!(scene.query(BOB, Query::Counts), Answer::Counts(counts));
    assert_eq!(members(&scene), [("anna".into(), OP | Ranks::VOICE), ("bob".into(), NONE)]);
    assert_eq!(scene.hub.saved().users, before.users);
    let Answer::Whois(whois) = scene.query(BOB, Query::Whois("anna".into())) else { panic!() };
    let user = &before.users[0];
    assert_eq!((whois.signon, whois.away, whois.who.bot), (user.signon, Some("tea".into()), true));
    assert_eq!(whois.who.realname, "A.".into());
}

fn give_in_room(rank: Rank, whom: &str) -> Command {
    change(&[give(rank, whom)])
}

#[test]
fn it_is_written_down_while_it_is_there_because_the_server_may_stop_at_any_moment() {
    let mut scene = Scene::with(&[]);
    scene.attach(ANN);
    let records = scene.records(ANN, always_on("ann", true));
    assert!(matches!(&records[..], [Record::Account(_), Record::User(_)]), "{records:?}");
    let records = scene.records(ANN, join("#room"));
    let user = records.iter().find_map(|record| match record {
        Record::User(user) => Some(user.rooms.clone()),
        _ => None,
    });
    assert_eq!(user, Some(vec![(room_name("#room"), OP)]));
    assert!(records.iter().any(|record| matches!(record, Record::Room(_))));
}

#[test]
fn nobody_stays_over_a_restart_where_that_is_not_allowed() {
    let scene = left();
    let scene = Scene::restored(Settings { always_on: AlwaysOn::Never, ..plain_rooms() }, scene.hub.saved());
    assert_eq!(scene.query(BOB, Query::Counts), Answer::Counts(Counts::default()));
}

#[test]
fn what_happens_after_a_restart_is_later_than_all_before() {
    let mut scene = left();
    scene.told(BOB, say("#room", "one"));
    let last = scene.hub.saved().latest.expect("something was kept");
    assert_eq!(last, scene.at());
    let mut scene = scene.restarted(plain_rooms());
    scene.turn_back(10);
    scene.connect(BOB);
    scene.told(BOB, register(BOB));
    let effects = scene.told(BOB, say("ann", "two"));
    let [Effect::Reply(said)] = &effects[..] else { panic!("{effects:?}") };
    assert!(said.at() > Some(last));
}
