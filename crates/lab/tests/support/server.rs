//! A model that serves, its processes, and what it holds.

use std::fs;
use std::net::SocketAddr;

use rustix::process::Signal;
use serde_json::Value;

use super::program::memory;
use super::{Lab, Place, say_skipped};

/// A model that serves. Killed when dropped, if it was not stopped.
pub struct Server {
    pub lab: Lab,
    pub addr: SocketAddr,
}

impl Server {
    /// Starts a model at a free port. None, and a word about it, if it is not available here.
    pub fn start(model: &str, options: &[&str]) -> Option<Self> {
        let args = [&["run", model, "--addr", "127.0.0.1:0", "--report"], options].concat();
        let mut lab = Lab::start(&args);
        let line = match lab.line_or_end() {
            Ok(line) => line,
            Err((status, said)) => {
                assert_eq!(status, Some(i32::from(lab::UNAVAILABLE)), "{model}: {said}");
                say_skipped(model, &said);
                return None;
            }
        };
        let addr = line.strip_prefix("listening on ").expect("the one line").parse().expect("an address");
        Some(Self { lab, addr })
    }

    /// Stops it, and finds that it ends well and leaves nothing. Returns its report.
    pub fn stop(self) -> Value {
        self.stop_by(Signal::TERM)
    }

    pub fn stop_by(self, signal: Signal) -> Value {
        let lines = self.lab.stops_with_children_on(signal);
        assert_eq!(lines.len(), 1, "one line of report: {lines:?}");
        serde_json::from_str(&lines[0]).expect("JSON")
    }

    /// Those that it has forked, living or not, with their states.
    pub fn children(&self) -> Vec<(i32, char)> {
        let parent = self.lab.id();
        let pids = fs::read_dir("/proc").expect("proc").filter_map(|entry| {
            entry.expect("proc").file_name().to_str().and_then(|name| name.parse::<i32>().ok())
        });
        pids.filter_map(|pid| {
            // pid (name) state ppid …
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let mut fields = stat.rsplit_once(") ")?.1.split(' ');
            let state = fields.next()?.chars().next()?;
            (fields.next()? == parent.to_string()).then_some((pid, state))
        })
        .collect()
    }

    /// It and those that it has forked.
    fn processes(&self) -> impl Iterator<Item = u32> {
        let children = self.children().into_iter().map(|(pid, _)| pid.unsigned_abs());
        std::iter::once(self.lab.id()).chain(children)
    }

    /// Descriptors of all its processes.
    pub fn descriptors(&self) -> usize {
        self.processes()
            .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).ok())
            .map(Iterator::count)
            .sum()
    }

    /// The most that one of its processes ever had in memory, in KiB.
    pub fn most_memory(&self) -> u64 {
        self.processes().filter_map(|pid| memory(pid, "VmHWM:")).max().expect("it has memory")
    }

    /// Processor time that all its threads have used, in ticks of a hundredth of a second.
    pub fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.lab.id())).expect("it lives");
        bench::procfs::parse_stat_ticks(&stat).expect("numbers")
    }
}
