//! What a trial takes place in: the settings, and who is there from the beginning.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use hub::{AlwaysOn, Casemapping, Credentials, Limits, Origin, Privileges, Several, Timestamp, UserFlags};

use crate::irc::{Accounts, History, Metadata, Multiline, Options, Registration, Settings, Sts};
use crate::{Check, Codes, Verdict};

/// When a trial begins, in milliseconds.
pub(super) const BEGINNING: Timestamp = Timestamp(1_700_000_000_000);

/// Chosen by letters.
pub(super) struct World {
    /// `u`: only UTF-8.
    utf8_only: bool,
    /// `p`: the server has a password, `letmein`.
    password: bool,
    /// `c`: four users are here, and in one room, when the trial begins.
    crowd: bool,
    /// `m`: there is a message of the day, and all that is optional.
    motd: bool,
    /// `s`: limits are small.
    small: bool,
    /// `r`: names are folded as by RFC 1459.
    rfc1459: bool,
    /// `i`: users are invisible, and bots, from the beginning.
    hidden: bool,
    /// `n`: names are as long as they may be.
    long: bool,
    /// `a`: there are accounts.
    accounts: bool,
    /// `h`: what happens is kept, and all that goes with it is on.
    history: bool,
}

/// Capabilities of the four of the crowd.
const CAPABILITIES: [&str; 4] = [
    "labeled-response batch echo-message message-tags server-time account-tag away-notify \
     account-notify chghost extended-join extended-monitor invite-notify multi-prefix setname \
     userhost-in-names standard-replies",
    "labeled-response batch no-implicit-names",
    "message-tags away-notify extended-monitor",
    "echo-message",
];

/// What they have besides, when things are kept. The last two are shown what they have missed.
const KEPT_CAPABILITIES: [&str; 4] = [
    "draft/chathistory draft/event-playback draft/message-redaction draft/metadata-3 draft/multiline \
     draft/read-marker draft/channel-rename soju.im/search",
    "draft/multiline draft/metadata-2 draft/chathistory server-time",
    "batch server-time draft/multiline draft/message-redaction draft/read-marker",
    "batch server-time",
];

impl World {
    pub fn new(letters: &[u8]) -> Self {
        let has = |letter| letters.contains(&letter);
        Self {
            utf8_only: has(b'u'),
            password: has(b'p'),
            crowd: has(b'c'),
            motd: has(b'm'),
            small: has(b's'),
            rfc1459: has(b'r'),
            hidden: has(b'i'),
            long: has(b'n'),
            accounts: has(b'a'),
            history: has(b'h'),
        }
    }

    /// The steps that come before those of the script.
    pub fn opening(&self) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for (seat, nick) in ["ann", "bob", "cy", "dan"].into_iter().enumerate().filter(|_| self.crowd) {
            let nick = if self.long { format!("{nick:x<32}") } else { nick.to_owned() };
            let caps = CAPABILITIES[seat];
            let said = ["CAP LS 302", "PASS letmein", &format!("CAP REQ :{caps}"), "CAP END"];
            lines.extend(said.map(|line| format!("{seat}{line}")));
            if self.history {
                lines.push(format!("{seat}CAP REQ :{}", KEPT_CAPABILITIES[seat]));
                lines.push(format!("{seat}CAP END"));
            }
            lines.push(format!("{seat}NICK {nick}"));
            lines.push(format!("{seat}USER {nick} 0 * :{nick} himself"));
            lines.push(format!("{seat}JOIN #a"));
        }
        if self.crowd {
            lines.push("0OPER oper secret".to_owned());
        }
        lines.into_iter().map(String::into_bytes).collect()
    }

    fn casemapping(&self) -> Casemapping {
        if self.rfc1459 { Casemapping::Rfc1459 } else { Casemapping::Ascii }
    }

    pub fn utf8_only(&self) -> bool {
        self.utf8_only
    }

    /// Who connects, from where.
    pub fn origin(&self, seat: usize) -> Origin {
        let ip = IpAddr::V4(Ipv4Addr::new(192, 0, 2, u8::try_from(seat).unwrap_or(0)));
        let host = if self.long { "host.".repeat(12) + "org" } else { format!("host{seat}") };
        let certificate = (seat == 0).then(|| "ab".repeat(32).into());
        Origin { ip: Some(ip), host: host.into(), secure: seat == 0, certificate, handle: None }
    }

    pub fn hub(&self) -> hub::Settings {
        let limits = match self.small {
            true => Limits {
                list_entries: 3,
                watched: 3,
                whowas: 2,
                rooms_per_user: 3,
                rooms: 5,
                members: 3,
                ..Limits::default()
            },
            false => Limits::default(),
        };
        let flags = UserFlags::INVISIBLE | UserFlags::BOT;
        hub::Settings {
            casemapping: self.casemapping(),
            limits,
            user_flags: if self.hidden { flags } else { UserFlags::empty() },
            // As many users as connections: that is how they are counted here.
            several_sessions: Several::Never,
            always_on: AlwaysOn::Never,
            ..hub::Settings::default()
        }
    }

    pub fn dialects(&self) -> crate::Settings {
        crate::Settings { irc: Arc::new(Settings::new(self.options())), text: Arc::default() }
    }

    pub fn options(&self) -> Options {
        let limits = Limits::default();
        let motd = vec!["Welcome.".to_owned(), String::new(), "é".repeat(300)];
        Options {
            server: if self.long { "irc.".repeat(15) + "org" } else { "irc.test".to_owned() }.into(),
            network: "Test Net".to_owned(),
            description: "a server under test".to_owned(),
            motd: self.motd.then_some(motd),
            admin: ["a", "b", "c"].map(str::to_owned),
            config_name: "saloon.toml".to_owned(),
            started: BEGINNING,
            casemapping: self.casemapping(),
            utf8_only: self.utf8_only,
            password: self.password,
            nicklen: 32,
            userlen: 20,
            realnamelen: limits.realname,
            channellen: 64,
            awaylen: limits.away,
            kicklen: limits.kick,
            topiclen: limits.topic,
            monitor: self.hub().limits.watched,
            list_entries: self.hub().limits.list_entries,
            channels: self.hub().limits.rooms_per_user,
            accounts: self.accounts.then(|| Accounts {
                mechanisms: vec!["PLAIN", "SCRAM-SHA-256", "EXTERNAL"],
                registration: Some(Registration { before_connect: self.motd, email_required: self.small }),
                max_password: if self.small { 20 } else { 1024 },
                failures: self.small.then_some(3),
            }),
            history: self.history.then(|| History {
                most: if self.small { 5 } else { 100 },
                redaction: true,
                keep_signals: self.small,
                kept_tags: vec!["+a".to_owned()],
                replay: 3,
            }),
            multiline: self.history.then_some(match self.small {
                true => Multiline { max_bytes: 40, max_lines: 3 },
                false => Multiline { max_bytes: 4096, max_lines: 32 },
            }),
            metadata: self.history.then_some(Metadata {
                before_connect: self.motd,
                max_subs: limits.subscriptions,
                max_keys: limits.facts,
                max_value_bytes: 300,
                throttle: self.small,
            }),
            sts: self.motd.then_some(Sts { port: 6697, duration: 60, preload: true }),
        }
    }
}

/// What becomes of a secret: there is one right one of each kind.
pub(super) fn verdict(check: Check) -> Verdict {
    match check {
        Check::Server(given) if given == b"letmein" => Verdict::Accepted,
        Check::Operator { name, password } if name == "oper" && password == b"secret" => {
            Verdict::Operator { privileges: Privileges::all(), title: "a tester".into() }
        }
        Check::Gateway { password, ip, secure, certificate, .. } if password == b"gate" => {
            let host = "gateway.test".into();
            Verdict::Gateway(Box::new(Origin { ip: Some(ip), host, secure, certificate, handle: None }))
        }
        Check::Login { account, secret } => login(account.as_str(), &secret),
        Check::Certificate { account } => login(account.as_deref().unwrap_or("ann"), b"secret"),
        Check::Scram { first: true, message } if message == b"client" => {
            Verdict::Challenge(b"server".repeat(100))
        }
        Check::Scram { first: false, message } if message == b"proof" => {
            Verdict::Proved { account: "ann".into(), message: b"v=proof".to_vec() }
        }
        Check::Enroll { secret, .. } => match secret.as_slice() {
            b"weak" => Verdict::Unacceptable("This password is easy to guess"),
            b"soon" => Verdict::Throttled(7),
            _ => {
                let recovery = vec!["hash-a".into(), "hash-b".into()];
                let credentials = Box::new(Credentials { recovery, ..Credentials::default() });
                Verdict::Enrolled { credentials, codes: Codes(vec!["code-a".into(), "code-b".into()]) }
            }
        },
        _ => Verdict::Refused,
    }
}

/// What becomes of the secret of an account.
fn login(account: &str, secret: &[u8]) -> Verdict {
    let recovery = match secret {
        b"secret" => None,
        b"code-a" => Some("hash-a".into()),
        b"late" => return Verdict::Suspended,
        b"soon" => return Verdict::Throttled(7),
        _ => return Verdict::Refused,
    };
    Verdict::LoggedIn { account: account.into(), recovery }
}
