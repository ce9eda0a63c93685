//! The command line of `saloon lab`.

use std::net::SocketAddr;

use clap::{Args, Subcommand, value_parser};

use crate::models::Model;
use crate::sockets::SocketTask;

/// One echo service under every concurrency model.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// What can be done in the lab.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Serve with one model until SIGTERM or Ctrl-C
    #[command(
        after_help = "Examples:\n  saloon lab run poll\n  saloon lab run pool --min 2 --max 8 --stats\n  saloon lab run epoll-et --blocking"
    )]
    Run(RunOptions),
    /// Show the models: what each is, and the system calls it is about
    #[command(after_help = "Example:\n  saloon lab list")]
    List,
    /// Talk to a server: lines or a pipe, both ways at once
    ///
    /// At the end of the input only our half of the connection is closed, so all answers still come.
    #[command(
        after_help = "Examples:\n  saloon lab talk 127.0.0.1:7007\n  saloon lab talk localhost:7007 < Cargo.lock | tail -1"
    )]
    Talk(TalkOptions),
    /// Measure the models side by side, on this machine
    ///
    /// Each serves the same load in turn, round after round. A table is printed; everything that was found is in
    /// the JSON, and the page has the charts.
    #[command(
        after_help = "Examples:\n  saloon lab compare --quick\n  saloon lab compare select poll epoll-lt --html page.html"
    )]
    Compare(crate::compare::Options),
    /// The other sockets
    #[command(flatten)]
    Socket(SocketTask),
}

/// What `run` understands.
#[derive(Debug, Clone, Args)]
pub struct RunOptions {
    /// Which one; `saloon lab list` tells about them
    #[arg(value_enum)]
    pub model: Model,
    /// Listen here; port 0 is any that is free
    #[arg(long, default_value = "127.0.0.1:7007", value_name = "ADDR")]
    pub addr: SocketAddr,
    /// Allow so many open files, instead of what the shell allows (ulimit -n)
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(16..=1_048_576))]
    pub files: Option<u64>,
    /// At the end, print what was counted as one line of JSON
    #[arg(long)]
    pub report: bool,
    /// What is of one model only.
    #[command(flatten, next_help_heading = "Of single models")]
    pub own: OwnOptions,
}

/// What only one model understands; given to another, it is an error.
#[derive(Debug, Clone, Args)]
pub struct OwnOptions {
    /// prefork: processes that serve [default: 8]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1000))]
    pub workers: Option<u16>,
    /// pool: threads that stay when there is nothing to do [default: 4]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=10_000))]
    pub min: Option<u16>,
    /// pool: threads at most [default: 64]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=10_000))]
    pub max: Option<u16>,
    /// pool: connections that may wait for a thread [default: 128]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=10_000))]
    pub queue: Option<u16>,
    /// pool: show on stderr how it grows and shrinks
    #[arg(long)]
    pub stats: bool,
    /// epoll-et: make the classic mistake, blocking sockets (it will hang)
    #[arg(long)]
    pub blocking: bool,
    /// multi-reactor: loops [default: one for each core]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1000))]
    pub loops: Option<u16>,
}

impl OwnOptions {
    /// The first option given that is not of this model, and whose it is.
    pub(crate) fn stray(&self, model: Model) -> Option<(&'static str, Model)> {
        let given = [
            ("--workers", Model::Prefork, self.workers.is_some()),
            ("--min", Model::Pool, self.min.is_some()),
            ("--max", Model::Pool, self.max.is_some()),
            ("--queue", Model::Pool, self.queue.is_some()),
            ("--stats", Model::Pool, self.stats),
            ("--blocking", Model::EpollEt, self.blocking),
            ("--loops", Model::MultiReactor, self.loops.is_some()),
        ];
        given.into_iter().find(|(_, of, is)| *is && *of != model).map(|(option, of, _)| (option, of))
    }
}

/// What `talk` understands.
#[derive(Debug, Args)]
pub struct TalkOptions {
    /// HOST:PORT
    #[arg(value_name = "ADDR")]
    pub addr: String,
}
