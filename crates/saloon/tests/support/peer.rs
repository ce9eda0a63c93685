//! Somebody at the other end: sends lines, and reads what comes, line by line.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::tls::{self, TlsClient};
use super::ws::WsClient;
use super::{PATIENCE, Server};

/// A connection of any kind.
pub trait Wire: Read + Write + Send {
    fn set_patience(&self, patience: Duration);
    /// Says that nothing more will be sent.
    fn end(&mut self);
}

impl Wire for TcpStream {
    fn set_patience(&self, patience: Duration) {
        self.set_read_timeout(Some(patience)).expect("a timeout");
    }

    fn end(&mut self) {
        self.shutdown(Shutdown::Write).expect("half closed");
    }
}

impl Wire for UnixStream {
    fn set_patience(&self, patience: Duration) {
        self.set_read_timeout(Some(patience)).expect("a timeout");
    }

    fn end(&mut self) {
        self.shutdown(Shutdown::Write).expect("half closed");
    }
}

impl Wire for TlsClient {
    fn set_patience(&self, patience: Duration) {
        self.sock.set_read_timeout(Some(patience)).expect("a timeout");
    }

    fn end(&mut self) {
        self.conn.send_close_notify();
        self.flush().expect("flushed");
        self.sock.shutdown(Shutdown::Write).expect("half closed");
    }
}

/// A connection for which the kernel takes little.
pub fn narrow(addr: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.connect(&addr.into()).expect("connected");
    socket.into()
}

/// Somebody at the other end.
pub struct Peer {
    wire: Box<dyn Wire>,
    input: Vec<u8>,
    taken: usize,
    /// The lines it has read, for when a test fails.
    heard: Vec<String>,
    questions: u32,
}

impl Peer {
    pub fn new(wire: impl Wire + 'static) -> Self {
        wire.set_patience(PATIENCE);
        Self { wire: Box::new(wire), input: vec![], taken: 0, heard: vec![], questions: 0 }
    }

    pub fn tcp(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).expect("connected");
        stream.set_nodelay(true).expect("no delay");
        Self::new(stream)
    }

    /// One whose kernel takes little for it, so that not reading shows soon.
    pub fn narrow(addr: SocketAddr) -> Self {
        Self::new(narrow(addr))
    }

    pub fn tls(addr: SocketAddr) -> Self {
        Self::new(tls::connect(addr))
    }

    /// One behind a proxy that says this before TLS begins.
    pub fn tls_behind(addr: SocketAddr, header: &[u8]) -> Self {
        let mut client = tls::connect(addr);
        client.sock.write_all(header).expect("sent");
        Self::new(client)
    }

    pub fn unix(path: &Path) -> Self {
        Self::new(UnixStream::connect(path).expect("connected"))
    }

    /// One in a WebSocket.
    pub fn ws(addr: SocketAddr, path: &str) -> Self {
        Self::new(WsClient::lines(addr, path))
    }

    /// A user, who has come in by the first door.
    pub fn user(server: &Server, nick: &str) -> Self {
        let mut peer = Self::tcp(server.addr(0));
        peer.register(nick);
        peer
    }

    /// Becomes a user, and reads until all of the welcome is there.
    pub fn register(&mut self, nick: &str) {
        self.register_without_waiting(nick);
        self.until(" 001 ");
        self.sync();
    }

    /// Asks to become a user.
    pub fn register_without_waiting(&mut self, nick: &str) {
        self.send(&format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}"));
    }

    /// Sends a line.
    pub fn send(&mut self, line: &str) {
        self.raw(format!("{line}\r\n").as_bytes());
    }

    /// Sends bytes.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.try_raw(bytes).expect("sent");
    }

    /// Sends bytes, if the other end still takes any.
    pub fn try_raw(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.wire.write_all(bytes)?;
        self.wire.flush()
    }

    /// Says that nothing more will be sent.
    pub fn end(&mut self) {
        self.wire.end();
    }

    /// The next line.
    pub fn line(&mut self) -> String {
        match self.next() {
            Some(line) => line,
            None => panic!("closed; heard so far:\n{}", self.tail()),
        }
    }

    /// The next line; none once the connection is over.
    pub fn next(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.input[self.taken..].iter().position(|&byte| byte == b'\n') {
                let line = &self.input[self.taken..self.taken + end];
                let line = String::from_utf8_lossy(line).trim_end_matches('\r').to_owned();
                self.taken += end + 1;
                self.heard.push(line.clone());
                return Some(line);
            }
            if !self.read() {
                return None;
            }
        }
    }

    fn read(&mut self) -> bool {
        self.input.drain(..std::mem::take(&mut self.taken));
        let mut buffer = [0; 16 * 1024];
        match self.wire.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.input.extend_from_slice(&buffer[..count]);
                true
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("nothing came; heard so far:\n{}", self.tail())
            }
            // Reset, or closed without TLS's farewell.
            Err(_) => false,
        }
    }

    /// Whether there is something to be read now.
    pub fn has_heard(&mut self) -> bool {
        self.wire.set_patience(Duration::from_millis(1));
        let mut buffer = [0; 1024];
        let read = self.wire.read(&mut buffer);
        self.wire.set_patience(PATIENCE);
        self.input.extend_from_slice(&buffer[..read.unwrap_or(0)]);
        self.input.len() > self.taken
    }

    fn tail(&self) -> String {
        self.heard[self.heard.len().saturating_sub(20)..].join("\n")
    }

    /// The line that has this in it, and all that come before it.
    pub fn until(&mut self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.next() {
                Some(line) => lines.push(line),
                None => panic!("closed before {text:?}; heard so far:\n{}", self.tail()),
            }
            if lines.last().is_some_and(|line| line.contains(text)) {
                return lines;
            }
        }
    }

    /// The next line that has this in it.
    pub fn expect(&mut self, text: &str) -> String {
        self.until(text).pop().expect("a line")
    }

    /// Everything until the connection is over.
    pub fn rest(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// What there was to be heard before the answer to a question that is asked now.
    pub fn sync(&mut self) -> Vec<String> {
        self.questions += 1;
        let token = format!("sync-{}", self.questions);
        self.send(&format!("PING {token}"));
        let mut lines = self.until(&format!("PONG irc.example.org :{token}"));
        lines.pop();
        lines
    }

    /// Joins a room, and reads until it is in.
    pub fn join(&mut self, room: &str) {
        self.send(&format!("JOIN {room}"));
        self.until(" 366 ");
    }

    /// Leaves, and waits until the connection is closed.
    pub fn quit(mut self) {
        self.send("QUIT");
        self.rest();
    }
}
