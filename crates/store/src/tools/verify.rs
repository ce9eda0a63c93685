//! Looking whether a database is whole.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Connection;

use super::Told;
use crate::error::{About, words as in_words};
use crate::logs::NOBODY;
use crate::place::database;
use crate::row::{self, COLUMNS};
use crate::{StoreError, meta, schema, state, words};

/// Findings of one sort that are told one by one.
const MOST: usize = 20;
/// Of so many messages, one is looked up in the full-text index.
const SAMPLE: u64 = 500;

/// Looks at everything, also while a server writes it, and says what is wrong; nothing is returned if all is
/// well. Looks whether the pages and indexes of the file are whole; whether every item and all state can be read;
/// whether each history is numbered without gaps, with times that grow; and whether the full-text index is whole
/// and knows a sample of the messages.
///
/// # Errors
/// The database can't be opened.
pub fn verify(path: &Path, told: Told) -> Result<Vec<String>, StoreError> {
    let db = database(path);
    let mut conn = schema::open_to_read(&db)?;
    let one = conn.transaction().about(&db)?;
    let items = one.query_row("SELECT count(*) FROM items", [], |row| row.get(0)).unwrap_or(0_i64);
    // Looking at the pages takes about as long as looking at the items.
    let (half, total) = (items.unsigned_abs(), items.unsigned_abs().max(1) * 2);
    let mut findings = Vec::new();
    let mut look = |at: &str, look: &mut dyn FnMut(&mut Findings) -> rusqlite::Result<()>| {
        let mut found = Findings::default();
        if let Err(error) = look(&mut found) {
            found.add(format!("cannot be read: {}", in_words(&error)));
        }
        findings.extend(found.in_words(at));
    };
    told(0, total);
    look("the file", &mut |found| pages(&one, found));
    told(half, total);
    look("accounts, rooms and users", &mut |_| state::load(&one).map(drop));
    look("histories", &mut |found| histories(&one, found, &mut |done| told(half + done, total)));
    look("the full-text index", &mut |found| index(&one, found));
    told(total, total);
    Ok(findings)
}

/// What is wrong with one part.
#[derive(Default)]
struct Findings {
    found: Vec<String>,
    more: usize,
}

impl Findings {
    fn add(&mut self, what: String) {
        if self.found.len() < MOST {
            self.found.push(what);
        } else {
            self.more += 1;
        }
    }

    fn in_words(self, at: &str) -> Vec<String> {
        let more = (self.more > 0).then(|| format!("{} more like these", self.more));
        self.found.into_iter().chain(more).map(|what| format!("{at}: {what}")).collect()
    }
}

fn pages(conn: &Connection, found: &mut Findings) -> rusqlite::Result<()> {
    let mut check = conn.prepare("PRAGMA integrity_check(100)")?;
    let mut rows = check.query([])?;
    while let Some(row) = rows.next()? {
        match row.get::<_, String>(0)? {
            fine if fine == "ok" => {}
            what => found.add(what.replace('\n', "; ")),
        }
    }
    Ok(())
}

/// How far a history has been looked at.
struct Seen {
    name: String,
    seq: i64,
    at: i64,
}

/// In the order of everything, which is that of each history.
fn histories(conn: &Connection, found: &mut Findings, told: &mut dyn FnMut(u64)) -> rusqlite::Result<()> {
    let mut seen = logs(conn)?;
    let mut items = conn.prepare(&format!("SELECT {COLUMNS}, n, log, seq FROM items ORDER BY n"))?;
    let mut items = items.query([])?;
    let (mut count, mut last) = (0, 0);
    while let Some(row) = items.next()? {
        let (n, log, seq, at): (i64, i64, i64, i64) = (row.get(6)?, row.get(7)?, row.get(8)?, row.get(0)?);
        if let Err(error) = row::item(row) {
            found.add(format!("item {n} makes no sense: {error}"));
        }
        match seen.get_mut(&log) {
            Some(seen) => seen.next(n, seq, at, found),
            None => found.add(format!("item {n} is of no history")),
        }
        last = n;
        count += 1;
        if count % 10_000 == 0 {
            told(count);
        }
    }
    if meta::get(conn, "last")? < last {
        found.add(format!("the last number is {last}, and thought to be lower"));
    }
    Ok(())
}

impl Seen {
    fn next(&mut self, n: i64, seq: i64, at: i64, found: &mut Findings) {
        if seq != self.seq + 1 {
            found.add(format!("{}: number {seq} comes after {} (item {n})", self.name, self.seq));
        }
        if at <= self.at {
            found.add(format!("{}: the time of number {seq} is not later than that before it", self.name));
        }
        (self.seq, self.at) = (seq, at);
    }
}

fn logs(conn: &Connection) -> rusqlite::Result<HashMap<i64, Seen>> {
    conn.prepare("SELECT id, name, gone, owner = ? FROM logs")?
        .query_map([NOBODY], |row| {
            let name = if row.get(3)? { "a forgotten one".to_owned() } else { row.get(1)? };
            Ok((row.get(0)?, Seen { name, seq: row.get(2)?, at: i64::MIN }))
        })?
        .collect()
}

/// The structure of the index is among what SQLite checks; this is whether it knows what it should.
fn index(conn: &Connection, found: &mut Findings) -> rusqlite::Result<()> {
    let indexed = meta::get(conn, "indexed")?;
    let highest: Option<i64> = conn.query_row("SELECT max(n) FROM items", [], |row| row.get(0))?;
    let last = meta::get(conn, "last")?.max(highest.unwrap_or(0));
    if indexed > last {
        found.add(format!("it is said to have come to number {indexed}, and the last is {last}"));
    }
    let step = (indexed.unsigned_abs() / SAMPLE).max(1) as i64;
    let mut one =
        conn.prepare("SELECT n, log, kind, text FROM items WHERE n >= ? AND n <= ? ORDER BY n LIMIT 1")?;
    for from in (0..=indexed).step_by(step as usize) {
        let mut rows = one.query([from, indexed])?;
        let Some(row) = rows.next()? else { break };
        let n: i64 = row.get(0)?;
        let text = row::text(row.get_ref(3)?)?.unwrap_or_default();
        if words::belongs(row.get(2)?) && !words::knows(conn, n, row.get(1)?, &text)? {
            found.add(format!("it does not know message {n}"));
        }
    }
    Ok(())
}
