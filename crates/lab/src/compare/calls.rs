//! System calls of a server, counted by strace(1).
//!
//! Being traced makes a server many times slower, so nothing else is measured meanwhile, and how many peers are
//! ready at once may differ from when it is not. `perf` would not slow it, but needs tracefs mounted; and
//! `/proc/PID/io` does not count `recv` and `send`.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::machine::Cores;

/// For strace to attach to all threads, and to let go of them.
const PATIENCE: Duration = Duration::from_secs(5);

/// An strace that counts.
#[derive(Debug)]
pub struct Tracer {
    strace: Child,
}

/// Why there are no counts.
#[derive(Debug, PartialEq, Eq)]
pub enum NoCalls {
    /// strace is missing, or may not: there will be none of anybody.
    Ever(String),
    ThisTime(String),
}

/// Counts by the name of the call.
pub type Calls = BTreeMap<String, u64>;

impl Tracer {
    /// Attaches to all threads of these processes, and of those that they make.
    pub fn attach(pids: &[u32], cores: &Cores) -> Result<Self, NoCalls> {
        let mut command = Command::new("strace");
        command.args(["-f", "-c", "-qq"]).args(pids.iter().map(|pid| format!("-p{pid}")));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let strace = cores.anywhere(|| command.spawn()).map_err(|error| match error.kind() {
            ErrorKind::NotFound => NoCalls::Ever("strace is not installed".to_owned()),
            _ => NoCalls::Ever(format!("strace can't be started: {error}")),
        })?;
        let mut tracer = Self { strace };
        let deadline = Instant::now() + PATIENCE;
        while !pids.iter().all(|pid| is_traced(*pid)) {
            if let Ok(Some(_)) = tracer.strace.try_wait() {
                return Err(why_ended(tracer.output().trim()));
            }
            if Instant::now() > deadline {
                return Err(NoCalls::ThisTime("strace did not attach in time".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(tracer)
    }

    /// Lets go, and says what was counted.
    pub fn counts(mut self) -> Result<Calls, NoCalls> {
        if self.strace.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = kill_process(Pid::from_child(&self.strace), Signal::INT);
        }
        let deadline = Instant::now() + PATIENCE;
        while !self.strace.try_wait().is_ok_and(|status| status.is_some()) {
            if Instant::now() > deadline {
                return Err(NoCalls::ThisTime("strace did not end in time".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let counts = parse(&self.output());
        if counts.is_empty() {
            return Err(NoCalls::ThisTime("strace counted nothing".to_owned()));
        }
        Ok(counts)
    }

    fn output(&mut self) -> String {
        self.strace.stderr.take().and_then(|output| std::io::read_to_string(output).ok()).unwrap_or_default()
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let _ = self.strace.kill();
        let _ = self.strace.wait();
    }
}

/// EPERM will come again; a process or thread that was gone by then need not.
fn why_ended(said: &str) -> NoCalls {
    if said.contains("not permitted") {
        NoCalls::Ever(format!("strace may not: {said}"))
    } else {
        NoCalls::ThisTime(format!("strace ended: {said}"))
    }
}

/// Whether all threads of a process are traced.
fn is_traced(pid: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return true };
    threads.flatten().all(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        !status.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|pid| pid.trim() == "0"))
    })
}

/// Rows of `% time, seconds, usecs/call, calls, errors (if there were any), syscall`.
fn parse(summary: &str) -> Calls {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (share, name) = (fields.first()?, *fields.last()?);
        share.parse::<f64>().ok()?;
        (name != "total").then_some((name.to_owned(), fields.get(3)?.parse().ok()?))
    };
    summary.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forbidden_stays_forbidden_and_who_was_gone_was_one_case() {
        let may_not = "strace: attach: ptrace(PTRACE_SEIZE, 7): Operation not permitted";
        assert!(matches!(why_ended(may_not), NoCalls::Ever(_)));
        let gone = "strace: attach: ptrace(PTRACE_SEIZE, 7): No such process";
        assert!(matches!(why_ended(gone), NoCalls::ThisTime(_)));
    }

    #[test]
    fn calls_with_and_without_errors_are_read() {
        let summary = "% time     seconds  usecs/call     calls    errors syscall\n\
                       ------ ----------- ----------- --------- --------- ----------------\n \
                       37.50    0.000108          21         5           epoll_wait\n \
                       10.07    0.000029          14         2         1 accept4\n\
                       ------ ----------- ----------- --------- --------- ----------------\n\
                       100.00    0.000288          16        17         1 total\n";
        assert_eq!(parse(summary), Calls::from([("accept4".to_owned(), 2), ("epoll_wait".to_owned(), 5)]));
    }
}
