//! The findings as text, for a terminal of 100 columns.

use super::findings::{Figure, Findings, Scenario, brief, number, thousands};
use super::load::REQUEST;
use bench::Spread;

/// What a line may have.
const WIDTH: usize = 100;
/// So many fit into it, with their spread.
const COLUMNS: usize = 5;
/// From here on the load generator was as busy as the server, or more.
pub const SATURATED: f64 = 0.9;

/// All of it.
pub fn text(findings: &Findings) -> String {
    let mut text = head(findings);
    for (title, scenario, cell) in GRIDS {
        text += &grid(findings, title, *scenario, cell);
    }
    text += &single(findings);
    text += &connection(findings);
    text += &broken(findings);
    text
}

type Cell = fn(&Findings, (Scenario, usize, usize)) -> Option<String>;

const GRIDS: &[(&str, Scenario, Cell)] = &[
    ("Busy: the server's CPU for a request, in µs (less is better)", Scenario::Busy, cpu),
    ("Busy: requests a second (more is better)", Scenario::Busy, rate),
    ("Busy: how long a request takes, p50/p99/p99.9 in ms (less is better)", Scenario::Busy, latency),
    ("Mostly idle, 4 active: the server's CPU for a request, in µs (less is better)", Scenario::Idle, cpu),
    ("Mostly idle, 4 active: how long a request takes, p50/p99/p99.9 in ms", Scenario::Idle, latency),
];

fn head(findings: &Findings) -> String {
    let plan = &findings.plan;
    let rounds = if plan.rounds == 1 { "1 round".to_owned() } else { format!("{} rounds", plan.rounds) };
    let mut text = format!(
        "{} models, {rounds}, {} s for each measurement, requests of {REQUEST} bytes; it took {} s\n",
        plan.models.len(),
        plan.window.as_secs_f64(),
        number(findings.took),
    );
    text += &wrap(&findings.machine.sentence(), "", "");
    text += &wrap(&findings.cores, "", "");
    let spread = if plan.rounds > 1 { "Numbers are medians (lowest–highest round). " } else { "" };
    let marks = "✗: did not serve them all, see below. *: measured, and yet something broke. ≥: the load \
                 generator was the limit.";
    text += &wrap(&format!("{spread}{marks}"), "", "");
    for note in findings.remarks() {
        text += &wrap(note, "", "");
    }
    text
}

/// A row for each model, a column for each number of connections.
fn grid(findings: &Findings, title: &str, scenario: Scenario, cell: &Cell) -> String {
    let sizes = findings.sizes(scenario);
    sizes.chunks(COLUMNS).map(|sizes| columns(findings, title, scenario, sizes, cell)).collect()
}

fn columns(findings: &Findings, title: &str, scenario: Scenario, sizes: &[usize], cell: &Cell) -> String {
    let header: Vec<String> = sizes.iter().map(|size| thousands(*size)).collect();
    let rows = (0..findings.plan.models.len()).map(|model| {
        let cells = sizes.iter().map(|size| mark(findings, (scenario, *size, model), *cell));
        std::iter::once(findings.model(model).name()).chain(cells).collect()
    });
    let header = std::iter::once("connections".to_owned()).chain(header).collect();
    titled(title, std::iter::once(header).chain(rows).collect())
}

fn mark(findings: &Findings, key: (Scenario, usize, usize), cell: Cell) -> String {
    if findings.unavailable.contains_key(&key.2) {
        return "n/a".to_owned();
    }
    let broke = findings.cases.get(&key).is_some_and(|case| !case.broke.is_empty());
    match (cell(findings, key), broke) {
        (Some(figure), false) => figure,
        (Some(figure), true) => format!("{figure}*"),
        // Who is not there when all are busy is not there when most are idle.
        (None, _) => "✗".to_owned(),
    }
}

fn cpu(findings: &Findings, key: (Scenario, usize, usize)) -> Option<String> {
    Some(spread(findings.spread(key, Figure::Cpu)?))
}

fn rate(findings: &Findings, key: (Scenario, usize, usize)) -> Option<String> {
    let rate = findings.spread(key, Figure::Rate)?;
    let saturated = findings.spread(key, Figure::Generator).is_some_and(|share| share.median >= SATURATED);
    let mark = if saturated { "≥" } else { "" };
    if rate.min < rate.max {
        let [min, max] = [rate.min, rate.max].map(|rate| brief(rate / 1e3));
        return Some(format!("{mark}{}k ({min}–{max})", number(rate.median / 1e3)));
    }
    Some(format!("{mark}{}", number(rate.median)))
}

fn latency(findings: &Findings, key: (Scenario, usize, usize)) -> Option<String> {
    let quantile = |figure| {
        let spread = findings.spread(key, figure);
        spread.map_or_else(|| "–".to_owned(), |spread| number(spread.median / 1e3))
    };
    findings.spread(key, Figure::P50)?;
    Some([Figure::P50, Figure::P99, Figure::P999].map(quantile).join("/"))
}

fn spread(Spread { median, min, max }: Spread) -> String {
    if min < max {
        return format!("{} ({}–{})", number(median), brief(min), brief(max));
    }
    number(median)
}

/// What has no number of connections: the slow reader, and churn.
fn single(findings: &Findings) -> String {
    let table = |title: &str, scenario: Scenario, columns: &[(&str, Cell)]| {
        let Some(size) = findings.sizes(scenario).first().copied() else { return String::new() };
        let mut rows = vec![
            std::iter::once("").chain(columns.iter().map(|(name, _)| *name)).map(String::from).collect(),
        ];
        rows.extend((0..findings.plan.models.len()).map(|model| {
            let cells = columns.iter().map(|(_, cell)| mark(findings, (scenario, size, model), *cell));
            std::iter::once(findings.model(model).name()).chain(cells).collect()
        }));
        titled(title, rows)
    };
    let columns: &[(&str, Cell)] =
        &[("requests/s", rate), ("CPU µs", cpu), ("p50/p99/p99.9 ms", latency), ("KiB it sent", swallowed)];
    let slow =
        table("One peer sends and never reads: how 4 busy others fare beside it", Scenario::Slow, columns);
    let churn = table(
        "Churn: connect, one request, close; 4 at once",
        Scenario::Churn,
        &[("connections/s", rate), ("CPU µs", cpu), ("p50/p99/p99.9 ms", latency)],
    );
    slow + &churn
}

fn swallowed(findings: &Findings, key: (Scenario, usize, usize)) -> Option<String> {
    Some(number(findings.spread(key, Figure::Swallowed)?.median))
}

/// What a connection costs, and a request in system calls.
fn connection(findings: &Findings) -> String {
    let header = ["", "at", "KiB each", "kernel KiB", "threads", "processes", "system calls a request"];
    let mut rows: Vec<Vec<String>> = vec![header.map(String::from).into()];
    for model in 0..findings.plan.models.len() {
        let mut row = vec![findings.model(model).name()];
        let sizes = findings.sizes(Scenario::Busy);
        let largest = sizes
            .iter()
            .rev()
            .find(|size| findings.spread((Scenario::Busy, **size, model), Figure::Threads).is_some());
        let Some(size) = largest else {
            rows.push(row);
            continue;
        };
        row.push(thousands(*size));
        for figure in [Figure::Memory, Figure::Kernel, Figure::Threads, Figure::Processes] {
            let value = findings.spread((Scenario::Busy, *size, model), figure).map(|spread| spread.median);
            row.push(match (value, figure) {
                (None, _) => "–".to_owned(),
                (Some(value), Figure::Threads | Figure::Processes) => thousands(value as usize),
                (Some(value), _) => number(value),
            });
        }
        row.push(calls(findings, model));
        rows.push(row);
    }
    titled("What a connection costs, at the most that were served; and a request", rows)
}

/// System calls by name, with one connection if that was traced: there no batch hides them.
pub fn calls(findings: &Findings, model: usize) -> String {
    let traced = findings.sizes(Scenario::Busy).into_iter().find_map(|size| {
        let case = findings.case(Scenario::Busy, size, model)?;
        (!case.calls.is_empty()).then_some(case)
    });
    let Some(case) = traced else { return "not counted".to_owned() };
    // Less than one in twenty is what else it does; between name and number there is no break.
    let each = case.calls.iter().filter(|(_, each)| **each >= 0.05);
    let named: Vec<String> = each.map(|(name, each)| format!("{name}\u{a0}{}", trimmed(*each))).collect();
    named.join(", ")
}

/// `1` and `0.50`
fn trimmed(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").filter(|whole| *whole != "0").map_or_else(|| number(value), str::to_owned)
}

fn broken(findings: &Findings) -> String {
    let mut text = "\nWhere it broke, and why\n".to_owned();
    let none = text.len();
    for model in 0..findings.plan.models.len() {
        let name = findings.model(model).name();
        if let Some(why) = findings.unavailable.get(&model) {
            text += &wrap(&format!("is not available here: {why}"), &format!("{name:<14}"), &" ".repeat(14));
        }
        for (place, line) in findings.broken(model).iter().enumerate() {
            let name = if place == 0 { name.as_str() } else { "" };
            text += &wrap(line, &format!("{name:<14}"), &" ".repeat(14));
        }
    }
    if text.len() == none {
        text += "Nothing did.\n";
    }
    text
}

/// The column of the calls' names, if there is one: it is text, and may need more than a line.
const CALLS: usize = 6;

/// Rows under a title, in columns: text to the left, numbers to the right.
fn titled(title: &str, rows: Vec<Vec<String>>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let indent = " ".repeat(widths.iter().take(CALLS).map(|width| width + 2).sum());
    let mut text = format!("\n{title}\n");
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let fill = " ".repeat(width - cell.chars().count());
            line += &if [0, CALLS].contains(&column) { cell.clone() + &fill } else { fill + cell };
            line += "  ";
        }
        let line = line.trim_end();
        text += &if columns > CALLS { wrap(line, "", &indent) } else { format!("{line}\n") };
    }
    text
}

/// Breaks a line at spaces. What is longer than a line and has none stays as it is.
fn wrap(line: &str, first: &str, indent: &str) -> String {
    if first.chars().count() + line.chars().count() <= WIDTH {
        return format!("{first}{line}\n");
    }
    let mut text = String::new();
    let mut current = first.to_owned();
    let mut empty = true;
    for word in line.split_inclusive(' ') {
        if !empty && current.chars().count() + word.trim_end().chars().count() > WIDTH {
            text += current.trim_end();
            text.push('\n');
            current = indent.to_owned();
        }
        current += word;
        empty = false;
    }
    text + current.trim_end() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_and_indented() {
        let text = wrap(&"word ".repeat(30), "name  ", "      ");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("      word")));
    }

    #[test]
    fn columns_stand_below_each_other() {
        let rows = vec![vec![String::new(), "µs".into()], vec!["poll".into(), "8.50".into()]];
        assert_eq!(titled("CPU", rows), "\nCPU\n        µs\npoll  8.50\n");
    }

    #[test]
    fn a_count_of_calls_is_short() {
        assert_eq!([1.0, 1.04, 0.11, 0.02, 2.5].map(trimmed), ["1", "1", "0.11", "0.020", "2.50"]);
    }
}
