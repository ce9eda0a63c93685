//! What somebody typed, where it may be a secret.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// Typed text or bytes that may hold a secret: its `Debug` form tells how long it is, a dot for each byte,
/// and nothing else.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Veiled<T>(pub T);

impl<T: AsRef<[u8]>> fmt::Debug for Veiled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().iter().try_for_each(|_| f.write_str("."))
    }
}

impl<T> Deref for Veiled<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Veiled<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_veiled_shows_its_length_alone() {
        assert_eq!(format!("{:?}", Veiled("geheim")), "......");
        assert_eq!(format!("{:?}", Some(Veiled(vec![1_u8, 2]))), "Some(..)");
    }
}
