//! What people write: bytes that are usually, but not always, UTF-8.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Something written by a person: a message, a topic, a reason, a real name. Cheap to clone.
///
/// It is bytes because older clients send other encodings than UTF-8; a dialect that can't carry
/// those refuses or converts them on the way in.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Bytes);

impl Text {
    /// Copies `bytes`, so that a short text never keeps a long buffer alive.
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(Bytes::copy_from_slice(bytes.as_ref()))
    }

    /// A text that lives as long as the program.
    pub const fn from_static(text: &'static str) -> Self {
        Self(Bytes::from_static(text.as_bytes()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text cut to at most `limit` bytes, never inside a UTF-8 character.
    pub fn cut(self, limit: usize) -> Self {
        let kept = crate::name::cut(&self.0, limit).len();
        if kept == self.0.len() { self } else { Self::new(&self.0[..kept]) }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// A string where it is UTF-8, or else a list of bytes.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => self.0.as_ref().serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Words(String),
            Bytes(Vec<u8>),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Words(words) => Self(words.into_bytes().into()),
            Either::Bytes(bytes) => Self(bytes.into()),
        })
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_falls_inside_a_character() {
        assert_eq!(Text::from("añb").cut(2), Text::from("a"));
        assert_eq!(Text::from("añb").cut(3), Text::from("añ"));
        assert_eq!(Text::new(b"\xff\xfe\xfd").cut(2), Text::new(b"\xff\xfe"));
    }
}
