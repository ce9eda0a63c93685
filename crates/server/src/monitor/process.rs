//! What the system says of this process, read from `/proc`. What can't be read counts as nothing.

use std::fs;
use std::path::{Path, PathBuf};

/// Parts of a second in which the kernel counts processor time for programs, on every architecture that Linux
/// has (`sysconf(3)`: `_SC_CLK_TCK`).
const TICKS: f64 = 100.0;

/// What this process takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Bytes of memory.
    pub memory: u64,
    /// Seconds of processor time so far.
    pub cpu: f64,
    /// Open descriptors.
    pub files: u64,
    /// How many there may be.
    pub most_files: u64,
}

/// Seconds of processor time so far.
pub fn cpu() -> f64 {
    cpu_seconds(&fs::read_to_string("/proc/self/stat").unwrap_or_default())
}

/// What this process takes now.
pub fn usage() -> Usage {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    Usage { memory: resident(&status), cpu: cpu(), files: open_files(), most_files: most_files(&limits) }
}

fn resident(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kibibytes = line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}

/// The sum of the fields `utime` and `stime` (`proc_pid_stat(5)`). The name before them may contain anything.
fn cpu_seconds(stat: &str) -> f64 {
    let Some((_, rest)) = stat.rsplit_once(')') else { return 0.0 };
    let ticks: u64 =
        rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks as f64 / TICKS
}

/// The soft limit.
fn most_files(limits: &str) -> u64 {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn open_files() -> u64 {
    let directory = Path::new("/proc/self/fd");
    // Since Linux 6.2 its size says how many there are, which is quicker than counting a hundred thousand.
    match fs::metadata(directory) {
        Ok(about) if about.len() > 0 => about.len(),
        _ => fs::read_dir(directory).map_or(0, |entries| entries.count() as u64),
    }
}

/// Bytes of the database, with the log beside it.
pub fn database_size(database: &Path) -> u64 {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    [database.to_path_buf(), PathBuf::from(log)]
        .iter()
        .filter_map(|file| fs::metadata(file).ok())
        .map(|file| file.len())
        .sum()
}

/// Where the processor time of each worker stands, found by the names of their threads.
#[derive(Debug, Default)]
pub struct Threads(Vec<Option<PathBuf>>);

impl Threads {
    /// Nanoseconds of processor time of each worker so far.
    pub fn look(&mut self, workers: usize) -> Vec<u64> {
        if self.0.len() != workers || self.0.contains(&None) {
            self.find(workers);
        }
        let time = |file: &Option<PathBuf>| {
            let text = fs::read_to_string(file.as_ref()?).ok()?;
            text.split_whitespace().next()?.parse().ok()
        };
        self.0.iter().map(|file| time(file).unwrap_or_default()).collect()
    }

    fn find(&mut self, workers: usize) {
        self.0 = vec![None; workers];
        for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
            let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            let worker =
                name.trim_end().strip_prefix("worker-").and_then(|number| number.parse::<usize>().ok());
            if let Some(place) = worker.and_then(|worker| self.0.get_mut(worker)) {
                *place = Some(task.path().join("schedstat"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_behind_a_name_that_may_contain_anything() {
        let stat = "4 (a) b (c)) S 1 1 1 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0";
        assert_eq!(cpu_seconds(stat), 3.0);
        assert_eq!(cpu_seconds(""), 0.0);
        assert_eq!(resident("Name:\tx\nVmRSS:\t    2048 kB\n"), 2 * 1024 * 1024);
    }

    #[test]
    fn this_process_takes_something() {
        let usage = usage();
        assert!(usage.memory > 100_000 && usage.files > 2 && usage.most_files > usage.files, "{usage:?}");
    }

    #[test]
    fn a_worker_is_found_by_the_name_of_its_thread() {
        let (found, done) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
        std::thread::scope(|scope| {
            let spin = || {
                let began = std::time::Instant::now();
                while began.elapsed().as_millis() < 5 {}
                found.wait();
                done.wait();
            };
            std::thread::Builder::new().name("worker-1".into()).spawn_scoped(scope, spin).expect("a thread");
            found.wait();
            let times = Threads::default().look(2);
            done.wait();
            assert!(times[0] == 0 && times[1] > 0, "{times:?}");
        });
    }
}
