//! What the hub declined, as facts for a dialect to word.

use smol_str::SmolStr;

use crate::{ListKind, MessageId, Nick, RoomName, Text};

/// A command the hub declined, and what is needed to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The session is no user yet.
    NotRegistered,
    /// The session is a user already.
    AlreadyRegistered,
    /// Somebody has this nickname.
    NickInUse(Nick),
    /// Nobody may have this nickname.
    NickReserved(Nick),
    /// The address is banned from the server.
    BannedFromServer(Text),
    /// Nobody has this nickname.
    NoSuchNick(SmolStr),
    /// There is no such room, or not for the one who asks.
    NoSuchRoom(RoomName),
    /// It is in too many rooms.
    TooManyRooms(RoomName),
    /// The server has as many rooms as it may.
    NoMoreRooms(RoomName),
    /// The room has as many members as it may.
    RoomFull(RoomName),
    /// The room needs an invitation.
    InviteOnly(RoomName),
    /// It is banned from the room.
    Banned(RoomName),
    /// The room needs another key.
    BadKey(RoomName),
    /// It is not in the room.
    NotInRoom(RoomName),
    /// It may not speak there.
    CannotSpeak {
        /// Where, in the room's own case, or as written for a target with a rank.
        room: SmolStr,
        /// Why not.
        why: Mute,
    },
    /// The message would not fit the sender's dialect.
    TooLong,
    /// The receiver takes messages from users with an account only.
    AccountNeeded(Nick),
    /// It lacks the rank.
    RankNeeded(RoomName),
    /// The other one is not in the room; for a kick, perhaps nobody has that name.
    TargetNotInRoom(Nick, RoomName),
    /// The other one is in the room already.
    TargetInRoom(Nick, RoomName),
    /// The room's lists are full.
    ListFull(RoomName, ListKind, SmolStr),
    /// It is not an operator, or not one who may do this.
    NoPrivilege,
    /// The modes of others are not its business.
    NotYourself,
    /// There is no such ban on the server.
    NoSuchBan(SmolStr),
    /// The nickname belongs to an account that is not the session's.
    NickOwned(Nick),
    /// There is such an account, or somebody else has the nickname.
    AccountExists(SmolStr),
    /// No account may have this name.
    AccountReserved(SmolStr),
    /// There are as many accounts as there may be.
    NoMoreAccounts,
    /// It is logged in.
    LoggedInAlready(SmolStr),
    /// It is not logged in.
    NotLoggedIn,
    /// There is no such account.
    NoSuchAccount(SmolStr),
    /// Nobody may log in to the account.
    AccountSuspended(SmolStr),
    /// The recovery code was used meanwhile.
    RecoverySpent,
    /// The account has as many certificates as it may, or this one already.
    CertificateRefused,
    /// The account has no such certificate.
    NoSuchCertificate,
    /// The room is registered.
    RoomRegistered(RoomName),
    /// The room is not registered.
    RoomNotRegistered(RoomName),
    /// Only the founder may.
    FounderNeeded(RoomName),
    /// The account, or the server, has as many registered rooms as it may; or the access list is full.
    RoomsFull(RoomName),
    /// Rooms can't be registered here.
    RegistrationOff,
    /// No history of that name is the session's business; as written.
    NoSuchTarget(SmolStr),
    /// There is no such message.
    NoSuchMessage {
        /// As written.
        target: SmolStr,
        /// Which.
        message: MessageId,
    },
    /// It is somebody else's message.
    RedactForbidden {
        /// As written.
        target: SmolStr,
        /// Which.
        message: MessageId,
    },
    /// There is a room of that name.
    RoomNameTaken {
        /// The old name.
        from: RoomName,
        /// The new one.
        to: RoomName,
    },
    /// The room can't be called that, or not now.
    CannotRename {
        /// The old name.
        from: RoomName,
        /// The new one.
        to: RoomName,
    },
    /// There is no such user or room to have metadata; as written.
    NoMetadataTarget(SmolStr),
    /// The facts are not its business.
    MetadataForbidden {
        /// The user or room, in its own case.
        target: SmolStr,
        /// Which key; `*` for all.
        key: SmolStr,
    },
    /// There are too many facts about a target, or subscriptions.
    MetadataFull {
        /// The target, or the key that did not fit.
        what: SmolStr,
        /// How many fit.
        limit: usize,
    },
    /// Nothing can be kept at the moment, so what had to be kept is refused: why.
    NotKept(SmolStr),
}

/// Why someone may not speak in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mute {
    /// Only members may.
    NotMember,
    /// Only members with a rank may.
    Moderated,
    /// Only members with a rank and users with an account may.
    AccountNeeded,
    /// It is banned or muted.
    Banned,
    /// Not in the form of a CTCP.
    NoCtcp,
}
