//! The load generator behind `saloon bench`: it measures what any IRC server on loopback costs, and what
//! a server of the dialect `group` does in one room.
//!
//! It is cheap enough to share two cores with the server: one thread, one epoll loop, 24 bytes for an idle
//! connection, and a delivery is counted by its line end. CPU is the server's own, by the kernel's
//! accounting; set beside it is the *floor*, a bare loop of `write(2)` over the same number of sockets,
//! measured in the same run by the same generator.
//!
//! It is not a test of what a server answers, and it never leaves this machine.

mod bench;
mod churn;
mod compare;
mod crew;
mod dial;
mod dialect;
mod direct;
mod durable;
mod fanout;
mod fleet;
mod floor;
mod floor_server;
#[cfg(test)]
mod group_server;
mod idle;
mod irc;
mod latency;
mod ledger;
pub mod limits;
mod member;
mod options;
pub mod procfs;
mod ratio;
mod report;
mod runner;
mod server;
mod slow;
mod spec;
mod stats;
mod table;
mod talk;
mod usage;

pub use options::Options;
pub use stats::Spread;

/// Runs one scenario and prints what it found.
pub fn run(options: Options) -> anyhow::Result<()> {
    match options.scenario {
        options::Scenario::FloorServer(floor) => floor_server::serve(&floor),
        scenario => runner::Runner::new(options.common, scenario.name()).run(scenario),
    }
}
