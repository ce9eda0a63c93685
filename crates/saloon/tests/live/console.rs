//! `--console`: whoever starts the server is in the lobby.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::support::{PATIENCE, Setup};

/// Ends the server with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads lines until one has this in it.
fn until(lines: &mut impl BufRead, wanted: &str) -> String {
    loop {
        let mut line = String::new();
        let count = lines.read_line(&mut line).expect("a line in time");
        assert!(count > 0, "it ended before {wanted:?} came");
        if line.contains(wanted) {
            return line;
        }
    }
}

#[test]
fn whoever_starts_the_server_talks_in_the_lobby_and_the_log_stays_apart() {
    let setup = Setup::default().set("log.level = \"info\"");
    let mut command = Command::new(env!("CARGO_BIN_EXE_saloon"));
    command.args(["serve", "--console", "--config"]).arg(setup.write()).env("USER", "boss");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = Running(command.spawn().expect("it starts"));
    let mut typed = server.0.stdin.take().expect("a pipe");
    let mut shown = BufReader::new(server.0.stdout.take().expect("a pipe"));
    let mut log = BufReader::new(server.0.stderr.take().expect("a pipe"));
    let door = until(&mut log, "tcp://");
    let addr = door.trim_start_matches("tcp://").split(' ').next().expect("an address").to_owned();
    until(&mut shown, "you are called boss now");

    let ann = TcpStream::connect(addr).expect("the door is open");
    ann.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut told = BufReader::new(ann.try_clone().expect("a copy"));
    (&ann).write_all(b"NICK ann\r\nUSER ann 0 x :Ann\r\nJOIN #lobby\r\n").expect("written");
    until(&mut told, " 366 ");
    writeln!(typed, "hello from the console").expect("written");
    let line = until(&mut told, "PRIVMSG");
    assert!(
        line.starts_with(":boss!") && line.ends_with("PRIVMSG #lobby :hello from the console\r\n"),
        "{line}"
    );
    (&ann).write_all(b"PRIVMSG #lobby :hi boss\r\n").expect("written");
    assert_eq!(until(&mut shown, "hi boss"), "<ann> hi boss\n");

    // The end of a pipe is not the end of the server.
    drop(typed);
    (&ann).write_all(b"PRIVMSG #lobby :still there?\r\nPING :x\r\n").expect("written");
    until(&mut told, "PONG");
    until(&mut shown, "still there?");
}
