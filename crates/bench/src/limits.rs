//! What this process may use: open files, and which core it and the servers run on.

use std::thread::available_parallelism;

use anyhow::{Context, ensure};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Descriptors we need besides the connections.
const SPARE: u64 = 100;

/// Lets this process, and those it starts, open so many connections.
pub fn allow_connections(count: usize) -> anyhow::Result<()> {
    let needed = count as u64 + SPARE;
    let now = getrlimit(Resource::Nofile);
    if now.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let maximum = now.maximum.map(|maximum| maximum.max(needed));
    let wanted = Rlimit { current: maximum.or(Some(needed)), maximum };
    setrlimit(Resource::Nofile, wanted).with_context(|| {
        let hard = now.maximum.unwrap_or(0);
        format!(
            "{count} connections need {needed} open files, and no more than {hard} are allowed here: \
             raise the hard limit (ulimit -Hn, or LimitNOFILE=), or ask for fewer connections"
        )
    })
}

/// Lets this process open as many connections as it may without asking anyone.
pub fn allow_all() {
    let now = getrlimit(Resource::Nofile);
    // Raising the soft limit to the hard one is always allowed.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, ..now });
}

/// Threads held on a core; they get back the cores they had when this goes away.
#[derive(Debug, Default)]
pub struct Pinned {
    before: Vec<(Pid, CpuSet)>,
}

impl Pinned {
    /// Holds these threads on one core. Threads they start later stay there too.
    pub fn hold(threads: &[u32], cpu: usize) -> anyhow::Result<Self> {
        check_cpu(cpu)?;
        let mut pinned = Self::default();
        for thread in threads.iter().filter_map(|thread| Pid::from_raw(i32::try_from(*thread).ok()?)) {
            // One that has ended meanwhile needs no core.
            let Ok(before) = sched_getaffinity(Some(thread)) else { continue };
            sched_setaffinity(Some(thread), &only(cpu))
                .with_context(|| format!("can't hold thread {thread} on CPU {cpu}"))?;
            pinned.before.push((thread, before));
        }
        Ok(pinned)
    }

    /// Leaves the threads where they are for good.
    pub fn keep(mut self) {
        self.before.clear();
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        for (thread, cpus) in self.before.drain(..) {
            // It may have ended, and then there is nothing to give back.
            let _ = sched_setaffinity(Some(thread), &cpus);
        }
    }
}

fn only(cpu: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(cpu);
    set
}

fn check_cpu(cpu: usize) -> anyhow::Result<()> {
    let count = available_parallelism().map_or(1, usize::from).max(cpu_count());
    ensure!(cpu < count, "there is no CPU {cpu}: this machine has {count}, counted from 0");
    Ok(())
}

/// How many cores the machine has, which may be more than this process may use now.
fn cpu_count() -> usize {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    text.lines().filter(|row| row.starts_with("cpu")).count().saturating_sub(1)
}

/// Whether there are two cores to tell apart.
pub fn has_two_cpus() -> bool {
    cpu_count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_thread_gets_its_cores_back() {
        let me = rustix::thread::gettid();
        let before = sched_getaffinity(Some(me)).expect("our own cores");
        let thread = me.as_raw_nonzero().get().unsigned_abs();

        let pinned = Pinned::hold(&[thread], 0).expect("CPU 0 is always there");
        assert_eq!(sched_getaffinity(Some(me)).expect("our own cores"), only(0));
        drop(pinned);

        assert_eq!(sched_getaffinity(Some(me)).expect("our own cores"), before);
    }

    #[test]
    fn a_core_that_is_not_there_is_named() {
        let error = Pinned::hold(&[], 1000).expect_err("nobody has so many");
        assert!(error.to_string().contains("there is no CPU 1000"), "{error}");
    }
}
