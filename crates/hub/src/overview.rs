//! What the operator of the server sees of it: how many there are, and whose session is whose. Asked by the
//! server itself, so nothing is hidden and nobody is refused.

use std::sync::Arc;

use crate::hub::Hub;
use crate::{Identity, NetworkBan, SessionId, Timestamp};

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Connections, also those that are no user's yet.
    pub sessions: usize,
    /// Users, also those that stay while none of their sessions is there.
    pub users: usize,
    /// Rooms with somebody in them, or registered.
    pub rooms: usize,
    /// Accounts.
    pub accounts: usize,
}

/// Who is behind a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who it is.
    pub who: Arc<Identity>,
    /// When it last said something.
    pub spoke: Timestamp,
}

impl Hub {
    /// How many there are.
    pub fn census(&self) -> Census {
        Census {
            sessions: self.sessions.len(),
            users: self.users.len(),
            rooms: self.rooms.len(),
            accounts: self.accounts.len(),
        }
    }

    /// Who is behind a session; none if it is no user's yet.
    pub fn seen(&self, session: SessionId) -> Option<Seen> {
        let user = &self.users[self.sessions.get(&session)?.user?];
        Some(Seen { who: user.who.clone(), spoke: user.spoke })
    }

    /// Bans from the server that have not ended, in the order they were set.
    pub fn bans(&self, now: Timestamp) -> impl Iterator<Item = &NetworkBan> {
        self.bans_in_force(now)
    }
}
