//! Checking secrets: at once where that is quick, on a thread of its own where it takes long.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use dialect::{Check, Verdict};
use hub::{Origin, SessionId};

use crate::core::worker_of;
use crate::inbox::Post;
use crate::live::Live;
use crate::password::Secret;
use crate::shared::Shared;

/// Most checks that wait; who comes when there are that many is refused.
const WAITING: usize = 1024;

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

/// The way to the thread that checks.
#[derive(Debug)]
pub struct Checker {
    jobs: SyncSender<Job>,
}

impl Checker {
    /// Starts the thread. It ends when nothing sends to it any more.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub fn start(shared: Arc<Shared>, receiver: CheckQueue) -> std::io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name("checks".into()).spawn(move || {
            for job in receiver.0 {
                let session = job.asker.session;
                let verdict = verdict(&job.live, &job.asker, job.check);
                shared.inboxes[worker_of(session)].send(Post::Verdict(session, Box::new(verdict)));
            }
        })
    }

    /// A queue of bounded length, and its other end.
    pub fn queue() -> (Self, CheckQueue) {
        let (jobs, receiver) = sync_channel(WAITING);
        (Self { jobs }, CheckQueue(receiver))
    }

    /// The verdict if it is quickly found. Else it comes as a [`Post::Verdict`].
    pub fn check(&self, live: &Arc<Live>, asker: Asker, check: Check) -> Option<Verdict> {
        if !secrets(live, &asker, &check).iter().any(|secret| secret.is_slow()) {
            return Some(verdict(live, &asker, check));
        }
        match self.jobs.try_send(Job { live: Arc::clone(live), asker, check }) {
            Ok(()) => None,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                tracing::warn!("too many passwords wait to be checked; one is refused");
                Some(Verdict::Refused)
            }
        }
    }
}

/// The receiving end of a checker's queue.
#[derive(Debug)]
pub struct CheckQueue(Receiver<Job>);

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
