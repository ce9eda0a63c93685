//! What many values come down to: quantiles of one measurement, and the median and spread of several.

/// The value that a share of all do not exceed, by nearest rank: always one that occurred.
///
/// None if there are too few to tell. The slowest of 200 is not their 99.9 % quantile, it is only the slowest.
pub fn quantile(sorted: &[u32], share: f64) -> Option<u32> {
    let beyond = (1.0 - share) * sorted.len() as f64;
    // Rounding must not make of exactly one a little less.
    if beyond < 1.0 - 1e-6 {
        return None;
    }
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

/// The same figure from several rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The middle value, or the mean of the two in the middle.
    pub median: f64,
    /// The lowest value.
    pub min: f64,
    /// The highest value.
    pub max: f64,
}

impl Spread {
    /// None if there are no values. What is not a number is left out.
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
    fn quantiles_are_values_that_occurred() {
        let thousand: Vec<u32> = (1..=1000).collect();
        assert_eq!(quantile(&thousand, 0.5), Some(500));
        assert_eq!(quantile(&thousand, 0.99), Some(990));
        assert_eq!(quantile(&thousand, 0.999), Some(999));
        assert_eq!(quantile(&[7, 9], 0.5), Some(7));
    }

    #[test]
    fn too_few_samples_have_no_high_quantile() {
        let few: Vec<u32> = (1..=200).collect();
        assert_eq!(quantile(&few, 0.99), Some(198));
        assert_eq!(quantile(&few, 0.999), None);
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        let median = |values: &[f64]| Spread::of(values).map(|spread| spread.median);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn the_spread_goes_from_the_lowest_to_the_highest() {
        let spread = Spread::of(&[2.0, 9.0, 4.0, f64::NAN]);
        assert_eq!(spread, Some(Spread { median: 4.0, min: 2.0, max: 9.0 }));
    }
}
