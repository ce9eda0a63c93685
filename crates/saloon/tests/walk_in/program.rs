//! A program with its input and output in our hands.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};

use crate::support::{PATIENCE, eventually};

/// A running program. Dropping it ends it.
pub struct Program {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Program {
    pub fn start(command: &mut Command) -> Self {
        command.env("LC_ALL", "C.UTF-8").env_remove("PYTHONIOENCODING");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { input: child.stdin.take(), child, lines, heard: vec![] }
    }

    /// Types a line.
    pub fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("an input that is open");
        input.write_all(format!("{line}\n").as_bytes()).expect("typed");
    }

    /// The next line that has this in it.
    pub fn expect(&mut self, text: &str) -> String {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => self.heard.push(line),
                Err(RecvTimeoutError::Timeout) => panic!("{text:?} never came; but: {:#?}", self.heard),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended before {text:?}: {:#?}", self.heard),
            }
        }
    }

    /// Ends its input, and waits until it has left without a complaint.
    pub fn end(mut self) {
        self.input = None;
        let mut status = None;
        eventually("the program ends", || {
            status = self.child.try_wait().expect("a status");
            status.is_some()
        });
        let mut complaints = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut complaints).expect("UTF-8");
        assert_eq!(complaints, "");
        assert!(status.is_some_and(|status| status.success()), "{status:?}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fails with the package to install if a program is missing.
pub fn require(program: &str, package: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|dir| dir.join(program).is_file());
    assert!(there, "this test needs {program}: on Debian, apt-get install {package}");
}
