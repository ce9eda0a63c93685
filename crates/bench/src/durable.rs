//! `durable`: senders who each wait for their own messages to come back, which a server that keeps its word
//! sends only when they are on disk.
//!
//! Each sender is alone in a room of its own, so that what is measured is the keeping and not the fan-out. First
//! everyone has a window of messages on their way and sends the next when one has come back; then messages
//! go out at a fixed rate, each with the moment it was due in its text.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde::Serialize;

use crate::bench::{Bench, stamp};
use crate::crew::Crew;
use crate::fleet::Input;
use crate::irc::{ADVICE, Meaning, meaning};
use crate::member::{Member, text};
use crate::report::Figures;
use crate::server::Server;
use crate::stats::Percentiles;
use crate::table::number;
use crate::usage::CpuSource;

/// Before a message is due, we look without sleeping: the kernel wakes us only to the millisecond.
const SPIN: u64 = 1_000_000;
/// How long to wait for what is still on its way at the end.
const TAIL: Duration = Duration::from_secs(5);

/// Who says how much.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many send.
    pub senders: usize,
    /// Messages of each that may be on their way.
    pub window: u64,
    /// Seconds of sending as fast as they come back.
    pub seconds: u64,
    /// Messages per second of all senders together, for the latency figures.
    pub rate: u32,
}

/// What acknowledged messages cost.
#[derive(Debug, Clone, Serialize)]
pub struct DurableFigures {
    /// The server.
    pub server: String,
    /// How many sent.
    pub senders: usize,
    /// Messages of each that were on their way.
    pub window: u64,
    /// Messages that came back.
    pub acknowledged: u64,
    /// Of them, in a second.
    pub acknowledged_per_second: f64,
    /// Server CPU for each, in microseconds.
    pub cpu_micros: f64,
    /// Messages per second for the latency.
    pub rate: u32,
    /// From when a message was due to when it had come back, in microseconds.
    pub latency: Percentiles,
    /// Where the CPU figure comes from.
    pub cpu_source: CpuSource,
}

/// Connects so many senders and has them send.
pub fn run(bench: &Bench, server: &Server, plan: Plan) -> anyhow::Result<DurableFigures> {
    ensure!(plan.senders >= 1 && plan.window >= 1, "there must be a sender, and a message on its way");
    bench.say(&format!(
        "{}: {} senders, {} messages of each on their way, for {} s",
        server.name, plan.senders, plan.window, plan.seconds
    ));
    let mut crew = Crew::new(bench, server)?;
    crew.gather(plan.senders, false)?;
    for (place, member) in crew.fleet.members.iter().enumerate() {
        member.send(format!("CAP REQ :echo-message\r\nJOIN {}\r\n", room(bench, place)).as_bytes())?;
    }
    crew.barrier()?;
    server.settle();
    let (before, start) = (server.counters(), Instant::now());
    let acknowledged = as_fast_as_they_come(&mut crew, plan)?;
    let took = start.elapsed().as_secs_f64();
    let usage = server.used_since(&before);
    bench.say(&format!("{}: {} messages/s for {} s", server.name, plan.rate, plan.seconds));
    let samples = at_a_rate(&mut crew, plan)?;
    Ok(DurableFigures {
        server: server.name.clone(),
        senders: plan.senders,
        window: plan.window,
        acknowledged,
        acknowledged_per_second: acknowledged as f64 / took,
        cpu_micros: usage.micros_per(acknowledged),
        rate: plan.rate,
        latency: Percentiles::of_nanos(samples),
        cpu_source: usage.source,
    })
}

/// The room in which a sender is alone.
fn room(bench: &Bench, place: usize) -> String {
    format!("{}-{place}", bench.identity.channel)
}

/// Sends the next message when one has come back; waits for the last ones.
fn as_fast_as_they_come(crew: &mut Crew<'_>, plan: Plan) -> anyhow::Result<u64> {
    let bench = crew.bench;
    let lines: Vec<String> = (0..plan.senders).map(|place| bench.message(&room(bench, place), 0)).collect();
    for (member, line) in crew.fleet.members.iter().zip(&lines) {
        member.send(line.repeat(plan.window as usize).as_bytes())?;
    }
    let end = bench.nanos() + plan.seconds * 1_000_000_000;
    let (mut acknowledged, mut open) = (0, plan.senders as u64 * plan.window);
    let mut patience = bench.patience();
    while open > 0 {
        let go_on = bench.nanos() < end;
        let any = crew.fleet.turn(bench.nap, |place, member, input| {
            let Input::Bytes(bytes) = input else { bail!("the server closed a connection; {ADVICE}") };
            let came = member.count(bytes)?;
            acknowledged += came;
            match go_on {
                true => member.send(lines[place].repeat(came as usize).as_bytes())?,
                false => open = open.saturating_sub(came),
            }
            Ok(())
        })?;
        if any {
            patience.renew();
        }
        patience.check(|| format!("{acknowledged} messages came back"))?;
    }
    Ok(acknowledged)
}

/// Sends at a fixed rate, the senders in turns. How late each message came back, in nanoseconds.
fn at_a_rate(crew: &mut Crew<'_>, plan: Plan) -> anyhow::Result<Vec<u32>> {
    let bench = crew.bench;
    let (start, count) = (bench.nanos(), u64::from(plan.rate) * plan.seconds);
    let mut samples = Vec::new();
    for number in 1..=count {
        let due = start + number * 1_000_000_000 / u64::from(plan.rate);
        loop {
            let left = due.saturating_sub(bench.nanos());
            if left == 0 {
                break;
            }
            listen(crew, Duration::from_nanos(left.saturating_sub(SPIN)), &mut samples)?;
        }
        let place = number as usize % plan.senders;
        crew.fleet.members[place].send(bench.message(&room(bench, place), due).as_bytes())?;
    }
    let end = bench.nanos() + TAIL.as_nanos() as u64;
    while (samples.len() as u64) < count && bench.nanos() < end {
        listen(crew, Duration::from_millis(10), &mut samples)?;
    }
    ensure!(samples.len() as u64 == count, "{} of {count} messages came back", samples.len());
    Ok(samples)
}

fn listen(crew: &mut Crew<'_>, timeout: Duration, samples: &mut Vec<u32>) -> anyhow::Result<()> {
    let bench = crew.bench;
    crew.fleet.turn(timeout, |_, member, input| {
        let Input::Bytes(bytes) = input else { bail!("the server closed a connection; {ADVICE}") };
        let now = bench.nanos();
        member.lines(bytes, |member, line| heard(now, member, line, samples))
    })?;
    Ok(())
}

fn heard(now: u64, member: &Member, line: &[u8], samples: &mut Vec<u32>) -> anyhow::Result<()> {
    match meaning(line) {
        Meaning::Message => {
            let late = stamp(line).and_then(|due| now.checked_sub(due));
            samples.extend(late.map(|nanos| u32::try_from(nanos).unwrap_or(u32::MAX)));
        }
        Meaning::Ping(token) => member.pong(token)?,
        Meaning::Refused => bail!("the server said: {}; {ADVICE}", text(line)),
        _ => {}
    }
    Ok(())
}

impl Figures for DurableFigures {
    const COLUMNS: &'static [&'static str] = &[
        "server",
        "senders",
        "window",
        "acknowledged/s",
        "CPU µs each",
        "messages/s",
        "echo p50 µs",
        "p99 µs",
        "p99.9 µs",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.server.clone(),
            self.senders.to_string(),
            self.window.to_string(),
            number(self.acknowledged_per_second),
            number(self.cpu_micros),
            self.rate.to_string(),
            number(self.latency.p50),
            number(self.latency.p99),
            number(self.latency.p999),
        ]
    }
}
