//! Putting together what there is at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use dialect::Dialect;
use hub::Census;
use store::Commits;

use super::Look;
use super::counts::{Counts, Shown};
use super::measure::{self, Link, Measured, SLOWEST};
use super::metrics::{self, More};
use super::process::{self, Threads};
use super::ring::{Mark, Ring, STEP, Sample};
use super::status::{Chart, Door, Kind, Process, Queues, Slow, Status, Storing, Traffic, Waiting, Worker};
use crate::clock;
use crate::config::Config;
use crate::shared::Shared;

/// For how long the answers of the workers are good, so that many who look at once don't keep them from work.
const FRESH: Duration = Duration::from_secs(1);

/// Who looks.
pub struct Observer {
    shared: Arc<Shared>,
    ring: Ring,
    threads: Threads,
    /// What the last sample was taken of, and when.
    mark: Mark,
    marked: Instant,
    hub_wait: Duration,
    /// The last answers of the workers.
    measured: Vec<Measured>,
    measured_at: Option<Instant>,
}

impl Observer {
    /// Has seen nothing yet.
    pub fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            ring: Ring::default(),
            threads: Threads::default(),
            mark: Mark::default(),
            marked: Instant::now(),
            hub_wait: Duration::ZERO,
            measured: Vec::new(),
            measured_at: None,
        }
    }

    /// What it looks at.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Looks how far everything is, waking nobody.
    pub fn sample(&mut self) {
        let (census, messages) = self.census();
        let mark = Mark {
            messages,
            counts: self.counts(),
            commits: self.shared.disk.commits(),
            cpu: process::cpu(),
            workers: self.threads.look(self.shared.inboxes.len()),
        };
        let now = Instant::now();
        let seconds = now.duration_since(self.marked).as_secs_f64();
        let mut sample = Sample::between(&self.mark, &mark, seconds);
        sample.sessions = census.sessions as u64;
        sample.waiting = self.measured_lately(2 * STEP).then(|| self.waiting().bytes);
        // The first one would stand for all the time before it.
        if self.mark.workers.is_empty() {
            (sample.messages, sample.seconds) = (0, 0.0);
        }
        self.ring.push(sample);
        (self.mark, self.marked) = (mark, now);
    }

    /// What somebody wants to see.
    pub fn look(&mut self, look: Look) -> String {
        if !self.measured_lately(FRESH) {
            self.measured = measure::ask(&self.shared.inboxes, false);
            self.measured_at = Some(Instant::now());
        }
        let status = self.status();
        match look {
            Look::Status => serde_json::to_string(&status).expect("numbers and texts are JSON"),
            Look::Metrics => {
                let Counts { frames, told, read, written, .. } = self.counts();
                let commits = self.commits();
                metrics::text(&status, &More { commits, frames, told, read, written })
            }
        }
    }

    fn measured_lately(&self, within: Duration) -> bool {
        self.measured_at.is_some_and(|at| at.elapsed() < within)
    }

    /// How many there are, and how many messages were said; and how long that had to be waited for.
    fn census(&mut self) -> (Census, u64) {
        let began = Instant::now();
        let core = self.shared.core();
        let waited = began.elapsed();
        let counted = (core.census(), core.said());
        drop(core);
        self.hub_wait = waited;
        counted
    }

    fn counts(&self) -> Counts {
        self.shared.monitor.workers.iter().map(Shown::look).fold(Counts::default(), Counts::plus)
    }

    /// All commits so far. Asking the store again would forget which was the longest.
    fn commits(&self) -> Commits {
        self.mark.commits
    }

    fn waiting(&self) -> Waiting {
        let of = |what: fn(&Measured) -> u64| self.measured.iter().map(what);
        Waiting {
            bytes: of(|measured| measured.waiting).sum(),
            largest: of(|measured| measured.largest).max().unwrap_or_default(),
            behind: of(|measured| measured.behind).sum(),
        }
    }

    fn status(&mut self) -> Status {
        let (census, messages) = self.census();
        let live = self.shared.monitor.live();
        let config = &live.config;
        let count = |number: usize| number as u64;
        let usage = process::usage();
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            server: config.server.name.clone(),
            network: config.network.name.clone(),
            started: self.shared.monitor.started.0,
            now: clock::now().0,
            draining: self.shared.draining().map(|by| by.0),
            sessions: count(census.sessions),
            users: count(census.users),
            rooms: count(census.rooms),
            accounts: count(census.accounts),
            kinds: self.kinds(config),
            doors: self.doors(config),
            traffic: self.traffic(messages),
            waiting: self.waiting(),
            slowest: self.slowest(config),
            queues: Queues {
                records: self.shared.disk.given().saturating_sub(self.shared.disk.kept()),
                hub_wait_us: self.hub_wait.as_micros() as u64,
            },
            store: self.storing(config),
            process: Process {
                memory: usage.memory,
                cpu_seconds: usage.cpu,
                cpu_percent: self.ring.last().map_or(0.0, |last| percent(last.cpu, last.seconds)),
                files: usage.files,
                most_files: usage.most_files,
            },
            workers: self.workers(),
            chart: self.chart(),
        }
    }

    fn kinds(&self, config: &Config) -> Vec<Kind> {
        let mut kinds = BTreeMap::new();
        for group in self.measured.iter().flat_map(|measured| &measured.groups) {
            let transport = config.listen.get(group.door).map_or("console", |door| door.addr.scheme());
            *kinds.entry((group.dialect.name(), transport)).or_default() += group.count;
        }
        // Those that are possible are named, even if there are none.
        for door in &config.listen {
            if !door.dialect.is_auto() {
                kinds.entry((door.dialect.name(), door.addr.scheme())).or_insert(0);
            }
        }
        let kind = |((dialect, transport), sessions): ((&str, &str), u64)| Kind {
            dialect: dialect.to_owned(),
            transport: transport.to_owned(),
            sessions,
        };
        kinds.into_iter().map(kind).collect()
    }

    fn doors(&self, config: &Config) -> Vec<Door> {
        let through = &self.shared.through;
        let door = |(number, door): (usize, &crate::config::Listen)| Door {
            address: door.addr.to_string(),
            dialect: door.dialect.name().to_owned(),
            connections: through.get(number).map_or(0, |count| count.load(Ordering::Relaxed) as u64),
            most: door.max_connections.map(|most| most as u64),
        };
        config.listen.iter().enumerate().map(door).collect()
    }

    fn traffic(&self, messages: u64) -> Traffic {
        let Counts { accepted, refused, .. } = self.counts();
        let last = self.ring.last().cloned().unwrap_or_default();
        Traffic {
            messages,
            messages_per_second: last.rate(last.messages),
            told_per_second: last.rate(last.counts.told),
            read_per_second: last.rate(last.counts.read),
            written_per_second: last.rate(last.counts.written),
            accepted,
            refused,
        }
    }

    fn slowest(&self, config: &Config) -> Vec<Slow> {
        let mut slowest: Vec<&Link> = self.measured.iter().flat_map(|measured| &measured.slowest).collect();
        slowest.sort_by_key(|link| std::cmp::Reverse(link.slowness()));
        slowest.truncate(SLOWEST);
        let core = self.shared.core();
        let slow = |link: &Link| Slow {
            nick: core.seen(link.session).map(|seen| seen.who.nick.to_string()),
            door: door_name(config, link.door, link.dialect),
            bytes: link.waiting,
            behind_ms: link.behind,
        };
        slowest.into_iter().map(slow).collect()
    }

    fn storing(&self, config: &Config) -> Storing {
        let (all, lately) = (self.commits(), self.ring.commits());
        // Within its class it is guessed, and the longest is known.
        let at_most = |percent| lately.percentile(percent).map(|micros| micros.min(lately.longest));
        Storing {
            failing: self.shared.disk.refuses().map(|why| why.to_string()),
            bytes: process::database_size(&store::database(&config.datastore.path)),
            commits: all.count(),
            refused: all.refused,
            half_us: at_most(50),
            most_us: at_most(99),
            longest_us: (lately.count() > 0).then_some(lately.longest),
        }
    }

    fn workers(&self) -> Vec<Worker> {
        let last = self.ring.last();
        let load = |number: usize| {
            let last = last?;
            Some(percent(*last.workers.get(number)? as f64 / 1e9, last.seconds))
        };
        let worker = |(number, inbox): (usize, &crate::inbox::Inbox)| Worker {
            connections: self.shared.connections[number].load(Ordering::Relaxed) as u64,
            load_percent: load(number).unwrap_or_default(),
            inbox: inbox.len() as u64,
            answers: self.measured.iter().any(|measured| measured.worker == number),
        };
        self.shared.inboxes.iter().enumerate().map(worker).collect()
    }

    fn chart(&self) -> Chart {
        let samples = || self.ring.iter();
        let longest = |sample: &Sample| (sample.commits.count() > 0).then_some(sample.commits.longest);
        Chart {
            step_ms: STEP.as_millis() as u64,
            messages: samples().map(|sample| sample.rate(sample.messages)).collect(),
            sessions: samples().map(|sample| sample.sessions).collect(),
            commit_us: samples().map(longest).collect(),
            waiting: samples().map(|sample| sample.waiting).collect(),
        }
    }
}

/// A door as people know it.
pub fn door_name(config: &Config, door: usize, dialect: Dialect) -> String {
    match config.listen.get(door) {
        Some(listen) => format!("{}+{}", dialect.name(), listen.addr),
        None => "console".to_owned(),
    }
}

/// So much of a time, in percent, to one decimal place.
fn percent(part: f64, of: f64) -> f64 {
    if of > 0.0 { (part / of * 1000.0).round() / 10.0 } else { 0.0 }
}
