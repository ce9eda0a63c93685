//! What can be read from the hub. Reading never changes it.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{
    AccountInfo, Fact, Identity, ListKind, ModeChange, Names, Nick, Rank, Ranks, Reach, Registration,
    RoomName, Text, Timestamp, Topic, UserFlags,
};

/// A question. The answer is an [`Answer`] of the same name, or [`Answer::Rejected`] where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Whether a registered user other than the one asking, or nobody may, have this nickname.
    NickTaken(Nick),
    /// Who is here, in numbers.
    Counts,
    /// The topic of a room. Rejected: `NoSuchRoom`, `NotInRoom`.
    Topic(RoomName),
    /// The members of a room: none of an unknown room, or of a secret one that one is not in;
    /// invisible users only to members.
    Names(RoomName),
    /// The modes of a room. Rejected: `NoSuchRoom`.
    RoomModes(RoomName),
    /// A list of masks of a room. Rejected: `NoSuchRoom`; `RankNeeded` never.
    List(RoomName, ListKind),
    /// The switches of a user. Rejected: `NoSuchNick`; `NotYourself`.
    UserModes(SmolStr),
    /// The rooms one has been invited to.
    Invites,
    /// Users that match; at most `most`, from behind `after` on.
    Who {
        /// Which.
        mask: WhoMask,
        /// Only operators.
        operators: bool,
        /// The folded nickname (or position for a room) to go on behind, as an answer gave it.
        after: Option<SmolStr>,
        /// Most rows in one answer.
        most: usize,
    },
    /// All about one user. Rejected: `NoSuchNick`.
    Whois(SmolStr),
    /// Who had this nickname, latest first.
    Whowas(SmolStr),
    /// For each nickname that somebody has: who, whether an operator, whether away.
    Userhost(Vec<SmolStr>),
    /// Those of the nicknames that somebody has, in the order asked, in their own case.
    Ison(Vec<SmolStr>),
    /// Rooms that pass the filters; at most `most`, from behind `after` on. Each call looks at a
    /// bounded number of rooms, so an answer may be empty and still not the last.
    Rooms {
        /// What to pass.
        filter: ListFilter,
        /// The folded name to go on behind, as an answer gave it.
        after: Option<SmolStr>,
        /// Most rows in one answer.
        most: usize,
    },
    /// What one watches.
    Watched,
    /// Of what one watches: who is here, which names are not.
    WatchStatus,
    /// Bans from the server. Rejected: `NoPrivilege`.
    NetworkBans,
    /// Which histories one may read: that of a room one is in or of the conversation with a user (as
    /// written), or all. Rejected: `NoSuchTarget`.
    Reach(Option<SmolStr>),
    /// How far one has read somewhere (as written). Answered to sessions that are not registered too.
    Marker(SmolStr),
    /// Facts about a user or room (as written; `*` for oneself): these, in this order, or all.
    /// Rejected: `NoMetadataTarget`, `MetadataForbidden`.
    Metadata {
        /// Whose.
        target: SmolStr,
        /// Which; all that are set if none.
        keys: Option<Vec<SmolStr>>,
    },
    /// What one is subscribed to of a user, of a room and its members, or of all one shares a room with or
    /// watches (none). Rejected as for [`Query::Metadata`].
    Sync(Option<SmolStr>),
    /// The keys one is subscribed to.
    Subscriptions,
    /// What may be known of an account: one's own if none is named. Rejected: `NoSuchAccount`,
    /// `NotLoggedIn`.
    Account(Option<SmolStr>),
    /// Who has which rank in a registered room. Rejected: `NoSuchRoom`, `RoomNotRegistered`, `RankNeeded`.
    Access(RoomName),
    /// Whose a registered room is. Rejected: `NoSuchRoom`, `RoomNotRegistered`.
    Registration(RoomName),
}

/// Which users a WHO is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhoMask {
    /// The visible members of a room.
    Room(RoomName),
    /// The user of this name exactly, or else all whose nickname, host, user or real name match.
    Mask(SmolStr),
}

/// What a room must be like to be listed; empty parts pass everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Names, or masks with `*` and `?`: one must match.
    pub masks: Vec<SmolStr>,
    /// Masks none of which may match.
    pub not_masks: Vec<SmolStr>,
    /// Fewer members than this.
    pub fewer_than: Option<u64>,
    /// More members than this.
    pub more_than: Option<u64>,
    /// Created less than this many minutes ago.
    pub created_within: Option<u64>,
    /// Created more than this many minutes ago.
    pub created_before: Option<u64>,
    /// Topic set less than this many minutes ago.
    pub topic_within: Option<u64>,
    /// Topic set more than this many minutes ago.
    pub topic_before: Option<u64>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// See [`Query::NickTaken`].
    NickTaken(bool),
    /// See [`Query::Counts`].
    Counts(Counts),
    /// See [`Query::Topic`]. The name in the room's own case.
    Topic(RoomName, Option<Topic>),
    /// See [`Query::Names`]. The name in the room's own case; `None` if there is nothing to see.
    Names(RoomName, Option<Names>),
    /// See [`Query::RoomModes`].
    RoomModes {
        /// In its own case.
        room: RoomName,
        /// Switches set, in the order C M i m n s t, then key and limit. The key reads `*` for who is
        /// not a member.
        modes: Vec<ModeChange>,
        /// When the room was created.
        created: Timestamp,
    },
    /// See [`Query::List`]. In the order the entries were set.
    List(RoomName, ListKind, Vec<ListEntry>),
    /// See [`Query::UserModes`].
    UserModes(UserFlags),
    /// See [`Query::Invites`].
    Invites(Vec<RoomName>),
    /// See [`Query::Who`].
    Who {
        /// The users.
        rows: Vec<WhoRow>,
        /// Where to go on; none if this was all.
        next: Option<SmolStr>,
    },
    /// See [`Query::Whois`].
    Whois(Box<Whois>),
    /// See [`Query::Whowas`].
    Whowas(Vec<Whowas>),
    /// See [`Query::Userhost`]: who, operator, away.
    Userhost(Vec<(Arc<Identity>, bool, bool)>),
    /// See [`Query::Ison`].
    Ison(Vec<Nick>),
    /// See [`Query::Rooms`].
    Rooms {
        /// The rooms.
        rows: Vec<RoomRow>,
        /// Where to go on; none if this was all.
        next: Option<SmolStr>,
    },
    /// See [`Query::Watched`]. As written.
    Watched(Vec<SmolStr>),
    /// See [`Query::WatchStatus`].
    WatchStatus {
        /// Who is here.
        online: Vec<Arc<Identity>>,
        /// Names that nobody has, as written.
        offline: Vec<SmolStr>,
    },
    /// See [`Query::NetworkBans`].
    NetworkBans(Vec<NetworkBan>),
    /// See [`Query::Reach`].
    Reach(Box<Reach>),
    /// See [`Query::Marker`].
    Marker(SmolStr, Option<Timestamp>),
    /// See [`Query::Metadata`]: the target in its own case (`*` before registration), and the facts; a fact
    /// without value is not set.
    Metadata(SmolStr, Vec<Fact>),
    /// See [`Query::Sync`]: the target as written, if there was one.
    Sync(Option<SmolStr>, Vec<Fact>),
    /// See [`Query::Subscriptions`].
    Subscriptions(Vec<SmolStr>),
    /// See [`Query::Account`].
    Account(Box<AccountInfo>),
    /// See [`Query::Access`].
    Access(RoomName, Vec<(SmolStr, Rank)>),
    /// See [`Query::Registration`].
    Registration(RoomName, Box<Registration>),
    /// It may not be asked.
    Rejected(crate::Rejection),
}

/// Who is here, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Registered users that are not invisible.
    pub visible: usize,
    /// Registered users that are.
    pub invisible: usize,
    /// Operators among them.
    pub operators: usize,
    /// Open sessions that have not registered.
    pub unknown: usize,
    /// Rooms.
    pub rooms: usize,
    /// The most registered users there ever were at a time.
    pub most: usize,
}

/// An entry of a room's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// The mask.
    pub mask: SmolStr,
    /// `nick!user@host` of who set it.
    pub by: SmolStr,
    /// When.
    pub at: Timestamp,
}

/// A line of [`Answer::Who`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoRow {
    /// Who.
    pub who: Arc<Identity>,
    /// A room both are in, or the one asked about, and the user's ranks there.
    pub room: Option<(RoomName, Ranks)>,
    /// Whether away.
    pub away: bool,
    /// Whether an operator.
    pub operator: bool,
    /// The address, if the asker may know: its own, or to an operator.
    pub ip: Option<IpAddr>,
    /// Seconds since it last said something.
    pub idle: u64,
}

/// All about one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whois {
    /// Who.
    pub who: Arc<Identity>,
    /// Rooms the asker may know of, with the user's ranks there.
    pub rooms: Vec<(RoomName, Ranks)>,
    /// Its title, if an operator.
    pub operator: Option<SmolStr>,
    /// What it tells who writes, if away.
    pub away: Option<Text>,
    /// Whether every session of it is protected from listeners.
    pub secure: bool,
    /// Seconds since it last said something.
    pub idle: u64,
    /// When it came.
    pub signon: Timestamp,
    /// What only the user itself and operators may know.
    pub private: Option<WhoisPrivate>,
}

/// The part of [`Whois`] for the user itself and operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoisPrivate {
    /// Its address; none for a process on the same machine.
    pub ip: Option<IpAddr>,
    /// Its switches.
    pub flags: UserFlags,
    /// Its certificate's fingerprint.
    pub certificate: Option<SmolStr>,
}

/// One who had a nickname.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whowas {
    /// As it was.
    pub who: Arc<Identity>,
    /// When it left or took another nickname.
    pub until: Timestamp,
}

/// A line of [`Answer::Rooms`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRow {
    /// The room.
    pub room: RoomName,
    /// How many are in it.
    pub members: usize,
    /// Its topic; empty if none.
    pub topic: Text,
}

/// A ban from the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkBan {
    /// `user@host` or `user@address`, with wildcards.
    pub mask: SmolStr,
    /// Why.
    pub reason: Text,
    /// When it ends; never if none.
    pub until: Option<Timestamp>,
    /// `nick!user@host` of who set it.
    pub by: SmolStr,
    /// When.
    pub at: Timestamp,
}
