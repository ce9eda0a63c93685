//! Checking secrets: at once where that is quick, on threads of their own where it takes long.
//!
//! Those are few, because each hash takes some 19 MiB while it is made. What has to do with accounts always
//! goes there (see [`auth`](crate::auth)): the hub is asked, and its lock is not for workers to wait at twice.

use std::net::IpAddr;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use dialect::{Check, Verdict};
use hub::{Account, Origin, SessionId};

use crate::auth::{AccountBook, Applicant, Logins, Rules};
use crate::clock::Stopwatch;
use crate::core::worker_of;
use crate::inbox::Post;
use crate::live::{Live, casemapping};
use crate::password::{HashError, Secret};
use crate::shared::Shared;

/// Most checks that wait; who comes when there are that many is refused.
const WAITING: usize = 1024;
/// After how many seconds one may ask again when too many wait.
const BUSY: u64 = 10;
/// Threads that check.
const THREADS: usize = 2;

/// Who asks for a check, as far as that matters.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Its session.
    pub session: SessionId,
    /// The address of its socket.
    pub ip: Option<IpAddr>,
    /// Whether its own connection is encrypted.
    pub secure: bool,
    /// Its client certificate.
    pub certificate: Option<String>,
}

/// A slow check.
struct Job {
    live: Arc<Live>,
    asker: Asker,
    check: Check,
}

/// The way to the threads that check.
#[derive(Debug)]
pub struct Checker {
    jobs: SyncSender<Job>,
}

/// The hub knows the accounts.
impl AccountBook for Shared {
    fn account(&self, name: &str) -> Option<Account> {
        self.core().account(name)
    }

    fn account_by_certificate(&self, fingerprint: &str) -> Option<Account> {
        self.core().account_by_certificate(fingerprint)
    }
}

impl Checker {
    /// Starts the threads. They end when nothing sends to them any more.
    ///
    /// # Errors
    /// The system starts no more threads, or has no random bytes.
    pub fn start(shared: Arc<Shared>, receiver: CheckQueue) -> std::io::Result<()> {
        let refused = |error: HashError| std::io::Error::other(error.to_string());
        let desk = Arc::new(Desk {
            jobs: Mutex::new(receiver.0),
            logins: Logins::new().map_err(refused)?,
            watch: Stopwatch::start(),
            shared,
        });
        for number in 0..THREADS {
            let desk = Arc::clone(&desk);
            let thread = std::thread::Builder::new().name(format!("checks-{number}"));
            thread.spawn(move || while desk.check_one() {})?;
        }
        Ok(())
    }

    /// A queue of bounded length, and its other end.
    pub fn queue() -> (Self, CheckQueue) {
        let (jobs, receiver) = sync_channel(WAITING);
        (Self { jobs }, CheckQueue(receiver))
    }

    /// The verdict if it is quickly found. Else it comes as a [`Post::Verdict`].
    pub fn check(&self, live: &Arc<Live>, asker: Asker, check: Check) -> Option<Verdict> {
        let slow = secrets(live, &asker, &check).iter().any(|secret| secret.is_slow());
        let about_accounts = is_about_accounts(&check);
        if !slow && !about_accounts {
            return Some(verdict(live, &asker, check));
        }
        match self.jobs.try_send(Job { live: Arc::clone(live), asker, check }) {
            Ok(()) => None,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                tracing::warn!("too many passwords wait to be checked; one is refused");
                Some(if about_accounts { Verdict::Throttled(BUSY) } else { Verdict::Refused })
            }
        }
    }
}

/// The receiving end of a checker's queue.
#[derive(Debug)]
pub struct CheckQueue(Receiver<Job>);

/// What the threads that check share.
struct Desk {
    jobs: Mutex<Receiver<Job>>,
    logins: Logins,
    watch: Stopwatch,
    shared: Arc<Shared>,
}

impl Desk {
    /// Waits for a job and does it; whether there will be more.
    fn check_one(&self) -> bool {
        let job = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { live, asker, check }) = job else { return false };
        let session = asker.session;
        let verdict = match is_about_accounts(&check) {
            true => self.check_account(&live, &asker, check),
            false => verdict(&live, &asker, check),
        };
        self.shared.inboxes[worker_of(session)].send(Post::Verdict(session, Box::new(verdict)));
        true
    }

    fn check_account(&self, live: &Live, asker: &Asker, check: Check) -> Verdict {
        let casemapping = casemapping(&live.config);
        let rules = Rules { config: &live.config, casemapping, now: self.watch.millis() };
        let certificate = asker.certificate.as_deref();
        let applicant = Applicant { session: asker.session, ip: asker.ip, certificate };
        self.logins.check(&*self.shared, rules, applicant, check)
    }
}

/// Whether it needs the hub.
fn is_about_accounts(check: &Check) -> bool {
    match check {
        Check::Login { .. } | Check::Certificate { .. } | Check::Scram { .. } | Check::Enroll { .. } => true,
        Check::Server(_) | Check::Operator { .. } | Check::Gateway { .. } => false,
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Job({:?})", self.check)
    }
}

/// The secrets one of which would do.
fn secrets<'a>(live: &'a Live, asker: &Asker, check: &Check) -> Vec<&'a Secret> {
    match check {
        Check::Server(_) => live.config.server.password.iter().collect(),
        Check::Operator { name, .. } => {
            live.config.opers.get(name.as_str()).map(|oper| &oper.password).into_iter().collect()
        }
        Check::Gateway { .. } => {
            let allowed = live.config.server.webirc.iter().filter(|gateway| {
                let from = asker.ip.is_some_and(|ip| gateway.hosts.iter().any(|net| net.contains(ip)));
                let known = gateway.certfp.as_ref().is_none_or(|wanted| {
                    asker.certificate.as_deref().is_some_and(|shown| shown == wanted.as_str())
                });
                from && known
            });
            allowed.map(|gateway| &gateway.password).collect()
        }
        Check::Login { .. } | Check::Certificate { .. } | Check::Scram { .. } | Check::Enroll { .. } => {
            Vec::new()
        }
    }
}

fn verdict(live: &Live, asker: &Asker, check: Check) -> Verdict {
    let secrets = secrets(live, asker, &check);
    match check {
        Check::Server(given) => {
            let right = secrets.is_empty() || secrets.iter().any(|secret| secret.verify(&given));
            if right { Verdict::Accepted } else { Verdict::Refused }
        }
        Check::Operator { name, password } => {
            let right = secrets.iter().any(|secret| secret.verify(&password));
            match live.operator(&name).filter(|_| right) {
                Some((privileges, title)) => Verdict::Operator { privileges, title },
                None => {
                    tracing::info!(conn = asker.session.0, name = %name, "OPER refused");
                    Verdict::Refused
                }
            }
        }
        // These are not for this function.
        Check::Login { .. } | Check::Certificate { .. } | Check::Scram { .. } | Check::Enroll { .. } => {
            Verdict::Refused
        }
        Check::Gateway { password, host, ip, secure, certificate } => {
            if !secrets.iter().any(|secret| secret.verify(&password)) {
                return Verdict::Refused;
            }
            let origin = Origin {
                handle: None,
                ip: Some(ip),
                host: if live.config.ip_cloaking.enabled || !is_host(&host) {
                    live.cloak.host(Some(ip))
                } else {
                    host
                },
                secure: secure && asker.secure,
                certificate,
            };
            Verdict::Gateway(Box::new(origin))
        }
    }
}

/// Whether a gateway's word for a host can be one (`conformance` section 5).
fn is_host(host: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte);
    (1..=63).contains(&host.len()) && !host.starts_with(':') && host.bytes().all(allowed)
}
