//! What is kept: records that, in their order, make up all that outlives the hub.
//!
//! The hub gives them out as [`Effect::Keep`](crate::Effect::Keep). Whoever keeps them can fold them into
//! a [`Saved`], from which [`Hub::restore`](crate::Hub::restore) makes a hub again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::{
    Account, Event, ListEntry, MessageId, NetworkBan, Nick, Party, Rank, Ranks, RoomFlags, RoomName, Text,
    Timestamp, Topic, UserFlags,
};

/// The history of something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LogKey {
    /// Of a room: its folded name; or, where another room has had that name, the name, a comma (which no
    /// name has) and an id.
    Room(SmolStr),
    /// One side of a conversation. Each message between two users is an item of both sides.
    Direct {
        /// Whose side.
        owner: Party,
        /// With whom: the folded name of its account, or else its folded nickname.
        peer: SmolStr,
    },
}

/// Something to keep. The order of records is the order in which things happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// Something happened in these histories. Its time is later than that of any item before it in each.
    Item {
        /// Which histories.
        logs: SmallVec<[LogKey; 2]>,
        /// Whose doing.
        by: Party,
        /// What: an event that [`ItemKinds::of`](crate::ItemKinds::of) knows.
        event: Arc<Event>,
    },
    /// A message was taken back: its words and tags are to be forgotten, and the event kept in their place.
    Redacted {
        /// In which histories.
        logs: SmallVec<[LogKey; 2]>,
        /// Which message.
        id: MessageId,
        /// [`Event::Redacted`].
        event: Arc<Event>,
    },
    /// An account is like this now.
    Account(Box<Account>),
    /// There is no such account any more, nor anything of its own: conversations, markers.
    AccountGone(SmolStr),
    /// A room that is kept is like this now.
    Room(Box<SavedRoom>),
    /// A room (its folded name) is no longer kept. Its history is.
    RoomGone(SmolStr),
    /// A user that stays is like this now.
    User(Box<SavedUser>),
    /// The user of this account (its folded name) stays no longer.
    UserGone(SmolStr),
    /// How far somebody has read.
    Marker(SavedMarker),
    /// That is no longer known.
    MarkerGone {
        /// The account, folded.
        account: SmolStr,
        /// The room or user, folded.
        target: SmolStr,
    },
    /// The next room of this folded name has this history; none is the usual one.
    Log {
        /// The folded name; empty for what is usual: the history of a name that is not spoken of is then the
        /// name, a comma and this.
        name: SmolStr,
        /// The history.
        log: Option<SmolStr>,
    },
    /// A user without account is gone, and its side of its conversations with it.
    Forget(Party),
    /// The bans from the server are these now.
    Bans(Vec<NetworkBan>),
}

impl Record {
    /// Whether an answer to what led to it means that it is kept. Comings and goings are kept too, but
    /// nobody waits for that.
    pub fn is_promise(&self) -> bool {
        match self {
            Self::Item { event, .. } => {
                matches!(**event, Event::Said { .. } | Event::TopicSet { .. } | Event::RoomModes { .. })
            }
            Self::User(_) | Self::UserGone(_) | Self::Forget(_) | Self::Log { .. } => false,
            _ => true,
        }
    }
}

/// A room that is kept: it is registered, or a user that stays is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedRoom {
    /// As the first to join wrote it.
    pub name: RoomName,
    /// Its history.
    pub log: SmolStr,
    /// When it was created.
    pub created: Timestamp,
    /// Its switches.
    pub flags: RoomFlags,
    /// Its key.
    #[serde(default)]
    pub key: Option<Text>,
    /// Most members.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Its topic.
    #[serde(default)]
    pub topic: Option<Topic>,
    /// Bans.
    #[serde(default)]
    pub bans: Vec<ListEntry>,
    /// Exceptions.
    #[serde(default)]
    pub exceptions: Vec<ListEntry>,
    /// Standing invitations.
    #[serde(default)]
    pub invitations: Vec<ListEntry>,
    /// Whose it is; none if it is not registered.
    #[serde(default)]
    pub registration: Option<Registration>,
    /// Facts about it, by key.
    #[serde(default)]
    pub metadata: std::collections::BTreeMap<SmolStr, Text>,
}

/// Whose a registered room is, and who has which rank in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The founder's account, as registered.
    pub founder: SmolStr,
    /// When it was registered.
    pub at: Timestamp,
    /// Ranks that accounts get on joining, in the order they were given.
    #[serde(default)]
    pub access: Vec<(SmolStr, Rank)>,
}

/// A user that stays while none of its connections is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedUser {
    /// Its account, as registered.
    pub account: SmolStr,
    /// What it is called.
    pub nick: Nick,
    /// Its user name.
    pub user: SmolStr,
    /// The host it shows.
    pub host: SmolStr,
    /// Its real name.
    pub realname: Text,
    /// Its switches, but not that of an operator.
    pub flags: UserFlags,
    /// What it tells who writes, when it is away.
    #[serde(default)]
    pub away: Option<Text>,
    /// When it came.
    pub signon: Timestamp,
    /// Where it is, and its ranks there; in the order it joined.
    pub rooms: Vec<(RoomName, Ranks)>,
}

/// How far the user of an account has read somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SavedMarker {
    /// The account, folded.
    pub account: SmolStr,
    /// The room or user, folded.
    pub target: SmolStr,
    /// Up to when.
    pub at: Timestamp,
}

/// All that outlives a hub but histories. Everything is sorted, so that equal hubs save the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// By folded name.
    pub accounts: Vec<Account>,
    /// By folded name.
    pub rooms: Vec<SavedRoom>,
    /// By folded account.
    pub users: Vec<SavedUser>,
    /// By account, then target.
    pub markers: Vec<SavedMarker>,
    /// As in [`Record::Log`]. By name.
    pub logs: Vec<(SmolStr, SmolStr)>,
    /// In the order they were set.
    pub bans: Vec<NetworkBan>,
    /// The time of the latest item of any history.
    pub latest: Option<Timestamp>,
}
