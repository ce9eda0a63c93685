//! How the runtime waits: one level-triggered `epoll` instance per worker thread.
//!
//! This and [`waker`](crate::waker) are the only places that know it is `epoll`. Level-triggered, because
//! then one `read` per readiness is enough (what is left is reported again), and a connection that is
//! never written to costs no wake-up; `epoll(7)`.

use std::fmt;
use std::io;
use std::ops::BitOr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;

/// A set of descriptors to wait for, each with a token that comes back in its events.
#[derive(Debug)]
pub struct Poll {
    epoll: OwnedFd,
}

impl Poll {
    /// A new, empty set.
    ///
    /// # Errors
    /// When the process or the system is out of descriptors.
    pub fn new() -> io::Result<Self> {
        Ok(Self { epoll: epoll::create(epoll::CreateFlags::CLOEXEC)? })
    }

    /// Starts to wait for `fd`; its events carry `token`.
    ///
    /// A descriptor leaves the set by itself when it is closed, as long as nothing duplicated it.
    ///
    /// # Errors
    /// `EEXIST` when it is here already, `ENOSPC` beyond `/proc/sys/fs/epoll/max_user_watches`.
    pub fn add(&self, fd: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, fd, epoll::EventData::new_u64(token), interest.flags())?)
    }

    /// Waits for reading of `fd` together with the polls of other threads: one connection at a shared
    /// listener then wakes about one of them and not all (`EPOLLEXCLUSIVE`).
    ///
    /// # Errors
    /// As [`add`](Self::add). What is added like this cannot be modified, only removed.
    pub fn add_shared(&self, fd: impl AsFd, token: u64) -> io::Result<()> {
        let flags = epoll::EventFlags::IN | epoll::EventFlags::EXCLUSIVE;
        Ok(epoll::add(&self.epoll, fd, epoll::EventData::new_u64(token), flags)?)
    }

    /// Replaces the token and the interest of `fd`.
    ///
    /// # Errors
    /// `ENOENT` when it was not added.
    pub fn modify(&self, fd: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(epoll::modify(&self.epoll, fd, epoll::EventData::new_u64(token), interest.flags())?)
    }

    /// Stops to wait for `fd`. Events already returned by [`wait`](Self::wait) still carry its token.
    ///
    /// # Errors
    /// `ENOENT` when it was not added.
    pub fn remove(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(epoll::delete(&self.epoll, fd)?)
    }

    /// Waits until something is ready or `timeout` is over (`None`: for ever), and replaces what is in
    /// `events`. A signal ends the wait early with no events. The timeout is rounded up to milliseconds.
    ///
    /// # Errors
    /// None that a program which keeps its descriptors in order would see.
    pub fn wait(&self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        events.list.clear();
        let timeout = timeout.map(whole_milliseconds);
        match epoll::wait(&self.epoll, spare_capacity(&mut events.list), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Poll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

/// What to wait for. Combine with `|`.
///
/// Whatever the interest, [`Event::hangup`] is reported when the connection is gone in both directions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Interest(u8);

impl Interest {
    /// Nothing but a hang-up; for a connection that is not read for a while.
    pub const NONE: Self = Self(0);
    /// Something can be read, or the peer has said that it will send no more.
    pub const READ: Self = Self(1);
    /// Something can be written. Only while something could not be: a socket nearly always can, and a
    /// level-triggered poll would never sleep.
    pub const WRITE: Self = Self(2);

    /// Whether all of `other` is in here.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn flags(self) -> epoll::EventFlags {
        let mut flags = epoll::EventFlags::empty();
        if self.contains(Self::READ) {
            flags |= epoll::EventFlags::IN | epoll::EventFlags::RDHUP;
        }
        if self.contains(Self::WRITE) {
            flags |= epoll::EventFlags::OUT;
        }
        flags
    }
}

impl BitOr for Interest {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0 => "NONE",
            1 => "READ",
            2 => "WRITE",
            _ => "READ | WRITE",
        })
    }
}

/// What one [`Poll::wait`] returned; the room for it is kept from wait to wait.
pub struct Events {
    list: Vec<epoll::Event>,
}

impl Events {
    /// Room for `capacity` events at a time, at least one. What does not fit comes with the next wait.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { list: Vec::with_capacity(capacity.max(1)) }
    }

    /// The events, in no particular order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Event> + '_ {
        self.list.iter().map(|event| Event { token: event.data.u64(), flags: event.flags })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether the wait ended without any.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One descriptor that is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The token it was added with.
    pub token: u64,
    flags: epoll::EventFlags,
}

impl Event {
    /// A read gets something: bytes, the end, or the error.
    pub fn readable(self) -> bool {
        use epoll::EventFlags as F;
        self.flags.intersects(F::IN | F::RDHUP | F::HUP | F::ERR)
    }

    /// A write is worth trying.
    pub fn writable(self) -> bool {
        use epoll::EventFlags as F;
        self.flags.intersects(F::OUT | F::HUP | F::ERR)
    }

    /// The connection failed or is over in both directions. Reported even for [`Interest::NONE`], and again
    /// at every wait until the descriptor is closed: it must not be left lying, or the loop spins. What the
    /// peer sent before can still be read.
    pub fn hangup(self) -> bool {
        self.flags.intersects(epoll::EventFlags::HUP | epoll::EventFlags::ERR)
    }
}

/// Rounded up, so that a loop waiting for a moment half a millisecond away does not spin until then.
fn whole_milliseconds(timeout: Duration) -> Timespec {
    let millis = timeout.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as i64;
    Timespec { tv_sec: millis / 1000, tv_nsec: (millis % 1000) * 1_000_000 }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn what_is_left_is_reported_again() {
        let (poll, mut events) = (Poll::new().expect("poll"), Events::with_capacity(4));
        let (ours, mut theirs) = UnixStream::pair().expect("pair");
        poll.add(&ours, 7, Interest::READ).expect("add");
        assert!(tokens(&poll, &mut events).is_empty());

        theirs.write_all(b"hello").expect("write");

        assert_eq!(tokens(&poll, &mut events), [7]);
        assert_eq!(tokens(&poll, &mut events), [7]);
        poll.remove(&ours).expect("remove");
        assert!(tokens(&poll, &mut events).is_empty());
    }

    #[test]
    fn nobody_hears_that_they_could_write_unless_they_asked() {
        let (poll, mut events) = (Poll::new().expect("poll"), Events::with_capacity(4));
        let (ours, _theirs) = UnixStream::pair().expect("pair");
        poll.add(&ours, 1, Interest::READ).expect("add");
        assert!(tokens(&poll, &mut events).is_empty());

        poll.modify(&ours, 2, Interest::READ | Interest::WRITE).expect("modify");

        poll.wait(&mut events, None).expect("wait");
        let event = events.iter().next().expect("one event");
        assert!(event.token == 2 && event.writable() && !event.readable() && !event.hangup());
    }

    #[test]
    fn a_hangup_is_reported_even_without_interest() {
        let (poll, mut events) = (Poll::new().expect("poll"), Events::with_capacity(4));
        let (ours, theirs) = UnixStream::pair().expect("pair");
        poll.add(&ours, 3, Interest::NONE).expect("add");

        drop(theirs);

        poll.wait(&mut events, None).expect("wait");
        let event = events.iter().next().expect("one event");
        assert!(event.hangup() && event.readable() && event.writable());
    }

    #[test]
    fn what_does_not_fit_comes_next() {
        let (poll, mut events) = (Poll::new().expect("poll"), Events::with_capacity(1));
        let (a, b) = UnixStream::pair().expect("pair");
        poll.add(&a, 1, Interest::WRITE).expect("add");
        poll.add(&b, 2, Interest::WRITE).expect("add");

        let mut seen = [tokens(&poll, &mut events), tokens(&poll, &mut events)].concat();

        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
    }

    #[test]
    fn a_timeout_is_never_cut_short() {
        let wait = |duration| {
            let spec = whole_milliseconds(duration);
            (spec.tv_sec, spec.tv_nsec)
        };
        assert_eq!(wait(Duration::ZERO), (0, 0));
        assert_eq!(wait(Duration::from_nanos(1)), (0, 1_000_000));
        assert_eq!(wait(Duration::from_millis(1500)), (1, 500_000_000));
        assert_eq!(wait(Duration::MAX), (2_147_483, 647_000_000));
    }

    fn tokens(poll: &Poll, events: &mut Events) -> Vec<u64> {
        poll.wait(events, Some(Duration::ZERO)).expect("wait");
        events.iter().map(|event| event.token).collect()
    }
}
