//! One session, to which a test itself is server and hub.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use dialect::text::Settings;
use dialect::{Busy, Codes, Delivery, Dialect, Door, Output, Session, Verdict};
use hub::{
    Command, Destination, Event, Identity, Item, MessageId, Names, Nick, Origin, Place, Rejection, RoomName,
    SayKind, SayTags, Text, Timestamp, UserFlags,
};

use crate::played::form;

/// Midnight of 2026-11-21 (UTC).
pub const DAY: i64 = 1_795_219_200_000;
/// When everything happens that is no history: 14:03 of that day.
pub const NOW: Timestamp = Timestamp(DAY + (14 * 60 + 3) * 60_000);

pub struct Talk {
    pub dialect: Dialect,
    session: Box<dyn Session>,
    told: Vec<u8>,
    outputs: Vec<Output>,
}

impl Talk {
    /// A session that has been opened, and has had its name where the name comes first.
    pub fn new(dialect: Dialect, settings: Settings) -> Self {
        let settings = dialect::fuzzing::text::settings(settings);
        let at = |port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let door = Door {
            origin: Origin::default(),
            peer: at(50_001),
            local: at(6670),
            serial: 1,
            encoding: Default::default(),
        };
        let session = dialect::open(dialect, &settings, door);
        let mut talk = Self { dialect, session, told: Vec::new(), outputs: Vec::new() };
        talk.session.open(NOW, &mut talk.outputs);
        match dialect {
            Dialect::Packet => talk.frame(&packet(1, "guest50001", "")),
            _ => talk.silence(),
        }
        talk
    }

    /// One that is in the lobby, and has been told so.
    pub fn here(dialect: Dialect, settings: Settings) -> Self {
        let mut talk = Self::new(dialect, settings);
        talk.land();
        talk.outputs.clear();
        talk.told.clear();
        talk
    }

    /// Lets it in, and into the lobby.
    pub fn land(&mut self) {
        let who = Arc::new(person("guest50001", 1));
        let counts = hub::Counts::default();
        self.reply(Event::Registered {
            who: Arc::clone(&who),
            flags: UserFlags::empty(),
            counts,
            facts: Vec::new(),
        });
        self.enter("#lobby", NOW, Vec::new());
    }

    pub fn enter(&mut self, room: &str, at: Timestamp, recent: Vec<Arc<Event>>) {
        let room = room_name(room);
        let who = Arc::new(person("guest50001", 1));
        self.reply(Event::Joined { id: MessageId(1), at, who, room: room.clone(), away: None });
        self.reply(Event::Entered {
            room,
            topic: None,
            names: Some(Names { secret: false, members: Vec::new() }),
            recent,
            marker: None,
            metadata: Vec::new(),
        });
    }

    fn frame(&mut self, frame: &[u8]) {
        self.session.receive(NOW, frame, &mut self.outputs);
    }

    fn silence(&mut self) {
        if self.session.patience().is_some() {
            self.session.silence(NOW, &mut self.outputs);
        }
    }

    /// Its user types a line, and waits.
    pub fn types(&mut self, line: &str) -> Vec<Output> {
        match self.dialect {
            Dialect::Packet => line.split(' ').for_each(|word| self.frame(&packet(2, "guest50001", word))),
            Dialect::Tagged => self.frame(format!("send#0#{line}\n").as_bytes()),
            _ => self.frame(line.as_bytes()),
        }
        self.silence();
        self.asked()
    }

    /// What it has asked for since this was asked last; what needs nothing from the hub it is told.
    pub fn asked(&mut self) -> Vec<Output> {
        let mut asked = Vec::new();
        for output in std::mem::take(&mut self.outputs) {
            match output {
                Output::Local(bytes) => self.deliver(Delivery::Local(&bytes)),
                output => asked.push(output),
            }
        }
        asked
    }

    pub fn deliver(&mut self, delivery: Delivery<'_>) {
        self.session.deliver(delivery, &mut self.told, &mut self.outputs);
    }

    pub fn reply(&mut self, event: Event) {
        self.deliver(Delivery::Reply(&event));
    }

    pub fn refuse(&mut self, rejection: Rejection) {
        self.reply(Event::Rejected(rejection));
    }

    pub fn verdict(&mut self, verdict: Verdict) -> Vec<Output> {
        self.session.verdict(verdict, &mut self.outputs);
        self.asked()
    }

    pub fn is_checking(&self) -> bool {
        self.session.busy() == Busy::Check
    }

    pub fn missed(&mut self, room: Option<&str>, count: u64) {
        self.session.missed(room, count, &mut self.told);
    }

    pub fn not_kept(&mut self, why: &str) {
        self.session.not_kept(why, &mut self.told);
    }

    /// What everybody in a room is told, as it hears it.
    pub fn overhears(&mut self, event: &Event) {
        dialect::encode(self.session.rendering(), event, &mut self.told);
    }

    /// The units it was told, each in one form; for `line` its lines.
    pub fn told(&mut self) -> Vec<String> {
        let told = std::mem::take(&mut self.told);
        let units = dialect::units(self.dialect, &told).map(form);
        units.flat_map(|unit| unit.split_terminator("\r\n").map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    pub fn printed(&self) -> String {
        format!("{:?} {:?}", self.session, self.outputs)
    }
}

/// The server's own words in the form of a dialect.
pub fn server(dialect: Dialect, words: &str) -> String {
    match dialect {
        Dialect::Packet => format!("2 saloon: {words}"),
        Dialect::Tagged => format!("SEND 0 127.0.0.1:6670 {words}"),
        _ => format!("-- {words}"),
    }
}

/// The same of something that was said before.
pub fn old(dialect: Dialect, words: &str) -> String {
    server(dialect, words).trim_start_matches("-- ").to_owned()
}

pub fn command(outputs: &[Output]) -> &Command {
    match outputs {
        [Output::Command(command)] => command,
        outputs => panic!("no command, or several: {outputs:?}"),
    }
}

pub fn codes(codes: &[&str]) -> Codes {
    Codes(codes.iter().map(|&code| code.to_owned()).collect())
}

pub fn person(nick: &str, number: u32) -> Identity {
    Identity {
        nick: nick_of(nick),
        user: nick.into(),
        host: "host".into(),
        account: None,
        bot: false,
        realname: Text::from(nick),
        handle: None,
        place: Place { number, seat: None },
    }
}

pub fn nick_of(name: &str) -> Nick {
    Nick::new(name, 32).expect("a name")
}

pub fn room_name(name: &str) -> RoomName {
    RoomName::new(name, 64).expect("a name")
}

/// Ann says something in a room at some time.
pub fn said(at: Timestamp, room: &str, text: &str) -> Arc<Event> {
    Arc::new(Event::Said {
        id: MessageId(7),
        at,
        who: Arc::new(person("ann", 2)),
        kind: SayKind::Message,
        to: Destination::Room(room_name(room)),
        text: Text::from(text),
        lines: None,
        tags: SayTags::new(),
    })
}

pub fn item(event: &Arc<Event>) -> Item {
    Item { event: Arc::clone(event), redacted: None }
}

fn packet(kind: u8, name: &str, text: &str) -> Vec<u8> {
    let kind = match kind {
        1 => dialect::packet::wire::Kind::Join,
        _ => dialect::packet::wire::Kind::Chat,
    };
    dialect::packet::wire::Packet { kind, name: name.as_bytes(), text: text.as_bytes() }.encode().to_vec()
}
