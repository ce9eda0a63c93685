//! One datagram to everybody on a network.
//!
//! The calls: `setsockopt(SO_BROADCAST)` for the sender, else `sendto` fails with EACCES: it is a lock
//! against a mistyped address. The address is the last one of a network (192.168.1.255 of 192.168.1.0/24), or
//! 255.255.255.255, which is the network that the default route goes to; SO_BINDTODEVICE chooses another. A
//! receiver needs no option, only to be bound to any address (0.0.0.0) and the port; several on one machine
//! share it with SO_REUSEADDR, and each gets a copy.
//!
//! What a thousand receivers cost the sender: one datagram. But it costs every machine on the network an
//! interrupt, a look at the header and most often a shrug.
//!
//! Where it breaks: at the first router; routers do not pass it on, so that it is no weapon. A receiver that
//! is bound to its own address hears nothing. There is no confirmation, and nobody knows how many heard it.
//! IPv6 has done away with it.
//!
//! Read `multicast` next: only those who want it.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsFd;

use anyhow::{Context as _, bail};
use nix::sys::socket::{setsockopt, sockopt::BindToDevice};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recvfrom, socket_with, sockopt};

use super::command::{BroadcastReceive, BroadcastSend};
use super::events::{Lines, put, readable, wait};
use super::{say, shown};
use crate::ground::stop_signals;

/// Sends the text, or each line of the input.
pub fn send(options: &BroadcastSend) -> anyhow::Result<()> {
    let SocketAddr::V4(to) = options.to else {
        bail!(
            "IPv6 has no broadcast: see `saloon lab multicast send --group [ff02::1]:{}`",
            options.to.port()
        );
    };
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.set_broadcast(!options.without_option)?;
    through(&socket, options.interface.as_deref())?;
    each(options.text.as_deref(), |line| match socket.send_to(line, to) {
        Err(error) if error.raw_os_error() == Some(Errno::ACCESS.raw_os_error()) => Err(error)
            .with_context(|| format!("EACCES: {to} is a broadcast address, and SO_BROADCAST is off")),
        Err(error) => Err(error).with_context(|| format!("can't send to {to}")),
        Ok(_) => Ok(()),
    })
}

/// Prints what comes, until a signal, or as many as asked for.
pub fn receive(options: &BroadcastReceive) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    // By hand, and not `UdpSocket::bind`: the options come between `socket` and `bind`.
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, flags, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    through(&socket, options.interface.as_deref())?;
    let addr = SocketAddrV4::new(options.addr, options.port);
    bind(&socket, &addr).with_context(|| format!("can't listen on {addr}"))?;
    let socket = UdpSocket::from(socket);
    say(format_args!("listening on {}", socket.local_addr()?))?;

    let mut left = options.count;
    let mut room = vec![0; 65_536];
    while left != Some(0) {
        let [stopped, datagram] = wait([readable(&stop), readable(&socket)], None)?;
        if stopped {
            break;
        }
        if datagram && let Some(line) = hear(&socket, &mut room)? {
            if !put(&stop, line.as_bytes())? {
                break;
            }
            left = left.map(|left| left - 1);
        }
    }
    Ok(())
}

/// Only what goes and comes through this interface, such as `eth0`: socket(7), SO_BINDTODEVICE.
fn through(socket: &impl AsFd, interface: Option<&str>) -> anyhow::Result<()> {
    let Some(name) = interface else { return Ok(()) };
    setsockopt(socket, BindToDevice, &name.into()).with_context(|| format!("can't use the interface {name}"))
}

/// Takes one datagram, as a line with its sender; None if there was none after all: a checksum was wrong.
pub fn hear(socket: &UdpSocket, room: &mut [u8]) -> anyhow::Result<Option<String>> {
    let (kept, _, from) = match recvfrom(socket, &mut *room, RecvFlags::TRUNC) {
        Err(Errno::AGAIN | Errno::INTR) => return Ok(None),
        result => result?,
    };
    let from =
        from.and_then(|from| SocketAddr::try_from(from).ok()).context("a datagram without a sender")?;
    Ok(Some(format!("{from}: {}\n", shown(&room[..kept]))))
}

/// Does it with the text, or with each line of the input as it comes.
pub fn each(text: Option<&str>, mut send: impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if let Some(text) = text {
        return send(text.as_bytes());
    }
    let mut lines = Lines::of_stdin();
    while lines.is_open() {
        wait([lines.interest()], None)?;
        lines.read()?.iter().try_for_each(|line| send(line))?;
    }
    Ok(())
}
