//! Counting tries: so many in such a time, for each of many keys. Nothing here has a clock: the time comes in
//! as milliseconds of any clock that does not go backwards.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};

/// So many in such a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub most: u32,
    /// In how many milliseconds.
    pub window: u64,
}

/// Keys that are remembered. When there are more, those counted longest ago are forgotten early.
const MOST_KEYS: usize = 65_536;

/// The tries of each key. A key's window begins with its first try, and when it is over all of them are
/// forgotten.
#[derive(Debug)]
pub struct Tries<K> {
    counts: HashMap<K, Count>,
    /// In the order they were put in, each with the end of its window.
    order: VecDeque<(u64, K)>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    tries: u32,
    ends: u64,
}

impl<K> Default for Tries<K> {
    fn default() -> Self {
        Self { counts: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Clone + Eq + Hash> Tries<K> {
    /// Counts a try, if there may be one more.
    ///
    /// # Errors
    /// There may not: the seconds after which there may. It is not counted then.
    pub fn count(&mut self, key: K, rate: Rate, now: u64) -> Result<(), u64> {
        self.forget(now);
        match self.counts.get_mut(&key).filter(|count| count.ends > now) {
            Some(count) if count.tries >= rate.most => {
                // A window that was longer once is as long as it is now.
                let left = count.ends.saturating_sub(now).min(rate.window);
                return Err(left.div_ceil(1000).max(1));
            }
            Some(count) => count.tries += 1,
            None => {
                let ends = now.saturating_add(rate.window);
                self.order.push_back((ends, key.clone()));
                self.counts.insert(key, Count { tries: 1, ends });
            }
        }
        Ok(())
    }

    /// Takes a try back that should not count after all.
    pub fn take_back(&mut self, key: &K) {
        if let Some(count) = self.counts.get_mut(key) {
            count.tries = count.tries.saturating_sub(1);
        }
    }

    /// Forgets those whose window is over, and the oldest if there are too many.
    fn forget(&mut self, now: u64) {
        while self.order.front().is_some_and(|(ends, _)| *ends <= now) || self.order.len() >= MOST_KEYS {
            let Some((ends, key)) = self.order.pop_front() else { return };
            // It may have been counted anew, when windows became shorter.
            if self.counts.get(&key).is_some_and(|count| count.ends == ends) {
                self.counts.remove(&key);
            }
        }
    }
}

/// What shares one count: an IPv4 address, or the first 64 bits of an IPv6 one, which is what one customer
/// gets.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { most: 3, window: 10_000 };

    #[test]
    fn so_many_tries_may_be_made_and_no_more_until_the_window_is_over() {
        let mut tries = Tries::default();
        for at in [1_000, 2_000, 3_000] {
            assert_eq!(tries.count("ann", RATE, at), Ok(()));
        }
        assert_eq!(tries.count("ann", RATE, 3_500), Err(8), "7.5 s, rounded up");
        assert_eq!(tries.count("ann", RATE, 10_999), Err(1));
        assert_eq!(tries.count("ann", RATE, 11_000), Ok(()));
    }

    #[test]
    fn each_key_has_a_count_of_its_own() {
        let mut tries = Tries::default();
        for _ in 0..3 {
            assert_eq!(tries.count("ann", RATE, 0), Ok(()));
        }
        assert!(tries.count("ann", RATE, 0).is_err());
        assert_eq!(tries.count("bob", RATE, 0), Ok(()));
    }

    #[test]
    fn a_refused_try_does_not_lengthen_the_wait() {
        let mut tries = Tries::default();
        for at in 0..20 {
            let _ = tries.count("ann", RATE, at * 500);
        }
        assert_eq!(tries.count("ann", RATE, 10_000), Ok(()));
    }

    #[test]
    fn a_try_that_is_taken_back_does_not_count() {
        let mut tries = Tries::default();
        for _ in 0..100 {
            assert_eq!(tries.count("ann", RATE, 0), Ok(()));
            tries.take_back(&"ann");
        }
        tries.take_back(&"nobody");
    }

    #[test]
    fn a_window_is_over_in_time_though_an_earlier_one_was_longer() {
        let mut tries = Tries::default();
        assert_eq!(tries.count("bob", Rate { most: 3, window: 1_000_000 }, 0), Ok(()));
        let once = Rate { most: 1, ..RATE };
        assert_eq!(tries.count("ann", once, 0), Ok(()));
        assert!(tries.count("ann", once, 9_999).is_err());
        assert_eq!(tries.count("ann", once, 10_000), Ok(()));
        assert!(tries.count("ann", once, 10_000).is_err());
    }

    #[test]
    fn many_keys_take_bounded_memory_and_the_oldest_goes_first() {
        let mut tries = Tries::default();
        let once = Rate { most: 1, ..RATE };
        for key in 0..=MOST_KEYS {
            assert_eq!(tries.count(key, once, 0), Ok(()));
        }
        assert_eq!((tries.counts.len(), tries.order.len()), (MOST_KEYS, MOST_KEYS));
        assert!(tries.count(MOST_KEYS, once, 0).is_err());
        assert!(tries.count(0, once, 0).is_ok(), "the oldest was forgotten");
    }

    #[test]
    fn one_ipv6_customer_is_a_64() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
