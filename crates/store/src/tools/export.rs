//! Everything as text.

use std::io::Write;
use std::path::Path;

use hub::Credentials;
use rusqlite::Connection;

use super::Told;
use super::line::{COLUMNS, FORMAT, Head, History, ItemLine, Line};
use crate::error::About;
use crate::logs::{self, NOBODY};
use crate::place::database;
use crate::{StoreError, meta, schema, state};

/// Whether an export has what accounts are logged in to with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// Hashes of passwords and recovery codes and the like are left out: nobody can log in after an import.
    LeftOut,
    /// They are there. Whoever has the export can try to guess the passwords.
    Included,
}

/// Writes everything as JSON Lines, also while a server writes the database: first what accounts, rooms and users
/// are like, then the histories, then their items in the order of everything.
///
/// # Errors
/// The database can't be read, or the lines not be written.
pub fn export(path: &Path, out: &mut dyn Write, secrets: Secrets, told: Told) -> Result<(), StoreError> {
    let db = database(path);
    let mut conn = schema::open_to_read(&db)?;
    let one = conn.transaction().about(&db)?;
    let mut put = |line: &Line| {
        let mut json = serde_json::to_vec(line).map_err(|error| StoreError::failed(&db, error))?;
        json.push(b'\n');
        out.write_all(&json).about(Path::new("the export"))
    };
    let (lines, items) = states(&one, secrets).about(&db)?;
    lines.iter().try_for_each(&mut put)?;
    let mut rows = one
        .prepare(&format!(
            "SELECT {COLUMNS} FROM items JOIN logs ON logs.id = items.log WHERE owner != ? ORDER BY n"
        ))
        .about(&db)?;
    let mut rows = rows.query([NOBODY]).about(&db)?;
    let mut done = 0;
    told(0, items);
    while let Some(row) = rows.next().about(&db)? {
        put(&Line::Item(Box::new(ItemLine::read(row).about(&db)?)))?;
        done += 1;
        if done % 10_000 == 0 {
            told(done, items);
        }
    }
    told(items, items);
    out.flush().about(Path::new("the export"))
}

/// The lines before those of items, and how many items there are.
fn states(conn: &Connection, secrets: Secrets) -> rusqlite::Result<(Vec<Line>, u64)> {
    let saved = state::load(conn)?;
    let items: i64 = conn.query_row(
        "SELECT count(*) FROM items WHERE log NOT IN (SELECT id FROM logs WHERE owner = ?)",
        [NOBODY],
        |row| row.get(0),
    )?;
    let items = items.unsigned_abs();
    let (last, latest) = (meta::get(conn, "last")?, saved.latest.map(|at| at.0));
    let mut lines = vec![Line::Saloon(Head { format: FORMAT, last, latest, items })];
    lines.extend(saved.accounts.into_iter().map(|mut account| {
        if secrets == Secrets::LeftOut {
            account.credentials = Credentials::default();
        }
        Line::Account(Box::new(account))
    }));
    lines.extend(saved.rooms.into_iter().map(|room| Line::Room(Box::new(room))));
    lines.extend(saved.users.into_iter().map(|user| Line::User(Box::new(user))));
    lines.extend(saved.markers.into_iter().map(Line::Marker));
    lines.extend(saved.logs.into_iter().map(|(name, history)| Line::Name { name, history }));
    lines.extend(saved.bans.into_iter().map(Line::Ban));
    let mut logs =
        conn.prepare("SELECT owner, name, gone FROM logs WHERE owner != ? ORDER BY owner, name")?;
    let logs = logs.query_map([NOBODY], |row| {
        let place = logs::key(row.get_ref(0)?, row.get_ref(1)?.as_str()?)?.into();
        Ok(Line::History(History { place, gone: row.get(2)? }))
    })?;
    for log in logs {
        lines.push(log?);
    }
    Ok((lines, items))
}
