//! Disks that refuse, second servers, other formats, damage.

use std::collections::VecDeque;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::Ordering;

use hub::{Record, Span};

use super::*;
use crate::schema::{self, migrate};
use crate::{backlog, tools};

/// Leaves no room for one page more than there is.
fn fill_disk(scene: &Scene) {
    scene.settle();
    let conn = rusqlite::Connection::open(scene.store.path()).unwrap();
    let pages: u32 = conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    scene.store.pages.store(pages, Ordering::SeqCst);
}

fn free_disk(scene: &Scene) {
    scene.store.pages.store(0, Ordering::SeqCst);
}

fn wait_for(what: &str, test: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !test() {
        assert!(start.elapsed() < Duration::from_secs(20), "never came true: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn when_the_disk_is_full_nothing_is_acknowledged_and_when_it_is_not_writing_goes_on() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "before");
    scene.index();
    fill_disk(&scene);
    let before = scene.store.kept();
    let long = "long ".repeat(2000);
    for number in 0..20 {
        scene.say("#r", "ann", &format!("{number} {long}"));
    }
    wait_for("it fails", || scene.store.failing().is_some());
    assert!(scene.store.failing().unwrap().contains("the disk is full"));
    assert_eq!(scene.store.kept(), before);
    // Reading does not wait for what can't be written.
    assert_eq!(texts(&scene.all(&room("#r"))), ["before"]);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(scene.store.kept(), before);
    free_disk(&scene);
    scene.say("#r", "ann", "behind");
    scene.settle();
    assert_eq!(scene.store.failing(), None);
    let told: Vec<_> = scene.told.lock().unwrap().try_iter().collect();
    let failed = told.iter().filter(|progress| matches!(progress, Progress::Failing(_))).count();
    assert_eq!(failed, 1, "one reason is told once");
    assert_eq!(told.last(), Some(&Progress::Kept(scene.store.last())));
    let found = texts(&scene.all(&room("#r")));
    assert_eq!(found.len(), 22);
    assert!(found[1..21].iter().enumerate().all(|(n, text)| text.starts_with(&format!("{n} "))));
    scene.index();
    assert_eq!(tools::verify(scene.dir.path(), &mut |_, _| ()).unwrap(), [""; 0]);
}

#[test]
fn closing_does_not_wait_for_ever_for_a_full_disk() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "before");
    scene.index();
    fill_disk(&scene);
    scene.say("#r", "ann", &"long ".repeat(20_000));
    wait_for("it fails", || scene.store.failing().is_some());
    let start = std::time::Instant::now();
    scene.store.close();
    assert!(start.elapsed() < Duration::from_secs(5));
    // Nobody waits for it any more.
    assert_eq!(texts(&scene.all(&room("#r"))), ["before"]);
}

#[test]
fn while_records_wait_only_what_nobody_needs_is_dropped() {
    let said = item("#r", "ann", &said("#r", "ann", "hi", 1));
    let joined =
        Event::Joined { id: id(2), at: Timestamp(2), who: who("a"), room: room_name("#r"), away: None };
    let joined = item("#r", "ann", &joined);
    let record = super::state::record;
    let mut waiting: VecDeque<_> = [
        said.clone(),
        joined,
        record(0, 0, 1),
        record(1, 0, 1),
        record(0, 0, 2),
        record(4, 2, 1),
        record(0, 0, 3),
        record(5, 2, 1),
        Record::Forget(account("x")),
        said.clone(),
    ]
    .into_iter()
    .enumerate()
    .map(|(n, record)| (n as u64, record))
    .collect();
    backlog::sift(&mut waiting);
    let left: Vec<_> = waiting.iter().map(|(n, _)| *n).collect();
    assert_eq!(left, [0, 3, 6, 7, 9]);
    assert_eq!(waiting[2].1, record(0, 0, 3));
}

#[test]
fn what_was_dropped_is_not_waited_for() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "before");
    scene.index();
    fill_disk(&scene);
    scene.say("#r", "ann", &"long ".repeat(20_000));
    wait_for("it fails", || scene.store.failing().is_some());
    let joined = Event::Joined {
        id: id(2),
        at: Timestamp(scene.next()),
        who: who("a"),
        room: room_name("#r"),
        away: None,
    };
    let joined = item("#r", "ann", &joined);
    for _ in 0..=50_000 {
        scene.keep(joined.clone());
    }
    free_disk(&scene);
    scene.settle();
    assert_eq!(scene.all(&room("#r")).len(), 2);
}

#[test]
fn a_second_server_is_refused_and_told_who_has_it() {
    let scene = Scene::new();
    match open(scene.dir.path(), ALL) {
        Err(StoreError::InUse { pid, .. }) => assert_eq!(pid, std::process::id().to_string()),
        other => panic!("{other:?}"),
    }
    scene.store.close();
    assert!(open(scene.dir.path(), ALL).is_ok());
}

#[test]
fn others_may_read_while_a_server_writes() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "hi");
    scene.settle();
    let conn = schema::open_to_read(scene.store.path()).unwrap();
    assert_eq!(conn.query_row("SELECT count(*) FROM items", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    assert!(conn.execute("DELETE FROM items", []).is_err());
}

#[test]
fn a_path_is_a_file_if_it_looks_like_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    std::fs::write(file("odd"), "").unwrap();
    std::fs::create_dir(file("dir.db")).unwrap();
    let cases = [
        ("a", "a/saloon.db"),
        ("a.db", "a.db"),
        ("a.sqlite", "a.sqlite"),
        ("odd", "odd"),
        ("dir.db", "dir.db/saloon.db"),
    ];
    for (path, db) in cases {
        assert_eq!(crate::database(&file(path)), file(db));
    }
}

#[test]
fn the_files_are_for_their_owner_alone() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "hi");
    scene.settle();
    let mut count = 0;
    for entry in std::fs::read_dir(scene.dir.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn a_database_of_a_later_release_is_refused_and_left_alone() {
    let scene = Scene::new();
    scene.store.close();
    let conn = rusqlite::Connection::open(scene.store.path()).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    for result in
        [open(scene.dir.path(), ALL).map(drop), tools::verify(scene.dir.path(), &mut |_, _| ()).map(drop)]
    {
        match result {
            Err(StoreError::TooNew { found: 99, known: 1, .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_file_that_is_something_else_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("saloon.db");
    let text = "Dear diary, ".repeat(1000);
    std::fs::write(&db, &text).unwrap();
    assert!(matches!(open(dir.path(), ALL), Err(StoreError::Damaged { .. })));
    assert_eq!(std::fs::read_to_string(&db).unwrap(), text);
    std::fs::remove_file(&db).unwrap();
    rusqlite::Connection::open(&db).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
    let error = open(dir.path(), ALL).map(drop).unwrap_err();
    assert!(error.to_string().contains("some other program"), "{error}");
}

#[test]
fn a_migration_keeps_a_copy_of_what_was() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "old");
    scene.store.close();
    let db = scene.store.path();
    let mut conn = rusqlite::Connection::open(db).unwrap();
    let steps = [schema::STEPS[0], "ALTER TABLE items ADD COLUMN new; UPDATE items SET new = 7"];
    // One that fails changes nothing.
    assert!(migrate(&mut conn, db, &[steps[0], "ALTER TABLE items ADD COLUMN new; nonsense"]).is_err());
    assert_eq!(schema::format(&conn).unwrap(), 1);
    migrate(&mut conn, db, &steps).unwrap();
    assert_eq!(schema::format(&conn).unwrap(), 2);
    assert_eq!(conn.query_row("SELECT new FROM items", [], |row| row.get::<_, i64>(0)).unwrap(), 7);
    let copy = scene.dir.path().join("saloon.db.before-2");
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let copy = rusqlite::Connection::open(copy).unwrap();
    assert_eq!(schema::format(&copy).unwrap(), 1);
    let text = copy.query_row("SELECT text FROM items", [], |row| row.get::<_, String>(0));
    assert_eq!(text.unwrap(), "old");
    drop(copy);
    // Nothing is done twice.
    std::fs::remove_file(scene.dir.path().join("saloon.db.before-2")).unwrap();
    migrate(&mut conn, db, &steps).unwrap();
    assert!(!scene.dir.path().join("saloon.db.before-2").exists());
}

#[test]
fn damage_is_found_and_the_rest_can_be_read() {
    let mut scene = Scene::new();
    for number in 0..300 {
        let text = format!("{number} {}", "words ".repeat(50));
        scene.say(if number < 150 { "#early" } else { "#late" }, "ann", &text);
    }
    scene.index();
    scene.store.close();
    let db = scene.store.path().to_owned();
    assert_eq!(tools::verify(&db, &mut |_, _| ()).unwrap(), [""; 0]);
    let conn = rusqlite::Connection::open(&db).unwrap();
    let page: u64 = conn
        .query_row(
            "SELECT pageno FROM dbstat WHERE name = 'items' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1 OFFSET 2",
            [],
            |row| row.get(0).map(i64::unsigned_abs),
        )
        .unwrap();
    drop(conn);
    let mut bytes = std::fs::read(&db).unwrap();
    bytes[(page as usize - 1) * 4096..page as usize * 4096].fill(0xa5);
    std::fs::write(&db, bytes).unwrap();
    let findings = tools::verify(&db, &mut |_, _| ()).unwrap();
    assert!(findings.iter().any(|what| what.starts_with("the file")), "{findings:?}");
    assert!(tools::backup(&db, scene.dir.path(), &mut |_, _| ()).is_err());
    let left: Vec<_> =
        std::fs::read_dir(scene.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("saloon-")), "{left:?}");
    let (store, ..) = open(&db, ALL).unwrap();
    let mut reader = store.reader().unwrap();
    let mut read = |name| reader.page(0, &room(name), &Span::Latest(None), 1000, ItemKinds::SAID);
    assert!(read("#early").unwrap_err().to_string().contains("damaged"));
    assert_eq!(read("#late").unwrap().len(), 150);
}

#[test]
fn gaps_and_lies_are_found() {
    let mut scene = Scene::new();
    for number in 0..6 {
        scene.say("#r", "ann", &format!("{number} xylophone"));
    }
    scene.index();
    scene.store.close();
    let conn = rusqlite::Connection::open(scene.store.path()).unwrap();
    let mut spoilt = Vec::new();
    for spoil in [
        "DELETE FROM items WHERE n = 3",
        "UPDATE items SET at = 1 WHERE n = 4",
        "UPDATE items SET body = '{' WHERE n = 5",
        "UPDATE items SET log = 77 WHERE n = 6",
        "UPDATE items SET text = 'another word' WHERE n = 1",
        "UPDATE meta SET value = 2 WHERE name = 'last'",
        "INSERT INTO accounts VALUES ('x', '{}')",
    ] {
        conn.execute_batch("BEGIN").unwrap();
        conn.execute(spoil, []).unwrap();
        conn.execute_batch("COMMIT").unwrap();
        let findings = tools::verify(scene.store.path(), &mut |_, _| ()).unwrap();
        assert!(findings.len() > spoilt.len(), "{spoil}: {findings:?}");
        spoilt = findings;
    }
}

#[test]
fn a_database_that_is_moved_away_is_not_written_until_it_is_back() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "before");
    scene.settle();
    let (here, away) = (scene.store.path().to_owned(), scene.dir.path().join("away"));
    std::fs::rename(&here, &away).unwrap();
    let before = scene.store.kept();
    scene.say("#r", "ann", "meanwhile");
    wait_for("it fails", || scene.store.failing().is_some());
    assert!(scene.store.failing().unwrap().contains("moved away or deleted"));
    assert_eq!(scene.store.kept(), before, "nobody would find it");
    std::fs::rename(&away, &here).unwrap();
    wait_for("it is kept", || scene.store.kept() == scene.store.last());
    assert_eq!(texts(&scene.all(&room("#r"))), ["before", "meanwhile"]);
}

/// Opens it again by another rule.
fn by_the_other_rule(scene: Scene) -> (TempDir, Result<(), StoreError>) {
    let Scene { dir, store, .. } = scene;
    store.close();
    let options = Options { casemapping: Casemapping::Rfc1459, retention: ALL };
    let opened = Store::open(dir.path(), options, Box::new(|_| ())).map(|(store, _)| store.close());
    (dir, opened)
}

#[test]
fn which_names_are_equal_does_not_change_when_names_are_kept_that_it_matters_to() {
    let mut scene = Scene::new();
    scene.say("#room", "ann", "before");
    let (dir, opened) = by_the_other_rule(scene);
    opened.expect("the names are the same by both rules");
    let mut scene = Scene::open(dir, ALL).expect("and back");
    scene.say("#{room}", "ann", "before");
    scene.settle();
    let (dir, opened) = by_the_other_rule(scene);
    let refused = opened.unwrap_err().to_string();
    assert!(refused.contains("#{room}") && refused.contains("must stay \"ascii\""), "{refused}");
    Scene::open(dir, ALL).expect("it is as it was");
}

#[test]
fn a_damaged_index_does_not_keep_anything_from_being_written() {
    let mut scene = Scene::new();
    let event = scene.say("#r", "ann", "something to be taken back");
    for number in 0..300 {
        scene.say("#r", "ann", &format!("{number} something else"));
    }
    scene.index();
    let mut scene = scene.again();
    let conn = rusqlite::Connection::open(scene.store.path()).unwrap();
    let spoilt = conn.execute("UPDATE words_data SET block = x'ff' WHERE id > 10", []).unwrap();
    assert!(spoilt > 0);
    drop(conn);
    let at = scene.next();
    scene.keep(take_back(&[room("#r")], &event, at));
    scene.say("#r", "ann", "behind");
    scene.settle();
    let found = scene.all(&room("#r"));
    assert!(found[0].redacted.is_some(), "it has lost its words");
    assert_eq!(texts(&found).last().map(String::as_str), Some("behind"));
}

#[test]
fn another_program_that_writes_for_a_moment_is_waited_for() {
    let mut scene = Scene::new();
    scene.say("#r", "ann", "before");
    scene.settle();
    let other = rusqlite::Connection::open(scene.store.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // A room that is not known yet is looked up before anything is written.
    scene.say("#new", "ann", "meanwhile");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(scene.store.failing(), None);
    other.execute_batch("COMMIT").unwrap();
    scene.settle();
    assert_eq!(texts(&scene.all(&room("#new"))), ["meanwhile"]);
}
