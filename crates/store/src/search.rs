//! Searching. Three ways, because the index knows only words of three characters and more, and comes after the
//! messages: what it has not seen yet of each history is read through; what it knows it is asked for; and shorter
//! words (most Chinese ones) are looked for in the newest messages of each history.

use std::collections::BTreeSet;

use hub::{Casemapping, Item, ItemKinds, Search};
use rusqlite::{Connection, OptionalExtension, Row, Rows, params};

use crate::row::{self, COLUMNS, TAKEN_BACK};
use crate::{meta, words};

/// Messages that are looked at for one search, at most: some 100 ms.
const LOOKED_AT: usize = 30_000;
/// Messages of each history that are looked at for short words, at least.
const AT_LEAST: usize = 200;
/// Of those, messages of any history. A word that more have is common, and asked for again only where it counts.
const ANYWHERE: usize = if cfg!(test) { 3 } else { 1500 };
/// Histories that the index is told apart. Where there are more, it is asked for messages of any.
const SIGNS: usize = 300;

/// The messages that are looked for.
struct Wanted<'s> {
    logs: BTreeSet<i64>,
    words: Vec<String>,
    what: &'s Search,
    names: Casemapping,
    /// Numbers of the first and last that can be meant.
    first: i64,
    last: i64,
}

/// What was found, by number.
struct Found {
    items: Vec<(i64, Item)>,
    /// How many may still be looked at.
    left: usize,
}

/// The newest messages that are looked for, oldest first.
pub(crate) fn search(
    conn: &Connection,
    names: Casemapping,
    logs: Vec<i64>,
    what: &Search,
) -> rusqlite::Result<Vec<Item>> {
    let Some((first, last)) = range(conn, &logs, what)? else { return Ok(Vec::new()) };
    let words = words::fold(&what.text).split_whitespace().map(str::to_owned).collect();
    let wanted = Wanted { logs: logs.into_iter().collect(), words, what, names, first, last };
    let indexed = meta::get(conn, "indexed")?;
    let mut found = Found { items: Vec::new(), left: LOOKED_AT };
    if let Some(question) = wanted.question() {
        wanted.in_each_log(conn, indexed, LOOKED_AT, &mut found)?;
        found.left = LOOKED_AT;
        wanted.in_index(conn, &question, indexed, &mut found)?;
    } else {
        let share = (LOOKED_AT / wanted.logs.len()).max(AT_LEAST);
        wanted.in_each_log(conn, i64::MIN, share, &mut found)?;
    }
    found.items.sort_by_key(|(n, _)| *n);
    let skipped = found.items.len().saturating_sub(what.most);
    Ok(found.items.into_iter().skip(skipped).map(|(_, item)| item).collect())
}

/// The numbers of the first and the last item between the two times, if there are any.
fn range(conn: &Connection, logs: &[i64], what: &Search) -> rusqlite::Result<Option<(i64, i64)>> {
    if logs.is_empty() {
        return Ok(None);
    }
    if what.after.is_none() && what.before.is_none() {
        return Ok(Some((i64::MIN, i64::MAX)));
    }
    let after = what.after.map_or(i64::MIN, |at| at.0);
    let before = what.before.map_or(i64::MAX, |at| at.0);
    let end = |sql: &str, log: i64| {
        conn.prepare_cached(sql)?.query_row(params![log, after, before], |row| row.get(0)).optional()
    };
    let mut range = None;
    for &log in logs {
        let first: Option<i64> =
            end("SELECT n FROM items WHERE log = ? AND at > ? AND at < ? ORDER BY at LIMIT 1", log)?;
        let last =
            end("SELECT n FROM items WHERE log = ? AND at > ? AND at < ? ORDER BY at DESC LIMIT 1", log)?;
        if let Some((first, last)) = first.zip(last) {
            let (lowest, highest) = range.unwrap_or((first, last));
            range = Some((first.min(lowest), last.max(highest)));
        }
    }
    Ok(range)
}

impl Wanted<'_> {
    /// What to ask the index for, wherever it was said; none if no word is long enough for it.
    fn question(&self) -> Option<String> {
        let pieces: BTreeSet<String> = self.words.iter().flat_map(|word| words::pieces(word)).collect();
        let quoted: Vec<_> = pieces.iter().take(words::PIECES).map(|piece| words::quoted(piece)).collect();
        (!quoted.is_empty()).then(|| quoted.join(" AND "))
    }

    /// Likewise, for the histories that count.
    fn narrowed(&self, question: &str) -> String {
        if self.logs.len() > SIGNS {
            return question.to_owned();
        }
        let signs: Vec<_> = self.logs.iter().map(|&log| words::quoted(&words::sign(log))).collect();
        format!("({}) AND {question}", signs.join(" OR "))
    }

    /// Messages that the index knows. Telling it where they must be is slow for rare words, and not telling it is
    /// for common ones.
    fn in_index(
        &self,
        conn: &Connection,
        question: &str,
        indexed: i64,
        found: &mut Found,
    ) -> rusqlite::Result<()> {
        let left = found.left.saturating_sub(ANYWHERE);
        found.left -= left;
        let stopped = self.ask(conn, question, self.last.min(indexed), found)?;
        found.left += left;
        if let Some(last) = stopped {
            self.ask(conn, &self.narrowed(question), last - 1, found)?;
        }
        Ok(())
    }

    /// Looks at what the index answers, up to the number `last`. Returns where it stopped for having looked enough.
    fn ask(
        &self,
        conn: &Connection,
        question: &str,
        last: i64,
        found: &mut Found,
    ) -> rusqlite::Result<Option<i64>> {
        let mut numbers = conn.prepare_cached(
            "SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid <= ? ORDER BY rowid DESC",
        )?;
        let mut numbers = numbers.query(params![question, self.first, last])?;
        let mut one = conn.prepare_cached(&format!("SELECT {COLUMNS}, n, log FROM items WHERE n = ?"))?;
        let mut seen = last.saturating_add(1);
        while found.items.len() < self.what.most {
            if found.left == 0 {
                return Ok(Some(seen));
            }
            let Some(number) = numbers.next()? else { break };
            seen = number.get(0)?;
            self.look_at(found, self.what.most, i64::MIN, &mut one.query([seen])?)?;
        }
        Ok(None)
    }

    /// The newest messages of each history, of which so many are looked at; only those behind a number.
    fn in_each_log(
        &self,
        conn: &Connection,
        behind: i64,
        share: usize,
        found: &mut Found,
    ) -> rusqlite::Result<()> {
        let mut rows = conn.prepare_cached(&format!(
            "SELECT {COLUMNS}, n, log FROM items
             WHERE log = ? AND at > ? AND at < ? AND kind & ? != 0 AND kind < {TAKEN_BACK} ORDER BY at DESC"
        ))?;
        let after = self.what.after.map_or(i64::MIN, |at| at.0);
        let before = self.what.before.map_or(i64::MAX, |at| at.0);
        for &log in &self.logs {
            let mut rows = rows.query(params![log, after, before, ItemKinds::SAID.bits()])?;
            found.left = share;
            let most = found.items.len() + self.what.most;
            self.look_at(found, most, behind, &mut rows)?;
        }
        Ok(())
    }

    /// Looks at rows, newest first, until enough is found, or down to a number.
    fn look_at(&self, found: &mut Found, most: usize, behind: i64, rows: &mut Rows) -> rusqlite::Result<()> {
        while found.items.len() < most && found.left > 0 {
            let Some(row) = rows.next()? else { break };
            found.left -= 1;
            if row.get::<_, i64>(6)? <= behind {
                break;
            }
            if self.is_it(row)? {
                found.items.push((row.get(6)?, row::item(row)?));
            }
        }
        Ok(())
    }

    fn is_it(&self, row: &Row) -> rusqlite::Result<bool> {
        let (at, kind): (i64, i64) = (row.get(0)?, row.get(2)?);
        if kind & i64::from(ItemKinds::SAID.bits()) == 0 || kind & TAKEN_BACK != 0 {
            return Ok(false);
        }
        let in_time = self.what.after.is_none_or(|after| at > after.0)
            && self.what.before.is_none_or(|before| at < before.0);
        if !in_time || !self.logs.contains(&row.get(7)?) {
            return Ok(false);
        }
        if let Some(from) = &self.what.from
            && !self.names.same(row.get_ref(3)?.as_str()?, from)
        {
            return Ok(false);
        }
        let text = row::text(row.get_ref(4)?)?.map(|text| words::fold_text(&text)).unwrap_or_default();
        Ok(self.words.iter().all(|word| text.contains(word)))
    }
}
