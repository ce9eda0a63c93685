//! What things are known by. Ids of sessions and messages are made outside and come in with the
//! entry; ids of rooms are the hub's own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One connection, for as long as it lasts. Chosen by the server: it must not be in use by another
/// open session. The hub only compares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl SessionId {
    /// The server itself, which no connection stands for: what it asks is not refused for want of a user.
    pub const SERVER: Self = Self(u64::MAX);
}

/// A room, for as long as it exists; used again after it is gone. Effects come in order, so whoever
/// follows [`Effect::Enter`](crate::Effect::Enter) and [`Effect::Leave`](crate::Effect::Leave)
/// never mistakes one room for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(pub u32);

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Whole seconds since the Unix epoch.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// One millisecond later.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Milliseconds from `earlier` to `self`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}

/// The id of a message or event, unique for ever. Made by whoever proposes the entry: the upper 48
/// bits are the time in milliseconds, so ids made by one node sort by age. The lowest 16 bits are zero
/// and left to the hub, for entries that come to several events (leaving every room at once): the n-th
/// event gets the entry's id plus n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u128);

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 26 characters of Crockford's base 32, in lower case: letters and digits only, sorted by age.
impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 26];
        for (place, digit) in text.iter_mut().rev().enumerate() {
            *digit = DIGITS[(self.0 >> (place * 5)) as usize & 31];
        }
        f.write_str(std::str::from_utf8(&text).expect("the digits are ASCII"))
    }
}

/// The text is not that of a message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message id has 26 letters and digits")
    }
}

impl std::error::Error for NotAnId {}

/// Reads what `Display` wrote, and nothing else.
impl FromStr for MessageId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let mut id: u128 = 0;
        for byte in text.bytes() {
            let digit = DIGITS.iter().position(|&digit| digit == byte).ok_or(NotAnId)?;
            if id >> 123 != 0 {
                return Err(NotAnId);
            }
            id = id << 5 | digit as u128;
        }
        if text.len() == 26 { Ok(Self(id)) } else { Err(NotAnId) }
    }
}

/// As its text.
impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = smol_str::SmolStr::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_sort_as_text_in_the_order_of_their_numbers() {
        let ids = [0, 1, 31, 32, u128::from(u64::MAX), u128::MAX].map(MessageId);
        let texts = ids.map(|id| id.to_string());
        assert!(texts.is_sorted());
        assert!(texts.iter().all(|text| text.len() == 26));
    }

    #[test]
    fn a_message_id_is_read_back_from_its_text() {
        for id in [0, 1, 31, 1 << 100, u128::MAX].map(MessageId) {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for bad in [
            "",
            "0",
            "zzzzzzzzzzzzzzzzzzzzzzzzzz",
            "0000000000000000000000000A",
            "000000000000000000000000000",
        ] {
            assert_eq!(bad.parse::<MessageId>(), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn seconds_round_down_before_the_epoch_too() {
        assert_eq!(Timestamp(1999).seconds(), 1);
        assert_eq!(Timestamp(-1).seconds(), -1);
    }
}
