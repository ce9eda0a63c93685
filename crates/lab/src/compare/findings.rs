//! What was found: figures of cases, round by round, and what broke.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::attendance::UNTRIED;
use super::calls::Calls;
use super::machine::Machine;
use super::options::Plan;
use crate::models::Model;
use bench::Spread;

/// What the peers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// Each has a request on its way, at any time.
    Busy,
    /// All are connected, and [`ACTIVE`] of them do something.
    Idle,
    /// One sends and never reads; [`OTHERS`] are busy.
    Slow,
    /// Connect, one request, close; [`ACTIVE`] at once.
    Churn,
}

/// Those that do something among the idle, and those that come and go at once.
pub const ACTIVE: usize = 4;
/// Peers beside the slow reader.
pub const OTHERS: usize = 4;

/// A kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    Rate,
    Cpu,
    P50,
    P99,
    P999,
    /// CPU of the load generator, as a share of the time.
    Generator,
    /// The share of the time in which others had the load generator's core.
    Waited,
    /// KiB of a connection: pages of the processes.
    Memory,
    /// KiB of a connection: page tables and kernel stacks.
    Kernel,
    /// KiB of a connection: growth of the machine's slab memory, with both ends' sockets.
    Slab,
    Threads,
    Processes,
    Calls,
    /// KiB that were taken from the slow reader until no more were.
    Swallowed,
}

impl Scenario {
    pub const fn key(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Idle => "mostly idle",
            Self::Slow => "slow reader",
            Self::Churn => "churn",
        }
    }
}

impl Figure {
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rate => "requests_per_second",
            Self::Cpu => "cpu_us_per_request",
            Self::P50 => "latency_p50_us",
            Self::P99 => "latency_p99_us",
            Self::P999 => "latency_p999_us",
            Self::Generator => "generator_busy_share",
            Self::Waited => "generator_waited_share",
            Self::Memory => "memory_kib_per_connection",
            Self::Kernel => "kernel_kib_per_connection",
            Self::Slab => "machine_slab_kib_per_connection",
            Self::Threads => "threads",
            Self::Processes => "processes",
            Self::Calls => "system_calls_per_request",
            Self::Swallowed => "slow_reader_kib_taken",
        }
    }
}

/// What was found of one model under one load.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// One value for each round that got so far.
    pub figures: BTreeMap<Figure, Vec<f64>>,
    /// What went wrong, and in how many rounds.
    pub broke: Vec<(String, usize)>,
    /// Calls for each request, by name.
    pub calls: BTreeMap<String, f64>,
}

/// Which case: scenario, connections, and the place of the model among those that are compared.
pub type Key = (Scenario, usize, usize);

/// All of it.
#[derive(Debug)]
pub struct Findings {
    pub plan: Plan,
    pub machine: Machine,
    /// Who ran on which core.
    pub cores: String,
    pub cases: BTreeMap<Key, Case>,
    /// Models that this system does not let run, and why.
    pub unavailable: BTreeMap<usize, String>,
    /// What a reader should know before all else.
    pub warnings: Vec<String>,
    /// What else there is to say.
    pub notes: Vec<String>,
    /// What the sockets of a connection cost the kernel, in a sentence.
    pub sockets: Option<String>,
    /// Seconds that all of it took.
    pub took: f64,
}

impl Case {
    pub fn add(&mut self, figure: Figure, value: f64) {
        if value.is_finite() {
            self.figures.entry(figure).or_default().push(value);
        }
    }

    pub fn broke(&mut self, what: String) {
        match self.broke.iter_mut().find(|(known, _)| same_but_for_numbers(known, &what)) {
            Some((_, rounds)) => *rounds += 1,
            None => self.broke.push((what, 1)),
        }
    }

    /// None for a quantile that not all rounds have: beside others of more rounds it would mislead.
    pub fn spread(&self, figure: Figure) -> Option<Spread> {
        let values = self.figures.get(&figure)?;
        let rounds = self.figures.get(&Figure::P50).map_or(0, Vec::len);
        let is_high = matches!(figure, Figure::P99 | Figure::P999);
        if is_high && values.len() < rounds { None } else { Spread::of(values) }
    }

    /// Calls of a traced load: in all, and those that matter by name.
    pub fn add_calls(&mut self, calls: &Calls, requests: u64) {
        let per = |count: u64| count as f64 / requests.max(1) as f64;
        self.add(Figure::Calls, per(calls.values().sum()));
        self.calls = calls
            .iter()
            .map(|(name, count)| (name.clone(), per(*count)))
            .filter(|(_, each)| *each >= 0.02)
            .collect();
    }

    fn json(&self) -> (Value, Value) {
        let figure = |(figure, values): (&Figure, &Vec<f64>)| {
            let Spread { median, min, max } = Spread::of(values)?;
            let all = json!({ "median": median, "min": min, "max": max, "rounds": values });
            Some((figure.key().to_owned(), all))
        };
        let figures: Map<String, Value> = self.figures.iter().filter_map(figure).collect();
        let broke: Vec<Value> =
            self.broke.iter().map(|(what, rounds)| json!({ "what": what, "rounds": rounds })).collect();
        (figures.into(), broke.into())
    }
}

/// Rounds differ in how many were refused. The first one's numbers stand for all.
fn same_but_for_numbers(one: &str, other: &str) -> bool {
    without_numbers(one) == without_numbers(other)
}

impl Findings {
    pub fn model(&self, place: usize) -> Model {
        self.plan.models[place]
    }

    pub fn case(&self, scenario: Scenario, size: usize, model: usize) -> Option<&Case> {
        self.cases.get(&(scenario, size, model))
    }

    /// All that is to be said about the run as a whole.
    pub fn remarks(&self) -> impl Iterator<Item = &String> {
        self.warnings.iter().chain(&self.notes).chain(&self.sockets)
    }

    /// What the page and the table show: the spread of a figure, if it was measured. Something may have broken
    /// in that case all the same.
    pub fn spread(&self, key: Key, figure: Figure) -> Option<Spread> {
        self.cases.get(&key)?.spread(figure)
    }

    /// The sizes that were measured in a scenario, with any model.
    pub fn sizes(&self, scenario: Scenario) -> Vec<usize> {
        let mut sizes: Vec<usize> =
            self.cases.keys().filter(|key| key.0 == scenario).map(|key| key.1).collect();
        sizes.dedup();
        sizes
    }

    /// What broke of a model: the same under several loads is said once, with the smallest.
    pub fn broken(&self, model: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut known: Vec<(Scenario, String)> = Vec::new();
        for ((scenario, size, _), case) in self.cases.iter().filter(|(key, _)| key.2 == model) {
            for (what, rounds) in &case.broke {
                let seldom = match (*rounds, self.plan.rounds) {
                    (some, all) if some < all => format!(" (in {some} of {all} rounds)"),
                    _ => String::new(),
                };
                let again = |(of, before): &(Scenario, String)| {
                    (of == scenario || *of == Scenario::Busy) && kind(before) == kind(what)
                };
                if known.iter().any(again) {
                    continue;
                }
                known.push((*scenario, what.clone()));
                lines.push(match scenario {
                    Scenario::Busy | Scenario::Idle => {
                        let idle = if *scenario == Scenario::Idle { ", mostly idle" } else { "" };
                        let connections = if *size == 1 { "connection" } else { "connections" };
                        format!("{} {connections}{idle}: {what}{seldom}", thousands(*size))
                    }
                    Scenario::Slow | Scenario::Churn => format!("{}: {what}{seldom}", scenario.key()),
                });
            }
        }
        lines
    }

    pub fn json(&self) -> Value {
        let models: Vec<Value> = (0..self.plan.models.len())
            .map(|place| {
                let model = self.model(place);
                json!({
                    "name": model.name(),
                    "what": model.sentence(),
                    "calls": model.calls(),
                    "unavailable": self.unavailable.get(&place),
                    "broke": self.broken(place),
                })
            })
            .collect();
        let cases: Vec<Value> = self
            .cases
            .iter()
            .map(|((scenario, size, model), case)| {
                let (figures, broke) = case.json();
                json!({
                    "model": self.model(*model).name(),
                    "scenario": scenario.key(),
                    "connections": size,
                    "figures": figures,
                    "system_calls_by_name": case.calls,
                    "broke": broke,
                })
            })
            .collect();
        json!({
            "what": "saloon lab compare",
            "version": env!("CARGO_PKG_VERSION"),
            "optimized": !cfg!(debug_assertions),
            "date": self.machine.date,
            "machine": self.machine.json(),
            "cores": self.cores,
            "quick": self.plan.quick,
            "rounds": self.plan.rounds,
            "seconds": self.plan.window.as_secs_f64(),
            "request_bytes": super::load::REQUEST,
            "took_seconds": (self.took * 10.0).round() / 10.0,
            "notes": self.remarks().collect::<Vec<_>>(),
            "models": models,
            "cases": cases,
        })
    }
}

/// What is said of it but for the numbers, for whom there was no time, and what the model counted.
fn kind(what: &str) -> String {
    let observed = what.split("; ").next().unwrap_or(what);
    let parts = observed.split(", ").filter(|part| !part.ends_with(UNTRIED));
    without_numbers(&parts.collect::<Vec<_>>().join(" "))
}

fn without_numbers(text: &str) -> String {
    text.replace(|letter: char| letter.is_ascii_digit() || letter == ',', "")
}

/// Two digits, for the ends of a spread: `0.12`, `8.6`, `52`, `1.3k`.
pub fn brief(value: f64) -> String {
    match value.abs() {
        ..0.995 => format!("{value:.2}"),
        ..9.95 => format!("{value:.1}"),
        ..999.5 => format!("{value:.0}"),
        _ => format!("{:.1}k", value / 1e3),
    }
}

/// `10,000`
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three digits, as far as they say something: `0.123`, `4.56`, `78.9`, `1,234`.
pub fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        ..0.0995 => format!("{value:.3}"),
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => thousands(value.abs().round() as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_say_something() {
        let texts = [0.0, 0.01234, 1.0, 9.996, 55.55, 1234.4, 1e6].map(number);
        assert_eq!(texts, ["0", "0.012", "1.00", "10.0", "55.5", "1,234", "1,000,000"]);
    }

    #[test]
    fn the_ends_of_a_spread_are_brief() {
        assert_eq!([0.123, 8.64, 52.4, 1296.0].map(brief), ["0.12", "8.6", "52", "1.3k"]);
    }

    #[test]
    fn a_quantile_that_some_rounds_lack_is_not_shown() {
        let mut case = Case::default();
        (0..2).for_each(|_| case.add(Figure::P50, 1.0));
        case.add(Figure::P999, 1.0);
        assert_eq!((case.spread(Figure::P50).is_some(), case.spread(Figure::P999)), (true, None));
    }

    #[test]
    fn what_broke_in_several_rounds_is_one_thing() {
        let mut case = Case::default();
        case.broke("8 of 100 served, 92 waited in vain".into());
        case.broke("9 of 100 served, 91 waited in vain".into());
        case.broke("the server died".into());
        let broke = [("8 of 100 served, 92 waited in vain".to_owned(), 2), ("the server died".to_owned(), 1)];
        assert_eq!(case.broke, broke);
    }

    #[test]
    fn more_who_were_not_tried_are_not_another_kind_of_failure() {
        assert_eq!(
            kind("1 of 10 served, 9 waited in vain"),
            kind("1 of 1,000 served, 256 waited in vain, 743 not even tried")
        );
        assert_ne!(kind("64 of 100 served, 36 waited in vain"), kind("64 of 1,000 served, 808 turned away"));
    }

    #[test]
    fn what_is_not_a_number_is_no_figure() {
        let mut case = Case::default();
        case.add(Figure::Cpu, f64::NAN);
        assert_eq!(case.spread(Figure::Cpu), None);
    }
}
