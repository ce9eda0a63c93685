//! Ids that are never used twice.

use hub::{MessageId, Timestamp};

/// Makes the message ids of one worker: 48 bits of time, 32 random bits drawn when the worker starts,
/// 32 bits that count, and 16 zero bits that are the hub's.
#[derive(Debug)]
pub struct MessageIds {
    maker: u32,
    count: u32,
}

impl MessageIds {
    /// A new maker.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn new() -> Result<Self, getrandom::Error> {
        Ok(Self { maker: getrandom::u32()?, count: 0 })
    }

    /// An id for something that happens now.
    pub fn next(&mut self, at: Timestamp) -> MessageId {
        self.count = self.count.wrapping_add(1);
        let time = u128::from(at.0.cast_unsigned()) & ((1 << 48) - 1);
        MessageId(time << 80 | u128::from(self.maker) << 48 | u128::from(self.count) << 16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_differ_and_leave_room_for_the_hub() {
        let mut ids = MessageIds::new().expect("random bytes");
        let (one, two) = (ids.next(Timestamp(5)), ids.next(Timestamp(5)));
        assert_eq!(two.0 - one.0, 1 << 16);
        assert_eq!(one.0 & 0xffff, 0);
        assert_eq!(one.0 >> 80, 5);
    }
}
