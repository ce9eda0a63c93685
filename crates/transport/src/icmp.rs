//! What the network answers to datagrams that did not arrive: the error queue of a UDP socket.
//!
//! A UDP socket without a fixed peer hears nothing of ICMP errors unless it asks (`IP_RECVERR`, `ip(7)`).
//! Then each is queued together with the address that the datagram was for, and, once, the next call on the
//! socket fails with it. `nix` is here for this alone: neither rustix nor socket2 can set the option or
//! read what is queued.

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd};

use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use rustix::io::Errno;

/// What a call fails with because of an earlier datagram (`icmp_err_convert` of the kernel).
pub(crate) const ERRORS: [Errno; 10] = [
    Errno::CONNREFUSED,
    Errno::HOSTUNREACH,
    Errno::NETUNREACH,
    Errno::HOSTDOWN,
    Errno::NONET,
    Errno::MSGSIZE,
    Errno::PROTO,
    Errno::NOPROTOOPT,
    Errno::OPNOTSUPP,
    Errno::ACCESS,
];

/// Asks for the errors.
pub(crate) fn listen_to(socket: &impl AsFd, ipv6: bool) -> io::Result<()> {
    let set = match ipv6 {
        true => setsockopt(socket, sockopt::Ipv6RecvErr, &true),
        false => setsockopt(socket, sockopt::Ipv4RecvErr, &true),
    };
    Ok(set?)
}

/// The next address at which nobody listens. Other errors (no route now, too long for some network on the
/// way) say nothing about the peer and are passed over; `None` when the queue is empty.
pub(crate) fn next_refusal(socket: &impl AsFd) -> Option<SocketAddr> {
    loop {
        let (refused, addr) = next(socket)?;
        if let (true, Some(addr)) = (refused, addr) {
            return Some(addr);
        }
    }
}

/// Whether the oldest error is a refusal, and where the datagram was going.
fn next(socket: &impl AsFd) -> Option<(bool, Option<SocketAddr>)> {
    let mut start = [0; 1]; // of the datagram, in which we are not interested
    let mut control = [0; CONTROL];
    let mut pieces = [IoSliceMut::new(&mut start)];
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let fd = socket.as_fd().as_raw_fd();
    let message = loop {
        match recvmsg::<SockaddrStorage>(fd, &mut pieces, Some(&mut control), flags) {
            Err(nix::Error::EINTR) => {}
            // Empty; any other failure is the door's, and reading it will tell.
            Err(_) => return None,
            Ok(message) => break message,
        }
    };
    let refused = message.cmsgs().is_ok_and(|mut messages| messages.any(|message| is_refusal(&message)));
    Some((refused, message.address.as_ref().and_then(destination)))
}

fn is_refusal(message: &ControlMessageOwned) -> bool {
    match message {
        ControlMessageOwned::Ipv4RecvErr(error, _) | ControlMessageOwned::Ipv6RecvErr(error, _) => {
            i32::try_from(error.ee_errno) == Ok(Errno::CONNREFUSED.raw_os_error())
        }
        _ => false,
    }
}

fn destination(addr: &SockaddrStorage) -> Option<SocketAddr> {
    let four = addr.as_sockaddr_in().map(|addr| SocketAddrV4::from(*addr).into());
    four.or_else(|| addr.as_sockaddr_in6().map(|addr| SocketAddrV6::from(*addr).into()))
}

/// Room for one `sock_extended_err` with the address of whoever reported it, and to spare.
const CONTROL: usize = 128;
