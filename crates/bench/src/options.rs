//! The command line of `saloon bench`.

use anyhow::bail;
use clap::{Args, Subcommand, value_parser};

use crate::compare::Group;
use crate::dialect::Dialect;
use crate::floor_server::FloorServer;
use crate::irc::Identity;
use crate::spec::ServerSpec;

/// A load generator for any IRC server on loopback.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    pub(crate) scenario: Scenario,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What every scenario understands.
#[derive(Debug, Args)]
pub struct Common {
    /// Print JSON instead of tables
    #[arg(long, global = true)]
    pub json: bool,
    /// Say on stderr where the run stands
    #[arg(long, global = true)]
    pub progress: bool,
    #[command(flatten)]
    pub identity: Identity,
    /// Bytes of text in a message
    #[arg(long, global = true, default_value_t = 64, value_name = "N",
          value_parser = value_parser!(u16).range(16..=400))]
    pub text: u16,
    /// Give up when nothing has come for so many seconds
    #[arg(long, global = true, default_value_t = 20, value_name = "S",
          value_parser = value_parser!(u16).range(1..=600))]
    pub patience: u16,
    /// Look for deliveries without ever sleeping: on two cores, the server then never has to wake us
    #[arg(long, global = true)]
    pub spin: bool,
    /// Hold the servers' threads on one core and this program on another
    #[arg(long, global = true)]
    pub pin: bool,
    /// The servers' core, with --pin
    #[arg(long, global = true, default_value_t = 0, value_name = "CPU")]
    pub server_cpu: usize,
    /// This program's core, with --pin
    #[arg(long, global = true, default_value_t = 1, value_name = "CPU")]
    pub bench_cpu: usize,
}

/// The servers that a scenario visits.
#[derive(Debug, Clone, Args)]
pub struct Targets {
    /// A server on loopback: [NAME=]HOST:PORT[,dialect=DIALECT][,pid=PID|,pidfile=FILE][,restart=COMMAND];
    /// may be repeated.
    ///
    /// Without a pid, the process that listens on the port is found. Several processes: pid=1+2+3. With a
    /// command that stops and starts the server, `compare` measures a fresh one each time; it must leave the
    /// server in the background.
    #[arg(long = "server", value_name = "SPEC", default_value = "server=127.0.0.1:6667")]
    pub servers: Vec<ServerSpec>,
    /// Measure the floor, too
    #[arg(long)]
    pub floor: bool,
}

impl Targets {
    /// An error if some server speaks something that only `fanout` can.
    pub fn only_irc(&self) -> anyhow::Result<()> {
        let other =
            self.servers.iter().find(|spec| spec.dialect.is_some_and(|spoken| spoken != Dialect::Irc));
        match other {
            Some(spec) => bail!("{}: only fanout measures other dialects than irc", spec.name),
            None => Ok(()),
        }
    }
}

/// The scenarios.
#[derive(Debug, Subcommand)]
pub enum Scenario {
    /// Connections that register and stay silent: memory of each (of a fresh server), registrations/s
    Idle(IdleOptions),
    /// One room: CPU for each delivery, then latency at a fixed rate
    Fanout(FanoutOptions),
    /// Pairs that talk to each other, message and answer
    Direct(DirectOptions),
    /// Senders who wait for their messages to come back (echo-message): how many, and how late
    Durable(DurableOptions),
    /// Connect, register, join, quit, over and over
    Churn(ChurnOptions),
    /// Some members stop reading: are the others disturbed, and are the slow ones closed?
    Slow(SlowOptions),
    /// The physical limit: a bare loop of write(2) over the same number of sockets
    Floor(FloorOptions),
    /// Several servers and the floor side by side, in interleaved rounds
    #[command(visible_alias = "table")]
    Compare(CompareOptions),
    /// The server that `floor` measures
    #[command(name = crate::floor::FLOOR_SERVER, hide = true)]
    FloorServer(FloorServer),
}

/// Options of `idle`.
#[derive(Debug, Args)]
pub struct IdleOptions {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// How many connections
    #[arg(long, default_value_t = 10_000, value_parser = value_parser!(u32).range(1..=200_000))]
    pub connections: u32,
}

/// Options of `fanout`.
#[derive(Debug, Args)]
pub struct FanoutOptions {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// What servers speak that do not say (dialect=DIALECT in --server)
    #[arg(long, value_enum, default_value = "irc")]
    pub dialect: Dialect,
    /// How often each server is visited, beginning with another one each time
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=100))]
    pub visits: u32,
    #[command(flatten)]
    pub(crate) room: RoomOptions,
}

/// A room and who speaks in it.
#[derive(Debug, Args)]
pub struct RoomOptions {
    /// Members of the room
    #[arg(long, default_value_t = 1000, value_parser = value_parser!(u32).range(2..=50_000))]
    pub members: u32,
    /// How many of them speak in each round
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=1000))]
    pub senders: u32,
    /// Messages in each one's write
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=100))]
    pub burst: u32,
    /// Rounds; by default enough for 200,000 deliveries
    #[arg(long, value_parser = value_parser!(u64).range(1..=1_000_000))]
    pub rounds: Option<u64>,
    /// Messages in all, instead of rounds
    #[arg(long, conflicts_with = "rounds", value_parser = value_parser!(u64).range(1..=10_000_000))]
    pub messages: Option<u64>,
    #[command(flatten)]
    pub(crate) latency: LatencyOptions,
}

/// How latency is measured.
#[derive(Debug, Clone, Copy, Args)]
pub struct LatencyOptions {
    /// Messages per second for the latency figures
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=2000))]
    pub rate: u32,
    /// Seconds of that; 0 for none
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(0..=600))]
    pub seconds: u64,
}

/// Options of `direct`.
#[derive(Debug, Args)]
pub struct DirectOptions {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// How many pairs
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(1..=10_000))]
    pub pairs: u32,
    /// Messages and answers of each pair
    #[arg(long, default_value_t = 500, value_parser = value_parser!(u64).range(1..=100_000))]
    pub exchanges: u64,
}

/// Options of `durable`.
#[derive(Debug, Args)]
pub struct DurableOptions {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// How many send, each in a room of its own
    #[arg(long, default_value_t = 100, value_parser = value_parser!(u32).range(1..=10_000))]
    pub senders: u32,
    /// Messages of each that may be on their way
    #[arg(long, default_value_t = 16, value_parser = value_parser!(u64).range(1..=100))]
    pub window: u64,
    /// Seconds of sending as fast as they come back, and then at the rate
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// Messages per second of all senders together, for the latency figures
    #[arg(long, default_value_t = 2000, value_parser = value_parser!(u32).range(1..=20_000))]
    pub rate: u32,
}

/// Options of `churn`.
#[derive(Debug, Args)]
pub struct ChurnOptions {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// How many cycles
    #[arg(long, default_value_t = 2000, value_parser = value_parser!(u64).range(1..=1_000_000))]
    pub cycles: u64,
    /// How many of them at once
    #[arg(long, default_value_t = 250, value_parser = value_parser!(u32).range(1..=10_000))]
    pub parallel: u32,
}

/// Options of `slow`.
#[derive(Debug, Args)]
pub struct SlowOptions {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// Members of the room
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(4..=10_000))]
    pub members: u32,
    /// How many of them stop reading
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u32).range(1..=1000))]
    pub slow: u32,
    /// Timed messages per second; ten large ones go with each
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=200))]
    pub rate: u32,
    /// Seconds to wait for the slow ones to be closed
    #[arg(long, default_value_t = 90, value_parser = value_parser!(u64).range(5..=600))]
    pub limit: u64,
}

/// Options of `floor`.
#[derive(Debug, Args)]
pub struct FloorOptions {
    #[command(flatten)]
    pub(crate) room: RoomOptions,
    /// Idle connections
    #[arg(long, default_value_t = 10_000, value_parser = value_parser!(u32).range(1..=15_000))]
    pub connections: u32,
    /// Pairs that talk to each other
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u32).range(1..=5_000))]
    pub pairs: u32,
    /// Cycles of connect, register, join, quit
    #[arg(long, default_value_t = 2000, value_parser = value_parser!(u64).range(1..=1_000_000))]
    pub cycles: u64,
}

/// Options of `compare`.
#[derive(Debug, Args)]
pub struct CompareOptions {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// How often each server is visited
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Only these parts, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART")]
    pub only: Vec<Group>,
    /// Members of the large room; the small one has a tenth
    #[arg(long, default_value_t = 1000, value_parser = value_parser!(u32).range(20..=10_000))]
    pub members: u32,
    /// Idle connections
    #[arg(long, default_value_t = 10_000, value_parser = value_parser!(u32).range(1..=15_000))]
    pub connections: u32,
    /// Cycles of connect, register, join, quit
    #[arg(long, default_value_t = 2000, value_parser = value_parser!(u64).range(1..=1_000_000))]
    pub cycles: u64,
    /// How many cycles at once
    #[arg(long, default_value_t = 250, value_parser = value_parser!(u32).range(1..=10_000))]
    pub parallel: u32,
    #[command(flatten)]
    pub(crate) latency: LatencyOptions,
    /// Leave the servers and this program on whatever core they are
    #[arg(long)]
    pub no_pin: bool,
}

impl Scenario {
    /// What it is called on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle(_) => "idle",
            Self::Fanout(_) => "fanout",
            Self::Direct(_) => "direct",
            Self::Churn(_) => "churn",
            Self::Durable(_) => "durable",
            Self::Slow(_) => "slow",
            Self::Floor(_) => "floor",
            Self::Compare(_) => "compare",
            Self::FloorServer(_) => crate::floor::FLOOR_SERVER,
        }
    }
}

impl FanoutOptions {
    /// The servers, each with what it speaks.
    pub fn targets(&self) -> Targets {
        let mut targets = self.targets.clone();
        for spec in &mut targets.servers {
            spec.dialect.get_or_insert(self.dialect);
        }
        targets
    }
}

impl RoomOptions {
    /// The plan these options describe.
    pub fn plan(&self) -> crate::fanout::Plan {
        let per_round = u64::from(self.senders) * u64::from(self.burst);
        let by_messages = self.messages.map(|messages| messages.div_ceil(per_round));
        crate::fanout::Plan {
            members: self.members as usize,
            senders: self.senders as usize,
            burst: self.burst as usize,
            rounds: self.rounds.or(by_messages),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        options: Options,
    }

    fn parse(line: &str) -> Options {
        Program::try_parse_from(line.split(' ')).expect("a good command line").options
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Program::command().debug_assert();
    }

    #[test]
    fn options_of_all_scenarios_may_stand_behind_the_scenario() {
        let options = parse("bench fanout --server a=127.0.0.1:1,pid=3 --messages 10 --burst 4 --json");
        assert!(options.common.json);
        let Scenario::Fanout(fanout) = options.scenario else { panic!("not fanout") };
        assert_eq!(fanout.targets.servers[0].name, "a");
        assert_eq!(fanout.room.plan().rounds, Some(3));
    }

    #[test]
    fn a_server_speaks_what_it_says_or_else_what_all_do() {
        let line = "bench fanout --dialect group --server a=127.0.0.1:1 --server b=127.0.0.1:2,dialect=irc";
        let Scenario::Fanout(fanout) = parse(line).scenario else { panic!("not fanout") };
        let spoken: Vec<_> = fanout.targets().servers.iter().map(|spec| spec.dialect).collect();
        assert_eq!(spoken, [Some(Dialect::Group), Some(Dialect::Irc)]);
    }

    #[test]
    fn other_scenarios_only_measure_irc() {
        let targets = |line| match parse(line).scenario {
            Scenario::Churn(churn) => churn.targets,
            _ => panic!("not churn"),
        };
        assert!(targets("bench churn --server a=127.0.0.1:1,dialect=irc").only_irc().is_ok());
        let error = targets("bench churn --server a=127.0.0.1:1,dialect=group").only_irc();
        let error = error.expect_err("not IRC").to_string();
        assert_eq!(error, "a: only fanout measures other dialects than irc");
    }

    #[test]
    fn table_is_another_name_for_compare() {
        assert_eq!(parse("bench table --only idle,churn").scenario.name(), "compare");
    }
}
