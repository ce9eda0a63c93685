//! What has been written and has not arrived: the kernel's queue of a connection.

use std::io;
use std::os::fd::AsFd;

use rustix::ioctl::{Getter, Opcode, ioctl};

/// `SIOCOUTQ` (`tcp(7)`, `unix(7)`), by its other name.
const OUTPUT_QUEUE: Opcode = nix::libc::TIOCOUTQ as Opcode;

/// Bytes in the output queue of a stream socket.
#[allow(unsafe_code, reason = "no crate that is used here has a safe call for it")]
pub(crate) fn output_queue(socket: impl AsFd) -> io::Result<usize> {
    // SAFETY: this request writes one `int` and nothing else, on every socket that knows it, and the
    // others refuse it (`tcp(7)`: "the amount of unsent data in the socket send queue", an int).
    let bytes = unsafe { ioctl(socket, Getter::<OUTPUT_QUEUE, i32>::new()) }?;
    Ok(usize::try_from(bytes).unwrap_or(0))
}
