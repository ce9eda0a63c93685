//! Datagrams: each is sent by itself, and arrives whole, or twice, or late, or not at all.
//!
//! The calls: `socket(SOCK_DGRAM)`, `sendto`, `recvfrom`. There is no `listen` and no `accept`: one socket
//! serves everybody, and each datagram says whom it is from. `connect` sends nothing; it sets the peer, and
//! then errors that come back by ICMP, such as "nobody listens there", belong to this socket: ECONNREFUSED.
//!
//! What a thousand idle peers cost: nothing. The server does not know of them.
//!
//! Where it breaks: whatever the server has no room for is lost, and nobody is told (`netstat -su` counts
//! it). A datagram longer than the buffer is cut off silently, unless MSG_TRUNC asks for its true length.
//! More than 65,507 bytes are no datagram over IPv4 (EMSGSIZE), and more than some 1,400 travel in fragments,
//! all of which must arrive. The address it came from may be a lie: two such servers, told that each other
//! had asked, would echo for ever.
//!
//! Exercise: number the lines, and send those again that have no answer. It is the beginning of TCP.
//! Read `broadcast` next: the same datagrams, to many.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recvfrom};

use super::command::{UdpServe, UdpTalk};
use super::events::{Lines, readable, wait};
use super::{note, say, shown};
use crate::ground::stop_signals;

/// So many datagrams are answered before it is looked whether the server shall stop.
const ROUND: usize = 64;

/// Answers every datagram with one in upper case, until a signal.
pub fn serve(options: &UdpServe) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let socket =
        UdpSocket::bind(options.addr).with_context(|| format!("can't listen on {}", options.addr))?;
    socket.set_nonblocking(true)?;
    say(format_args!("listening on {}", socket.local_addr()?))?;

    let mut room = vec![0; options.room.into()];
    let (mut answered, mut dropped) = (0_u64, 0_u64);
    loop {
        let [stopped, _] = wait([readable(&stop), readable(&socket)], None)?;
        if stopped {
            note(format_args!("answered {answered}, dropped {dropped}"));
            return Ok(());
        }
        for _ in 0..ROUND {
            match answer(&socket, &mut room) {
                Ok(true) => answered += 1,
                Ok(false) => break,
                Err(error) => {
                    note(format_args!("dropped: {error:#}"));
                    dropped += 1;
                }
            }
        }
    }
}

/// Answers one datagram; false if there is none. An error concerns only this one.
fn answer(socket: &UdpSocket, room: &mut [u8]) -> anyhow::Result<bool> {
    let (kept, length, from) = match recvfrom(socket, &mut *room, RecvFlags::TRUNC) {
        Err(Errno::AGAIN) => return Ok(false),
        result => result?,
    };
    let peer = from.and_then(|from| SocketAddr::try_from(from).ok()).context("without a sender")?;
    ensure!(length == kept, "{length} bytes from {peer}, and room for {kept}");
    room[..kept].make_ascii_uppercase();
    // It does not wait for room: EAGAIN loses the answer, as any router on the way may.
    socket.send_to(&room[..kept], peer).with_context(|| format!("the answer to {peer}"))?;
    Ok(true)
}

/// Sends each line as a datagram, and prints the answers.
pub fn talk(options: &UdpTalk) -> anyhow::Result<()> {
    let peer = options.addr.to_socket_addrs().ok().and_then(|mut addrs| addrs.next());
    let peer = peer.with_context(|| format!("{}: no such address", options.addr))?;
    let any: SocketAddr =
        if peer.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(any)?;
    socket.connect(peer)?;
    socket.set_nonblocking(true)?;

    let mut lines = Lines::of_stdin();
    let mut room = vec![0; 65_536];
    let (mut asked, mut answered) = (0_u64, 0_u64);
    let mut deadline = Instant::now();
    while lines.is_open() || answered < asked {
        let patience = deadline.saturating_duration_since(Instant::now());
        let [line, answer] =
            wait([lines.interest(), readable(&socket)], (!lines.is_open()).then_some(patience))?;
        if line {
            for line in lines.read()? {
                asked += 1;
                match socket.send(&line) {
                    Err(error) if error.raw_os_error() == Some(Errno::MSGSIZE.raw_os_error()) => {
                        note(format_args!("not sent: {} bytes are too much for a datagram", line.len()));
                    }
                    // No room to send it: lost, and that may happen.
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    result => drop(result.with_context(|| nobody(peer))?),
                }
            }
        }
        if answer && let Some(length) = some(socket.recv(&mut room)).with_context(|| nobody(peer))? {
            answered += 1;
            say(shown(&room[..length]))?;
        }
        if line || answer {
            deadline = Instant::now() + options.wait;
        } else if !lines.is_open() && Instant::now() >= deadline {
            bail!(
                "{} of {asked} without an answer: a datagram may be lost, and nobody is told",
                asked - answered
            );
        }
    }
    Ok(())
}

fn nobody(peer: SocketAddr) -> String {
    format!("can't reach {peer} (does `saloon lab udp serve` say it listens there?)")
}

/// None if there is nothing now.
fn some<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}
