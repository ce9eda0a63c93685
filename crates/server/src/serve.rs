//! Starting, reloading, stopping: one story.
//!
//! Start: bind everything (or take what has been handed over), open the store, start the workers, let people in.
//! Reload (SIGHUP, `REHASH`, `saloon admin reload`): read the configuration again; a bad one leaves the old one in
//! force. Drain (`saloon admin drain`): let nobody in, and stop once everyone has left. Stop (SIGTERM, SIGINT, `DIE`): tell
//! everyone, let what waits be written for up to three seconds, write the rest of what is to be kept, end.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hub::{Event, SessionId, Text, Timestamp};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use store::Store;
use transport::{Handed, TlsConfig};

use crate::bridge::Bridge;
use crate::checks::Checker;
use crate::clock;
use crate::config::{Config, Listen, MAX_WORKERS};
use crate::control::{Control, Order};
use crate::core::{Core, worker_of};
use crate::doors::{self, Door, ServeError};
use crate::inbox::{Errand, Inbox, Post};
use crate::keeping::Keeping;
use crate::live::{Birth, Live};
use crate::monitor::Monitor;
use crate::monitor::token::Token;
use crate::operator::control_socket::ControlSocket;
use crate::recall::Jobs;
use crate::shared::Shared;
use crate::supervisor::Supervisor;
use crate::worker::Worker;

/// How often certificate files are looked at.
const CERTIFICATES: Duration = Duration::from_secs(2);
/// How often is looked whether everyone has left, once nobody is let in.
const LEAVING: Duration = Duration::from_millis(200);

/// Where the configuration comes from, so that it can be read again.
pub struct Source {
    /// Its name, as operators are told it.
    pub name: String,
    /// Reads it.
    #[allow(clippy::type_complexity, reason = "it is what it says")]
    pub load: Box<dyn Fn() -> Result<Config, String> + Send>,
}

/// Serves until SIGTERM, SIGINT or an operator's `DIE`, through doors that are opened or have been `handed`
/// over. Once every door is open, `opened` is called with
/// the configuration that says where they are. A `console` is a connection of whoever started the server:
/// lines, as through a door that speaks `line`.
///
/// # Errors
/// Why the server does not start. Nothing is listening then.
pub fn serve(
    mut config: Config,
    source: Source,
    handed: Handed,
    console: Option<OwnedFd>,
    opened: impl FnOnce(&Config),
) -> Result<(), ServeError> {
    match transport::raise_open_files() {
        Ok(files) => tracing::debug!(now = files.now, "open files"),
        Err(error) => tracing::warn!(%error, "the limit on open files stays as it is"),
    }
    let birth = birth(&source)?;
    let asked = config.listen.clone();
    let listeners = doors::open(&mut config, handed)?;
    let certificates = listeners.iter().filter_map(Door::tls).collect();
    let live = live(config.clone(), &birth)?;
    let (sender, orders) = channel();
    let control = Control::new(sender);
    let signals = watch_signals(&control)?;
    let server = Server::start(live, birth, listeners, asked, certificates, &control)?;
    opened(&config);
    if let Some(console) = console {
        server.shared.inboxes[0].send(Post::Console(console));
    }
    let mut supervisor = Supervisor::from_env();
    supervisor.ready(&server.shared);
    server.attend(&orders, &source, supervisor);
    signals.close();
    Ok(())
}

fn birth(source: &Source) -> Result<Birth, ServeError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| ServeError::System {
        what: "random bytes",
        source: std::io::Error::other(error.to_string()),
    })?;
    Ok(Birth { started: clock::now(), random, config_name: source.name.clone() })
}

fn live(config: Config, birth: &Birth) -> Result<Arc<Live>, ServeError> {
    let file = config.server.motd.clone().unwrap_or_default();
    Live::new(config, birth).map_err(|source| ServeError::File { file, source })
}

/// Turns signals into orders, on a thread of its own.
fn watch_signals(control: &Control) -> Result<signal_hook::iterator::Handle, ServeError> {
    let refused = |source| ServeError::System { what: "signal handlers", source };
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(refused)?;
    let handle = signals.handle();
    let control = control.clone();
    let watch = move || {
        for signal in &mut signals {
            control.send(if signal == SIGHUP { Order::Reload { asked_by: None } } else { Order::Stop });
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(watch).map_err(refused)?;
    Ok(handle)
}

/// A server that runs.
struct Server {
    shared: Arc<Shared>,
    store: Arc<Store>,
    /// Where the operator's commands come in; none if that can't be.
    operator: Option<ControlSocket>,
    live: Arc<Live>,
    birth: Birth,
    /// The doors as the configuration asked for them at the start.
    asked: Vec<Listen>,
    certificates: Vec<TlsConfig>,
    workers: Vec<JoinHandle<()>>,
    /// When to stop at the latest, once nobody is let in.
    drained: Option<Instant>,
}

impl Server {
    fn start(
        live: Arc<Live>,
        birth: Birth,
        listeners: Vec<Door>,
        asked: Vec<Listen>,
        certificates: Vec<TlsConfig>,
        control: &Control,
    ) -> Result<Self, ServeError> {
        let refused = |source| ServeError::System { what: "a worker thread", source };
        let count = worker_count(&live.config);
        let inboxes: Vec<_> = (0..count).map(|_| Inbox::new()).collect::<Result<_, _>>().map_err(refused)?;
        let inboxes: Arc<[Inbox]> = inboxes.into();
        let (jobs, questions) = Jobs::queue();
        let Keeping { store, disk, ledger, hub } = Keeping::open(&live, &inboxes, questions)?;
        let history = live.config.history.enabled;
        let core = Core::new(hub, history, count, control.clone(), ledger, jobs.clone());
        let limits = live.address_limits();
        let (checker, queue) = Checker::queue();
        let bridge = Bridge::new(&live.config).map_err(refused)?;
        let (monitor, requests) = Monitor::new(count, birth.started, &live);
        let http = &live.config.http;
        let no_random = |error: getrandom::Error| refused(std::io::Error::other(error.to_string()));
        let admin_token = Token::or_made(http.admin_token.as_ref()).map_err(no_random)?;
        let tokens = (monitor, admin_token, Token::configured(http.metrics_token.as_ref()));
        let keeping = (inboxes, disk, jobs);
        let shared = Arc::new(Shared::new(core, keeping, limits, listeners.len(), (checker, bridge), tokens));
        let operator = ControlSocket::open(&shared, &live, control)
            .inspect_err(
                |error| tracing::warn!(%error, "no control socket: `saloon account` and `saloon admin` won't reach this server"),
            )
            .ok();
        Monitor::start(&shared, requests).map_err(refused)?;
        Bridge::start(&shared).map_err(refused)?;
        Checker::start(Arc::clone(&shared), queue).map_err(refused)?;
        let mut doors = Some(listeners);
        let mut workers = Vec::new();
        for me in 0..count {
            let doors = doors.take().unwrap_or_default();
            let worker = Worker::new(me, Arc::clone(&shared), Arc::clone(&live), doors).map_err(refused)?;
            let thread = std::thread::Builder::new().name(format!("worker-{me}"));
            workers.push(thread.spawn(move || worker.run()).map_err(refused)?);
        }
        Ok(Self { shared, store, operator, live, birth, asked, certificates, workers, drained: None })
    }

    /// Does what it is ordered to, until that is to stop.
    fn attend(mut self, orders: &Receiver<Order>, source: &Source, mut supervisor: Supervisor) {
        let patience = CERTIFICATES.min(supervisor.patience());
        loop {
            supervisor.look(&self.shared);
            match orders.recv_timeout(self.drained.map_or(patience, |_| LEAVING)) {
                Ok(Order::Reload { asked_by }) => {
                    let outcome = self.reload(source, &mut supervisor);
                    if let (Err(error), Some(session)) = (outcome, asked_by) {
                        self.tell_of_failure(&error, session);
                    }
                }
                Ok(Order::ReloadFor(answer)) => {
                    // Who asked may have stopped waiting.
                    let _ = answer.send(self.reload(source, &mut supervisor));
                }
                Ok(Order::Drain(time)) => self.drain(time),
                Err(RecvTimeoutError::Timeout) if self.is_drained() => break,
                Err(RecvTimeoutError::Timeout) => self.look_at_certificates(),
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        tracing::info!("stopping");
        supervisor.stopping();
        for inbox in self.shared.inboxes.iter() {
            inbox.send(Post::Stop);
        }
        self.shared.bridge.stop();
        self.shared.monitor.end();
        for worker in self.workers {
            if worker.join().is_err() {
                tracing::error!("a worker ended in a panic");
            }
        }
        // Nothing more can come of anyone: what is still to be kept is written.
        drop(self.operator);
        self.shared.jobs.end();
        self.store.close();
    }

    /// Reads the configuration again, and has the service manager know. As [`read_again`](Self::read_again).
    fn reload(&mut self, source: &Source, supervisor: &mut Supervisor) -> Result<Vec<String>, String> {
        supervisor.reloading();
        let outcome = self.read_again(source);
        supervisor.reloaded(&self.shared, outcome.as_ref().map(|_| ()).map_err(String::clone));
        outcome
    }

    /// Reads the configuration again. Says what can't change while the server runs and stays as it was, or why
    /// all does.
    fn read_again(&mut self, source: &Source) -> Result<Vec<String>, String> {
        for certificate in &self.certificates {
            reload_certificate(certificate);
        }
        let mut fixed = Vec::new();
        let loaded = (source.load)().and_then(|mut config| {
            fixed = keep_what_is_fixed(&mut config, &self.live.config, &self.asked);
            let motd = config.server.motd.clone().unwrap_or_default();
            Live::new(config, &self.birth).map_err(|error| format!("{}: {error}", motd.display()))
        });
        for what in &fixed {
            tracing::warn!("{what}");
        }
        self.live = loaded.inspect_err(|error| {
            tracing::error!(error, "the configuration can't be used; the old one stays in force");
        })?;
        self.put_in_force();
        tracing::info!("the configuration has been read again");
        Ok(fixed)
    }

    fn put_in_force(&self) {
        let (shared, live) = (&self.shared, &self.live);
        shared.core().configure(clock::now(), live.hub());
        shared.set_limits(live.address_limits());
        shared.monitor.configure(live);
        shared.admin_token.configure(live.config.http.admin_token.as_ref());
        shared.metrics_token.configure(live.config.http.metrics_token.as_ref());
        self.store.configure(live.retention());
        self.operator.iter().for_each(|operator| operator.configure(live));
        for inbox in shared.inboxes.iter() {
            inbox.send(Post::Reconfigure(Arc::clone(live)));
        }
    }

    fn tell_of_failure(&self, error: &str, session: SessionId) {
        let text = format!("The configuration can't be used, the old one stays in force: {error}");
        // One line is one line, whatever the error says.
        let text = Text::from(text.replace(['\r', '\n'], " ").as_str());
        let event = Arc::new(Event::Notice(text));
        if let Some(inbox) = self.shared.inboxes.get(worker_of(session)) {
            // Whoever asked is answered before the lock is let go, and this comes behind it.
            let _core = self.shared.core();
            inbox.send(Post::Tell(session, event));
        }
    }

    /// Nobody new is let in, and the server stops when everyone has left, at the latest after that time; or not
    /// after all. Everyone is told.
    fn drain(&mut self, time: Option<Duration>) {
        let by = time.map(|time| {
            let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            Timestamp(clock::now().0.saturating_add(millis))
        });
        self.drained = time.map(|time| Instant::now() + time);
        self.shared.drain(by);
        tracing::info!(draining = by.is_some(), seconds = time.map(|time| time.as_secs()), "draining");
        let words = match by.and_then(|by| jiff::Timestamp::from_millisecond(by.0).ok()) {
            Some(by) => format!("The server is going down, at {} UTC at the latest", by.strftime("%H:%M:%S")),
            None => "The server stays up after all".to_owned(),
        };
        let event = Arc::new(Event::Notice(Text::from(words.as_str())));
        for inbox in self.shared.inboxes.iter() {
            inbox.send(Post::Errand(Errand::Announce(Arc::clone(&event))));
        }
    }

    /// Whether everyone has left, or the time is up.
    fn is_drained(&self) -> bool {
        self.drained.is_some_and(|by| Instant::now() >= by || self.shared.core().census().sessions == 0)
    }

    fn look_at_certificates(&self) {
        for certificate in self.certificates.iter().filter(|certificate| certificate.changed()) {
            reload_certificate(certificate);
        }
    }
}

fn reload_certificate(certificate: &TlsConfig) {
    match certificate.reload() {
        Ok(()) => tracing::info!(fingerprint = certificate.fingerprint(), "certificate read again"),
        Err(error) => tracing::error!(%error, "the certificate can't be used; the old one stays in use"),
    }
}

/// Doors, names, threads and the store are fixed at the start. Says what was to change all the same.
fn keep_what_is_fixed(new: &mut Config, old: &Config, asked: &[Listen]) -> Vec<String> {
    let mut fixed = Vec::new();
    let mut keep = |changes: bool, what: &str| {
        if changes {
            fixed.push(format!("{what} with the next start only"));
        }
    };
    keep(new.listen != asked, "listeners ([[listen]]) change");
    new.listen.clone_from(&old.listen);
    let renamed = new.server.name != old.server.name
        || new.server.casemapping != old.server.casemapping
        || new.server.workers != old.server.workers;
    keep(renamed, "server.name, server.casemapping and server.workers change");
    keep(new.datastore.path != old.datastore.path, "datastore.path changes");
    new.datastore.path.clone_from(&old.datastore.path);
    new.server.name.clone_from(&old.server.name);
    new.server.casemapping = old.server.casemapping;
    new.server.workers = old.server.workers;
    fixed
}

fn worker_count(config: &Config) -> usize {
    match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS),
        count => count,
    }
}
