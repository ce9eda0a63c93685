//! `slow`: some members stop reading. Do the others notice, and what becomes of the ones that stopped?
//!
//! Both phases carry the same load: timed messages at a fixed rate, and with each of them a few large ones
//! that fill the send queues of those who do not read. Those have a small receive buffer, so that what piles
//! up piles up at the server.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde::Serialize;

use crate::bench::Bench;
use crate::crew::Crew;
use crate::fleet::Input;
use crate::member::text;
use crate::report::Figures;
use crate::server::Server;
use crate::stats::Percentiles;
use crate::table::number;
use crate::talk::{Heard, Talk};

/// Receive buffer of a member that will stop reading.
const SMALL_BUFFER: usize = 4096;
/// Large messages that go with each timed one, and their length.
const PRESSURE: (usize, usize) = (10, 400);
/// One phase is measured in pieces of this many seconds.
const PIECE: u64 = 5;

/// Who stops reading, and how long we watch.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Members of the room.
    pub members: usize,
    /// How many of them stop.
    pub slow: usize,
    /// Timed messages in a second.
    pub rate: u32,
    /// Seconds after which we stop waiting for the server to close the slow ones.
    pub limit: u64,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct SlowFigures {
    /// The server.
    pub server: String,
    /// Members of the room.
    pub members: usize,
    /// How many of them stopped reading.
    pub slow: usize,
    /// Latency of the others before, in microseconds.
    pub undisturbed: Percentiles,
    /// Latency of the others meanwhile.
    pub disturbed: Percentiles,
    /// How many of the slow ones the others saw leave.
    pub closed: usize,
    /// Seconds until the last of those was gone.
    pub closed_after: Option<f64>,
    /// Bytes written to each slow one until then: what the server and the kernel held.
    pub bytes_each: f64,
    /// The reason that the others were given.
    pub reason: Option<String>,
    /// The ERROR line that a slow one found when it read again.
    pub error: Option<String>,
    /// Resident memory of the server, in KiB: before, and when it held the most.
    pub rss_kib: (u64, u64),
}

/// Runs both phases.
pub fn run(bench: &Bench, server: &Server, plan: Plan) -> anyhow::Result<SlowFigures> {
    ensure!(plan.members >= plan.slow + 3, "at least three members must go on reading");
    let mut crew = Crew::new(bench, server)?;
    crew.gather(plan.members - plan.slow, true)?;
    crew.dialer.receive_buffer(Some(SMALL_BUFFER));
    crew.gather(plan.slow, true)?;
    crew.barrier()?;
    server.settle();
    let (pressure, pressure_bytes) = PRESSURE;
    let talk = Talk { rate: plan.rate, pressure, pressure_bytes, seconds: PIECE };

    bench.say(&format!("{}: all {} members read", server.name, plan.members));
    let mut quiet = Heard::default();
    for _ in 0..2 {
        talk.run(&mut crew, plan.members, &mut quiet)?;
    }
    let before = server.memory()?.rss;
    bench.say(&format!("{}: {} members stop reading", server.name, plan.slow));
    let disturbed = disturb(&mut crew, server, plan, talk)?;
    let error = last_words(&mut crew, plan.members - plan.slow, plan.slow)?;
    drop(crew);
    server.settle();
    let reason = disturbed.heard.quits.first().map(|(_, line)| line.clone());
    let bytes = (bench.text_bytes + pressure * pressure_bytes) as f64;
    let messages = match disturbed.closed_after {
        Some(seconds) => seconds * f64::from(plan.rate),
        None => disturbed.heard.sent as f64,
    };
    Ok(SlowFigures {
        server: server.name.clone(),
        members: plan.members,
        slow: plan.slow,
        undisturbed: Percentiles::of_nanos(quiet.samples),
        closed: disturbed.heard.quits.len(),
        closed_after: disturbed.closed_after,
        disturbed: Percentiles::of_nanos(disturbed.heard.samples),
        bytes_each: messages * bytes,
        reason,
        error,
        rss_kib: (before, disturbed.peak),
    })
}

struct Disturbed {
    heard: Heard,
    closed_after: Option<f64>,
    peak: u64,
}

/// The last members stop reading, until all of them are closed or the time is up.
fn disturb(crew: &mut Crew<'_>, server: &Server, plan: Plan, talk: Talk) -> anyhow::Result<Disturbed> {
    let reading = plan.members - plan.slow;
    for place in reading..plan.members {
        crew.fleet.sleep(place)?;
    }
    let (start, mut heard, mut peak) = (crew.bench.nanos(), Heard::default(), 0);
    let seconds = |until: u64| (until - start) as f64 / 1e9;
    while heard.quits.len() < plan.slow && seconds(crew.bench.nanos()) < plan.limit as f64 {
        talk.run(crew, reading, &mut heard)?;
        peak = peak.max(server.memory()?.rss);
    }
    let all_gone = heard.quits.get(plan.slow - 1).map(|(at, _)| *at);
    let closed_after = all_gone.map(seconds);
    Ok(Disturbed { heard, closed_after, peak })
}

/// What the slow ones find when they read again: an ERROR, if the server could still send one.
fn last_words(crew: &mut Crew<'_>, reading: usize, slow: usize) -> anyhow::Result<Option<String>> {
    for place in reading..reading + slow {
        crew.fleet.wake(place)?;
    }
    let (start, mut error, mut closed) = (Instant::now(), None, 0);
    while closed < slow && start.elapsed() < Duration::from_secs(3) {
        crew.fleet.turn(Duration::from_millis(50), |place, member, input| match input {
            Input::Bytes(bytes) if place >= reading => member.lines(bytes, |_, line| {
                if line.starts_with(b"ERROR") {
                    error = Some(text(line));
                }
                Ok(())
            }),
            Input::Closed => {
                closed += usize::from(place >= reading);
                Ok(())
            }
            Input::Bytes(_) => Ok(()),
        })?;
    }
    Ok(error)
}

impl Figures for SlowFigures {
    const COLUMNS: &'static [&'static str] = &[
        "server",
        "slow",
        "p99 µs before",
        "p99 µs meanwhile",
        "ratio",
        "closed",
        "after s",
        "MB to each",
        "RSS KiB",
        "reason; ERROR",
    ];

    fn cells(&self) -> Vec<String> {
        let none = || "-".to_owned();
        vec![
            self.server.clone(),
            format!("{} of {}", self.slow, self.members),
            number(self.undisturbed.p99),
            number(self.disturbed.p99),
            number(self.disturbed.p99 / self.undisturbed.p99),
            self.closed.to_string(),
            self.closed_after.map_or_else(none, number),
            number(self.bytes_each / 1e6),
            format!("{} to {}", self.rss_kib.0, self.rss_kib.1),
            format!(
                "{}; {}",
                self.reason.clone().unwrap_or_else(none),
                self.error.clone().unwrap_or_else(none)
            ),
        ]
    }
}
