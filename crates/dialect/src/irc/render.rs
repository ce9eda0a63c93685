//! What happened, as lines: the same for all who negotiated the same.

use std::fmt::Display;

use hub::{
    Cause, Change, Event, Identity, ListKind, MessageId, ModeChange, Rank, RoomFlags, Text, Timestamp,
    UserFlags, Via,
};

use super::capability::Capabilities;
use super::line::{Line, MAX_BODY};
use super::message::MAX_PARAMS;
use super::said;
use super::tags::TagWriter;

/// Writes events for one set of capabilities.
pub struct Renderer {
    /// What the readers negotiated.
    pub caps: Capabilities,
}

/// Capabilities that decide how lines caused by users are tagged.
const TAGS: Capabilities =
    Capabilities::MESSAGE_TAGS.union(Capabilities::SERVER_TIME).union(Capabilities::ACCOUNT_TAG);

/// The capabilities that make a difference for an event told to many.
pub fn relevant(event: &Event) -> Capabilities {
    match event {
        Event::Joined { .. } => TAGS | Capabilities::EXTENDED_JOIN | Capabilities::AWAY_NOTIFY,
        Event::Invited { .. } => TAGS | Capabilities::INVITE_NOTIFY,
        // Who does not know `CHGHOST` sees a JOIN, and an AWAY behind it.
        Event::Presence { change: Change::Host { .. }, .. } => {
            TAGS | Capabilities::EXTENDED_MONITOR
                | Capabilities::CHGHOST
                | Capabilities::EXTENDED_JOIN
                | Capabilities::AWAY_NOTIFY
        }
        Event::Presence { change, .. } => TAGS | Capabilities::EXTENDED_MONITOR | presence_capability(change),
        Event::Online(_) | Event::Offline(_) => Capabilities::all(),
        Event::Said { text, lines, .. } => TAGS | said::relevant(text, lines.as_ref()),
        Event::Redacted { .. } => TAGS | Capabilities::MESSAGE_REDACTION,
        _ => TAGS,
    }
}

/// What is needed to be told of a change of presence.
fn presence_capability(change: &Change) -> Capabilities {
    match change {
        Change::Away(_) => Capabilities::AWAY_NOTIFY,
        Change::Account(_) => Capabilities::ACCOUNT_NOTIFY,
        Change::Host { .. } => Capabilities::CHGHOST,
        Change::Realname(_) => Capabilities::SETNAME,
    }
}

impl Renderer {
    /// Appends the event as its readers are told it; nothing if they are not.
    pub fn event(&self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Renamed { id, at, who, nick } => {
                self.line(out, *at, Some(*id), who, "NICK").text(nick.as_str()).end();
            }
            Event::Quit { id, at, who, cause } => {
                self.line(out, *at, Some(*id), who, "QUIT").text(quit_text(cause)).end();
            }
            Event::Joined { id, at, who, room, away } => {
                self.joined(out, *at, Some(*id), who, room.as_str(), away.as_ref());
            }
            Event::Parted { id, at, who, room, reason } => {
                let line = self.line(out, *at, Some(*id), who, "PART").word(room.as_str());
                match reason {
                    Some(reason) => line.text(reason.as_bytes()).end(),
                    None => line.end(),
                }
            }
            Event::Kicked { id, at, who, room, nick, reason } => {
                let line = self.line(out, *at, Some(*id), who, "KICK").word(room.as_str());
                line.word(nick.as_str()).text(reason.as_bytes()).end();
            }
            Event::Said { .. } => self.said(event, out),
            Event::Redacted { .. } => self.redacted(event, out),
            Event::TopicSet { id, at, who, room, text } => {
                let line = self.line(out, *at, Some(*id), who, "TOPIC").word(room.as_str());
                line.text(text.as_bytes()).end();
            }
            Event::RoomModes { id, at, who, room, changes } => {
                for part in
                    mode_lines(changes, MAX_BODY.saturating_sub(who.mask_len() + room.as_str().len() + 8))
                {
                    self.line(out, *at, Some(*id), who, "MODE").word(room.as_str()).word(part).end();
                }
            }
            Event::UserModes { at, who, changes } => {
                let line = self.line(out, *at, None, who, "MODE").word(who.nick.as_str());
                line.text(user_mode_changes(changes)).end();
            }
            Event::Invited { at, who, nick, room, to_room }
                if !to_room || self.caps.contains(Capabilities::INVITE_NOTIFY) =>
            {
                let line = self.line(out, *at, None, who, "INVITE").word(nick.as_str());
                line.word(room.as_str()).end();
            }
            Event::Presence { at, who, change, via } => self.presence(out, *at, who, change, *via),
            Event::Killed { at, who, nick, reason } => {
                self.line(out, *at, None, who, "KILL").word(nick.as_str()).text(reason.as_bytes()).end();
            }
            Event::Wallops { at, who, text } => {
                self.line(out, *at, None, who, "WALLOPS").text(text.as_bytes()).end();
            }
            // Told to single sessions, which know more than their capabilities.
            _ => {}
        }
    }

    /// Appends an event as an item of a history: what its readers were told once, without what went with
    /// it at the time.
    pub fn item(&self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Joined { id, at, who, room, .. } => {
                self.joined(out, *at, Some(*id), who, room.as_str(), None);
            }
            _ => self.event(event, out),
        }
    }

    /// Begins a line that a user is the source of, with its tags.
    pub(super) fn line<'o>(
        &self,
        out: &'o mut Vec<u8>,
        at: Timestamp,
        id: Option<MessageId>,
        who: &Identity,
        command: &str,
    ) -> Line<'o> {
        self.tags(out, at, id, who, &[]);
        Line::from(out, who, command)
    }

    pub(super) fn tags(
        &self,
        out: &mut Vec<u8>,
        at: Timestamp,
        id: Option<MessageId>,
        who: &Identity,
        client: &[u8],
    ) {
        let mut tags = TagWriter::new(out);
        if self.caps.contains(Capabilities::SERVER_TIME) {
            tags.tag_display("time", time(at));
        }
        if let (true, Some(id)) = (self.caps.contains(Capabilities::MESSAGE_TAGS), id) {
            tags.tag_display("msgid", id);
        }
        if let (true, Some(account)) = (self.caps.contains(Capabilities::ACCOUNT_TAG), &who.account) {
            tags.tag("account", account.as_bytes());
        }
        if self.caps.contains(Capabilities::MESSAGE_TAGS) {
            if who.bot {
                tags.tag("bot", b"");
            }
            tags.encoded(client);
        }
        tags.end();
    }

    /// `JOIN`, and `AWAY` for who wants to know that.
    pub(super) fn joined(
        &self,
        out: &mut Vec<u8>,
        at: Timestamp,
        id: Option<MessageId>,
        who: &Identity,
        room: &str,
        away: Option<&Text>,
    ) {
        let line = self.line(out, at, id, who, "JOIN").word(room);
        if self.caps.contains(Capabilities::EXTENDED_JOIN) {
            line.word(who.account.as_deref().unwrap_or("*")).text(who.realname.as_bytes()).end();
        } else {
            line.end();
        }
        if let (true, Some(text)) = (self.caps.contains(Capabilities::AWAY_NOTIFY), away) {
            self.line(out, at, None, who, "AWAY").text(text.as_bytes()).end();
        }
    }

    /// A change of presence (`conformance` sections 14 and 15).
    fn presence(&self, out: &mut Vec<u8>, at: Timestamp, who: &Identity, change: &Change, via: Via) {
        let knows = self.caps.contains(presence_capability(change));
        if via == Via::Watch && !(knows && self.caps.contains(Capabilities::EXTENDED_MONITOR)) {
            return;
        }
        if let Change::Host { user, host, room, away } = change {
            let now = Identity { user: user.clone(), host: host.clone(), ..who.clone() };
            return match room {
                None if knows => self.line(out, at, None, who, "CHGHOST").word(user).word(host).end(),
                None => self.line(out, at, None, who, "QUIT").text("Changing hostname").end(),
                Some(_) if knows => {}
                Some((room, ranks)) => self.came_back(out, at, &now, room.as_str(), *ranks, away.as_ref()),
            };
        }
        if !knows {
            return;
        }
        match change {
            Change::Away(Some(text)) => self.line(out, at, None, who, "AWAY").text(text.as_bytes()).end(),
            Change::Away(None) => self.line(out, at, None, who, "AWAY").end(),
            Change::Account(account) => {
                self.line(out, at, None, who, "ACCOUNT").word(account.as_deref().unwrap_or("*")).end();
            }
            Change::Realname(text) => self.line(out, at, None, who, "SETNAME").text(text.as_bytes()).end(),
            Change::Host { .. } => {}
        }
    }

    /// Another host, for who does not know `CHGHOST`: the user joins again, as it is now, and has the
    /// ranks that it had.
    fn came_back(
        &self,
        out: &mut Vec<u8>,
        at: Timestamp,
        who: &Identity,
        room: &str,
        ranks: hub::Ranks,
        away: Option<&Text>,
    ) {
        self.joined(out, at, None, who, room, away);
        let held = Rank::ALL.into_iter().filter(|&rank| ranks.contains(rank.into()));
        let letters: String = held.map(rank_letter).collect();
        if !letters.is_empty() {
            let nicks = vec![who.nick.as_str(); letters.len()].join(" ");
            let line = self.line(out, at, None, who, "MODE").word(room);
            line.show(format_args!("+{letters} {nicks}")).end();
        }
    }
}

/// The time of an event, as `time` tags and others have it.
pub fn time(at: Timestamp) -> impl Display {
    struct Shown(jiff::Timestamp);
    impl Display for Shown {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{:.3}", self.0)
        }
    }
    Shown(jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}

/// Why a user left, in words for its peers.
pub fn quit_text(cause: &Cause) -> Vec<u8> {
    match cause {
        Cause::Quit(Some(text)) => [b"Quit: ", text.as_bytes()].concat(),
        other => cause_text(other).into_bytes(),
    }
}

/// Why a connection ended, in words.
pub fn cause_text(cause: &Cause) -> String {
    match cause {
        Cause::Quit(Some(text)) => format!("Quit: {text}"),
        Cause::Quit(None) => "Quit".to_owned(),
        Cause::ConnectionClosed => "Connection closed".to_owned(),
        Cause::PingTimeout(seconds) => format!("Ping timeout: {seconds} seconds"),
        Cause::RegistrationTimeout(seconds) => format!("Registration timeout: {seconds} seconds"),
        Cause::SendQueueFull(bytes) => format!("SendQ exceeded: {bytes} bytes were waiting to be read"),
        Cause::ReceiveQueueFull(bytes) => format!("RecvQ exceeded: a line is longer than {bytes} bytes"),
        Cause::ProtocolError(what) => what.to_string(),
        Cause::Broken(what) => format!("Connection error: {what}"),
        Cause::Killed { by, reason } => format!("Killed ({by} ({reason}))"),
        Cause::Banned(reason) => format!("Banned: {reason}"),
        Cause::BadPassword => "Password incorrect".to_owned(),
        Cause::Refused(why) => why.to_string(),
        Cause::Shutdown => "Server shutting down".to_owned(),
    }
}

/// The letter of a rank in modes.
pub fn rank_letter(rank: Rank) -> char {
    match rank {
        Rank::Founder => 'q',
        Rank::Protected => 'a',
        Rank::Operator => 'o',
        Rank::Halfop => 'h',
        Rank::Voice => 'v',
    }
}

/// The letter of a list.
pub fn list_letter(list: ListKind) -> char {
    match list {
        ListKind::Ban => 'b',
        ListKind::Exception => 'e',
        ListKind::Invite => 'I',
    }
}

/// Letters of channel switches (`conformance` section 9).
pub const ROOM_FLAGS: [(char, RoomFlags); 7] = [
    ('C', RoomFlags::NO_CTCP),
    ('M', RoomFlags::ACCOUNTS_SPEAK),
    ('i', RoomFlags::INVITE_ONLY),
    ('m', RoomFlags::MODERATED),
    ('n', RoomFlags::MEMBERS_SPEAK),
    ('s', RoomFlags::SECRET),
    ('t', RoomFlags::TOPIC_LOCKED),
];

/// Letters of user switches (`conformance` section 9).
pub const USER_FLAGS: [(char, UserFlags); 5] = [
    ('B', UserFlags::BOT),
    ('R', UserFlags::ACCOUNTS_WRITE),
    ('i', UserFlags::INVISIBLE),
    ('o', UserFlags::OPERATOR),
    ('w', UserFlags::WALLOPS),
];

/// A change as letter, sign and parameter.
fn change_parts(change: &ModeChange) -> (bool, char, Option<String>) {
    match change {
        ModeChange::Flag(flag, on) => {
            let letter = ROOM_FLAGS.iter().find(|(_, bit)| bit == flag).map_or('?', |row| row.0);
            (*on, letter, None)
        }
        ModeChange::Key(Some(key)) => (true, 'k', Some(key.to_string())),
        ModeChange::Key(None) => (false, 'k', Some("*".to_owned())),
        ModeChange::Limit(Some(limit)) => (true, 'l', Some(limit.to_string())),
        ModeChange::Limit(None) => (false, 'l', None),
        ModeChange::List(list, add, mask) => (*add, list_letter(*list), Some(mask.to_string())),
        ModeChange::Rank(rank, give, nick) => (*give, rank_letter(*rank), Some(nick.to_string())),
    }
}

/// Most parameters of changes in one line: the target and the letters are parameters too.
const MAX_MODE_PARAMS: usize = MAX_PARAMS - 2;

/// Changes as `+o-v ann bob`, each line of at most `most` bytes; usually one.
pub fn mode_lines(changes: &[ModeChange], most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut letters, mut params, mut sign) = (String::new(), String::new(), None);
    for change in changes {
        let (on, letter, param) = change_parts(change);
        let needed = 3 + param.as_ref().map_or(0, |param| param.len() + 1);
        let full = param.is_some() && params.matches(' ').count() == MAX_MODE_PARAMS;
        if !letters.is_empty() && (full || letters.len() + params.len() + needed > most) {
            lines.push(std::mem::take(&mut letters) + &std::mem::take(&mut params));
            sign = None;
        }
        if sign != Some(on) {
            letters.push(if on { '+' } else { '-' });
            sign = Some(on);
        }
        letters.push(letter);
        if let Some(param) = param {
            params.push(' ');
            params.push_str(&param);
        }
    }
    lines.push(letters + &params);
    lines
}

/// Changes of user switches as `+i-w`.
fn user_mode_changes(changes: &[(UserFlags, bool)]) -> String {
    let mut text = String::new();
    let mut sign = None;
    for &(flag, on) in changes {
        for (letter, _) in USER_FLAGS.iter().filter(|(_, bit)| flag.contains(*bit)) {
            if sign != Some(on) {
                text.push(if on { '+' } else { '-' });
                sign = Some(on);
            }
            text.push(*letter);
        }
    }
    text
}

/// Switches of a user as `+iw`.
pub fn user_modes(flags: UserFlags) -> String {
    std::iter::once('+')
        .chain(USER_FLAGS.iter().filter(|(_, bit)| flags.contains(*bit)).map(|(letter, _)| *letter))
        .collect()
}
