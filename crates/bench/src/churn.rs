//! `churn`: connect, register, join, quit, and again. Each connection joins a room of its own, so that the
//! figure is what a newcomer costs, not what telling others about one does.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde::Serialize;

use crate::bench::Bench;
use crate::crew::{Crew, rename};
use crate::fleet::Input;
use crate::irc::{ADVICE, Meaning, meaning};
use crate::limits;
use crate::member::{Member, Stage, text};
use crate::report::Figures;
use crate::server::Server;
use crate::table::number;
use crate::usage::CpuSource;

/// What coming and going costs.
#[derive(Debug, Clone, Serialize)]
pub struct ChurnFigures {
    /// The server.
    pub server: String,
    /// Cycles of connect, register, join, quit.
    pub cycles: u64,
    /// How many were under way at once.
    pub parallel: usize,
    /// Cycles in a second.
    pub cycles_per_second: f64,
    /// Server CPU for each cycle, in microseconds.
    pub cpu_micros: f64,
    /// Where the CPU figure comes from.
    pub cpu_source: CpuSource,
}

/// Runs so many cycles, so many of them at once.
pub fn run(bench: &Bench, server: &Server, cycles: u64, parallel: usize) -> anyhow::Result<ChurnFigures> {
    ensure!(cycles >= 1 && parallel >= 1, "there must be at least one cycle and one connection");
    bench.say(&format!("{}: {cycles} cycles, {parallel} at once", server.name));
    limits::allow_connections(parallel)?;
    let mut crew = Crew::new(bench, server)?;
    crew.fleet.members.resize_with(parallel, Member::default);
    let mut churn = Churn::new(bench, cycles, parallel);
    server.settle();
    let (before, start) = (server.counters(), Instant::now());
    churn.run(&mut crew)?;
    let took = start.elapsed().as_secs_f64();
    let usage = server.used_since(&before);
    server.settle();
    Ok(ChurnFigures {
        server: server.name.clone(),
        cycles,
        parallel,
        cycles_per_second: cycles as f64 / took,
        cpu_micros: usage.micros_per(cycles),
        cpu_source: usage.source,
    })
}

struct Churn<'a> {
    bench: &'a Bench,
    to_start: u64,
    to_end: u64,
    free: Vec<usize>,
    last_words: String,
}

impl<'a> Churn<'a> {
    fn new(bench: &'a Bench, cycles: u64, parallel: usize) -> Self {
        let free = (0..parallel).rev().collect();
        Self { bench, to_start: cycles, to_end: cycles, free, last_words: String::new() }
    }

    fn run(&mut self, crew: &mut Crew<'_>) -> anyhow::Result<()> {
        let mut patience = self.bench.patience();
        while self.to_end > 0 {
            let waiting = self.start(crew)?;
            let pause = Duration::from_millis(if waiting { 1 } else { 100 });
            let any = crew.fleet.turn(pause, |place, member, input| match input {
                Input::Bytes(bytes) => member.lines(bytes, |member, line| self.line(place, member, line)),
                Input::Closed => self.closed(place, member),
            })?;
            if any {
                patience.renew();
            }
            patience.check(|| format!("{} cycles are not done", self.to_end))?;
        }
        Ok(())
    }

    /// Starts as many cycles as there is room for. True if the server could not accept them all.
    fn start(&mut self, crew: &mut Crew<'_>) -> anyhow::Result<bool> {
        while let Some(place) = self.free.pop().filter(|_| self.to_start > 0) {
            let nick = self.bench.next_nick();
            if !crew.fleet.reconnect(place, &mut crew.dialer, nick)? {
                self.free.push(place);
                return Ok(true);
            }
            self.to_start -= 1;
            crew.fleet.members[place].send(self.bench.identity.hello(nick).as_bytes())?;
        }
        Ok(false)
    }

    fn line(&mut self, place: usize, member: &mut Member, line: &[u8]) -> anyhow::Result<()> {
        match (meaning(line), member.stage) {
            (Meaning::Welcome, Stage::Registering) => {
                member.stage = Stage::Joining;
                let room = &self.bench.identity.channel;
                member.send(format!("JOIN {room}{place}\r\n").as_bytes())
            }
            (Meaning::Joined, Stage::Joining) => {
                member.stage = Stage::Leaving;
                member.send(b"QUIT\r\n")
            }
            (Meaning::NickTaken, Stage::Registering) => rename(self.bench, member),
            (Meaning::Ping(token), _) => member.pong(token),
            (Meaning::Refused, stage) if stage != Stage::Leaving => {
                self.last_words = text(line);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn closed(&mut self, place: usize, member: &Member) -> anyhow::Result<()> {
        if member.stage != Stage::Leaving {
            bail!("the server closed a connection before it had quit: {}; {ADVICE}", self.last_words);
        }
        self.to_end -= 1;
        self.free.push(place);
        Ok(())
    }
}

impl Figures for ChurnFigures {
    const COLUMNS: &'static [&'static str] = &["server", "cycles", "at once", "cycles/s", "CPU µs/cycle"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.server.clone(),
            self.cycles.to_string(),
            self.parallel.to_string(),
            number(self.cycles_per_second),
            number(self.cpu_micros),
        ]
    }
}
