//! A server is killed, and the next one can't bind: "Address already in use", for a minute.
//!
//! Whoever closes a connection first keeps it in TIME_WAIT: a late segment of it must not reach a new
//! connection between the same two ports, and the last ACK may have to be sent again (RFC 9293 §3.6). When a
//! server is killed the kernel closes for it, so it is the first, and its port stays taken, though there is
//! no process any more. SO_REUSEADDR says: bind nevertheless, if nobody listens. On Linux both must have set
//! it, the new socket and the old one: connections inherit it from the socket that accepted them. So set it
//! always, from the first start.

use std::fs;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context as _;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};

use super::{Report, outcome};

pub fn run(report: &mut Report) -> anyhow::Result<()> {
    const ANY: u16 = 0;
    const BOUND: &str = "bound";
    let again = |port, reuse| outcome(listening(port, reuse), |_| BOUND.to_owned());

    let port = killed_server(true)?;
    report.equal("the connection of the server that was killed", "TIME_WAIT", state_at(port)?);
    report.equal("bind again, without SO_REUSEADDR", "EADDRINUSE", again(port, false));
    report.equal("bind again, with it", BOUND, again(port, true));

    let port = killed_server(false)?;
    report.equal("bind again with it, but the killed server had not set it", "EADDRINUSE", again(port, true));

    let alive = listening(ANY, true)?;
    let port = alive.local_addr()?.port();
    report.equal("bind with it while another, who set it, still listens", "EADDRINUSE", again(port, true));
    Ok(())
}

/// Like `TcpListener::bind`, which sets the option always.
fn listening(port: u16, reuse: bool) -> std::io::Result<TcpListener> {
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_reuseaddr(&socket, reuse)?;
    bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    listen(&socket, 16)?;
    Ok(socket.into())
}

/// Lets a process have a listening socket and a connection, kills it, and gives the port that it had.
///
/// The process is `cat`, which waits for a line from the connection and serves as well as any.
fn killed_server(reuse: bool) -> anyhow::Result<u16> {
    let listener = listening(0, reuse)?;
    let addr = listener.local_addr()?;
    let mut client = TcpStream::connect(addr)?;
    let (connection, _) = listener.accept()?;
    let mut server = Command::new("cat")
        .stdin(Stdio::from(OwnedFd::from(connection)))
        .stdout(Stdio::from(OwnedFd::from(listener)))
        .spawn()
        .context("can't start `cat`, to be a server that is killed")?;
    server.kill()?;
    server.wait()?;
    // The kernel has closed what it had. We see the end, and close second.
    client.read_to_end(&mut Vec::new())?;
    Ok(addr.port())
}

/// The state of the connection at a port of ours, from proc(5).
fn state_at(port: u16) -> anyhow::Result<&'static str> {
    let local = format!("{:08X}:{port:04X}", u32::from(Ipv4Addr::LOCALHOST).to_be());
    let mut state = "none";
    // Our end of the connection closes, but the kernel's answer to it may take a moment.
    for _ in 0..100 {
        let table = fs::read_to_string("/proc/net/tcp")?;
        let mut fields = table.lines().map(|line| line.split_whitespace().skip(1));
        let found = fields.find_map(|mut of| (of.next() == Some(&local)).then(|| of.nth(1)).flatten());
        state = match found {
            Some("06") => return Ok("TIME_WAIT"),
            Some(_) => "another",
            None => "none",
        };
        sleep(Duration::from_millis(10));
    }
    Ok(state)
}
