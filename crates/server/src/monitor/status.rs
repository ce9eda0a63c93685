//! The state of the server in numbers, as the status page and `saloon admin status` show it: one JSON object.

use serde::{Deserialize, Serialize};

/// Everything at one moment. Times are milliseconds since 1970, unless their names say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The release.
    pub version: String,
    /// `server.name`.
    pub server: String,
    /// `network.name`.
    pub network: String,
    /// When the server was started.
    pub started: i64,
    /// Now.
    pub now: i64,
    /// By when the server ends, if it is being drained.
    pub draining: Option<i64>,
    /// Connections that speak a dialect.
    pub sessions: u64,
    /// Users, also those that stay while nobody is there.
    pub users: u64,
    /// Rooms.
    pub rooms: u64,
    /// Accounts.
    pub accounts: u64,
    /// Sessions by dialect and transport.
    pub kinds: Vec<Kind>,
    /// Where one can come in.
    pub doors: Vec<Door>,
    /// What goes in and out.
    pub traffic: Traffic,
    /// What waits for peers to read it.
    pub waiting: Waiting,
    /// Those for whom most waits, those behind first.
    pub slowest: Vec<Slow>,
    /// What waits inside the server.
    pub queues: Queues,
    /// How the disk does.
    pub store: Storing,
    /// What the process takes.
    pub process: Process,
    /// The threads that do the work.
    pub workers: Vec<Worker>,
    /// The last minutes.
    pub chart: Chart,
}

/// Sessions of one dialect over one transport.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// What they speak.
    pub dialect: String,
    /// What carries it.
    pub transport: String,
    /// How many they are.
    pub sessions: u64,
}

/// An open door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Where it is.
    pub address: String,
    /// What is spoken there.
    pub dialect: String,
    /// Connections through it.
    pub connections: u64,
    /// How many there may be.
    pub most: Option<u64>,
}

/// What goes in and out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Messages since the start.
    pub messages: u64,
    /// Messages in a second, lately.
    pub messages_per_second: f64,
    /// Members of rooms told something in a second, lately.
    pub told_per_second: f64,
    /// Bytes read in a second, lately.
    pub read_per_second: f64,
    /// Bytes written in a second, lately.
    pub written_per_second: f64,
    /// Connections let in since the start.
    pub accepted: u64,
    /// Connections turned away since the start.
    pub refused: u64,
}

/// What waits for peers to read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Bytes, together.
    pub bytes: u64,
    /// Most bytes for one.
    pub largest: u64,
    /// Connections that have fallen behind.
    pub behind: u64,
}

/// Somebody who reads slowly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slow {
    /// Who; none of one that is no user yet.
    pub nick: Option<String>,
    /// Through which door.
    pub door: String,
    /// Bytes that wait.
    pub bytes: u64,
    /// For how many milliseconds it has been behind, if it is.
    pub behind_ms: Option<u64>,
}

/// What waits inside the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queues {
    /// Records that are not on disk yet.
    pub records: u64,
    /// How long one had to wait for the hub, lately, in microseconds.
    pub hub_wait_us: u64,
}

/// How the disk does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storing {
    /// Why nothing can be kept, if so.
    pub failing: Option<String>,
    /// Bytes of the database.
    pub bytes: u64,
    /// Commits since the start.
    pub commits: u64,
    /// How often the disk refused, since the start.
    pub refused: u64,
    /// Half of the commits of the last ten minutes took less, in microseconds.
    pub half_us: Option<u64>,
    /// All but one in a hundred took less.
    pub most_us: Option<u64>,
    /// All took no longer.
    pub longest_us: Option<u64>,
}

/// What the process takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Bytes of memory.
    pub memory: u64,
    /// Seconds of processor time since the start.
    pub cpu_seconds: f64,
    /// How much of one processor it takes, lately, in percent.
    pub cpu_percent: f64,
    /// Open descriptors.
    pub files: u64,
    /// How many there may be.
    pub most_files: u64,
}

/// One thread that does the work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// Its connections.
    pub connections: u64,
    /// How much of one processor it takes, lately, in percent.
    pub load_percent: f64,
    /// What waits in its inbox.
    pub inbox: u64,
    /// Whether it answered in time when it was asked.
    pub answers: bool,
}

/// The last minutes, oldest first; what was not known is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Milliseconds from one value to the next.
    pub step_ms: u64,
    /// Messages in a second.
    pub messages: Vec<f64>,
    /// Sessions.
    pub sessions: Vec<u64>,
    /// The longest commit, in microseconds.
    pub commit_us: Vec<Option<u64>>,
    /// Bytes that waited for peers to read them.
    pub waiting: Vec<Option<u64>>,
}
