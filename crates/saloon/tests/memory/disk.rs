//! Disks that are full, or that may not be written: what can't be stored is refused, what is there can be
//! read, and when the disk takes something again, so does the server.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::someone::{CAPS, history, someone, texts};
use crate::support::{Peer, Server, Setup, eventually};

/// A message and what comes of it: whether it came back, or else the refusal.
fn try_to_say(peer: &mut Peer, text: &str) -> Result<(), String> {
    peer.send(&format!("PRIVMSG #room :{text}"));
    let lines = peer.sync();
    match lines.iter().any(|line| line.contains(" PRIVMSG #room ") && line.ends_with(&format!(":{text}"))) {
        true => Ok(()),
        false => Err(lines.join("\n")),
    }
}

/// Says things until one is refused. What was acknowledged before, and the refusal.
fn talk_until_refused(peer: &mut Peer) -> (Vec<String>, String) {
    let mut kept = Vec::new();
    for number in 0..100_000 {
        let text = format!("{number} {}", "x".repeat(300));
        match try_to_say(peer, &text) {
            Ok(()) => kept.push(text),
            Err(refusal) => return (kept, refusal),
        }
    }
    panic!("the disk never filled");
}

/// Nothing that was acknowledged is missing, and nothing is there twice.
fn check_history(reader: &mut Peer, acknowledged: &[String]) {
    let kept = history(reader, "#room", 100_000);
    let mut at = 0;
    for text in texts(&kept) {
        if acknowledged.get(at).is_some_and(|next| next == text) {
            at += 1;
        }
    }
    assert_eq!(at, acknowledged.len(), "{:?} is missing", acknowledged.get(at));
    let mut unique: Vec<&str> = texts(&kept);
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), kept.len(), "something is there twice");
}

/// A server whose data lies on a small file system of its own, and the way there from outside.
fn on_a_small_disk(size: &str) -> (Server, PathBuf) {
    let setup = Setup::default()
        .set("datastore.path = \"data\"")
        .set("history.chathistory_max_messages = 10000")
        .disk("data", size);
    let server = setup.start();
    let inside = server.setup.path("data");
    let seen = format!("/proc/{}/root{}", server.pid(), inside.display());
    (server, PathBuf::from(seen))
}

/// Takes all the room that is left but so many bytes.
fn fill(disk: &Path, left: u64) -> PathBuf {
    let filler = disk.join("filler");
    let stat = rustix::fs::statvfs(disk).expect("a file system");
    let free = stat.f_bavail * stat.f_frsize;
    std::fs::write(&filler, vec![1; free.saturating_sub(left) as usize]).expect("written");
    filler
}

#[test]
fn a_full_disk_refuses_what_can_not_be_stored_until_there_is_room_again() {
    let (server, disk) = on_a_small_disk("16m");
    let mut ann = someone(&server, "ann", &format!("{CAPS} draft/chathistory"));
    let mut bob = someone(&server, "bob", CAPS);
    ann.join("#room");
    bob.join("#room");
    assert_eq!(try_to_say(&mut ann, "before"), Ok(()));
    let filler = fill(&disk, 200_000);

    let (mut acknowledged, refusal) = talk_until_refused(&mut ann);
    acknowledged.insert(0, "before".to_owned());
    assert!(refusal.contains("disk") && refusal.contains("full"), "{refusal}");
    // What is refused reaches nobody; the first one may have been on its way.
    bob.sync();
    let refusal = try_to_say(&mut ann, "nobody hears this").expect_err("refused");
    assert!(refusal.contains("full"), "{refusal}");
    assert!(!bob.sync().iter().any(|line| line.contains("nobody hears this")));
    // Coming, reading and going go on.
    let mut eve = someone(&server, "eve", &format!("{CAPS} draft/chathistory"));
    eve.join("#room");
    check_history(&mut eve, &acknowledged);
    eve.quit();

    std::fs::remove_file(filler).expect("removed");
    eventually("it can be written again", || try_to_say(&mut ann, "after").is_ok());
    acknowledged.push("after".to_owned());
    let kept = history(&mut ann, "#room", 100_000);
    assert!(texts(&kept).contains(&"after"));
    assert!(!texts(&kept).contains(&"nobody hears this"));
    server.logged("can be written again", 1);
}

/// Whether files can be made unchangeable, as only root can.
fn chattr(change: &str, dir: &Path) {
    for file in std::fs::read_dir(dir).expect("a directory").map(|file| file.expect("a file").path()) {
        // The index of the log is mapped into memory: the kernel kills who writes to that.
        let name = file.to_string_lossy();
        if name.contains("saloon.db") && !name.ends_with("lock") && !name.ends_with("-shm") {
            let changed = Command::new("chattr").arg(change).arg(&file).status().expect("chattr runs");
            assert!(changed.success(), "this test needs root, and a file system that knows chattr {change}");
        }
    }
}

/// Gives the files back however the test ends, so that they can be removed.
struct Unchangeable(PathBuf);

impl Drop for Unchangeable {
    fn drop(&mut self) {
        chattr("-i", &self.0);
    }
}

#[test]
fn what_may_not_be_written_is_refused_and_can_be_read() {
    let setup =
        Setup::default().set("datastore.path = \"data\"").set("history.chathistory_max_messages = 10000");
    let server = setup.start();
    let mut ann = someone(&server, "ann", &format!("{CAPS} draft/chathistory"));
    ann.join("#room");
    assert_eq!(try_to_say(&mut ann, "before"), Ok(()));

    let data = server.setup.path("data");
    chattr("+i", &data);
    let guard = Unchangeable(data);
    let (mut acknowledged, refusal) = talk_until_refused(&mut ann);
    assert_eq!(acknowledged, Vec::<String>::new(), "nothing can be stored");
    assert!(refusal.contains("store"), "{refusal}");
    acknowledged.insert(0, "before".to_owned());
    check_history(&mut ann, &acknowledged);

    drop(guard);
    eventually("it can be written again", || try_to_say(&mut ann, "after").is_ok());
}

#[test]
fn a_second_server_on_the_same_data_is_refused_and_told_why() {
    let setup = Setup::default().set("datastore.path = \"data\"");
    let first = setup.clone().start();
    let second = crate::support::server::saloon(&["serve", "--config"], Some(&first.setup.write()));
    assert!(!second.status.success());
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(told.contains("data") && told.contains("another server"), "{told}");
}

#[test]
fn a_directory_that_can_not_be_made_stops_the_start_and_is_named() {
    let setup = Setup::default().set("datastore.path = \"/proc/nowhere/data\"");
    let output = crate::support::server::saloon(&["serve", "--config"], Some(&setup.write()));
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("/proc/nowhere/data") && told.contains("datastore.path"), "{told}");
}

#[test]
fn a_database_that_is_taken_away_is_not_written_and_a_labeled_notice_not_acknowledged() {
    let server = Setup::default().set("datastore.path = \"it's \\\"data\\\"\"").start();
    let mut ann = someone(&server, "ann", &format!("{CAPS} labeled-response draft/chathistory"));
    ann.join("#room");
    assert_eq!(try_to_say(&mut ann, "before"), Ok(()));
    let here = server.setup.path("it's \"data\"/saloon.db");
    let away = server.setup.path("away");
    std::fs::rename(&here, &away).expect("moved");
    assert!(try_to_say(&mut ann, "meanwhile").is_err());
    let refusal = try_to_say(&mut ann, "not taken").expect_err("refused");
    assert!(refusal.contains("moved away or deleted"), "{refusal}");
    ann.send("@label=x NOTICE #room :not taken");
    let answer = ann.expect("label=x");
    assert!(answer.contains(" FAIL NOTICE NOT_STORED "), "{answer}");
    ann.send("NOTICE #room :not taken");
    assert!(!ann.sync().iter().any(|line| line.contains("NOT_STORED")), "nothing answers a notice");
    assert_eq!(texts(&history(&mut ann, "#room", 10)), ["before"]);

    std::fs::rename(&away, &here).expect("moved back");
    eventually("it can be written again", || try_to_say(&mut ann, "after").is_ok());
    assert_eq!(texts(&history(&mut ann, "#room", 10))[..2], ["before", "meanwhile"]);
}

#[test]
fn a_server_ends_though_nothing_can_be_written() {
    let mut server = Setup::default().set("datastore.path = \"data\"").start();
    let mut ann = someone(&server, "ann", CAPS);
    ann.join("#room");
    std::fs::rename(server.setup.path("data"), server.setup.path("away")).expect("moved");
    assert!(try_to_say(&mut ann, "lost").is_err());
    // Nobody reads what `ann` is told: all the time there is for that is taken too.
    let ended = server.stop();
    assert_eq!(ended.code, Some(0));
    assert!(ended.took < std::time::Duration::from_secs(5), "{:?}", ended.took);
}
