//! Starting, reloading, stopping: one story.
//!
//! Start: bind everything, open the store, start the workers, let people in. Reload (SIGHUP, `REHASH`): read the
//! configuration again; a bad one leaves the old one in force. Stop (SIGTERM, SIGINT, `DIE`): tell
//! everyone, let what waits be written for up to three seconds, write the rest of what is to be kept, end.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use hub::{Event, SessionId, Text};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use store::Store;
use transport::{AddressLimits, TlsConfig};

use crate::bridge::Bridge;
use crate::checks::Checker;
use crate::clock;
use crate::config::{Config, Listen, MAX_WORKERS};
use crate::control::{Control, Order};
use crate::core::{Core, worker_of};
use crate::doors::{self, Door, ServeError};
use crate::inbox::{Inbox, Post};
use crate::keeping::Keeping;
use crate::live::{Birth, Live};
use crate::operator::control_socket::ControlSocket;
use crate::recall::Jobs;
use crate::shared::Shared;
use crate::worker::Worker;

/// How often certificate files are looked at.
const CERTIFICATES: Duration = Duration::from_secs(2);

/// Where the configuration comes from, so that it can be read again.
pub struct Source {
    /// Its name, as operators are told it.
    pub name: String,
    /// Reads it.
    #[allow(clippy::type_complexity, reason = "it is what it says")]
    pub load: Box<dyn Fn() -> Result<Config, String> + Send>,
}

/// Serves until SIGTERM, SIGINT or an operator's `DIE`. Once every door is open, `opened` is called with
/// the configuration that says where they are. A `console` is a connection of whoever started the server:
/// lines, as through a door that speaks `line`.
///
/// # Errors
/// Why the server does not start. Nothing is listening then.
pub fn serve(
    mut config: Config,
    source: Source,
    console: Option<OwnedFd>,
    opened: impl FnOnce(&Config),
) -> Result<(), ServeError> {
    match transport::raise_open_files() {
        Ok(files) => tracing::debug!(now = files.now, "open files"),
        Err(error) => tracing::warn!(%error, "the limit on open files stays as it is"),
    }
    let birth = birth(&source)?;
    let asked = config.listen.clone();
    let listeners = doors::open(&mut config)?;
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
    server.attend(&orders, &source);
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
        let limits = AddressLimits::new(live.address_limits());
        let (checker, queue) = Checker::queue();
        let bridge = Bridge::new(&live.config).map_err(refused)?;
        let shared =
            Arc::new(Shared::new(core, (inboxes, disk, jobs), limits, listeners.len(), checker, bridge));
        let operator = ControlSocket::open(&shared, &live)
            .inspect_err(
                |error| tracing::warn!(%error, "no control socket: `saloon account` won't reach this server"),
            )
            .ok();
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
        Ok(Self { shared, store, operator, live, birth, asked, certificates, workers })
    }

    /// Does what it is ordered to, until that is to stop.
    fn attend(mut self, orders: &Receiver<Order>, source: &Source) {
        loop {
            match orders.recv_timeout(CERTIFICATES) {
                Ok(Order::Reload { asked_by }) => self.reload(source, asked_by),
                Err(RecvTimeoutError::Timeout) => self.look_at_certificates(),
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        tracing::info!("stopping");
        for inbox in self.shared.inboxes.iter() {
            inbox.send(Post::Stop);
        }
        self.shared.bridge.stop();
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

    /// Reads the configuration again. What can't change while running stays, with a warning.
    fn reload(&mut self, source: &Source, asked_by: Option<SessionId>) {
        for certificate in &self.certificates {
            reload_certificate(certificate);
        }
        let loaded = (source.load)().and_then(|mut config| {
            keep_what_is_fixed(&mut config, &self.live.config, &self.asked);
            let motd = config.server.motd.clone().unwrap_or_default();
            Live::new(config, &self.birth).map_err(|error| format!("{}: {error}", motd.display()))
        });
        let live = match loaded {
            Ok(live) => live,
            Err(error) => return self.reload_failed(&error, asked_by),
        };
        self.live = live;
        self.shared.core().configure(clock::now(), self.live.hub());
        self.shared.limits().set(self.live.address_limits());
        self.store.configure(self.live.retention());
        self.operator.iter().for_each(|operator| operator.configure(&self.live));
        for inbox in self.shared.inboxes.iter() {
            inbox.send(Post::Reconfigure(Arc::clone(&self.live)));
        }
        tracing::info!("the configuration has been read again");
    }

    fn reload_failed(&self, error: &str, asked_by: Option<SessionId>) {
        tracing::error!(error, "the configuration can't be used; the old one stays in force");
        if let Some(session) = asked_by {
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

/// Doors, names, threads and the store are fixed at the start.
fn keep_what_is_fixed(new: &mut Config, old: &Config, asked: &[Listen]) {
    if new.listen != asked {
        tracing::warn!("listeners ([[listen]]) change with the next start only");
    }
    new.listen.clone_from(&old.listen);
    if new.server.name != old.server.name
        || new.server.casemapping != old.server.casemapping
        || new.server.workers != old.server.workers
    {
        tracing::warn!("server.name, server.casemapping and server.workers change with the next start only");
    }
    if new.datastore.path != old.datastore.path {
        tracing::warn!("datastore.path changes with the next start only");
    }
    new.datastore.path.clone_from(&old.datastore.path);
    new.server.name.clone_from(&old.server.name);
    new.server.casemapping = old.server.casemapping;
    new.server.workers = old.server.workers;
}

fn worker_count(config: &Config) -> usize {
    match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS),
        count => count,
    }
}
