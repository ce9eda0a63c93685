//! What a server used, by the kernel's own accounting: of its process and of all that it forked.

use std::fs;
use std::time::Duration;

use bench::procfs::field;
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

use super::machine::meminfo;

/// One tick of `/proc/PID/stat`: `USER_HZ` is 100 on every Linux there is.
const TICK: Duration = Duration::from_millis(10);

/// A server's processes at one moment.
#[derive(Debug, Clone)]
pub struct Family {
    root: u32,
    pids: Vec<u32>,
}

/// Memory in KiB, and who uses it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Pages of the processes, each shared one divided among those who share it (PSS).
    pub user: u64,
    /// Page tables, and a kernel stack for each thread.
    pub kernel: u64,
    pub threads: u64,
    pub processes: u64,
}

impl Family {
    /// This process and its children. Models fork from their first thread only, so no other needs a look.
    pub fn of(root: u32) -> Self {
        let mut pids = vec![root];
        let mut next = 0;
        while let Some(pid) = pids.get(next).copied() {
            let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
            pids.extend(children.split_ascii_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            next += 1;
        }
        Self { root, pids }
    }

    pub fn pids(&self) -> &[u32] {
        &self.pids
    }

    /// Time on a CPU so far, user and kernel. The clock of a process includes its threads that have ended, and
    /// is exact; of children that have ended only the parent tells, in ticks.
    pub fn cpu(&self) -> Duration {
        let living: Duration = self.pids.iter().filter_map(|pid| process_clock(*pid)).sum();
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.root)).unwrap_or_default();
        living + TICK * parse_ended_children(&stat).unwrap_or(0)
    }

    pub fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for pid in &self.pids {
            let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
            let (rollup, status) = (read("smaps_rollup"), read("status"));
            memory.user += field(&rollup, "Pss:").unwrap_or(0);
            memory.kernel += field(&status, "VmPTE:").unwrap_or(0);
            memory.threads += field(&status, "Threads:").unwrap_or(0);
            memory.processes += u64::from(!status.is_empty());
        }
        memory.kernel += memory.threads * kernel_stack();
        memory
    }
}

/// Our own time on a CPU.
pub fn own_cpu() -> Duration {
    process_clock(std::process::id()).unwrap_or_default()
}

/// How long we have waited for a core that others had. One thread, so this is all of us.
pub fn own_wait() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split_ascii_whitespace().nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

fn process_clock(pid: u32) -> Option<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(i32::try_from(pid).ok()?)).ok()?;
    Some(clock_gettime(clock).ok()?.into())
}

/// `cutime` + `cstime`: children that have ended and been waited for. The second field may hold anything but a
/// last `)`.
fn parse_ended_children(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(13);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// KiB of one kernel stack: those of the machine by its threads, and a power of two.
fn kernel_stack() -> u64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let threads = load.split(['/', ' ']).nth(4).and_then(|count| count.parse::<u64>().ok());
    let stack = meminfo("KernelStack") / threads.unwrap_or(1).max(1);
    if stack >= 12 { 16 } else { 8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "5673 (a) b (c) R 5671 5671 2716 0 -1 4194304 87 0 1 0 20 7 5 6 20 0 1 0 131824";
        assert_eq!(parse_ended_children(stat), Some(11));
    }

    #[test]
    fn this_process_costs_something() {
        let us = Family::of(std::process::id());
        let memory = us.memory();
        assert!(us.cpu() > Duration::ZERO);
        assert!(memory.user > 0 && memory.kernel > 0 && memory.threads > 0 && memory.processes > 0);
    }

    #[test]
    fn a_process_that_is_gone_costs_nothing() {
        assert_eq!(Family { root: u32::MAX, pids: vec![u32::MAX] }.cpu(), Duration::ZERO);
    }
}
