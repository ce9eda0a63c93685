//! What the kernel keeps for a connection, before it says EAGAIN or lets `write` wait.
//!
//! SO_SNDBUF and SO_RCVBUF are given twice what was asked: the rest is for the kernel's own notes about each
//! packet, so the buffer never holds as many bytes as it says. Too little is raised to a minimum, too much
//! cut to `net.core.wmem_max` and `rmem_max`, both without an error. And who asks for a size loses the
//! automatic one (tcp(7), `tcp_moderate_rcvbuf`), which is mostly better. For what a TCP connection can have
//! in flight the receiver's must be set before `connect` or `listen`: the window's scale is agreed in the
//! handshake.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use anyhow::Context as _;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, listen, socket_with, sockopt};

use super::Report;
use crate::sockets::events::{wait, writable};

const ASKED: usize = 65_536;

pub fn run(report: &mut Report) -> anyhow::Result<()> {
    let (mut sender, mut receiver) = with_buffers()?;
    let (given, taken) =
        (sockopt::socket_send_buffer_size(&sender)?, sockopt::socket_recv_buffer_size(&receiver)?);
    report.equal("SO_SNDBUF, after 65536 was asked", 2 * ASKED, given);
    report.equal("SO_RCVBUF, after 65536 was asked", 2 * ASKED, taken);

    sender.set_nonblocking(true)?;
    let fits = fill(&mut sender)?;
    let most = given + taken;
    let expected = format_args!("some, but less than both buffers together ({most})");
    report.check("bytes written until EAGAIN, while nobody reads", expected, fits, (1..most).contains(&fits));
    let full = wait([writable(&sender)], Some(std::time::Duration::ZERO))?;
    report.equal("is there room then, says poll", "no", if full[0] { "yes" } else { "no" });
    io::copy(&mut io::Read::take(&mut receiver, fits as u64), &mut io::sink())?;
    let room = wait([writable(&sender)], Some(std::time::Duration::from_secs(2)))?;
    report.equal("and after all was read", "yes", if room[0] { "yes" } else { "no" });

    sockopt::set_socket_send_buffer_size(&sender, 1)?;
    let least = sockopt::socket_send_buffer_size(&sender)?;
    report.check("SO_SNDBUF, after 1 was asked", "a minimum of 2048 and more", least, least >= 2048);
    sockopt::set_socket_send_buffer_size(&sender, 1 << 30)?;
    let limit: usize = fs::read_to_string("/proc/sys/net/core/wmem_max")
        .ok()
        .and_then(|limit| limit.trim().parse().ok())
        .context("can't read net.core.wmem_max")?;
    let most = sockopt::socket_send_buffer_size(&sender)?;
    report.equal("SO_SNDBUF, after 1 GiB was asked: twice net.core.wmem_max", 2 * limit.min(1 << 30), most);
    Ok(())
}

/// A connection whose ends have set their buffers before it was made.
fn with_buffers() -> io::Result<(TcpStream, TcpStream)> {
    let socket = || socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None);
    let (listener, sender) = (socket()?, socket()?);
    sockopt::set_socket_recv_buffer_size(&listener, ASKED)?;
    sockopt::set_socket_send_buffer_size(&sender, ASKED)?;
    bind(&listener, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    listen(&listener, 1)?;
    let listener = TcpListener::from(listener);
    connect(&sender, &listener.local_addr()?)?;
    Ok((sender.into(), listener.accept()?.0))
}

/// Writes until EAGAIN; how many bytes that were.
fn fill(sender: &mut TcpStream) -> io::Result<usize> {
    let mut written = 0;
    loop {
        match sender.write(&[0; 4096]) {
            Ok(count) => written += count,
            // What is under way to the receiver leaves room soon; without it for a while, it is full.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if !wait([writable(&*sender)], Some(std::time::Duration::from_millis(100)))?[0] {
                    return Ok(written);
                }
            }
            Err(error) => return Err(error),
        }
    }
}
