//! How fast something may be done: some at once, and then one each so many milliseconds.

use hub::Timestamp;

/// How many at once.
const BURST: u64 = 10;
/// One more after so many milliseconds.
const PACE: u64 = 2000;

/// A bucket that fills with time.
#[derive(Debug)]
pub(super) struct Throttle {
    /// How much time is saved up, in milliseconds.
    saved: u64,
    since: Timestamp,
}

impl Throttle {
    /// A full one.
    pub fn new(now: Timestamp) -> Self {
        Self { saved: BURST * PACE, since: now }
    }

    /// Takes one out.
    ///
    /// # Errors
    /// After how many seconds there is one.
    pub fn take(&mut self, now: Timestamp) -> Result<(), u64> {
        self.saved = self.saved.saturating_add(now.since(self.since)).min(BURST * PACE);
        self.since = now;
        match self.saved.checked_sub(PACE) {
            Some(rest) => {
                self.saved = rest;
                Ok(())
            }
            None => Err((PACE - self.saved).div_ceil(1000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_burst_they_come_at_their_pace() {
        let mut throttle = Throttle::new(Timestamp(0));
        assert!((0..BURST).all(|_| throttle.take(Timestamp(5)).is_ok()));
        assert_eq!(throttle.take(Timestamp(5)), Err(2));
        assert_eq!(throttle.take(Timestamp(1500)), Err(1));
        assert_eq!(throttle.take(Timestamp(2005)), Ok(()));
        assert_eq!(throttle.take(Timestamp(2005)), Err(2));
    }
}
