//! Connections that register and gather in a room, as fast as the server takes them.
//!
//! ```text
//! irc:    connect ──▶ Registering ──376──▶ Joining ──366──▶ Ready ──PING──▶ Asking ──PONG──▶ Ready
//! group:  connect ──▶ Registering ──"… is online"──▶ Ready ──one speaks──▶ Asking ──it is heard──▶ Ready
//! ```

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use memchr::memmem;

use crate::bench::{Bench, Patience};
use crate::dial::Dialer;
use crate::dialect::Dialect;
use crate::fleet::{Fleet, Input};
use crate::irc::{ADVICE, Meaning, meaning};
use crate::limits;
use crate::member::{Member, Stage, text};
use crate::server::Server;

/// Connections that may be waiting for their welcome. InspIRCd welcomes once a second, so it takes many.
const IN_FLIGHT: usize = 2000;
/// What stands behind an address when its user comes into a group.
const ONLINE: &[u8] = b" is online";
/// Connections opened between two looks at what arrived.
const AT_ONCE: usize = 16;
/// How long to wait for events when no more may be opened now.
const PAUSE: Duration = Duration::from_millis(2);

/// Connections to one server.
pub struct Crew<'a> {
    /// The run they belong to.
    pub bench: &'a Bench,
    /// What they speak.
    pub dialect: Dialect,
    /// The connections.
    pub fleet: Fleet,
    /// What opens them.
    pub dialer: Dialer,
    /// Bytes that arrived while they gathered.
    pub received: u64,
}

impl<'a> Crew<'a> {
    /// Nobody yet.
    pub fn new(bench: &'a Bench, server: &Server) -> anyhow::Result<Self> {
        let (fleet, dialer) = (Fleet::new()?, Dialer::new(server.addr));
        Ok(Self { bench, dialect: server.dialect, fleet, dialer, received: 0 })
    }

    /// A crew of so many in the room, with nothing on its way to any of them.
    pub fn in_room(bench: &'a Bench, server: &Server, count: usize) -> anyhow::Result<Self> {
        let room = match server.dialect {
            Dialect::Irc => bench.identity.channel.as_str(),
            Dialect::Group => "the group",
        };
        bench.say(&format!("{}: {count} members join {room}", server.name));
        let mut crew = Self::new(bench, server)?;
        crew.gather(count, true)?;
        crew.barrier()?;
        server.settle();
        Ok(crew)
    }

    /// Opens so many more connections and registers them; and lets them join the room, if they should.
    /// The time it took.
    pub fn gather(&mut self, count: usize, join: bool) -> anyhow::Result<Duration> {
        let (start, first) = (Instant::now(), self.fleet.members.len());
        limits::allow_connections(first + count)?;
        let dialect = self.dialect;
        let mut gathering = Gathering { dialect, ready: 0, bytes: 0, last_words: String::new(), join };
        let mut patience = self.bench.patience();
        while gathering.ready < count {
            let opened = self.open_some(first + count, first + gathering.ready)?;
            let pause = if opened { Duration::ZERO } else { PAUSE };
            let before = gathering.progress();
            let bench = self.bench;
            self.fleet.turn(pause, |_, member, input| gathering.hear(bench, member, input))?;
            if opened || gathering.progress() != before {
                patience.renew();
            }
            gathering.check(&patience, count)?;
        }
        self.received += gathering.bytes;
        Ok(start.elapsed())
    }

    /// Opens a few connections, up to `goal` of which `ready` are done. False if none could be.
    fn open_some(&mut self, goal: usize, ready: usize) -> anyhow::Result<bool> {
        for opened in 0..AT_ONCE {
            let have = self.fleet.members.len();
            let nick = self.bench.next_nick();
            if have >= goal || have - ready >= IN_FLIGHT || !self.fleet.connect(&mut self.dialer, nick)? {
                return Ok(opened > 0);
            }
            if self.dialect == Dialect::Irc {
                self.fleet.members[have].send(self.bench.identity.hello(nick).as_bytes())?;
            }
        }
        Ok(true)
    }

    /// Waits until nothing older can be on its way to any member.
    pub fn barrier(&mut self) -> anyhow::Result<()> {
        match self.dialect {
            Dialect::Irc => self.ask_everyone(),
            Dialect::Group => self.say_a_word(),
        }
    }

    /// One says a word. Who has heard it has heard all that was before it.
    fn say_a_word(&mut self) -> anyhow::Result<()> {
        let members = &mut self.fleet.members;
        members.iter_mut().for_each(|member| member.stage = Stage::Asking);
        let (mut waiting, word) = (members.len(), self.bench.nanos());
        members[0].send(self.dialect.message(self.bench, word).as_bytes())?;
        let mut patience = self.bench.patience();
        while waiting > 0 {
            let any = self.fleet.turn(PAUSE * 10, |_, member, input| {
                let Input::Bytes(bytes) = input else { bail!("the server closed a connection; {ADVICE}") };
                let mut heard = false;
                member.stamps(bytes, |stamp| heard |= stamp == word);
                if heard && member.stage == Stage::Asking {
                    member.stage = Stage::Ready;
                    waiting -= 1;
                }
                Ok(())
            })?;
            if any {
                patience.renew();
            }
            patience.check(|| format!("{waiting} members did not hear what one of them said"))?;
        }
        Ok(())
    }

    /// Asks every member to be answered: behind the answers there is nothing older.
    fn ask_everyone(&mut self) -> anyhow::Result<()> {
        let mut waiting = 0;
        for member in &mut self.fleet.members {
            if member.socket().is_some() {
                member.stage = Stage::Asking;
                member.send(b"PING barrier\r\n")?;
                waiting += 1;
            }
        }
        let mut patience = self.bench.patience();
        while waiting > 0 {
            let before = waiting;
            self.fleet.turn(PAUSE * 10, |_, member, input| answer(member, input, &mut waiting))?;
            if waiting < before {
                patience.renew();
            }
            patience.check(|| format!("{waiting} members got no answer to PING"))?;
        }
        Ok(())
    }
}

/// A line while the barrier is up.
fn answer(member: &mut Member, input: Input<'_>, waiting: &mut usize) -> anyhow::Result<()> {
    let Input::Bytes(bytes) = input else { bail!("the server closed a connection after it had joined") };
    member.lines(bytes, |member, line| match meaning(line) {
        Meaning::Pong if member.stage == Stage::Asking => {
            member.stage = Stage::Ready;
            *waiting -= 1;
            Ok(())
        }
        Meaning::Ping(token) => member.pong(token),
        Meaning::Refused => bail!("the server said: {}; {ADVICE}", text(line)),
        _ => Ok(()),
    })
}

/// What is known while connections gather.
struct Gathering {
    dialect: Dialect,
    ready: usize,
    bytes: u64,
    last_words: String,
    join: bool,
}

impl Gathering {
    fn hear(&mut self, bench: &Bench, member: &mut Member, input: Input<'_>) -> anyhow::Result<()> {
        match input {
            Input::Bytes(bytes) if self.dialect == Dialect::Group => {
                self.bytes += bytes.len() as u64;
                if member.stage == Stage::Registering {
                    self.first_words(member, bytes);
                }
                Ok(())
            }
            Input::Bytes(bytes) => {
                self.bytes += bytes.len() as u64;
                member.lines(bytes, |member, line| self.line(bench, member, line))
            }
            Input::Closed if self.last_words.is_empty() => {
                bail!("the server closed a connection without a word while it registered; {ADVICE}")
            }
            Input::Closed => bail!("the server closed a connection: {}; {ADVICE}", self.last_words),
        }
    }

    /// The first that a member of a group is told is who is online. There is more of that each time one
    /// comes, and nobody reads it.
    fn first_words(&mut self, member: &mut Member, bytes: &[u8]) {
        if memmem::find(bytes, ONLINE).is_some() {
            self.ready(member);
        } else {
            self.last_words = text(bytes);
        }
    }

    /// What changes when something happened. In a group everyone who comes is told to all, which may take
    /// a server longer than its newcomers.
    fn progress(&self) -> (usize, u64) {
        (self.ready, if self.dialect == Dialect::Group { self.bytes } else { 0 })
    }

    fn line(&mut self, bench: &Bench, member: &mut Member, line: &[u8]) -> anyhow::Result<()> {
        match meaning(line) {
            Meaning::Welcome if member.stage == Stage::Registering => self.welcome(bench, member),
            Meaning::Joined if member.stage == Stage::Joining => {
                self.ready(member);
                Ok(())
            }
            Meaning::NickTaken if member.stage == Stage::Registering => rename(bench, member),
            Meaning::Ping(token) => member.pong(token),
            Meaning::Refused => {
                self.last_words = text(line);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn welcome(&mut self, bench: &Bench, member: &mut Member) -> anyhow::Result<()> {
        if !self.join {
            self.ready(member);
            return Ok(());
        }
        member.stage = Stage::Joining;
        member.send(format!("JOIN {}\r\n", bench.identity.channel).as_bytes())
    }

    fn ready(&mut self, member: &mut Member) {
        member.stage = Stage::Ready;
        self.ready += 1;
    }

    fn check(&self, patience: &Patience, count: usize) -> anyhow::Result<()> {
        let said = match self.last_words.as_str() {
            "" => String::new(),
            words => format!(" (the server said: {words})"),
        };
        patience.check(|| format!("{} of {count} connections registered{said}", self.ready))
    }
}

/// Tries the next nickname.
pub fn rename(bench: &Bench, member: &mut Member) -> anyhow::Result<()> {
    member.nick = bench.next_nick();
    ensure!(member.nick < u32::MAX / 2, "every nickname is taken; try another --nick-prefix");
    member.send(format!("NICK {}\r\n", bench.identity.nick(member.nick)).as_bytes())
}
