//! Datagrams: like UDP, but none is lost, their order stays, and each can say who sent it.
//!
//! When the receiver's queue is full, `sendto` waits (or says EAGAIN): there is backpressure, where UDP
//! drops. A sender that wants an answer needs an address of its own. A file would have to be removed again;
//! on Linux `bind` without a name makes up an abstract one. The sender's credentials come beside the bytes,
//! in a control message (SCM_CREDENTIALS), once the receiver asks for them with SO_PASSCRED.

use std::io::{IoSliceMut, Write as _, stdout};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrLike as _, UnixAddr, UnixCredentials, recvmsg, sendto,
};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketAddrUnix, SocketType, bind, connect, recv, send, sockopt};

use super::{Who, bind_at};
use crate::ground::{PIECE, stop_signals};
use crate::sockets::events::{Lines, readable, wait, writable};
use crate::sockets::{note, say};

pub fn serve(path: &Path) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let (socket, _made) = bind_at(path, SocketType::DGRAM)?;
    sockopt::set_socket_passcred(&socket, true)?;
    say(format_args!("listening on {}", path.display()))?;

    let mut room = [0; PIECE];
    loop {
        let [stopped, datagram] = wait([readable(&stop), readable(&socket)], None)?;
        if stopped {
            return Ok(());
        }
        if datagram && let Err(error) = answer(&socket, &mut room) {
            note(format_args!("dropped: {error:#}"));
        }
    }
}

/// Answers one datagram. An error concerns only this one.
fn answer(socket: &OwnedFd, room: &mut [u8]) -> anyhow::Result<()> {
    let mut control = nix::cmsg_space!(UnixCredentials);
    let mut parts = [IoSliceMut::new(room)];
    let got = recvmsg::<UnixAddr>(socket.as_raw_fd(), &mut parts, Some(&mut control), MsgFlags::empty())?;
    for message in got.cmsgs()? {
        if let ControlMessageOwned::ScmCredentials(who) = message {
            note(Who(who));
        }
    }
    let (count, flags, from) = (got.bytes, got.flags, got.address);
    ensure!(!flags.contains(MsgFlags::MSG_TRUNC), "a datagram of more than {} bytes", room.len());
    // Of an address without a name there is only the family, or nothing.
    let peer = from.filter(|from| from.len() as usize > size_of::<nix::libc::sa_family_t>());
    let peer = peer.context("a datagram from nowhere: its sender has no address")?;
    room[..count].make_ascii_uppercase();
    // EAGAIN: it does not read its answers, and nobody waits for it. ECONNREFUSED: it is gone.
    sendto(socket.as_raw_fd(), &room[..count], &peer, MsgFlags::MSG_DONTWAIT).context("the answer")?;
    Ok(())
}

/// As nothing is lost, an answer that does not come soon was refused.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn talk(path: &Path) -> anyhow::Result<()> {
    let addr = super::address(path)?;
    let socket = super::socket(SocketType::DGRAM)?;
    bind(&socket, &SocketAddrUnix::new_unnamed())?;
    connect(&socket, &addr).with_context(|| super::nobody(path))?;

    let mut lines = Lines::of_stdin();
    let mut room = vec![0; 128 * 1024];
    while lines.is_open() {
        wait([lines.interest()], None)?;
        for line in lines.read()? {
            if !ask(&socket, &line).with_context(|| super::nobody(path))? {
                continue;
            }
            let [answered] = wait([readable(&socket)], Some(PATIENCE))?;
            if !answered {
                bail!("no answer; the server says why");
            }
            let (count, _) = recv(&socket, &mut room[..], RecvFlags::empty())?;
            let mut stdout = stdout().lock();
            stdout.write_all(&room[..count])?;
            stdout.write_all(b"\n")?;
            stdout.flush()?;
        }
    }
    Ok(())
}

/// Sends it, and waits for room. False if it is too long for a datagram.
fn ask(socket: &OwnedFd, line: &[u8]) -> anyhow::Result<bool> {
    loop {
        match send(socket, line, SendFlags::NOSIGNAL) {
            Ok(_) => return Ok(true),
            Err(Errno::AGAIN) => drop(wait([writable(socket)], None)?),
            Err(Errno::MSGSIZE) => {
                note(format_args!("not sent: {} bytes are more than SO_SNDBUF allows", line.len()));
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
    }
}
