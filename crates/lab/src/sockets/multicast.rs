//! One datagram to all who have joined a group, and to nobody else.
//!
//! The calls: a receiver joins with `setsockopt(IP_ADD_MEMBERSHIP)` or `IPV6_JOIN_GROUP` and leaves with
//! `IP_DROP_MEMBERSHIP` or `IPV6_LEAVE_GROUP`; the kernel tells the routers (IGMP, MLD) and the network card.
//! A sender need not join. It sets how far it goes (IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS: 0 stays on this
//! machine, 1 on this network), through which interface (IP_MULTICAST_IF), and whether members on its own
//! machine get a copy (IP_MULTICAST_LOOP).
//!
//! What a thousand members cost the sender: one datagram. Switches that listen to IGMP spare all others.
//!
//! Where it breaks: on the wrong interface. A machine has several, joining concerns one, and without
//! `--interface` the routing table chooses: often the one that you don't mean. And joining concerns the
//! machine more than the socket: a socket also hears groups that *other* programs here have joined, and still
//! after it has left, unless it is bound to the group and says so (ip(7), IP_MULTICAST_ALL). Groups of IPv6
//! that begin with ff02 or ff12 are anew on each link, and mean nothing without one. Most of the internet
//! does not pass it on.
//!
//! Type `leave` and `join` while it receives. Read `unix` next: no network at all.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6, UdpSocket};

use anyhow::{Context as _, bail, ensure};
use rustix::net::netdevice::name_to_index;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with, sockopt};
use socket2::SockRef;

use super::broadcast::{each, hear};
use super::command::{MulticastReceive, MulticastSend};
use super::events::{Lines, put, readable, wait};
use super::say;
use crate::ground::stop_signals;

/// Sends the text, or each line of the input.
pub fn send(options: &MulticastSend) -> anyhow::Result<()> {
    let socket = socket(options.group)?;
    let group = Group::new(&socket, options.group, options.interface.as_deref())?;
    match options.group {
        SocketAddr::V4(_) => {
            let any = Ipv4Addr::UNSPECIFIED;
            sockopt::set_ip_multicast_if_with_ifindex(&socket, &any, &any, group.index)?;
            sockopt::set_ip_multicast_ttl(&socket, options.ttl.into())?;
            sockopt::set_ip_multicast_loop(&socket, !options.no_loop)?;
        }
        SocketAddr::V6(_) => {
            sockopt::set_ipv6_multicast_if(&socket, group.index)?;
            sockopt::set_ipv6_multicast_hops(&socket, options.ttl.into())?;
            sockopt::set_ipv6_multicast_loop(&socket, !options.no_loop)?;
        }
    }
    each(options.text.as_deref(), |line| {
        socket.send_to(line, group.addr).with_context(|| format!("can't send to {}", group.addr))?;
        Ok(())
    })
}

/// Joins, and prints what comes, until a signal, or as many as asked for.
pub fn receive(options: &MulticastReceive) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let socket = socket(options.group)?;
    let group = Group::new(&socket, options.group, options.interface.as_deref())?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    let only_ours = SockRef::from(&socket);
    match options.group {
        SocketAddr::V4(_) => only_ours.set_multicast_all_v4(false)?,
        SocketAddr::V6(_) => only_ours.set_multicast_all_v6(false)?,
    }
    bind(&socket, &group.addr).with_context(|| format!("can't listen on {}", group.addr))?;
    group.join(&socket)?;
    say(format_args!("listening on {}", socket.local_addr()?))?;

    let mut lines = Lines::of_stdin();
    let mut left = options.count;
    let mut room = vec![0; 65_536];
    while left != Some(0) {
        let [stopped, datagram, typed] = wait([readable(&stop), readable(&socket), lines.interest()], None)?;
        if stopped {
            break;
        }
        if datagram && let Some(line) = hear(&socket, &mut room)? {
            if !put(&stop, line.as_bytes())? {
                break;
            }
            left = left.map(|left| left - 1);
        }
        for line in if typed { lines.read()? } else { Vec::new() } {
            let done = match line.trim_ascii() {
                b"join" => group.join(&socket).map(|()| "joined"),
                b"leave" => group.leave(&socket).map(|()| "left"),
                _ => Ok("type join or leave"),
            };
            say(done.map_or_else(|error| format!("{error:#}"), str::to_owned))?;
        }
    }
    // Closing the socket leaves, too.
    Ok(())
}

fn socket(group: SocketAddr) -> anyhow::Result<UdpSocket> {
    let family = if group.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    Ok(socket_with(family, SocketType::DGRAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?.into())
}

/// A group on an interface; index 0 is the one that the routing table chooses.
struct Group {
    addr: SocketAddr,
    index: u32,
}

impl Group {
    fn new(socket: &UdpSocket, mut addr: SocketAddr, interface: Option<&str>) -> anyhow::Result<Self> {
        ensure!(addr.ip().is_multicast(), "{} is no group: those are 224.0.0.0/4 and ff00::/8", addr.ip());
        let index = match interface {
            Some(name) => name_to_index(socket, name).with_context(|| format!("no interface {name}"))?,
            None => 0,
        };
        if let SocketAddr::V6(v6) = &mut addr
            && is_of_a_link(v6)
        {
            if index == 0 && v6.scope_id() == 0 {
                bail!("{} is another group on every link: choose one with --interface", v6.ip());
            }
            v6.set_scope_id(if index == 0 { v6.scope_id() } else { index });
            return Ok(Self { index: v6.scope_id(), addr });
        }
        Ok(Self { addr, index })
    }

    fn join(&self, socket: &UdpSocket) -> anyhow::Result<()> {
        match self.addr.ip() {
            IpAddr::V4(group) => {
                let (any, index) = (Ipv4Addr::UNSPECIFIED, self.index);
                sockopt::set_ip_add_membership_with_ifindex(socket, &group, &any, index)
            }
            IpAddr::V6(group) => sockopt::set_ipv6_add_membership(socket, &group, self.index),
        }
        .with_context(|| format!("can't join {}", self.addr.ip()))
    }

    fn leave(&self, socket: &UdpSocket) -> anyhow::Result<()> {
        match self.addr.ip() {
            IpAddr::V4(group) => {
                let (any, index) = (Ipv4Addr::UNSPECIFIED, self.index);
                sockopt::set_ip_drop_membership_with_ifindex(socket, &group, &any, index)
            }
            IpAddr::V6(group) => sockopt::set_ipv6_drop_membership(socket, &group, self.index),
        }
        .with_context(|| format!("can't leave {}", self.addr.ip()))
    }
}

/// RFC 4291 §2.7: the last digit of the first 16 bits is the scope; 1 is an interface, 2 a link.
fn is_of_a_link(group: &SocketAddrV6) -> bool {
    matches!(group.ip().segments()[0] & 0xf, 1 | 2)
}
