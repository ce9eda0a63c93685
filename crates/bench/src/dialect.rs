//! Which dialect a server speaks to us: how one comes in, what one says, and who hears it.
//!
//! In `group` there is no line end between two deliveries, so each message carries one mark, a byte that
//! nothing else there has: deliveries are counted by it. Behind the mark stands the stamp.

use clap::ValueEnum;
use memchr::memchr_iter;
use serde::Serialize;

use crate::bench::{Bench, STAMP, stamp};

/// What a server speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// IRC: one registers, joins a room, and hears the others
    #[default]
    Irc,
    /// Raw TCP: who connects is in the room, and everyone hears everything, the sender too
    Group,
}

/// Not in an address, not in `is online` or `is offline`, and not in a nickname.
const MARK: u8 = b'~';

impl Dialect {
    /// What it is called on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// How many hear what one of so many members says.
    pub fn hearers(self, members: usize) -> usize {
        match self {
            Self::Irc => members - 1,
            Self::Group => members,
        }
    }

    /// Something said in the room, as the bytes that ask for it.
    pub fn message(self, bench: &Bench, stamp: u64) -> String {
        match self {
            Self::Irc => bench.message(&bench.identity.channel, stamp),
            Self::Group => {
                let padding = bench.text_bytes.saturating_sub(STAMP + 1);
                format!("{}{}{stamp:016x}", "x".repeat(padding), char::from(MARK))
            }
        }
    }
}

/// How many marked messages begin to be told in these bytes.
pub fn count_marks(bytes: &[u8]) -> u64 {
    memchr_iter(MARK, bytes).count() as u64
}

/// Hands over the stamp behind each mark. The bytes from a mark on whose stamp is not whole.
pub fn stamps(bytes: &[u8], mut on: impl FnMut(u64)) -> &[u8] {
    for at in memchr_iter(MARK, bytes) {
        match bytes.get(at + 1..=at + STAMP) {
            Some(digits) => stamp(digits).into_iter().for_each(&mut on),
            None => return &bytes[at..],
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::irc::Identity;

    fn bench() -> Bench {
        let identity = Identity { password: None, nick_prefix: "b".into(), channel: "#x".into() };
        Bench::new(identity, Duration::from_secs(1), 40)
    }

    #[test]
    fn in_group_the_sender_hears_itself() {
        assert_eq!((Dialect::Irc.hearers(10), Dialect::Group.hearers(10)), (9, 10));
    }

    #[test]
    fn messages_of_both_dialects_have_the_same_length_of_text() {
        assert_eq!(Dialect::Irc.message(&bench(), 1).len(), "PRIVMSG #x :".len() + 40 + 2);
        assert_eq!(Dialect::Group.message(&bench(), 1).len(), 40);
    }

    #[test]
    fn deliveries_are_counted_whatever_stands_between_them() {
        let said = Dialect::Group.message(&bench(), 7);
        let chat = format!("from 127.0.0.1:4000: {said}");
        let online = "127.0.0.1:4001 is online\n";
        let offline = "a user left\n127.0.0.1:4001 is offline\n";
        let bytes = [online, &chat, &chat, offline, &chat, "\n", &chat].concat();

        let mut seen = Vec::new();
        assert_eq!(stamps(bytes.as_bytes(), |stamp| seen.push(stamp)), b"");

        assert_eq!((count_marks(bytes.as_bytes()), seen), (4, vec![7; 4]));
    }

    #[test]
    fn a_stamp_cut_by_a_read_is_handed_back_with_its_mark() {
        let mut seen = Vec::new();
        let rest = stamps(b"~000000000000000a from x: ~00000000", |stamp| seen.push(stamp));
        assert_eq!((rest, seen), (b"~00000000".as_slice(), vec![10]));
    }

    #[test]
    fn what_is_no_stamp_is_passed_over() {
        assert_eq!(stamps(b"~not hexadecimal at all", |stamp| panic!("{stamp}")), b"");
    }
}
