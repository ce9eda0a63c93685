//! `direct`: pairs that talk to each other, each message sent when the last one was answered.

use std::time::Instant;

use anyhow::{bail, ensure};
use serde::Serialize;

use crate::bench::Bench;
use crate::crew::Crew;
use crate::fleet::Input;
use crate::irc::ADVICE;
use crate::member::Member;
use crate::report::Figures;
use crate::server::Server;
use crate::stats::Percentiles;
use crate::table::{maybe, number};
use crate::usage::CpuSource;

/// What messages from one to one cost.
#[derive(Debug, Clone, Serialize)]
pub struct DirectFigures {
    /// The server.
    pub server: String,
    /// How many pairs talked at once.
    pub pairs: usize,
    /// Messages delivered: a message and an answer for each exchange.
    pub deliveries: u64,
    /// Messages delivered in a second.
    pub deliveries_per_second: f64,
    /// Server CPU for each delivery, in microseconds.
    pub cpu_micros: f64,
    /// TCP data segments the server sent for each delivery.
    pub writes_per_delivery: Option<f64>,
    /// From a message to its answer, with all pairs talking at once; in microseconds.
    pub round_trip: Percentiles,
    /// Where the CPU figure comes from.
    pub cpu_source: CpuSource,
}

/// Connects so many pairs and lets each exchange so many messages and answers.
pub fn run(bench: &Bench, server: &Server, pairs: usize, exchanges: u64) -> anyhow::Result<DirectFigures> {
    ensure!(pairs >= 1 && exchanges >= 1, "there must be at least one pair and one exchange");
    bench.say(&format!("{}: {pairs} pairs exchange {exchanges} messages each", server.name));
    let mut crew = Crew::new(bench, server)?;
    crew.gather(pairs * 2, false)?;
    crew.barrier()?;
    let mut talk = Exchange::new(&crew, pairs);
    talk.run(&mut crew, exchanges.min(20))?;
    server.settle();
    talk.round_trips.clear();
    let (before, start) = (server.counters(), Instant::now());
    talk.run(&mut crew, exchanges)?;
    let took = start.elapsed().as_secs_f64();
    let usage = server.used_since(&before);
    drop(crew);
    server.settle();
    let deliveries = pairs as u64 * exchanges * 2;
    Ok(DirectFigures {
        server: server.name.clone(),
        pairs,
        deliveries,
        deliveries_per_second: deliveries as f64 / took,
        cpu_micros: usage.micros_per(deliveries),
        writes_per_delivery: usage.segments_per(deliveries, deliveries),
        round_trip: Percentiles::of_nanos(talk.round_trips),
        cpu_source: usage.source,
    })
}

/// The pairs: members 0 and 1 are one, 2 and 3 the next; the even ones ask.
struct Exchange {
    lines: Vec<String>,
    asked_at: Vec<u64>,
    left: Vec<u64>,
    round_trips: Vec<u32>,
}

impl Exchange {
    fn new(crew: &Crew<'_>, pairs: usize) -> Self {
        let members = &crew.fleet.members;
        let nick = |place: usize| crew.bench.identity.nick(members[place ^ 1].nick);
        let lines = (0..pairs * 2).map(|place| crew.bench.message(&nick(place), 0)).collect();
        Self { lines, asked_at: vec![0; pairs], left: vec![0; pairs], round_trips: Vec::new() }
    }

    fn run(&mut self, crew: &mut Crew<'_>, exchanges: u64) -> anyhow::Result<()> {
        let bench = crew.bench;
        self.left.fill(exchanges);
        for place in (0..self.lines.len()).step_by(2) {
            self.ask(bench, place, &crew.fleet.members[place])?;
        }
        let mut patience = bench.patience();
        while self.left.iter().any(|left| *left > 0) {
            let any = crew.fleet.turn(bench.nap, |place, member, input| match input {
                Input::Bytes(bytes) => self.heard(bench, place, member, bytes),
                Input::Closed => bail!("the server closed a connection; {ADVICE}"),
            })?;
            if any {
                patience.renew();
            }
            patience.check(|| "pairs wait for each other's messages".to_owned())?;
        }
        Ok(())
    }

    fn heard(
        &mut self,
        bench: &Bench,
        place: usize,
        member: &mut Member,
        bytes: &[u8],
    ) -> anyhow::Result<()> {
        for _ in 0..member.count(bytes)? {
            if place % 2 == 1 {
                member.send(self.lines[place].as_bytes())?;
                continue;
            }
            let took = bench.nanos() - self.asked_at[place / 2];
            self.round_trips.push(u32::try_from(took).unwrap_or(u32::MAX));
            self.left[place / 2] = self.left[place / 2].saturating_sub(1);
            if self.left[place / 2] > 0 {
                self.ask(bench, place, member)?;
            }
        }
        Ok(())
    }

    fn ask(&mut self, bench: &Bench, place: usize, member: &Member) -> anyhow::Result<()> {
        self.asked_at[place / 2] = bench.nanos();
        member.send(self.lines[place].as_bytes())
    }
}

impl Figures for DirectFigures {
    const COLUMNS: &'static [&'static str] = &[
        "server",
        "pairs",
        "deliveries/s",
        "CPU µs/delivery",
        "writes/delivery",
        "round trip p50 µs",
        "p99 µs",
        "p99.9 µs",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.server.clone(),
            self.pairs.to_string(),
            number(self.deliveries_per_second),
            number(self.cpu_micros),
            maybe(self.writes_per_delivery),
            number(self.round_trip.p50),
            number(self.round_trip.p99),
            number(self.round_trip.p999),
        ]
    }
}
