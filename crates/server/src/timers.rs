//! What is due when. Each entry names a connection, which decides for itself what is to be done.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hub::SessionId;

/// Moments, in milliseconds of a stopwatch, at which connections want to be looked at.
#[derive(Debug, Default)]
pub struct Timers(BinaryHeap<Reverse<(u64, SessionId)>>);

impl Timers {
    /// Looks at a connection at a moment.
    pub fn set(&mut self, at: u64, session: SessionId) {
        self.0.push(Reverse((at, session)));
    }

    /// The next moment.
    pub fn next(&self) -> Option<u64> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    /// A connection whose moment has come.
    pub fn due(&mut self, now: u64) -> Option<SessionId> {
        if self.next()? > now {
            return None;
        }
        self.0.pop().map(|Reverse((_, session))| session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_in_order_and_not_before_their_time() {
        let mut timers = Timers::default();
        for (at, id) in [(30, 3), (10, 1), (20, 2)] {
            timers.set(at, SessionId(id));
        }
        assert_eq!(timers.next(), Some(10));
        assert_eq!(timers.due(9), None);
        let due: Vec<_> = std::iter::from_fn(|| timers.due(25)).collect();
        assert_eq!(due, [SessionId(1), SessionId(2)]);
    }
}
