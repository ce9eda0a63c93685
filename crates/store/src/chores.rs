//! What the writing thread does when nothing waits: fills the full-text index, forgets what is too old, and gives
//! space back. All in small steps, for whoever writes next waits until the step is done.

use std::time::{Duration, Instant};

use hub::Record;
use rusqlite::{Connection, ErrorCode};
use tracing::warn;

use crate::append::last_number;
use crate::forget::{Round, Step};
use crate::queue::{Numbered, Queue};
use crate::{Retention, error, words};

/// Messages that the index may lag behind, before it is filled although others wait.
const LAG: u64 = 200_000;
/// Messages the index takes in at once while nothing else happens, and how long that may take otherwise.
const CHUNK: usize = 1000;
const SLICE: Duration = Duration::from_millis(4);
/// Fewer messages than this are indexed only after a rest: many small steps make the index slow.
const FEW: u64 = 4000;
/// How long to wait for more of them.
const SETTLE: Duration = Duration::from_millis(200);
/// How long between looking for what is too old.
const ROUND: Duration = Duration::from_secs(60);
/// How long to leave it after something went wrong.
const SULK: Duration = Duration::from_secs(60);
/// Pages of the index merged in one step, and in one between two steps of filling it: else its parts become so many
/// that they have to be merged all at once, while everybody waits.
const MERGED: u32 = 16;
const MERGED_BETWEEN: u32 = 64;
/// Pages given back in one step.
const PAGES: u32 = 256;
/// Pages that are worth giving back.
const WORTH: i64 = 64;

/// What is to be done.
#[derive(Debug)]
pub(crate) struct Chores {
    retention: Retention,
    /// The number of the last record, and of that up to which the index has come.
    last: u64,
    indexed: u64,
    written: Instant,
    /// Whether parts of the index may have to be merged.
    merging: bool,
    /// Whether the last thing done was to fill the index.
    filled: bool,
    round: Option<Round>,
    next_round: Instant,
    /// Whether there may be pages to give back.
    freed: bool,
    /// Whether the log beside the database has pages that should not stay there: words that were taken back,
    /// or space to be given back.
    traces: bool,
    sulking: Option<Instant>,
}

impl Chores {
    pub fn new(retention: Retention, last: u64, indexed: u64) -> Self {
        let now = Instant::now();
        Self {
            retention,
            last,
            indexed,
            written: now,
            merging: true,
            filled: false,
            round: None,
            next_round: now,
            freed: true,
            traces: false,
            sulking: None,
        }
    }

    /// Other choices; looks at once what is too much now.
    pub fn configure(&mut self, retention: Retention) {
        self.retention = retention;
        self.round = None;
        self.next_round = Instant::now();
    }

    /// Something was written.
    pub fn written(&mut self, batch: &[Numbered]) {
        self.last = batch.last().map_or(self.last, |(first, record)| last_number(*first, record));
        self.written = Instant::now();
        for (_, record) in batch {
            match record {
                Record::Redacted { .. } => self.traces = true,
                Record::Forget(_) | Record::AccountGone(_) => self.next_round = self.written,
                _ => {}
            }
        }
    }

    /// How far the index lags behind.
    fn lag(&self) -> u64 {
        self.last.saturating_sub(self.indexed)
    }

    /// How long there is nothing to do.
    pub fn pause(&self) -> Duration {
        let now = Instant::now();
        let until = |when: Instant| when.saturating_duration_since(now);
        if let Some(sulking) = self.sulking {
            return until(sulking);
        }
        if self.lag() >= FEW || self.merging || self.round.is_some() || self.freed {
            return Duration::ZERO;
        }
        let settled = until(self.written + SETTLE);
        let round = until(self.next_round);
        if self.lag() > 0 || self.traces { settled.min(round) } else { round }
    }

    /// Does one thing, unless others wait.
    pub fn step(&mut self, conn: &mut Connection, queue: &Queue) {
        if self.sulking.is_some_and(|until| Instant::now() < until) {
            return;
        }
        self.sulking = None;
        if queue.is_busy() && self.lag() < LAG {
            return;
        }
        if let Err(error) = self.do_one(conn, queue) {
            if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) {
                warn!(error = error::words(&error), "the database could not be tidied up");
            }
            self.sulking = Some(Instant::now() + SULK);
        }
    }

    fn do_one(&mut self, conn: &mut Connection, queue: &Queue) -> rusqlite::Result<()> {
        let settled = self.written.elapsed() >= SETTLE;
        let filled = std::mem::take(&mut self.filled);
        if self.lag() >= FEW || (self.lag() > 0 && settled) {
            if filled {
                return words::merge(conn, MERGED_BETWEEN).map(drop);
            }
            self.filled = true;
            self.index(conn, queue)
        } else if self.merging {
            self.merging = words::merge(conn, MERGED)?;
            Ok(())
        } else if let Some(round) = &mut self.round {
            let change = conn.transaction()?;
            let step = round.step(&change, &self.retention)?;
            change.commit()?;
            match step {
                Step::Nothing => {}
                Step::Forgot => self.freed = true,
                Step::Done => self.round = None,
            }
            Ok(())
        } else if self.next_round <= Instant::now() {
            self.next_round = Instant::now() + ROUND;
            self.round = Some(Round::default());
            Ok(())
        } else if self.freed {
            self.give_back(conn)
        } else if self.traces && settled {
            // While a reader is at it, the log stays: to be tried again in a while.
            self.traces = !truncate(conn)?;
            self.written = Instant::now();
            Ok(())
        } else {
            Ok(())
        }
    }

    /// Indexing need not reach the disk before the next message does: what gets lost is done again.
    fn index(&mut self, conn: &mut Connection, queue: &Queue) -> rusqlite::Result<()> {
        let start = Instant::now();
        conn.execute_batch("PRAGMA synchronous = NORMAL")?;
        let result = index_chunk(conn, || start.elapsed() > SLICE && queue.is_busy());
        conn.execute_batch("PRAGMA synchronous = FULL")?;
        self.merging = true;
        self.indexed = result?.map_or(self.last, |upto| upto as u64);
        Ok(())
    }

    fn give_back(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let free: i64 = conn.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
        if free > WORTH {
            let mut vacuum = conn.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
            let mut rows = vacuum.query([])?;
            while rows.next()?.is_some() {}
            return Ok(());
        }
        self.freed = false;
        self.traces = true;
        Ok(())
    }
}

fn index_chunk(conn: &mut Connection, enough: impl FnMut() -> bool) -> rusqlite::Result<Option<i64>> {
    let change = conn.transaction()?;
    let upto = words::advance(&change, CHUNK, enough)?;
    change.commit()?;
    Ok(upto)
}

/// Brings the log beside the database into it and empties it. Returns false if a reader is in the way.
fn truncate(conn: &Connection) -> rusqlite::Result<bool> {
    conn.execute_batch("PRAGMA busy_timeout = 0")?;
    let result = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    conn.execute_batch("PRAGMA busy_timeout = 1000")?;
    Ok(!result?)
}
