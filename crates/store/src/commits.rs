//! How long the disk takes: every commit is counted by its length, for whoever watches the server.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The upper ends of the classes of lengths, in microseconds. What took longer is in one more class.
pub const BOUNDS: [u64; 16] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000,
];

/// Commits so far, as the writing thread counts them.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    classes: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
    longest: AtomicU64,
    refused: AtomicU64,
}

/// Commits so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// How many fell into each class of [`BOUNDS`], and beyond.
    pub classes: [u64; BOUNDS.len() + 1],
    /// How long all of them took together, in microseconds.
    pub micros: u64,
    /// The longest since this was last asked for, in microseconds.
    pub longest: u64,
    /// How often the disk refused.
    pub refused: u64,
}

impl Counter {
    pub fn done(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.classes[BOUNDS.partition_point(|bound| *bound < micros)].fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
        self.longest.fetch_max(micros, Relaxed);
    }

    pub fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub fn take(&self) -> Commits {
        Commits {
            classes: std::array::from_fn(|class| self.classes[class].load(Relaxed)),
            micros: self.micros.load(Relaxed),
            longest: self.longest.swap(0, Relaxed),
            refused: self.refused.load(Relaxed),
        }
    }
}

impl Commits {
    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// Those that came after an earlier count.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let after = |now: u64, then: u64| now.saturating_sub(then);
        Self {
            classes: std::array::from_fn(|class| after(self.classes[class], earlier.classes[class])),
            micros: after(self.micros, earlier.micros),
            longest: self.longest,
            refused: after(self.refused, earlier.refused),
        }
    }

    /// Both together, with the longest of either.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            classes: std::array::from_fn(|class| self.classes[class] + other.classes[class]),
            micros: self.micros + other.micros,
            longest: self.longest.max(other.longest),
            refused: self.refused + other.refused,
        }
    }

    /// How long the quickest took of which there are that many in a hundred, in microseconds; none if there
    /// were none. Between the ends of its class it is guessed.
    #[must_use]
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let count = self.count();
        let rank = (count * percent).div_ceil(100).max(1);
        let mut below = 0;
        for (class, &here) in self.classes.iter().enumerate() {
            if here > 0 && below + here >= rank {
                let from = class.checked_sub(1).map_or(0, |class| BOUNDS[class]);
                let to = BOUNDS.get(class).copied().unwrap_or(self.longest.max(from));
                return Some(from + (to - from) * (rank - below) / here);
            }
            below += here;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(micros: &[u64]) -> Commits {
        let counter = Counter::default();
        micros.iter().for_each(|&micros| counter.done(Duration::from_micros(micros)));
        counter.take()
    }

    #[test]
    fn a_commit_is_counted_in_the_class_whose_end_it_does_not_exceed() {
        let commits = counted(&[1, 100, 101, 11_000_000]);
        assert_eq!((commits.classes[0], commits.classes[1], commits.classes[16]), (2, 1, 1));
        assert_eq!((commits.count(), commits.micros, commits.longest), (4, 11_000_202, 11_000_000));
    }

    #[test]
    fn the_longest_is_that_since_it_was_last_asked_for() {
        let counter = Counter::default();
        counter.done(Duration::from_millis(7));
        assert_eq!(counter.take().longest, 7_000);
        counter.done(Duration::from_millis(2));
        counter.refused();
        let commits = counter.take();
        assert_eq!((commits.longest, commits.count(), commits.refused), (2_000, 2, 1));
    }

    #[test]
    fn percentiles_lie_in_the_class_of_the_commit_they_mean() {
        assert_eq!(Commits::default().percentile(50), None);
        let mut micros = vec![200; 98];
        micros.extend([40_000, 12_000_000]);
        let commits = counted(&micros);
        assert!((100..=250).contains(&commits.percentile(50).expect("some")));
        assert_eq!(commits.percentile(99), Some(50_000));
        assert_eq!(commits.percentile(100), Some(12_000_000));
    }

    #[test]
    fn what_came_since_is_the_difference() {
        let (earlier, now) = (counted(&[200]), counted(&[200, 300, 300]));
        let since = now.since(&earlier);
        assert_eq!((since.count(), since.micros, since.classes[2]), (2, 600, 2));
    }
}
