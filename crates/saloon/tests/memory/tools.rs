//! The operator's tools, on the data of a server that runs or has run.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::someone::{CAPS, history, owner, someone, texts};
use crate::support::{Server, Setup, eventually};

fn setup() -> Setup {
    Setup::default().set("datastore.path = \"data\"")
}

/// Runs a command of the program on this configuration, and says these lines to it.
fn run(arguments: &[&str], config: &Path, said: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saloon"));
    command.args(arguments).arg("--config").arg(config);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(said.as_bytes()).expect("said");
    eventually("the program ends", || child.try_wait().expect("a status").is_some());
    child.wait_with_output().expect("it has ended")
}

fn succeed(arguments: &[&str], config: &Path, said: &str) -> String {
    let output = run(arguments, config, said);
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {told}");
    told
}

/// A server at which things were said.
fn used() -> Server {
    let server = setup().start();
    let mut ann = someone(&server, "ann", CAPS);
    ann.send("REGISTER ann * ann-secret");
    ann.until("REGISTER SUCCESS");
    ann.join("#club");
    ann.send("CS REGISTER #club");
    for number in 0..50 {
        ann.send(&format!("PRIVMSG #club :number {number} ü 你好"));
    }
    ann.sync();
    server
}

fn has_everything(server: &Server) {
    let mut ann = owner(server, "ann", "ann", "ann-secret", &format!("{CAPS} draft/chathistory"));
    ann.join("#club");
    let kept = history(&mut ann, "#club", 100);
    assert_eq!(kept.len(), 50);
    assert_eq!(texts(&kept)[49], "number 49 ü 你好");
}

#[test]
fn a_backup_of_a_running_server_can_be_restored_elsewhere() {
    let server = used();
    let config = server.setup.path("saloon.toml");
    let backup = server.setup.path("backup");
    succeed(&["backup", backup.to_str().expect("a path")], &config, "");
    // What comes after is not in it.
    let mut bob = someone(&server, "bob", CAPS);
    bob.join("#club");
    bob.send("PRIVMSG #club :too late");
    bob.sync();

    let elsewhere = setup();
    let other = elsewhere.write();
    succeed(&["restore", backup.to_str().expect("a path")], &other, "");
    succeed(&["verify"], &other, "");
    has_everything(&elsewhere.start());
}

#[test]
fn a_running_server_is_not_restored_over() {
    let server = used();
    let config = server.setup.path("saloon.toml");
    let backup = server.setup.path("backup");
    succeed(&["backup", backup.to_str().expect("a path")], &config, "");
    let refused = run(&["restore", backup.to_str().expect("a path")], &config, "");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("running"), "{refused:?}");
    has_everything(&server);
}

#[test]
fn what_is_exported_and_imported_is_the_same() {
    let mut server = used();
    server.stop();
    let config = server.setup.path("saloon.toml");
    let first = run(&["export"], &config, "");
    assert!(first.status.success());
    let lines = String::from_utf8(first.stdout).expect("UTF-8");
    assert!(lines.contains("number 7 ü 你好"), "it can be read");
    assert!(!lines.contains("argon2"), "no secrets unless asked for");
    let whole = String::from_utf8(run(&["export", "--secrets"], &config, "").stdout).expect("UTF-8");
    let elsewhere = setup();
    let other = elsewhere.write();
    succeed(&["import"], &other, &whole);
    succeed(&["verify"], &other, "");
    let again = String::from_utf8(run(&["export", "--secrets"], &other, "").stdout).expect("UTF-8");
    assert_eq!(again, whole);
    has_everything(&elsewhere.start());
}

#[test]
fn a_damaged_database_is_found_out() {
    let mut server = used();
    server.stop();
    let config = server.setup.path("saloon.toml");
    let told = succeed(&["verify"], &config, "");
    assert!(told.contains("no mistake") || told.contains("all is well") || told.contains("ok"), "{told}");
    let file = server.setup.path("data/saloon.db");
    let mut bytes = std::fs::read(&file).expect("a database");
    let at = bytes.windows(8).position(|words| words == b"number 2").expect("what was said");
    bytes[at - 200..at + 200].fill(0xff);
    std::fs::write(&file, bytes).expect("written");
    let found = run(&["verify"], &config, "");
    assert!(!found.status.success(), "{found:?}");
}

#[test]
fn accounts_are_managed_while_the_server_runs_and_while_it_does_not() {
    let mut server = setup().start();
    let config = server.setup.path("saloon.toml");
    for running in [true, false] {
        let name = if running { "robin" } else { "kim" };
        if !running {
            server.stop();
        }
        succeed(&["account", "add", name], &config, "first-secret\n");
        let twice = run(&["account", "add", name], &config, "first-secret\n");
        assert!(!twice.status.success(), "{twice:?}");
        succeed(&["account", "passwd", name], &config, "second-secret\n");
        assert!(succeed(&["account", "list"], &config, "").contains(name));
    }
    server = server.setup.clone().start();
    for name in ["robin", "kim"] {
        owner(&server, name, name, "second-secret", "").quit();
    }
    let mut robin = owner(&server, "robin", "robin", "second-secret", "");
    succeed(&["account", "suspend", "robin"], &config, "");
    assert!(robin.rest().iter().any(|line| line.contains(" ERROR :")), "who is logged in is disconnected");
}
