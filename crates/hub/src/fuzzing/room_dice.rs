//! Choices of what rooms are about beyond talk: registration, names, histories, facts.

use smol_str::SmolStr;

use super::dice::Dice;
use crate::{Command, MessageId, Party, Query};

const KEYS: [&str; 3] = ["avatar", "url", "status"];

impl Dice<'_> {
    pub(super) fn room_command(&mut self) -> Command {
        match self.pick(13) {
            0 => Command::RegisterRoom { room: self.room() },
            1 => Command::DropRoom { room: self.room() },
            2 => Command::TransferRoom { room: self.room(), account: self.name() },
            3 => {
                let (room, account) = (self.room(), self.name());
                Command::SetAccess { room, account, rank: self.maybe(Self::rank) }
            }
            4 => Command::TakeRank { room: self.room(), nick: self.maybe(Self::name) },
            5 | 6 => Command::RenameRoom { room: self.room(), to: self.room(), reason: self.text() },
            7 => self.redact(),
            8 | 9 => {
                let (target, key) = (self.target(), self.key());
                Command::SetMetadata { target, key, value: self.maybe(Self::text) }
            }
            10 => Command::ClearMetadata { target: self.target() },
            11 => Command::Subscribe { keys: self.some(Self::key) },
            _ => Command::Unsubscribe { keys: self.some(Self::key) },
        }
    }

    fn redact(&mut self) -> Command {
        let target = self.target();
        let message = MessageId(self.pick(8) as u128);
        let author = self.maybe(|dice| match dice.chance() {
            true => Party::Account(dice.name()),
            false => Party::Guest(message),
        });
        Command::Redact { target, message, author, reason: self.maybe(Self::text) }
    }

    pub(super) fn room_query(&mut self) -> Query {
        match self.pick(6) {
            0 => Query::Reach(self.maybe(Self::target)),
            1 => Query::Metadata { target: self.target(), keys: self.maybe(|dice| dice.some(Self::key)) },
            2 => Query::Sync(self.maybe(Self::target)),
            3 => Query::Subscriptions,
            4 => Query::Access(self.room()),
            _ => Query::Registration(self.room()),
        }
    }

    fn target(&mut self) -> SmolStr {
        match self.pick(3) {
            0 => "*".into(),
            1 => self.name(),
            _ => self.room().as_str().into(),
        }
    }

    fn key(&mut self) -> SmolStr {
        self.of(&KEYS).into()
    }
}
