//! The program under test.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use bench::limits::allow_all;
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};

use super::{PATIENCE, Place, until};

/// The program under test, with what it prints as it comes. It does not outlive the test.
pub struct Lab {
    child: Child,
    stdin: Option<ChildStdin>,
    out: Receiver<String>,
    err: Receiver<String>,
}

impl Lab {
    pub fn command(place: &Place, args: &[&str]) -> Command {
        let mut command = place.command(env!("CARGO_BIN_EXE_lab"));
        command.args(args);
        command
    }

    pub fn start(args: &[&str]) -> Self {
        Self::start_at(&Place::loopback(), args)
    }

    pub fn start_at(place: &Place, args: &[&str]) -> Self {
        Self::spawn(Self::command(place, args)).expect("it starts")
    }

    /// Starts a command that nobody has redirected yet.
    pub fn spawn(mut command: Command) -> std::io::Result<Self> {
        // We have the other end of each of its connections.
        allow_all();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stdin = child.stdin.take();
        let out = lines(child.stdout.take().expect("a pipe"));
        let err = lines(child.stderr.take().expect("a pipe"));
        Ok(Self { child, stdin, out, err })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn line(&self) -> String {
        match self.out.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(_) => panic!("no line, but on stderr {:?}", self.err.try_iter().collect::<Vec<_>>()),
        }
    }

    /// The first line, or, if it ends instead (or has to be killed), its status and what it said.
    pub fn line_or_end(&mut self) -> Result<String, (Option<i32>, String)> {
        let error = match self.out.recv_timeout(PATIENCE) {
            Ok(line) => return Ok(line),
            Err(error) => error,
        };
        // Or what it says would have no end.
        if error == RecvTimeoutError::Timeout {
            let _ = self.child.kill();
        }
        let status = self.wait();
        Err((status, self.err.iter().collect::<Vec<_>>().join("\n")))
    }

    pub fn err_line(&self) -> String {
        self.err.recv_timeout(PATIENCE).expect("a line on stderr")
    }

    /// The next line on stderr that contains this.
    pub fn hears(&self, what: &str) -> String {
        loop {
            let line = self.err.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("nobody said {what}"));
            if line.contains(what) {
                return line;
            }
        }
    }

    /// Where it listens, once it does.
    pub fn addr(&self) -> SocketAddr {
        let line = self.line();
        let addr = line.strip_prefix("listening on ").and_then(|addr| addr.parse().ok());
        addr.unwrap_or_else(|| panic!("{line} is no address"))
    }

    pub fn type_line(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().expect("open"), "{line}").expect("it reads");
    }

    pub fn close_input(&mut self) {
        self.stdin = None;
    }

    /// A row of its `status` that is a number of KiB.
    pub fn memory(&self, row: &str) -> u64 {
        memory(self.id(), row).expect("it lives")
    }

    /// At the end of its input it succeeds.
    pub fn ends_well(mut self) {
        self.close_input();
        assert_eq!(self.wait(), Some(0), "{:?}", self.err.try_iter().collect::<Vec<_>>());
    }

    /// It fails, at the latest at the end of its input; what it says last.
    pub fn fails(mut self) -> String {
        self.close_input();
        assert_eq!(self.wait(), Some(1));
        self.err.iter().last().expect("it says why")
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it lives");
    }

    /// A signal ends it, as if all was well; what it said that was not looked at.
    pub fn stops_on(mut self, signal: Signal) -> Vec<String> {
        self.signal(signal);
        assert_eq!(self.wait(), Some(0));
        self.err.iter().collect()
    }

    /// A signal ends it and all its children, as if all was well; what it printed that was not looked at.
    pub fn stops_with_children_on(mut self, signal: Signal) -> Vec<String> {
        self.signal(signal);
        assert_eq!(self.wait(), Some(0), "{:?}", self.err.try_iter().collect::<Vec<_>>());
        // All its children inherited its output: that this ends says that none of them is left.
        let mut lines = Vec::new();
        loop {
            match self.out.recv_timeout(PATIENCE) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => return lines,
                Err(RecvTimeoutError::Timeout) => panic!("a child of it is still there"),
            }
        }
    }

    /// From now on it may have so much of this; None: as much as we.
    pub fn may_have(&self, what: Resource, count: Option<u64>) {
        let own = getrlimit(what);
        prlimit(Some(self.pid()), what, Rlimit { current: count.or(own.current), ..own }).expect("it lives");
    }

    pub fn kill(mut self) {
        self.child.kill().expect("it lives");
        self.wait();
    }

    /// The exit status; None after a signal.
    fn wait(&mut self) -> Option<i32> {
        until("it ends", || self.child.try_wait().expect("a child").is_some());
        self.child.wait().expect("it has ended").code()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A row of a process's `status` that is a number of KiB. None if the process is gone.
pub fn memory(pid: u32, row: &str) -> Option<u64> {
    bench::procfs::field(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?, row)
}

/// The lines as they come, so that one can wait for them with a limit.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    lines
}
