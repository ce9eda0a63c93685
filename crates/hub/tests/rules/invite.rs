//! Inviting (§8).

use hub::{Answer, Event, Limits, ModeChange, Query, Rank, Rejection, RoomFlags};

use crate::scene::*;

#[test]
fn the_invited_the_room_and_the_inviter_are_told() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);

    let effects = scene.ask(ANN, invite("BOB"));

    assert_eq!(
        effects,
        [
            tell(BOB, scene.invited(ann(), "bob", false)),
            tell_room(ROOM, Some(ANN), scene.invited(ann(), "bob", true)),
            reply(Event::Inviting { nick: nick("bob"), room: room_name("#room") }),
        ]
    );
    assert_eq!(scene.query(BOB, Query::Invites), Answer::Invites(vec![room_name("#room")]));
}

#[test]
fn refusals_come_in_the_order_401_403_442_482_443() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    let room = room_name("#room");
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY)]));
    let invite_to = |nick: &str, room| hub::Command::Invite { nick: nick.into(), room: room_name(room) };

    assert_eq!(scene.ask(CY, invite_to("No", "#Nil")), [rejected(Rejection::NoSuchNick("No".into()))]);
    let no_room = Rejection::NoSuchRoom(room_name("#Nil"));
    assert_eq!(scene.ask(CY, invite_to("ann", "#Nil")), [rejected(no_room)]);
    assert_eq!(scene.ask(CY, invite("ann")), [rejected(Rejection::NotInRoom(room.clone()))]);
    assert_eq!(scene.ask(BOB, invite("ann")), [rejected(Rejection::RankNeeded(room.clone()))]);
    assert_eq!(scene.ask(ANN, invite("BOB")), [rejected(Rejection::TargetInRoom(nick("bob"), room))]);
}

#[test]
fn into_a_closed_room_operators_invite_into_an_open_one_any_member() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    assert_eq!(only_rejection(&scene.ask(BOB, invite("cy"))), None);
    scene.ask(ANN, change(&[flag(RoomFlags::INVITE_ONLY), give(Rank::Halfop, "bob")]));
    assert!(only_rejection(&scene.ask(BOB, invite("cy"))).is_some());
    scene.ask(ANN, change(&[give(Rank::Operator, "bob")]));
    assert_eq!(only_rejection(&scene.ask(BOB, invite("cy"))), None);
}

#[test]
fn an_invitation_lets_past_i_l_and_b_once_but_not_past_k() {
    for mode in [flag(RoomFlags::INVITE_ONLY), ModeChange::Limit(Some(1)), ban("bob")] {
        let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
        scene.ask(ANN, change(std::slice::from_ref(&mode)));
        scene.ask(ANN, invite("bob"));

        assert_eq!(only_rejection(&scene.ask(BOB, join("#room"))), None, "{mode:?}");
        assert_eq!(scene.query(BOB, Query::Invites), Answer::Invites(vec![]));
        scene.ask(BOB, part("#room"));
        assert!(only_rejection(&scene.ask(BOB, join("#room"))).is_some(), "{mode:?}");
    }
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    scene.ask(ANN, change(&[ModeChange::Key(Some("k".into()))]));
    scene.ask(ANN, invite("bob"));
    assert_eq!(only_rejection(&scene.ask(BOB, join("#room"))), Some(Rejection::BadKey(room_name("#room"))));
}

#[test]
fn an_invitation_is_gone_with_the_room() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB, CY]);
    scene.ask(ANN, invite("bob"));
    scene.ask(ANN, part("#room"));
    assert_eq!(scene.query(BOB, Query::Invites), Answer::Invites(vec![]));

    scene.all_join("#room", &[CY]);
    scene.ask(CY, change(&[flag(RoomFlags::INVITE_ONLY)]));
    assert!(only_rejection(&scene.ask(BOB, join("#room"))).is_some());
}

#[test]
fn the_oldest_invitation_goes_first() {
    let limits = Limits { invites: 2, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits(limits), &[ANN, BOB]);
    for room in ["#a", "#b", "#c", "#a"] {
        scene.ask(ANN, join(room));
        scene.ask(ANN, hub::Command::Invite { nick: "bob".into(), room: room_name(room) });
    }
    assert_eq!(scene.query(BOB, Query::Invites), Answer::Invites(vec![room_name("#c"), room_name("#a")]));
}
