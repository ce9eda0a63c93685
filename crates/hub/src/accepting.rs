//! Whom a user takes messages from in spite of `+R` (`conformance.md` §30): who it named, and who it has
//! written to. Each is known by the entry by which it came, so that nobody inherits that with a nickname.

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::table::UserId;
use crate::{MessageId, Rejection};

/// Most users that one has named. The one named longest ago goes.
const NAMED: usize = 100;

/// Most users that one is remembered to have written to. The one written to longest ago goes.
const WRITTEN_TO: usize = 32;

/// Whom a user takes messages from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Accepted {
    named: Vec<MessageId>,
    written_to: Vec<MessageId>,
}

impl Accepted {
    pub fn has(&self, serial: MessageId) -> bool {
        self.named.contains(&serial) || self.written_to.contains(&serial)
    }

    pub fn name(&mut self, serial: MessageId) {
        to_the_end(&mut self.named, serial, NAMED);
    }

    pub fn write_to(&mut self, serial: MessageId) {
        to_the_end(&mut self.written_to, serial, WRITTEN_TO);
    }

    pub fn refuse(&mut self, serial: MessageId) {
        self.named.retain(|named| *named != serial);
        self.written_to.retain(|written_to| *written_to != serial);
    }
}

fn to_the_end(list: &mut Vec<MessageId>, serial: MessageId, most: usize) {
    if list.last() == Some(&serial) {
        return;
    }
    list.retain(|other| *other != serial);
    list.push(serial);
    let over = list.len().saturating_sub(most);
    list.drain(..over);
}

impl Hub {
    pub(crate) fn accept(&mut self, user: UserId, nick: SmolStr, on: bool) -> Result<(), Rejection> {
        let other = self.user_called(nick)?;
        let serial = self.users[other].serial;
        self.users[user].change_accepted(|accepted| match on {
            true => accepted.name(serial),
            false => accepted.refuse(serial),
        });
        Ok(())
    }

    /// Who has been written to may answer.
    pub(crate) fn expect_answer(&mut self, user: UserId, from: UserId) {
        if user != from {
            let serial = self.users[from].serial;
            self.users[user].change_accepted(|accepted| accepted.write_to(serial));
        }
    }
}
