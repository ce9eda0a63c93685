//! What is like this now comes back as the fold of its records.

use std::collections::BTreeMap;

use hub::{
    Account, Choices, Credentials, ListEntry, NetworkBan, Rank, Ranks, Registration, RoomFlags, Saved,
    SavedMarker, SavedRoom, SavedUser, Topic, UserFlags,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// A record about one of a few names, of one of several shapes.
pub fn record(kind: usize, name: usize, shape: u32) -> Record {
    let folded: SmolStr = ["ann", "bob", "cy"][name].into();
    let name: SmolStr = ["Ann", "bOB", "cy"][name].into();
    let odd = shape % 2 == 1;
    let text = if odd { Text::new(b"\xff\x00odd") } else { Text::from("文 words") };
    let room: SmolStr = format!("#{name}").into();
    let at = Timestamp(shape.into());
    match kind {
        0 => Record::Account(Box::new(Account {
            name: name.clone(),
            created: at,
            email: odd.then(|| "a@b.example".into()),
            credentials: Credentials {
                password: Some(format!("$argon2id${shape}").into()),
                scram: odd.then(|| "SCRAM".into()),
                recovery: vec!["x".into(); shape as usize % 4],
                certificates: vec!["ab".into(); shape as usize % 3],
            },
            suspended: odd.then(|| text.clone()),
            choices: Choices { several: odd.then_some(true), always_on: Some(odd) },
            metadata: BTreeMap::from([("avatar".into(), text)]),
        })),
        1 => Record::AccountGone(folded),
        2 => Record::Room(Box::new(SavedRoom {
            name: room_name(&room),
            log: format!("#{folded}@{shape}").into(),
            created: at,
            flags: RoomFlags::from_bits_truncate(shape as u16),
            key: odd.then(|| text.clone()),
            limit: odd.then_some(shape),
            topic: odd.then(|| Topic { text: text.clone(), by: "a!b@c".into(), at }),
            bans: vec![ListEntry { mask: "*!*@*".into(), by: "x".into(), at }; shape as usize % 3],
            exceptions: Vec::new(),
            invitations: Vec::new(),
            registration: odd.then(|| Registration {
                founder: name,
                at,
                access: vec![("Bob".into(), Rank::Operator)],
            }),
            metadata: BTreeMap::from([("url".into(), text)]),
        })),
        3 => Record::RoomGone(format!("#{folded}").into()),
        4 => Record::User(Box::new(SavedUser {
            account: name.clone(),
            nick: nick(&name),
            user: "u".into(),
            host: "h".into(),
            realname: text.clone(),
            flags: UserFlags::from_bits_truncate(shape as u8),
            away: odd.then_some(text),
            signon: at,
            rooms: vec![(room_name(&room), Ranks::FOUNDER | Ranks::VOICE)],
        })),
        5 => Record::UserGone(folded),
        6 => Record::Marker(SavedMarker { account: folded, target: format!("#{}", shape % 5).into(), at }),
        7 => Record::Log { name: room, log: odd.then(|| format!("#x@{shape}").into()) },
        8 => Record::MarkerGone { account: folded, target: format!("#{}", shape % 5).into() },
        9 => Record::Bans(
            (0..shape % 4)
                .map(|n| NetworkBan {
                    mask: format!("*@{n}").into(),
                    reason: text.clone(),
                    until: odd.then_some(at),
                    by: "op".into(),
                    at,
                })
                .collect(),
        ),
        _ => item("#r", "ann", &said("#r", "ann", "hi", 1000 + i64::from(shape))),
    }
}

#[test]
fn opening_gives_the_fold_of_all_records() {
    let records = prop::collection::vec((0..10_usize, 0..3_usize, 0..100_u32), 0..60);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(40) });
    runner
        .run(&records, |records| {
            let mut scene = Scene::new();
            let mut fold = Saved::default();
            for (number, (kind, name, shape)) in records.iter().enumerate() {
                if number % 20 == 10 {
                    scene = scene.again();
                }
                for record in [record(*kind, *name, *shape), record(10, 0, number as u32)] {
                    fold.fold(&record, Casemapping::Ascii);
                    scene.keep(record);
                }
            }
            prop_assert_eq!(scene.again().saved, fold);
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_account_takes_its_conversations_and_markers_with_it() {
    let mut scene = Scene::new();
    let (ann, bob) = (account("ann"), account("bob"));
    let event = Arc::new(said("#x", "ann", "psst", scene.next()));
    let logs = smallvec![direct(&ann, "bob"), direct(&bob, "ann")];
    scene.keep(Record::Item { logs: logs.clone(), by: ann.clone(), event });
    for name in ["ann", "bob"] {
        scene.keep(Record::Marker(SavedMarker {
            account: name.into(),
            target: "#r".into(),
            at: Timestamp(1),
        }));
    }
    scene.keep(Record::AccountGone("ann".into()));
    assert!(scene.all(&direct(&ann, "bob")).is_empty());
    assert_eq!(scene.all(&direct(&bob, "ann")).len(), 1);
    // Whoever registers the name next begins anew.
    let event = Arc::new(said("#x", "ann", "new", scene.next()));
    scene.keep(Record::Item { logs, by: ann.clone(), event });
    assert_eq!(texts(&scene.all(&direct(&ann, "bob"))), ["new"]);
    assert_eq!(texts(&scene.all(&direct(&bob, "ann"))), ["psst", "new"]);
    let scene = scene.again();
    assert_eq!(scene.saved.markers.len(), 1);
    assert_eq!(texts(&scene.all(&direct(&ann, "bob"))), ["new"]);
}

#[test]
fn a_guest_takes_its_side_of_conversations_with_it() {
    let mut scene = Scene::new();
    let (ann, guest) = (account("ann"), Party::Guest(id(3)));
    let event = Arc::new(said("#x", "ann", "psst", scene.next()));
    let logs = smallvec![direct(&ann, "bob"), direct(&guest, "ann")];
    scene.keep(Record::Item { logs, by: ann.clone(), event });
    scene.keep(Record::Forget(guest.clone()));
    assert!(scene.all(&direct(&guest, "ann")).is_empty());
    assert_eq!(scene.all(&direct(&ann, "bob")).len(), 1);
}
