//! Parts of a history (`conformance.md` §23).

use hub::{Item, ItemKinds, Reference, Span};
use rusqlite::{Connection, OptionalExtension, params};

use crate::row::{self, COLUMNS, TAKEN_BACK};

/// From which end of a stretch its items count.
#[derive(Clone, Copy)]
enum Count {
    FromOldest,
    FromNewest,
}

/// A stretch of a history: strictly between two times.
#[derive(Clone, Copy)]
struct Stretch {
    log: i64,
    behind: i64,
    before: i64,
}

/// The items of a span, oldest first.
pub(crate) fn page(
    conn: &Connection,
    log: i64,
    span: &Span,
    most: usize,
    kinds: ItemKinds,
) -> rusqlite::Result<Vec<Item>> {
    let all = Stretch { log, behind: i64::MIN, before: i64::MAX };
    let time = |reference| time_of(conn, log, reference);
    let (stretch, count) = match *span {
        Span::Latest(None) => (all, Count::FromNewest),
        Span::Latest(Some(reference)) => (Stretch { behind: time(reference)?, ..all }, Count::FromNewest),
        Span::Before(reference) => (Stretch { before: time(reference)?, ..all }, Count::FromNewest),
        Span::After(reference) => (Stretch { behind: time(reference)?, ..all }, Count::FromOldest),
        Span::Between(one, other) => {
            let (from, to) = (time(one)?, time(other)?);
            let stretch = Stretch { behind: from.min(to), before: from.max(to), ..all };
            (stretch, if from > to { Count::FromNewest } else { Count::FromOldest })
        }
        Span::Around(reference) => return around(conn, all, time(reference)?, most, kinds),
    };
    items(conn, stretch, count, most, kinds)
}

/// The time of a reference. An id that no item has stands for the time it was made at.
fn time_of(conn: &Connection, log: i64, reference: Reference) -> rusqlite::Result<i64> {
    match reference {
        Reference::Time(at) => Ok(at.0),
        Reference::Id(id) => conn
            .prepare_cached("SELECT at FROM items WHERE id = ? AND log = ?")?
            .query_row(params![row::id_bytes(id), log], |row| row.get(0))
            .optional()
            .map(|at| at.unwrap_or((id.0 >> 80) as i64)),
    }
}

/// The item of that time, and half of the rest on each side; one more behind it if they are not even.
fn around(
    conn: &Connection,
    all: Stretch,
    at: i64,
    most: usize,
    kinds: ItemKinds,
) -> rusqlite::Result<Vec<Item>> {
    let itself = Stretch { behind: at.saturating_sub(1), before: at.saturating_add(1), ..all };
    let itself = items(conn, itself, Count::FromOldest, most, kinds)?;
    let rest = most.saturating_sub(itself.iter().filter(|item| item.redacted.is_none()).count());
    let mut found = items(conn, Stretch { before: at, ..all }, Count::FromNewest, rest / 2, kinds)?;
    found.extend(itself);
    let behind = Stretch { behind: at, ..all };
    found.extend(items(conn, behind, Count::FromOldest, rest - rest / 2, kinds)?);
    Ok(found)
}

/// The items of a stretch, oldest first. Those that were taken back do not count, and end with the last that does.
fn items(
    conn: &Connection,
    stretch: Stretch,
    count: Count,
    most: usize,
    kinds: ItemKinds,
) -> rusqlite::Result<Vec<Item>> {
    let order = match count {
        Count::FromOldest => "at, n",
        Count::FromNewest => "at DESC, n DESC",
    };
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM items WHERE log = ? AND at > ? AND at < ? AND kind & ? != 0 ORDER BY {order}"
    ))?;
    let mut rows = rows.query(params![stretch.log, stretch.behind, stretch.before, kinds.bits()])?;
    let (mut found, mut counted, mut besides) = (Vec::new(), 0, 0);
    while counted < most {
        let Some(row) = rows.next()? else { break };
        if row.get::<_, i64>(2)? & TAKEN_BACK == 0 {
            counted += 1;
        } else if besides < most {
            besides += 1;
        } else {
            continue;
        }
        found.push(row::item(row)?);
    }
    if matches!(count, Count::FromNewest) {
        found.reverse();
    }
    Ok(found)
}
