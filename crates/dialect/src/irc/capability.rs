//! Capabilities: what a client can be sent beyond RFC 2812 (`conformance` section 10).

use bitflags::bitflags;

bitflags! {
    /// Capabilities a client has asked for.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Capabilities: u32 {
        /// `account-notify`
        const ACCOUNT_NOTIFY = 1;
        /// `account-tag`
        const ACCOUNT_TAG = 1 << 1;
        /// `away-notify`
        const AWAY_NOTIFY = 1 << 2;
        /// `batch`
        const BATCH = 1 << 3;
        /// `cap-notify`
        const CAP_NOTIFY = 1 << 4;
        /// `chghost`
        const CHGHOST = 1 << 5;
        /// `echo-message`
        const ECHO_MESSAGE = 1 << 6;
        /// `extended-join`
        const EXTENDED_JOIN = 1 << 7;
        /// `extended-monitor`
        const EXTENDED_MONITOR = 1 << 8;
        /// `invite-notify`
        const INVITE_NOTIFY = 1 << 9;
        /// `labeled-response`
        const LABELED_RESPONSE = 1 << 10;
        /// `message-tags`
        const MESSAGE_TAGS = 1 << 11;
        /// `multi-prefix`
        const MULTI_PREFIX = 1 << 12;
        /// `no-implicit-names`
        const NO_IMPLICIT_NAMES = 1 << 13;
        /// `server-time`
        const SERVER_TIME = 1 << 14;
        /// `setname`
        const SETNAME = 1 << 15;
        /// `standard-replies`
        const STANDARD_REPLIES = 1 << 16;
        /// `userhost-in-names`
        const USERHOST_IN_NAMES = 1 << 17;
    }
}

/// One capability's name on the wire.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What it turns on.
    pub bit: Capabilities,
    /// Whether `CAP LS` names it; an alias is understood, but not offered.
    pub offered: bool,
}

const fn row(name: &'static str, bit: Capabilities) -> Row {
    Row { name, bit, offered: true }
}

/// All names, in the order they are offered.
pub const TABLE: [Row; 19] = [
    row("account-notify", Capabilities::ACCOUNT_NOTIFY),
    row("account-tag", Capabilities::ACCOUNT_TAG),
    row("away-notify", Capabilities::AWAY_NOTIFY),
    row("batch", Capabilities::BATCH),
    row("cap-notify", Capabilities::CAP_NOTIFY),
    row("chghost", Capabilities::CHGHOST),
    row("echo-message", Capabilities::ECHO_MESSAGE),
    row("extended-join", Capabilities::EXTENDED_JOIN),
    row("extended-monitor", Capabilities::EXTENDED_MONITOR),
    row("invite-notify", Capabilities::INVITE_NOTIFY),
    row("labeled-response", Capabilities::LABELED_RESPONSE),
    row("message-tags", Capabilities::MESSAGE_TAGS),
    row("multi-prefix", Capabilities::MULTI_PREFIX),
    row("no-implicit-names", Capabilities::NO_IMPLICIT_NAMES),
    row("server-time", Capabilities::SERVER_TIME),
    row("setname", Capabilities::SETNAME),
    row("standard-replies", Capabilities::STANDARD_REPLIES),
    row("userhost-in-names", Capabilities::USERHOST_IN_NAMES),
    Row { name: "draft/no-implicit-names", bit: Capabilities::NO_IMPLICIT_NAMES, offered: false },
];

/// The capability of this name, if we know it.
pub fn find(name: &str) -> Option<Capabilities> {
    TABLE.iter().find(|row| row.name == name).map(|row| row.bit)
}
