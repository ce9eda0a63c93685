//! Facts about users and rooms (§27).

use hub::{
    Answer, Audience, Command, Effect, Event, Fact, Limits, Query, Rank, Record, Rejection, SessionId,
};

use crate::scene::*;

#[test]
fn a_fact_about_oneself_is_told_to_those_it_concerns_who_subscribed_to_it() {
    let mut scene = Scene::in_and_out(&[ANN, BOB, CY], &[DAN]);
    for session in [ANN, BOB, DAN] {
        scene.ask(session, subscribe(&["url"]));
    }
    scene.ask(CY, subscribe(&["avatar"]));
    let effects = scene.ask(ANN, set("*", "url", Some("x")));
    assert_eq!(effects, [tell(BOB, told("ann", "url", Some("x"))), reply(told("ann", "url", Some("x")))]);
}

#[test]
fn those_who_watch_a_user_are_concerned_and_its_other_sessions() {
    let mut scene = Scene::with(&[BOB, CY]);
    for session in [ANN, DAN] {
        scene.connect(session);
        scene.register_as(session, "ann", "ann");
    }
    scene.ask(BOB, watch(&["Ann"]));
    for session in [ANN, BOB, CY, DAN] {
        scene.ask(session, subscribe(&["url"]));
    }
    let effects = scene.ask(ANN, set("ann", "url", Some("x")));
    assert_eq!(listeners(&effects), [BOB, DAN]);
}

#[test]
fn what_does_not_change_and_what_is_refused_nobody_hears_of() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(BOB, subscribe(&["url"]));
    assert_eq!(scene.ask(ANN, set("*", "url", None)), [reply(told("ann", "url", None))]);
    scene.ask(ANN, set("*", "url", Some("x")));
    assert_eq!(scene.ask(ANN, set("*", "url", Some("x"))), [reply(told("ann", "url", Some("x")))]);
    assert_eq!(scene.ask(ANN, set("bob", "url", Some("x"))), [forbidden("bob", "url")]);
    // An empty value is none.
    let effects = scene.ask(ANN, set("*", "url", Some("")));
    assert_eq!(effects, [tell(BOB, told("ann", "url", None)), reply(told("ann", "url", None))]);
}

#[test]
fn facts_about_a_room_are_set_by_its_operators_and_told_to_its_members() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    for session in [ANN, BOB, CY] {
        scene.ask(session, subscribe(&["url"]));
    }
    let effects = scene.ask(ANN, set("#ROOM", "url", Some("x")));
    assert_eq!(effects, [tell(BOB, told("#room", "url", Some("x"))), reply(told("#room", "url", Some("x")))]);
    scene.ask(ANN, change(&[give(Rank::Halfop, "bob")]));
    for session in [BOB, CY] {
        assert_eq!(scene.ask(session, set("#room", "url", None)), [forbidden("#room", "url")]);
        assert_eq!(scene.ask(session, clear("#room")), [forbidden("#room", "*")]);
    }
    assert_eq!(scene.ask(ANN, set("#nowhere", "url", None)), [nobody("#nowhere")]);
    assert_eq!(scene.ask(ANN, set("nobody", "url", None)), [nobody("nobody")]);
}

#[test]
fn an_operator_of_the_server_changes_those_of_others() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.make_operator(ANN);
    assert_eq!(scene.ask(ANN, set("bob", "url", Some("x"))), [reply(told("bob", "url", Some("x")))]);
    assert_eq!(get(&scene, BOB, "*", &["url"]), facts("bob", &[("url", Some("x"))]));
}

#[test]
fn there_are_only_so_many_and_one_that_is_there_can_still_be_changed() {
    let limits = Limits { facts: 1, subscriptions: 1, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits(limits), &[ANN]);
    scene.ask(ANN, set("*", "a", Some("1")));
    assert_eq!(scene.ask(ANN, set("*", "a", Some("2"))), [reply(told("ann", "a", Some("2")))]);
    let full = |what: &str| rejected(Rejection::MetadataFull { what: what.into(), limit: 1 });
    assert_eq!(scene.ask(ANN, set("*", "b", Some("1"))), [full("ann")]);
    assert_eq!(scene.ask(ANN, set("*", "b", None)), [reply(told("ann", "b", None))]);

    // The first that does not fit is told, and nothing behind it is looked at.
    let effects = scene.ask(ANN, subscribe(&["a", "b", "c", "a"]));
    assert_eq!(effects, [reply(Event::Subscribed { keys: vec!["a".into()], news: true }), full("b")]);
}

#[test]
fn asked_for_facts_come_in_the_order_asked_and_all_of_them_if_none_is_named() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, set("*", "b", Some("2")));
    scene.ask(ANN, set("*", "a", Some("1")));
    scene.ask(ANN, set("#room", "a", Some("1")));
    assert_eq!(get(&scene, BOB, "ANN", &["c", "b"]), facts("ann", &[("c", None), ("b", Some("2"))]));
    let all = Query::Metadata { target: "ann".into(), keys: None };
    assert_eq!(scene.query(BOB, all), facts("ann", &[("a", Some("1")), ("b", Some("2"))]));
    // Those about a room are for its members.
    assert_eq!(get(&scene, ANN, "#room", &["a"]), facts("#room", &[("a", Some("1"))]));
    let refused = Rejection::MetadataForbidden { target: "#room".into(), key: "*".into() };
    assert_eq!(get(&scene, BOB, "#room", &["a"]), Answer::Rejected(refused));
}

#[test]
fn clearing_tells_each_key_that_was_set() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(BOB, subscribe(&["b"]));
    scene.ask(ANN, set("*", "a", Some("1")));
    scene.ask(ANN, set("*", "b", Some("2")));
    let cleared = |keys: &[&str]| {
        let keys = keys.iter().map(|key| (*key).into()).collect();
        reply(Event::MetadataCleared { target: "ann".into(), keys })
    };
    assert_eq!(scene.ask(ANN, clear("*")), [tell(BOB, told("ann", "b", None)), cleared(&["a", "b"])]);
    assert_eq!(scene.ask(ANN, clear("*")), [cleared(&[])]);
}

#[test]
fn subscriptions_name_every_key_once_and_say_whether_any_is_new() {
    let mut scene = Scene::with(&[ANN]);
    let subscribed = |keys: &[&str], news| {
        reply(Event::Subscribed { keys: keys.iter().map(|key| (*key).into()).collect(), news })
    };
    assert_eq!(scene.ask(ANN, subscribe(&["b", "a", "b"])), [subscribed(&["b", "a"], true)]);
    assert_eq!(scene.ask(ANN, subscribe(&["b"])), [subscribed(&["b"], false)]);
    let gone = scene.ask(ANN, Command::Unsubscribe { keys: vec!["b".into(), "c".into()] });
    assert_eq!(gone, [reply(Event::Unsubscribed(vec!["b".into(), "c".into()]))]);
    assert_eq!(scene.query(ANN, Query::Subscriptions), Answer::Subscriptions(vec!["a".into()]));
}

#[test]
fn who_joins_is_told_what_it_wants_to_know_of_the_room_and_its_members() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, set("#room", "url", Some("room")));
    scene.ask(ANN, set("*", "url", Some("ann")));
    scene.ask(ANN, set("*", "avatar", Some("hidden")));
    scene.ask(BOB, subscribe(&["url"]));
    let effects = scene.ask(BOB, join("#room"));
    let metadata = effects.iter().find_map(|effect| match effect {
        Effect::Reply(event) => match &**event {
            Event::Entered { metadata, .. } => Some(metadata.clone()),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(metadata, Some(vec![fact("#room", "url", Some("room")), fact("ann", "url", Some("ann"))]));
}

#[test]
fn members_are_told_what_they_want_to_know_of_who_joins() {
    let mut scene = Scene::in_and_out(&[ANN, CY], &[BOB]);
    scene.ask(BOB, set("*", "url", Some("bob")));
    scene.ask(BOB, set("*", "avatar", Some("hidden")));
    scene.ask(ANN, subscribe(&["url"]));
    let effects = scene.ask(BOB, join("#room"));
    let found: Vec<&Effect> = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Tell { event, .. } if is_fact(event)))
        .collect();
    assert_eq!(found, [&tell(ANN, told("bob", "url", Some("bob")))]);
}

#[test]
fn synchronising_gives_what_one_subscribed_to_of_a_user_of_a_room_or_of_all_one_hears_of() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY, DAN]);
    for session in [ANN, BOB, CY, DAN] {
        scene.ask(session, set("*", "url", Some(name_of(session))));
        scene.ask(session, set("*", "other", Some("hidden")));
    }
    scene.ask(ANN, set("#room", "url", Some("room")));
    scene.ask(BOB, subscribe(&["url"]));
    scene.ask(BOB, watch(&["cy"]));
    let sync = |target: Option<&str>| match scene.query(BOB, Query::Sync(target.map(Into::into))) {
        Answer::Sync(_, facts) => facts.iter().map(|fact| fact.target.to_string()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(sync(Some("dan")), ["dan"]);
    assert_eq!(sync(Some("#room")), ["#room", "ann", "bob"]);
    let mut all = sync(None);
    all.sort();
    assert_eq!(all, ["#room", "ann", "bob", "cy"]);
}

#[test]
fn before_it_registers_a_session_speaks_of_itself_and_the_user_is_like_that() {
    let mut scene = Scene::with(&[]);
    scene.connect(ANN);
    assert_eq!(scene.ask(ANN, set("*", "url", Some("x"))), [reply(told("*", "url", Some("x")))]);
    assert_eq!(scene.ask(ANN, set("ann", "url", Some("x"))), [nobody("ann")]);
    assert_eq!(get(&scene, ANN, "*", &["url"]), facts("*", &[("url", Some("x"))]));
    scene.ask(ANN, subscribe(&["url"]));
    scene.ask(ANN, register(ANN));
    assert_eq!(get(&scene, ANN, "*", &["url"]), facts("ann", &[("url", Some("x"))]));
    assert_eq!(scene.query(ANN, Query::Subscriptions), Answer::Subscriptions(vec!["url".into()]));
}

#[test]
fn what_is_known_of_a_guest_goes_with_it() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(BOB, set("*", "url", Some("x")));
    scene.ask(BOB, quit(None));
    scene.connect(BOB);
    scene.ask(BOB, register(BOB));
    assert_eq!(get(&scene, ANN, "bob", &["url"]), facts("bob", &[("url", None)]));
}

#[test]
fn facts_about_an_account_are_kept_with_it_and_those_of_a_guest_become_those_of_its_account() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(ANN, set("*", "url", Some("x")));
    let records = scene.records(ANN, login(Some("ann")));
    assert!(matches!(&records[..], [Record::Account(account)] if account.metadata.len() == 1));
    let records = scene.records(ANN, set("*", "avatar", Some("y")));
    assert!(matches!(&records[..], [Record::Account(account)] if account.metadata.len() == 2));

    let mut scene = scene.restarted(plain_rooms());
    scene.connect(CY);
    scene.register_as(CY, "cy", "ann");
    assert_eq!(
        get(&scene, CY, "*", &["url", "avatar"]),
        facts("cy", &[("url", Some("x")), ("avatar", Some("y"))])
    );
}

#[test]
fn who_logs_in_is_known_by_what_its_account_says_and_who_logs_out_no_longer() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, login(Some("ann")));
    scene.ask(ANN, set("*", "url", Some("account")));
    scene.ask(BOB, subscribe(&["url"]));
    let mut heard = |account| {
        let effects = scene.ask(ANN, login(account));
        effects
            .into_iter()
            .filter(|effect| matches!(effect, Effect::Tell { event, .. } if is_fact(event)))
            .collect()
    };
    let gone: Vec<Effect> = heard(None);
    assert_eq!(gone, [tell(BOB, told("ann", "url", None))]);
    let back: Vec<Effect> = heard(Some("ann"));
    assert_eq!(back, [tell(BOB, told("ann", "url", Some("account")))]);
}

#[test]
fn with_an_account_goes_what_it_says_of_its_user() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, login(Some("ann")));
    scene.ask(ANN, set("*", "url", Some("x")));
    scene.ask(BOB, subscribe(&["url"]));
    let effects = scene.ask(ANN, Command::DropAccount { account: "ann".into() });
    assert!(effects.contains(&tell(BOB, told("ann", "url", None))));
    assert_eq!(get(&scene, BOB, "ann", &["url"]), facts("ann", &[("url", None)]));
}

fn set(target: &str, key: &str, value: Option<&str>) -> Command {
    Command::SetMetadata { target: target.into(), key: key.into(), value: value.map(Into::into) }
}

fn clear(target: &str) -> Command {
    Command::ClearMetadata { target: target.into() }
}

fn subscribe(keys: &[&str]) -> Command {
    Command::Subscribe { keys: keys.iter().map(|key| (*key).into()).collect() }
}

fn fact(target: &str, key: &str, value: Option<&str>) -> Fact {
    Fact { target: target.into(), key: key.into(), value: value.map(Into::into) }
}

fn told(target: &str, key: &str, value: Option<&str>) -> Event {
    Event::Metadata(fact(target, key, value))
}

fn is_fact(event: &Event) -> bool {
    matches!(event, Event::Metadata(_))
}

fn facts(target: &str, all: &[(&str, Option<&str>)]) -> Answer {
    Answer::Metadata(target.into(), all.iter().map(|(key, value)| fact(target, key, *value)).collect())
}

fn get(scene: &Scene, from: SessionId, target: &str, keys: &[&str]) -> Answer {
    let keys = Some(keys.iter().map(|key| (*key).into()).collect());
    scene.query(from, Query::Metadata { target: target.into(), keys })
}

fn forbidden(target: &str, key: &str) -> Effect {
    rejected(Rejection::MetadataForbidden { target: target.into(), key: key.into() })
}

fn nobody(target: &str) -> Effect {
    rejected(Rejection::NoMetadataTarget(target.into()))
}

/// Everyone who is told but the one who asked.
fn listeners(effects: &[Effect]) -> Vec<SessionId> {
    let sessions = effects.iter().filter_map(|effect| match effect {
        Effect::Tell { to: Audience::Session(session), .. } => Some(vec![*session]),
        Effect::Tell { to: Audience::Sessions(sessions), .. } => Some(sessions.clone()),
        _ => None,
    });
    sessions.flatten().collect()
}
