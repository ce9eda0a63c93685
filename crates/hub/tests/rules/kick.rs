//! Kicking (§8).

use hub::{Limits, Rank, Rejection};

use crate::scene::*;

#[test]
fn all_members_and_the_kicked_are_told_once_each() {
    let mut scene = Scene::in_room(&[ANN, BOB, CY]);

    let effects = scene.ask(ANN, kick("BOB", Some("noise")));

    let kicked = scene.kicked(ann(), "bob", "noise");
    assert_eq!(
        effects,
        [
            leave(BOB, ROOM),
            tell_room(ROOM, Some(ANN), kicked.clone()),
            tell(BOB, kicked.clone()),
            reply(kicked)
        ]
    );
}

#[test]
fn the_reason_is_the_kicker_unless_one_is_given_and_long_ones_are_cut() {
    let mut scene = Scene::with_settings(with_limits(Limits { kick: 4, ..Limits::default() }), &[ANN, BOB]);
    scene.all_join("#room", &[ANN, BOB]);
    let effects = scene.ask(ANN, kick("bob", None));
    assert_eq!(effects.last(), Some(&reply(scene.kicked(ann(), "bob", "ann"))));

    scene.all_join("#room", &[BOB]);
    let effects = scene.ask(ANN, kick("bob", Some("noise")));
    assert_eq!(effects.last(), Some(&reply(scene.kicked(ann(), "bob", "nois"))));
}

#[test]
fn who_kicks_itself_out_of_an_empty_room_ends_it() {
    let mut scene = Scene::in_room(&[ANN]);

    let effects = scene.ask(ANN, kick("ann", None));

    assert_eq!(effects, [leave(ANN, ROOM), reply(scene.kicked(ann(), "ann", "ann"))]);
    assert_eq!(scene.counts().rooms, 0);
}

#[test]
fn refusals_come_in_the_order_403_442_482_441() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    let (room, absent) = (room_name("#room"), Rejection::TargetNotInRoom);

    assert_eq!(scene.ask(CY, kick("nobody", None)), [rejected(Rejection::NotInRoom(room.clone()))]);
    assert_eq!(scene.ask(BOB, kick("nobody", None)), [rejected(Rejection::RankNeeded(room.clone()))]);
    assert_eq!(scene.ask(ANN, kick("CY", None)), [rejected(absent(nick("cy"), room.clone()))]);
    assert_eq!(scene.ask(ANN, kick("Nobody", None)), [rejected(absent(nick("Nobody"), room))]);
    assert_eq!(scene.ask(ANN, kick("no body", None)), [rejected(Rejection::NoSuchNick("no body".into()))]);
    scene.ask(BOB, part("#room"));
    scene.ask(ANN, part("#room"));
    assert_eq!(scene.ask(ANN, kick("ann", None)), [rejected(Rejection::NoSuchRoom(room_name("#room")))]);
}

#[test]
fn nobody_kicks_a_member_of_higher_rank_but_one_of_the_same() {
    let ranks = [None, Some(Rank::Voice), Some(Rank::Halfop), Some(Rank::Operator), Some(Rank::Protected)];
    for (kicker, kicker_rank) in ranks.into_iter().enumerate() {
        for (target, target_rank) in ranks.into_iter().enumerate() {
            let mut scene = Scene::in_room(&[ANN, BOB, CY]);
            scene.make_operator(ANN);
            let given = |rank: Option<Rank>, whom| rank.map(|rank| give(rank, whom));
            let changes: Vec<_> =
                given(kicker_rank, "bob").into_iter().chain(given(target_rank, "cy")).collect();
            scene.ask(ANN, hub::Command::ChangeRoom { room: room_name("#room"), changes, force: true });

            let may = kicker_rank >= Some(Rank::Halfop) && kicker >= target;
            let refusal = only_rejection(&scene.ask(BOB, kick("cy", None)));
            assert_eq!(refusal.is_none(), may, "{kicker_rank:?} {target_rank:?}");
        }
    }
}
