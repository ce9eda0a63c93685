//! A model that serves, its processes, and what it holds.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{Resource, Signal, getrlimit};
use serde_json::Value;

use super::program::memory;
use super::{Lab, Place, say_skipped};

/// A user who has no other processes.
const NOBODY: u32 = 47_007;

/// A model that serves. Killed when dropped, if it was not stopped.
pub struct Server {
    pub lab: Lab,
    pub addr: SocketAddr,
}

impl Server {
    /// Starts a model at a free port. None, and a word about it, if it is not available here.
    pub fn start(model: &str, options: &[&str]) -> Option<Self> {
        Self::of(model, Lab::start(&arguments(model, options)))
    }

    /// Starts it as a user for whom a limit of processes holds: it does not for root.
    pub fn start_under_limits(model: &str, options: &[&str]) -> Option<Self> {
        match Lab::spawn(as_nobody(Lab::command(&Place::loopback(), &arguments(model, options)))) {
            Ok(lab) => Self::of(model, lab),
            Err(error) => {
                say_skipped(model, &format!("a limit does not hold for root, and as another user: {error}"));
                None
            }
        }
    }

    /// From now on its user may have so many processes and threads; None: as many as we.
    pub fn may_have_processes(&self, count: Option<u64>) {
        let count = count.or(getrlimit(Resource::Nproc).current);
        let count = count.map_or("unlimited".to_owned(), |count| count.to_string());
        // By prlimit(1), which can be the server's user: prlimit(2) is not for what belongs to another.
        let mut prlimit = Command::new("prlimit");
        prlimit.args(["--pid", &self.lab.id().to_string(), &format!("--nproc={count}:")]);
        assert!(as_nobody(prlimit).status().expect("it is part of util-linux").success());
    }

    fn of(model: &str, mut lab: Lab) -> Option<Self> {
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

    pub fn threads(&self) -> usize {
        bench::procfs::threads(self.lab.id()).len()
    }

    /// How many descriptors each of its epolls watches.
    pub fn watched(&self) -> Vec<usize> {
        let entries = fs::read_dir(format!("/proc/{}/fdinfo", self.lab.id())).expect("it lives");
        let infos = entries.filter_map(|entry| fs::read_to_string(entry.expect("proc").path()).ok());
        let watched = |info: &String| info.lines().filter(|row| row.starts_with("tfd:")).count();
        infos.map(|info| watched(&info)).filter(|count| *count > 0).collect()
    }

    /// Processor time that all its threads have used, in ticks of a hundredth of a second.
    pub fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.lab.id())).expect("it lives");
        bench::procfs::parse_stat_ticks(&stat).expect("numbers")
    }
}

/// If we are root, this runs as another user.
fn as_nobody(mut command: Command) -> Command {
    if rustix::process::getuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn arguments<'a>(model: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [&["run", model, "--addr", "127.0.0.1:0", "--report"], options].concat()
}
