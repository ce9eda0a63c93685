//! What can be asked of what was said: words that dialects, server and store share. The hub itself knows
//! only whose business which history is.

use std::sync::Arc;

use bitflags::bitflags;
use smol_str::SmolStr;

use crate::{Event, LogKey, MessageId, Party, RoomName, Timestamp};

bitflags! {
    /// Sorts of items of a history.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct ItemKinds: u16 {
        /// Messages.
        const MESSAGE = 1;
        /// Notices.
        const NOTICE = 1 << 1;
        /// Tags alone.
        const SIGNAL = 1 << 2;
        /// Somebody joined.
        const JOINED = 1 << 3;
        /// Somebody parted.
        const PARTED = 1 << 4;
        /// Somebody quit.
        const QUIT = 1 << 5;
        /// Somebody was kicked.
        const KICKED = 1 << 6;
        /// Modes changed.
        const MODES = 1 << 7;
        /// A topic was set.
        const TOPIC = 1 << 8;
        /// Somebody took another nickname.
        const RENAMED = 1 << 9;
        /// The room took another name.
        const ROOM_RENAMED = 1 << 10;
        /// What was said.
        const SAID = Self::MESSAGE.bits() | Self::NOTICE.bits();
    }
}

impl ItemKinds {
    /// The sort of an event; none if it is never an item.
    pub fn of(event: &Event) -> Self {
        use crate::SayKind;
        match event {
            Event::Said { kind: SayKind::Message, .. } => Self::MESSAGE,
            Event::Said { kind: SayKind::Notice, .. } => Self::NOTICE,
            Event::Said { kind: SayKind::Signal, .. } => Self::SIGNAL,
            Event::Joined { .. } => Self::JOINED,
            Event::Parted { .. } => Self::PARTED,
            Event::Quit { .. } => Self::QUIT,
            Event::Kicked { .. } => Self::KICKED,
            Event::RoomModes { .. } => Self::MODES,
            Event::TopicSet { .. } => Self::TOPIC,
            Event::Renamed { .. } => Self::RENAMED,
            Event::RoomRenamed { .. } => Self::ROOM_RENAMED,
            _ => Self::empty(),
        }
    }
}

/// A place in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A time.
    Time(Timestamp),
    /// The item with this id. An id that no item has is at the time it was made.
    Id(MessageId),
}

/// Which part of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The newest; only those strictly behind the reference, if there is one.
    Latest(Option<Reference>),
    /// The newest of those strictly before.
    Before(Reference),
    /// The oldest of those strictly behind.
    After(Reference),
    /// The item itself, and as many before as behind it.
    Around(Reference),
    /// Strictly between, counted from the first.
    Between(Reference, Reference),
}

/// What a session wants to know of what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recall {
    /// Items of a room, or of the conversation with a user. Answered by [`Recalled::Page`].
    Page {
        /// The room or user, as written.
        target: SmolStr,
        /// Which part.
        span: Span,
        /// Most items.
        most: usize,
        /// Which sorts.
        kinds: ItemKinds,
    },
    /// Conversations whose newest item lies strictly between two times, counted from the first. Answered
    /// by [`Recalled::Targets`].
    Targets {
        /// The one end.
        from: Timestamp,
        /// The other end.
        to: Timestamp,
        /// Most conversations.
        most: usize,
    },
    /// One message. Answered by [`Recalled::Found`].
    Find {
        /// The room or user, as written.
        target: SmolStr,
        /// Which.
        id: MessageId,
    },
    /// Messages with these words, the newest. Answered by [`Recalled::Search`].
    Search(Box<Search>),
}

/// What to search for, in the rooms one is in and one's own conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The words, all of which occur, in any case of letters; any message if empty.
    pub text: String,
    /// Only in this room or conversation, as written.
    pub target: Option<SmolStr>,
    /// Only by who had this nickname.
    pub from: Option<SmolStr>,
    /// Only strictly behind.
    pub after: Option<Timestamp>,
    /// Only strictly before.
    pub before: Option<Timestamp>,
    /// Most messages.
    pub most: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recalled {
    /// Oldest first.
    Page(Vec<Item>),
    /// By the time of the newest item, oldest first.
    Targets(Vec<(SmolStr, Timestamp)>),
    /// Whose it is; none if there is no such message (any more).
    Found(Option<Party>),
    /// Oldest first. The event says where each was said.
    Search(Vec<Item>),
    /// It may not be asked: [`Rejection::NoSuchTarget`](crate::Rejection::NoSuchTarget).
    Rejected(crate::Rejection),
    /// The store could not be read.
    Failed,
}

/// One item of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What happened, as everyone was told it. Of a redacted message, without its words and tags.
    pub event: Arc<Event>,
    /// The redaction, if it was redacted.
    pub redacted: Option<Arc<Event>>,
}

/// Which histories a session may read now: the answer to [`Query::Reach`](crate::Query::Reach).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// What was asked for, if one conversation was asked for.
    pub log: Option<LogKey>,
    /// The rooms it is in, by their histories.
    pub rooms: Vec<(LogKey, RoomName)>,
    /// Who it is.
    pub owner: Party,
}
