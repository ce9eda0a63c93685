//! The end, by SIGTERM or SIGINT: as a descriptor for those who wait for descriptors, and by shutting sockets
//! for those who wait in `accept`, `read` and `write`.

use std::ffi::c_int;
use std::net::TcpStream;
use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};

use nix::errno::Errno;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::socket::{Shutdown, shutdown};

use super::Door;

/// A descriptor that is readable once the process shall end. It stays so, because nobody reads it: any number
/// of loops can wait for it.
pub fn stop_signals() -> nix::Result<SignalFd> {
    let mask = SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT]);
    // signalfd(2): a signal that is not blocked goes its ordinary way.
    mask.thread_block()?;
    SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)
}

static STOPPED: AtomicBool = AtomicBool::new(false);
/// The listening socket and one connection, by their numbers: all that a handler can get at.
static DOOR: AtomicI32 = AtomicI32::new(NOBODY);
static PEER: AtomicI32 = AtomicI32::new(NOBODY);
const NOBODY: c_int = -1;

/// Sockets that are shut when the process shall end, so that whoever waits in a system call for them returns.
///
/// A flag and EINTR would not do: a signal that comes after a look at the flag and before the call is lost,
/// and the call waits. A socket that is shut stays shut.
#[derive(Debug)]
pub struct Stop;

impl Stop {
    /// From now on a signal shuts this door: `accept` fails with EINVAL.
    pub fn on_signal(door: &Door) -> nix::Result<Self> {
        DOOR.store(door.as_raw_fd(), SeqCst);
        let action = SigAction::new(SigHandler::Handler(shut), SaFlags::SA_RESTART, SigSet::empty());
        for signal in [Signal::SIGTERM, Signal::SIGINT] {
            // SAFETY: the handler uses atomics and shutdown(2), which signal-safety(7) allows, and leaves
            // errno as it was. There is no safe way to install one.
            #[allow(unsafe_code)]
            unsafe {
                sigaction(signal, &action)?
            };
        }
        Ok(Self)
    }

    /// A signal shuts this connection, too, until what is returned goes away.
    pub fn also<'a>(&self, peer: &'a TcpStream) -> Watched<'a> {
        PEER.store(peer.as_raw_fd(), SeqCst);
        if STOPPED.load(SeqCst) {
            shut_down(&PEER);
        }
        Watched { _peer: peer }
    }
}

/// A connection that a signal shuts. Borrowed, so that its number is not another's meanwhile.
#[derive(Debug)]
pub struct Watched<'a> {
    _peer: &'a TcpStream,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        PEER.store(NOBODY, SeqCst);
    }
}

extern "C" fn shut(_: c_int) {
    let errno = Errno::last_raw();
    STOPPED.store(true, SeqCst);
    shut_down(&DOOR);
    shut_down(&PEER);
    Errno::set_raw(errno);
}

fn shut_down(socket: &AtomicI32) {
    let number = socket.load(SeqCst);
    if number != NOBODY {
        // Fails if the peer is gone; then nobody waits for it.
        let _ = shutdown(number, Shutdown::Both);
    }
}
