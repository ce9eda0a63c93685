//! The findings as one page that needs nothing else: no script, no font, no picture from elsewhere.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::chart::escape;
use super::findings::{ACTIVE, Figure, Findings, OTHERS, Scenario, number, thousands};
use super::load::REQUEST;
use super::plots::{
    BUSY_CPU, BUSY_LATENCY, BUSY_RATE, IDLE_LATENCY, by_size, churn, idle_lines, latencies, memory, slow,
};
use super::table;

/// The page.
pub fn page(findings: &Findings) -> String {
    let mut body = String::new();
    body += &head(findings);
    body += &section(
        "Who served everybody, and who did not",
        "A tick: all peers got their answers. Else what the peers saw; further down is what the model said.",
        &verdicts(findings),
    );
    body += &idle_lines(findings);
    body += &by_size(findings, &BUSY_CPU);
    body += &by_size(findings, &BUSY_RATE);
    body += &latencies(findings, Scenario::Busy, BUSY_LATENCY);
    body += &latencies(findings, Scenario::Idle, IDLE_LATENCY);
    body += &memory(findings);
    body += &slow(findings);
    body += &churn(findings);
    body += &calls(findings);
    body += &broken(findings);
    body += READING;
    body += &method(findings);
    write!(
        body,
        "<details><summary>All numbers, as text</summary><pre>{}</pre></details>",
        escape(&table::text(findings))
    )
    .expect(TEXT);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>One echo service under {} concurrency models</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        findings.plan.models.len()
    )
}

fn head(findings: &Findings) -> String {
    let mut head = format!(
        "<h1>One echo service under {} concurrency models</h1>\n<p class=\"machine\">{}<br>{}</p>\n",
        findings.plan.models.len(),
        escape(&findings.machine.sentence()),
        escape(&rounds(findings)),
    );
    for note in &findings.warnings {
        writeln!(head, "<p class=\"warning\">{}</p>", escape(note)).expect(TEXT);
    }
    head
}

fn rounds(findings: &Findings) -> String {
    let plan = &findings.plan;
    let spread = match plan.rounds {
        1 => "One round, so there is no spread to see".to_owned(),
        count => format!("{count} rounds: dots are medians, whiskers the lowest and the highest round"),
    };
    format!("{spread}. {} s for each measurement. {}", plan.window.as_secs_f64(), findings.cores)
}

/// A heading, what there is to see, and what shows it.
pub fn section(title: &str, lead: &str, content: &str) -> String {
    format!(
        "<section>\n<h2>{}</h2>\n<p>{}</p>\n<div class=\"wide\">{content}</div>\n</section>\n",
        escape(title),
        escape(lead)
    )
}

/// A table: the models, and what they bore.
fn verdicts(findings: &Findings) -> String {
    let sizes = findings.sizes(Scenario::Busy);
    let mut table = "<table class=\"verdicts\"><thead><tr><th>connections:</th>".to_owned();
    for size in &sizes {
        write!(table, "<th>{}</th>", thousands(*size)).expect(TEXT);
    }
    table += "<th>beside a slow reader</th><th>churn</th></tr></thead><tbody>\n";
    for model in 0..findings.plan.models.len() {
        write!(
            table,
            "<tr><th title=\"{}\">{}</th>",
            escape(&findings.model(model).sentence()),
            findings.model(model).name()
        )
        .expect(TEXT);
        let connected =
            sizes.iter().map(|size| verdict(findings, &[Scenario::Busy, Scenario::Idle], *size, model));
        let slow = verdict(findings, &[Scenario::Slow], OTHERS + 1, model);
        let churn = verdict(findings, &[Scenario::Churn], ACTIVE, model);
        table.extend(connected.chain([slow, churn]));
        table += "</tr>\n";
    }
    table + "</tbody></table>"
}

fn verdict(findings: &Findings, scenarios: &[Scenario], size: usize, model: usize) -> String {
    if findings.unavailable.contains_key(&model) {
        return "<td>not here</td>".to_owned();
    }
    let cases = || scenarios.iter().filter_map(|scenario| findings.case(*scenario, size, model));
    let broke = cases().flat_map(|case| &case.broke).next();
    match broke {
        Some((what, _)) => {
            format!("<td class=\"no\" title=\"{}\">✗ {}</td>", escape(what), escape(&in_words(what)))
        }
        None if cases().next().is_some() => "<td class=\"yes\">✓</td>".to_owned(),
        None => "<td>–</td>".to_owned(),
    }
}

/// The start of a reason, as far as it fits.
pub fn in_words(what: &str) -> String {
    let ends = [", ", "; ", ": "].iter().filter_map(|end| what.find(end));
    let start = &what[..ends.min().unwrap_or(what.len())];
    match start {
        _ if start.starts_with("nobody else") => "nobody served".to_owned(),
        _ if start.ends_with("connections dropped") => "dropped some".to_owned(),
        _ if start.contains("never answered") => "stopped answering".to_owned(),
        _ if start.starts_with("the model's own count") => "some turned away".to_owned(),
        _ if start.starts_with("beside the slow reader") => {
            what.split(", ").nth(1).unwrap_or(what).to_owned()
        }
        _ if start.starts_with("did not end") => "had to be killed".to_owned(),
        _ => start.chars().take(24).collect(),
    }
}

fn calls(findings: &Findings) -> String {
    let mut rows = "<table><thead><tr><th></th><th>system calls a request</th><th>threads</th>\
                    <th>processes</th></tr></thead><tbody>\n"
        .to_owned();
    for model in 0..findings.plan.models.len() {
        let sizes = findings.sizes(Scenario::Busy);
        let count = |figure| {
            let at = |size: usize| Some((findings.spread((Scenario::Busy, size, model), figure)?, size));
            sizes.iter().rev().find_map(|size| at(*size)).map_or_else(
                || "–".to_owned(),
                |(spread, size)| format!("{} at {}", thousands(spread.median as usize), thousands(size)),
            )
        };
        writeln!(
            rows,
            "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            findings.model(model).name(),
            escape(&table::calls(findings, model)),
            count(Figure::Threads),
            count(Figure::Processes),
        )
        .expect(TEXT);
    }
    rows += "</tbody></table>";
    section(
        "System calls, threads and processes",
        "Calls of the server for one request, with the fewest connections that were traced, where the least is \
         done in batches; counted by \
         strace in a run of its own, with a pause before each request, so that the server waits for it. \
         Threads and processes (all together) with the most connections that were served.",
        &rows,
    )
}

fn broken(findings: &Findings) -> String {
    let mut list = String::new();
    let mut said = BTreeSet::new();
    for model in 0..findings.plan.models.len() {
        let name = findings.model(model).name();
        let unavailable = findings.unavailable.get(&model).map(|why| format!("is not available here: {why}"));
        for line in unavailable.into_iter().chain(findings.broken(model)) {
            let name = if said.insert(model) { name.as_str() } else { "" };
            writeln!(list, "<tr><th>{name}</th><td>{}</td></tr>", escape(&line)).expect(TEXT);
        }
    }
    if list.is_empty() {
        list = "<tr><td>Nothing did.</td></tr>".to_owned();
    }
    section(
        "Where it broke, and why",
        "What the peers saw, and then what the model itself counted of those it turned away. The same under \
         several loads is said once, at the smallest.",
        &format!("<table><tbody>{list}</tbody></table>"),
    )
}

const READING: &str = "<section>\n<h2>How to read this</h2>\n\
<p>Each dot is the median of the rounds, and its whiskers go from the lowest round to the highest. Where the \
whiskers of two models overlap, this run does not tell which is better. Axes are logarithmic: the same distance \
is everywhere the same factor. A red ✗ means that the model did not serve all peers, and so was not measured; \
point at it to see the whole reason.</p>\n\
<h2>What this can't tell</h2>\n\
<ul>\n\
<li>How a model does with real work. An echo is nearly all system calls and no thinking; where a request takes \
a millisecond of computing, all of these look alike, except that a single loop then stops everybody.</li>\n\
<li>How it does over a network. Loopback has no loss and no distance, and sending there also does the work of \
receiving: part of what the client causes is done in the server's time, and the other way round.</li>\n\
<li>How it does with more cores than it had here, and whether a difference of a few percent is one. Others may \
use this machine, and a virtual machine does not know what it is not given.</li>\n\
<li>Which library is better. These are small programs to read, written for clarity, each with the plainest \
use of its calls.</li>\n\
<li>Latency at a given rate. Peers wait for an answer before they ask again, so a server that stalls is asked \
less: high quantiles are kinder than they would be with peers that don't wait.</li>\n\
</ul>\n</section>\n";

fn method(findings: &Findings) -> String {
    let plan = &findings.plan;
    let optimized = if cfg!(debug_assertions) { "without optimization" } else { "with optimization" };
    let mut list = vec![
        format!(
            "Each model is a process of its own (saloon {}, built {optimized}), started anew for each load and \
             each round. A round goes through all loads, and through all models for each; each round begins \
             with another model.",
            env!("CARGO_PKG_VERSION")
        ),
        format!(
            "The load generator is one thread with one epoll loop, the same for all. {} A request is {REQUEST} \
             bytes, and every answer is compared with what it has to be.",
            findings.cores
        ),
        format!(
            "A number of connections is reached when each has been answered once. Nothing for {} s (and a \
             millisecond for each connection) is taken for the end; with fewer than 99 % served nothing more is measured. The first {} ms of each measurement \
             are discarded, {} s are measured, and more if there were fewer than 50 answers.",
            plan.patience.as_secs(),
            plan.warm_up().as_millis(),
            plan.window.as_secs_f64(),
        ),
        "CPU is the kernel's account of the server's processes: the CPU-time clock of each that lives, and what \
         the first was told of children that have ended (in steps of 10 ms). What the kernel does in \
         interrupts goes to whoever is interrupted."
            .to_owned(),
        "Latency is from before the send to after the receive of the last byte, and includes what the load \
         generator takes for all others that are ready. Of fewer than 1,000 answers there is no 99.9 % \
         quantile, of fewer than 100 no 99 %; those are left out."
            .to_owned(),
        "Memory is PSS from /proc/PID/smaps_rollup; the kernel's is VmPTE from /proc/PID/status and one kernel \
         stack for each thread; what else it keeps for a thread or a process is not in it. Sockets are the same for all models and noted apart."
            .to_owned(),
        "System calls are all those that strace saw, in a run where nothing else is measured, for it makes a \
         server many times slower: all connections ask at once, and when all have their answer there is a \
         pause of 2 ms, at least 20 times. Attaching to it adds one call of each thread."
            .to_owned(),
        format!(
            "The server may have {} open files. All of it took {} s.",
            thousands(findings.machine.files.min(1 << 40) as usize),
            number(findings.took)
        ),
    ];
    list.extend(findings.remarks().cloned());
    let items: Vec<String> = list.iter().map(|item| format!("<li>{}</li>", escape(item))).collect();
    format!("<section>\n<h2>How it was measured</h2>\n<ul>\n{}\n</ul>\n</section>\n", items.join("\n"))
}

const TEXT: &str = "a string takes everything";

const STYLE: &str = "
:root { color-scheme: light dark; --back: #fff; --text: #1d2430; --soft: #5d6675; --rule: #d9dee6;
  --band: #f4f6f9; --dot: #1f5fbf; --red: #b3261e; --green: #2c7a3f; }
@media (prefers-color-scheme: dark) { :root { --back: #14171c; --text: #e3e7ee; --soft: #98a2b3;
  --rule: #333a46; --band: #1b2027; --dot: #7db0ff; --red: #ff8a80; --green: #81c995; } }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 28px; line-height: 1.2; margin: 8px 0; }
h2 { font-size: 20px; line-height: 1.3; margin: 44px 0 4px; }
p { margin: 4px 0 12px; max-width: 76ch; } li { max-width: 76ch; margin: 4px 0; }
.machine { color: var(--soft); }
.warning { border-left: 4px solid var(--red); padding-left: 12px; }
.wide { overflow-x: auto; } svg { display: block; width: 100%; min-width: 760px; }
svg text { font: 12px system-ui, sans-serif; fill: var(--text); }
svg .name { font-size: 13px; } svg .head { font-weight: 600; font-size: 13px; }
svg .tick, svg .value { fill: var(--soft); font-size: 11px; } svg .value { fill: var(--text); }
svg .cross { fill: var(--red); font-size: 11px; }
svg .band { fill: var(--band); } svg .grid { stroke: var(--rule); } svg .axis { stroke: var(--soft); }
svg .whisker { stroke: var(--dot); stroke-width: 1.5; } svg .dot { fill: var(--dot); }
svg .thin, svg .stop { stroke: var(--dot); stroke-width: 1.5; } svg .thick { stroke: var(--dot); stroke-width: 4; opacity: .55; }
svg .series polyline { fill: none; stroke: var(--soft); stroke-width: 1.5; } svg .series circle { fill: var(--soft); }
svg .series .thin { stroke: var(--soft); } svg .leader { stroke: var(--rule); }
svg .bold polyline, svg .bold .thin { stroke: var(--red); } svg .bold circle, svg .bold text { fill: var(--red); }
svg .bold text { font-weight: 600; } svg .bold polyline { stroke-width: 2.5; }
svg .series:hover polyline { stroke: var(--dot); stroke-width: 3.5; } svg .series:hover circle, svg .series:hover text { fill: var(--dot); }
table { border-collapse: collapse; font-size: 14px; } th, td { padding: 3px 12px 3px 0; text-align: left; vertical-align: top; }
tbody tr { border-top: 1px solid var(--rule); } tbody th { font-weight: 500; white-space: nowrap; } thead th { font-weight: 600; }
.no { color: var(--red); } .yes { color: var(--green); }
details { margin-top: 32px; } pre { overflow-x: auto; font-size: 12px; line-height: 1.35; }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_becomes_a_few_words() {
        assert_eq!(in_words("1 of 1,000 served, 9 waited in vain; its own"), "1 of 1,000 served");
        assert_eq!(in_words("not tried: it would need some 9.1 GiB"), "not tried");
        assert_eq!(in_words("beside the slow reader, 3 of 4 served, 1 waited in vain"), "3 of 4 served");
    }
}
