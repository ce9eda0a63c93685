//! What many samples come down to: percentiles of one run, and the median and spread of several runs.

use serde::Serialize;

/// Percentiles of one run's latencies, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Half of the samples were at most this.
    pub p50: f64,
    /// 99 of 100 samples were at most this.
    pub p99: f64,
    /// 999 of 1,000 samples were at most this.
    pub p999: f64,
    /// The slowest of all.
    pub max: f64,
    /// How many samples there were.
    pub samples: usize,
}

impl Percentiles {
    /// Sorts samples given in nanoseconds and reads the percentiles off them.
    pub fn of_nanos(mut samples: Vec<u32>) -> Self {
        samples.sort_unstable();
        let micros = |share| f64::from(nearest_rank(&samples, share)) / 1000.0;
        Self {
            p50: micros(0.50),
            p99: micros(0.99),
            p999: micros(0.999),
            max: micros(1.0),
            samples: samples.len(),
        }
    }
}

/// The smallest sample that at least `share` of all samples do not exceed; 0 if there are none.
fn nearest_rank(sorted: &[u32], share: f64) -> u32 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(0)
}

/// The same figure from several runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The middle value, or the mean of the two in the middle.
    pub median: f64,
    /// The lowest value.
    pub min: f64,
    /// The highest value.
    pub max: f64,
}

impl Spread {
    /// The spread of some values; `None` if there are none. What is not a number is left out.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
            _ => sorted[middle],
        };
        Some(Self { median, min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let samples: Vec<u32> = (1..=1000).rev().map(|n| n * 1000).collect();

        let found = Percentiles::of_nanos(samples);

        let expected = Percentiles { p50: 500.0, p99: 990.0, p999: 999.0, max: 1000.0, samples: 1000 };
        assert_eq!(found, expected);
    }

    #[test]
    fn one_sample_is_every_percentile() {
        let found = Percentiles::of_nanos(vec![7000]);
        assert_eq!(found, Percentiles { p50: 7.0, p99: 7.0, p999: 7.0, max: 7.0, samples: 1 });
    }

    #[test]
    fn no_samples_are_zero_and_not_a_panic() {
        assert_eq!(Percentiles::of_nanos(Vec::new()), Percentiles::default());
    }

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        let of = |values: &[f64]| Spread::of(values).map(|spread| spread.median);
        assert_eq!(of(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn the_spread_goes_from_the_lowest_to_the_highest() {
        let spread = Spread::of(&[2.0, 9.0, 4.0, f64::NAN]);
        assert_eq!(spread, Some(Spread { median: 4.0, min: 2.0, max: 9.0 }));
    }
}
