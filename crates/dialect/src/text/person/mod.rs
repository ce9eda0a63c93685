//! The person behind a text dialect's connection.
//!
//! ```text
//!   new ──arrive──▶ (locked ──/pass──▶) arriving ──Registered──▶ here, in the lobby
//!                                         └─ name taken: the next one
//! ```

mod accounts;
mod arriving;
mod asking;
mod place;
mod recalling;
mod told;
mod typing;

use std::collections::VecDeque;
use std::sync::Arc;

use hub::{Nick, Origin, RoomName, Text, Timestamp};
use smol_str::SmolStr;

use self::accounts::Checking;
use self::place::same;
use self::recalling::Asked;
use super::settings::Settings;
use crate::veil::Veiled;
use crate::{Codes, Output};

/// Rooms in the answer to `/list`.
pub(super) const ROOMS: usize = 50;
/// What it is told that has not given the password.
const LOCKED: &str = "this server needs a password: type /pass SECRET";
/// What stands in front of a local answer that is a note of the server's.
const NOTE: u8 = 1;

/// How a person comes in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// What the server needs to be known of.
    pub settings: Arc<Settings>,
    /// Where it comes from.
    pub origin: Origin,
    /// What it is called unless it says otherwise.
    pub guest: SmolStr,
    /// The user name, which tells others the dialect.
    pub user: SmolStr,
}

/// The person behind a connection.
#[derive(Debug)]
pub struct Person {
    pub(super) settings: Arc<Settings>,
    arrival: Option<Box<Arrival>>,
    stage: Stage,
    nick: SmolStr,
    number: u32,
    wanted: SmolStr,
    realname: Text,
    tries: u32,
    /// The name it wanted and did not get, because that is an account's.
    owned: Option<Nick>,
    /// The account it is logged in to.
    account: Option<SmolStr>,
    /// What the secret is for that is being checked.
    checking: Option<Checking>,
    /// Of the account that it is about to register.
    codes: Codes,
    /// What it wants to know of what was said; the first of it has been asked.
    recalls: VecDeque<Asked>,
    /// Where it speaks.
    room: Option<RoomName>,
    /// Where it is.
    rooms: Vec<RoomName>,
    /// Whether it has been anywhere yet.
    landed: bool,
    /// When it entered a room last.
    entered: Timestamp,
    /// What it typed and what has to wait.
    early: Vec<Veiled<String>>,
    /// When it was last heard of.
    now: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Locked,
    Arriving,
    Here,
}

impl Person {
    /// Someone who has just come.
    pub fn new(arrival: Arrival) -> Self {
        Self {
            settings: Arc::clone(&arrival.settings),
            arrival: Some(Box::new(arrival)),
            stage: Stage::New,
            nick: SmolStr::default(),
            number: 0,
            wanted: SmolStr::default(),
            realname: Text::default(),
            tries: 0,
            owned: None,
            account: None,
            checking: None,
            codes: Codes::default(),
            recalls: VecDeque::new(),
            room: None,
            rooms: Vec::new(),
            landed: false,
            entered: Timestamp(0),
            early: Vec::new(),
            now: Timestamp(0),
        }
    }

    /// What it needs to know of the server.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// What it is called; empty until it is a user.
    pub fn nick(&self) -> &str {
        &self.nick
    }

    /// The number by which others can address it; 0 until it is a user.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether it has become a user.
    pub fn is_here(&self) -> bool {
        self.stage == Stage::Here
    }

    /// Whether it has not asked to come in yet.
    pub fn is_new(&self) -> bool {
        self.stage == Stage::New
    }

    /// Whether a secret of its is being checked.
    pub fn is_checking(&self) -> bool {
        self.checking.is_some()
    }

    /// Where it speaks.
    pub fn room(&self) -> Option<&RoomName> {
        self.room.as_ref()
    }

    /// Whether rooms have to be named to it: it is elsewhere than in the one where everyone lands.
    pub fn names_rooms(&self) -> bool {
        !matches!(self.rooms.as_slice(), [] | [_])
            || self.rooms.iter().any(|room| !same(room, &self.settings.room))
    }

    /// Other settings from now on.
    pub fn reconfigure(&mut self, settings: &Arc<Settings>) {
        self.settings = Arc::clone(settings);
    }

    /// Tells it something, behind all that was told before.
    pub fn inform(&self, outputs: &mut Vec<Output>, text: &str) {
        if let Some(Output::Local(bytes)) = outputs.last_mut()
            && bytes.first() == Some(&NOTE)
        {
            bytes.push(b'\n');
            return bytes.extend_from_slice(text.as_bytes());
        }
        let mut bytes = vec![NOTE];
        bytes.extend_from_slice(text.as_bytes());
        outputs.push(Output::Local(bytes));
    }

    /// Whether it may ask for something; otherwise it is told why not.
    pub fn may_ask(&self, outputs: &mut Vec<Output>) -> bool {
        match self.stage {
            Stage::Here => return true,
            Stage::Locked => self.inform(outputs, LOCKED),
            _ => self.inform(outputs, "that came too early, and was dropped"),
        }
        false
    }

    /// The time here, as `ctime` writes it.
    pub fn clock(&self, now: Timestamp) -> String {
        let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        crate::tagged::wire::ctime(at.to_zoned(self.settings.zone.clone()).datetime())
    }
}
