//! What a server used between two moments, by the kernel's own accounting.

use std::collections::BTreeMap;
use std::fs;

use serde::Serialize;

use crate::procfs;

/// The length of one tick of `/proc/PID/stat`: `USER_HZ` is 100 on every Linux there is.
const NANOS_PER_TICK: u64 = 10_000_000;

/// Where a CPU figure comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CpuSource {
    /// `/proc/PID/task/*/schedstat`: nanoseconds of each thread.
    Schedstat,
    /// `/proc/PID/stat`: ticks of 10 ms.
    #[default]
    Stat,
}

/// The counters at one moment.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    threads: BTreeMap<u32, u64>,
    ticks: u64,
    write_calls: u64,
    segments: Option<u64>,
}

/// What was used between two moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on a CPU, user and system, in nanoseconds.
    pub cpu_nanos: u64,
    /// Where that comes from.
    pub source: CpuSource,
    /// Calls of `write` and `writev`; `None` if there were none, since `send` is not counted.
    pub write_calls: Option<u64>,
    /// TCP data segments that this machine sent, by whomever.
    pub segments: Option<u64>,
}

impl Counters {
    /// Reads the counters of some processes, all threads together.
    pub fn read(pids: &[u32]) -> Self {
        let mut counters = Self { segments: procfs::tcp_data_segments(), ..Self::default() };
        for &pid in pids {
            counters.add(pid);
        }
        counters
    }

    fn add(&mut self, pid: u32) {
        let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
        self.ticks += procfs::parse_stat_ticks(&read("stat")).unwrap_or(0);
        self.write_calls += procfs::parse_write_calls(&read("io")).unwrap_or(0);
        for thread in procfs::threads(pid) {
            let nanos = procfs::parse_schedstat(&read(&format!("task/{thread}/schedstat")));
            self.threads.extend(nanos.map(|nanos| (thread, nanos)));
        }
    }

    /// What was used since an earlier reading. A thread that ended in between takes its share with it.
    pub fn since(&self, earlier: &Self) -> Usage {
        let used = |(thread, nanos): (&u32, &u64)| {
            nanos.saturating_sub(earlier.threads.get(thread).copied().unwrap_or(0))
        };
        let by_schedstat: u64 = self.threads.iter().map(used).sum();
        let by_stat = self.ticks.saturating_sub(earlier.ticks) * NANOS_PER_TICK;
        let (cpu_nanos, source) = match by_schedstat {
            0 => (by_stat, CpuSource::Stat),
            nanos => (nanos, CpuSource::Schedstat),
        };
        let write_calls = self.write_calls.saturating_sub(earlier.write_calls);
        let segments = self.segments.zip(earlier.segments).map(|(now, then)| now.saturating_sub(then));
        Usage { cpu_nanos, source, write_calls: Some(write_calls).filter(|calls| *calls > 0), segments }
    }
}

impl Usage {
    /// Microseconds of CPU for each of so many things done.
    pub fn micros_per(&self, count: u64) -> f64 {
        self.cpu_nanos as f64 / 1000.0 / count.max(1) as f64
    }

    /// Calls of `write` and `writev` for each of so many things done.
    pub fn write_calls_per(&self, count: u64) -> Option<f64> {
        self.write_calls.map(|calls| calls as f64 / count.max(1) as f64)
    }

    /// Data segments for each of so many things done, without the ones we sent ourselves.
    pub fn segments_per(&self, count: u64, ours: u64) -> Option<f64> {
        self.segments.map(|segments| segments.saturating_sub(ours) as f64 / count.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(threads: &[(u32, u64)], ticks: u64, write_calls: u64, segments: u64) -> Counters {
        let threads = threads.iter().copied().collect();
        Counters { threads, ticks, write_calls, segments: Some(segments) }
    }

    #[test]
    fn threads_are_added_up_and_a_new_one_counts_whole() {
        let before = counters(&[(1, 100), (2, 50)], 0, 10, 7);
        let after = counters(&[(1, 160), (2, 50), (3, 5)], 1, 14, 19);

        let usage = after.since(&before);

        assert_eq!(usage.cpu_nanos, 65);
        assert_eq!(usage.source, CpuSource::Schedstat);
        assert_eq!((usage.write_calls, usage.segments), (Some(4), Some(12)));
    }

    #[test]
    fn ticks_stand_in_where_there_is_no_schedstat() {
        let usage = counters(&[], 8, 0, 0).since(&counters(&[], 5, 0, 0));
        assert_eq!((usage.cpu_nanos, usage.source), (30_000_000, CpuSource::Stat));
        assert_eq!(usage.write_calls, None);
    }

    #[test]
    fn figures_are_per_thing_done() {
        let usage =
            Usage { cpu_nanos: 3_000_000, segments: Some(120), write_calls: Some(50), ..Usage::default() };
        assert_eq!(usage.micros_per(1000), 3.0);
        assert_eq!(usage.segments_per(100, 20), Some(1.0));
        assert_eq!(usage.write_calls_per(100), Some(0.5));
    }
}
