//! What many values come down to: quantiles of one measurement. Median and spread of several are `bench`'s.

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
}
