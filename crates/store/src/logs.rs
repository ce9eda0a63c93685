//! Histories by name, and how far each has come.

use std::collections::HashMap;

use hub::{LogKey, Party, Timestamp};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params};
use smol_str::SmolStr;

use crate::row;

/// Histories that are remembered; beyond that, all are looked up again.
const REMEMBERED: usize = 50_000;

/// The owner of histories that are to be cleared away.
pub(crate) const NOBODY: &[u8] = &[];

/// The columns `owner` and `name` of a history.
pub(crate) fn columns(log: &LogKey) -> (Value, &str) {
    match log {
        LogKey::Room(name) => (Value::Text(String::new()), name),
        LogKey::Direct { owner, peer } => (row::party(owner), peer),
    }
}

/// The history of columns `owner` and `name`.
pub(crate) fn key(owner: ValueRef, name: &str) -> rusqlite::Result<LogKey> {
    let name = SmolStr::new(name);
    Ok(match owner {
        ValueRef::Text(b"") => LogKey::Room(name),
        owner => LogKey::Direct { owner: row::read_party(owner)?, peer: name },
    })
}

/// The row of a history, if it has one.
pub(crate) fn find(conn: &Connection, log: &LogKey) -> rusqlite::Result<Option<i64>> {
    let (owner, name) = columns(log);
    conn.prepare_cached("SELECT id FROM logs WHERE owner = ? AND name = ?")?
        .query_row(params![owner, name], |row| row.get(0))
        .optional()
}

/// A history that is written to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    /// Its row.
    pub id: i64,
    /// The number in it of its last item; 0 if it never had one.
    pub last: i64,
    /// The time of that, if it is still there.
    pub at: Option<Timestamp>,
}

/// The histories that were written to lately.
#[derive(Debug, Default)]
pub(crate) struct Logs(HashMap<LogKey, Log>);

impl Logs {
    /// The history of that name, made if it is missing.
    pub fn get(&mut self, conn: &Connection, key: &LogKey) -> rusqlite::Result<&mut Log> {
        if !self.0.contains_key(key) {
            if self.0.len() >= REMEMBERED {
                self.0.clear();
            }
            let log = load(conn, key)?;
            self.0.insert(key.clone(), log);
        }
        Ok(self.0.get_mut(key).expect("it was put there"))
    }

    /// Forgets what it knows: it was not written after all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Leaves the conversations of somebody to be cleared away.
    pub fn abandon(&mut self, conn: &Connection, owner: &Party) -> rusqlite::Result<()> {
        let changed = conn
            .prepare_cached("UPDATE logs SET owner = ?, name = id WHERE owner = ?")?
            .execute(params![NOBODY, row::party(owner)])?;
        if changed > 0 {
            self.0.retain(|key, _| !matches!(key, LogKey::Direct { owner: whose, .. } if whose == owner));
        }
        Ok(())
    }
}

fn load(conn: &Connection, key: &LogKey) -> rusqlite::Result<Log> {
    let (owner, name) = columns(key);
    let known = conn
        .prepare_cached("SELECT id, gone FROM logs WHERE owner = ? AND name = ?")?
        .query_row(params![owner, name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, gone)) = known else {
        conn.prepare_cached("INSERT INTO logs (owner, name) VALUES (?, ?)")?.execute(params![owner, name])?;
        return Ok(Log { id: conn.last_insert_rowid(), last: 0, at: None });
    };
    let newest = conn
        .prepare_cached("SELECT seq, at FROM items WHERE log = ? ORDER BY at DESC LIMIT 1")?
        .query_row([id], |row| Ok((row.get(0)?, Timestamp(row.get(1)?))))
        .optional()?;
    Ok(match newest {
        Some((last, at)) => Log { id, last, at: Some(at) },
        None => Log { id, last: gone, at: None },
    })
}
