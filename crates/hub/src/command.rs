//! What can be asked of the hub, in no dialect's words.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{
    AccountChange, Cause, Credentials, Handle, MessageId, ModeChange, Nick, Party, Privileges, Rank,
    RoomName, SessionId, Settings, Text, Timestamp, UserFlags,
};

/// One step of the log: a command, and all that was decided for it before it got here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was asked, by the clock of whoever proposed it.
    pub at: Timestamp,
    /// The id of the message or event that comes of it, if one does. Never used twice. The lowest 16
    /// bits are zero and left to the hub, which numbers further events of the entry with them.
    pub id: MessageId,
    /// Who asks.
    pub from: SessionId,
    /// What.
    pub command: Command,
}

/// Where a session comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address; none for a process on the same machine.
    pub ip: Option<IpAddr>,
    /// The host to show to others.
    pub host: SmolStr,
    /// Whether nobody on the way can listen.
    pub secure: bool,
    /// Fingerprint of the client certificate: SHA-256 in lower-case hexadecimal.
    pub certificate: Option<SmolStr>,
    /// What others who come the same way know the user by, if that is not its nickname.
    pub handle: Option<Handle>,
}

/// What a session asks.
///
/// "Answered by" names what the asking session gets in [`Effect::Reply`](crate::Effect::Reply);
/// a refusal is always [`Event::Rejected`](crate::Event::Rejected).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A connection is open. Counted as unknown until it registers. No answer.
    Connect,
    /// The session becomes a user, or one more session of its account's user: that of the last
    /// [`Command::Login`]. Answered by
    /// [`Event::Registered`](crate::Event::Registered); when it joined a user that was here, each
    /// of the user's rooms follows with `Joined` and `Entered`.
    Register {
        /// What it wants to be called.
        nick: Nick,
        /// Its user name.
        user: SmolStr,
        /// Its real name; cut to the limit.
        realname: Text,
        /// Where it comes from.
        origin: Box<Origin>,
        /// The away text it starts with.
        away: Option<Text>,
    },
    /// Take another nickname. Answered by `Renamed`; by nothing when it is the same to the letter.
    Rename {
        /// The new one.
        nick: Nick,
    },
    /// The session ends, because its owner asked ([`Cause::Quit`]) or for any other cause. With
    /// `Cause::Quit` it is answered by `Quit` (if registered); always followed by
    /// [`Effect::Close`](crate::Effect::Close) for the session, which is then forgotten.
    Leave {
        /// Why.
        cause: Cause,
    },
    /// Enter a room, creating it if need be. Answered by `Joined` and `Entered`; by nothing when
    /// already in it.
    Join {
        /// Which.
        room: RoomName,
        /// The key, if one was given.
        key: Option<Text>,
        /// Whether `Entered` should list the members.
        names: bool,
    },
    /// Leave a room. Answered by `Parted`.
    Part {
        /// Which.
        room: RoomName,
        /// Why, in the leaver's words.
        reason: Option<Text>,
    },
    /// Leave every room, with one `Parted` each.
    PartAll,
    /// Say something. Answered by `Said` (the echo; the dialect knows whether to show it) and, for
    /// a message to someone who is away, by `IsAway`.
    Say(Box<Say>),
    /// Set or clear (empty) a topic. Answered by `TopicSet`.
    SetTopic {
        /// Of which room.
        room: RoomName,
        /// The topic; cut to the limit.
        text: Text,
    },
    /// Put someone out of a room. Answered by `Kicked`.
    Kick {
        /// Of which room.
        room: RoomName,
        /// Whom.
        nick: SmolStr,
        /// Why; the kicker's nick if not given.
        reason: Option<Text>,
    },
    /// Let someone into a room. Answered by `Inviting`.
    Invite {
        /// Whom.
        nick: SmolStr,
        /// Where.
        room: RoomName,
    },
    /// Change a room's modes. Answered by `RoomModes` with what really changed, nothing if nothing
    /// did, and `Rejected` for each part that was refused.
    ChangeRoom {
        /// Which.
        room: RoomName,
        /// The changes in order.
        changes: Vec<ModeChange>,
        /// Use the operator's privilege `SAMODE` instead of a rank in the room.
        force: bool,
    },
    /// Change switches of a user: only one's own. Setting `OPERATOR` is ignored. Answered by
    /// `UserModes` with what really changed.
    ChangeUser {
        /// Whose.
        nick: SmolStr,
        /// The switches, in order.
        changes: Vec<(UserFlags, bool)>,
    },
    /// Go away (some text) or come back (none, or empty). Answered by `AwaySet`.
    Away {
        /// What to tell who writes; cut to the limit.
        text: Option<Text>,
    },
    /// Change the real name. Answered by `Presence`.
    SetRealname {
        /// The new one, not empty and within the limit: the dialect refuses what is not.
        text: Text,
    },
    /// The server has checked that the session owns this account, registered or not; or it logs out.
    /// Answered by `LoggedIn` or `LoggedOut`, and told as `Presence`.
    Login {
        /// The account.
        account: Option<SmolStr>,
        /// The hash of the recovery code that was used; it can't be used again.
        recovery: Option<SmolStr>,
    },
    /// Registers an account (`conformance.md` §22), from a session registered or not, or from the server.
    /// Answered by `AccountCreated`, and `LoggedIn` if the session asked for that.
    CreateAccount {
        /// Its name.
        name: Nick,
        /// Where to write to its owner.
        email: Option<SmolStr>,
        /// Made by the server from what its owner gave.
        credentials: Box<Credentials>,
        /// Whether the session is logged in to it at once; otherwise it needs the privilege `ACCREG`, or
        /// is the server.
        log_in: bool,
    },
    /// Changes the account that the session is logged in to; or any, from the server. Answered by `Settled`.
    ChangeAccount {
        /// Which.
        account: SmolStr,
        /// What.
        change: Box<AccountChange>,
    },
    /// Forgets an account: one's own, or any from the server or with the privilege `ACCREG`. Its rooms are
    /// dropped, its user logged out. Answered by `Settled`.
    DropAccount {
        /// Which.
        account: SmolStr,
    },
    /// Disconnects another session of one's own account, or another user of it. Answered by `Settled`.
    Ghost {
        /// By the nickname.
        nick: SmolStr,
    },
    /// Takes direct messages from this user in spite of `ACCOUNTS_WRITE`, or no longer
    /// (`conformance.md` §30, ACCEPT). No answer.
    Accept {
        /// Who.
        nick: SmolStr,
        /// Whether.
        on: bool,
    },
    /// Registers a room (`conformance.md` §30, Services). Answered by `Settled`, and `RoomModes` for the
    /// rank that the founder gets.
    RegisterRoom {
        /// Which.
        room: RoomName,
    },
    /// A registered room is one like others again. Its founder, or privilege `CHANREG`. Answered by
    /// `Settled`.
    DropRoom {
        /// Which.
        room: RoomName,
    },
    /// Another account is the founder. Answered by `Settled`.
    TransferRoom {
        /// Which.
        room: RoomName,
        /// To whom.
        account: SmolStr,
    },
    /// Gives the users of an account a rank whenever they join, or takes that back. Answered by `Settled`.
    SetAccess {
        /// Where.
        room: RoomName,
        /// To whom.
        account: SmolStr,
        /// Which.
        rank: Option<Rank>,
    },
    /// Takes, or has a member get, the rank that the access list says, or at least operator if one's
    /// own is higher (`CS OP`). Answered by `RoomModes`.
    TakeRank {
        /// Where.
        room: RoomName,
        /// Who; oneself if none.
        nick: Option<SmolStr>,
    },
    /// Gives a room another name (`conformance.md` §28). Answered by `RoomRenamed`.
    RenameRoom {
        /// Which.
        room: RoomName,
        /// The new name.
        to: RoomName,
        /// Why; empty if no reason was given.
        reason: Text,
    },
    /// Takes a message back (`conformance.md` §25), after a [`Recall::Find`](crate::Recall::Find) said whose
    /// it is. Answered by `Redacted`.
    Redact {
        /// The room or user it was said to, as written.
        target: SmolStr,
        /// Which.
        message: MessageId,
        /// Whose it is; none if it was not found, which is refused.
        author: Option<Party>,
        /// Why.
        reason: Option<Text>,
    },
    /// Says how far one has read somewhere (`conformance.md` §26). Answered by `Marker` with what holds
    /// then; other sessions of the user are told if it changed.
    MarkRead {
        /// The room or user, as written.
        target: SmolStr,
        /// Up to when.
        at: Timestamp,
    },
    /// Sets a fact about oneself or a room (`conformance.md` §27), or removes it. Also from a session that
    /// is not registered yet, about itself. Answered by `Metadata`.
    SetMetadata {
        /// The user or room, as written; `*` for oneself.
        target: SmolStr,
        /// A valid key.
        key: SmolStr,
        /// The value, not longer than allowed; none, or empty, removes it.
        value: Option<Text>,
    },
    /// Removes all facts about oneself or a room. Answered by `MetadataCleared`.
    ClearMetadata {
        /// The user or room, as written; `*` for oneself.
        target: SmolStr,
    },
    /// Wants to be told of these facts about others. Answered by `Subscribed`.
    Subscribe {
        /// Valid keys.
        keys: Vec<SmolStr>,
    },
    /// Does no longer. Answered by `Unsubscribed`.
    Unsubscribe {
        /// Valid keys.
        keys: Vec<SmolStr>,
    },
    /// Change the user name and host that someone shows (privilege `CHGHOST`). Told as `Presence`.
    ChangeHost {
        /// Whose.
        nick: SmolStr,
        /// The new user name, if it changes.
        user: Option<SmolStr>,
        /// The new host.
        host: SmolStr,
    },
    /// Watch these names. Answered by `Online` and `Offline`, and `WatchFull` for what did not fit.
    Watch {
        /// The names, as written; those that can't be nicknames are simply offline.
        names: Vec<SmolStr>,
    },
    /// Stop watching these names. No answer.
    Unwatch {
        /// The names.
        names: Vec<SmolStr>,
    },
    /// Stop watching any name. No answer.
    UnwatchAll,
    /// The server has checked an operator's password. Answered by `Opered`, then `UserModes`.
    Oper {
        /// What the class of the operator may do.
        privileges: Privileges,
        /// The title shown of it.
        title: SmolStr,
    },
    /// Disconnect someone (privilege `KILL`). No answer beyond what the killed one's peers see.
    Kill {
        /// Whom.
        nick: SmolStr,
        /// Why.
        reason: Text,
    },
    /// Write to all who asked for it (privilege `WALLOPS`). Told as `Wallops`, to the sender too if
    /// it asked for them.
    Wallops {
        /// What.
        text: Text,
    },
    /// Keep an address away (privilege `BAN`): those it matches are disconnected, and nobody it
    /// matches registers until it ends. Answered by `NetworkBanned`.
    Ban {
        /// `user@host` or `user@address`, with wildcards.
        mask: SmolStr,
        /// Why.
        reason: Text,
        /// When it ends; never if none.
        until: Option<Timestamp>,
    },
    /// End a [`Command::Ban`] (privilege `BAN`). Answered by `NetworkUnbanned`.
    Unban {
        /// As it was set.
        mask: SmolStr,
    },
    /// Have the configuration read again (privilege `REHASH`). Answered by `Rehashing`, followed by
    /// [`Effect::Rehash`](crate::Effect::Rehash).
    Rehash,
    /// Stop the server (privilege `DIE`). Followed by [`Effect::Shutdown`](crate::Effect::Shutdown).
    Die,
    /// From the server itself: use these settings from now on. No answer.
    Configure(Box<Settings>),
}

/// Something to say, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// What sort of message.
    pub kind: SayKind,
    /// To whom.
    pub to: Target,
    /// The words; empty for a signal. Lines of a message that has several are separated by line feeds.
    pub text: Text,
    /// A message of several lines, as its sender cut it (`conformance.md` §24); none for one line.
    pub lines: Option<Arc<[SayLine]>>,
    /// Whether it is worth keeping.
    pub lasts: bool,
    /// Tags that travel along, in the form the dialects agree on: `key=value;key` with the escapes
    /// of IRCv3 message-tags. The hub does not look inside.
    pub tags: SayTags,
    /// Whether it is a CTCP other than ACTION, which a room may refuse.
    pub ctcp: bool,
    /// Most bytes that the sender's `nick!user@host`, the target and the text may have together,
    /// when its dialect relays in lines of a fixed size; beyond it the message is refused as
    /// [`Rejection::TooLong`](crate::Rejection::TooLong).
    pub fit: Option<usize>,
}

/// Tags of a message, encoded.
pub type SayTags = Bytes;

/// A line of a message that has several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SayLine {
    /// The words.
    pub text: Text,
    /// Whether it goes on where the line before it ended, without a line break.
    pub joined: bool,
}

/// Sorts of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SayKind {
    /// An ordinary message.
    Message,
    /// A message that must never be answered automatically, and is refused in silence.
    Notice,
    /// Tags alone, without words.
    Signal,
}

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A room, or its members from a rank up.
    Room(RoomTarget),
    /// A user, by a name as it was written.
    Nick(SmolStr),
    /// A user, by its number ([`Place`](crate::Place)).
    Number(u32),
    /// A user, by its seat.
    Seat(u16),
}

/// A room as the target of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomTarget {
    /// The room.
    pub room: RoomName,
    /// Only members with this rank or a higher one, and not the sender (STATUSMSG).
    pub rank: Option<Rank>,
    /// With a rank: the target as the sender wrote it, prefix included, to be repeated to all.
    pub written: SmolStr,
}
