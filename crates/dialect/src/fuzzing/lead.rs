//! The first byte of a step: who, and how it meets what the others do. Digits and punctuation, so that
//! scripts can be read and written.

/// How many connections there are at a time.
pub(super) const SEATS: usize = 4;

/// What a step's first byte says, bit by bit. `0` to `3` are the plain lines of the four.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lead {
    /// Who.
    pub seat: usize,
    /// Whether it is read together with the lines before it, and the hub gets them in one go.
    pub together: bool,
    /// Whether something happens, rather than that somebody says something.
    pub happening: bool,
    /// Whether a secret in this line takes long to check.
    pub slow: bool,
}

impl Lead {
    pub fn of(byte: u8) -> Self {
        Self {
            seat: usize::from(byte) % SEATS,
            together: byte & 4 != 0,
            happening: byte & 8 != 0,
            slow: byte & 16 == 0,
        }
    }
}
