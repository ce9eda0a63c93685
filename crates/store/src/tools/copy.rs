//! Copies: taken while a server writes, and put in place of what is lost.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::Told;
use crate::error::About;
use crate::place::{Lock, beside, database, make_directory, make_file, sync_directory};
use crate::{StoreError, schema};

/// Pages copied at once.
const PAGES: i32 = 500;

/// Copies the database, also while a server writes it, into a file of its own in `dir`, named for the time, and
/// returns that. The copy is of one moment, has been checked, and is readable by its owner alone. If it can't be
/// completed, nothing of that name is there.
///
/// # Errors
/// The database can't be read, the copy not be written, or the copy is damaged.
pub fn backup(path: &Path, dir: &Path, told: Told) -> Result<PathBuf, StoreError> {
    let db = database(path);
    let from = schema::open_to_read(&db)?;
    let to = dir.join(format!("saloon-{}.db", stamp()));
    make_directory(&to)?;
    if to.exists() {
        return Err(StoreError::failed(&to, "there is one already"));
    }
    copy(&from, &db, &to, told)?;
    Ok(to)
}

/// Puts a backup in the place of the database. What was there is kept beside it (`saloon.db.before-restore-…`),
/// and where that is returned. Nothing is changed unless the backup is whole.
///
/// # Errors
/// A server has the database open; there is one and `force` is not given; the backup is damaged, or of a later
/// release; or the disk refuses.
pub fn restore(backup: &Path, path: &Path, force: bool, told: Told) -> Result<Option<PathBuf>, StoreError> {
    let db = database(path);
    make_directory(&db)?;
    let _lock = Lock::take(&db)?;
    let there = fs::metadata(&db).is_ok_and(|file| file.len() > 0);
    if there && !force {
        return Err(StoreError::failed(&db, "there is a database already"));
    }
    let from = schema::open_to_read(backup)?;
    let new = beside(&db, ".restored");
    let _ = fs::remove_file(&new);
    copy(&from, backup, &new, told)?;
    let aside = if there { Some(put_aside(&db)?) } else { None };
    // What the old one had not taken in must not get into the new one.
    let _ = fs::remove_file(beside(&db, "-wal"));
    let _ = fs::remove_file(beside(&db, "-shm"));
    fs::rename(&new, &db).about(&db)?;
    sync_directory(&db)?;
    Ok(aside)
}

/// Moves the database, with what it has not taken in yet, to another name.
fn put_aside(db: &Path) -> Result<PathBuf, StoreError> {
    let aside = beside(db, &format!(".before-restore-{}", stamp()));
    for ending in ["-wal", ""] {
        let (from, to) = (beside(db, ending), beside(&aside, ending));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            result => result.about(&from)?,
        }
    }
    Ok(aside)
}

/// Copies a database into a file that gets its name only when it is whole.
fn copy(from: &Connection, source: &Path, to: &Path, told: Told) -> Result<(), StoreError> {
    let part = beside(to, ".part");
    let _ = fs::remove_file(&part);
    let result = copy_to_part(from, source, &part, told).and_then(|()| {
        File::open(&part).and_then(|file| file.sync_all()).about(&part)?;
        fs::rename(&part, to).about(to)?;
        sync_directory(to)
    });
    for ending in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(beside(&part, ending));
    }
    result
}

fn copy_to_part(from: &Connection, source: &Path, part: &Path, told: Told) -> Result<(), StoreError> {
    make_file(part)?;
    let mut into =
        Connection::open_with_flags(part, schema::flags(OpenFlags::SQLITE_OPEN_READ_WRITE)).about(part)?;
    // All of it from one moment: or it would begin again whenever the server writes.
    let moment = from.unchecked_transaction().about(source)?;
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).about(source)?;
    let backup = Backup::new(&moment, &mut into).about(part)?;
    loop {
        let step = backup.step(PAGES).about(part)?;
        let progress = backup.progress();
        told(
            (progress.pagecount - progress.remaining).unsigned_abs().into(),
            progress.pagecount.unsigned_abs().into(),
        );
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    drop(backup);
    drop(moment);
    check(&into).about(part)?.map_or(Ok(()), |what| Err(StoreError::failed(source, what)))?;
    // One file, with nothing beside it.
    into.execute_batch("PRAGMA journal_mode = DELETE").about(part)
}

/// What SQLite finds wrong with a database, if anything.
fn check(conn: &Connection) -> rusqlite::Result<Option<String>> {
    conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map(|found: String| (found != "ok").then_some(found))
}

/// The time, as part of a file's name.
fn stamp() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H-%M-%SZ").to_string()
}
