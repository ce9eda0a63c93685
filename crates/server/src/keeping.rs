//! Opening what outlives the server, and putting a hub on top of it.

use std::sync::Arc;

use hub::Hub;
use store::{Options, Store, StoreError};

use crate::disk::Disk;
use crate::doors::ServeError;
use crate::inbox::Inbox;
use crate::ledger::Ledger;
use crate::live::Live;
use crate::recall::{self, JobQueue, ReadersError};

/// The store, open, and what stands on it.
pub struct Keeping {
    /// The store itself.
    pub store: Arc<Store>,
    /// How far the disk has come.
    pub disk: Arc<Disk>,
    /// Numbers what is to be kept from now on.
    pub ledger: Ledger,
    /// The hub, as it was.
    pub hub: Hub,
}

impl Keeping {
    /// Opens the store of the configuration, for workers with these inboxes, and reads back what is in it.
    ///
    /// # Errors
    /// The store can't be opened.
    pub fn open(live: &Live, inboxes: &Arc<[Inbox]>, queue: JobQueue) -> Result<Self, ServeError> {
        let settings = live.hub();
        let disk = Arc::new(Disk::new(Arc::clone(inboxes)));
        let told = Arc::clone(&disk);
        let options = Options { casemapping: settings.casemapping, retention: live.retention() };
        let path = &live.config.datastore.path;
        let (store, saved) = Store::open(path, options, Box::new(move |progress| told.tell(progress)))?;
        disk.attach(&store);
        recall::start(&store, queue, inboxes).map_err(|error| match error {
            ReadersError::Store(error) => error.into(),
            ReadersError::Thread(source) => ServeError::System { what: "a reader thread", source },
        })?;
        let keeper = Arc::clone(&store);
        let keep = Box::new(move |first, record| keeper.keep(first, record));
        let ledger = Ledger::new(store.last(), Arc::clone(&disk), keep);
        Ok(Self { hub: Hub::restore(settings, saved), store, disk, ledger })
    }
}

/// What to do about a store that can't be opened.
pub fn advice(error: &StoreError) -> &'static str {
    match error {
        StoreError::InUse { .. } => {
            "stop that server, or give this one a place of its own (datastore.path in the configuration)"
        }
        StoreError::TooNew { .. } => {
            "start that later release, or name another place (datastore.path in the configuration)"
        }
        StoreError::Damaged { .. } => {
            "look what is wrong with `saloon verify`, and put a backup in its place with `saloon restore`"
        }
        StoreError::Failed { .. } => {
            "see that it can be read and written there, or name another place (datastore.path in the configuration)"
        }
    }
}
