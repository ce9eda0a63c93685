//! Thousands of connections and the one loop that waits for them.
//!
//! A connection costs a descriptor and a record of 24 bytes; all share one read buffer. Readiness is
//! edge-triggered: a read that did not fill the buffer has emptied the socket, so there is one read for
//! each delivery and no second look.

use std::time::Duration;

use anyhow::{Context, bail};
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::{Errno, read};

use crate::dial::{Dialed, Dialer, abort_on_close};
use crate::member::Member;

/// Bytes read at once, enough for what piles up on one connection in a burst.
const READ_BUFFER: usize = 64 * 1024;
/// Events taken from the kernel at once.
const EVENTS: usize = 1024;

/// What happened to a connection.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// Bytes arrived.
    Bytes(&'a [u8]),
    /// The other end closed the connection, or it broke.
    Closed,
}

/// The connections of the load generator.
pub struct Fleet {
    epoll: OwnedFd,
    events: Vec<Event>,
    buffer: Vec<u8>,
    /// The connections, in the order they were opened.
    pub members: Vec<Member>,
}

impl Fleet {
    /// No connections yet.
    pub fn new() -> anyhow::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC).context("can't create an epoll instance")?;
        let (events, buffer) = (Vec::with_capacity(EVENTS), vec![0; READ_BUFFER]);
        Ok(Self { epoll, events, buffer, members: Vec::new() })
    }

    /// Opens one more connection, at the end. False if the server has to accept others first.
    pub fn connect(&mut self, dialer: &mut Dialer, nick: u32) -> anyhow::Result<bool> {
        self.members.push(Member::default());
        let connected = self.reconnect(self.members.len() - 1, dialer, nick)?;
        if !connected {
            self.members.pop();
        }
        Ok(connected)
    }

    /// Opens a connection in a place whose last one has ended.
    pub fn reconnect(&mut self, place: usize, dialer: &mut Dialer, nick: u32) -> anyhow::Result<bool> {
        let Dialed::Open(socket) = dialer.dial()? else { return Ok(false) };
        self.watch(&socket, place)?;
        self.members[place] = Member::new(socket, nick);
        Ok(true)
    }

    fn watch(&self, socket: &OwnedFd, place: usize) -> anyhow::Result<()> {
        let flags = EventFlags::IN | EventFlags::RDHUP | EventFlags::ET;
        epoll::add(&self.epoll, socket, EventData::new_u64(place as u64), flags)?;
        Ok(())
    }

    /// Stops reading from a connection, until [`Fleet::wake`].
    pub fn sleep(&self, place: usize) -> anyhow::Result<()> {
        self.members[place].socket().map_or(Ok(()), |socket| Ok(epoll::delete(&self.epoll, socket)?))
    }

    /// Reads from a connection again, beginning with what has piled up.
    pub fn wake(&self, place: usize) -> anyhow::Result<()> {
        self.members[place].socket().map_or(Ok(()), |socket| self.watch(socket, place))
    }

    /// Waits at most so long, then hands over what arrived. False if nothing did.
    pub fn turn(
        &mut self,
        timeout: Duration,
        mut on: impl FnMut(usize, &mut Member, Input<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<bool> {
        self.wait(timeout)?;
        for event in &self.events {
            let (flags, data) = (event.flags, event.data);
            let place = data.u64() as usize;
            let ended = flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR);
            drain(place, &mut self.members[place], &mut self.buffer, ended, &mut on)?;
        }
        Ok(!self.events.is_empty())
    }

    fn wait(&mut self, timeout: Duration) -> anyhow::Result<()> {
        self.events.clear();
        // Without epoll_pwait2 the kernel counts in whole milliseconds, and rustix rounds up.
        let timeout = Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: timeout.subsec_nanos().into() };
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => bail!("waiting for connections failed: {error}"),
        }
    }

    /// Aborts all connections.
    pub fn close(&mut self) {
        for member in &mut self.members {
            if let Some(socket) = member.take_socket() {
                abort_on_close(&socket);
            }
        }
        self.members.clear();
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.close();
    }
}

/// Reads once, and again while there may be more: a full buffer, or the end that is still to be read.
fn drain(
    place: usize,
    member: &mut Member,
    buffer: &mut [u8],
    ended: bool,
    on: &mut impl FnMut(usize, &mut Member, Input<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while let Some(socket) = member.socket() {
        match read(socket, &mut *buffer) {
            Ok(count) if count > 0 => {
                on(place, member, Input::Bytes(&buffer[..count]))?;
                if count < buffer.len() && !ended {
                    return Ok(());
                }
            }
            Err(Errno::AGAIN) => return Ok(()),
            Err(Errno::INTR) => {}
            Ok(_) | Err(_) => {
                drop(member.take_socket());
                return on(place, member, Input::Closed);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn what_was_sent_before_the_end_is_read_before_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut dialer = Dialer::new(listener.local_addr().expect("its address"));
        let mut fleet = Fleet::new().expect("a fleet");
        assert!(fleet.connect(&mut dialer, 1).expect("a connection"));
        let (mut peer, _) = listener.accept().expect("the same connection");
        peer.write_all(b"ERROR :bye\r\n").expect("to write");
        drop(peer);

        let mut seen = Vec::new();
        while fleet.members[0].socket().is_some() {
            fleet
                .turn(Duration::from_secs(1), |_, _, input| {
                    seen.push(match input {
                        Input::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                        Input::Closed => "closed".to_owned(),
                    });
                    Ok(())
                })
                .expect("a turn");
        }

        assert_eq!(seen, ["ERROR :bye\r\n", "closed"]);
    }
}
