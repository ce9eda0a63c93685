//! How long a message takes to reach the members of a room, at a fixed rate.

use anyhow::ensure;
use serde::Serialize;

use crate::crew::Crew;
use crate::report::Figures;
use crate::server::Server;
use crate::stats::Percentiles;
use crate::table::number;
use crate::talk::{Heard, Talk};

/// How late messages arrive.
#[derive(Debug, Clone, Serialize)]
pub struct LatencyFigures {
    /// The server.
    pub server: String,
    /// Members of the room.
    pub members: usize,
    /// Messages in a second.
    pub rate: u32,
    /// In microseconds.
    pub latency: Percentiles,
    /// Deliveries that did not arrive within some seconds.
    pub missing: usize,
}

/// Talks in a room that has gathered.
pub fn run(crew: &mut Crew<'_>, server: &Server, rate: u32, seconds: u64) -> anyhow::Result<LatencyFigures> {
    let members = crew.fleet.members.len();
    crew.bench.say(&format!("{}: {rate} messages/s for {seconds} s to {members}", server.name));
    let mut heard = Heard::default();
    Talk { rate, pressure: 0, pressure_bytes: 0, seconds }.run(crew, members, &mut heard)?;
    ensure!(!heard.samples.is_empty(), "{}: no message arrived", server.name);
    let missing = (heard.sent as usize * crew.dialect.hearers(members)).saturating_sub(heard.samples.len());
    let latency = Percentiles::of_nanos(heard.samples);
    Ok(LatencyFigures { server: server.name.clone(), members, rate, latency, missing })
}

impl Figures for LatencyFigures {
    const COLUMNS: &'static [&'static str] =
        &["server", "members", "messages/s", "p50 µs", "p99 µs", "p99.9 µs", "max µs", "missing"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.server.clone(),
            self.members.to_string(),
            self.rate.to_string(),
            number(self.latency.p50),
            number(self.latency.p99),
            number(self.latency.p999),
            number(self.latency.max),
            self.missing.to_string(),
        ]
    }
}
