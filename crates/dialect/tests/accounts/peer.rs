//! A session whose server and hub are the test.

use std::sync::Arc;

use dialect::irc::{Accounts, Irc, Options, Registration, Settings};
use dialect::{Busy, Check, Delivery, Output, Session, Verdict};
use hub::{
    Answer, Casemapping, Command, Counts, Event, Identity, Nick, Origin, Place, Query, Timestamp, UserFlags,
};

/// The server's name.
pub const SERVER: &str = "irc.test";

/// When everything happens.
pub const NOON: Timestamp = Timestamp(1_700_000_000_000);

/// A peer, and what its session asked for that is not answered yet.
#[derive(Debug)]
pub struct Peer {
    session: Irc,
    heard: Vec<u8>,
    asked: Vec<Output>,
}

/// How accounts are made when a test does not care.
pub const REGISTRATION: Registration = Registration { before_connect: false, email_required: false };

pub fn accounts() -> Accounts {
    Accounts {
        mechanisms: vec!["PLAIN", "SCRAM-SHA-256", "EXTERNAL"],
        registration: Some(REGISTRATION),
        max_password: 1024,
        failures: Some(3),
    }
}

pub fn options(accounts: Option<Accounts>) -> Options {
    Options {
        server: SERVER.into(),
        network: "Test".to_owned(),
        description: "a server under test".to_owned(),
        motd: None,
        admin: ["a", "b", "c"].map(str::to_owned),
        config_name: "saloon.toml".to_owned(),
        started: NOON,
        casemapping: Casemapping::Ascii,
        utf8_only: true,
        password: false,
        nicklen: 32,
        userlen: 20,
        realnamelen: 150,
        channellen: 64,
        awaylen: 20,
        kicklen: 390,
        topiclen: 390,
        monitor: 100,
        list_entries: 100,
        channels: 100,
        sts: None,
        accounts,
        history: None,
        multiline: None,
        metadata: None,
    }
}

/// A client certificate's fingerprint.
pub fn fingerprint() -> String {
    "ab".repeat(32)
}

pub fn identity(nick: &str, account: Option<&str>) -> Arc<Identity> {
    Arc::new(Identity {
        nick: Nick::new(nick, 32).expect("a nickname"),
        user: "u".into(),
        host: "host".into(),
        account: account.map(Into::into),
        bot: false,
        realname: "r".into(),
        handle: None,
        place: Place::default(),
    })
}

impl Peer {
    pub fn with(options: Options, certificate: bool) -> Self {
        let certificate = certificate.then(|| fingerprint().into());
        let origin =
            Origin { host: "host".into(), secure: certificate.is_some(), certificate, ..Origin::default() };
        let session = Irc::new(Arc::new(Settings::new(options)), origin);
        Self { session, heard: Vec::new(), asked: Vec::new() }
    }

    /// One that has said nothing yet.
    pub fn connected() -> Self {
        Self::with(options(Some(accounts())), false)
    }

    /// A user called `ann`.
    pub fn registered() -> Self {
        Self::connected().become_user(None)
    }

    /// A user called `ann`, logged in.
    pub fn logged_in() -> Self {
        Self::connected().become_user(Some("ann"))
    }

    /// Registers as `ann`.
    pub fn become_user(mut self, account: Option<&str>) -> Self {
        self.says("NICK ann");
        self.asked.clear();
        self.says("USER u 0 * :r");
        self.welcomed(account);
        self.hears();
        self
    }

    /// The hub makes it a user.
    pub fn welcomed(&mut self, account: Option<&str>) {
        assert!(matches!(self.asked[..], [Output::Command(Command::Register { .. })]), "{:?}", self.asked);
        let who = identity("ann", account);
        self.reply(Event::Registered {
            who,
            flags: UserFlags::empty(),
            counts: Counts::default(),
            facts: Vec::new(),
        });
    }

    /// Negotiates capabilities.
    pub fn negotiate(mut self, capabilities: &str) -> Self {
        self.says(format!("CAP REQ :{capabilities}"));
        assert!(self.hears().contains("ACK"), "{capabilities}");
        self.says("CAP END");
        self
    }

    /// Sends a line, all that was asked for having been answered.
    #[track_caller]
    pub fn says(&mut self, line: impl AsRef<[u8]>) {
        assert_eq!(self.session.busy(), Busy::No, "it takes no line now");
        let mut outputs = Vec::new();
        self.session.receive(NOON, line.as_ref(), &mut outputs);
        self.take(outputs);
    }

    /// Sends a line, and reads what comes of it at once.
    #[track_caller]
    pub fn told(&mut self, line: impl AsRef<[u8]>) -> String {
        self.says(line);
        self.hears()
    }

    /// What it was sent, without the name of the server and the ends of lines.
    pub fn hears(&mut self) -> String {
        let heard = String::from_utf8(std::mem::take(&mut self.heard)).expect("UTF-8");
        let lines: Vec<String> =
            heard.lines().map(|line| line.replacen(&format!(":{SERVER} "), "", 1)).collect();
        lines.join("\n")
    }

    /// All it asked for.
    pub fn asked(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.asked)
    }

    /// The only thing it asked for: a check.
    #[track_caller]
    pub fn check(&mut self) -> Check {
        assert_eq!(self.session.busy(), Busy::Check);
        let mut asked = self.asked();
        match (asked.pop(), asked.len()) {
            (Some(Output::Check(check)), 0) => check,
            (last, _) => panic!("one check, not {asked:?}, {last:?}"),
        }
    }

    /// The only thing it asked for: a command.
    #[track_caller]
    pub fn command(&mut self) -> Command {
        let mut asked = self.asked();
        match (asked.pop(), asked.len()) {
            (Some(Output::Command(command)), 0) => command,
            (last, _) => panic!("one command, not {asked:?}, {last:?}"),
        }
    }

    /// The only thing it asked for: a query.
    #[track_caller]
    pub fn query(&mut self) -> Query {
        let mut asked = self.asked();
        match (asked.pop(), asked.len()) {
            (Some(Output::Query(query)), 0) => query,
            (last, _) => panic!("one query, not {asked:?}, {last:?}"),
        }
    }

    /// The check has this outcome. What was asked for before it is answered.
    pub fn judge(&mut self, verdict: Verdict) {
        self.asked.clear();
        let mut outputs = Vec::new();
        self.session.verdict(verdict, &mut outputs);
        self.take(outputs);
    }

    /// The hub says this to it. What it asked for before is answered by that.
    pub fn reply(&mut self, event: Event) {
        self.asked.clear();
        self.deliver(Delivery::Reply(&event));
    }

    /// The hub answers this.
    pub fn answer(&mut self, answer: Answer) {
        self.deliver(Delivery::Answer(&answer));
    }

    /// All that was asked for is there: ends the label.
    pub fn done(&mut self) {
        self.deliver(Delivery::Done);
    }

    fn deliver(&mut self, delivery: Delivery<'_>) {
        let mut outputs = Vec::new();
        self.session.deliver(delivery, &mut self.heard, &mut outputs);
        self.take(outputs);
    }

    /// Local answers come back at once if nothing was asked before them.
    fn take(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Local(lines) => self.deliver(Delivery::Local(&lines)),
                Output::Done if self.asked.is_empty() => self.done(),
                Output::Done => {}
                output => self.asked.push(output),
            }
        }
    }
}

/// The account `ann` is proved to be the peer's.
pub fn proved() -> Verdict {
    Verdict::LoggedIn { account: "ann".into(), recovery: None }
}

/// The command that logs in to `ann`.
pub fn log_in() -> Command {
    Command::Login { account: Some("ann".into()), recovery: None }
}

/// It is logged in to `ann`.
pub fn logged_in(registered: bool) -> Event {
    Event::LoggedIn { account: "ann".into(), who: registered.then(|| identity("ann", Some("ann"))) }
}
