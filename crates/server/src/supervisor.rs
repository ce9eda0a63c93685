//! What whoever started the server and watches over it is told, such as systemd: `sd_notify(3)`.
//!
//! ```text
//!  start ──▶ READY=1 ──┬─▶ RELOADING=1 ─▶ READY=1 ──┬─▶ STOPPING=1
//!                      └─▶ STATUS=… , WATCHDOG=1  ◀─┘
//! ```
//!
//! The sign of life is an honest one. It is sent when the hub's lock could be had and every worker has answered
//! the question that went out with the sign before; so a server that hangs gives none, and is started anew. What
//! the disk does is no part of it: a new start would not mend it.
//!
//! Without a supervisor (no `NOTIFY_SOCKET`) nothing is sent, and no worker is asked anything.

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use crate::inbox::Post;
use crate::shared::Shared;

/// How often the status line may change.
const STATUS: Duration = Duration::from_secs(10);

/// Whoever watches over this process; perhaps nobody.
#[derive(Debug)]
pub struct Supervisor {
    is_there: bool,
    /// Signs of life, if they are expected.
    pulse: Option<Pulse>,
    /// The status line as it was sent last, and when.
    status: Option<(String, Instant)>,
    /// Why the configuration could not be read again, until it can.
    trouble: Option<String>,
}

impl Supervisor {
    /// Whoever the environment names.
    pub fn from_env() -> Self {
        let is_there = env::var_os("NOTIFY_SOCKET").is_some();
        let watchdog = sd_notify::watchdog_enabled().filter(|within| is_there && !within.is_zero());
        Self {
            is_there,
            pulse: watchdog.map(|within| Pulse::new(within, Instant::now())),
            status: None,
            trouble: None,
        }
    }

    /// At most so long until [`look`](Self::look) is called again.
    pub fn patience(&self) -> Duration {
        self.pulse.as_ref().map_or(Duration::MAX, |pulse| pulse.every / 4)
    }

    /// Every door is open.
    pub fn ready(&mut self, shared: &Shared) {
        self.send_ready(shared);
        if let Some(pulse) = &mut self.pulse {
            pulse.ask(shared, Instant::now());
        }
    }

    /// The configuration is being read again; [`reloaded`](Self::reloaded) follows in any case.
    pub fn reloading(&self) {
        if let Ok(now) = NotifyState::monotonic_usec_now() {
            self.send(&[NotifyState::Reloading, now]);
        }
    }

    /// It has been read, or can't be used for this reason.
    pub fn reloaded(&mut self, shared: &Shared, outcome: Result<(), String>) {
        self.trouble = outcome.err().map(|error| error.replace(['\r', '\n'], " "));
        self.send_ready(shared);
    }

    fn send_ready(&mut self, shared: &Shared) {
        let line = self.line(shared);
        self.send(&[NotifyState::Ready, NotifyState::Status(&line)]);
        self.status = Some((line, Instant::now()));
    }

    /// No one is let in any more.
    pub fn stopping(&self) {
        self.send(&[NotifyState::Stopping, NotifyState::Status("Stopping")]);
    }

    /// Sends what is due.
    pub fn look(&mut self, shared: &Shared) {
        if !self.is_there {
            return;
        }
        let now = Instant::now();
        if self.pulse.as_ref().is_some_and(|pulse| pulse.is_due(now, &shared.answered)) {
            // Waits for as long as somebody else has it. If that is for ever, so be it: this thread, too,
            // is then one that does not answer.
            drop(shared.core());
            self.send(&[NotifyState::Watchdog]);
            self.pulse.iter_mut().for_each(|pulse| pulse.ask(shared, now));
        }
        let line = self.line(shared);
        let is_new = |(told, at): &(String, Instant)| *told != line && now.duration_since(*at) >= STATUS;
        if self.status.as_ref().is_none_or(is_new) {
            self.send(&[NotifyState::Status(&line)]);
            self.status = Some((line, now));
        }
    }

    /// The status line.
    fn line(&self, shared: &Shared) -> String {
        let connections: usize = shared.connections.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        let plural = if connections == 1 { "" } else { "s" };
        match &self.trouble {
            Some(why) => format!("{connections} connection{plural}; the configuration can't be used: {why}"),
            None => format!("{connections} connection{plural}"),
        }
    }

    fn send(&self, what: &[NotifyState<'_>]) {
        if let Err(error) = sd_notify::notify(what) {
            tracing::warn!(%error, "the service manager can't be told: {}", what[0]);
        }
    }
}

/// Questions to the workers, and when the next sign of life is due.
#[derive(Debug)]
struct Pulse {
    /// Half of the time within which a sign is expected.
    every: Duration,
    /// The number of the last question, and when it was asked.
    asked: u64,
    at: Instant,
}

impl Pulse {
    fn new(within: Duration, now: Instant) -> Self {
        Self { every: within / 2, asked: 0, at: now }
    }

    /// Whether it is time, and every worker has answered.
    fn is_due(&self, now: Instant, answered: &[AtomicU64]) -> bool {
        now.duration_since(self.at) >= self.every
            && answered.iter().all(|worker| worker.load(Ordering::Relaxed) >= self.asked)
    }

    fn ask(&mut self, shared: &Shared, now: Instant) {
        self.asked += 1;
        self.at = now;
        for inbox in shared.inboxes.iter() {
            inbox.send(Post::Ping(self.asked));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(numbers: [u64; 2]) -> [AtomicU64; 2] {
        numbers.map(AtomicU64::new)
    }

    #[test]
    fn a_sign_of_life_waits_for_every_worker() {
        let start = Instant::now();
        let mut pulse = Pulse::new(Duration::from_secs(20), start);
        pulse.asked = 7;
        let later = start + Duration::from_secs(10);
        assert!(!pulse.is_due(later, &answered([7, 6])), "one of them hangs");
        assert!(!pulse.is_due(later, &answered([0, 0])));
        assert!(pulse.is_due(later, &answered([7, 7])));
    }

    #[test]
    fn it_is_sent_at_half_of_the_time() {
        let start = Instant::now();
        let pulse = Pulse::new(Duration::from_secs(20), start);
        let due = |seconds| pulse.is_due(start + Duration::from_secs(seconds), &answered([0, 0]));
        assert_eq!([due(0), due(9), due(10)], [false, false, true]);
    }

    #[test]
    fn nobody_there_is_nobody_told() {
        // Tests run without a service manager.
        let supervisor = Supervisor { is_there: false, pulse: None, status: None, trouble: None };
        assert_eq!(supervisor.patience(), Duration::MAX);
        supervisor.stopping();
    }
}
