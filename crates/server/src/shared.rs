//! What all threads of the server share.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hub::Timestamp;
use transport::{AddressLimits, LimitSettings};

use crate::bridge::Bridge;
use crate::checks::Checker;
use crate::core::Core;
use crate::disk::Disk;
use crate::inbox::Inbox;
use crate::monitor::Monitor;
use crate::monitor::token::Token;
use crate::recall::Jobs;
use crate::web::Site;

/// What all threads share. The only lock that is held while another is taken is the core's, and the
/// other is an inbox's.
#[derive(Debug)]
pub struct Shared {
    core: Mutex<Core>,
    /// One for each worker.
    pub inboxes: Arc<[Inbox]>,
    /// How far the disk has come.
    pub disk: Arc<Disk>,
    /// To those who read what is kept.
    pub jobs: Jobs,
    /// Connections of each address.
    limits: Mutex<AddressLimits>,
    /// Those of them that do not talk: that read pages, or have not said what they want.
    visits: Mutex<AddressLimits>,
    /// Connections of each worker.
    pub connections: Vec<AtomicUsize>,
    /// Connections of each listener.
    pub through: Vec<AtomicUsize>,
    /// The last [`Post::Ping`](crate::inbox::Post::Ping) that each worker has answered.
    pub answered: Vec<AtomicU64>,
    /// Checks secrets.
    pub checker: Checker,
    /// Private messages from and to users of `group`.
    pub bridge: Bridge,
    /// The files of the page.
    pub site: Site,
    /// How the server does.
    pub monitor: Monitor,
    /// What whoever wants to see the status must show.
    pub admin_token: Token,
    /// What whoever wants to see the metrics must show, if the configuration says so.
    pub metrics_token: Token,
    /// By when the server ends, in milliseconds since 1970; zero if it does not.
    draining: AtomicI64,
}

impl Shared {
    /// Puts the parts together, for so many listeners.
    pub fn new(
        core: Core,
        keeping: (Arc<[Inbox]>, Arc<Disk>, Jobs),
        (limits, visits): (LimitSettings, LimitSettings),
        listeners: usize,
        (checker, bridge): (Checker, Bridge),
        (monitor, admin_token, metrics_token): (Monitor, Token, Token),
    ) -> Self {
        let (inboxes, disk, jobs) = keeping;
        let zeros = |count: usize| (0..count).map(|_| AtomicUsize::new(0)).collect();
        Self {
            core: Mutex::new(core),
            connections: zeros(inboxes.len()),
            through: zeros(listeners),
            answered: inboxes.iter().map(|_| AtomicU64::new(0)).collect(),
            inboxes,
            disk,
            jobs,
            visits: Mutex::new(AddressLimits::new(visits)),
            limits: Mutex::new(AddressLimits::new(limits)),
            checker,
            bridge,
            site: Site::new(),
            monitor,
            admin_token,
            metrics_token,
            draining: AtomicI64::new(0),
        }
    }

    /// The hub.
    pub fn core(&self) -> MutexGuard<'_, Core> {
        // A panic in the hub would be our mistake; the others should go on all the same.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Other limits from now on: for those who talk, and for those who do not.
    pub fn set_limits(&self, (limits, visits): (LimitSettings, LimitSettings)) {
        self.visits().set(visits);
        self.limits().set(limits);
    }

    /// The connections of each address that do not talk.
    pub fn visits(&self) -> MutexGuard<'_, AddressLimits> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By when the server ends, if it is being drained: it takes nobody new then, and is not ready.
    pub fn draining(&self) -> Option<Timestamp> {
        match self.draining.load(Ordering::Relaxed) {
            0 => None,
            by => Some(Timestamp(by)),
        }
    }

    /// The server ends by then, or not after all.
    pub fn drain(&self, by: Option<Timestamp>) {
        self.draining.store(by.map_or(0, |by| by.0), Ordering::Relaxed);
    }

    /// The connections of each address.
    pub fn limits(&self) -> MutexGuard<'_, AddressLimits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
