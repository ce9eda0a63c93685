//! `saloon account` as an operator at a shell meets it, while no server runs.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs `saloon account` on the database in that directory, with a line in the pipe.
fn account(dir: &Path, arguments: &[&str], line: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saloon"))
        .arg("account")
        .args(arguments)
        .arg("--data")
        .arg(dir.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    // It may end before it reads.
    let _ = child.stdin.take().expect("a pipe").write_all(line.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn done(dir: &Path, arguments: &[&str], line: &str) -> String {
    let output = account(dir, arguments, line);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    assert_eq!(told, "", "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn refused(dir: &Path, arguments: &[&str], line: &str) -> String {
    let output = account(dir, arguments, line);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn an_account_is_registered_and_its_codes_are_shown_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let told = done(dir.path(), &["add", "Ann", "--email", "ann@example.org"], "sesame\n");
    assert!(told.starts_with("Ann is registered.\n"), "{told}");
    let codes: Vec<_> = told.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert_eq!(codes.len(), 8, "{told}");
    let list = done(dir.path(), &["list"], "");
    assert!(list.starts_with("Ann  20") && list.ends_with("  ann@example.org\n"), "{list}");
    assert!(codes.iter().all(|code| !list.contains(code)));
}

#[test]
fn an_account_is_suspended_let_in_again_and_dropped() {
    let dir = tempfile::tempdir().expect("a directory");
    done(dir.path(), &["add", "ann"], "sesame");
    assert_eq!(done(dir.path(), &["passwd", "ANN"], "other"), "ann has another password.\n");
    assert_eq!(done(dir.path(), &["suspend", "ann", "--reason", "spam"], ""), "ann is suspended.\n");
    assert!(done(dir.path(), &["list"], "").ends_with("  suspended: spam\n"));
    assert_eq!(done(dir.path(), &["unsuspend", "ann"], ""), "ann may log in again.\n");
    assert!(refused(dir.path(), &["drop", "ann"], "y\n").contains("--yes"));
    assert_eq!(done(dir.path(), &["drop", "ann", "--yes"], ""), "ann is gone.\n");
    assert_eq!(done(dir.path(), &["list"], ""), "");
}

#[test]
fn what_is_refused_says_why() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(refused(dir.path(), &["list"], "").contains("there is no database"));
    done(dir.path(), &["add", "ann"], "sesame");
    assert_eq!(refused(dir.path(), &["suspend", "bob"], ""), "saloon: there is no account bob\n");
    assert!(refused(dir.path(), &["add", "ANN"], "x").contains("there is an account"));
    assert!(refused(dir.path(), &["add", "NickServ"], "x").contains("no account can be called NickServ"));
    assert!(refused(dir.path(), &["add", "bob"], "bob").contains("the password is the name of the account"));
    assert!(refused(dir.path(), &["add", "bob"], "\n").contains("an empty password"));
}
