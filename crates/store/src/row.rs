//! An item as a row, and a row as an item.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use hub::{Event, Identity, Item, ItemKinds, MessageId, Nick, Party, SayKind, SayLine, Text, Timestamp};
use rusqlite::types::{Null, ToSqlOutput, Type, Value, ValueRef};
use rusqlite::{Error, Row, ToSql};

use crate::body::{Back, Body, Person, To, VERSION};

/// In the column `kind`: the message was taken back.
pub(crate) const TAKEN_BACK: i64 = 1 << 15;

/// The columns that [`item`] reads, in its order.
pub(crate) const COLUMNS: &str = "at, id, kind, nick, text, body";

/// The columns of an event.
pub(crate) struct ItemRow<'e> {
    pub at: Timestamp,
    pub id: MessageId,
    pub kind: i64,
    pub nick: Cow<'e, str>,
    pub text: Option<Text>,
    pub body: Body,
}

impl<'e> ItemRow<'e> {
    /// The columns of an event; none if it is never an item.
    pub fn of(event: &'e Event) -> Option<Self> {
        let (id, at, who) = head(event)?;
        let mut body = Body::of(who);
        let text = fill(&mut body, event);
        let kind = i64::from(ItemKinds::of(event).bits());
        Some(Self { at, id, kind, nick: Cow::Borrowed(who.nick.as_str()), text, body })
    }

    /// The body as it is stored.
    pub fn json(&self) -> rusqlite::Result<String> {
        serde_json::to_string(&self.body).map_err(|error| Error::ToSqlConversionFailure(error.into()))
    }

    /// Reads the columns [`COLUMNS`].
    pub fn read(row: &Row) -> rusqlite::Result<ItemRow<'static>> {
        let body =
            serde_json::from_str::<Body>(row.get_ref(5)?.as_str()?).map_err(|error| broken(5, error))?;
        if body.v > VERSION {
            return Err(broken(5, format!("version {} of an item", body.v)));
        }
        Ok(ItemRow {
            at: Timestamp(row.get(0)?),
            id: id(row, 1)?,
            kind: row.get(2)?,
            nick: Cow::Owned(row.get(3)?),
            text: text(row.get_ref(4)?)?,
            body,
        })
    }

    /// Takes the words and tags away, and has the redaction in their place.
    pub fn take_back(&mut self, redaction: &Event) {
        let Event::Redacted { id, at, who, to, reason, .. } = redaction else { return };
        self.kind |= TAKEN_BACK;
        self.text = None;
        self.body.tags = Text::default();
        self.body.lines = None;
        self.body.back = Some(Box::new(Back {
            id: *id,
            at: *at,
            nick: who.nick.clone(),
            who: Person::of(who),
            to: To::from(to),
            why: reason.clone(),
        }));
    }

    /// The item.
    pub fn item(mut self) -> rusqlite::Result<Item> {
        let message = self.id;
        let redacted = self.body.back.take().map(|back| Arc::new(redaction(message, *back)));
        Ok(Item { event: Arc::new(self.event()?), redacted })
    }

    fn event(self) -> rusqlite::Result<Event> {
        let Self { at, id, kind, nick, text, body } = self;
        let nick = serde_json::Value::String(nick.into_owned());
        let nick: Nick = serde_json::from_value(nick).map_err(|error| broken(3, error))?;
        let who = Arc::new(body.who.named(nick));
        let missing = || broken(5, "a part of the item is missing");
        let room = || body.room.clone().ok_or_else(missing);
        let kinds = ItemKinds::from_bits_truncate((kind & !TAKEN_BACK) as u16);
        Ok(match kinds {
            ItemKinds::MESSAGE | ItemKinds::NOTICE | ItemKinds::SIGNAL => Event::Said {
                id,
                at,
                who,
                kind: match kinds {
                    ItemKinds::MESSAGE => SayKind::Message,
                    ItemKinds::NOTICE => SayKind::Notice,
                    _ => SayKind::Signal,
                },
                to: body.to.ok_or_else(missing)?.into(),
                text: text.unwrap_or_default(),
                lines: body
                    .lines
                    .map(|lines| lines.into_iter().map(|(text, joined)| SayLine { text, joined }).collect()),
                tags: Bytes::copy_from_slice(body.tags.as_bytes()),
            },
            ItemKinds::JOINED => Event::Joined { id, at, who, room: room()?, away: text },
            ItemKinds::PARTED => Event::Parted { id, at, who, room: room()?, reason: text },
            ItemKinds::QUIT => Event::Quit { id, at, who, cause: body.cause.ok_or_else(missing)? },
            ItemKinds::KICKED => Event::Kicked {
                id,
                at,
                who,
                room: room()?,
                nick: body.nick.ok_or_else(missing)?,
                reason: text.unwrap_or_default(),
            },
            ItemKinds::MODES => Event::RoomModes { id, at, who, room: room()?, changes: body.modes },
            ItemKinds::TOPIC => {
                Event::TopicSet { id, at, who, room: room()?, text: text.unwrap_or_default() }
            }
            ItemKinds::RENAMED => Event::Renamed { id, at, who, nick: body.nick.ok_or_else(missing)? },
            ItemKinds::ROOM_RENAMED => Event::RoomRenamed {
                id,
                at,
                who,
                from: room()?,
                to: body.renamed.ok_or_else(missing)?,
                reason: text.unwrap_or_default(),
                found: None,
            },
            _ => return Err(broken(2, format!("an item of kind {kind}"))),
        })
    }
}

/// Reads the columns [`COLUMNS`] as an item.
pub(crate) fn item(row: &Row) -> rusqlite::Result<Item> {
    ItemRow::read(row)?.item()
}

fn head(event: &Event) -> Option<(MessageId, Timestamp, &Identity)> {
    match event {
        Event::Said { id, at, who, .. }
        | Event::Joined { id, at, who, .. }
        | Event::Parted { id, at, who, .. }
        | Event::Quit { id, at, who, .. }
        | Event::Kicked { id, at, who, .. }
        | Event::RoomModes { id, at, who, .. }
        | Event::TopicSet { id, at, who, .. }
        | Event::Renamed { id, at, who, .. }
        | Event::RoomRenamed { id, at, who, .. } => Some((*id, *at, who)),
        _ => None,
    }
}

/// Fills in what the kind of event has, and returns its words.
fn fill(body: &mut Body, event: &Event) -> Option<Text> {
    match event {
        Event::Said { to, text, lines, tags, .. } => {
            body.to = Some(To::from(to));
            body.tags = Text::new(tags);
            body.lines = lines
                .as_ref()
                .map(|lines| lines.iter().map(|line| (line.text.clone(), line.joined)).collect());
            Some(text.clone())
        }
        Event::Joined { room, away, .. } => {
            body.room = Some(room.clone());
            away.clone()
        }
        Event::Parted { room, reason, .. } => {
            body.room = Some(room.clone());
            reason.clone()
        }
        Event::Quit { cause, .. } => {
            body.cause = Some(cause.clone());
            None
        }
        Event::Kicked { room, nick, reason, .. } => {
            body.room = Some(room.clone());
            body.nick = Some(nick.clone());
            Some(reason.clone())
        }
        Event::RoomModes { room, changes, .. } => {
            body.room = Some(room.clone());
            body.modes = changes.clone();
            None
        }
        Event::TopicSet { room, text, .. } => {
            body.room = Some(room.clone());
            Some(text.clone())
        }
        Event::Renamed { nick, .. } => {
            body.nick = Some(nick.clone());
            None
        }
        Event::RoomRenamed { from, to, reason, .. } => {
            body.room = Some(from.clone());
            body.renamed = Some(to.clone());
            Some(reason.clone())
        }
        _ => None,
    }
}

fn redaction(message: MessageId, back: Back) -> Event {
    Event::Redacted {
        id: back.id,
        at: back.at,
        who: Arc::new(back.who.named(back.nick)),
        to: back.to.into(),
        message,
        reason: back.why,
    }
}

/// Words as a column: text if they are UTF-8, or else bytes.
pub(crate) fn words(text: Option<&Text>) -> ToSqlOutput<'_> {
    match text {
        None => ToSqlOutput::from(Null),
        Some(text) => ToSqlOutput::Borrowed(match std::str::from_utf8(text.as_bytes()) {
            Ok(_) => ValueRef::Text(text.as_bytes()),
            Err(_) => ValueRef::Blob(text.as_bytes()),
        }),
    }
}

/// The words in a column.
pub(crate) fn text(column: ValueRef) -> rusqlite::Result<Option<Text>> {
    match column {
        ValueRef::Null => Ok(None),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Ok(Some(Text::new(bytes))),
        _ => Err(broken(4, "the words are a number")),
    }
}

/// The id in a column.
pub(crate) fn id(row: &Row, column: usize) -> rusqlite::Result<MessageId> {
    row.get::<_, [u8; 16]>(column).map(|bytes| MessageId(u128::from_be_bytes(bytes)))
}

/// Somebody as a column: an account is text, a guest 16 bytes.
pub(crate) fn party(party: &Party) -> Value {
    match party {
        Party::Account(name) => Value::Text(name.to_string()),
        Party::Guest(id) => Value::Blob(id.0.to_be_bytes().to_vec()),
    }
}

/// Somebody from a column.
pub(crate) fn read_party(column: ValueRef) -> rusqlite::Result<Party> {
    match column {
        ValueRef::Text(name) => Ok(Party::Account(String::from_utf8_lossy(name).into())),
        ValueRef::Blob(bytes) => match bytes.try_into() {
            Ok(bytes) => Ok(Party::Guest(MessageId(u128::from_be_bytes(bytes)))),
            Err(_) => Err(broken(0, "an id has 16 bytes")),
        },
        _ => Err(broken(0, "nobody is a number")),
    }
}

/// What a row says makes no sense.
pub(crate) fn broken(
    column: usize,
    why: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

/// An id as a column.
pub(crate) fn id_bytes(id: MessageId) -> impl ToSql {
    id.0.to_be_bytes()
}
