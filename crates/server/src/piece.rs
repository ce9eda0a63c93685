//! Bytes that many connections share.

use std::ops::Deref;
use std::sync::Arc;

/// Bytes to be sent, shared by everyone they go to. Small, and cheap to clone: a room of a thousand holds a
/// thousand of them.
#[derive(Clone, Debug)]
pub struct Piece {
    bytes: Arc<[u8]>,
    /// How many of them have been sent.
    sent: u32,
    /// Whether any have: a flag, because its unused values let an outbox be no larger than a piece.
    begun: bool,
}

const _: () = assert!(size_of::<crate::outbox::Outbox>() == size_of::<Piece>());

impl Piece {
    /// Whether some of it has been sent.
    pub fn is_half_sent(&self) -> bool {
        self.begun
    }

    /// Forgets bytes at the start.
    pub fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.len(), "no more is sent than there is");
        self.sent += count as u32;
        self.begun |= count > 0;
    }
}

impl From<&[u8]> for Piece {
    fn from(bytes: &[u8]) -> Self {
        Self { bytes: Arc::from(bytes), sent: 0, begun: false }
    }
}

impl Deref for Piece {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.sent as usize..]
    }
}
