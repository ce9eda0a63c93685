//! Names: who may be called what, and when two names are the same.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::Text;

/// Which names count as equal (ISUPPORT `CASEMAPPING`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Casemapping {
    /// `A-Z` equal `a-z`.
    #[default]
    Ascii,
    /// As ASCII, and `[]\~` equal `{}|^` (RFC 1459 §2.2).
    Rfc1459,
}

impl Casemapping {
    /// The name in the one form that all equal names share.
    pub fn fold(self, name: &str) -> SmolStr {
        if name.bytes().all(|byte| self.fold_byte(byte) == byte) {
            return SmolStr::new(name);
        }
        name.chars().map(|c| if c.is_ascii() { self.fold_byte(c as u8) as char } else { c }).collect()
    }

    /// Whether two names are the same name.
    pub fn same(self, one: &str, other: &str) -> bool {
        one.len() == other.len()
            && one.bytes().zip(other.bytes()).all(|(a, b)| self.fold_byte(a) == self.fold_byte(b))
    }

    /// One byte in folded form; bytes outside ASCII stay.
    pub fn fold_byte(self, byte: u8) -> u8 {
        match (self, byte) {
            (_, b'A'..=b'Z') => byte + 32,
            (Self::Rfc1459, b'[' | b']' | b'\\') => byte + 32,
            (Self::Rfc1459, b'~') => b'^',
            _ => byte,
        }
    }
}

/// Why a name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// There is nothing in it.
    Empty,
    /// It is longer than the limit.
    TooLong,
    /// It has a character that names may not have, or starts with one they may not start with.
    BadCharacter,
}

/// A valid nickname, as its owner writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Nick(SmolStr);

impl Nick {
    /// Checks `name`: letters, digits and ``-_[]{}\|^` ``, not starting with a digit or `-`, of 1 to
    /// `limit` bytes (RFC 2812 §2.3.1).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(name: &str, limit: usize) -> Result<Self, NameError> {
        let first = *name.as_bytes().first().ok_or(NameError::Empty)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_[]{}\\|^`".contains(&byte);
        if first.is_ascii_digit() || first == b'-' || !name.bytes().all(allowed) {
            return Err(NameError::BadCharacter);
        }
        if name.len() > limit {
            return Err(NameError::TooLong);
        }
        Ok(Self(SmolStr::new(name)))
    }

    /// The nickname as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A valid room name, as the first to join wrote it. `#` alone is one too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoomName(SmolStr);

impl RoomName {
    /// Checks `name`: `#` followed by anything but NUL, BEL, CR, LF, space and comma, at most
    /// `limit` bytes (RFC 2812 §1.3).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(name: &str, limit: usize) -> Result<Self, NameError> {
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if !name.starts_with('#') || name.bytes().any(|byte| b"\0\x07\r\n ,".contains(&byte)) {
            return Err(NameError::BadCharacter);
        }
        if name.len() > limit {
            return Err(NameError::TooLong);
        }
        Ok(Self(SmolStr::new(name)))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user as others see it. Never changed in place: who holds one holds what was true then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What the user is called.
    pub nick: Nick,
    /// The user name: who it says it is on its own machine.
    pub user: SmolStr,
    /// The host that is shown; may be derived from the real one.
    pub host: SmolStr,
    /// The account, when logged in.
    pub account: Option<SmolStr>,
    /// Whether it says it is a program.
    pub bot: bool,
    /// The real name: free text.
    pub realname: Text,
    /// By which others who came in the same way know the user, where those have no nicknames.
    pub handle: Option<Arc<Handle>>,
    /// The numbers by which it can be addressed.
    pub place: Place,
}

/// What others who came in the same way know a user by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// The way: the name of the dialect.
    pub dialect: &'static str,
    /// The address of the user's connection.
    pub addr: SocketAddr,
}

/// The numbers by which a user can be addressed, as long as it is here. They are no part of how it looks:
/// all places are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Counts from 1 in the order users came, and is never used again.
    pub number: u32,
    /// A small number, given to somebody else some time after the user is gone; none while all are taken.
    pub seat: Option<u16>,
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

impl Identity {
    /// Bytes of `nick!user@host`.
    pub fn mask_len(&self) -> usize {
        self.nick.as_str().len() + self.user.len() + self.host.len() + 2
    }
}

/// `nick!user@host`.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}!{}@{}", self.nick, self.user, self.host)
    }
}

macro_rules! show_as_text {
    ($($name:ty),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}
show_as_text!(Nick, RoomName);

/// The longest start of `bytes` that has at most `limit` bytes and does not end inside a UTF-8
/// character. Bytes that are not UTF-8 are cut anywhere.
pub fn cut(bytes: &[u8], limit: usize) -> &[u8] {
    if bytes.len() <= limit {
        return bytes;
    }
    let is_continuation = |byte: u8| byte & 0xc0 == 0x80;
    let start = (limit.saturating_sub(3)..=limit).rev().find(|&at| !is_continuation(bytes[at]));
    &bytes[..start.unwrap_or(limit)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_follow_rfc_2812() {
        for good in ["a", "ann", "[x]", "{y}", "a-b", "a1", "_", "`", "^", "|", "\\"] {
            assert!(Nick::new(good, 9).is_ok(), "{good}");
        }
        for bad in ["1a", "-a", "a b", "a!b", "a@b", "#a", "*", "a.b", "ä", "a:b", "a,b", "a~"] {
            assert_eq!(Nick::new(bad, 9), Err(NameError::BadCharacter), "{bad}");
        }
        assert_eq!(Nick::new("", 9), Err(NameError::Empty));
        assert_eq!(Nick::new("abcdefghij", 9), Err(NameError::TooLong));
    }

    #[test]
    fn room_names_hold_anything_but_what_separates() {
        for good in ["#", "#a", "##", "#é", "#a:b", "#a!@*?"] {
            assert!(RoomName::new(good, 9).is_ok(), "{good}");
        }
        for bad in ["a", "&a", "#a b", "#a,b", "#a\x07", "#a\0"] {
            assert_eq!(RoomName::new(bad, 9), Err(NameError::BadCharacter), "{bad}");
        }
        assert_eq!(RoomName::new("#234567890", 9), Err(NameError::TooLong));
    }

    #[test]
    fn casemappings_fold_what_they_say() {
        assert_eq!(Casemapping::Ascii.fold("Ann[]\\~É"), "ann[]\\~É");
        assert_eq!(Casemapping::Rfc1459.fold("Ann[]\\~É"), "ann{}|^É");
        assert!(Casemapping::Rfc1459.same("A[", "a{"));
        assert!(!Casemapping::Ascii.same("a[", "a{"));
    }
}
