//! Taking messages back (§25).

use std::sync::Arc;

use hub::{
    Command, Destination, Event, Identity, LogKey, MessageId, Party, Rank, Record, Rejection, SessionId,
};

use crate::scene::*;

const MESSAGE: MessageId = MessageId(7);

#[test]
fn the_author_takes_a_message_back_and_everyone_who_was_told_it_is_told_that() {
    let mut scene = in_room();
    let records = scene.records(BOB, redact("#ROOM", Some(account("bob")), Some("oops")));
    let event = redacted(&scene, BOB, Destination::Room(room_name("#room")), Some("oops"));
    let logs = [room_log("#room")].into_iter().collect();
    assert_eq!(records, [Record::Redacted { logs, id: MESSAGE, event }]);

    let effects = scene.ask(BOB, redact("#room", Some(account("bob")), None));
    let event = redacted(&scene, BOB, Destination::Room(room_name("#room")), None);
    assert_eq!(effects, [tell_room(ROOM, Some(BOB), event.clone()), reply(event)]);
}

#[test]
fn operators_of_the_room_and_of_the_server_take_back_what_others_said() {
    let mut scene = in_room();
    assert_eq!(scene.ask(ANN, redact("#room", Some(account("bob")), None)).len(), 2);
    assert_eq!(scene.ask(CY, redact("#room", Some(account("bob")), None)), refusal("#room"));
    scene.ask(ANN, change(&[give(Rank::Halfop, "cy")]));
    assert_eq!(scene.ask(CY, redact("#room", Some(account("bob")), None)), refusal("#room"));
    scene.make_operator(CY);
    assert_eq!(scene.ask(CY, redact("#room", Some(account("bob")), None)).len(), 2);
}

#[test]
fn where_one_is_not_there_is_nothing_to_take_back_and_nobody_is_told() {
    let mut scene = in_room();
    scene.ask(CY, part("#room"));
    for target in ["#room", "#nowhere"] {
        let effects = scene.ask(CY, redact(target, Some(account("cy")), None));
        assert_eq!(effects, [rejected(Rejection::NoSuchTarget(target.into()))]);
    }
    let effects = scene.ask(CY, redact("nobody", None, None));
    assert_eq!(effects, [rejected(Rejection::NoSuchTarget("nobody".into()))]);
}

#[test]
fn a_message_that_is_not_there_is_told_of_before_rights_are() {
    let mut scene = in_room();
    for target in ["#room", "ann"] {
        let effects = scene.ask(BOB, redact(target, None, None));
        assert_eq!(effects, [rejected(Rejection::NoSuchMessage { target: target.into(), message: MESSAGE })]);
    }
}

#[test]
fn a_direct_message_is_taken_back_by_its_author_on_both_sides() {
    let mut scene = in_room();
    scene.attach(DAN);
    let command = || redact("BOB", Some(account("ann")), None);
    let records = scene.records(ANN, command());
    let effects = scene.ask(ANN, command());

    let event = redacted(&scene, ANN, Destination::User(nick("bob")), None);
    assert_eq!(effects, [tell(BOB, event.clone()), tell(DAN, event.clone()), reply(event)]);
    let Record::Redacted { logs, id: MESSAGE, .. } = &records[0] else { panic!("{records:?}") };
    assert_eq!(logs[..], [direct("ann", "bob"), direct("bob", "ann")]);
}

#[test]
fn the_other_one_may_not_nor_an_operator_of_a_room_both_are_in() {
    let mut scene = in_room();
    assert_eq!(scene.ask(ANN, redact("bob", Some(account("bob")), None)), refusal("bob"));
}

#[test]
fn a_message_to_oneself_is_taken_back_once() {
    let mut scene = in_room();
    let effects = scene.ask(ANN, redact("ann", Some(account("ann")), None));
    assert_eq!(effects, [reply(redacted(&scene, ANN, Destination::User(nick("ann")), None))]);
}

#[test]
fn what_was_said_to_one_who_left_can_be_taken_back() {
    let mut scene = in_room();
    scene.ask(BOB, quit(None));
    let records = scene.records(ANN, redact("Bob", Some(account("ann")), None));
    let Record::Redacted { logs, .. } = &records[0] else { panic!("{records:?}") };
    assert_eq!(logs[..], [direct("ann", "bob"), direct("bob", "ann")]);
}

#[test]
fn without_an_account_it_is_the_connection_that_counts() {
    let mut scene = Scene::with(&[ANN, BOB]);
    let items = scene.items(ANN, say("bob", "hi"));
    let LogKey::Direct { owner, .. } = items[0].0[0].clone() else { panic!("{items:?}") };
    assert_eq!(scene.ask(BOB, redact("ann", Some(owner.clone()), None)), refusal("ann"));
    assert_eq!(scene.ask(ANN, redact("bob", Some(owner), None)).len(), 2);
}

/// Ann, operator, and Bob and Cy in `#room`, all logged in.
fn in_room() -> Scene {
    let mut scene = Scene::in_room(&[ANN, BOB, CY]);
    for session in [ANN, BOB, CY] {
        scene.ask(session, login(Some(name_of(session))));
    }
    scene
}

fn account(name: &str) -> Party {
    Party::Account(name.into())
}

fn redact(target: &str, author: Option<Party>, reason: Option<&str>) -> Command {
    Command::Redact { target: target.into(), message: MESSAGE, author, reason: reason.map(Into::into) }
}

fn redacted(scene: &Scene, by: SessionId, to: Destination, reason: Option<&str>) -> Arc<Event> {
    let who: Arc<Identity> = Arc::new(with_account(who(by), name_of(by)));
    let (id, at) = (scene.id(), scene.at());
    Arc::new(Event::Redacted { id, at, who, to, message: MESSAGE, reason: reason.map(Into::into) })
}

fn refusal(target: &str) -> [hub::Effect; 1] {
    [rejected(Rejection::RedactForbidden { target: target.into(), message: MESSAGE })]
}
