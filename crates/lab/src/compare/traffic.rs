//! What was done while it was measured.

use std::time::{Duration, Instant};

use super::cost::{own_cpu, own_wait};

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
    /// Connections that ended without an answer.
    pub lost: usize,
    /// Requests that were not answered at all.
    pub unanswered: usize,
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
