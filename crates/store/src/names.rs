//! Names are kept in the form that all equal names share, so which names are equal must not change: one that was
//! kept under one rule would not be found under the other, and what was dropped would come back.

use std::path::Path;

use hub::Casemapping;
use rusqlite::{Connection, OptionalExtension};

use crate::error::About;
use crate::{StoreError, meta};

/// A name that is not the same under both rules has one of these.
const DISPUTED: &str = r"'*[][{}|\^~]*'";

/// Notes by which rule names are kept; refuses another one, unless no name is kept that it matters to.
pub(crate) fn settle(conn: &Connection, db: &Path, names: Casemapping) -> Result<(), StoreError> {
    let (known, wanted) = (meta::get(conn, "casemapping").about(db)?, number(names));
    if known == wanted {
        return Ok(());
    }
    if known != 0
        && let Some(name) = disputed(conn).about(db)?
    {
        let what = format!(
            "it has names such as {name:?}, which {} and {} hold equal to different ones: \
             server.casemapping must stay \"{}\"",
            word(known),
            word(wanted),
            word(known)
        );
        return Err(StoreError::failed(db, what));
    }
    meta::set(conn, "casemapping", wanted).about(db)
}

fn disputed(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let tables = ["accounts", "rooms", "users", "names", "logs"];
    let each = tables.map(|table| {
        let forgotten = if table == "logs" { "AND owner != x''" } else { "" };
        format!("SELECT name FROM {table} WHERE name GLOB {DISPUTED} {forgotten}")
    });
    conn.query_row(&format!("{} LIMIT 1", each.join(" UNION ALL ")), [], |row| row.get(0)).optional()
}

fn number(names: Casemapping) -> i64 {
    match names {
        Casemapping::Ascii => 1,
        Casemapping::Rfc1459 => 2,
    }
}

fn word(number: i64) -> &'static str {
    if number == 2 { "rfc1459" } else { "ascii" }
}
