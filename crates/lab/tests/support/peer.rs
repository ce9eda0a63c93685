//! The other end.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::{A_WHILE, PATIENCE, Server};

/// No write succeeds for so long: it is taken for blocked. If it was merely slow, less is sent, and no test fails.
const BLOCKED: Duration = Duration::from_millis(100);

/// A connection to the server.
pub struct Peer(pub TcpStream);

impl Peer {
    pub fn connect(server: &Server) -> Self {
        Self::connect_to(server.addr)
    }

    pub fn connect_to(addr: SocketAddr) -> Self {
        let peer = TcpStream::connect(addr).expect("the server accepts");
        peer.set_nodelay(true).expect("TCP");
        peer.set_read_timeout(Some(PATIENCE)).expect("not zero");
        peer.set_write_timeout(Some(PATIENCE)).expect("not zero");
        Self(peer)
    }

    /// One with little room for answers, so that not reading is noticed soon.
    pub fn connect_small(server: &Server) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        // Before connecting, for the window is agreed upon with the handshake. What we send must not become
        // small pieces: each would take its time to be refused.
        socket.set_recv_buffer_size(4 * 1024).expect("a size");
        socket.set_send_buffer_size(256 * 1024).expect("a size");
        socket.connect(&server.addr.into()).expect("the server accepts");
        Self(socket.into())
    }

    pub fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).expect("it is taken");
    }

    /// Says it and hears it in upper case.
    pub fn ask(&mut self, text: &str) {
        self.say(text);
        self.expect(&text.to_ascii_uppercase());
    }

    pub fn expect(&mut self, text: &str) {
        let mut answer = vec![0; text.len()];
        self.0.read_exact(&mut answer).expect("an answer");
        assert_eq!(str::from_utf8(&answer), Ok(text));
    }

    /// True if it answers, false if it has closed.
    pub fn is_answered(&mut self, text: &str) -> bool {
        let mut answer = vec![0; text.len()];
        let asked = self.0.write_all(text.as_bytes()).and_then(|()| self.0.read_exact(&mut answer));
        match asked {
            Ok(()) => answer == text.to_ascii_uppercase().as_bytes(),
            Err(error) => {
                assert!(!timed_out(&error), "neither answered nor closed");
                false
            }
        }
    }

    /// Nothing comes for a while, and the connection is open.
    pub fn hears_nothing(&mut self) {
        self.0.set_read_timeout(Some(A_WHILE)).expect("not zero");
        let error = self.0.read(&mut [0]).expect_err("it must not answer");
        assert!(timed_out(&error), "{error}");
        self.0.set_read_timeout(Some(PATIENCE)).expect("not zero");
    }

    pub fn half_close(&mut self) {
        self.0.shutdown(Shutdown::Write).expect("it is open");
    }

    /// All that comes until the server closes.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).expect("a proper end");
        rest
    }

    /// The server has closed, one way or the other.
    pub fn is_closed(&mut self) {
        match self.0.read(&mut [0]) {
            Ok(0) => {}
            Err(error) if !timed_out(&error) => {}
            other => panic!("not closed: {other:?}"),
        }
    }

    /// Leaves with a RST instead of a FIN.
    pub fn reset(self) {
        SockRef::from(&self.0).set_linger(Some(Duration::ZERO)).expect("TCP");
    }

    /// Leaves without a word, as a host does that loses power: a socket in repair mode is closed without FIN
    /// or RST. That takes CAP_NET_ADMIN; without it, an ordinary close in the middle has to do.
    pub fn vanish(self) {
        let _ = nix::sys::socket::setsockopt(&self.0, nix::sys::socket::sockopt::TcpRepair, &1);
    }
}

fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Sends, and never reads, until nothing is taken for a while. Returns how much was.
pub fn send_until_blocked(peer: &mut Peer) -> usize {
    peer.0.set_write_timeout(Some(BLOCKED)).expect("not zero");
    let mut sent = 0;
    loop {
        match peer.0.write(&[b'x'; 16 * 1024]) {
            Ok(count) => sent += count,
            Err(error) if timed_out(&error) => return sent,
            Err(error) => panic!("the server must not end it: {error}"),
        }
        assert!(sent < 256 << 20, "the server keeps all that it is sent");
    }
}

/// Writes in pieces of these sizes, again and again, while it reads; then closes its half. Whether what comes
/// back is `bytes` in upper case, and then the end.
pub fn ask_at_once(peer: &mut Peer, bytes: &[u8], sizes: &[usize]) -> bool {
    let mut writing = peer.0.try_clone().expect("a descriptor");
    thread::scope(|threads| {
        threads.spawn(move || {
            let mut rest = bytes;
            for size in sizes.iter().cycle() {
                let (piece, behind) = rest.split_at((*size).min(rest.len()));
                writing.write_all(piece).expect("it is taken");
                rest = behind;
                if rest.is_empty() {
                    break;
                }
            }
            writing.shutdown(Shutdown::Write).expect("it is open");
        });
        peer.rest() == bytes.to_ascii_uppercase()
    })
}
