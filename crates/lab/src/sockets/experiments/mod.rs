//! Experiments with socket options: each is done here and now, and what is seen is compared with what was
//! expected.
//!
//! The calls: `setsockopt`, `getsockopt`, `shutdown`, `close`, `dup`. An option is a wish: the kernel rounds
//! it, doubles it, caps it, or takes it without effect, because it had to be set earlier, or on the other
//! socket. So read it back, and try. Each file here is one experiment on loopback.
//!
//! Where it breaks: what is expected is Linux. Other systems take other liberties, and the report says so by
//! failing. Exercise: run it on another kernel, and explain each line that differs.
//!
//! Read [`reuse_address`] first, and the other sockets' files after it.

mod buffers;
mod duplicate;
mod half_close;
mod keepalive;
mod reuse_address;

use std::fmt::Display;
use std::io::{self, Read, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use nix::errno::Errno;
use serde_json::{Value, json};

use super::command::ExperimentOptions;
use super::say;

/// A socket option to try, or two calls that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Experiment {
    /// SO_REUSEADDR, after a server was killed and its connection is in TIME_WAIT
    ReuseAddress,
    /// SO_SNDBUF and SO_RCVBUF: what is asked, what is given, what fits
    Buffers,
    /// SO_KEEPALIVE and TCP_USER_TIMEOUT find a peer that is gone without a word
    Keepalive,
    /// shutdown(SHUT_WR) ends one half of a connection, close ends both
    HalfClose,
    /// close concerns a descriptor, shutdown the connection that all its duplicates share
    Duplicate,
}

/// Does those named, or all, and reports.
pub fn run(options: &ExperimentOptions) -> anyhow::Result<()> {
    let all = Experiment::value_variants();
    let chosen = if options.experiments.is_empty() { all } else { &options.experiments[..] };
    let (mut steps, mut unexpected) = (Vec::new(), 0);
    for experiment in chosen {
        let value = experiment.to_possible_value().context("every experiment has a name")?;
        let report = experiment.run().with_context(|| format!("the experiment {}", value.get_name()))?;
        if !options.json {
            say(format_args!(
                "{}: {}",
                value.get_name(),
                value.get_help().map(ToString::to_string).unwrap_or_default()
            ))?;
        }
        for step in &report.0 {
            unexpected += usize::from(step.as_expected == Some(false));
            if options.json {
                steps.push(step.to_json(value.get_name()));
            } else {
                say(step.to_text())?;
            }
        }
    }
    if options.json {
        let kernel = rustix::system::uname().release().to_string_lossy().into_owned();
        writeln!(io::stdout(), "{:#}", json!({ "kernel": kernel, "steps": steps }))?;
    }
    ensure!(unexpected == 0, "{unexpected} of what was seen was not expected");
    Ok(())
}

impl Experiment {
    fn run(self) -> anyhow::Result<Report> {
        let mut report = Report::default();
        match self {
            Self::ReuseAddress => reuse_address::run(&mut report),
            Self::Buffers => buffers::run(&mut report),
            Self::Keepalive => keepalive::run(&mut report),
            Self::HalfClose => half_close::run(&mut report),
            Self::Duplicate => duplicate::run(&mut report),
        }?;
        Ok(report)
    }
}

/// What was done and seen, step by step.
#[derive(Debug, Default)]
struct Report(Vec<Step>);

#[derive(Debug)]
struct Step {
    what: &'static str,
    expected: String,
    seen: String,
    /// None if it could not be done here; then `seen` says why.
    as_expected: Option<bool>,
}

impl Report {
    /// Exactly this should be seen.
    fn equal(&mut self, what: &'static str, expected: impl Display, seen: impl Display) {
        let (expected, seen) = (expected.to_string(), seen.to_string());
        let as_expected = Some(expected == seen);
        self.0.push(Step { what, expected, seen, as_expected });
    }

    /// Something should be seen that words describe.
    fn check(&mut self, what: &'static str, expected: impl Display, seen: impl Display, as_expected: bool) {
        let (expected, seen) = (expected.to_string(), seen.to_string());
        self.0.push(Step { what, expected, seen, as_expected: Some(as_expected) });
    }

    /// It is not permitted here.
    fn not_done(&mut self, what: &'static str, expected: impl Display, why: impl Display) {
        let (expected, seen) = (expected.to_string(), why.to_string());
        self.0.push(Step { what, expected, seen, as_expected: None });
    }
}

impl Step {
    fn to_text(&self) -> String {
        let verdict = match self.as_expected {
            Some(true) => "as expected",
            Some(false) => "NOT EXPECTED",
            None => "NOT DONE",
        };
        format!("  {}\n    expected: {}\n    seen:     {} ({verdict})", self.what, self.expected, self.seen)
    }

    fn to_json(&self, experiment: &str) -> Value {
        json!({
            "experiment": experiment,
            "step": self.what,
            "expected": self.expected,
            "seen": self.seen,
            "as_expected": self.as_expected,
        })
    }
}

/// Two ends of a connection: who connected, and who accepted.
fn connected() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (theirs, _) = listener.accept()?;
    Ok((ours, theirs))
}

/// What came of a call: the word for success, or the error's name, such as EPIPE.
fn outcome<T>(result: io::Result<T>, success: impl FnOnce(T) -> String) -> String {
    result.map_or_else(name, success)
}

fn name(error: io::Error) -> String {
    error.raw_os_error().map_or_else(|| error.to_string(), |raw| format!("{:?}", Errno::from_raw(raw)))
}

/// What `read` gives: what is there, the end, or an error. It waits a moment for something to come.
fn heard(mut from: &TcpStream) -> io::Result<String> {
    from.set_read_timeout(Some(Duration::from_millis(200)))?;
    let mut room = [0; 64];
    Ok(outcome((&mut from).read(&mut room), |count| match count {
        0 => "the end".to_owned(),
        _ => format!("{:?}", String::from_utf8_lossy(&room[..count])),
    }))
}
