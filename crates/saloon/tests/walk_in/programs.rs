//! The complete clients in `docs/clients`.

use std::path::Path;
use std::process::Command;

use crate::program::{Program, require};
use crate::support::{Peer, Server, Setup};
use crate::{path, text};

const PROGRAMS: [&str; 3] = ["packet.c", "group.py", "line.sh"];

fn server() -> Server {
    Setup::default()
        .door("addr = \"tcp://127.0.0.1:0\"")
        .door("addr = \"udp://127.0.0.1:0\"\ndialect = \"packet\"")
        .door("addr = \"tcp://127.0.0.1:0\"\ndialect = \"group\"")
        .door("addr = \"tcp://127.0.0.1:0\"\ndialect = \"line\"")
        .start()
}

fn build(target: &Path) {
    require("cc", "gcc");
    let mut command = Command::new("cc");
    command.args(["-Wall", "-Wextra", "-o"]).arg(target).arg(path("docs/clients/packet.c"));
    let output = command.output().expect("a compiler");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
}

/// The one in C, as `ann`.
fn packet(server: &Server) -> Program {
    let program = server.setup.path("packet");
    build(&program);
    Program::start(Command::new(program).arg(server.addr(1).port().to_string()).arg("ann"))
}

/// The one in Python, and the address by which the others know it.
fn group(server: &Server) -> (Program, String) {
    require("python3", "python3");
    let mut command = Command::new("python3");
    command.arg(path("docs/clients/group.py"));
    let mut program = Program::start(command.arg("127.0.0.1").arg(server.addr(2).port().to_string()));
    let online = program.expect(" is online");
    let own = online.split_once(" is online").expect("an address").0.to_owned();
    (program, own)
}

/// The one for a shell, as `cai`.
fn line(server: &Server) -> Program {
    require("nc", "netcat-openbsd");
    let mut command = Command::new("sh");
    command.arg(path("docs/clients/line.sh"));
    let mut program =
        Program::start(command.arg("127.0.0.1").arg(server.addr(3).port().to_string()).arg("cai"));
    program.expect("you are called cai now");
    program
}

#[test]
fn the_programs_of_the_documents_hear_each_other() {
    let server = server();
    let mut ann = packet(&server);
    // Nobody answers a join; a question does.
    ann.say("/who");
    ann.expect("1 in #lobby");
    let mut cai = line(&server);
    ann.expect("* cai is here");
    let mut bob = Peer::user(&server, "bob");
    bob.join("#lobby");
    ann.expect("* bob is here");
    let (mut eve, address) = group(&server);
    cai.expect("has joined #lobby");
    let guest = ann.expect(" is here");

    ann.say("hello from C");
    bob.expect(":ann!packet@127.0.0.1 PRIVMSG #lobby :hello from C");
    cai.expect("<ann> hello from C");
    eve.expect("ann: hello from C");
    eve.say("你好 from Python");
    bob.expect("PRIVMSG #lobby :你好 from Python");
    ann.expect("你好 from Python");
    cai.expect("你好 from Python");
    eve.expect(&format!("from {address}: 你好 from Python"));
    cai.say("hello from a shell");
    bob.expect(":cai!line@127.0.0.1 PRIVMSG #lobby :hello from a shell");
    ann.expect("cai: hello from a shell");
    eve.expect("cai: hello from a shell");

    cai.say("/msg ann psst");
    ann.expect("cai: (private) psst");
    ann.say("/msg cai psst yourself");
    cai.expect("*ann* psst yourself");
    eve.say(&format!("@{address} a word to myself"));
    eve.expect(&format!("private from {address}: a word to myself"));

    cai.end();
    bob.expect(":cai!line@127.0.0.1 QUIT");
    ann.expect("* cai has left");
    eve.end();
    let guest = guest.trim_start_matches("* ").trim_end_matches(" is here");
    ann.expect(&format!("* {guest} has left"));
    ann.end();
}

#[test]
fn what_is_piped_in_is_said_before_they_leave() {
    let server = server();
    let mut cai = line(&server);
    for _ in 0..10 {
        let mut ann = packet(&server);
        ann.say("three\nfour");
        ann.end();
        cai.expect("<ann> three");
        cai.expect("<ann> four");
        cai.expect("-- ann has left");
    }
    let (mut eve, _) = group(&server);
    eve.say("one\ntwo");
    eve.end();
    cai.expect("> one");
    cai.expect("> two");
    cai.expect(" has left");
    cai.end();
}

#[test]
fn the_programs_are_short_and_shown_as_they_are() {
    let page = text("docs/walk-in.md");
    for name in PROGRAMS {
        let program = text(&format!("docs/clients/{name}"));
        assert!(page.contains(&format!("\n{program}```\n")), "docs/walk-in.md shows another {name}");
        let count = program.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(count <= 30, "{name} has {count} lines");
    }
}
