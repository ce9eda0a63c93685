//! Maps that keep an order: by number, in the order things came, and the same on every machine.

use std::hash::{BuildHasherDefault, Hasher};

use indexmap::IndexMap;

/// A map from ids. Its order is that of insertion, but the last takes the place of one removed.
pub(crate) type ById<K, V> = IndexMap<K, V, BuildHasherDefault<IdHasher>>;

/// Hashes one number, fast and without a secret. The numbers are ours, not a peer's, so nobody can
/// choose them to collide.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IdHasher(u64);

/// Odd, with its bits well mixed (the golden ratio, as a fraction of 2^64).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        // The product is best mixed at the top, and the table looks at the bottom too.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(SPREAD);
    }
}
