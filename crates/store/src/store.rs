//! The open database.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use hub::{Casemapping, Record, Saved};
use rusqlite::{Connection, params};

use crate::commits::{Commits, Counter};
use crate::error::About;
use crate::logs::NOBODY;
use crate::place::{Lock, database, make_directory};
use crate::queue::Queue;
use crate::writer::Writer;
use crate::{Options, Progress, Reader, Retention, StoreError, meta, names, schema, state};

/// How long closing waits for a disk that refuses: a server has five seconds to end, three of them for those who
/// are connected.
const PATIENCE: Duration = Duration::from_millis(1200);

/// The database, open for writing by this process alone.
#[derive(Debug)]
pub struct Store {
    db: PathBuf,
    names: Casemapping,
    queue: Arc<Queue>,
    commits: Arc<Counter>,
    thread: Mutex<Option<(JoinHandle<()>, Lock)>>,
    #[cfg(test)]
    pub(crate) pages: Arc<std::sync::atomic::AtomicU32>,
}

impl Store {
    /// Opens the database, or makes a new one; migrates an older one, of which it keeps a copy
    /// (`saloon.db.before-<format>`). A path that ends in `.db` or `.sqlite`, or is a file, is the database; any
    /// other is a directory with `saloon.db` in it. `told` is called from the writing thread whenever it has
    /// come further, or failed for another reason than before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(
        path: &Path,
        options: Options,
        told: Box<dyn Fn(Progress) + Send>,
    ) -> Result<(Arc<Self>, Saved), StoreError> {
        let db = database(path);
        make_directory(&db)?;
        let lock = Lock::take(&db)?;
        let conn = schema::open(&db)?;
        names::settle(&conn, &db, options.casemapping)?;
        forget_guests(&conn).about(&db)?;
        let saved = state::load(&conn).about(&db)?;
        let last = last(&conn).about(&db)?;
        let queue = Arc::new(Queue::new(last, options.retention));
        let writer = Writer::new(conn, queue.clone(), &options, told).about(&db)?;
        let commits = writer.commits.clone();
        #[cfg(test)]
        let pages = writer.pages.clone();
        let thread =
            std::thread::Builder::new().name("store".to_owned()).spawn(|| writer.run()).about(&db)?;
        let store = Self {
            db,
            names: options.casemapping,
            queue,
            commits,
            thread: Mutex::new(Some((thread, lock))),
            #[cfg(test)]
            pages,
        };
        Ok((Arc::new(store), saved))
    }

    /// The number of the last record ever taken. Those of the next one start behind it.
    pub fn last(&self) -> u64 {
        self.queue.last()
    }

    /// Takes a record. Its items have the numbers `first`, `first + 1`, …, one for each log; any other record
    /// has `first`. Numbers only grow. Never waits.
    ///
    /// While the disk refuses, records wait in memory. When very many do, those are dropped that nobody was
    /// promised (comings and goings), and states that a later record replaces.
    pub fn keep(&self, first: u64, record: Record) {
        self.queue.put(first, record);
    }

    /// Somebody waits for everything up to this number to be on disk. What nobody waits for is written a little
    /// later, together with what comes meanwhile.
    pub fn want(&self, upto: u64) {
        self.queue.want(upto);
    }

    /// Up to which number everything is on disk.
    pub fn kept(&self) -> u64 {
        self.queue.kept()
    }

    /// Why nothing can be written at the moment, if so.
    pub fn failing(&self) -> Option<String> {
        self.queue.failing()
    }

    /// How many transactions were committed so far, and how long that took.
    pub fn commits(&self) -> Commits {
        self.commits.take()
    }

    /// Other choices from now on.
    pub fn configure(&self, retention: Retention) {
        self.queue.configure(retention);
    }

    /// A reader, for one thread.
    ///
    /// # Errors
    /// The database can't be opened again.
    pub fn reader(self: &Arc<Self>) -> Result<Reader, StoreError> {
        Reader::open(&self.db, self.names, self.queue.clone())
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.db
    }

    /// Writes everything that was taken, as far as the disk allows within some seconds, and closes. Readers can go
    /// on.
    pub fn close(&self) {
        let Some((thread, lock)) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        self.queue.close(PATIENCE);
        let _ = thread.join();
        drop(lock);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// Guests of an earlier run can't come back: their sides of their conversations are to be cleared away.
fn forget_guests(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute("UPDATE logs SET owner = ?1, name = id WHERE owner > ?1", params![NOBODY]).map(drop)
}

fn last(conn: &Connection) -> rusqlite::Result<u64> {
    let items: Option<i64> = conn.query_row("SELECT max(n) FROM items", [], |row| row.get(0))?;
    Ok(meta::get(conn, "last")?.max(items.unwrap_or(0)) as u64)
}
