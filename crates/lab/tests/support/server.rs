//! The program under test, its processes, and what it holds.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{PATIENCE, say_skipped, until};

/// A model that serves. Killed when dropped, if it was not stopped.
pub struct Server {
    child: Child,
    pub addr: SocketAddr,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Server {
    /// Starts a model at a free port. None, and a word about it, if it is not available here.
    pub fn start(model: &str, options: &[&str]) -> Option<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lab"))
            .args(["run", model, "--addr", "127.0.0.1:0", "--report"])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the lab starts");
        let stdout = lines(child.stdout.take().expect("piped"));
        let stderr = lines(child.stderr.take().expect("piped"));
        let Ok(line) = stdout.recv_timeout(PATIENCE) else {
            let said = stderr.iter().collect::<Vec<_>>().join("\n");
            let status = child.wait().expect("it has ended");
            assert_eq!(status.code(), Some(i32::from(lab::UNAVAILABLE)), "{model}: {said}");
            say_skipped(model, &said);
            return None;
        };
        let addr = line.strip_prefix("listening on ").expect("the one line").parse().expect("an address");
        Some(Self { child, addr, stdout, stderr })
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it lives");
    }

    /// Stops it, and finds that it ends well and leaves nothing. Returns its report.
    pub fn stop(self) -> Value {
        self.stop_by(Signal::TERM)
    }

    pub fn stop_by(mut self, signal: Signal) -> Value {
        self.signal(signal);
        until("the server ends", || self.child.try_wait().expect("our child").is_some());
        let status = self.child.wait().expect("it has ended");
        assert!(status.success(), "{status}: {:?}", self.stderr.try_iter().collect::<Vec<_>>());
        // All its children inherited its output: that this ends says that none of them is left.
        let mut lines = Vec::new();
        loop {
            match self.stdout.recv_timeout(PATIENCE) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("a child of the server is still there"),
            }
        }
        assert_eq!(lines.len(), 1, "one line of report: {lines:?}");
        serde_json::from_str(&lines[0]).expect("JSON")
    }

    /// The next line on stderr that contains this.
    pub fn hears(&self, what: &str) -> String {
        loop {
            let line = self.stderr.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("nobody said {what}"));
            if line.contains(what) {
                return line;
            }
        }
    }

    /// Those that it has forked, living or not, with their states.
    pub fn children(&self) -> Vec<(i32, char)> {
        let parent = self.child.id();
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
    fn processes(&self) -> impl Iterator<Item = i32> {
        let own = i32::try_from(self.child.id()).expect("a pid");
        std::iter::once(own).chain(self.children().into_iter().map(|(pid, _)| pid))
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
        let of = |pid| {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
            let row = status.lines().find_map(|row| row.strip_prefix("VmHWM:"))?;
            row.trim().strip_suffix(" kB")?.parse().ok()
        };
        self.processes().filter_map(of).max().expect("it has memory")
    }

    /// Processor time that all its threads have used, in ticks of a hundredth of a second.
    pub fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it lives");
        let fields: Vec<_> = stat.rsplit_once(") ").expect("a name").1.split(' ').collect();
        fields[11..13].iter().map(|field| field.parse::<u64>().expect("a number")).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    lines
}
