//! What is too much or too old is forgotten, the oldest first, and its space is given back.

use std::time::{SystemTime, UNIX_EPOCH};

use hub::{Search, Span};
use rusqlite::Connection;

use super::*;
use crate::tools;

fn count(conn: &Connection) -> i64 {
    conn.query_row("SELECT count(*) FROM items", [], |row| row.get(0)).unwrap()
}

fn disk(scene: &Scene) -> u64 {
    let size = |ending| {
        std::fs::metadata(crate::place::beside(scene.store.path(), ending)).map_or(0, |file| file.len())
    };
    size("") + size("-wal")
}

fn is_whole(scene: &Scene) {
    assert_eq!(tools::verify(scene.store.path(), &mut |_, _| ()).unwrap(), [""; 0]);
}

#[test]
fn rooms_keep_their_newest_and_the_space_of_the_others_is_given_back() {
    let mut scene = Scene::new();
    for number in 0..3000 {
        let name = if number % 3 == 0 { "#small" } else { "#large" };
        scene.say(name, "ann", &format!("{number} {}", "more words ".repeat(20)));
    }
    scene.say("#tiny", "ann", "only this");
    scene.index();
    let before = disk(&scene);
    scene.store.configure(Retention { room_items: 50, ..ALL });
    scene.until("few are left", |conn| count(conn) == 101);
    let start = std::time::Instant::now();
    // Some pages are not worth giving back.
    while disk(&scene) > before / 2 {
        assert!(start.elapsed() < Duration::from_secs(20), "{before} {}", disk(&scene));
        std::thread::sleep(Duration::from_millis(20));
    }
    for name in ["#small", "#large"] {
        let found = scene.all(&room(name));
        assert_eq!(found.len(), 50);
        assert!(texts(&found)[49].starts_with(if name == "#small" { "2997 " } else { "2999 " }));
    }
    let what = Search { text: "words".into(), most: 1000, ..Search::default() };
    let found =
        scene.reader().search(scene.store.last(), &[room("#small"), room("#large")], None, &what).unwrap();
    assert_eq!(found.len(), 100);
    is_whole(&scene);
}

#[test]
fn owners_of_conversations_keep_their_newest_of_all() {
    let mut scene = Scene::new();
    let (ann, bob) = (account("ann"), account("bob"));
    for number in 0..40 {
        let event = Arc::new(said("#x", "ann", &number.to_string(), scene.next()));
        let peer = if number % 4 == 0 { "cy" } else { "bob" };
        let mut logs = smallvec![direct(&ann, peer)];
        if peer == "bob" {
            logs.push(direct(&bob, "ann"));
        }
        scene.keep(Record::Item { logs, by: ann.clone(), event });
    }
    scene.index();
    scene.store.configure(Retention { direct_items: 20, ..ALL });
    scene.until("few are left", |conn| count(conn) == 40);
    assert_eq!(scene.all(&direct(&ann, "bob")).len(), 15);
    assert_eq!(scene.all(&direct(&ann, "cy")).len(), 5);
    assert_eq!(scene.all(&direct(&bob, "ann")).len(), 20);
    is_whole(&scene);
}

#[test]
fn what_is_too_old_is_forgotten_everywhere_and_numbers_go_on() {
    let mut scene = Scene::new();
    let ann = account("ann");
    for number in 0..10 {
        scene.say("#r", "ann", &number.to_string());
    }
    let event = Arc::new(said("#x", "ann", "psst", scene.next()));
    scene.keep(Record::Item { logs: smallvec![direct(&ann, "bob")], by: ann.clone(), event });
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    scene.index();
    scene.store.configure(Retention { age: Some(3_600_000), ..ALL });
    scene.until("nothing is left", |conn| count(conn) == 0);
    // The history begins anew, but not its numbers: after a restart neither.
    let mut scene = scene.again();
    scene.at = now;
    scene.say("#r", "ann", "fresh");
    scene.settle();
    let conn = Connection::open(scene.store.path()).unwrap();
    assert_eq!(conn.query_row("SELECT seq FROM items", [], |row| row.get::<_, i64>(0)).unwrap(), 11);
    is_whole(&scene);
}

#[test]
fn a_database_that_is_too_large_forgets_its_oldest() {
    let mut scene = Scene::new();
    for number in 0..3000 {
        let name = if number % 3 == 0 { "#small" } else { "#large" };
        scene.say(name, "ann", &format!("{number} {}", "more words ".repeat(20)));
    }
    scene.index();
    let (before, most) = (disk(&scene), 500_000 + 70 * 4096);
    assert!(before > most, "{before}");
    scene.store.configure(Retention { bytes: Some(500_000), ..ALL });
    let start = std::time::Instant::now();
    while disk(&scene) > most {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", disk(&scene));
        std::thread::sleep(Duration::from_millis(20));
    }
    let last = scene.store.last();
    let found = scene.reader().page(last, &room("#large"), &Span::Latest(None), 1, ItemKinds::SAID).unwrap();
    assert!(texts(&found)[0].starts_with("2999 "));
    let left = count(&Connection::open(scene.store.path()).unwrap());
    assert!((200..2000).contains(&left), "{left}");
    is_whole(&scene);
}

#[test]
fn an_age_longer_than_time_itself_forgets_nothing() {
    let mut scene = Scene::new();
    for number in 0..10 {
        scene.say("#r", "ann", &number.to_string());
    }
    scene.settle();
    scene.store.configure(Retention { age: Some(u64::MAX), room_items: 5, ..ALL });
    scene.until("as many are left as may be", |conn| count(conn) <= 5);
    scene.store.configure(Retention { age: Some(i64::MAX as u64 + 1), room_items: 4, ..ALL });
    scene.until("as many are left as may be", |conn| count(conn) <= 4);
    assert_eq!(scene.all(&room("#r")).len(), 4);
}
