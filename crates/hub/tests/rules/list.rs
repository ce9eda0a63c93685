//! LIST (§8).

use hub::{Answer, ListFilter, Query, RoomFlags, RoomRow, SessionId, Timestamp};
use smol_str::SmolStr;

use crate::scene::*;

fn rows(scene: &Scene, asker: SessionId, filter: ListFilter) -> Vec<String> {
    rows_at(scene, asker, scene.at(), filter)
}

fn rows_at(scene: &Scene, asker: SessionId, now: Timestamp, filter: ListFilter) -> Vec<String> {
    match scene.hub.query(asker, now, Query::Rooms { filter, after: None, most: 100 }) {
        Answer::Rooms { rows, next: None } => rows.iter().map(|row| row.room.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

fn masks(masks: &[&str]) -> Vec<SmolStr> {
    masks.iter().map(SmolStr::new).collect()
}

/// `#big` with two members, `#Room` with one and a topic, `#secret`.
fn three_rooms() -> Scene {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.all_join("#big", &[ANN, BOB]);
    scene.all_join("#Room", &[ANN]);
    scene.ask(ANN, set_topic("tea"));
    scene.all_join("#secret", &[ANN]);
    scene.ask(ANN, change_in("#secret", &[flag(RoomFlags::SECRET)]));
    scene
}

#[test]
fn rooms_are_listed_by_name_with_members_and_topic_and_secret_ones_to_members() {
    let scene = three_rooms();
    let all = Query::Rooms { filter: ListFilter::default(), after: None, most: 100 };
    let row =
        |name: &str, members, topic: &str| RoomRow { room: room_name(name), members, topic: topic.into() };
    let open = [row("#big", 2, ""), row("#Room", 1, "tea")];

    assert_eq!(scene.query(BOB, all.clone()), Answer::Rooms { rows: open.to_vec(), next: None });
    let with_secret = [&open[..], &[row("#secret", 1, "")]].concat();
    assert_eq!(scene.query(ANN, all), Answer::Rooms { rows: with_secret, next: None });
}

#[test]
fn names_and_masks_are_alternatives_and_every_other_filter_counts() {
    let scene = three_rooms();
    let any = ListFilter::default;
    let cases = [
        (ListFilter { masks: masks(&["#BIG", "#nil"]), ..any() }, vec!["#big"]),
        (ListFilter { masks: masks(&["#secret"]), ..any() }, vec![]),
        (ListFilter { masks: masks(&["#room", "#b*"]), ..any() }, vec!["#big", "#Room"]),
        (ListFilter { masks: masks(&["#r??m"]), ..any() }, vec!["#Room"]),
        (ListFilter { not_masks: masks(&["#B*"]), ..any() }, vec!["#Room"]),
        (ListFilter { masks: masks(&["#*"]), not_masks: masks(&["#room"]), ..any() }, vec!["#big"]),
        (ListFilter { more_than: Some(1), ..any() }, vec!["#big"]),
        (ListFilter { fewer_than: Some(2), ..any() }, vec!["#Room"]),
        (ListFilter { fewer_than: Some(2), more_than: Some(1), ..any() }, vec![]),
        (ListFilter { created_before: Some(0), ..any() }, vec!["#big", "#Room"]),
        (ListFilter { created_within: Some(0), ..any() }, vec![]),
        (ListFilter { topic_before: Some(0), ..any() }, vec!["#Room"]),
        (ListFilter { topic_within: Some(1), ..any() }, vec!["#Room"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(rows(&scene, BOB, filter.clone()), expected, "{filter:?}");
    }
}

#[test]
fn minutes_are_elapsed_time_and_comparisons_strict() {
    let scene = three_rooms();
    let Answer::RoomModes { created, .. } = scene.query(ANN, Query::RoomModes(room_name("#big"))) else {
        panic!()
    };
    let is_listed = |after: i64, filter| {
        !rows_at(&scene, BOB, Timestamp(created.0 + after), ListFilter { masks: masks(&["#big"]), ..filter })
            .is_empty()
    };
    let within = ListFilter { created_within: Some(2), ..ListFilter::default() };
    let before = ListFilter { created_before: Some(2), ..ListFilter::default() };
    assert!(is_listed(119_999, within.clone()) && !is_listed(120_000, within));
    assert!(!is_listed(119_999, before.clone()) && is_listed(120_000, before));
}

#[test]
fn a_long_list_comes_in_pages() {
    let mut scene = Scene::with(&[ANN]);
    for number in 0..5 {
        scene.ask(ANN, join(&format!("#{number}")));
    }
    let page = |filter: &ListFilter, after| match scene
        .query(ANN, Query::Rooms { filter: filter.clone(), after, most: 2 })
    {
        Answer::Rooms { rows, next } => {
            (rows.iter().map(|row| row.room.to_string()).collect::<Vec<_>>(), next)
        }
        other => panic!("{other:?}"),
    };
    for filter in [
        ListFilter::default(),
        ListFilter { masks: masks(&["#4", "#3", "#2", "#1", "#0"]), ..ListFilter::default() },
    ] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let (rows, next) = page(&filter, after);
            assert!(rows.len() <= 2);
            seen.extend(rows);
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["#0", "#1", "#2", "#3", "#4"]);
    }
}
