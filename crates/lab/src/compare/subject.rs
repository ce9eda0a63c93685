//! A model that serves, in a process of its own: this program once more, told to `run` it.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use serde_json::Value;

use super::cost::Family;
use super::machine::Cores;
use crate::UNAVAILABLE;
use crate::models::Model;

/// For a server to say where it listens.
const START: Duration = Duration::from_secs(5);
/// For a server to end after SIGTERM; ten thousand threads take their time.
const STOP: Duration = Duration::from_secs(10);

/// A server. Killed when dropped, if it was not stopped.
#[derive(Debug)]
pub struct Subject {
    child: Child,
    stdout: ChildStdout,
    /// What was read of it.
    said: String,
    stderr: File,
    pub addr: SocketAddr,
}

/// Why there is none.
#[derive(Debug)]
pub enum NoSubject {
    /// This system does not let it have what it needs.
    Unavailable(String),
    Failed(String),
}

/// How it ended.
#[derive(Debug, Default)]
pub struct End {
    /// Whom it turned away and why, as it counted.
    pub refused: Vec<(String, u64)>,
    /// What was wrong with the end itself.
    pub trouble: Option<String>,
}

impl Subject {
    /// Starts it and waits until it listens.
    pub fn start(model: Model, cores: &Cores) -> Result<Self, NoSubject> {
        let failed = |error: io::Error| NoSubject::Failed(format!("can't be started: {error}"));
        // A file and no pipe: whatever it complains about, it never waits for us to read it.
        let stderr: File =
            memfd_create("stderr", MemfdFlags::CLOEXEC).map_err(|error| failed(error.into()))?.into();
        let mut command = command(model).map_err(failed)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(stderr.try_clone().map_err(failed)?);
        let mut child = cores.as_server(|| command.spawn()).map_err(failed)?;
        let stdout = child.stdout.take().expect("it is piped");
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut subject = Self { child, stdout, said: String::new(), stderr, addr: unknown };
        match subject.first_line() {
            Some(addr) => subject.addr = addr,
            None => return Err(subject.why_not()),
        }
        Ok(subject)
    }

    fn first_line(&mut self) -> Option<SocketAddr> {
        let deadline = Instant::now() + START;
        while !self.said.contains('\n') && self.read_more(deadline) {}
        self.said.lines().next()?.strip_prefix("listening on ")?.parse().ok()
    }

    /// Reads what it says. False at its end, and when the time is over.
    fn read_more(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        let mut fds = [PollFd::new(&self.stdout, PollFlags::IN)];
        if !matches!(poll(&mut fds, Some(&timeout)), Ok(1..)) {
            return false;
        }
        let mut piece = [0; 1024];
        let count = self.stdout.read(&mut piece).unwrap_or(0);
        self.said.push_str(&String::from_utf8_lossy(&piece[..count]));
        count > 0
    }

    fn why_not(mut self) -> NoSubject {
        let status = self.wait(Instant::now() + Duration::from_millis(200));
        let complaint = self.complaint();
        match status.map(|status| status.code()) {
            Some(Some(code)) if code == i32::from(UNAVAILABLE) => NoSubject::Unavailable(complaint),
            Some(_) => NoSubject::Failed(format!("ended before it listened: {complaint}")),
            None => NoSubject::Failed(format!("did not listen within {} s", START.as_secs())),
        }
    }

    /// The processes it consists of now.
    pub fn family(&self) -> Family {
        Family::of(self.child.id())
    }

    /// Whether it still lives; if not, how it died.
    pub fn death(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(format!("the server died ({status}): {}", self.complaint()))
    }

    /// Asks it to end, and reads what it counted. If it does not, it is killed.
    pub fn stop(mut self) -> End {
        let deadline = Instant::now() + STOP;
        // One that has been waited for has no pid any more: it may be another's.
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        }
        while self.read_more(deadline) {}
        let Some(status) = self.wait(deadline) else {
            let trouble = format!("did not end within {} s of SIGTERM, and was killed", STOP.as_secs());
            return End { trouble: Some(trouble), ..End::default() };
        };
        let trouble = (!status.success()).then(|| format!("ended with {status}: {}", self.complaint()));
        End { refused: refused(&self.said), trouble }
    }

    fn wait(&mut self, deadline: Instant) -> Option<ExitStatus> {
        loop {
            let status = self.child.try_wait().ok().flatten();
            if status.is_some() || Instant::now() > deadline {
                return status;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The last line that it wrote to stderr.
    fn complaint(&mut self) -> String {
        let mut text = String::new();
        let read = self.stderr.rewind().and_then(|()| self.stderr.read_to_string(&mut text));
        let line = text.lines().rev().find(|line| !line.trim().is_empty());
        match (read, line) {
            (Ok(_), Some(line)) => line.trim_start_matches("lab: ").to_owned(),
            _ => "it said nothing".to_owned(),
        }
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        // Its children first, for they are found through it. A process that was not waited for keeps its pid.
        for pid in self.family().pids().iter().rev() {
            if let Some(pid) = i32::try_from(*pid).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        let _ = self.child.wait();
    }
}

fn command(model: Model) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    // As we were called ourselves: `lab compare` or `saloon lab compare`.
    if std::env::args().skip(1).take_while(|word| word != "compare").any(|word| word == "lab") {
        command.arg("lab");
    }
    command.args(["run", &model.name(), "--addr", "127.0.0.1:0", "--report"]);
    // SAFETY: between fork and exec only prctl(2) is called, which allocates nothing and takes no lock. There
    // is no safe way to have a child end with us when we are killed.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::TERM))?));
    }
    Ok(command)
}

/// What the last line of a server's output says of those it turned away.
fn refused(said: &str) -> Vec<(String, u64)> {
    let report = said.lines().rev().find_map(|line| serde_json::from_str::<Value>(line).ok());
    let refused = report.as_ref().and_then(|report| report.get("refused")?.as_object());
    let counted = |(why, count): (&String, &Value)| Some((why.clone(), count.as_u64()?));
    refused.into_iter().flatten().filter_map(counted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_the_last_line() {
        let said = "listening on 127.0.0.1:1\n{\"model\":\"pool\",\"refused\":{\"queue is full\":36}}\n";
        assert_eq!(refused(said), [("queue is full".to_owned(), 36)]);
        assert_eq!(refused("listening on 127.0.0.1:1\n"), []);
    }
}
