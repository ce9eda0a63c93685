//! Choices taken from bytes: few names, so that they meet, and all commands.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use smol_str::SmolStr;

use crate::{
    AccountChange, AlwaysOn, Cause, Command, Credentials, Entry, Handle, Limits, ListFilter, ListKind,
    MessageId, ModeChange, Nick, Origin, Privileges, Query, Rank, RoomFlags, RoomName, RoomTarget, Say,
    SayKind, SessionId, Settings, Several, Target, Text, Timestamp, UserFlags, WhoMask,
};

pub(super) struct Dice<'a> {
    bytes: &'a [u8],
    now: i64,
}

const NICKS: [&str; 8] = ["ann", "Ann", "bob", "BOB", "cy", "dan", "nickserv", "e["];
const ROOMS: [&str; 5] = ["#a", "#A", "#b", "#c*", "#d"];
const TEXTS: [&str; 5] = ["", "*", "hello", "gone", "a longer text that is cut somewhere"];
const TARGETS: [&str; 5] = ["#a", "#A", "bob", "#never", "Ann"];
const MASKS: [&str; 12] = [
    "ann",
    "*!*@*",
    "m:*",
    "m:bob!*@*",
    "a:ann",
    "a:*",
    "*!*@10.0.0.?",
    "*@host",
    "*@10.0.0.1",
    "*cy*",
    "",
    "\\",
];

impl<'a> Dice<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, now: 1_000_000 }
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// One of so many; the first once the bytes are used up.
    pub(super) fn pick(&mut self, sides: usize) -> usize {
        let Some((&byte, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(byte) % sides
    }

    pub(super) fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.pick(choices.len())].clone()
    }

    pub(super) fn chance(&mut self) -> bool {
        self.pick(2) == 1
    }

    pub(super) fn maybe<T>(&mut self, choose: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance().then(|| choose(self))
    }

    pub(super) fn some<T>(&mut self, mut choose: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.pick(4)).map(|_| choose(self)).collect()
    }

    pub fn entry(&mut self, number: usize) -> Entry {
        let (what, from) = (self.pick(56), self.session());
        // Clocks of several nodes: time stands still, leaps and goes back.
        self.now += self.of(&[0, 0, 1, 1000, -5]);
        let at = Timestamp(self.now);
        let id = MessageId((number as u128) << 16);
        Entry { at, id, from, command: self.command(what) }
    }

    /// One of seven, or sometimes the server.
    fn session(&mut self) -> SessionId {
        match self.pick(8) {
            7 => SessionId::SERVER,
            session => SessionId(session as u64),
        }
    }

    fn command(&mut self, what: usize) -> Command {
        match what {
            0 => Command::Connect,
            1..=4 => self.register(),
            5..=9 => Command::Join { room: self.room(), key: self.maybe(Self::text), names: self.chance() },
            10..=13 => Command::Say(Box::new(self.say())),
            14..=17 => Command::ChangeRoom {
                room: self.room(),
                changes: self.some(Self::mode_change),
                force: self.pick(4) == 0,
            },
            18 | 19 => Command::Rename { nick: self.nick() },
            20 => Command::Leave { cause: self.cause() },
            21 => Command::Part { room: self.room(), reason: self.maybe(Self::text) },
            22 => Command::PartAll,
            23 => Command::SetTopic { room: self.room(), text: self.text() },
            24 => Command::Kick { room: self.room(), nick: self.name(), reason: self.maybe(Self::text) },
            25 => Command::Invite { nick: self.name(), room: self.room() },
            26 => Command::ChangeUser { nick: self.name(), changes: self.some(Self::user_change) },
            27 => Command::Away { text: self.maybe(Self::text) },
            _ => self.rarer_command(what),
        }
    }

    fn rarer_command(&mut self, what: usize) -> Command {
        match what {
            28 => Command::SetRealname { text: self.text() },
            29 => Command::Login { account: self.maybe(Self::name), recovery: self.maybe(Self::secret) },
            30 => {
                let user = self.maybe(Self::name);
                Command::ChangeHost { nick: self.name(), user, host: self.name() }
            }
            31 => Command::Watch { names: self.some(Self::name) },
            32 => Command::Unwatch { names: self.some(Self::name) },
            33 => Command::UnwatchAll,
            34 => Command::Oper { privileges: Privileges::all(), title: "admin".into() },
            35 => Command::Kill { nick: self.name(), reason: self.text() },
            36 => Command::Wallops { text: self.text() },
            37 => {
                let until = self.maybe(|dice| Timestamp(dice.now + 500));
                Command::Ban { mask: self.mask(), reason: self.text(), until }
            }
            38 => Command::Unban { mask: self.mask() },
            40..52 => self.account_command(what),
            52.. => self.room_command(),
            _ => match self.pick(4) {
                0 => Command::Rehash,
                1 => Command::Die,
                _ => Command::Configure(Box::new(self.settings())),
            },
        }
    }

    fn account_command(&mut self, what: usize) -> Command {
        match what {
            40 | 41 => Command::CreateAccount {
                name: self.nick(),
                email: None,
                credentials: Box::new(self.credentials()),
                log_in: self.chance(),
            },
            42 => Command::Login { account: Some(self.name()), recovery: None },
            43..=45 => {
                Command::ChangeAccount { account: self.name(), change: Box::new(self.account_change()) }
            }
            46 => Command::DropAccount { account: self.name() },
            47 => Command::Ghost { nick: self.name() },
            48 => Command::Accept { nick: self.name(), on: self.chance() },
            49 => Command::Leave { cause: self.cause() },
            _ => {
                let at = Timestamp(self.now - 3 + self.pick(6) as i64);
                Command::MarkRead { target: self.of(&TARGETS).into(), at }
            }
        }
    }

    fn account_change(&mut self) -> AccountChange {
        match self.pick(8) {
            0 => AccountChange::Recovery(self.some(Self::secret)),
            1 => AccountChange::AddCertificate(self.secret()),
            2 => AccountChange::RemoveCertificate(self.secret()),
            3 => AccountChange::Several(self.maybe(Self::chance)),
            4 => AccountChange::Suspend(self.maybe(Self::text)),
            5 => AccountChange::Password { password: self.maybe(Self::secret), scram: None },
            _ => AccountChange::AlwaysOn(self.maybe(Self::chance)),
        }
    }

    fn credentials(&mut self) -> Credentials {
        let (recovery, certificates) = (self.some(Self::secret), self.maybe(Self::secret));
        Credentials {
            password: None,
            scram: None,
            recovery,
            certificates: certificates.into_iter().collect(),
        }
    }

    fn secret(&mut self) -> SmolStr {
        self.of(&["one", "two", "three"]).into()
    }

    fn register(&mut self) -> Command {
        let ip = self.maybe(|dice| IpAddr::V4(Ipv4Addr::new(10, 0, 0, dice.pick(3) as u8)));
        let (secure, handle) = (self.chance(), self.maybe(Self::handle));
        let origin = Origin { ip, host: "host".into(), secure, certificate: None, handle };
        Command::Register {
            nick: self.nick(),
            user: "user".into(),
            realname: self.text(),
            origin: Box::new(origin),
            away: self.maybe(Self::text),
        }
    }

    fn handle(&mut self) -> Handle {
        let port = 40_000 + self.pick(3) as u16;
        Handle { dialect: "group", addr: SocketAddr::from(([10, 0, 0, 1], port)) }
    }

    fn say(&mut self) -> Say {
        let kind = self.of(&[SayKind::Message, SayKind::Notice, SayKind::Signal]);
        let to = match self.chance() {
            true if self.chance() => Target::Number(self.pick(8) as u32),
            true if self.chance() => Target::Seat(self.pick(8) as u16),
            true => Target::Nick(self.name()),
            false => Target::Room(RoomTarget {
                room: self.room(),
                rank: self.maybe(Self::rank),
                written: "@#a".into(),
            }),
        };
        let fit = self.maybe(|dice| dice.pick(40));
        Say {
            kind,
            to,
            text: self.text(),
            lines: None,
            lasts: self.chance(),
            tags: Bytes::new(),
            ctcp: self.chance(),
            fit,
        }
    }

    fn mode_change(&mut self) -> ModeChange {
        let on = self.chance();
        match self.pick(8) {
            0 | 1 => ModeChange::Flag(RoomFlags::from_bits_truncate(1 << self.pick(7)), on),
            2 => ModeChange::Key(on.then(|| self.text())),
            3 => ModeChange::Limit(on.then(|| self.pick(4) as u32)),
            4 | 5 => {
                let kind = self.of(&[ListKind::Ban, ListKind::Exception, ListKind::Invite]);
                ModeChange::List(kind, on, self.mask())
            }
            _ => ModeChange::Rank(self.rank(), on, self.name()),
        }
    }

    fn user_change(&mut self) -> (UserFlags, bool) {
        (UserFlags::from_bits_truncate(1 << self.pick(5)), self.chance())
    }

    fn cause(&mut self) -> Cause {
        match self.chance() {
            true => Cause::Quit(self.maybe(Self::text)),
            false => Cause::ConnectionClosed,
        }
    }

    fn settings(&mut self) -> Settings {
        // What is there stays when a limit on it is lowered, so the limits that are checked stay too.
        let limits = Limits {
            list_entries: 3,
            watched: 3,
            whowas: self.pick(4),
            rooms: 2 + self.pick(3),
            members: 2 + self.pick(9),
            rooms_per_account: 2,
            facts: 2,
            subscriptions: 2,
            accounts: 4,
            markers: 2,
            certificates: 2,
            ..Limits::default()
        };
        let several_sessions = self.of(&[Several::OptOut, Several::Never, Several::OptIn]);
        let always_on = self.of(&[AlwaysOn::OptIn, AlwaysOn::Always, AlwaysOn::OptOut, AlwaysOn::Never]);
        let nicks_owned = self.chance();
        let user_flags = UserFlags::from_bits_truncate(self.pick(32) as u8);
        let (seats, history) = (self.pick(7) as u16, self.pick(4) > 0);
        Settings {
            limits,
            several_sessions,
            always_on,
            nicks_owned,
            user_flags,
            seats,
            history,
            ..Settings::default()
        }
    }

    pub fn query(&mut self) -> Query {
        match self.pick(24) {
            18 => Query::Account(self.maybe(Self::name)),
            19 => Query::Marker(self.of(&TARGETS).into()),
            20..=23 => self.room_query(),
            0 => Query::NickTaken(self.nick()),
            1 => Query::Counts,
            2 => Query::Topic(self.room()),
            3 => Query::Names(self.room()),
            4 => Query::RoomModes(self.room()),
            5 => Query::List(self.room(), self.of(&[ListKind::Ban, ListKind::Exception, ListKind::Invite])),
            6 => Query::UserModes(self.name()),
            7 => Query::Invites,
            8 => self.who(WhoMask::Room),
            9 => self.who(|_| WhoMask::Mask("*".into())),
            10 => Query::Whois(self.name()),
            11 => Query::Whowas(self.name()),
            12 => Query::Userhost(self.some(Self::name)),
            13 => Query::Ison(self.some(Self::name)),
            14 => Query::Rooms {
                filter: ListFilter { masks: self.some(Self::mask), ..ListFilter::default() },
                after: self.maybe(Self::name),
                most: self.pick(3),
            },
            15 => Query::Watched,
            16 => Query::WatchStatus,
            _ => Query::NetworkBans,
        }
    }

    fn who(&mut self, mask: impl FnOnce(RoomName) -> WhoMask) -> Query {
        let (mask, after) = (mask(self.room()), self.maybe(Self::name));
        Query::Who { mask, operators: self.chance(), after, most: self.pick(3) }
    }

    fn nick(&mut self) -> Nick {
        Nick::new(self.of(&NICKS), usize::MAX).expect("the nicknames are valid")
    }

    pub(super) fn room(&mut self) -> RoomName {
        RoomName::new(self.of(&ROOMS), usize::MAX).expect("the names are valid")
    }

    pub(super) fn name(&mut self) -> SmolStr {
        self.of(&NICKS).into()
    }

    fn mask(&mut self) -> SmolStr {
        self.of(&MASKS).into()
    }

    pub(super) fn text(&mut self) -> Text {
        self.of(&TEXTS).into()
    }

    pub(super) fn rank(&mut self) -> Rank {
        self.of(&Rank::ALL)
    }
}
