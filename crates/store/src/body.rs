//! What of an item is not in columns of its own, as JSON. Rows are never written again, so a later release
//! must still read what this one writes: fields may be added, never renamed or given another meaning. If that
//! does not do, [`VERSION`] is for it.

use hub::{Cause, Destination, Identity, MessageId, ModeChange, Nick, Place, RoomName, Text, Timestamp};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The version of what is written. Rows say which they have, unless it is the first.
pub(crate) const VERSION: u8 = 1;

/// All that an item may need. Each kind of event uses some of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Body {
    /// The version.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub v: u8,
    /// Whose doing.
    #[serde(flatten)]
    pub who: Person,
    /// To whom it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<To>,
    /// Where it happened; the old name of a room that has another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// The new name of the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed: Option<RoomName>,
    /// Who was kicked, or the new nickname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<Nick>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub tags: Text,
    /// Lines, and whether they are joined to the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<(Text, bool)>>,
    /// Why somebody quit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What modes changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<ModeChange>,
    /// How it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Box<Back>>,
}

/// A redaction.
#[derive(Serialize, Deserialize)]
pub(crate) struct Back {
    pub id: MessageId,
    pub at: Timestamp,
    pub nick: Nick,
    #[serde(flatten)]
    pub who: Person,
    pub to: To,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Text>,
}

/// A user, but for its nickname.
#[derive(Serialize, Deserialize)]
pub(crate) struct Person {
    /// User name.
    pub u: SmolStr,
    /// Host.
    pub h: SmolStr,
    /// Account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a: Option<SmolStr>,
    /// Whether a bot.
    #[serde(default, skip_serializing_if = "is_false")]
    pub b: bool,
    /// Real name.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub r: Text,
}

/// To whom something was said.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum To {
    Room(RoomName),
    Ranked(SmolStr),
    User(Nick),
}

impl Body {
    pub fn of(who: &Identity) -> Self {
        Self {
            v: VERSION,
            who: Person::of(who),
            to: None,
            room: None,
            renamed: None,
            nick: None,
            tags: Text::default(),
            lines: None,
            cause: None,
            modes: Vec::new(),
            back: None,
        }
    }
}

impl Person {
    pub fn of(who: &Identity) -> Self {
        Self {
            u: who.user.clone(),
            h: who.host.clone(),
            a: who.account.clone(),
            b: who.bot,
            r: who.realname.clone(),
        }
    }

    pub fn named(self, nick: Nick) -> Identity {
        Identity {
            nick,
            user: self.u,
            host: self.h,
            account: self.a,
            bot: self.b,
            realname: self.r,
            handle: None,
            place: Place::default(),
        }
    }
}

impl From<&Destination> for To {
    fn from(to: &Destination) -> Self {
        match to {
            Destination::Room(room) => Self::Room(room.clone()),
            Destination::Ranked(written) => Self::Ranked(written.clone()),
            Destination::User(nick) => Self::User(nick.clone()),
        }
    }
}

impl From<To> for Destination {
    fn from(to: To) -> Self {
        match to {
            To::Room(room) => Self::Room(room),
            To::Ranked(written) => Self::Ranked(written),
            To::User(nick) => Self::User(nick),
        }
    }
}

fn first() -> u8 {
    1
}

fn is_first(version: &u8) -> bool {
    *version == 1
}

fn is_false(value: &bool) -> bool {
    !value
}
