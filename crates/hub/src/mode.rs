//! Modes: the switches of rooms and users, and the ranks of members.

use bitflags::bitflags;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::Text;

bitflags! {
    /// Switches of a room.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct RoomFlags: u16 {
        /// No CTCP but ACTION (`C`).
        const NO_CTCP = 1;
        /// Only members with a rank and logged-in users speak (`M`).
        const ACCOUNTS_SPEAK = 1 << 1;
        /// Only who is invited may join (`i`).
        const INVITE_ONLY = 1 << 2;
        /// Only members with a rank speak (`m`).
        const MODERATED = 1 << 3;
        /// No messages from outside (`n`).
        const MEMBERS_SPEAK = 1 << 4;
        /// Not shown to who is not in it (`s`).
        const SECRET = 1 << 5;
        /// The topic needs half-operator (`t`).
        const TOPIC_LOCKED = 1 << 6;
    }

    /// Switches of a user.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct UserFlags: u8 {
        /// Hidden from who shares no room (`i`).
        const INVISIBLE = 1;
        /// Server operator (`o`); given by [`Command::Oper`](crate::Command::Oper) only.
        const OPERATOR = 1 << 1;
        /// Receives WALLOPS (`w`).
        const WALLOPS = 1 << 2;
        /// A program, not a person (`B`).
        const BOT = 1 << 3;
        /// Refuses direct messages from users without account (`R`).
        const ACCOUNTS_WRITE = 1 << 4;
    }

    /// What an operator may do, given by its class.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Privileges: u16 {
        /// Disconnect a user.
        const KILL = 1;
        /// Keep addresses away from the server.
        const BAN = 1 << 1;
        /// Have the configuration read again.
        const REHASH = 1 << 2;
        /// Write to all who asked for it.
        const WALLOPS = 1 << 3;
        /// Change any room's modes.
        const SAMODE = 1 << 4;
        /// Create accounts for others.
        const ACCREG = 1 << 5;
        /// Register and drop rooms of others.
        const CHANREG = 1 << 6;
        /// Remove what others said.
        const HISTORY = 1 << 7;
        /// Change metadata of others.
        const METADATA = 1 << 8;
        /// Change the host that a user shows.
        const CHGHOST = 1 << 9;
        /// Stop the server.
        const DIE = 1 << 10;
    }

    /// The ranks of one member in one room.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub struct Ranks: u8 {
        /// `v +`
        const VOICE = 1;
        /// `h %`
        const HALFOP = 1 << 1;
        /// `o @`
        const OPERATOR = 1 << 2;
        /// `a &`
        const PROTECTED = 1 << 3;
        /// `q ~`
        const FOUNDER = 1 << 4;
    }
}

/// One rank in a room, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rank {
    /// May speak in a moderated room.
    Voice,
    /// May set the topic, kick, and give voice.
    Halfop,
    /// Runs the room.
    Operator,
    /// An operator whom operators can't kick.
    Protected,
    /// Owns the room.
    Founder,
}

impl Rank {
    /// All ranks, highest first.
    pub const ALL: [Self; 5] = [Self::Founder, Self::Protected, Self::Operator, Self::Halfop, Self::Voice];
}

impl From<Rank> for Ranks {
    fn from(rank: Rank) -> Self {
        match rank {
            Rank::Voice => Self::VOICE,
            Rank::Halfop => Self::HALFOP,
            Rank::Operator => Self::OPERATOR,
            Rank::Protected => Self::PROTECTED,
            Rank::Founder => Self::FOUNDER,
        }
    }
}

impl Ranks {
    /// The highest of them.
    pub fn highest(self) -> Option<Rank> {
        Rank::ALL.into_iter().find(|&rank| self.contains(rank.into()))
    }

    /// Whether one of them is `rank` or higher.
    pub fn at_least(self, rank: Rank) -> bool {
        self.highest().is_some_and(|highest| highest >= rank)
    }
}

/// The lists of masks that a room keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListKind {
    /// Who may not join, nor speak without a rank (`b`).
    Ban,
    /// Whom no ban concerns (`e`).
    Exception,
    /// Who joins as if invited (`I`).
    Invite,
}

/// One change of a room's modes: asked for in a command, reported in an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModeChange {
    /// A switch is set or cleared.
    Flag(RoomFlags, bool),
    /// A key is set or taken away.
    Key(Option<Text>),
    /// The number of members is limited, or no longer.
    Limit(Option<u32>),
    /// A mask enters (`true`) or leaves a list. In a command the mask is as it was written; in an
    /// event it is completed to `nick!user@host`, or as it stood in the list.
    List(ListKind, bool, SmolStr),
    /// A member gets (`true`) or loses a rank. In an event the nick is written as its owner does.
    Rank(Rank, bool, SmolStr),
}
