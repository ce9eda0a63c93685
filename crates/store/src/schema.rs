//! The tables, and how those of earlier releases become those of this one.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::StoreError;
use crate::error::About;
use crate::place::{beside, make_file, sync_directory};

/// What makes each format of the one before it. The number of a format is that of steps that led to it.
pub(crate) const STEPS: &[&str] = &[include_str!("schema/1.sql")];

/// Opens a database for writing and brings it to the present format.
pub(crate) fn open(db: &Path) -> Result<Connection, StoreError> {
    make_file(db)?;
    let mut conn = Connection::open_with_flags(db, flags(OpenFlags::SQLITE_OPEN_READ_WRITE)).about(db)?;
    set_up(&conn).about(db)?;
    migrate(&mut conn, db, STEPS)?;
    Ok(conn)
}

/// Opens a database for reading, of the present format only.
pub(crate) fn open_to_read(db: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(db, flags(OpenFlags::SQLITE_OPEN_READ_ONLY)).about(db)?;
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16000;")
        .about(db)?;
    let found = format(&conn).about(db)?;
    let known = STEPS.len() as u32;
    match found {
        _ if found == known => Ok(conn),
        _ if found > known => Err(StoreError::TooNew { path: db.to_owned(), found, known }),
        0 => Err(StoreError::failed(db, "this is no database of ours")),
        _ => Err(StoreError::failed(
            db,
            "it has the format of an earlier release: start the server on it once",
        )),
    }
}

/// How a path is opened: as it is, never as a URI.
pub(crate) fn flags(mode: OpenFlags) -> OpenFlags {
    mode | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// The first of these must come before the first table, or space is never given back.
fn set_up(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "PRAGMA auto_vacuum = INCREMENTAL;
         PRAGMA busy_timeout = 1000;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 2000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -32000;",
    )?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// The format of a database; 0 if it is new.
pub(crate) fn format(conn: &Connection) -> rusqlite::Result<u32> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Takes the steps that are missing, all or none of them, and keeps a copy of what was before.
pub(crate) fn migrate(conn: &mut Connection, db: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let (found, known) = (format(conn).about(db)?, steps.len() as u32);
    if found > known {
        return Err(StoreError::TooNew { path: db.to_owned(), found, known });
    }
    if found == known {
        return Ok(());
    }
    if found == 0 && !is_new(conn).about(db)? {
        return Err(StoreError::failed(db, "this is a database of some other program"));
    }
    if found > 0 {
        keep_copy(conn, db, known)?;
    }
    let change = conn.transaction().about(db)?;
    for step in &steps[found as usize..] {
        change.execute_batch(step).about(db)?;
    }
    change.pragma_update(None, "user_version", known).about(db)?;
    change.commit().about(db)
}

fn is_new(conn: &Connection) -> rusqlite::Result<bool> {
    conn.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Copies the database to one beside it, which is called after the format that it has not got yet.
fn keep_copy(conn: &Connection, db: &Path, format: u32) -> Result<(), StoreError> {
    let copy = beside(db, &format!(".before-{format}"));
    let part = beside(&copy, ".part");
    let _ = std::fs::remove_file(&part);
    make_file(&part)?;
    conn.execute("VACUUM INTO ?", [part.to_string_lossy()]).about(&part)?;
    File::open(&part).and_then(|file| file.sync_all()).about(&part)?;
    std::fs::rename(&part, &copy).about(&copy)?;
    sync_directory(&copy)
}
