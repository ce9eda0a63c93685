//! The other sockets, besides TCP: datagrams to one, to all and to a group, sockets and pipes that are files,
//! buffers with callbacks, and what socket options really do.
//!
//! Each is one file (or a few), to be read by itself. What they share is in `events`: waiting for some
//! descriptors, and reading lines.

mod broadcast;
mod buffered;
mod command;
mod events;
mod experiments;
mod fifo;
mod made;
mod multicast;
mod udp;
mod unix;

use std::fmt::Display;
use std::io::{self, Write as _};

pub use self::command::SocketTask;
use self::command::{Broadcast, Buffered, Fifo, Multicast, Udp, Unix};

/// Does what the command line asks for.
pub fn run(task: SocketTask) -> anyhow::Result<()> {
    match task {
        SocketTask::Sockets => Ok(io::stdout().write_all(table().as_bytes())?),
        SocketTask::Udp { task: Udp::Serve(options) } => udp::serve(&options),
        SocketTask::Udp { task: Udp::Talk(options) } => udp::talk(&options),
        SocketTask::Broadcast { task: Broadcast::Send(options) } => broadcast::send(&options),
        SocketTask::Broadcast { task: Broadcast::Receive(options) } => broadcast::receive(&options),
        SocketTask::Multicast { task: Multicast::Send(options) } => multicast::send(&options),
        SocketTask::Multicast { task: Multicast::Receive(options) } => multicast::receive(&options),
        SocketTask::Unix { task: Unix::Serve(options) } => unix::serve(&options),
        SocketTask::Unix { task: Unix::Talk(options) } => unix::talk(&options),
        SocketTask::Fifo { task: Fifo::Read(options) } => fifo::read(&options),
        SocketTask::Fifo { task: Fifo::Write(options) } => fifo::write(&options),
        SocketTask::Buffered { task: Buffered::Serve(options) } => buffered::serve(&options),
        SocketTask::Buffered { task: Buffered::Talk(options) } => buffered::talk(&options),
        SocketTask::Options(options) => experiments::run(&options),
    }
}

/// What there is, in the order in which to read it: its name and its roles, what it is, and the calls.
const SOCKETS: [(&str, &str, &str); 7] = [
    ("udp serve|talk", "Datagrams, each by itself", "sendto, recvfrom (MSG_TRUNC)"),
    ("broadcast send|receive", "One datagram to all on a network", "setsockopt (SO_BROADCAST), bind"),
    (
        "multicast send|receive",
        "One datagram to those who joined",
        "setsockopt (IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP)",
    ),
    ("unix serve|talk", "Sockets whose address is a file", "bind, unlink, getsockopt (SO_PEERCRED)"),
    ("fifo read|write", "A pipe with a name, as events", "mknod, open (O_NONBLOCK), poll"),
    ("buffered serve|talk", "Buffers and callbacks, on epoll", "epoll_ctl, epoll_wait"),
    ("options", "Experiments with socket options", "setsockopt, shutdown, dup"),
];

fn table() -> String {
    let row = |(name, what, calls): &(&str, &str, &str)| format!("{name:<24} {what:<34} {calls}\n");
    let head = row(&("SOCKET", "WHAT IT IS", "CALLS"));
    SOCKETS.iter().map(row).fold(head, |table, row| table + &row)
}

/// Prints one line, at once: also into a pipe, where somebody may wait for it.
fn say(line: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

/// Remarks on the side, on stderr. If nobody takes them, so be it.
fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// As text for a terminal. Anybody can send anything: what a terminal would obey is shown instead.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}
