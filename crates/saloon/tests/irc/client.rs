//! A client: sends lines, and reads what comes back until the answer to a `PING` says that this was all.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::invariants::Invariants;
use crate::line::Line;
use crate::lines::Lines;
use crate::transcript::Transcript;

/// How long a line may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to the server under test.
pub struct Client {
    stream: TcpStream,
    name: String,
    buffer: Vec<u8>,
    pings: usize,
    invariants: Invariants,
    transcript: Transcript,
}

impl Client {
    pub fn new(stream: TcpStream, name: &str, transcript: Transcript) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        let invariants = Invariants::default();
        Self { stream, name: name.to_owned(), buffer: Vec::new(), pings: 0, invariants, transcript }
    }

    /// Sends one line.
    pub fn send(&mut self, line: impl AsRef<[u8]>) {
        self.raw([line.as_ref(), b"\r\n"].concat());
    }

    /// Sends bytes.
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.transcript.note(format!("{} -> {}", self.name, String::from_utf8_lossy(bytes).trim_end()));
        // A connection that the server has closed is seen by reading.
        let _ = self.stream.write_all(bytes);
    }

    /// Sends NICK and USER, and reads the welcome.
    pub fn register(&mut self, nick: &str) -> Lines {
        self.name = nick.to_owned();
        self.send(format!("NICK {nick}"));
        self.send(format!("USER {nick}usr 0 * :Real {nick}"));
        self.welcome()
    }

    /// Reads the welcome.
    #[track_caller]
    pub fn welcome(&mut self) -> Lines {
        let lines = self.sync();
        if lines.iter().all(|line| line.command != "001") {
            lines.complain("expected to be registered");
        }
        lines
    }

    /// Sends a line, and reads all that comes of it.
    #[track_caller]
    pub fn ask(&mut self, line: &str) -> Lines {
        self.send(line);
        self.sync()
    }

    /// Reads all that the server has sent so far.
    #[track_caller]
    pub fn sync(&mut self) -> Lines {
        self.pings += 1;
        let token = format!("sync{}", self.pings);
        self.send(format!("PING {token}"));
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if line.command == "PONG" && line.text() == token {
                self.invariants.at_rest();
                return self.lines(lines);
            }
            lines.push(line);
        }
    }

    /// The next line.
    #[track_caller]
    pub fn line(&mut self) -> Line {
        match self.next() {
            Some(line) => line,
            None => panic!("{}: the connection was closed\n{}", self.name, self.transcript),
        }
    }

    /// Reads to the end of the connection.
    #[track_caller]
    pub fn rest(&mut self) -> Lines {
        let mut lines = Vec::new();
        while let Some(line) = self.next() {
            lines.push(line);
        }
        self.lines(lines)
    }

    /// Hangs up without a word.
    pub fn hang_up(self) {
        drop(self.stream);
    }

    /// From now on, reads what is not UTF-8 too.
    pub fn any_bytes(&mut self) {
        self.invariants.any_bytes = true;
    }

    fn lines(&self, lines: Vec<Line>) -> Lines {
        Lines::new(lines, self.transcript.clone())
    }

    #[track_caller]
    fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                let bytes: Vec<u8> = self.buffer.drain(..=end).collect();
                let shown = String::from_utf8_lossy(&bytes).trim_end_matches("\r\n").to_owned();
                self.transcript.note(format!("{} <- {shown}", self.name));
                let line = Line::parse(&shown);
                if let Err(what) = self.invariants.check(&bytes, &line) {
                    panic!("{}: {what}: {line}\n{}", self.name, self.transcript);
                }
                return Some(line);
            }
            if !self.fill() {
                return None;
            }
        }
    }

    /// Reads some bytes. False at the end of the connection.
    #[track_caller]
    fn fill(&mut self) -> bool {
        let mut bytes = [0; 65536];
        match self.stream.read(&mut bytes) {
            Ok(0) => false,
            Ok(count) => {
                self.buffer.extend_from_slice(&bytes[..count]);
                true
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("{}: nothing more came ({error})\n{}", self.name, self.transcript),
        }
    }
}
