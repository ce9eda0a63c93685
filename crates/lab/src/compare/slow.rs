//! The slow reader: a peer that sends as fast as it can and never reads what comes back.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, connect, send, socket_with, sockopt};

/// When the server has taken nothing for so long, it takes no more.
const FULL: Duration = Duration::from_millis(100);
/// Whoever takes more than this keeps it somewhere.
const MOST: usize = 64 << 20;
/// More than enough for either.
const LONGEST: Duration = Duration::from_secs(3);

/// It holds its connection until it goes away, and then resets it.
#[derive(Debug)]
pub struct SlowReader {
    socket: OwnedFd,
    /// Bytes that went out: into the kernel's buffers on both ends, and into the server.
    pub swallowed: usize,
}

impl SlowReader {
    /// Connects, and sends until no more goes.
    pub fn stuff(server: SocketAddr) -> io::Result<Self> {
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        connect(&socket, &server)?;
        let mut reader = Self { socket, swallowed: 0 };
        let begin = Instant::now();
        while reader.swallowed < MOST && begin.elapsed() < LONGEST && reader.send()? {}
        Ok(reader)
    }

    /// False if nothing goes any more.
    fn send(&mut self) -> io::Result<bool> {
        let timeout = Timespec { tv_sec: 0, tv_nsec: FULL.as_nanos() as i64 };
        let ready = poll(&mut [PollFd::new(&self.socket, PollFlags::OUT)], Some(&timeout))?;
        if ready == 0 {
            return Ok(false);
        }
        match send(&self.socket, &[b'a'; 16 * 1024], SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
            Ok(count) => self.swallowed += count,
            Err(Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }
}

impl Drop for SlowReader {
    fn drop(&mut self) {
        let _ = sockopt::set_socket_linger(&self.socket, Some(Duration::ZERO));
    }
}
