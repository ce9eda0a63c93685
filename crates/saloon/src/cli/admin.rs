//! Options of `saloon admin`: what an operator does with the server that runs.

use clap::{Args, Subcommand};
use server::config::Duration;

use super::DataOptions;

/// Look after the server that runs: see who is there, put people out, tell everyone, reload, stop gently
///
/// The server is asked through a socket beside its database, which only its own user may use: run this as that
/// user, with the --config or --data that the server has. Nothing here needs a password.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct AdminOptions {
    #[command(subcommand)]
    pub what: AdminCommand,

    #[command(flatten)]
    pub place: DataOptions,
}

const EXAMPLES: &str = "\
Examples:
  saloon admin who --config /etc/saloon/saloon.toml
  saloon admin kick ann 'please take a break'
  saloon admin ban 192.0.2.7 --for 1h 'sends spam'
  saloon admin announce 'Maintenance at noon'
  saloon admin drain --for 10m
  saloon admin link";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Print who is connected, by which door, since when, and who reads slowly
    #[command(after_help = "Examples:\n  saloon admin who\n  saloon admin who --json | jq -r '.[].nick'")]
    Who {
        /// For programs: a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Disconnect a user, on all of its connections
    #[command(after_help = "Example:\n  saloon admin kick ann 'please take a break'")]
    Kick {
        /// Its nickname
        nick: String,
        /// Why, as everyone is told who was with it
        #[arg(default_values_t = [String::from("disconnected by the operator")])]
        reason: Vec<String>,
    },
    /// Keep an address away, and disconnect who comes from there
    ///
    /// The same as KLINE on IRC: it holds for users, also over a restart, until it ends or is ended.
    #[command(
        after_help = "Examples:\n  saloon admin ban 192.0.2.7 --for 1h 'sends spam'\n  saloon admin ban '*@*.example.org'\n  saloon admin ban 'guest@192.0.2.*' --for 7d"
    )]
    Ban {
        /// An address, a host, or user@host; * stands for anything, ? for one character
        #[arg(value_name = "MASK")]
        mask: String,
        /// Why, as those are told whom it keeps away
        #[arg(default_values_t = [String::from("banned by the operator")])]
        reason: Vec<String>,
        /// For so long, such as 30m, 12h or 7d; without, for good
        #[arg(long = "for", value_name = "TIME")]
        time: Option<Duration>,
    },
    /// End a ban
    #[command(after_help = "Example:\n  saloon admin unban 192.0.2.7")]
    Unban {
        /// As it was given, or as `saloon admin bans` prints it
        #[arg(value_name = "MASK")]
        mask: String,
    },
    /// Print who is kept away
    #[command(after_help = "Example:\n  saloon admin bans")]
    Bans {
        /// For programs: a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Tell everyone something, at every door
    #[command(after_help = "Example:\n  saloon admin announce 'Maintenance at noon, back at one'")]
    Announce {
        /// What
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Have the configuration read again, and say whether it is good
    ///
    /// The same as SIGHUP. A file with a mistake in it changes nothing, and the status is non-zero.
    #[command(after_help = "Example:\n  saloon admin reload")]
    Reload,
    /// Let nobody new in, and stop the server once everyone has left
    ///
    /// Everyone is told by when the server ends. /readyz says that it is not ready, so that a load balancer
    /// sends people elsewhere.
    #[command(after_help = "Examples:\n  saloon admin drain --for 10m\n  saloon admin drain --cancel")]
    Drain {
        /// End after this time in any case
        #[arg(long = "for", value_name = "TIME", default_value = "10m")]
        time: Duration,
        /// Don't, after all
        #[arg(long, conflicts_with = "time")]
        cancel: bool,
    },
    /// Print how the server does: the numbers of the status page
    #[command(after_help = "Examples:\n  saloon admin status\n  saloon admin status --json | jq .traffic")]
    Status {
        /// For programs: a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the numbers as Prometheus wants them
    #[command(after_help = "Example:\n  saloon admin metrics > /var/lib/node_exporter/saloon.prom")]
    Metrics,
    /// Print the address of the status page, with the token that opens it
    ///
    /// Where the configuration has a token (http.admin_token), the address comes without it: the page asks.
    #[command(after_help = "Example:\n  xdg-open \"$(saloon admin link)\"")]
    Link,
}
