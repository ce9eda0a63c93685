//! How one thread ends another's wait: an `eventfd(2)` in its [`Poll`](crate::Poll).
//!
//! ```text
//!   sender                         worker
//!   put something in the inbox     wait … token of the waker
//!   wake()                         reset()
//!                                  empty the inbox        ← after reset, never before
//! ```

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{Errno, read, write};

/// Wakes the worker whose [`Poll`](crate::Poll) it was added to, for reading. Clones wake the same worker.
///
/// Many wakes before the worker comes round cost one system call together.
#[derive(Debug, Clone)]
pub struct Waker {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    event: OwnedFd,
    awake: AtomicBool,
}

impl Waker {
    /// A waker that has not been woken.
    ///
    /// # Errors
    /// When the process or the system is out of descriptors.
    pub fn new() -> io::Result<Self> {
        let event = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?;
        Ok(Self { shared: Arc::new(Shared { event, awake: AtomicBool::new(false) }) })
    }

    /// Makes the waker's descriptor readable. What was done before is visible after the worker's
    /// [`reset`](Self::reset).
    pub fn wake(&self) {
        if self.shared.awake.swap(true, Ordering::AcqRel) {
            return; // someone has woken it already, and it has not come round yet
        }
        // The counter is at most one here, so that it cannot be full.
        while write(&self.shared.event, &1u64.to_ne_bytes()) == Err(Errno::INTR) {}
    }

    /// The worker's answer to its waker's event: call it first, then look at what there is to do.
    pub fn reset(&self) {
        let mut count = [0; 8];
        while read(&self.shared.event, &mut count) == Err(Errno::INTR) {}
        // Only now: were the flag cleared first, this read could take the next wake's signal away, and
        // the flag would say "awake" for ever. A wake between the two is one whose work we will still see.
        self.shared.awake.swap(false, Ordering::AcqRel);
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.shared.event.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::poll::{Events, Interest, Poll};

    #[test]
    fn a_wake_is_seen_until_it_is_reset() {
        let (poll, mut events, waker) = woken_by();
        let mut seen = || {
            poll.wait(&mut events, Some(Duration::ZERO)).expect("wait");
            events.len()
        };
        assert_eq!(seen(), 0);

        waker.wake();
        waker.clone().wake();

        assert_eq!(seen(), 1);
        waker.reset();
        assert_eq!(seen(), 0);
        waker.reset();
        waker.wake();
        assert_eq!(seen(), 1);
    }

    #[test]
    fn nothing_put_in_before_a_wake_is_ever_missed() {
        const EACH: usize = 20_000;
        let (poll, mut events, waker) = woken_by();
        let inbox = Mutex::new(0);

        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..EACH {
                        *inbox.lock().expect("inbox") += 1;
                        waker.wake();
                    }
                });
            }
            let mut taken = 0;
            while taken < 2 * EACH {
                poll.wait(&mut events, None).expect("wait"); // for ever, if a wake were lost
                waker.reset();
                taken += std::mem::take(&mut *inbox.lock().expect("inbox"));
            }
        });
    }

    fn woken_by() -> (Poll, Events, Waker) {
        let (poll, waker) = (Poll::new().expect("poll"), Waker::new().expect("waker"));
        poll.add(&waker, 0, Interest::READ).expect("add");
        (poll, Events::with_capacity(4), waker)
    }
}
