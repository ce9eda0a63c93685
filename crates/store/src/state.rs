//! What is like this now: accounts, rooms, users, markers, bans. Each is a row of JSON by its folded name.

use hub::{Casemapping, NetworkBan, Record, Saved, SavedMarker, Timestamp};
use rusqlite::{Connection, Params, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

use crate::row::broken;

/// Applies a record that is about state. Others change nothing.
pub(crate) fn apply(conn: &Connection, names: Casemapping, record: &Record) -> rusqlite::Result<()> {
    match record {
        Record::Account(account) => {
            put(conn, "INSERT OR REPLACE INTO accounts VALUES (?, ?)", &names.fold(&account.name), account)
        }
        Record::AccountGone(name) => {
            let name = names.fold(name);
            run(conn, "DELETE FROM accounts WHERE name = ?", [&*name])?;
            run(conn, "DELETE FROM markers WHERE account = ?", [&*name])
        }
        Record::Room(room) => {
            put(conn, "INSERT OR REPLACE INTO rooms VALUES (?, ?)", &names.fold(room.name.as_str()), room)
        }
        Record::RoomGone(name) => run(conn, "DELETE FROM rooms WHERE name = ?", [&*names.fold(name)]),
        Record::User(user) => {
            put(conn, "INSERT OR REPLACE INTO users VALUES (?, ?)", &names.fold(&user.account), user)
        }
        Record::UserGone(name) => run(conn, "DELETE FROM users WHERE name = ?", [&*names.fold(name)]),
        Record::Marker(SavedMarker { account, target, at }) => run(
            conn,
            "INSERT OR REPLACE INTO markers VALUES (?, ?, ?)",
            params![account.as_str(), target.as_str(), at.0],
        ),
        Record::MarkerGone { account, target } => run(
            conn,
            "DELETE FROM markers WHERE account = ? AND target = ?",
            [account.as_str(), target.as_str()],
        ),
        Record::Log { name, log: Some(log) } => {
            run(conn, "INSERT OR REPLACE INTO names VALUES (?, ?)", [name.as_str(), log.as_str()])
        }
        Record::Log { name, log: None } => run(conn, "DELETE FROM names WHERE name = ?", [name.as_str()]),
        Record::Bans(bans) => {
            run(conn, "DELETE FROM bans", [])?;
            bans.iter().try_for_each(|ban| add_ban(conn, ban))
        }
        Record::Item { .. } | Record::Redacted { .. } | Record::Forget(_) => Ok(()),
    }
}

/// Adds a ban behind the others.
pub(crate) fn add_ban(conn: &Connection, ban: &NetworkBan) -> rusqlite::Result<()> {
    run(conn, "INSERT INTO bans (body) VALUES (?)", [to_json(ban)?])
}

/// Reads everything.
pub(crate) fn load(conn: &Connection) -> rusqlite::Result<Saved> {
    Ok(Saved {
        accounts: bodies(conn, "SELECT body FROM accounts ORDER BY name")?,
        rooms: bodies(conn, "SELECT body FROM rooms ORDER BY name")?,
        users: bodies(conn, "SELECT body FROM users ORDER BY name")?,
        bans: bodies(conn, "SELECT body FROM bans ORDER BY place")?,
        markers: rows(conn, "SELECT account, target, at FROM markers ORDER BY account, target", |row| {
            Ok(SavedMarker { account: name(row, 0)?, target: name(row, 1)?, at: Timestamp(row.get(2)?) })
        })?,
        logs: rows(conn, "SELECT name, log FROM names ORDER BY name", |row| {
            Ok((name(row, 0)?, name(row, 1)?))
        })?,
        latest: rows(conn, "SELECT value FROM meta WHERE name = 'latest'", |row| row.get(0).map(Timestamp))?
            .pop(),
    })
}

fn put(conn: &Connection, sql: &str, name: &str, value: &impl Serialize) -> rusqlite::Result<()> {
    run(conn, sql, params![name, to_json(value)?])
}

fn run(conn: &Connection, sql: &str, values: impl Params) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute(values).map(drop)
}

fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn bodies<T: DeserializeOwned>(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<T>> {
    rows(conn, sql, |row| serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(|error| broken(0, error)))
}

fn rows<T>(
    conn: &Connection,
    sql: &str,
    read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    conn.prepare(sql)?.query_map([], read)?.collect()
}

fn name(row: &Row, column: usize) -> rusqlite::Result<SmolStr> {
    Ok(SmolStr::new(row.get_ref(column)?.as_str()?))
}
