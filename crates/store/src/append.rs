//! Records as changes of the database: within a transaction that somebody else begins and ends.

use hub::{Casemapping, Event, LogKey, MessageId, Party, Record, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use tracing::error;

use crate::logs::{self, Logs};
use crate::row::{self, COLUMNS, ItemRow};
use crate::{meta, state, words};

/// Turns records into changes.
#[derive(Debug)]
pub(crate) struct Appender {
    casemapping: Casemapping,
    logs: Logs,
    /// Whether what is taken back is left in the full-text index, because that is damaged.
    spares_index: bool,
}

impl Appender {
    pub fn new(casemapping: Casemapping) -> Self {
        Self { casemapping, logs: Logs::default(), spares_index: false }
    }

    /// What was appended is undone.
    pub fn undone(&mut self) {
        self.logs.clear();
    }

    /// Leaves the full-text index alone from now on, or not.
    pub fn spare_index(&mut self, spares: bool) {
        self.spares_index = spares;
    }

    /// Appends records with their numbers, and notes how far that is.
    pub fn append<'r>(
        &mut self,
        conn: &Connection,
        records: impl Iterator<Item = &'r (u64, Record)>,
    ) -> rusqlite::Result<()> {
        let (mut last, mut latest) = (0, None);
        for (first, record) in records {
            last = last.max(last_number(*first, record));
            latest = latest.max(self.record(conn, *first, record)?);
        }
        meta::raise(conn, "last", last as i64)?;
        latest.map_or(Ok(()), |at| meta::raise(conn, "latest", at.0))
    }

    /// Appends one record, and returns the time of its item.
    fn record(
        &mut self,
        conn: &Connection,
        first: u64,
        record: &Record,
    ) -> rusqlite::Result<Option<Timestamp>> {
        match record {
            Record::Item { logs, by, event } => return self.item(conn, first, logs, by, event),
            Record::Redacted { logs, id, event } => {
                logs.iter().try_for_each(|log| self.take_back(conn, log, *id, event))?;
            }
            Record::Forget(party) => self.logs.abandon(conn, party)?,
            Record::AccountGone(name) => {
                state::apply(conn, self.casemapping, record)?;
                self.logs.abandon(conn, &Party::Account(self.casemapping.fold(name)))?;
            }
            _ => state::apply(conn, self.casemapping, record)?,
        }
        Ok(None)
    }

    fn item(
        &mut self,
        conn: &Connection,
        first: u64,
        logs: &[LogKey],
        by: &Party,
        event: &Event,
    ) -> rusqlite::Result<Option<Timestamp>> {
        let Some(item) = ItemRow::of(event) else {
            error!("an event that is never an item was to be kept as one");
            return Ok(None);
        };
        let (party, body) = (row::party(by), item.json()?);
        for (n, key) in (first..).zip(logs) {
            let log = self.logs.get(conn, key)?;
            if log.at.is_some_and(|at| item.at <= at) {
                error!("the times of items in one history do not grow");
            }
            insert(conn, n, log.id, log.last + 1, &item, &party, &body)?;
            log.last += 1;
            log.at = log.at.max(Some(item.at));
        }
        Ok(Some(item.at))
    }

    /// Takes the words and tags of a message out of its row and out of the index. One that is not there (any more)
    /// needs nothing.
    fn take_back(
        &self,
        conn: &Connection,
        log: &LogKey,
        id: MessageId,
        redaction: &Event,
    ) -> rusqlite::Result<()> {
        let Some(log) = logs::find(conn, log)? else { return Ok(()) };
        let found = conn
            .prepare_cached(&format!("SELECT {COLUMNS}, n FROM items WHERE id = ? AND log = ?"))?
            .query_row(params![row::id_bytes(id), log], |row| Ok((ItemRow::read(row)?, row.get(6)?)))
            .optional()?;
        let Some((mut item, n)) = found else { return Ok(()) };
        if !self.spares_index {
            words::remove(conn, n, log, item.kind, item.text.as_ref())?;
        }
        item.take_back(redaction);
        conn.prepare_cached("UPDATE items SET kind = ?, text = NULL, body = ? WHERE n = ?")?
            .execute(params![item.kind, item.json()?, n])
            .map(drop)
    }
}

/// The last of the numbers that a record has.
pub(crate) fn last_number(first: u64, record: &Record) -> u64 {
    match record {
        Record::Item { logs, .. } => first + (logs.len() as u64).saturating_sub(1),
        _ => first,
    }
}

fn insert(
    conn: &Connection,
    n: u64,
    log: i64,
    seq: i64,
    item: &ItemRow,
    party: &Value,
    body: &str,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO items (n, log, seq, at, id, kind, party, nick, text, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        n as i64,
        log,
        seq,
        item.at.0,
        row::id_bytes(item.id),
        item.kind,
        party,
        item.nick,
        row::words(item.text.as_ref()),
        body
    ])
    .map(drop)
}
