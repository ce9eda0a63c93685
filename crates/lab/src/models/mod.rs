//! The models, one file each, in the order in which to read them.

mod r#async;
mod epoll_et;
mod epoll_lt;
mod fork;
mod iterative;
mod multi_reactor;
mod poll;
mod pool;
mod prefork;
mod reactor;
mod select;
mod threads;
mod uring;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::thread::available_parallelism;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::RunOptions;
use crate::ground::{Counts, Ground};

/// A way to wait for many peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Model {
    /// One peer after the other
    Iterative,
    /// A process for each connection
    Fork,
    /// Processes made beforehand, all in accept
    Prefork,
    /// A thread for each connection
    Threads,
    /// Threads that grow and shrink in number, and a queue
    Pool,
    /// One thread asks about a set of descriptors, below 1024
    Select,
    /// One thread asks about a list of descriptors
    Poll,
    /// The kernel keeps the list, and tells what is ready
    EpollLt,
    /// The kernel tells only what has become ready
    EpollEt,
    /// A callback for each descriptor, on epoll
    Reactor,
    /// The kernel does it, and tells what is done
    Uring,
    /// A task for each connection, on tokio
    Async,
    /// An epoll loop for each core, and one port
    MultiReactor,
}

impl Model {
    /// All of them, in the order in which to read them.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// As it is called on the command line, such as `epoll-lt`.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What it is, in one sentence.
    pub fn sentence(self) -> String {
        let help = self.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string));
        help.unwrap_or_default()
    }

    /// The system calls that it is about, besides `read` and `write`.
    pub const fn calls(self) -> &'static str {
        match self {
            Self::Iterative => "accept",
            Self::Fork => "fork, waitpid, signalfd",
            Self::Prefork => "fork, accept, sigwait, kill",
            Self::Threads => "clone, shutdown",
            Self::Pool => "clone, futex",
            Self::Select => "select",
            Self::Poll => "poll",
            Self::EpollLt | Self::Reactor => "epoll_ctl, epoll_wait",
            Self::EpollEt => "epoll_ctl (EPOLLET), epoll_wait",
            Self::Uring => "io_uring_setup, io_uring_enter",
            Self::Async => "epoll_ctl (EPOLLET), epoll_wait, by tokio",
            Self::MultiReactor => "setsockopt (SO_REUSEPORT), epoll_wait",
        }
    }
}

/// The models, what they are and the calls they are about, as text.
pub fn table() -> String {
    let mut table = format!("{:<14} {:<57} {}\n", "MODEL", "WHAT IT IS", "CALLS");
    for model in Model::all() {
        writeln!(table, "{:<14} {:<57} {}", model.name(), model.sentence(), model.calls())
            .expect("a string takes everything");
    }
    table
}

/// Serves with one model until SIGTERM or SIGINT.
pub fn run(options: &RunOptions) -> anyhow::Result<()> {
    let (model, own) = (options.model, &options.own);
    if let Some((option, of)) = own.stray(model) {
        bail!("{option} means nothing to {}; it is an option of {}", model.name(), of.name());
    }
    if let Some(files) = options.files {
        allow_files(files)?;
    }
    let counts = Counts::shared()?;
    let ground = Ground { addr: options.addr, counts };
    match model {
        Model::Iterative => iterative::run(&ground),
        Model::Fork => fork::run(&ground),
        Model::Prefork => prefork::run(&ground, own.workers.unwrap_or(8).into()),
        Model::Threads => threads::run(&ground),
        Model::Pool => {
            let min = own.min.map_or(4, usize::from);
            let max = own.max.map_or(min.max(64), usize::from);
            pool::run(&ground, pool::Size { min, max, queue: own.queue.unwrap_or(128).into() }, own.stats)
        }
        Model::Select => select::run(&ground),
        Model::Poll => poll::run(&ground),
        Model::EpollLt => epoll_lt::run(&ground),
        Model::EpollEt => epoll_et::run(&ground, own.blocking),
        Model::Reactor => reactor::run(&ground),
        Model::Uring => uring::run(&ground),
        Model::Async => r#async::run(&ground),
        Model::MultiReactor => {
            let cores = || available_parallelism().map_or(1, usize::from);
            multi_reactor::run(&ground, own.loops.map_or_else(cores, usize::from))
        }
    }?;
    if options.report {
        writeln!(io::stdout(), "{}", counts.report(&model.name()))?;
    }
    Ok(())
}

/// Sets how many descriptors this process and its children may have.
fn allow_files(count: u64) -> anyhow::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum.map(|maximum| maximum.max(count));
    setrlimit(Resource::Nofile, Rlimit { current: Some(count), maximum })
        .with_context(|| format!("--files {count}: only root may exceed the hard limit (ulimit -Hn)"))
}
