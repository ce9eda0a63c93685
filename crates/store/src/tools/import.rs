//! Everything from text.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, Read};
use std::path::Path;

use hub::{Casemapping, LogKey, Record};
use rusqlite::{Connection, params};

use super::Told;
use super::line::{FORMAT, History, ItemLine, Line, Place};
use crate::error::{About, words as in_words};
use crate::place::{Lock, beside, database, make_directory, sync_directory};
use crate::row::{self, TAKEN_BACK};
use crate::{StoreError, logs, meta, schema, state, words};

/// Lines of one transaction.
const BATCH: u64 = 50_000;
/// Bytes of the longest line.
const LONGEST: u64 = 64 << 20;

/// Makes a database of what [`export`](super::export) wrote. There must be none yet, or an empty one, and no
/// server on it; if anything goes wrong, nothing has changed.
///
/// # Errors
/// There is something already; a line makes no sense (which, is said); or the disk refuses.
pub fn import(
    path: &Path,
    lines: &mut dyn BufRead,
    names: Casemapping,
    told: Told,
) -> Result<(), StoreError> {
    let db = database(path);
    make_directory(&db)?;
    let _lock = Lock::take(&db)?;
    if !is_empty(&db)? {
        return Err(StoreError::failed(&db, "there is something in it already"));
    }
    let part = beside(&db, ".import");
    clear(&part);
    let result = fill(&part, lines, names, told).and_then(|()| {
        clear_beside(&db);
        // What came before the last checkpoint need not have reached the disk yet.
        File::open(&part).and_then(|file| file.sync_all()).about(&part)?;
        fs::rename(&part, &db).about(&db)?;
        sync_directory(&db)
    });
    clear(&part);
    result
}

fn is_empty(db: &Path) -> Result<bool, StoreError> {
    if !fs::metadata(db).is_ok_and(|file| file.len() > 0) {
        return Ok(true);
    }
    let conn = schema::open_to_read(db)?;
    let tables = ["items", "accounts", "rooms", "users", "markers", "names", "bans"];
    let there = tables.map(|table| format!("EXISTS (SELECT 1 FROM {table})")).join(" OR ");
    conn.query_row(&format!("SELECT NOT ({there})"), [], |row| row.get(0)).about(db)
}

fn clear(db: &Path) {
    let _ = fs::remove_file(db);
    clear_beside(db);
}

fn clear_beside(db: &Path) {
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(beside(db, ending));
    }
}

fn fill(db: &Path, lines: &mut dyn BufRead, names: Casemapping, told: Told) -> Result<(), StoreError> {
    let mut conn = schema::open(db)?;
    // It is not there before it is whole, so it need not be safe before.
    conn.execute_batch("PRAGMA synchronous = OFF").about(db)?;
    let mut importer = Importer { names, logs: HashMap::new(), items: 0, total: 0 };
    let (mut number, mut more) = (0, true);
    while more {
        let batch = conn.transaction().about(db)?;
        for _ in 0..BATCH {
            number += 1;
            more = match read(lines).map_err(|what| in_line(db, number, what))? {
                Some(line) => {
                    importer.take(&batch, number, line).map_err(|what| in_line(db, number, what))?
                }
                None if number == 1 => return Err(in_line(db, number, "it is empty".to_owned())),
                None => false,
            };
            if !more {
                break;
            }
        }
        batch.commit().about(db)?;
        told(importer.items, importer.total);
    }
    if importer.items != importer.total {
        let what = format!("{} items instead of {}: it is cut off", importer.items, importer.total);
        return Err(StoreError::failed(db, what));
    }
    index(&mut conn).about(db)?;
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)").about(db)
}

fn in_line(db: &Path, number: u64, what: String) -> StoreError {
    StoreError::failed(db, format!("line {number} of the export: {what}"))
}

/// The next line; none at the end.
fn read(lines: &mut dyn BufRead) -> Result<Option<Line>, String> {
    let mut line = Vec::new();
    let read = lines.take(LONGEST).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    match read {
        0 => Ok(None),
        _ => serde_json::from_slice(&line).map(Some).map_err(|error| error.to_string()),
    }
}

fn index(conn: &mut Connection) -> rusqlite::Result<()> {
    loop {
        let batch = conn.transaction()?;
        let more = words::advance(&batch, BATCH as usize, || false)?;
        batch.commit()?;
        if more.is_none() {
            return Ok(());
        }
    }
}

struct Importer {
    names: Casemapping,
    logs: HashMap<Place, i64>,
    items: u64,
    total: u64,
}

impl Importer {
    /// Takes in a line. Returns true, as there may be more.
    fn take(&mut self, conn: &Connection, number: u64, line: Line) -> Result<bool, String> {
        if (number == 1) != matches!(line, Line::Saloon(_)) {
            return Err("an export begins with one line \"saloon\"".to_owned());
        }
        let result = match line {
            Line::Saloon(head) if head.format > FORMAT => {
                return Err(format!("its format is {}, and this release knows {FORMAT}", head.format));
            }
            Line::Saloon(head) => {
                self.total = head.items;
                meta::raise(conn, "last", head.last)
                    .and_then(|()| head.latest.map_or(Ok(()), |at| meta::raise(conn, "latest", at)))
            }
            Line::Account(account) => self.state(conn, Record::Account(account)),
            Line::Room(room) => self.state(conn, Record::Room(room)),
            Line::User(user) => self.state(conn, Record::User(user)),
            Line::Marker(marker) => self.state(conn, Record::Marker(marker)),
            Line::Name { name, history } => self.state(conn, Record::Log { name, log: Some(history) }),
            Line::Ban(ban) => state::add_ban(conn, &ban),
            Line::History(history) => self.history(conn, history),
            Line::Item(item) => {
                let Some(&log) = self.logs.get(&item.place) else {
                    return Err("the item is of no history that was named before".to_owned());
                };
                self.items += 1;
                insert(conn, log, &item)
            }
        };
        result.map(|()| true).map_err(|error| in_words(&error))
    }

    fn state(&self, conn: &Connection, record: Record) -> rusqlite::Result<()> {
        state::apply(conn, self.names, &record)
    }

    fn history(&mut self, conn: &Connection, history: History) -> rusqlite::Result<()> {
        let key = LogKey::from(history.place.clone());
        let (owner, name) = logs::columns(&key);
        conn.prepare_cached("INSERT INTO logs (owner, name, gone) VALUES (?, ?, ?)")?.execute(params![
            owner,
            name,
            history.gone
        ])?;
        self.logs.insert(history.place, conn.last_insert_rowid());
        Ok(())
    }
}

fn insert(conn: &Connection, log: i64, item: &ItemLine) -> rusqlite::Result<()> {
    let body = serde_json::to_string(&item.more)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let back = if item.redacted { TAKEN_BACK } else { 0 };
    conn.prepare_cached(
        "INSERT INTO items (n, log, seq, at, id, kind, party, nick, text, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        item.n,
        log,
        item.seq,
        item.time.0,
        row::id_bytes(item.id),
        i64::from(item.kind.bits()) | back,
        row::party(&item.by.clone().into()),
        item.nick.as_str(),
        row::words(item.text.as_ref()),
        body
    ])
    .map(drop)
}
