//! What a comparison has found so far, and how it is told: for each row and server the median and the
//! spread over the rounds, and the ratio to the floor's median.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::stats::Spread;
use crate::table::{Table, number};

/// A row of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// CPU per delivery, small room.
    Small,
    /// CPU per delivery, large room.
    Large,
    /// CPU per delivery, eight messages in one write.
    Burst,
    /// CPU per delivery, ten senders at once.
    Senders,
    /// CPU per delivery between pairs.
    Direct,
    /// CPU per cycle.
    Churn,
    /// CPU per registration.
    Register,
    /// Memory per idle connection.
    Memory,
    /// Latency in the large room.
    P50,
    /// Latency in the large room.
    P99,
    /// Latency in the large room.
    P999,
    /// Writes per delivery, one message.
    WritesLarge,
    /// Writes per delivery, eight messages in one write.
    WritesBurst,
    /// Writes per delivery, ten senders at once.
    WritesSenders,
    /// Registrations per second.
    RegisterRate,
}

impl Row {
    const ALL: [Self; 15] = [
        Self::Small,
        Self::Large,
        Self::Burst,
        Self::Senders,
        Self::Direct,
        Self::Churn,
        Self::Register,
        Self::Memory,
        Self::P50,
        Self::P99,
        Self::P999,
        Self::WritesLarge,
        Self::WritesBurst,
        Self::WritesSenders,
        Self::RegisterRate,
    ];

    /// What it is called, and its unit.
    fn words(self, sizes: Sizes) -> (String, &'static str) {
        let Sizes { members, small, connections, rate } = sizes;
        match self {
            Self::Small => (format!("1 message to {small} members"), "µs/delivery"),
            Self::Large => (format!("1 message to {members} members"), "µs/delivery"),
            Self::Burst => (format!("8 messages in one write, to {members}"), "µs/delivery"),
            Self::Senders => (format!("10 senders at once, to {members}"), "µs/delivery"),
            Self::Direct => ("50 pairs, message and answer".into(), "µs/delivery"),
            Self::Churn => ("connect, register, join, quit".into(), "µs/cycle"),
            Self::Register => (format!("register, each of {connections}"), "µs"),
            Self::Memory => (format!("memory per idle client, at {connections}"), "KiB"),
            Self::P50 => (format!("latency p50 at {rate}/s to {members}"), "µs"),
            Self::P99 => (format!("latency p99 at {rate}/s to {members}"), "µs"),
            Self::P999 => (format!("latency p99.9 at {rate}/s to {members}"), "µs"),
            Self::WritesLarge => ("writes, 1 message".into(), "per delivery"),
            Self::WritesBurst => ("writes, 8 messages in one write".into(), "per delivery"),
            Self::WritesSenders => ("writes, 10 senders at once".into(), "per delivery"),
            Self::RegisterRate => ("registrations".into(), "per second"),
        }
    }
}

/// The numbers that row names speak of.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Members of the large room.
    pub members: usize,
    /// Members of the small room.
    pub small: usize,
    /// Idle connections.
    pub connections: usize,
    /// Messages per second for latency.
    pub rate: u32,
}

/// The name under which the floor is entered.
pub const FLOOR: &str = "floor";

/// All that was found.
#[derive(Debug)]
pub struct Ledger {
    sizes: Sizes,
    targets: Vec<String>,
    values: BTreeMap<(Row, String), Vec<f64>>,
    /// What went wrong, and other remarks.
    pub notes: Vec<String>,
}

impl Ledger {
    /// Nothing yet, about these targets.
    pub fn new(sizes: Sizes, targets: Vec<String>) -> Self {
        Self { sizes, targets, values: BTreeMap::new(), notes: Vec::new() }
    }

    /// Enters what one round found.
    pub fn enter(&mut self, row: Row, target: &str, value: f64) {
        self.values.entry((row, target.to_owned())).or_default().push(value);
    }

    fn spread(&self, row: Row, target: &str) -> Option<Spread> {
        Spread::of(self.values.get(&(row, target.to_owned()))?)
    }

    /// The ratio to the floor. There is none for the floor itself, nor for memory, of which it has next to
    /// none, nor for a rate.
    fn ratio(&self, row: Row, target: &str) -> Option<f64> {
        if matches!(row, Row::Memory | Row::RegisterRate) {
            return None;
        }
        let floor = self.spread(row, FLOOR).filter(|floor| floor.median > 0.0 && target != FLOOR)?;
        Some(self.spread(row, target)?.median / floor.median)
    }

    /// Rows of which anything is known.
    fn rows(&self) -> impl Iterator<Item = Row> {
        Row::ALL.into_iter().filter(|row| self.values.keys().any(|(found, _)| found == row))
    }

    /// The ratios, and below them the figures they come from.
    pub fn tables(&self) -> [Table; 2] {
        let mut figures = self.table("median (lowest to highest)", |row, target| {
            let spread = self.spread(row, target)?;
            let (low, high) = (number(spread.min), number(spread.max));
            Some(format!("{} ({low} to {high})", number(spread.median)))
        });
        self.notes.iter().for_each(|note| figures.note(note));
        let ratios = self
            .table("ratio of the medians to the floor's (below 1.00 is cheaper)", |row, target| {
                self.ratio(row, target).map(|ratio| format!("{ratio:.2}"))
            });
        [ratios, figures]
    }

    fn table(&self, title: &str, cell: impl Fn(Row, &str) -> Option<String>) -> Table {
        let mut columns = vec!["", "unit"];
        columns.extend(self.targets.iter().map(String::as_str));
        let mut table = Table::new(title, &columns);
        for row in self.rows() {
            let (name, unit) = row.words(self.sizes);
            let cells = self.targets.iter().map(|target| cell(row, target).unwrap_or_else(|| "-".into()));
            table.row([name, unit.to_owned()].into_iter().chain(cells).collect());
        }
        table
    }

    /// Everything, each round's value included.
    pub fn json(&self) -> Value {
        let of = |row, target: &String| {
            let values = self.values.get(&(row, target.clone()))?;
            let (spread, ratio) = (self.spread(row, target)?, self.ratio(row, target));
            Some((target.clone(), json!({ "values": values, "spread": spread, "ratio": ratio })))
        };
        let row = |row: Row| {
            let (name, unit) = row.words(self.sizes);
            let targets: serde_json::Map<String, Value> =
                self.targets.iter().filter_map(|target| of(row, target)).collect();
            json!({ "row": format!("{row:?}"), "name": name, "unit": unit, "servers": targets })
        };
        json!({ "scenario": "compare", "rows": self.rows().map(row).collect::<Vec<_>>(), "notes": self.notes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let sizes = Sizes { members: 1000, small: 100, connections: 10_000, rate: 20 };
        let mut ledger = Ledger::new(sizes, vec![FLOOR.into(), "ours".into()]);
        for (floor, ours) in [(2.0, 2.0), (1.0, 1.5), (3.0, 4.0)] {
            ledger.enter(Row::Large, FLOOR, floor);
            ledger.enter(Row::Large, "ours", ours);
        }
        ledger.enter(Row::Churn, "ours", 100.0);
        ledger
    }

    #[test]
    fn ratios_are_of_medians() {
        assert_eq!(ledger().ratio(Row::Large, "ours"), Some(1.0));
        assert_eq!(ledger().ratio(Row::Large, FLOOR), None);
        assert_eq!(ledger().ratio(Row::Churn, "ours"), None);
    }

    #[test]
    fn only_rows_with_figures_are_shown() {
        let [_, figures] = ledger().tables();
        let text = figures.to_string();
        assert!(text.contains("1 message to 1000 members"), "{text}");
        assert!(text.contains("2.00 (1.50 to 4.00)"), "{text}");
        assert!(!text.contains("latency"), "{text}");
    }

    #[test]
    fn json_keeps_every_value() {
        let json = ledger().json();
        assert_eq!(json["rows"][0]["servers"]["ours"]["values"], json!([2.0, 1.5, 4.0]));
        assert_eq!(json["rows"][0]["servers"]["ours"]["ratio"], json!(1.0));
    }
}
