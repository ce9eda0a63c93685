//! Saying something (§8 messages, §9, §12, §19, §30).

use hub::{
    Command, Destination, Event, ModeChange, Mute, Rank, Rejection, RoomFlags, Say, SayKind, SessionId,
    UserFlags,
};

use crate::scene::*;

fn to_room() -> Destination {
    Destination::Room(room_name("#room"))
}

fn to_user(name: &str) -> Destination {
    Destination::User(nick(name))
}

#[test]
fn everyone_in_the_room_hears_it_and_the_sender_gets_an_echo() {
    let mut scene = Scene::in_room(&[ANN, BOB]);

    let effects = scene.ask(ANN, say("#Room", "hello"));

    let said = scene.said(ann(), to_room(), "hello");
    assert_eq!(effects, [tell_room(ROOM, Some(ANN), said.clone()), reply(said)]);
}

#[test]
fn a_user_hears_what_is_said_to_it() {
    let mut scene = Scene::with(&[ANN, BOB]);

    let effects = scene.ask(ANN, say("BOB", "hello"));

    let said = scene.said(ann(), to_user("bob"), "hello");
    assert_eq!(effects, [tell(BOB, said.clone()), reply(said)]);
}

#[test]
fn to_oneself_the_echo_comes_first_then_the_delivery_12() {
    let mut scene = Scene::with(&[ANN]);

    let effects = scene.ask(ANN, say("ann", "note"));

    let said = scene.said(ann(), to_user("ann"), "note");
    assert_eq!(effects, [reply(said.clone()), tell(ANN, said)]);
}

#[test]
fn tags_and_kind_travel_along() {
    let mut scene = Scene::with(&[ANN, BOB]);
    let signal = Say { tags: "+typing=active".into(), ..message(SayKind::Signal, "bob", "") };

    let effects = scene.ask(ANN, Command::Say(Box::new(signal)));

    let (id, at, who) = (scene.id(), scene.at(), ann().into());
    let (to, text, tags) = (to_user("bob"), "".into(), "+typing=active".into());
    let said =
        std::sync::Arc::new(Event::Said { id, at, who, kind: SayKind::Signal, to, text, lines: None, tags });
    assert_eq!(effects, [tell(BOB, said.clone()), reply(said)]);
}

#[test]
fn what_has_no_receiver_is_refused() {
    let mut scene = Scene::with(&[ANN]);
    assert_eq!(scene.ask(ANN, say("Bob", "?")), [rejected(Rejection::NoSuchNick("Bob".into()))]);
    assert_eq!(scene.ask(ANN, say("#Nil", "?")), [rejected(Rejection::NoSuchRoom(room_name("#Nil")))]);
}

#[test]
fn an_away_user_answers_messages_but_not_notices_nor_signals() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(BOB, away("tea"));

    let effects = scene.ask(ANN, say("bob", "hello"));

    let said = scene.said(ann(), to_user("bob"), "hello");
    let is_away = Event::IsAway { nick: nick("bob"), text: "tea".into() };
    assert_eq!(effects, [tell(BOB, said.clone()), reply(said), reply(is_away)]);
    assert_eq!(scene.ask(ANN, notice("bob", "hello")).len(), 2);
    assert_eq!(scene.ask(ANN, Command::Say(Box::new(message(SayKind::Signal, "bob", "")))).len(), 2);
}

/// What the room answers `from` (bob is a member, cy is not), after ann changed its modes.
fn refusal(from: SessionId, modes: &[ModeChange]) -> Option<Rejection> {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    scene.ask(ANN, change(modes));
    only_rejection(&scene.ask(from, say("#ROOM", "hello")))
}

fn muted(why: Mute) -> Option<Rejection> {
    Some(Rejection::CannotSpeak { room: "#room".into(), why })
}

#[test]
fn each_mode_silences_for_its_own_reason_9() {
    let cases = [
        (CY, vec![], None),
        (CY, vec![flag(RoomFlags::MEMBERS_SPEAK)], muted(Mute::NotMember)),
        (BOB, vec![flag(RoomFlags::MEMBERS_SPEAK)], None),
        (BOB, vec![flag(RoomFlags::MODERATED)], muted(Mute::Moderated)),
        (CY, vec![flag(RoomFlags::MODERATED)], muted(Mute::Moderated)),
        (BOB, vec![flag(RoomFlags::MODERATED), give(Rank::Voice, "bob")], None),
        (BOB, vec![flag(RoomFlags::ACCOUNTS_SPEAK)], muted(Mute::AccountNeeded)),
        (BOB, vec![flag(RoomFlags::ACCOUNTS_SPEAK), give(Rank::Voice, "bob")], None),
        (BOB, vec![flag(RoomFlags::NO_CTCP)], None),
        (BOB, vec![ban("BOB")], muted(Mute::Banned)),
        (BOB, vec![ban("bob"), give(Rank::Voice, "bob")], None),
        (CY, vec![ban("cy")], muted(Mute::Banned)),
        (BOB, vec![ban("bob"), exempt("*@host.example")], None),
    ];
    for (from, modes, expected) in cases {
        assert_eq!(refusal(from, &modes), expected, "{from:?} {modes:?}");
    }
}

#[test]
fn a_mute_silences_unless_exempt_19() {
    let cases = [
        (vec![ban("m:bob")], muted(Mute::Banned)),
        (vec![ban("m:BOB!*@*")], muted(Mute::Banned)),
        (vec![ban("m:cy")], None),
        (vec![ban("m:bob"), give(Rank::Voice, "bob")], None),
        (vec![ban("m:bob"), exempt("m:bob")], None),
        (vec![ban("m:bob"), exempt("bob")], None),
        (vec![ban("bob"), exempt("m:bob")], muted(Mute::Banned)),
        (vec![ban("m:bob"), ModeChange::List(hub::ListKind::Ban, false, "m:BOB".into())], None),
    ];
    for (modes, expected) in cases {
        assert_eq!(refusal(BOB, &modes), expected, "{modes:?}");
    }
}

#[test]
fn an_account_speaks_where_only_accounts_may_9() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::ACCOUNTS_SPEAK)]));
    scene.ask(BOB, login(Some("bob")));
    assert_eq!(only_rejection(&scene.ask(BOB, say("#room", "hello"))), None);
}

#[test]
fn account_bans_are_about_accounts_not_nicks_19() {
    assert_eq!(refusal(BOB, &[ban("a:bob")]), None);

    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(BOB, login(Some("Robert")));
    scene.ask(ANN, change(&[ban("a:robert")]));
    assert_eq!(only_rejection(&scene.ask(BOB, say("#room", "hello"))), muted(Mute::Banned));

    scene.ask(ANN, change(&[exempt("a:ROBERT")]));
    assert_eq!(only_rejection(&scene.ask(BOB, say("#room", "hello"))), None);
}

#[test]
fn a_ctcp_is_refused_where_there_are_to_be_none_whoever_sends_it_9() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[flag(RoomFlags::NO_CTCP)]));
    let ctcp = Say { ctcp: true, ..message(SayKind::Message, "#room", "\x01VERSION\x01") };
    assert_eq!(only_rejection(&scene.ask(ANN, Command::Say(Box::new(ctcp)))), muted(Mute::NoCtcp));
}

#[test]
fn to_a_rank_and_up_reaches_those_and_not_the_sender() {
    let mut scene = Scene::in_room(&[ANN, BOB, CY, DAN]);
    scene.ask(ANN, change(&[give(Rank::Operator, "bob"), give(Rank::Voice, "cy")]));

    let effects = scene.ask(ANN, say("@#ROOM", "ops only"));

    let said = scene.said(ann(), Destination::Ranked("@#ROOM".into()), "ops only");
    assert_eq!(effects, [tell(BOB, said.clone()), reply(said)]);
    assert_eq!(only_rejection(&scene.ask(DAN, say("@#room", "help"))), None);
}

#[test]
fn to_a_rank_only_members_may_write() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    let refused = Rejection::CannotSpeak { room: "@#Room".into(), why: Mute::NotMember };
    assert_eq!(scene.ask(BOB, say("@#Room", "help")), [rejected(refused)]);
}

#[test]
fn a_user_may_refuse_messages_from_who_has_no_account_30() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.ask(BOB, change_user("bob", &[(UserFlags::ACCOUNTS_WRITE, true)]));

    assert_eq!(scene.ask(ANN, say("BOB", "hi")), [rejected(Rejection::AccountNeeded(nick("bob")))]);
    assert_eq!(scene.ask(ANN, notice("bob", "hi")), []);
    assert_eq!(only_rejection(&scene.ask(BOB, say("bob", "note"))), None);
    scene.ask(ANN, login(Some("ann")));
    assert_eq!(only_rejection(&scene.ask(ANN, say("bob", "hi"))), None);
}

#[test]
fn a_notice_never_causes_an_error() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(&[flag(RoomFlags::MEMBERS_SPEAK)]));
    for target in ["nobody", "#nil", "#room", "@#room"] {
        assert_eq!(scene.ask(BOB, notice(target, "hello")), [], "{target}");
    }
    let long = Say { fit: Some(1), ..message(SayKind::Notice, "ann", "hello") };
    assert_eq!(scene.ask(BOB, Command::Say(Box::new(long))), []);
}

#[test]
fn what_would_not_fit_is_refused_and_what_just_fits_is_not_5() {
    let mut scene = Scene::in_room(&[ANN]);
    let fits = ann().mask_len() + "#room".len() + "hello".len();
    let mut answer = |fit| {
        let say = Say { fit: Some(fit), ..message(SayKind::Message, "#room", "hello") };
        only_rejection(&scene.ask(ANN, Command::Say(Box::new(say))))
    };
    assert_eq!(answer(fits), None);
    assert_eq!(answer(fits - 1), Some(Rejection::TooLong));
}
