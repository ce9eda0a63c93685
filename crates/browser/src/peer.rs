//! Somebody who is not in a browser: sends lines, and reads what comes, line by line.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::PATIENCE;

/// Lines of messages that are sent before their arrival is asked for.
const BATCH: usize = 200;

/// Somebody at the other end of a TCP connection.
#[derive(Debug)]
pub struct Peer {
    wire: TcpStream,
    input: Vec<u8>,
    taken: usize,
    /// The lines it has read, for when a test fails.
    heard: Vec<String>,
    questions: u32,
}

impl Peer {
    /// Connects, and says nothing.
    ///
    /// # Panics
    /// Nobody is there.
    #[must_use]
    pub fn connect(addr: SocketAddr) -> Self {
        let wire = TcpStream::connect(addr).expect("connected");
        wire.set_nodelay(true).expect("no delay");
        wire.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self { wire, input: vec![], taken: 0, heard: vec![], questions: 0 }
    }

    /// Sends a line, or several.
    ///
    /// # Panics
    /// The connection is over.
    pub fn send(&mut self, line: &str) {
        self.wire.write_all(format!("{line}\r\n").as_bytes()).expect("sent");
    }

    /// Says something to a room or person, by IRC.
    pub fn say(&mut self, to: &str, text: &str) {
        self.send(&format!("PRIVMSG {to} :{text}"));
    }

    /// Says something by IRC, with these tags, and gives the id that it got.
    ///
    /// # Panics
    /// The peer has not asked for `echo-message` and `message-tags`.
    pub fn say_with(&mut self, tags: &str, to: &str, text: &str) -> String {
        let tags = if tags.is_empty() { String::new() } else { format!("@{tags} ") };
        self.send(&format!("{tags}PRIVMSG {to} :{text}"));
        let echo = self.until(&format!("PRIVMSG {to} :{text}"));
        let (_, id) = echo.split_once("msgid=").expect("an id");
        id.split([';', ' ']).next().unwrap_or_default().to_owned()
    }

    /// Asks for capabilities.
    #[must_use]
    pub fn with(mut self, capabilities: &str) -> Self {
        self.send(&format!("CAP REQ :{capabilities}"));
        self.until(" ACK ");
        self
    }

    /// Says many things by IRC, and waits until the server has taken all of them.
    pub fn say_all(&mut self, to: &str, texts: impl IntoIterator<Item = String>) {
        let mut lines = Vec::new();
        for text in texts {
            lines.push(format!("PRIVMSG {to} :{text}"));
            if lines.len() == BATCH {
                self.send(&std::mem::take(&mut lines).join("\r\n"));
                self.sync();
            }
        }
        if !lines.is_empty() {
            self.send(&lines.join("\r\n"));
        }
        self.sync();
    }

    /// The next line; none once the connection is over.
    ///
    /// # Panics
    /// Nothing comes.
    pub fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.input[self.taken..].iter().position(|&byte| byte == b'\n') {
                let line = &self.input[self.taken..self.taken + end];
                let line = String::from_utf8_lossy(line).trim_end_matches('\r').to_owned();
                self.taken += end + 1;
                self.heard.push(line.clone());
                return Some(line);
            }
            self.input.drain(..std::mem::take(&mut self.taken));
            let mut buffer = [0; 16 * 1024];
            match self.wire.read(&mut buffer) {
                Ok(0) => return None,
                Ok(count) => self.input.extend_from_slice(&buffer[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    panic!("nothing came; heard so far:\n{}", self.tail())
                }
                Err(_) => return None,
            }
        }
    }

    fn tail(&self) -> String {
        self.heard[self.heard.len().saturating_sub(20)..].join("\n")
    }

    /// The next line that has this in it.
    ///
    /// # Panics
    /// None comes.
    pub fn until(&mut self, text: &str) -> String {
        loop {
            match self.line() {
                Some(line) if line.contains(text) => return line,
                Some(_) => {}
                None => panic!("closed before {text:?}; heard so far:\n{}", self.tail()),
            }
        }
    }

    /// Waits until the server has done all that was asked of it by IRC.
    pub fn sync(&mut self) {
        self.questions += 1;
        let token = format!("sync-{}", self.questions);
        self.send(&format!("PING {token}"));
        self.until(&format!(":{token}"));
    }

    /// The latest hundred of what was said in a room: who, and the words.
    pub fn history(&mut self, room: &str) -> Vec<(String, String)> {
        self.send("CAP REQ :batch draft/chathistory");
        self.until(" ACK ");
        self.send(&format!("CHATHISTORY LATEST {room} * 100"));
        self.until("BATCH +");
        let mut said = Vec::new();
        loop {
            let line = self.line().expect("a line");
            if line.contains("BATCH -") {
                return said;
            }
            let source = line.split(' ').find(|word| word.starts_with(':')).unwrap_or_default();
            if let Some((_, text)) = line.split_once(&format!(" PRIVMSG {room} :")) {
                let nick = source[1..].split('!').next().unwrap_or_default();
                said.push((nick.to_owned(), text.to_owned()));
            }
        }
    }

    /// Leaves, with these words.
    pub fn quit(mut self, why: &str) {
        self.send(&format!("QUIT :{why}"));
        while self.line().is_some() {}
    }
}
