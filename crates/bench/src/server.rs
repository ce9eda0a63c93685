//! The server under test: its address, and the processes whose CPU and memory are read.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::dialect::Dialect;
use crate::limits::Pinned;
use crate::procfs::{self, Memory};
use crate::spec::{Process, ServerSpec};
use crate::usage::{Counters, Usage};

/// How often a server is looked at while it comes to rest.
const LOOK: Duration = Duration::from_millis(25);
/// CPU within one look that still counts as rest.
const REST_NANOS: u64 = 1_000_000;
/// A server that never rests is measured anyway, after this long.
const REST_LIMIT: Duration = Duration::from_secs(60);

/// A server that was restarted listens within this time.
const START_LIMIT: Duration = Duration::from_secs(15);

/// A server that runs.
#[derive(Debug, Clone)]
pub struct Server {
    /// What the tables call it.
    pub name: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// What it speaks there.
    pub dialect: Dialect,
    pids: Vec<u32>,
}

impl Server {
    /// Finds the server that was named.
    pub fn find(spec: &ServerSpec) -> anyhow::Result<Self> {
        let pids = match &spec.process {
            Process::ByPort => procfs::listening_on(spec.addr)?,
            Process::Ids(pids) => pids.clone(),
            Process::File(file) => {
                let text = fs::read_to_string(file)
                    .with_context(|| format!("can't read the pid file {}", file.display()))?;
                vec![text.trim().parse().with_context(|| format!("{} holds no pid", file.display()))?]
            }
        };
        let server = Self::of(spec.name.clone(), spec.addr, pids)?;
        Ok(Self { dialect: spec.dialect.unwrap_or_default(), ..server })
    }

    /// Starts a server anew by its own command, and finds it again once it listens.
    pub fn restart(spec: &ServerSpec, command: &str) -> anyhow::Result<Self> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::null());
        let status = shell.status().context("can't start a shell")?;
        ensure!(status.success(), "'{command}' failed: {status}");
        let start = Instant::now();
        while TcpStream::connect(spec.addr).is_err() {
            ensure!(start.elapsed() < START_LIMIT, "'{command}': nothing listens on {} then", spec.addr);
            sleep(LOOK);
        }
        let server = Self::find(spec)?;
        server.settle();
        Ok(server)
    }

    /// An IRC server whose processes are known.
    pub fn of(name: String, addr: SocketAddr, pids: Vec<u32>) -> anyhow::Result<Self> {
        for pid in &pids {
            ensure!(!procfs::threads(*pid).is_empty(), "{name}: there is no process {pid}");
        }
        Ok(Self { name, addr, dialect: Dialect::Irc, pids })
    }

    /// Its counters now.
    pub fn counters(&self) -> Counters {
        Counters::read(&self.pids)
    }

    /// What it used since then, once it has come to rest: what is left to do belongs to what was asked.
    pub fn used_since(&self, before: &Counters) -> Usage {
        sleep(LOOK);
        self.counters().since(before)
    }

    /// Its memory now, of all its processes.
    pub fn memory(&self) -> anyhow::Result<Memory> {
        let mut sum = Memory::default();
        for pid in &self.pids {
            let memory = procfs::memory(*pid)?;
            sum = Memory { rss: sum.rss + memory.rss, pss: sum.pss + memory.pss };
        }
        Ok(sum)
    }

    /// Waits until it has nothing more to do: two looks in a row with next to no CPU.
    pub fn settle(&self) {
        let (start, mut still, mut before) = (Instant::now(), 0, self.counters());
        while still < 2 && start.elapsed() < REST_LIMIT {
            sleep(LOOK);
            let now = self.counters();
            still = if now.since(&before).cpu_nanos < REST_NANOS { still + 1 } else { 0 };
            before = now;
        }
    }

    /// Holds all its threads on one core.
    pub fn pin(&self, cpu: usize) -> anyhow::Result<Pinned> {
        let threads: Vec<u32> = self.pids.iter().flat_map(|pid| procfs::threads(*pid)).collect();
        Pinned::hold(&threads, cpu)
    }
}
