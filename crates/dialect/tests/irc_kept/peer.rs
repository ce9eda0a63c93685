//! A client and its session, with nothing behind it: what it asks for is looked at, and answered by hand.

use std::collections::VecDeque;
use std::sync::Arc;

use dialect::irc::{History, Irc, Metadata, Multiline, Options, Settings};
use dialect::{Delivery, Output, Session};
use hub::{
    Answer, Casemapping, Command, Counts, Destination, Event, Fact, Identity, Item, MessageId, Nick, Origin,
    Query, Recall, Recalled, RoomName, SayKind, SayLine, Text, Timestamp, UserFlags,
};

/// When everything happens.
pub const NOW: Timestamp = Timestamp(1_700_000_000_000);
/// The same, as it is written.
pub const TIME: &str = "2023-11-14T22:13:20.000Z";

pub struct Peer {
    pub session: Irc,
    pub now: Timestamp,
    waiting: VecDeque<Output>,
}

pub fn options() -> Options {
    Options {
        server: "irc.test".into(),
        network: "Test".into(),
        description: "a server under test".into(),
        motd: None,
        admin: Default::default(),
        config_name: "saloon.toml".into(),
        started: NOW,
        casemapping: Casemapping::Ascii,
        utf8_only: false,
        password: false,
        nicklen: 32,
        userlen: 20,
        realnamelen: 150,
        channellen: 64,
        awaylen: 390,
        kicklen: 390,
        topiclen: 390,
        monitor: 100,
        list_entries: 100,
        channels: 100,
        sts: None,
        accounts: None,
        history: Some(History {
            most: 100,
            redaction: true,
            keep_signals: false,
            kept_tags: vec!["+draft/react".into()],
            replay: 10,
        }),
        multiline: Some(Multiline { max_bytes: 40, max_lines: 4 }),
        metadata: Some(Metadata {
            before_connect: true,
            max_subs: 100,
            max_keys: 100,
            max_value_bytes: 300,
            throttle: false,
        }),
    }
}

impl Peer {
    /// A registered client, `ann`, with these capabilities.
    pub fn new(capabilities: &str) -> Self {
        Self::with(options(), capabilities, Vec::new()).0
    }

    /// The same, and how it is welcomed with these facts about itself.
    pub fn with(options: Options, capabilities: &str, facts: Vec<Fact>) -> (Self, String) {
        let mut peer = Self::connect(options);
        peer.say(format!("CAP REQ :{capabilities}"));
        peer.say("CAP END");
        peer.say("NICK ann");
        peer.waiting.clear();
        peer.say("USER ann 0 * :Ann");
        let registered = Event::Registered {
            who: user("ann"),
            flags: UserFlags::empty(),
            counts: Counts::default(),
            facts,
        };
        assert!(matches!(peer.asked(), Output::Command(Command::Register { .. })));
        let welcome = peer.reply(registered);
        (peer, welcome)
    }

    /// A client that has said nothing.
    pub fn connect(options: Options) -> Self {
        let session = Irc::new(Arc::new(Settings::new(options)), Origin::default());
        Self { session, now: NOW, waiting: VecDeque::new() }
    }

    /// Says a line; what it is told at once. What it asks for waits.
    pub fn say(&mut self, line: impl AsRef<[u8]>) -> String {
        let mut outputs = Vec::new();
        self.session.receive(self.now, line.as_ref(), &mut outputs);
        self.waiting.extend(outputs);
        self.settle()
    }

    /// Says several lines; what it is told of all of them.
    pub fn say_all(&mut self, lines: &[&str]) -> String {
        lines.iter().map(|line| self.say(line)).collect()
    }

    /// What the session asks for next.
    #[track_caller]
    pub fn asked(&mut self) -> Output {
        self.waiting.pop_front().expect("it asks for something")
    }

    #[track_caller]
    pub fn commanded(&mut self) -> Command {
        match self.asked() {
            Output::Command(command) => command,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub fn queried(&mut self) -> Query {
        match self.asked() {
            Output::Query(query) => query,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub fn recalls(&mut self) -> Recall {
        match self.asked() {
            Output::Recall(recall) => *recall,
            other => panic!("{other:?}"),
        }
    }

    /// Nothing waits.
    #[track_caller]
    pub fn asks_nothing(&self) {
        assert!(self.waiting.is_empty(), "{:?}", self.waiting);
    }

    pub fn reply(&mut self, event: Event) -> String {
        self.deliver(Delivery::Reply(&event))
    }

    /// Several events that come of one command.
    pub fn replies<const N: usize>(&mut self, events: [Event; N]) -> String {
        let waiting = std::mem::take(&mut self.waiting);
        let told: String = events.into_iter().map(|event| self.reply(event)).collect();
        for output in waiting.into_iter().rev() {
            self.waiting.push_front(output);
        }
        told + &self.settle()
    }

    pub fn tell(&mut self, event: Event) -> String {
        self.deliver(Delivery::Tell(&event))
    }

    pub fn answer(&mut self, answer: Answer) -> String {
        self.deliver(Delivery::Answer(&answer))
    }

    pub fn recalled(&mut self, recalled: Recalled) -> String {
        self.deliver(Delivery::Recalled(&recalled))
    }

    fn deliver(&mut self, delivery: Delivery<'_>) -> String {
        let (mut bytes, mut outputs) = (Vec::new(), Vec::new());
        self.session.deliver(delivery, &mut bytes, &mut outputs);
        self.waiting.extend(outputs);
        shown(&bytes) + &self.settle()
    }

    /// Gives back what needs nobody.
    fn settle(&mut self) -> String {
        let mut told = String::new();
        while let Some(Output::Local(_) | Output::Done) = self.waiting.front() {
            told += &match self.waiting.pop_front() {
                Some(Output::Local(bytes)) => self.deliver(Delivery::Local(&bytes)),
                _ => self.deliver(Delivery::Done),
            };
        }
        told
    }
}

/// Lines, each with an LF alone behind it.
pub fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

pub fn user(nick: &str) -> Arc<Identity> {
    Arc::new(Identity {
        nick: Nick::new(nick, 32).expect("a nickname"),
        user: nick.into(),
        host: "host".into(),
        account: None,
        bot: false,
        realname: Text::from("Real"),
        handle: None,
        place: hub::Place::default(),
    })
}

pub fn room(name: &str) -> RoomName {
    RoomName::new(name, 64).expect("a channel")
}

pub fn id(n: u128) -> MessageId {
    MessageId(n << 16)
}

/// A message of bob's on `#c`.
pub fn said(n: u128, text: &str) -> Event {
    Event::Said {
        id: id(n),
        at: NOW,
        who: user("bob"),
        kind: SayKind::Message,
        to: Destination::Room(room("#c")),
        text: text.into(),
        lines: None,
        tags: b"+a=b".as_slice().into(),
    }
}

/// The same, of several lines; those that begin with `&` go on where the last one ended.
pub fn said_lines(n: u128, lines: &[&str]) -> Event {
    let line = |line: &&str| SayLine {
        text: line.strip_prefix('&').unwrap_or(line).into(),
        joined: line.starts_with('&'),
    };
    let mut event = said(n, &lines.join("\n").replace("\n&", ""));
    if let Event::Said { lines: all, .. } = &mut event {
        *all = Some(lines.iter().map(line).collect());
    }
    event
}

pub fn item(event: Event) -> Item {
    Item { event: Arc::new(event), redacted: None }
}

pub fn fact(target: &str, key: &str, value: Option<&str>) -> Fact {
    Fact { target: target.into(), key: key.into(), value: value.map(Text::from) }
}
