//! What is drawn on the page, and what is written over it.

use super::chart::{Line, Mark, Panel, Scale, lines, panels};
use super::findings::{ACTIVE, Case, Figure, Findings, Key, OTHERS, Scenario, number, thousands};
use super::page::{in_words, section};
use super::table::SATURATED;
use bench::Spread;

/// A chart with a panel for each number of connections.
pub struct BySize {
    scenario: Scenario,
    figure: Figure,
    title: &'static str,
    lead: &'static str,
    unit: &'static str,
    value: fn(f64) -> String,
}

pub const BUSY_CPU: BySize = BySize {
    scenario: Scenario::Busy,
    figure: Figure::Cpu,
    title: "Busy: CPU for a request. Further left is better",
    lead: "Every connection has a request on its way. Time that the server spent on a CPU, in its own code and \
           in the kernel, for each request it answered. This is the fairest number here: the load generator's \
           work is not in it.",
    unit: "µs of CPU a request",
    value: number,
};
pub const BUSY_RATE: BySize = BySize {
    scenario: Scenario::Busy,
    figure: Figure::Rate,
    title: "Busy: requests a second. Further right is better",
    lead: "How many were answered in the same time. With ≥ the load generator had no time left: the server \
           could have done more.",
    unit: "requests a second",
    value: rate_text,
};
pub const BUSY_LATENCY: [&str; 2] = [
    "Busy: how long a request takes. Further left is better",
    "The dot: half were faster. The thick line ends where 99 % were faster, the stroke where 99.9 % were. With \
     so many requests on their way at once each waits for the others: a thousand at 100,000 a second take \
     10 ms, whatever the model does.",
];
pub const IDLE_LATENCY: [&str; 2] = [
    "Mostly idle: how long a request takes when 4 peers are active. Further left is better",
    "The dot: half were faster. The thick line ends where 99 % were faster, the stroke where 99.9 % were. The \
     number of active peers is the same in all panels, so what changes is the cost of those who do nothing.",
];

pub fn by_size(findings: &Findings, chart: &BySize) -> String {
    let sizes = findings.sizes(chart.scenario);
    if sizes.is_empty() {
        return String::new();
    }
    let of_all = findings.cases.iter().filter(|(key, _)| key.0 == chart.scenario);
    let scale = Scale::over(ends(of_all.filter_map(|(_, case)| case.spread(chart.figure))));
    let panel = |size: &usize| Panel {
        title: connections(*size),
        unit: chart.unit,
        scale,
        marks: marks(findings, chart.scenario, *size, chart.figure, chart.value),
    };
    let drawn: Vec<Panel> = sizes.iter().map(panel).collect();
    section(chart.title, chart.lead, &panels(chart.title, &names(findings), &drawn))
}

fn connections(size: usize) -> String {
    if size == 1 { "1 connection".to_owned() } else { format!("{} connections", thousands(size)) }
}

fn names(findings: &Findings) -> Vec<String> {
    findings.plan.models.iter().map(|model| model.name()).collect()
}

/// A mark for each model.
fn marks(
    findings: &Findings,
    scenario: Scenario,
    size: usize,
    figure: Figure,
    value: fn(f64) -> String,
) -> Vec<Mark> {
    let mark = |model: usize| {
        let key = (scenario, size, model);
        let Some(spread) = shown(findings.spread(key, figure), figure) else {
            return unmeasured(findings, key);
        };
        let case = &findings.cases[&key];
        let limited = figure == Figure::Rate
            && case.spread(Figure::Generator).is_some_and(|share| share.median >= SATURATED);
        let broke = if case.broke.is_empty() { "" } else { " ✗" };
        Mark::Dot {
            spread,
            text: format!("{}{}{broke}", if limited { "≥" } else { "" }, value(spread.median)),
        }
    };
    (0..findings.plan.models.len()).map(mark).collect()
}

/// A figure in the unit of its axis: latencies in milliseconds.
fn shown(spread: Option<Spread>, figure: Figure) -> Option<Spread> {
    let each = if matches!(figure, Figure::P50 | Figure::P99 | Figure::P999) { 1e-3 } else { 1.0 };
    spread.map(|Spread { median, min, max }| Spread {
        median: median * each,
        min: min * each,
        max: max * each,
    })
}

/// Why there is no figure.
fn unmeasured(findings: &Findings, key: Key) -> Mark {
    let why = |case: &Case| case.broke.first().map(|(what, _)| what.clone());
    let own = findings.cases.get(&key).and_then(why);
    // Who did not serve all when they were busy was not asked again.
    let busy = || findings.case(Scenario::Busy, key.1, key.2).and_then(why);
    if let Some(why) = findings.unavailable.get(&key.2) {
        return Mark::Broken { words: "not here".to_owned(), why: why.clone() };
    }
    match own.or_else(busy) {
        Some(why) => Mark::Broken { words: in_words(&why), why },
        None => Mark::Nothing,
    }
}

fn ends(spreads: impl Iterator<Item = Spread>) -> impl Iterator<Item = f64> {
    spreads.flat_map(|spread| [spread.min, spread.max])
}

pub fn latencies(findings: &Findings, scenario: Scenario, [title, lead]: [&str; 2]) -> String {
    const QUANTILES: [Figure; 3] = [Figure::P50, Figure::P99, Figure::P999];
    let sizes = findings.sizes(scenario);
    if sizes.is_empty() {
        return String::new();
    }
    let median = |key: Key, figure| findings.spread(key, figure).map(|spread| spread.median / 1000.0);
    let all = findings.cases.keys().filter(|key| key.0 == scenario);
    let scale = Scale::over(all.flat_map(|key| QUANTILES.map(|figure| median(*key, figure))).flatten());
    let panel = |size: &usize| {
        let mark = |model: usize| {
            let key = (scenario, *size, model);
            match QUANTILES.map(|figure| median(key, figure)) {
                [None, ..] => unmeasured(findings, key),
                quantiles => Mark::Range(quantiles),
            }
        };
        Panel {
            title: connections(*size),
            unit: "ms",
            scale,
            marks: (0..findings.plan.models.len()).map(mark).collect(),
        }
    };
    let drawn: Vec<Panel> = sizes.iter().map(panel).collect();
    section(title, lead, &panels(title, &names(findings), &drawn))
}

/// By so much a line has to rise to be shown as one that does.
const RISEN: f64 = 2.0;

/// How the cost of a request grows with those who do nothing.
pub fn idle_lines(findings: &Findings) -> String {
    let sizes = findings.sizes(Scenario::Idle);
    if sizes.len() < 2 {
        return String::new();
    }
    let line = |model: usize| {
        let at = |size: &usize| findings.spread((Scenario::Idle, *size, model), Figure::Cpu);
        let points: Vec<(f64, Spread)> =
            sizes.iter().filter_map(|size| Some((*size as f64, at(size)?))).collect();
        let (last, end) = points.last().copied()?;
        let next = sizes.iter().find(|size| **size as f64 > last);
        let broken = next.map(|size| match unmeasured(findings, (Scenario::Idle, *size, model)) {
            Mark::Broken { words, .. } => words,
            _ => "not measured".to_owned(),
        });
        let bold = end.median > RISEN * points[0].1.median;
        Some(Line { name: findings.model(model).name(), points, broken, bold })
    };
    let drawn: Vec<Line> = (0..findings.plan.models.len()).filter_map(line).collect();
    let title = "Mostly idle: what those cost who do nothing. Low and flat is better";
    let lead = "So many peers are connected, 4 of them are active, the others say nothing. CPU of the server \
                for each request of the 4, with the number at the largest size behind the name. A line that \
                rises pays for idle peers with every request; those that at least doubled are red.";
    let units = ["peers connected", "µs of CPU a request"];
    section(title, lead, &lines(title, units, &drawn))
}

pub fn memory(findings: &Findings) -> String {
    let sizes = findings.sizes(Scenario::Busy);
    let most = |model: usize| {
        let has = |size: &usize| findings.spread((Scenario::Busy, *size, model), Figure::Memory).is_some();
        sizes.iter().copied().rev().find(has)
    };
    let rows: Vec<Option<usize>> = (0..findings.plan.models.len()).map(most).collect();
    if rows.iter().all(Option::is_none) {
        return String::new();
    }
    let panel = |title: &str, figure: Figure| {
        let of = |(model, size): (usize, &Option<usize>)| {
            Some(((*size)?, findings.spread((Scenario::Busy, (*size)?, model), figure)?))
        };
        let values: Vec<Option<(usize, Spread)>> = rows.iter().enumerate().map(of).collect();
        let known = values.iter().flatten().map(|(_, spread)| *spread);
        let mark = |value: &Option<(usize, Spread)>| match value {
            Some((size, spread)) => Mark::Dot {
                spread: *spread,
                text: format!("{} (of {})", number(spread.median), thousands(*size)),
            },
            None => Mark::Nothing,
        };
        Panel {
            title: title.to_owned(),
            unit: "KiB for each connection",
            // Less than this is nothing, and would only stretch the axis.
            scale: Scale::over(ends(known).map(|value| value.max(0.1)).chain([0.1, 100.0])),
            marks: values.iter().map(mark).collect(),
        }
    };
    let drawn = [
        panel("pages of the processes", Figure::Memory),
        panel("page tables and kernel stacks", Figure::Kernel),
    ];
    let sockets = findings.sockets.as_deref().unwrap_or_default();
    let title = "Memory for a connection. Further left is better";
    let lead = format!(
        "Growth of the server from before the first connection until all had been answered once, by \
         connections; in brackets how many there were: as many as the model served. Pages that processes \
         share are divided among them. {sockets}"
    );
    section(title, &lead, &panels(title, &names(findings), &drawn))
}

/// A panel of its own scale.
fn single(
    findings: &Findings,
    title: &str,
    (scenario, size): (Scenario, usize),
    figure: Figure,
    unit: &'static str,
    value: fn(f64) -> String,
) -> Panel {
    let of_all = findings.cases.iter().filter(|(key, _)| key.0 == scenario);
    Panel {
        title: title.to_owned(),
        unit,
        scale: Scale::over(ends(of_all.filter_map(|(_, case)| shown(case.spread(figure), figure)))),
        marks: marks(findings, scenario, size, figure, value),
    }
}

pub fn slow(findings: &Findings) -> String {
    let at = (Scenario::Slow, OTHERS + 1);
    let drawn = [
        single(
            findings,
            "requests a second: right is better",
            at,
            Figure::Rate,
            "requests a second",
            rate_text,
        ),
        single(findings, "99 % took less: left is better", at, Figure::P99, "ms", number),
    ];
    let title = "One peer sends and never reads. Did the others go on?";
    let lead = "It has sent until nothing went any more: its answers fill the kernel's buffers, and the server \
                can't get rid of the next. Then 4 others come and are busy.";
    section(title, lead, &panels(title, &names(findings), &drawn))
}

pub fn churn(findings: &Findings) -> String {
    let at = (Scenario::Churn, ACTIVE);
    let drawn = [
        single(findings, "connections a second: right is better", at, Figure::Rate, "a second", rate_text),
        single(findings, "CPU for each: left is better", at, Figure::Cpu, "µs of CPU a connection", number),
    ];
    let title = "Churn: connect, one request, close";
    let lead = "4 at once, each followed by the next. CPU is the server's, with children that have ended.";
    section(title, lead, &panels(title, &names(findings), &drawn))
}

fn rate_text(rate: f64) -> String {
    if rate < 9950.0 { number(rate) } else { format!("{}k", number(rate / 1e3)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_short() {
        assert_eq!([812.0, 9_900.0, 123_456.0].map(rate_text), ["812", "9,900", "123k"]);
    }
}
