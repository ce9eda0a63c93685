//! What can be set: limits, and a few choices. No limit is infinite.

use smol_str::SmolStr;

use crate::{Casemapping, RoomFlags, UserFlags};

/// Sizes, each with a name in the configuration. Lengths are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Away texts are cut here (`limits.awaylen`).
    pub away: usize,
    /// Kick reasons are cut here (`limits.kicklen`).
    pub kick: usize,
    /// Topics are cut here (`limits.topiclen`).
    pub topic: usize,
    /// Real names are cut here (`limits.realnamelen`).
    pub realname: usize,
    /// Entries of all lists of one room together (`limits.chan_list_modes`).
    pub list_entries: usize,
    /// Names one session may watch (`limits.monitor_entries`).
    pub watched: usize,
    /// Departed users that are remembered (`limits.whowas_entries`).
    pub whowas: usize,
    /// Rooms one user may be in (`channels.max_per_client`).
    pub rooms_per_user: usize,
    /// Rooms at all (`limits.max_rooms`).
    pub rooms: usize,
    /// Members of one room (`limits.max_members`).
    pub members: usize,
    /// Open invitations of one user; the oldest goes first.
    pub invites: usize,
    /// Accounts at all (`limits.max_accounts`).
    pub accounts: usize,
    /// Registered rooms of one account.
    pub rooms_per_account: usize,
    /// Entries of a room's access list.
    pub access: usize,
    /// Certificates of one account.
    pub certificates: usize,
    /// Places one user may have read markers for; the one set longest ago goes first.
    pub markers: usize,
    /// Facts about one user or room (`metadata.max_keys`).
    pub facts: usize,
    /// Facts one session may subscribe to (`metadata.max_subs`).
    pub subscriptions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            away: 390,
            kick: 390,
            topic: 390,
            realname: 150,
            list_entries: 100,
            watched: 100,
            whowas: 100,
            rooms_per_user: 100,
            rooms: 100_000,
            members: 100_000,
            invites: 100,
            accounts: 100_000,
            rooms_per_account: 100,
            access: 1000,
            certificates: 10,
            markers: 1000,
            facts: 100,
            subscriptions: 100,
        }
    }
}

/// Everything about a hub that is chosen rather than happening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which names are equal. Fixed once anyone is here: a later change is ignored.
    pub casemapping: Casemapping,
    /// The sizes.
    pub limits: Limits,
    /// Switches of a new room.
    pub room_flags: RoomFlags,
    /// Switches of a new user.
    pub user_flags: UserFlags,
    /// Nicknames that nobody may take, such as those of services.
    pub reserved: Vec<SmolStr>,
    /// How many users can have a seat ([`Place`](crate::Place)).
    pub seats: u16,
    /// Messages of each room that are kept for those who come later.
    pub recent: usize,
    /// Whether a second connection of one account may join its user, unless its owner chose otherwise.
    pub several_sessions: Several,
    /// Whether users stay when their last connection leaves.
    pub always_on: AlwaysOn,
    /// Whether a nickname that is the name of an account is kept for it.
    pub nicks_owned: bool,
    /// Whether rooms can be registered.
    pub rooms_registered: bool,
    /// Whether what happens is kept.
    pub history: bool,
}

/// Whether connections of one account share a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Several {
    /// Never.
    Never,
    /// Only if the owner chose to.
    OptIn,
    /// Unless the owner chose not to.
    OptOut,
}

/// Whether users of accounts stay when their last connection leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlwaysOn {
    /// Never.
    Never,
    /// Only if the owner chose to.
    OptIn,
    /// Unless the owner chose not to.
    OptOut,
    /// Always.
    Always,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            casemapping: Casemapping::Ascii,
            limits: Limits::default(),
            room_flags: RoomFlags::MEMBERS_SPEAK | RoomFlags::TOPIC_LOCKED,
            user_flags: UserFlags::empty(),
            reserved: vec![SmolStr::new_static("NickServ"), SmolStr::new_static("ChanServ")],
            seats: 1000,
            recent: 10,
            several_sessions: Several::OptOut,
            always_on: AlwaysOn::OptIn,
            nicks_owned: true,
            rooms_registered: true,
            history: true,
        }
    }
}
