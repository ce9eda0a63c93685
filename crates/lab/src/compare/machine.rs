//! What was measured on: without it the numbers say nothing.

use std::fs;
use std::thread::available_parallelism;
use std::time::{SystemTime, UNIX_EPOCH};

use bench::limits::allow_all;
use rustix::process::{Resource, getrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::{Value, json};

/// The machine, as far as it matters here.
#[derive(Debug, Clone)]
pub struct Machine {
    /// As the kernel names it.
    pub cpu: String,
    /// Those that we may use.
    pub cores: usize,
    /// Whether the kernel sees a hypervisor above it.
    pub is_virtual: bool,
    pub memory_mib: u64,
    pub kernel: String,
    /// UTC.
    pub date: String,
    /// Over the last minute before we began: what others do.
    pub load: String,
    /// Open files that a process may have.
    pub files: u64,
}

impl Machine {
    /// This one, now; and from now on this process may have as many open files as it may without asking anyone.
    pub fn here() -> Self {
        allow_all();
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let uname = rustix::system::uname();
        let cpu = value(&cpuinfo, "model name").unwrap_or_else(|| uname.machine().to_string_lossy().into());
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cpu,
            cores: available_parallelism().map_or(1, usize::from),
            is_virtual: value(&cpuinfo, "flags")
                .is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor")),
            memory_mib: meminfo("MemTotal") / 1024,
            kernel: format!("{} {}", uname.sysname().to_string_lossy(), uname.release().to_string_lossy()),
            date: date(seconds),
            load: load.split(' ').next().unwrap_or_default().to_owned(),
            files: getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX),
        }
    }

    /// In one line.
    pub fn sentence(&self) -> String {
        let Self { cpu, cores, kernel, date, load, .. } = self;
        let gib = self.memory_mib.div_ceil(1024);
        let machine = if self.is_virtual { ", a virtual machine" } else { "" };
        format!("{cpu}, {cores} cores, {gib} GiB{machine}; {kernel}; {date}; load before: {load}")
    }

    pub fn json(&self) -> Value {
        json!({
            "cpu": self.cpu,
            "cores": self.cores,
            "virtual": self.is_virtual,
            "memory_mib": self.memory_mib,
            "kernel": self.kernel,
            "load_before": self.load,
            "open_files_allowed": self.files,
        })
    }
}

/// A row of `/proc/meminfo`, in KiB; 0 if there is none.
pub fn meminfo(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    value(&text, name)
        .and_then(|value| value.split_ascii_whitespace().next().map(str::to_owned))
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0)
}

/// `name : value`, as in several files of `/proc`.
fn value(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

/// Who runs where: the generator on a core of its own and servers on all others, so that neither takes time
/// from the other.
#[derive(Debug)]
pub struct Cores {
    pinned: Option<Pinned>,
}

#[derive(Debug)]
struct Pinned {
    all: CpuSet,
    generator: CpuSet,
    servers: CpuSet,
    cpu: usize,
    others: usize,
}

impl Cores {
    /// Takes the last core for us, if there are two and it is wanted.
    pub fn split(wanted: bool) -> Self {
        let pinned = sched_getaffinity(None).ok().filter(|_| wanted).and_then(|all| {
            let cpu = (0..CpuSet::MAX_CPU).rev().find(|cpu| all.is_set(*cpu))?;
            let (mut generator, mut servers) = (CpuSet::new(), all);
            generator.set(cpu);
            servers.unset(cpu);
            let others = servers.count() as usize;
            (others > 0 && sched_setaffinity(None, &generator).is_ok()).then_some(Pinned {
                all,
                generator,
                servers,
                cpu,
                others,
            })
        });
        Self { pinned }
    }

    /// Starts something where servers run: a child inherits where its parent may run.
    pub fn as_server<T>(&self, start: impl FnOnce() -> T) -> T {
        self.on(|pinned| &pinned.servers, start)
    }

    /// Starts something that may run anywhere.
    pub fn anywhere<T>(&self, start: impl FnOnce() -> T) -> T {
        self.on(|pinned| &pinned.all, start)
    }

    fn on<T>(&self, cores: impl Fn(&Pinned) -> &CpuSet, start: impl FnOnce() -> T) -> T {
        let Some(pinned) = &self.pinned else { return start() };
        // They were set before, so they can be set again.
        let _ = sched_setaffinity(None, cores(pinned));
        let started = start();
        let _ = sched_setaffinity(None, &pinned.generator);
        started
    }

    /// Who runs where, in one sentence.
    pub fn sentence(&self) -> String {
        match &self.pinned {
            Some(Pinned { cpu, others: 1, .. }) => format!(
                "The load generator is held on core {cpu} and each server on the one other: models that could \
                 use several cores (multi-reactor, threads, pool, fork, prefork) can't show it here."
            ),
            Some(Pinned { cpu, others, .. }) => {
                format!("The load generator is held on core {cpu}, each server on the {others} others.")
            }
            None => "The load generator and the servers share all cores.".to_owned(),
        }
    }
}

/// `2026-11-21 20:15 UTC`, from the seconds since 1970.
fn date(seconds: u64) -> String {
    let (mut days, minutes) = (seconds / 86_400, seconds % 86_400 / 60);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02} {:02}:{:02} UTC", days + 1, minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_know_leap_years() {
        assert_eq!(date(0), "1970-01-01 00:00 UTC");
        assert_eq!(date(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(date(1_767_225_599), "2025-12-31 23:59 UTC");
    }

    #[test]
    fn this_machine_has_a_name_and_memory() {
        let machine = Machine::here();
        assert!(!machine.cpu.is_empty() && machine.memory_mib > 0 && machine.cores > 0);
    }
}
