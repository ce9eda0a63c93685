//! The lines of an export: each is one JSON object with one key, which says what it is.

use hub::{
    Account, ItemKinds, LogKey, MessageId, NetworkBan, Party, SavedMarker, SavedRoom, SavedUser, Text,
    Timestamp,
};
use rusqlite::Row;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use crate::body::Body;
use crate::logs;
use crate::row::{self, TAKEN_BACK, broken};

/// The version of this format.
pub(super) const FORMAT: u32 = 1;

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line {
    /// The first of all.
    Saloon(Head),
    /// See [`Account`]; without credentials, unless those were asked for.
    Account(Box<Account>),
    /// See [`SavedRoom`].
    Room(Box<SavedRoom>),
    /// See [`SavedUser`].
    User(Box<SavedUser>),
    /// See [`SavedMarker`].
    Marker(SavedMarker),
    /// The next room of this folded name has this history.
    Name { name: SmolStr, history: SmolStr },
    /// See [`NetworkBan`].
    Ban(NetworkBan),
    /// A history: stands before its items.
    History(History),
    /// An item of a history.
    Item(Box<ItemLine>),
}

#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    /// The version.
    pub format: u32,
    /// The number of the last record.
    pub last: i64,
    /// The time of the latest item, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<i64>,
    /// How many items follow.
    pub items: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct History {
    #[serde(flatten)]
    pub place: Place,
    /// How many of the oldest have been forgotten.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gone: i64,
}

/// Which history.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Place {
    Room { room: SmolStr },
    Direct { owner: Who, peer: SmolStr },
}

/// Somebody.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Who {
    Account(SmolStr),
    Guest(MessageId),
}

#[derive(Serialize, Deserialize)]
pub(super) struct ItemLine {
    /// The number of the record.
    pub n: i64,
    #[serde(flatten)]
    pub place: Place,
    /// The number in the history.
    pub seq: i64,
    #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
    pub time: Timestamp,
    pub id: MessageId,
    #[serde(serialize_with = "write_kind", deserialize_with = "read_kind")]
    pub kind: ItemKinds,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
    /// Whose doing.
    pub by: Who,
    pub nick: SmolStr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// Everything else, as the database has it.
    pub more: Body,
}

/// What [`ItemLine::read`] reads.
pub(super) const COLUMNS: &str = "n, owner, name, seq, at, items.id, kind, party, nick, text, body";

impl ItemLine {
    pub fn read(row: &Row) -> rusqlite::Result<Self> {
        let kind: i64 = row.get(6)?;
        Ok(Self {
            n: row.get(0)?,
            place: logs::key(row.get_ref(1)?, row.get_ref(2)?.as_str()?)?.into(),
            seq: row.get(3)?,
            time: Timestamp(row.get(4)?),
            id: row::id(row, 5)?,
            kind: ItemKinds::from_bits_truncate((kind & !TAKEN_BACK) as u16),
            redacted: kind & TAKEN_BACK != 0,
            by: row::read_party(row.get_ref(7)?)?.into(),
            nick: row.get_ref(8)?.as_str()?.into(),
            text: row::text(row.get_ref(9)?)?,
            more: serde_json::from_str(row.get_ref(10)?.as_str()?).map_err(|error| broken(10, error))?,
        })
    }
}

impl From<LogKey> for Place {
    fn from(log: LogKey) -> Self {
        match log {
            LogKey::Room(room) => Self::Room { room },
            LogKey::Direct { owner, peer } => Self::Direct { owner: owner.into(), peer },
        }
    }
}

impl From<Place> for LogKey {
    fn from(place: Place) -> Self {
        match place {
            Place::Room { room } => Self::Room(room),
            Place::Direct { owner, peer } => Self::Direct { owner: owner.into(), peer },
        }
    }
}

impl From<Party> for Who {
    fn from(party: Party) -> Self {
        match party {
            Party::Account(name) => Self::Account(name),
            Party::Guest(id) => Self::Guest(id),
        }
    }
}

impl From<Who> for Party {
    fn from(who: Who) -> Self {
        match who {
            Who::Account(name) => Self::Account(name),
            Who::Guest(id) => Self::Guest(id),
        }
    }
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// As RFC 3339 has it, to the millisecond.
fn write_time<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let at = jiff::Timestamp::from_millisecond(at.0).map_err(serde::ser::Error::custom)?;
    serializer.collect_str(&at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"))
}

fn read_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = SmolStr::deserialize(deserializer)?;
    let at: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
    Ok(Timestamp(at.as_millisecond()))
}

/// By its name in small letters.
fn write_kind<S: Serializer>(kind: &ItemKinds, serializer: S) -> Result<S::Ok, S::Error> {
    let name = kind.iter_names().map(|(name, _)| name).next().unwrap_or_default();
    serializer.serialize_str(&name.to_ascii_lowercase())
}

fn read_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ItemKinds, D::Error> {
    let name = SmolStr::deserialize(deserializer)?;
    let kind = ItemKinds::from_name(&name.to_ascii_uppercase()).filter(|kind| kind.bits().count_ones() == 1);
    kind.ok_or_else(|| serde::de::Error::custom(format!("no item is of the kind {name}")))
}
