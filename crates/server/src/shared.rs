//! What all threads of the server share.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use transport::AddressLimits;

use crate::bridge::Bridge;
use crate::checks::Checker;
use crate::core::Core;
use crate::disk::Disk;
use crate::inbox::Inbox;
use crate::recall::Jobs;

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
    /// Connections of each worker.
    pub connections: Vec<AtomicUsize>,
    /// Connections of each listener.
    pub through: Vec<AtomicUsize>,
    /// Checks secrets.
    pub checker: Checker,
    /// Private messages from and to users of `group`.
    pub bridge: Bridge,
}

impl Shared {
    /// Puts the parts together, for so many listeners.
    pub fn new(
        core: Core,
        keeping: (Arc<[Inbox]>, Arc<Disk>, Jobs),
        limits: AddressLimits,
        listeners: usize,
        checker: Checker,
        bridge: Bridge,
    ) -> Self {
        let (inboxes, disk, jobs) = keeping;
        let zeros = |count: usize| (0..count).map(|_| AtomicUsize::new(0)).collect();
        Self {
            core: Mutex::new(core),
            connections: zeros(inboxes.len()),
            through: zeros(listeners),
            inboxes,
            disk,
            jobs,
            limits: Mutex::new(limits),
            checker,
            bridge,
        }
    }

    /// The hub.
    pub fn core(&self) -> MutexGuard<'_, Core> {
        // A panic in the hub would be our mistake; the others should go on all the same.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connections of each address.
    pub fn limits(&self) -> MutexGuard<'_, AddressLimits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
