//! A connection as a test sees it: bytes that are sent in one piece, and bytes that come in any.
//!
//! What the dialects call a unit is one read for their clients, and whether two of them come in one read
//! is a matter of luck. So nothing here depends on where a read ends, except [`Stream::reads`].

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::support::peer::Wire;
use crate::support::tls;
use crate::support::ws::{Visit, WsClient};

/// How long something may take to come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to the server.
pub struct Stream {
    wire: Box<dyn Wire>,
    tcp: Option<TcpStream>,
    /// All that came, for when a test fails.
    heard: Vec<u8>,
    taken: usize,
    over: bool,
    /// Most bytes of a read.
    pub most: usize,
}

impl Stream {
    pub fn tcp(addr: SocketAddr) -> Self {
        Self::on(TcpStream::connect(addr).expect("connected"))
    }

    /// Over a connection that there is.
    pub fn on(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("no delay");
        let tcp = stream.try_clone().expect("a clone");
        Self { tcp: Some(tcp), ..Self::over(stream) }
    }

    pub fn tls(addr: SocketAddr) -> Self {
        let mut client = tls::connect(addr);
        client.sock.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        // Now, and not with the first words of somebody who only listens.
        while client.conn.is_handshaking() {
            client.conn.complete_io(&mut client.sock).expect("a handshake");
        }
        Self::over(client)
    }

    /// In a WebSocket.
    pub fn ws(addr: SocketAddr, dialect: &str, encrypted: bool) -> Self {
        let lines = matches!(dialect, "irc" | "line");
        let visit = Visit { path: "/ws", lines, encrypted, ..Visit::default() };
        let client = WsClient::open(addr, &visit).expect("a WebSocket");
        client.set_patience(PATIENCE);
        Self::over(client)
    }

    pub fn unix(path: &Path) -> Self {
        Self::over(UnixStream::connect(path).expect("connected"))
    }

    fn over(wire: impl Wire + 'static) -> Self {
        wire.set_patience(PATIENCE);
        Self { wire: Box::new(wire), tcp: None, heard: vec![], taken: 0, over: false, most: 1024 }
    }

    /// Its own address, as the server sees it.
    pub fn local(&self) -> SocketAddr {
        self.tcp.as_ref().expect("a TCP connection").local_addr().expect("an address")
    }

    /// Sends this in one piece.
    pub fn send(&mut self, unit: impl AsRef<[u8]>) {
        self.try_send(unit).expect("sent");
    }

    /// Sends this, if the other end still takes anything.
    pub fn try_send(&mut self, unit: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.wire.write_all(unit.as_ref())?;
        self.wire.flush()
    }

    /// Waits until the server has read what was sent, so that the next piece is a read of its own.
    ///
    /// Nobody types so fast that this would not be so anyway. Only for TCP; else it does not wait.
    pub fn is_read(&self) {
        let Some(tcp) = &self.tcp else { return };
        let ends = [tcp.peer_addr(), tcp.local_addr()].map(|addr| in_table(addr.expect("an address")));
        let end = Instant::now() + PATIENCE;
        while waiting_to_be_read(&ends) {
            assert!(Instant::now() < end, "the server does not read; heard:\n{}", self.tail());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Says that nothing more will be sent.
    pub fn end(&mut self) {
        self.wire.end();
    }

    /// Breaks the connection off.
    pub fn reset(self) {
        let tcp = self.tcp.as_ref().expect("a TCP connection");
        SockRef::from(tcp).set_linger(Some(Duration::ZERO)).expect("a reset");
    }

    /// Reads once, at most as much as the client does: none at the end.
    pub fn read(&mut self) -> Option<usize> {
        let mut buffer = [0; 1024];
        match self.wire.read(&mut buffer[..self.most]) {
            Ok(0) => self.over = true,
            Ok(count) => self.heard.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("nothing came; heard so far:\n{}", self.tail())
            }
            // Reset, or closed without TLS's farewell.
            Err(_) => self.over = true,
        }
        (!self.over).then_some(self.heard.len())
    }

    /// The next so many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.heard.len() < self.taken + count {
            if self.read().is_none() {
                panic!("closed before {count} more bytes; heard so far:\n{}", self.tail());
            }
        }
        let start = self.taken;
        self.taken += count;
        self.heard[start..self.taken].to_vec()
    }

    /// What comes next is exactly this.
    pub fn take(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut seen = 0;
        // Compared as it comes, so that a wrong start is not a wait for a right end.
        while seen < expected.len() {
            while self.heard.len() <= self.taken + seen {
                if self.read().is_none() {
                    panic!("closed before {}; heard so far:\n{}", shown(expected), self.tail());
                }
            }
            let here = self.heard.len().min(self.taken + expected.len());
            let (came, wanted) = (&self.heard[self.taken..here], &expected[..here - self.taken]);
            assert!(
                came == wanted,
                "expected {}, but came {}; all of it:\n{}",
                shown(expected),
                shown(came),
                self.tail()
            );
            seen = here - self.taken;
        }
        self.taken += expected.len();
    }

    /// What comes up to this, and this.
    pub fn until(&mut self, text: impl AsRef<[u8]>) -> Vec<u8> {
        let text = text.as_ref();
        let end = Instant::now() + PATIENCE;
        let mut looked = self.taken;
        loop {
            if let Some(at) = find(&self.heard[looked..], text) {
                let start = std::mem::replace(&mut self.taken, looked + at + text.len());
                return self.heard[start..self.taken].to_vec();
            }
            looked = self.taken.max(self.heard.len().saturating_sub(text.len()));
            assert!(Instant::now() < end, "{} did not come; heard:\n{}", shown(text), self.tail());
            if self.read().is_none() {
                panic!("closed before {}; heard so far:\n{}", shown(text), self.tail());
            }
        }
    }

    /// All that comes until the server ends the connection.
    pub fn rest(&mut self) -> Vec<u8> {
        while !self.over && self.read().is_some() {}
        let start = std::mem::replace(&mut self.taken, self.heard.len());
        self.heard[start..].to_vec()
    }

    /// Each read on its own, until this has come.
    pub fn reads(&mut self, last: impl AsRef<[u8]>) -> Vec<Vec<u8>> {
        self.timed_reads(last).into_iter().map(|(_, read)| read).collect()
    }

    /// The same, with the time of each.
    pub fn timed_reads(&mut self, last: impl AsRef<[u8]>) -> Vec<(Instant, Vec<u8>)> {
        let begin = self.taken;
        let mut reads = Vec::new();
        while find(&self.heard[begin..], last.as_ref()).is_none() || self.taken < self.heard.len() {
            while self.taken == self.heard.len() {
                if self.read().is_none() {
                    panic!("closed; heard so far:\n{}", self.tail());
                }
            }
            let start = std::mem::replace(&mut self.taken, self.heard.len());
            reads.push((Instant::now(), self.heard[start..].to_vec()));
        }
        reads
    }

    /// All that came so far.
    pub fn heard(&self) -> &[u8] {
        &self.heard
    }

    fn tail(&self) -> String {
        shown(&self.heard[self.heard.len().saturating_sub(2000)..])
    }
}

/// An address as the kernel's table of connections has it.
fn in_table(addr: SocketAddr) -> String {
    match addr {
        SocketAddr::V4(addr) => format!("{:08X}:{:04X}", addr.ip().to_bits().swap_bytes(), addr.port()),
        SocketAddr::V6(addr) => panic!("{addr} is not in this table"),
    }
}

/// Whether something waits at the first end of a connection to be read.
fn waiting_to_be_read([local, remote]: &[String; 2]) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").expect("a table");
    let mut rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let row = rows.find(|row| row.get(1) == Some(&local.as_str()) && row.get(2) == Some(&remote.as_str()));
    row.is_some_and(|row| !row[4].ends_with(":00000000"))
}

/// Where one begins in the other.
pub fn find(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len()).position(|window| window == part)
}

/// How often one is in the other.
pub fn count(all: &[u8], part: &[u8]) -> usize {
    all.windows(part.len()).filter(|window| *window == part).count()
}

/// Bytes as a byte literal, with UTF-8 left readable.
pub fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.replace('\0', "\\0").replace('\r', "\\r"),
        Err(_) => bytes.escape_ascii().to_string(),
    }
}
