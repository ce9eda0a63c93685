//! Modes of rooms (§9).

use hub::{Answer, Command, ListKind, ModeChange, Query, Rank, Rejection, RoomFlags, SessionId};

use crate::scene::*;

/// The modes of `#room`, as one user sees them.
pub fn modes_of(scene: &Scene, asker: SessionId) -> Vec<ModeChange> {
    match scene.query(asker, Query::RoomModes(room_name("#ROOM"))) {
        Answer::RoomModes { modes, .. } => modes,
        other => panic!("{other:?}"),
    }
}

fn off(flag: RoomFlags) -> ModeChange {
    ModeChange::Flag(flag, false)
}

#[test]
fn one_event_has_all_changes_that_took_effect_in_order() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    let asked = [
        flag(RoomFlags::SECRET),
        off(RoomFlags::MODERATED),
        ModeChange::Key(Some("tea".into())),
        ModeChange::Limit(Some(9)),
        give(Rank::Voice, "BOB"),
        give(Rank::Operator, "ann"),
        ban("Cy"),
        ban("CY!*@*"),
        ModeChange::Limit(Some(0)),
    ];

    let effects = scene.ask(ANN, change(&asked));

    let took_effect = [
        flag(RoomFlags::SECRET),
        ModeChange::Key(Some("tea".into())),
        ModeChange::Limit(Some(9)),
        give(Rank::Voice, "bob"),
        ban("Cy!*@*"),
    ];
    let event = scene.room_modes(ann(), &took_effect);
    assert_eq!(effects, [tell_room(ROOM, Some(ANN), event.clone()), reply(event)]);
}

#[test]
fn what_changes_nothing_is_not_told() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[ModeChange::Key(Some("k".into())), flag(RoomFlags::SECRET)]));
    let again = [
        ModeChange::Key(Some("k".into())),
        ModeChange::Limit(None),
        flag(RoomFlags::SECRET),
        give(Rank::Operator, "ann"),
        take(Rank::Voice, "ann"),
        ModeChange::List(ListKind::Ban, false, "nobody".into()),
        ban(""),
    ];
    assert_eq!(scene.ask(ANN, change(&again)), []);
    assert_eq!(scene.ask(ANN, change(&[])), []);
}

#[test]
fn several_switches_go_at_once() {
    let mut scene = Scene::in_room(&[ANN]);
    let int = RoomFlags::INVITE_ONLY | RoomFlags::MEMBERS_SPEAK | RoomFlags::TOPIC_LOCKED;
    scene.ask(ANN, change(&[flag(int)]));

    let effects = scene.ask(ANN, change(&[off(int | RoomFlags::SECRET)]));

    let each = [RoomFlags::INVITE_ONLY, RoomFlags::MEMBERS_SPEAK, RoomFlags::TOPIC_LOCKED].map(off);
    assert_eq!(effects.last(), Some(&reply(scene.room_modes(ann(), &each))));
}

#[test]
fn a_removed_key_and_limit_are_told_without_what_they_were() {
    let mut scene = Scene::in_room(&[ANN]);
    scene.ask(ANN, change(&[ModeChange::Key(Some("k".into())), ModeChange::Limit(Some(5))]));
    let none = [ModeChange::Key(None), ModeChange::Limit(None)];

    let effects = scene.ask(ANN, change(&none));

    assert_eq!(effects.last(), Some(&reply(scene.room_modes(ann(), &none))));
    assert_eq!(scene.ask(ANN, change(&none)), []);
}

#[test]
fn modes_are_shown_in_one_order_and_the_key_to_members_only() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    let all = RoomFlags::all();
    scene.ask(ANN, change(&[ModeChange::Limit(Some(7)), ModeChange::Key(Some("tea".into())), flag(all)]));

    let shown = |key: &str| {
        let letters = [
            RoomFlags::NO_CTCP,
            RoomFlags::ACCOUNTS_SPEAK,
            RoomFlags::INVITE_ONLY,
            RoomFlags::MODERATED,
            RoomFlags::MEMBERS_SPEAK,
            RoomFlags::SECRET,
            RoomFlags::TOPIC_LOCKED,
        ];
        let rest = [ModeChange::Key(Some(key.into())), ModeChange::Limit(Some(7))];
        letters.map(flag).into_iter().chain(rest).collect::<Vec<_>>()
    };
    assert_eq!(modes_of(&scene, ANN), shown("tea"));
    assert_eq!(modes_of(&scene, BOB), shown("*"));
}

#[test]
fn a_room_knows_when_it_was_created() {
    let mut scene = Scene::in_room(&[ANN]);
    let created = scene.at();
    scene.ask(ANN, say("#room", "hello"));
    let answer = scene.query(ANN, Query::RoomModes(room_name("#Room")));
    assert_eq!(answer, Answer::RoomModes { room: room_name("#room"), modes: vec![], created });
    let unknown = Rejection::NoSuchRoom(room_name("#Nil"));
    assert_eq!(scene.query(ANN, Query::RoomModes(room_name("#Nil"))), Answer::Rejected(unknown));
}

#[test]
fn who_may_not_gets_one_refusal_and_nothing_changes() {
    let mut scene = Scene::in_and_out(&[ANN, BOB], &[CY]);
    let asked = [take(Rank::Voice, "bob"), flag(RoomFlags::SECRET), give(Rank::Operator, "nobody")];
    let room = room_name("#room");

    assert_eq!(scene.ask(BOB, change(&asked)), [rejected(Rejection::RankNeeded(room.clone()))]);
    assert_eq!(scene.ask(CY, change(&asked)), [rejected(Rejection::NotInRoom(room))]);
    assert_eq!(
        scene.ask(BOB, change_in("#Nil", &asked)),
        [rejected(Rejection::NoSuchRoom(room_name("#Nil")))]
    );
    assert_eq!(modes_of(&scene, ANN), []);
}

#[test]
fn what_is_not_possible_is_refused_once_and_the_rest_applies() {
    let mut scene = Scene::in_and_out(&[ANN], &[BOB]);
    let asked = [
        give(Rank::Voice, "Nobody"),
        give(Rank::Operator, "nobody"),
        give(Rank::Voice, "BOB"),
        give(Rank::Operator, "bob"),
        flag(RoomFlags::SECRET),
    ];

    let effects = scene.ask(ANN, change(&asked));

    let event = scene.room_modes(ann(), &[flag(RoomFlags::SECRET)]);
    assert_eq!(
        effects,
        [
            rejected(Rejection::NoSuchNick("Nobody".into())),
            rejected(Rejection::TargetNotInRoom(nick("bob"), room_name("#room"))),
            tell_room(ROOM, Some(ANN), event.clone()),
            reply(event),
        ]
    );
}

#[test]
fn each_rank_is_given_and_taken_by_who_may() {
    use Rank::{Founder, Halfop, Operator, Protected, Voice};
    let cases = [
        (None, vec![]),
        (Some(Voice), vec![]),
        (Some(Halfop), vec![Voice]),
        (Some(Operator), vec![Voice, Halfop, Operator]),
        (Some(Protected), vec![Voice, Halfop, Operator]),
        (Some(Founder), vec![Voice, Halfop, Operator, Protected, Founder]),
    ];
    for (giver, may_give) in cases {
        for rank in Rank::ALL {
            for make in [give, take] {
                let mut scene = Scene::in_room(&[ANN, BOB, CY]);
                scene.make_operator(ANN);
                let changes = giver.map(|giver| give(giver, "bob")).into_iter().collect();
                scene.ask(ANN, Command::ChangeRoom { room: room_name("#room"), changes, force: true });

                let refusal = only_rejection(&scene.ask(BOB, change(&[make(rank, "cy")])));

                assert_eq!(refusal.is_none(), may_give.contains(&rank), "{giver:?} {rank:?}");
            }
        }
    }
}

#[test]
fn everyone_may_take_away_its_own_rank() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, change(&[give(Rank::Voice, "bob")]));
    let drop_voice = [take(Rank::Voice, "Bob")];

    let effects = scene.ask(BOB, change(&drop_voice));

    assert_eq!(effects.last(), Some(&reply(scene.room_modes(bob(), &[take(Rank::Voice, "bob")]))));
}

#[test]
fn switches_key_limit_and_lists_need_an_operator() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.ask(ANN, change(&[give(Rank::Halfop, "bob")]));
    let changes =
        [flag(RoomFlags::SECRET), ModeChange::Key(None), ModeChange::Limit(Some(3)), ban("cy"), exempt("cy")];
    for asked in changes {
        let refused = scene.ask(BOB, change(std::slice::from_ref(&asked)));
        assert_eq!(refused, [rejected(Rejection::RankNeeded(room_name("#room")))], "{asked:?}");
    }
}

#[test]
fn an_operator_of_the_server_may_change_any_room() {
    let mut scene = Scene::in_and_out(&[BOB], &[ANN]);
    let forced = || Command::ChangeRoom {
        room: room_name("#room"),
        changes: vec![give(Rank::Voice, "bob")],
        force: true,
    };
    assert_eq!(scene.ask(ANN, forced()), [rejected(Rejection::NoPrivilege)]);
    scene.make_operator(ANN);

    let effects = scene.ask(ANN, forced());

    let event = scene.room_modes(ann(), &[give(Rank::Voice, "bob")]);
    assert_eq!(effects, [tell_room(ROOM, Some(ANN), event.clone()), reply(event)]);
}
