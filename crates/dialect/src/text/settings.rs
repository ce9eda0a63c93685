//! What the text dialects need to know of the server they speak for.

use hub::RoomName;
use jiff::tz::TimeZone;
use smol_str::SmolStr;

/// What the text dialects need to know of the server they speak for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of the network, for greetings.
    pub network: String,
    /// The name of this machine, as `tagged` tells it.
    pub host: String,
    /// Where everyone lands.
    pub room: RoomName,
    /// Whether a password is needed to get in.
    pub password: bool,
    /// Most bytes of a nickname.
    pub nicklen: usize,
    /// Most bytes of a user name.
    pub userlen: usize,
    /// Most bytes of a room's name.
    pub roomlen: usize,
    /// Most bytes of one message; a longer text becomes several.
    pub message: usize,
    /// The first of the ports by which `group` knows users of other dialects.
    pub first_port: u16,
    /// The time zone of this machine.
    pub zone: TimeZone,
    /// Whether there are accounts to log in to.
    pub accounts: bool,
    /// Whether they can be registered here.
    pub registration: bool,
    /// Whether that needs an e-mail address.
    pub email_required: bool,
    /// Messages that are told to who enters a room; none if nothing is kept.
    pub replay: usize,
    /// Most messages in the answer to `/history` and `/search`; none if nothing is kept.
    pub history_most: usize,
    /// Whether `tagged` tells the time in 29 bytes instead of 1024.
    pub compact_time: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            network: "Saloon".into(),
            host: "localhost".into(),
            room: RoomName::new("#lobby", 64).expect("it is the name of a room"),
            password: false,
            nicklen: 32,
            userlen: 20,
            roomlen: 64,
            message: 4096,
            first_port: 21_000,
            zone: TimeZone::UTC,
            accounts: true,
            registration: true,
            email_required: false,
            replay: 10,
            history_most: 100,
            compact_time: false,
        }
    }
}

impl Settings {
    /// The name of a room as people write it: the `#` may be left out.
    pub fn room_name(&self, written: &str) -> Option<RoomName> {
        let full =
            if written.starts_with('#') { SmolStr::new(written) } else { format!("#{written}").into() };
        RoomName::new(&full, self.roomlen).ok()
    }
}
