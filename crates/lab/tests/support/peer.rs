//! The other end.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{Domain, SockRef, Socket, Type};

use super::{A_WHILE, PATIENCE, Server, noise};

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
    /// or RST. An error without CAP_NET_ADMIN; then it was an ordinary close.
    pub fn vanish(self) -> nix::Result<()> {
        nix::sys::socket::setsockopt(&self.0, nix::sys::socket::sockopt::TcpRepair, &1)
    }
}

fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Writes until nothing is taken for a while; how many bytes were. What is written to is non-blocking then.
pub fn fill(stream: &impl AsFd) -> usize {
    rustix::io::ioctl_fionbio(stream, true).expect("set");
    let mut written = 0;
    loop {
        match rustix::io::write(stream, &[b'x'; 16 * 1024]) {
            Ok(count) => written += count,
            Err(Errno::AGAIN) => {
                let mut room = [PollFd::new(stream, PollFlags::OUT)];
                let a_while = Timespec::try_from(A_WHILE).expect("not long");
                if poll(&mut room, Some(&a_while)).expect("poll") == 0 {
                    return written;
                }
            }
            Err(error) => panic!("the server must not end it: {error}"),
        }
        assert!(written < 256 << 20, "the server keeps all that it is sent");
    }
}

/// Writes in pieces of these sizes, again and again, while it reads; then closes its half. Whether what comes
/// back is `bytes` in upper case, and then the end.
pub fn ask_at_once<S: AsFd + Sync>(stream: &S, bytes: &[u8], sizes: &[usize]) -> bool
where
    for<'a> &'a S: io::Read + io::Write,
{
    thread::scope(|threads| {
        threads.spawn(move || {
            let mut rest = bytes;
            for size in sizes.iter().cycle() {
                let (piece, behind) = rest.split_at((*size).min(rest.len()));
                { stream }.write_all(piece).expect("it is taken");
                rest = behind;
                if rest.is_empty() {
                    break;
                }
            }
            rustix::net::shutdown(stream, rustix::net::Shutdown::Write).expect("it is open");
        });
        let mut rest = Vec::new();
        { stream }.read_to_end(&mut rest).expect("a proper end");
        rest == bytes.to_ascii_uppercase()
    })
}

/// So many bytes, in odd pieces, come back, and then the end.
pub fn echo<S: AsFd + Sync>(stream: &S, size: usize)
where
    for<'a> &'a S: io::Read + io::Write,
{
    assert!(ask_at_once(stream, &noise(size), &[997]));
}
