//! Servers beside the first that was named: visit by visit, so that what else the machine did counts for both.

use serde::Serialize;

use crate::dialect::Dialect;
use crate::fanout::FanoutFigures;
use crate::report::Figures;
use crate::stats::Spread;
use crate::table::number;

/// A server, and what a delivery cost it beside the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    /// The server.
    pub server: String,
    /// What it speaks there.
    pub dialect: Dialect,
    /// How often it was visited.
    pub visits: usize,
    /// Server CPU for each delivery, in microseconds.
    pub cpu_micros: Spread,
    /// That, by the first server's of the same visit.
    pub ratio: Option<Spread>,
}

/// Sets each server beside the first. Each has as many figures as there were visits, in their order.
pub fn beside(found: &[FanoutFigures]) -> Vec<Beside> {
    let mut known: Vec<(&FanoutFigures, Vec<f64>)> = Vec::new();
    for figures in found {
        let same =
            |other: &FanoutFigures| (&other.server, other.dialect) == (&figures.server, figures.dialect);
        match known.iter_mut().find(|(first, _)| same(first)) {
            Some((_, costs)) => costs.push(figures.cpu_micros),
            None => known.push((figures, vec![figures.cpu_micros])),
        }
    }
    let first = known.first().map_or_else(Vec::new, |(_, costs)| costs.clone());
    let row = |(figures, costs): (&FanoutFigures, Vec<f64>)| {
        // A server too quick for the clock leaves a ratio that is no number, and that is left out.
        let ratios: Vec<f64> = costs.iter().zip(&first).map(|(cost, first)| cost / first).collect();
        Some(Beside {
            server: figures.server.clone(),
            dialect: figures.dialect,
            visits: costs.len(),
            cpu_micros: Spread::of(&costs)?,
            ratio: Spread::of(&ratios),
        })
    };
    known.into_iter().filter_map(row).collect()
}

impl Figures for Beside {
    const COLUMNS: &'static [&'static str] =
        &["server", "dialect", "visits", "CPU µs/delivery", "ratio to the first"];

    fn cells(&self) -> Vec<String> {
        let told = |spread: Spread| match self.visits {
            1 => number(spread.median),
            _ => {
                let [median, min, max] = [spread.median, spread.min, spread.max].map(number);
                format!("{median} ({min} to {max})")
            }
        };
        vec![
            self.server.clone(),
            self.dialect.name(),
            self.visits.to_string(),
            told(self.cpu_micros),
            self.ratio.map_or_else(|| "n/a".to_owned(), told),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::CpuSource;

    fn figures(server: &str, dialect: Dialect, cpu_micros: f64) -> FanoutFigures {
        FanoutFigures {
            server: server.into(),
            dialect,
            members: 10,
            senders: 1,
            burst: 1,
            deliveries: 100,
            deliveries_per_second: 1000.0,
            cpu_micros,
            writes_per_delivery: None,
            syscw_per_delivery: None,
            cpu_source: CpuSource::Schedstat,
        }
    }

    fn visited() -> Vec<Beside> {
        beside(&[
            figures("a", Dialect::Irc, 2.0),
            figures("a", Dialect::Group, 3.0),
            // The second visit begins with another one.
            figures("a", Dialect::Group, 4.0),
            figures("a", Dialect::Irc, 4.0),
        ])
    }

    #[test]
    fn a_ratio_is_of_figures_of_one_visit() {
        let ratios: Vec<Option<Spread>> = visited().iter().map(|row| row.ratio).collect();
        let spread = |median, min, max| Some(Spread { median, min, max });
        assert_eq!(ratios, [spread(1.0, 1.0, 1.0), spread(1.25, 1.0, 1.5)]);
    }

    #[test]
    fn a_row_shows_the_spread_of_several_visits() {
        assert_eq!(visited()[1].cells(), ["a", "group", "2", "3.50 (3.00 to 4.00)", "1.25 (1.00 to 1.50)"]);
        assert_eq!(beside(&[figures("a", Dialect::Irc, 2.0)])[0].cells(), ["a", "irc", "1", "2.00", "1.00"]);
    }

    #[test]
    fn a_first_server_that_cost_nothing_leaves_no_ratio() {
        let rows = beside(&[figures("a", Dialect::Irc, 0.0), figures("b", Dialect::Irc, 0.0)]);
        assert_eq!(rows[1].ratio, None);
    }
}
