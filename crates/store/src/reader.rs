//! Readers: each with a connection of its own, which sees what is committed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hub::{Casemapping, Item, ItemKinds, LogKey, MessageId, Party, Search, Span, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::About;
use crate::queue::Queue;
use crate::row::{self, COLUMNS, TAKEN_BACK};
use crate::{StoreError, logs, page, schema, search};

/// Messages, as a condition.
const SAID: i64 = ItemKinds::SAID.bits() as i64;

/// Reads what is committed. Each call waits until everything up to `upto` is, or the disk has refused it.
#[derive(Debug)]
pub struct Reader {
    db: PathBuf,
    conn: Connection,
    queue: Arc<Queue>,
    names: Casemapping,
}

impl Reader {
    pub(crate) fn open(db: &Path, names: Casemapping, queue: Arc<Queue>) -> Result<Self, StoreError> {
        Ok(Self { db: db.to_owned(), conn: schema::open_to_read(db)?, queue, names })
    }

    /// A part of a history, oldest first. `kinds` count towards `most`, others are left out. Messages that were
    /// taken back stand where they stood; they do not count, and there are at most `most` of them besides.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn page(
        &mut self,
        upto: u64,
        log: &LogKey,
        span: &Span,
        most: usize,
        kinds: ItemKinds,
    ) -> Result<Vec<Item>, StoreError> {
        self.read(upto, |conn| match logs::find(conn, log)? {
            Some(log) => page::page(conn, log, span, most, kinds),
            None => Ok(Vec::new()),
        })
    }

    /// Logs among `rooms`, and of the conversations of `owner`, whose newest message lies strictly between two
    /// times, by that time (of the same one, in the order of everything), oldest first, counted from `from`: where that is the later one, they are the newest.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn targets(
        &mut self,
        upto: u64,
        rooms: &[LogKey],
        owner: &Party,
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<Vec<(LogKey, Timestamp)>, StoreError> {
        let mut found = self.read(upto, |conn| {
            let mut found = Vec::new();
            for (log, key) in some_logs(conn, rooms, Some(owner))? {
                if let Some((at, n)) = newest(conn, log, from.min(to))?.filter(|&(at, _)| at < from.max(to)) {
                    found.push((at, n, key));
                }
            }
            Ok(found)
        })?;
        found.sort_by_key(|&(at, n, _)| (at, n));
        let skipped = if from > to { found.len().saturating_sub(most) } else { 0 };
        Ok(found.into_iter().skip(skipped).take(most).map(|(at, _, key)| (key, at)).collect())
    }

    /// Whose a message of a history is; none if it is not there, or was taken back.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn find(&mut self, upto: u64, log: &LogKey, id: MessageId) -> Result<Option<Party>, StoreError> {
        let kinds = i64::from((ItemKinds::SAID | ItemKinds::SIGNAL).bits());
        self.read(upto, |conn| {
            let Some(log) = logs::find(conn, log)? else { return Ok(None) };
            conn.prepare_cached(
                "SELECT party FROM items WHERE id = ? AND log = ? AND kind & ? != 0 AND kind < ?",
            )?
            .query_row(params![row::id_bytes(id), log, kinds, TAKEN_BACK], |row| {
                row::read_party(row.get_ref(0)?)
            })
            .optional()
        })
    }

    /// Messages with these words in these logs, and in the conversations of `owner` if that is given; the
    /// newest, oldest first. [`Search::target`] is not looked at: `logs` says where.
    ///
    /// Everything that was said is found, with two exceptions, so that no search takes long: words of one or two
    /// characters are looked for in the newest messages of each history only (some 30,000 in all), and of messages
    /// that may have longer words, the newest 30,000 are looked at.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn search(
        &mut self,
        upto: u64,
        logs: &[LogKey],
        owner: Option<&Party>,
        what: &Search,
    ) -> Result<Vec<Item>, StoreError> {
        let names = self.names;
        self.read(upto, |conn| {
            let logs = some_logs(conn, logs, owner)?.into_iter().map(|(log, _)| log).collect();
            search::search(conn, names, logs, what)
        })
    }

    /// Items of a history with times from `from` to `to`, both included, oldest first, with their numbers:
    /// for a connection that fell behind.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn between(
        &mut self,
        upto: u64,
        log: &LogKey,
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<Vec<(u64, Item)>, StoreError> {
        self.read(upto, |conn| {
            let Some(log) = logs::find(conn, log)? else { return Ok(Vec::new()) };
            conn.prepare_cached(&format!(
                "SELECT {COLUMNS}, n FROM items WHERE log = ? AND at BETWEEN ? AND ? ORDER BY at LIMIT ?"
            ))?
            .query_map(params![log, from.0, to.0, most as i64], |row| {
                Ok((row.get::<_, i64>(6)? as u64, row::item(row)?))
            })?
            .collect()
        })
    }

    /// How many messages there are in that part of a history, without those taken back.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn count(
        &mut self,
        upto: u64,
        log: &LogKey,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<u64, StoreError> {
        self.read(upto, |conn| {
            let Some(log) = logs::find(conn, log)? else { return Ok(0) };
            conn.prepare_cached(
                "SELECT count(*) FROM items
                 WHERE log = ? AND at BETWEEN ? AND ? AND kind & ? != 0 AND kind < ?",
            )?
            .query_row(params![log, from.0, to.0, SAID, TAKEN_BACK], |row| row.get(0).map(i64::unsigned_abs))
        })
    }

    /// Reads everything of one call from one state of the database.
    fn read<T>(
        &mut self,
        upto: u64,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.queue.wait_for(upto);
        let one = self.conn.transaction().about(&self.db)?;
        work(&one).about(&self.db)
    }
}

/// The rows of these histories, as far as they have any, and of all conversations of somebody.
fn some_logs(
    conn: &Connection,
    keys: &[LogKey],
    owner: Option<&Party>,
) -> rusqlite::Result<Vec<(i64, LogKey)>> {
    let mut found = Vec::new();
    for key in keys {
        found.extend(logs::find(conn, key)?.map(|log| (log, key.clone())));
    }
    if let Some(owner) = owner {
        let mut own = conn.prepare_cached("SELECT id, owner, name FROM logs WHERE owner = ?")?;
        let own = own.query_map([row::party(owner)], |row| {
            Ok((row.get(0)?, logs::key(row.get_ref(1)?, row.get_ref(2)?.as_str()?)?))
        })?;
        for log in own {
            let log = log?;
            if !keys.contains(&log.1) {
                found.push(log);
            }
        }
    }
    Ok(found)
}

/// The time and the number of the newest message of a history, if it is behind another time.
fn newest(conn: &Connection, log: i64, behind: Timestamp) -> rusqlite::Result<Option<(Timestamp, i64)>> {
    conn.prepare_cached(
        "SELECT at, n FROM items WHERE log = ? AND at > ? AND kind & ? != 0 AND kind < ?
         ORDER BY at DESC LIMIT 1",
    )?
    .query_row(params![log, behind.0, SAID, TAKEN_BACK], |row| Ok((Timestamp(row.get(0)?), row.get(1)?)))
    .optional()
}
