//! How the server does: counted where it happens, sampled every two seconds, shown to whoever may see it.
//!
//! ```text
//!  workers ── count ──▶ Shown ─────┐ every 2 s, nobody is woken
//!  store ──── count ──▶ Commits ───┼──▶ the monitor's thread ──▶ ring of ten minutes
//!  hub ────── Census ──────────────┘         │      ▲
//!  workers ◀── Errand::Measure, on request ──┘      └── ask(Look::Metrics | Look::Status)
//! ```

pub mod counts;
pub mod measure;
mod metrics;
mod process;
mod ring;
mod snapshot;
pub mod status;
pub mod token;

use std::net::IpAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use hub::Timestamp;

use self::counts::{Counts, Shown};
use self::ring::STEP;
use self::snapshot::Observer;
pub(crate) use self::snapshot::door_name;
use self::token::{Denied, Token};
use crate::live::Live;
use crate::shared::Shared;

/// Requests that may wait.
const WAITING: usize = 64;

/// What one can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Prometheus's text format, version 0.0.4.
    Metrics,
    /// A [`Status`](status::Status) as JSON.
    Status,
}

/// Which token is to be shown for a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// That of `http.admin_token`.
    Admin,
    /// That of `http.metrics_token`.
    Metrics,
}

/// What somebody showed, to be checked before it is answered.
pub struct Shows {
    /// Which token it is meant to be.
    pub which: Which,
    /// What was shown.
    pub token: Vec<u8>,
    /// By whom.
    pub from: Option<IpAddr>,
}

/// What is done with the answer, or with why there is none.
pub type Answer = Box<dyn FnOnce(Result<String, Denied>) + Send>;

/// To the thread.
enum Request {
    Show { look: Look, shows: Option<Shows>, answer: Answer },
    End,
}

/// The way to the monitor's thread, and what it looks at.
#[derive(Debug)]
pub struct Monitor {
    requests: SyncSender<Request>,
    /// What each worker has counted.
    pub workers: Vec<Shown>,
    started: Timestamp,
    live: Mutex<Arc<Live>>,
}

/// Its other end.
pub struct Requests(Receiver<Request>);

impl Monitor {
    /// One for so many workers of a server that was started then.
    pub fn new(workers: usize, started: Timestamp, live: &Arc<Live>) -> (Self, Requests) {
        let (requests, queue) = sync_channel(WAITING);
        let workers = (0..workers).map(|_| Shown::default()).collect();
        (Self { requests, workers, started, live: Mutex::new(Arc::clone(live)) }, Requests(queue))
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn start(shared: &Arc<Shared>, requests: Requests) -> std::io::Result<()> {
        let observer = Observer::new(Arc::clone(shared));
        let thread = std::thread::Builder::new().name("monitor".into());
        thread.spawn(move || run(observer, &requests.0)).map(drop)
    }

    /// Other settings from now on.
    pub fn configure(&self, live: &Arc<Live>) {
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(live);
    }

    /// The settings in force.
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a worker has done so far; said by itself.
    pub fn show(&self, worker: usize, counts: &Counts) {
        if let Some(shown) = self.workers.get(worker) {
            shown.show(counts);
        }
    }

    /// Has somebody look, who may: the answer is given on the monitor's thread. Never waits. Says no if too many
    /// wait already; then nothing will be answered.
    #[must_use]
    pub fn ask(&self, look: Look, answer: Box<dyn FnOnce(String) + Send>) -> bool {
        let answer: Answer = Box::new(move |text| answer(text.unwrap_or_default()));
        self.send(look, None, answer)
    }

    /// The same for somebody who shows a token, which is checked on the monitor's thread.
    #[must_use]
    pub fn ask_showing(&self, look: Look, shows: Shows, answer: Answer) -> bool {
        self.send(look, Some(shows), answer)
    }

    /// Has the thread end.
    pub fn end(&self) {
        let _ = self.requests.try_send(Request::End);
    }

    fn send(&self, look: Look, shows: Option<Shows>, answer: Answer) -> bool {
        self.requests.try_send(Request::Show { look, shows, answer }).is_ok()
    }
}

fn run(mut observer: Observer, requests: &Receiver<Request>) {
    let mut next = Instant::now();
    loop {
        match requests.recv_timeout(next.saturating_duration_since(Instant::now())) {
            Ok(Request::Show { look, shows, answer }) => {
                let may = shows.map_or(Ok(()), |shows| check(observer.shared(), &shows));
                answer(may.map(|()| observer.look(look)));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Request::End) | Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = Instant::now();
        if now >= next {
            observer.sample();
            // A machine that slept is not asked for what it missed.
            next = (next + STEP).max(now);
        }
    }
}

fn check(shared: &Shared, Shows { which, token, from }: &Shows) -> Result<(), Denied> {
    let expected: &Token = match which {
        Which::Admin => &shared.admin_token,
        Which::Metrics => &shared.metrics_token,
    };
    expected.check(*from, token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::live::Birth;

    fn monitor() -> (Monitor, Requests) {
        let birth = Birth { started: Timestamp(1), random: [0; 32], config_name: String::new() };
        let live = Live::new(Config::default(), &birth).expect("built-in settings");
        Monitor::new(2, birth.started, &live)
    }

    #[test]
    fn who_asks_when_too_many_do_is_told_so_at_once() {
        let (monitor, requests) = monitor();
        for _ in 0..WAITING {
            assert!(monitor.ask(Look::Status, Box::new(drop)));
        }
        assert!(!monitor.ask(Look::Metrics, Box::new(drop)));
        drop(requests);
        assert!(!monitor.ask(Look::Metrics, Box::new(drop)), "nobody is there any more");
    }

    #[test]
    fn what_workers_show_is_theirs_alone() {
        let (monitor, _requests) = monitor();
        monitor.show(1, &Counts { told: 7, ..Counts::default() });
        monitor.show(2, &Counts { told: 9, ..Counts::default() });
        let told: Vec<u64> = monitor.workers.iter().map(|worker| worker.look().told).collect();
        assert_eq!(told, [0, 7], "and there is no third");
    }
}
