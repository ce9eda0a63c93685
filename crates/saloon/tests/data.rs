//! `saloon backup`, `restore`, `verify`, `export` and `import` as an operator at a shell meets them.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a command on the database of that name in that directory, with this in the pipe.
fn run(dir: &Path, data: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saloon"))
        .args(arguments)
        .args(["--data", data])
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    // It may end before it reads.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn done(dir: &Path, data: &str, arguments: &[&str], input: &str) -> String {
    let output = run(dir, data, arguments, input);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    assert_eq!(told, "", "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn refused(dir: &Path, data: &str, arguments: &[&str]) -> String {
    let output = run(dir, data, arguments, "");
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

/// A directory with a database `here` in which Ann has an account.
fn ann() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    done(dir.path(), "here", &["account", "add", "Ann"], "sesame\n");
    dir
}

fn names(dir: &Path, data: &str) -> Vec<String> {
    let list = done(dir, data, &["account", "list"], "");
    list.lines().filter_map(|line| Some(line.split(' ').next()?.to_owned())).collect()
}

#[test]
fn a_backup_is_restored_somewhere_else() {
    let dir = ann();
    let copy = done(dir.path(), "here", &["backup", "copies"], "");
    let copy = copy.trim_end();
    assert!(copy.starts_with("copies/saloon-") && copy.ends_with(".db"), "{copy}");
    done(dir.path(), "there", &["restore", copy], "");
    assert_eq!(names(dir.path(), "there"), ["Ann"]);
    assert!(done(dir.path(), "there", &["verify"], "").starts_with("OK: "));
}

#[test]
fn the_newest_of_a_directory_replaces_a_database_only_by_force() {
    let dir = ann();
    done(dir.path(), "here", &["backup", "copies"], "");
    fs::write(dir.path().join("copies/saloon-20000101T000000Z.db"), "old").expect("written");
    done(dir.path(), "here", &["account", "add", "Bob"], "sesame\n");
    assert!(refused(dir.path(), "here", &["restore", "copies"]).contains("--force"));
    assert_eq!(names(dir.path(), "here"), ["Ann", "Bob"]);
    let told = done(dir.path(), "here", &["restore", "--force", "copies"], "");
    assert_eq!(told.lines().count(), 2, "it says where the old one is: {told}");
    assert_eq!(names(dir.path(), "here"), ["Ann"]);
    assert!(refused(dir.path(), "here", &["restore", "--force", "here"]).contains("there is no backup"));
}

#[test]
fn what_was_exported_is_imported_into_an_empty_place() {
    let dir = ann();
    let lines = done(dir.path(), "here", &["export", "--secrets"], "");
    assert!(lines.contains("\"Ann\"") && lines.contains("$argon2id$"), "{lines}");
    done(dir.path(), "there", &["import"], &lines);
    assert_eq!(names(dir.path(), "there"), ["Ann"]);
    assert_eq!(done(dir.path(), "there", &["export", "--secrets"], ""), lines);
    assert!(!run(dir.path(), "there", &["import"], &lines).status.success(), "it is not empty any more");
}

#[test]
fn an_export_has_no_secrets_unless_asked_for_and_is_its_owners_alone() {
    let dir = ann();
    assert_eq!(done(dir.path(), "here", &["export", "all.jsonl"], ""), "");
    let file = dir.path().join("all.jsonl");
    let lines = fs::read_to_string(&file).expect("it is there");
    assert!(
        lines.contains("\"Ann\"") && !lines.contains("$argon2id$") && !lines.contains("SCRAM"),
        "{lines}"
    );
    assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
    assert!(
        refused(dir.path(), "here", &["export", "all.jsonl"]).contains("cannot be made"),
        "it is never overwritten"
    );
}

#[test]
fn nothing_is_put_in_place_of_what_is_in_use() {
    let dir = ann();
    done(dir.path(), "here", &["backup", "copies"], "");
    let lock = fs::File::open(dir.path().join("here/saloon.db.lock")).expect("it is there");
    lock.lock().expect("nobody has it");
    let lines = done(dir.path(), "here", &["export"], "");
    for command in [["restore", "copies"].as_slice(), &["restore", "--force", "copies"], &["import"]] {
        let told = run(dir.path(), "here", command, &lines);
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(told.contains("a server is running on it"), "{command:?}: {told}");
    }
}

#[test]
fn without_a_database_there_is_nothing_to_do() {
    let dir = tempfile::tempdir().expect("a directory");
    for command in [["backup", "copies"].as_slice(), &["verify"], &["export"]] {
        assert!(refused(dir.path(), "here", command).contains("there is no database here/saloon.db yet"));
    }
    assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 0, "and nothing is made");
}

#[test]
fn damage_is_told_and_ends_with_a_status() {
    let dir = ann();
    let file = dir.path().join("here/saloon.db");
    let mut bytes = fs::read(&file).expect("readable");
    let middle = bytes.len() / 2;
    bytes[4096..middle.max(8192)].fill(0x5a);
    fs::write(&file, bytes).expect("written");
    assert!(!refused(dir.path(), "here", &["verify"]).is_empty());
}
