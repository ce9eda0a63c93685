//! `idle`: many connections that register and then say nothing. What each costs in memory and CPU.

use serde::Serialize;

use crate::bench::Bench;
use crate::crew::Crew;
use crate::procfs::Memory;
use crate::report::Figures;
use crate::server::Server;
use crate::table::number;
use crate::usage::CpuSource;

/// What idle connections cost.
#[derive(Debug, Clone, Serialize)]
pub struct IdleFigures {
    /// The server.
    pub server: String,
    /// How many connections were held.
    pub connections: usize,
    /// Resident memory for each, in KiB.
    pub rss_kib: f64,
    /// Proportional memory for each, in KiB.
    pub pss_kib: f64,
    /// Registrations in a second.
    pub registrations_per_second: f64,
    /// Server CPU for each registration, in microseconds.
    pub cpu_micros: f64,
    /// Bytes the server sent to each while it registered.
    pub welcome_bytes: f64,
    /// Where the CPU figure comes from.
    pub cpu_source: CpuSource,
}

/// Opens so many connections, measures, and closes them. Memory is counted from `baseline`, which should
/// come from before the server's first such run: what a run gives back, few allocators return.
pub fn run(bench: &Bench, server: &Server, count: usize, baseline: Memory) -> anyhow::Result<IdleFigures> {
    bench.say(&format!("{}: {count} connections register", server.name));
    server.settle();
    let before = server.counters();
    let mut crew = Crew::new(bench, server)?;
    let took = crew.gather(count, false)?;
    let usage = server.used_since(&before);
    server.settle();
    let memory = server.memory()?;
    let received = crew.received;
    close(bench, server, crew);
    let each = |now: u64, then: u64| (now as f64 - then as f64) / count.max(1) as f64;
    Ok(IdleFigures {
        server: server.name.clone(),
        connections: count,
        rss_kib: each(memory.rss, baseline.rss),
        pss_kib: each(memory.pss, baseline.pss),
        registrations_per_second: count as f64 / took.as_secs_f64(),
        cpu_micros: usage.micros_per(count as u64),
        welcome_bytes: received as f64 / count.max(1) as f64,
        cpu_source: usage.source,
    })
}

/// Closes a crew and waits until the server has noticed.
pub fn close(bench: &Bench, server: &Server, crew: Crew<'_>) {
    bench.say(&format!("{}: connections close", server.name));
    drop(crew);
    server.settle();
}

impl Figures for IdleFigures {
    const COLUMNS: &'static [&'static str] =
        &["server", "connections", "RSS KiB each", "PSS KiB each", "registrations/s", "CPU µs each"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.server.clone(),
            self.connections.to_string(),
            number(self.rss_kib),
            number(self.pss_kib),
            number(self.registrations_per_second),
            number(self.cpu_micros),
        ]
    }
}
