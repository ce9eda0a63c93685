//! Numbers that the whole database has one of.

use rusqlite::{Connection, OptionalExtension, params};

/// The number of that name; 0 if it was never set.
pub(crate) fn get(conn: &Connection, name: &str) -> rusqlite::Result<i64> {
    conn.prepare_cached("SELECT value FROM meta WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()
        .map(|value| value.unwrap_or(0))
}

/// Sets the number of that name.
pub(crate) fn set(conn: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    conn.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", params![name, value]).map(drop)
}

/// Sets the number of that name, unless it is higher already.
pub(crate) fn raise(conn: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > value",
    )?
    .execute(params![name, value])
    .map(drop)
}
