//! The writing thread: one transaction for all that has queued up while the last one was under way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hub::Record;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tracing::error;

use crate::append::{Appender, last_number};
use crate::chores::Chores;
use crate::commits::Counter;
use crate::error::words;
use crate::place::FileId;
use crate::queue::{Numbered, Queue};
use crate::{Options, Progress, meta};

/// How long until a refused transaction is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// What the thread owns.
pub(crate) struct Writer {
    conn: Connection,
    queue: Arc<Queue>,
    told: Box<dyn Fn(Progress) + Send>,
    appender: Appender,
    chores: Chores,
    /// The file that was opened.
    file: FileId,
    /// How long commits take.
    pub(crate) commits: Arc<Counter>,
    #[cfg(test)]
    pub(crate) pages: Arc<std::sync::atomic::AtomicU32>,
}

impl Writer {
    pub fn new(
        conn: Connection,
        queue: Arc<Queue>,
        options: &Options,
        told: Box<dyn Fn(Progress) + Send>,
    ) -> rusqlite::Result<Self> {
        let appender = Appender::new(options.casemapping);
        let chores = Chores::new(options.retention, queue.last(), meta::get(&conn, "indexed")? as u64);
        Ok(Self {
            queue,
            told,
            appender,
            chores,
            file: FileId::of(&conn),
            conn,
            commits: Arc::default(),
            #[cfg(test)]
            pages: Arc::default(),
        })
    }

    /// Writes until it is closed and nothing is left.
    pub fn run(mut self) {
        loop {
            let batch = self.queue.take(self.chores.pause());
            if let Some(retention) = self.queue.configured() {
                self.chores.configure(retention);
            }
            if batch.is_empty() && self.queue.is_over() {
                break;
            }
            if !self.write(&batch) {
                break;
            }
            if self.queue.closing().is_none() {
                self.chores.step(&mut self.conn, &self.queue);
            }
        }
        // What is left in the log beside the database gets into it, and the log goes, unless somebody reads it.
        let _ = self.conn.execute_batch("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE)");
        let Self { conn, queue, .. } = self;
        drop(conn);
        queue.end();
    }

    /// Writes a batch, however often the disk refuses. Returns false if it is time to give up.
    fn write(&mut self, batch: &[Numbered]) -> bool {
        let Some((first, record)) = batch.last() else { return true };
        let last = last_number(*first, record);
        loop {
            let began = Instant::now();
            match self.commit(batch) {
                Ok(()) => {
                    self.commits.done(began.elapsed());
                    let kept = self.queue.done(last);
                    self.chores.written(batch);
                    (self.told)(Progress::Kept(kept));
                    return true;
                }
                Err(error) => {
                    self.commits.refused();
                    let reason = words(&error);
                    if self.queue.fail(&reason) {
                        (self.told)(Progress::Failing(reason));
                    }
                }
            }
            if self.queue.closing().is_some_and(|by| by < Instant::now()) {
                return false;
            }
            match self.queue.closing() {
                // A resting thread would be woken at once.
                Some(_) => std::thread::sleep(RETRY / 4),
                None => self.queue.rest(RETRY),
            }
        }
    }

    /// Writes a batch, or nothing of it. Damage in the full-text index does not stand in the way: what is taken back
    /// stays in it then.
    fn commit(&mut self, batch: &[Numbered]) -> rusqlite::Result<()> {
        let result = self.try_commit(batch);
        let damaged = |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt);
        let takes_back = |(_, record): &Numbered| matches!(record, Record::Redacted { .. });
        if !(result.as_ref().is_err_and(damaged) && batch.iter().any(takes_back)) {
            return result;
        }
        self.appender.spare_index(true);
        let result = self.try_commit(batch);
        self.appender.spare_index(false);
        if result.is_ok() {
            error!("the full-text index is damaged: what was taken back may still be found in the files");
        }
        result
    }

    fn try_commit(&mut self, batch: &[Numbered]) -> rusqlite::Result<()> {
        #[cfg(test)]
        tests_limit(&self.conn, &self.pages);
        self.file.check(&self.conn)?;
        // Immediate: one that reads first does not wait for another process that writes, but fails at once.
        let result = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|change| {
            self.appender.append(&change, batch.iter())?;
            change.commit()
        });
        if result.is_err() {
            self.appender.undone();
        }
        result
    }
}

/// Lets a test fill the disk: no more pages than this.
#[cfg(test)]
fn tests_limit(conn: &Connection, pages: &std::sync::atomic::AtomicU32) {
    let pages = pages.load(std::sync::atomic::Ordering::SeqCst);
    let most = if pages == 0 { u32::MAX - 1 } else { pages };
    let _ = conn.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()));
}
