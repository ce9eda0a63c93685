//! Forgetting: the oldest items first, until there are no more than the settings say.
//!
//! A round looks at every history once, a few in each step, and then at the size of the database. What goes
//! first is always the oldest of its history, so what is left is numbered without gaps.

use std::time::{SystemTime, UNIX_EPOCH};

use hub::Text;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::logs::NOBODY;
use crate::{Retention, row, words};

/// Items forgotten in one step.
const CHUNK: i64 = 200;
/// Owners looked at in one step.
const OWNERS: usize = 50;

/// How far a round has come.
#[derive(Debug, Default)]
pub(crate) enum Round {
    /// Histories of nobody.
    #[default]
    Nobodys,
    /// Rooms behind this one.
    Rooms(String),
    /// Owners of conversations behind this one.
    Owners(Value),
    /// All together.
    Size,
}

/// What came of a step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing had to be forgotten.
    Nothing,
    /// Something was.
    Forgot,
    /// That was the last step.
    Done,
}

impl Round {
    /// Takes a step, within a transaction.
    pub fn step(&mut self, conn: &Connection, keep: &Retention) -> rusqlite::Result<Step> {
        match self {
            Self::Nobodys => {
                if clear_nobodys(conn)? {
                    return Ok(Step::Forgot);
                }
                *self = Self::Rooms(String::new());
            }
            Self::Rooms(behind) => {
                for _ in 0..OWNERS {
                    let Some((name, log)) = room_behind(conn, behind)? else {
                        // Every text is behind the empty one, and every row of bytes behind all texts.
                        *self = Self::Owners(Value::Text(String::new()));
                        return Ok(Step::Nothing);
                    };
                    if forget_oldest(conn, log, excess(conn, log, keep.room_items, keep.age)?)? {
                        return Ok(Step::Forgot);
                    }
                    *behind = name;
                }
            }
            Self::Owners(behind) => {
                for _ in 0..OWNERS {
                    let Some(owner) = owner_behind(conn, behind)? else {
                        *self = Self::Size;
                        return Ok(Step::Nothing);
                    };
                    if trim_owner(conn, &owner, keep)? {
                        return Ok(Step::Forgot);
                    }
                    *behind = owner;
                }
            }
            Self::Size => {
                let over = keep.bytes.is_some_and(|most| size(conn).is_ok_and(|size| size > most));
                return match over && forget_first(conn)? {
                    true => Ok(Step::Forgot),
                    false => Ok(Step::Done),
                };
            }
        }
        Ok(Step::Nothing)
    }
}

/// Bytes of the database that are in use.
fn size(conn: &Connection) -> rusqlite::Result<u64> {
    let number = |name| conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let pages = number("page_count")? - number("freelist_count")?;
    Ok((pages * number("page_size")?) as u64)
}

fn room_behind(conn: &Connection, name: &str) -> rusqlite::Result<Option<(String, i64)>> {
    conn.prepare_cached("SELECT name, id FROM logs WHERE owner = '' AND name > ? ORDER BY name LIMIT 1")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

fn owner_behind(conn: &Connection, owner: &Value) -> rusqlite::Result<Option<Value>> {
    conn.prepare_cached("SELECT owner FROM logs WHERE owner > ? ORDER BY owner LIMIT 1")?
        .query_row([owner], |row| row.get(0))
        .optional()
}

/// How many items of a history are too many or too old.
fn excess(conn: &Connection, log: i64, most: usize, age: Option<u64>) -> rusqlite::Result<i64> {
    let Some((first, last)) = ends(conn, log)? else { return Ok(0) };
    let by_count = (last - first + 1).saturating_sub_unsigned(most as u64);
    let by_age = match age {
        Some(age) => conn
            .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM items WHERE log = ? AND at < ? LIMIT ?)")?
            .query_row(params![log, long_ago(age), CHUNK], |row| row.get(0))?,
        None => 0,
    };
    Ok(by_count.max(by_age))
}

/// The numbers of the first and last item of a history.
fn ends(conn: &Connection, log: i64) -> rusqlite::Result<Option<(i64, i64)>> {
    let end = |sql| conn.prepare_cached(sql)?.query_row([log], |row| row.get(0)).optional();
    let first = end("SELECT seq FROM items WHERE log = ? ORDER BY at LIMIT 1")?;
    let last = end("SELECT seq FROM items WHERE log = ? ORDER BY at DESC LIMIT 1")?;
    Ok(first.zip(last))
}

/// Forgets something of somebody's conversations that are too many or too old. Returns whether there was any.
fn trim_owner(conn: &Connection, owner: &Value, keep: &Retention) -> rusqlite::Result<bool> {
    let logs: Vec<i64> = conn
        .prepare_cached("SELECT id FROM logs WHERE owner = ?")?
        .query_map([owner], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut count = 0;
    for &log in &logs {
        if forget_oldest(conn, log, excess(conn, log, usize::MAX, keep.age)?)? {
            return Ok(true);
        }
        count += ends(conn, log)?.map_or(0, |(first, last)| last - first + 1);
    }
    let excess = count.saturating_sub_unsigned(keep.direct_items as u64);
    if excess <= 0 {
        return Ok(false);
    }
    let oldest = conn
        .prepare_cached(
            "SELECT n, log, seq, kind, text FROM items WHERE n IN (
                 SELECT n FROM items INDEXED BY items_log
                 WHERE log IN (SELECT id FROM logs WHERE owner = ?) ORDER BY n LIMIT ?
             )",
        )?
        .query_map(params![owner, excess.min(CHUNK)], Old::read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    forget(conn, &oldest)
}

/// Clears away something of histories that nobody can read. Returns whether there was any.
fn clear_nobodys(conn: &Connection) -> rusqlite::Result<bool> {
    let log = conn
        .prepare_cached("SELECT id FROM logs WHERE owner = ? LIMIT 1")?
        .query_row([NOBODY], |row| row.get(0))
        .optional()?;
    let Some(log) = log else { return Ok(false) };
    if !forget_oldest(conn, log, CHUNK)? {
        conn.prepare_cached("DELETE FROM logs WHERE id = ?")?.execute([log])?;
    }
    Ok(true)
}

/// Forgets the oldest items of a history. Returns whether there were any.
fn forget_oldest(conn: &Connection, log: i64, count: i64) -> rusqlite::Result<bool> {
    if count <= 0 {
        return Ok(false);
    }
    let oldest = conn
        .prepare_cached("SELECT n, log, seq, kind, text FROM items WHERE log = ? ORDER BY at LIMIT ?")?
        .query_map(params![log, count.min(CHUNK)], Old::read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    forget(conn, &oldest)
}

/// Forgets the oldest items of all. Returns whether there were any.
fn forget_first(conn: &Connection) -> rusqlite::Result<bool> {
    let oldest = conn
        .prepare_cached("SELECT n, log, seq, kind, text FROM items ORDER BY n LIMIT ?")?
        .query_map([CHUNK], Old::read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    forget(conn, &oldest)
}

/// What one must know of an item to forget it.
struct Old {
    n: i64,
    log: i64,
    seq: i64,
    kind: i64,
    text: Option<Text>,
}

impl Old {
    fn read(row: &Row) -> rusqlite::Result<Self> {
        Ok(Self {
            n: row.get(0)?,
            log: row.get(1)?,
            seq: row.get(2)?,
            kind: row.get(3)?,
            text: row::text(row.get_ref(4)?)?,
        })
    }
}

fn forget(conn: &Connection, items: &[Old]) -> rusqlite::Result<bool> {
    for item in items {
        words::remove(conn, item.n, item.log, item.kind, item.text.as_ref())?;
        conn.prepare_cached("DELETE FROM items WHERE n = ?")?.execute([item.n])?;
        conn.prepare_cached("UPDATE logs SET gone = max(gone, ?) WHERE id = ?")?
            .execute(params![item.seq, item.log])?;
    }
    Ok(!items.is_empty())
}

/// So many milliseconds ago.
fn long_ago(age: u64) -> i64 {
    now().saturating_sub(i64::try_from(age).unwrap_or(i64::MAX))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
