//! What a worker counts of what it does: plain numbers of its own, which it shows to others at the end of each
//! turn. So counting costs an addition, and reading wakes nobody.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What a worker has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections let in.
    pub accepted: u64,
    /// Connections turned away.
    pub refused: u64,
    /// Frames taken.
    pub frames: u64,
    /// Members told what happened in a room.
    pub told: u64,
    /// Bytes read.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            refused: self.refused + other.refused,
            frames: self.frames + other.frames,
            told: self.told + other.told,
            read: self.read + other.read,
            written: self.written + other.written,
        }
    }

    /// What was done after an earlier moment.
    #[must_use]
    pub fn since(self, then: Self) -> Self {
        Self {
            accepted: self.accepted.saturating_sub(then.accepted),
            refused: self.refused.saturating_sub(then.refused),
            frames: self.frames.saturating_sub(then.frames),
            told: self.told.saturating_sub(then.told),
            read: self.read.saturating_sub(then.read),
            written: self.written.saturating_sub(then.written),
        }
    }
}

/// The counts of one worker as others see them. In lines of the processor's cache that no other worker writes to.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct Shown([AtomicU64; 6]);

impl Shown {
    /// This is how far the worker is. Only the worker itself says so, so that no addition has to be locked.
    pub fn show(&self, counts: &Counts) {
        let Counts { accepted, refused, frames, told, read, written } = *counts;
        for (shown, count) in self.0.iter().zip([accepted, refused, frames, told, read, written]) {
            shown.store(count, Relaxed);
        }
    }

    /// How far it is.
    pub fn look(&self) -> Counts {
        let [accepted, refused, frames, told, read, written] =
            std::array::from_fn(|which| self.0[which].load(Relaxed));
        Counts { accepted, refused, frames, told, read, written }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_is_seen() {
        let counts = Counts { accepted: 1, refused: 2, frames: 3, told: 4, read: 5, written: 6 };
        let shown = Shown::default();
        shown.show(&counts);
        assert_eq!(shown.look(), counts);
        assert_eq!(counts.plus(counts).since(counts), counts);
    }
}
