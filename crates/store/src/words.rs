//! The full-text index: which pieces of three characters each message has.
//!
//! Texts are folded here before the index sees them, so that upper and lower case are equal by one rule, ours. The
//! index knows neither where in a text a piece stands nor the texts themselves: it says which messages may
//! have some words, and whether they do is seen in their rows. With each message goes the sign of its history,
//! by which the index leaves out what is said elsewhere. Every message up to the number `indexed` is in it.

use hub::{ItemKinds, Text};
use rusqlite::{Connection, params};

use crate::meta;
use crate::row::{self, TAKEN_BACK};

/// A text in the form in which equal texts are equal.
pub(crate) fn fold(text: &str) -> String {
    // The index takes a NUL for the end.
    text.chars().flat_map(char::to_lowercase).map(|c| if c == '\0' { ' ' } else { c }).collect()
}

/// Likewise, of what may not be UTF-8.
pub(crate) fn fold_text(text: &Text) -> String {
    fold(&String::from_utf8_lossy(text.as_bytes()))
}

/// The sign of a history: three characters that nobody writes.
pub(crate) fn sign(log: i64) -> String {
    const FIRST: u32 = 0xe000;
    const MANY: i64 = 6400;
    [log / MANY / MANY, log / MANY, log]
        .into_iter()
        .map(|digit| char::from_u32(FIRST + digit.rem_euclid(MANY) as u32).expect("it is for private use"))
        .collect()
}

/// Whether such an item is in the index.
pub(crate) fn belongs(kind: i64) -> bool {
    kind & TAKEN_BACK == 0 && kind & i64::from(ItemKinds::SAID.bits()) != 0
}

/// Takes in the next messages: at most `most`, and none more once `enough` says so. Returns up to
/// which number it has come; none if there was nothing to take in.
pub(crate) fn advance(
    conn: &Connection,
    most: usize,
    mut enough: impl FnMut() -> bool,
) -> rusqlite::Result<Option<i64>> {
    let from = meta::get(conn, "indexed")?;
    let mut next =
        conn.prepare_cached("SELECT n, log, kind, text FROM items WHERE n > ? ORDER BY n LIMIT ?")?;
    let mut put = conn.prepare_cached("INSERT INTO words (rowid, place, text) VALUES (?, ?, ?)")?;
    let mut rows = next.query(params![from, most as i64])?;
    let (mut count, mut upto) = (0, from);
    while let Some(row) = rows.next()? {
        upto = row.get(0)?;
        count += 1;
        if belongs(row.get(2)?) {
            let text = row::text(row.get_ref(3)?)?.unwrap_or_default();
            put.execute(params![upto, sign(row.get(1)?), fold_text(&text)])?;
        }
        if count % 16 == 0 && enough() {
            break;
        }
    }
    meta::raise(conn, "indexed", upto)?;
    Ok((count > 0).then_some(upto))
}

/// Merges some parts of the index, about as many pages as said. Returns whether there is more to merge.
pub(crate) fn merge(conn: &Connection, pages: u32) -> rusqlite::Result<bool> {
    let changes = || conn.query_row("SELECT total_changes()", [], |row| row.get::<_, i64>(0));
    let before = changes()?;
    conn.prepare_cached("INSERT INTO words (words, rank) VALUES ('merge', ?)")?.execute([pages])?;
    // One change is the command itself.
    Ok(changes()? - before >= 2)
}

/// Takes a message out again.
pub(crate) fn remove(
    conn: &Connection,
    n: i64,
    log: i64,
    kind: i64,
    text: Option<&Text>,
) -> rusqlite::Result<()> {
    if !belongs(kind) || n > meta::get(conn, "indexed")? {
        return Ok(());
    }
    let text = text.map(fold_text).unwrap_or_default();
    conn.prepare_cached("INSERT INTO words (words, rowid, place, text) VALUES ('delete', ?, ?, ?)")?
        .execute(params![n, sign(log), text])
        .map(drop)
}

/// Whether the index has a message by all its pieces.
pub(crate) fn knows(conn: &Connection, n: i64, log: i64, text: &Text) -> rusqlite::Result<bool> {
    let mut question = quoted(&sign(log));
    for piece in pieces(&fold_text(text)).iter().take(PIECES) {
        question.push_str(" AND ");
        question.push_str(&quoted(piece));
    }
    conn.prepare_cached("SELECT 1 FROM words WHERE words MATCH ? AND rowid = ?")?.exists(params![question, n])
}

/// All that a text has of three characters in a row.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(3).map(|piece| piece.iter().collect()).collect()
}

/// A piece as the index is asked for it: whatever it is, it is no syntax.
pub(crate) fn quoted(piece: &str) -> String {
    format!("\"{}\"", piece.replace('"', "\"\""))
}

/// Pieces of words that the index is asked for at once. The rest shows in the rows.
pub(crate) const PIECES: usize = 60;
