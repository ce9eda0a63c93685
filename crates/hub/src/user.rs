//! Users: who is here, under which name, and what is known of them.

use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::accepting::Accepted;
use crate::markers::Markers;
use crate::{Identity, MessageId, Privileges, RoomId, SessionId, Text, Timestamp, UserFlags};

/// Someone with a nickname, on one session or several.
///
/// Kept small, because there are many and most are idle: what few have is in [`Rare`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct User {
    pub who: Arc<Identity>,
    /// The id of the entry by which it came; zero of one that stayed over a restart, until somebody is there.
    pub serial: MessageId,
    /// In the order they came. Empty only of a user that stays.
    pub sessions: SmallVec<[SessionId; 1]>,
    /// In the order it joined them.
    pub rooms: SmallVec<[RoomId; 4]>,
    pub flags: UserFlags,
    pub signon: Timestamp,
    /// When it last said something.
    pub spoke: Timestamp,
    /// When the latest event of its conversations was.
    pub last: Timestamp,
    /// Whether anything is kept of what it said or was told without an account.
    pub is_on_record: bool,
    rare: Option<Box<Rare>>,
}

/// What few users have.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rare {
    away: Option<Text>,
    oper: Option<Oper>,
    invitations: Vec<Invitation>,
    accepted: Accepted,
    /// As long as it has no account.
    markers: Markers,
}

/// What an operator may do and is called.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Oper {
    pub privileges: Privileges,
    pub title: SmolStr,
}

/// Leave to enter one room once. It names one life of the room: a room of the same name that comes
/// later has another serial number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Invitation {
    pub room: RoomId,
    pub serial: u64,
}

impl User {
    pub fn new(
        who: Arc<Identity>,
        serial: MessageId,
        sessions: SmallVec<[SessionId; 1]>,
        at: Timestamp,
    ) -> Self {
        Self {
            who,
            serial,
            sessions,
            rooms: SmallVec::new(),
            flags: UserFlags::empty(),
            signon: at,
            spoke: at,
            last: Timestamp(i64::MIN),
            is_on_record: false,
            rare: None,
        }
    }

    pub fn is_in(&self, room: RoomId) -> bool {
        self.rooms.contains(&room)
    }

    pub fn is_operator(&self) -> bool {
        self.flags.contains(UserFlags::OPERATOR)
    }

    pub fn is_invisible(&self) -> bool {
        self.flags.contains(UserFlags::INVISIBLE)
    }

    /// What it tells who writes, if it is away.
    pub fn away(&self) -> Option<&Text> {
        self.rare.as_ref()?.away.as_ref()
    }

    pub fn set_away(&mut self, text: Option<Text>) {
        if text.is_some() || self.rare.is_some() {
            self.rare.get_or_insert_default().away = text;
            self.tidy();
        }
    }

    pub fn oper(&self) -> Option<&Oper> {
        self.rare.as_ref()?.oper.as_ref()
    }

    pub fn set_oper(&mut self, oper: Option<Oper>) {
        self.rare.get_or_insert_default().oper = oper;
        self.tidy();
    }

    /// Oldest first; some may be of rooms that are gone.
    pub fn invitations(&self) -> &[Invitation] {
        self.rare.as_ref().map_or(&[], |rare| &rare.invitations)
    }

    /// Keeps the invitations that pass.
    pub fn keep_invitations(&mut self, keep: impl Fn(Invitation) -> bool) {
        if let Some(rare) = &mut self.rare {
            rare.invitations.retain(|&invitation| keep(invitation));
            self.tidy();
        }
    }

    /// Adds an invitation; the oldest goes if there are more than `most`.
    pub fn invite(&mut self, invitation: Invitation, most: usize) {
        let open = &mut self.rare.get_or_insert_default().invitations;
        open.push(invitation);
        let over = open.len().saturating_sub(most);
        open.drain(..over);
        self.tidy();
    }

    /// Whether it takes messages from whoever came with this entry, in spite of `ACCOUNTS_WRITE`.
    pub fn accepts(&self, serial: MessageId) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.accepted.has(serial))
    }

    pub fn change_accepted(&mut self, change: impl FnOnce(&mut Accepted)) {
        change(&mut self.rare.get_or_insert_default().accepted);
        self.tidy();
    }

    /// How far it has read, as far as that was said while it had no account.
    pub fn markers(&self) -> Option<&Markers> {
        self.rare.as_ref().map(|rare| &rare.markers)
    }

    /// Sets a marker, and says whether it is later than before. That set longest ago goes if there are more
    /// than `most`.
    pub fn mark(&mut self, target: SmolStr, at: Timestamp, most: usize) -> bool {
        let markers = &mut self.rare.get_or_insert_default().markers;
        let is_later = markers.set(target, at);
        markers.shrink(most);
        is_later
    }

    /// Gives the memory back once nothing rare is left.
    fn tidy(&mut self) {
        if self.rare.as_deref() == Some(&Rare::default()) {
            self.rare = None;
        }
    }
}
