//! Fakelag: lines that come faster than people type wait their turn.

use crate::config::Fakelag;

/// How far ahead of its allowance a connection is. Each line moves it on by the time that one line may
/// take; once it is more than a burst ahead of the clock, the next line waits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allowance {
    /// In microseconds of the clock.
    ahead: u64,
}

impl Allowance {
    /// Takes a line at `now` (milliseconds), or says until when it must wait.
    ///
    /// # Errors
    /// The moment from which on the line may be taken, in milliseconds.
    pub fn take(&mut self, now: u64, settings: &Fakelag) -> Result<(), u64> {
        if !settings.enabled {
            return Ok(());
        }
        let now = now * 1000;
        let step = 1_000_000 / u64::from(settings.per_second.max(1));
        let burst = step * u64::from(settings.burst.max(1));
        let ahead = self.ahead.max(now) + step;
        if ahead > now + burst {
            return Err((ahead - burst).div_ceil(1000));
        }
        self.ahead = ahead;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_lines_come_at_the_rate() {
        let settings = Fakelag { enabled: true, burst: 3, per_second: 2 };
        let mut allowance = Allowance::default();
        for _ in 0..3 {
            assert_eq!(allowance.take(1000, &settings), Ok(()));
        }
        assert_eq!(allowance.take(1000, &settings), Err(1500));
        assert_eq!(allowance.take(1500, &settings), Ok(()));
        assert_eq!(allowance.take(1500, &settings), Err(2000));
        assert_eq!(allowance.take(10_000, &settings), Ok(()));
    }

    #[test]
    fn switched_off_it_never_waits() {
        let settings = Fakelag { enabled: false, burst: 1, per_second: 1 };
        let mut allowance = Allowance::default();
        assert!((0..1000).all(|_| allowance.take(0, &settings).is_ok()));
    }
}
