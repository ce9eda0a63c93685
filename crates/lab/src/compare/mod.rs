//! `saloon lab compare`: the models side by side, under the same load, on this machine.
//!
//! ```text
//!  for each round, for each load:          the models in turn, each round beginning with another one
//!     start a server ── load ── figures ── stop it, and read whom it turned away
//! ```
//!
//! The server is this program in a process of its own, so that what the kernel accounts to it is only its. The
//! figures are for comparing models with each other on one machine, at one time: the page says what
//! they can't tell.

mod attendance;
mod calls;
mod chart;
mod cost;
mod findings;
mod load;
mod machine;
mod options;
mod page;
mod plots;
mod progress;
mod slow;
mod stats;
mod subject;
mod table;
mod traffic;
mod visit;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};

use anyhow::Context as _;

use findings::{Findings, thousands};
use machine::{Cores, Machine};
pub use options::Options;
use options::Plan;
use progress::Progress;
use visit::{Load, Visitor};

/// Descriptors that a process needs besides its connections.
const SPARE: u64 = 64;

/// Measures, prints the table, and writes the files that were asked for.
pub fn run(options: Options) -> anyhow::Result<()> {
    // Before all the work, or a typing mistake in a path would cost a quarter of an hour.
    for path in [&options.json, &options.html].into_iter().flatten() {
        // What is there stays until there is something new.
        let opened = OpenOptions::new().create(true).append(true).open(path);
        opened.with_context(|| format!("can't write {}", path.display()))?;
    }
    let findings = measure(Plan::of(&options));
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&findings.json())?;
        fs::write(path, text + "\n").with_context(|| format!("can't write {}", path.display()))?;
    }
    if let Some(path) = &options.html {
        fs::write(path, page::page(&findings)).with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(io::stdout().write_all(table::text(&findings).as_bytes())?)
}

fn measure(plan: Plan) -> Findings {
    let machine = Machine::here();
    let cores = Cores::split(plan.pin);
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    if cfg!(debug_assertions) {
        warnings
            .push("This is a build without optimization: use one made with --release for numbers.".into());
    }
    if plan.quick {
        warnings.push(
            "This is a quick run: it shows that everything works, and its numbers are mostly noise.".into(),
        );
    }
    let sizes: Vec<usize> =
        plan.sizes.iter().copied().filter(|size| fits(*size, &machine, &mut notes)).collect();
    let loads: Vec<Load> =
        sizes.into_iter().map(Load::Connected).chain([Load::SlowReader, Load::Churn]).collect();

    let mut progress = Progress::new(plan.rounds * loads.len() * plan.models.len());
    let mut findings = Findings {
        cores: cores.sentence(),
        plan,
        machine,
        cases: BTreeMap::new(),
        unavailable: BTreeMap::new(),
        warnings,
        notes,
        sockets: None,
        took: 0.0,
    };
    let mut visitor = Visitor::new(&cores, &mut findings);
    for round in 0..visitor.rounds() {
        for load in &loads {
            for model in visitor.order(round) {
                progress.next(&format!("round {}: {load}: {}", round + 1, visitor.name(model)));
                visitor.visit(round, *load, model);
            }
        }
    }
    visitor.finish();
    findings.took = progress.elapsed().as_secs_f64();
    findings
}

/// Whether this process, and a server, may have so many descriptors.
fn fits(size: usize, machine: &Machine, notes: &mut Vec<String>) -> bool {
    let fits = size as u64 + SPARE <= machine.files;
    if !fits {
        notes.push(format!(
            "{} connections were left out: a process may have {} open files here (ulimit -Hn).",
            thousands(size),
            machine.files
        ));
    }
    fits
}
