//! Capabilities: what a client can be sent beyond RFC 2812 (`conformance` section 10).

use bitflags::bitflags;

use super::settings::Options;

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
        /// `sasl`
        const SASL = 1 << 18;
        /// `draft/account-registration`
        const ACCOUNT_REGISTRATION = 1 << 19;
        /// `draft/channel-rename`
        const CHANNEL_RENAME = 1 << 20;
        /// `draft/chathistory`
        const CHATHISTORY = 1 << 21;
        /// `draft/event-playback`
        const EVENT_PLAYBACK = 1 << 22;
        /// `draft/extended-isupport`
        const EXTENDED_ISUPPORT = 1 << 23;
        /// `draft/message-redaction`
        const MESSAGE_REDACTION = 1 << 24;
        /// `draft/metadata-3`, and `draft/metadata-2`
        const METADATA = 1 << 25;
        /// `draft/multiline`
        const MULTILINE = 1 << 26;
        /// `draft/pre-away`
        const PRE_AWAY = 1 << 27;
        /// `draft/read-marker`
        const READ_MARKER = 1 << 28;
        /// `soju.im/search`
        const SEARCH = 1 << 29;
    }
}

/// One capability's name on the wire.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What it turns on.
    pub bit: Capabilities,
    /// Whether and how `CAP LS` names it.
    offer: Offer,
}

/// Whether and how a capability is offered.
enum Offer {
    /// Always, without a value.
    Always,
    /// An alias: understood, but not offered.
    Alias,
    /// If there is a value; an empty one is not written.
    If(fn(&Options) -> Option<String>),
}

const fn row(name: &'static str, bit: Capabilities) -> Row {
    Row { name, bit, offer: Offer::Always }
}

const fn alias(name: &'static str, bit: Capabilities) -> Row {
    Row { name, bit, offer: Offer::Alias }
}

const fn when(name: &'static str, bit: Capabilities, value: fn(&Options) -> Option<String>) -> Row {
    Row { name, bit, offer: Offer::If(value) }
}

impl Row {
    /// The value that is offered with it, perhaps an empty one; none if it is not offered.
    pub fn value(&self, options: &Options) -> Option<String> {
        match self.offer {
            Offer::Always => Some(String::new()),
            Offer::Alias => None,
            Offer::If(value) => value(options),
        }
    }

    /// Whether it can be had.
    fn is_known(&self, options: &Options) -> bool {
        matches!(self.offer, Offer::Alias) || self.value(options).is_some()
    }
}

/// All names, in the order they are offered.
pub const TABLE: [Row; 32] = [
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
    when("sasl", Capabilities::SASL, sasl),
    row("server-time", Capabilities::SERVER_TIME),
    row("setname", Capabilities::SETNAME),
    row("standard-replies", Capabilities::STANDARD_REPLIES),
    row("userhost-in-names", Capabilities::USERHOST_IN_NAMES),
    when("draft/account-registration", Capabilities::ACCOUNT_REGISTRATION, account_registration),
    row("draft/channel-rename", Capabilities::CHANNEL_RENAME),
    when("draft/chathistory", Capabilities::CHATHISTORY, with_history),
    when("draft/event-playback", Capabilities::EVENT_PLAYBACK, with_history),
    row("draft/extended-isupport", Capabilities::EXTENDED_ISUPPORT),
    when("draft/message-redaction", Capabilities::MESSAGE_REDACTION, redaction),
    when("draft/metadata-3", Capabilities::METADATA, metadata),
    when("draft/metadata-2", Capabilities::METADATA, metadata),
    when("draft/multiline", Capabilities::MULTILINE, multiline),
    row("draft/pre-away", Capabilities::PRE_AWAY),
    row("draft/read-marker", Capabilities::READ_MARKER),
    when("soju.im/search", Capabilities::SEARCH, with_history),
    alias("draft/no-implicit-names", Capabilities::NO_IMPLICIT_NAMES),
];

fn sasl(options: &Options) -> Option<String> {
    options.accounts.as_ref().map(|accounts| accounts.mechanisms.join(","))
}

fn account_registration(options: &Options) -> Option<String> {
    let registration = options.accounts.as_ref()?.registration?;
    let words =
        [("before-connect", registration.before_connect), ("email-required", registration.email_required)];
    let on: Vec<&str> = words.into_iter().filter(|(_, on)| *on).map(|(word, _)| word).collect();
    Some(on.join(","))
}

fn with_history(options: &Options) -> Option<String> {
    options.history.as_ref().map(|_| String::new())
}

fn redaction(options: &Options) -> Option<String> {
    options.history.as_ref().filter(|history| history.redaction).map(|_| String::new())
}

fn metadata(options: &Options) -> Option<String> {
    let metadata = options.metadata?;
    let before = if metadata.before_connect { "before-connect," } else { "" };
    Some(format!(
        "{before}max-subs={},max-keys={},max-value-bytes={}",
        metadata.max_subs, metadata.max_keys, metadata.max_value_bytes
    ))
}

fn multiline(options: &Options) -> Option<String> {
    options.multiline.map(|limits| format!("max-bytes={},max-lines={}", limits.max_bytes, limits.max_lines))
}

/// The capability of this name, if it can be had.
pub fn find(name: &str, options: &Options) -> Option<Capabilities> {
    TABLE.iter().find(|row| row.name == name && row.is_known(options)).map(|row| row.bit)
}
