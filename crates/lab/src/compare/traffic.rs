//! What was done while it was measured.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::cost::{own_cpu, own_wait};
use super::findings::thousands;

/// What was done in the window.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    pub requests: u64,
    pub seconds: f64,
    /// The server's.
    pub cpu: Duration,
    /// Our own, as a share of the time: at 1 we were the bottleneck.
    pub generator: f64,
    /// The share of the time that we could have run, and others had our core.
    pub waited: f64,
    /// In nanoseconds, sorted.
    pub latencies: Vec<u32>,
    /// Connections that the server ended.
    pub lost: usize,
    /// Connections that we could not open, and the first reason.
    pub failed: usize,
    pub why: Option<Errno>,
    /// Requests that were not answered at all.
    pub unanswered: usize,
}

impl Traffic {
    /// A connection could not be opened.
    pub fn not_opened(&mut self, error: &io::Error) {
        match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                self.lost += 1
            }
            _ => {
                self.failed += 1;
                self.why = self.why.or(error.raw_os_error().map(Errno::from_raw_os_error));
            }
        }
    }

    /// What was wrong with it, in words.
    pub fn complaints(&self) -> Vec<String> {
        let mut list = Vec::new();
        if self.lost > 0 {
            list.push(format!("{} connections dropped", thousands(self.lost)));
        }
        if self.unanswered > 0 {
            list.push(format!("{} requests were never answered", thousands(self.unanswered)));
        }
        if self.failed > 0 {
            let why =
                self.why.map_or_else(|| "no reason known".into(), |why| io::Error::from(why).to_string());
            let count = thousands(self.failed);
            list.push(format!("the generator failed: it could not open {count} connections ({why})"));
        }
        if self.requests == 0 && list.is_empty() {
            list.push("not one request was answered in the time measured".to_owned());
        }
        list
    }
}

/// What is read at the start of a window and at its end.
pub struct Gauge {
    pub at: Instant,
    server: Duration,
    own: Duration,
    waited: Duration,
}

impl Gauge {
    pub fn read(meter: &dyn Fn() -> Duration) -> Self {
        Self { at: Instant::now(), server: meter(), own: own_cpu(), waited: own_wait() }
    }

    pub fn close(&self, meter: &dyn Fn() -> Duration, traffic: &mut Traffic) {
        let end = Self::read(meter);
        traffic.seconds = end.at.saturating_duration_since(self.at).as_secs_f64();
        traffic.cpu = end.server.saturating_sub(self.server);
        let share =
            |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() / traffic.seconds.max(1e-9);
        traffic.generator = share(self.own, end.own);
        traffic.waited = share(self.waited, end.waited);
    }
}
