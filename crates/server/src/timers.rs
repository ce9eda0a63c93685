//! What is due when. Each entry names a connection, which decides for itself what is to be done.

use std::collections::BTreeSet;

use hub::SessionId;

/// Moments, in milliseconds of a stopwatch, at which connections want to be looked at.
#[derive(Debug, Default)]
pub struct Timers(BTreeSet<(u64, SessionId)>);

impl Timers {
    /// Looks at a connection at a moment.
    pub fn set(&mut self, at: u64, session: SessionId) {
        self.0.insert((at, session));
    }

    /// Does not, after all.
    pub fn cancel(&mut self, at: u64, session: SessionId) {
        self.0.remove(&(at, session));
    }

    /// The next moment.
    pub fn next(&self) -> Option<u64> {
        self.0.first().map(|(at, _)| *at)
    }

    /// A connection whose moment has come.
    pub fn due(&mut self, now: u64) -> Option<SessionId> {
        if self.next()? > now {
            return None;
        }
        self.0.pop_first().map(|(_, session)| session)
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
        timers.cancel(30, SessionId(3));
        assert_eq!(timers.next(), None);
    }
}
