//! Backups and exports hold everything, and put back give the same.

use hub::{Record, Search, Span};

use super::*;
use crate::tools::{self, Secrets};

/// A store with something of every sort in it.
fn full() -> Scene {
    let mut scene = Scene::new();
    for number in 0..50 {
        scene.say("#r", "ann", &format!("message {number} 你好"));
    }
    let event = scene.say("#r", "ann", "to be taken back");
    let at = scene.next();
    scene.keep(take_back(&[room("#r")], &event, at));
    let (ann, guest) = (account("ann"), Party::Guest(id(1)));
    let mut event = said("#x", "ann", "", scene.next());
    let Event::Said { text, .. } = &mut event else { unreachable!() };
    *text = Text::new(b"\xff\xfe");
    let logs = smallvec![direct(&ann, "bob"), direct(&guest, "ann")];
    scene.keep(Record::Item { logs, by: guest, event: Arc::new(event) });
    for kind in [0, 2, 4, 6, 7, 8] {
        for name in 0..3 {
            scene.keep(super::state::record(kind, name, 7 + name as u32 * 3));
        }
    }
    scene.index();
    scene
}

fn export(path: &Path, secrets: Secrets) -> Vec<u8> {
    let mut out = Vec::new();
    tools::export(path, &mut out, secrets, &mut |_, _| ()).unwrap();
    out
}

#[test]
fn a_backup_of_a_database_in_use_is_whole_and_restored_gives_the_same() {
    let mut scene = full();
    let dir = tempfile::tempdir().unwrap();
    let before = export(scene.dir.path(), Secrets::Included);
    let mut seen = Vec::new();
    let copy = tools::backup(scene.dir.path(), dir.path(), &mut |done, of| seen.push((done, of))).unwrap();
    let (done, of) = *seen.last().unwrap();
    assert!(done == of && of > 0);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    assert_eq!(export(&copy, Secrets::Included), before);
    scene.say("#r", "ann", "after the backup");
    scene.settle();
    let refused = tools::restore(&copy, scene.dir.path(), true, &mut |_, _| ());
    assert!(matches!(refused, Err(StoreError::InUse { .. })));
    scene.store.close();
    let refused = tools::restore(&copy, scene.dir.path(), false, &mut |_, _| ()).unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
    let after = export(scene.dir.path(), Secrets::Included);
    let aside = tools::restore(&copy, scene.dir.path(), true, &mut |_, _| ()).unwrap().unwrap();
    assert_eq!(export(scene.dir.path(), Secrets::Included), before);
    assert_eq!(export(&aside, Secrets::Included), after);
    let (store, ..) = open(scene.dir.path(), ALL).unwrap();
    let what = Search { text: "message 49".into(), most: 9, ..Search::default() };
    assert_eq!(store.reader().unwrap().search(0, &[room("#r")], None, &what).unwrap().len(), 1);
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let scene = full();
    let dir = tempfile::tempdir().unwrap();
    let copy = tools::backup(scene.dir.path(), dir.path(), &mut |_, _| ()).unwrap();
    scene.store.close();
    let before = export(scene.dir.path(), Secrets::Included);
    let mut bytes = std::fs::read(&copy).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    std::fs::write(&copy, bytes).unwrap();
    assert!(tools::restore(&copy, scene.dir.path(), true, &mut |_, _| ()).is_err());
    assert_eq!(export(scene.dir.path(), Secrets::Included), before);
}

#[test]
fn backups_are_of_one_moment_while_others_write() {
    let mut scene = Scene::new();
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2000 {
        scene.say("#r", "ann", "some words to fill the pages with");
    }
    scene.settle();
    let path = scene.dir.path().to_owned();
    let mut written = 0;
    let copy = tools::backup(&path, dir.path(), &mut |_, _| {
        scene.say("#r", "ann", "meanwhile");
        scene.settle();
        written += 1;
    });
    assert!(written > 0);
    assert_eq!(tools::verify(&copy.unwrap(), &mut |_, _| ()).unwrap(), [""; 0]);
}

#[test]
fn an_export_imported_and_exported_again_is_the_same() {
    let scene = full();
    let first = export(scene.dir.path(), Secrets::Included);
    let dir = tempfile::tempdir().unwrap();
    let names = Casemapping::Ascii;
    tools::import(dir.path(), &mut &*first, names, &mut |_, _| ()).unwrap();
    assert_eq!(export(dir.path(), Secrets::Included), first);
    assert_eq!(tools::verify(dir.path(), &mut |_, _| ()).unwrap(), [""; 0]);
    let refused = tools::import(dir.path(), &mut &*first, names, &mut |_, _| ()).unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
    let saved = scene.again().saved;
    let (store, imported, _) = open(dir.path(), ALL).unwrap();
    assert_eq!(imported, saved);
    let mut reader = store.reader().unwrap();
    let what = Search { text: "message 49".into(), most: 9, ..Search::default() };
    assert_eq!(texts(&reader.search(0, &[room("#r")], None, &what).unwrap()), ["message 49 你好"]);
    let page = reader.page(0, &room("#r"), &Span::Latest(None), 1, ItemKinds::SAID).unwrap();
    assert!(page[1].redacted.is_some());
}

#[test]
fn an_export_can_be_read_and_has_no_secrets_unless_asked_for() {
    let scene = full();
    let text = String::from_utf8(export(scene.dir.path(), Secrets::LeftOut)).unwrap();
    for secret in ["argon2id", "SCRAM"] {
        assert!(!text.contains(secret));
        assert!(String::from_utf8_lossy(&export(scene.dir.path(), Secrets::Included)).contains(secret));
    }
    let line = text.lines().find(|line| line.contains("message 7 ")).unwrap();
    for part in [
        r##""room":"#r""##,
        r#""seq":8"#,
        r#""time":"2023-11-14T22:13:28.000Z""#,
        r#""kind":"message""#,
        r#""nick":"ann""#,
        "你好",
    ] {
        assert!(line.contains(part), "{part} {line}");
    }
    for line in text.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).unwrap().is_object());
    }
}

#[test]
fn an_export_that_is_cut_off_or_makes_no_sense_changes_nothing() {
    let whole = export(full().dir.path(), Secrets::Included);
    let text = String::from_utf8(whole).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let cut = lines[..lines.len() - 1].join("\n");
    let headless = lines[1..].join("\n");
    let odd = text.replace("\"kind\":\"message\"", "\"kind\":\"massage\"");
    for (bad, why) in
        [(&*cut, "cut off"), (&headless, "line 1"), (&odd, "massage"), ("{", "line 1"), ("", "line 1")]
    {
        let dir = tempfile::tempdir().unwrap();
        let error =
            tools::import(dir.path(), &mut bad.as_bytes(), Casemapping::Ascii, &mut |_, _| ()).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert!(!dir.path().join("saloon.db").exists());
    }
}
