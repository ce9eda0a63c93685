//! `compare`: several servers and the floor in one run, in interleaved rounds.
//!
//! The parts come one after another. In each round of a part every server is visited, beginning with another
//! one each time; so whatever else the machine does meanwhile, it does to all of them. The floor server is
//! started anew for each visit, and so is every server that says how (`restart=COMMAND`): a used server is not
//! the same server, and what one part leaves behind, in memory above all, would be measured by the next.

use std::collections::BTreeMap;

use clap::ValueEnum;

use crate::crew::Crew;
use crate::fanout::Plan;
use crate::floor::like;
use crate::floor_server::{Delivery, FloorServer};
use crate::ledger::{FLOOR, Ledger, Row, Sizes};
use crate::limits::Pinned;
use crate::options::CompareOptions;
use crate::procfs::Memory;
use crate::runner::Runner;
use crate::server::Server;
use crate::{churn, direct, fanout, idle, latency};

/// A part of the comparison: what is measured with one set of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// Memory and registrations
    Idle,
    /// The small room
    Small,
    /// The large room: single messages, bursts, ten senders, latency
    Large,
    /// Pairs
    Direct,
    /// Connect, register, join, quit
    Churn,
}

/// Idle comes first: memory is counted from what the server had before anyone came, and rooms leave traces.
const GROUPS: [Group; 5] = [Group::Idle, Group::Small, Group::Large, Group::Direct, Group::Churn];
/// What the second floor is called.
const PENDING: &str = "floor, pending";

/// Whom to visit.
#[derive(Debug, Clone, Copy)]
enum Target {
    Floor(Delivery),
    Server(usize),
}

/// A comparison under way.
pub struct Comparison<'a> {
    runner: &'a Runner,
    options: &'a CompareOptions,
    servers: Vec<Server>,
    pinned: Vec<Pinned>,
    baselines: BTreeMap<String, Memory>,
    floor: FloorServer,
    ledger: Ledger,
}

impl<'a> Comparison<'a> {
    /// Finds the servers, and how large the floor's answers have to be.
    pub fn new(runner: &'a Runner, options: &'a CompareOptions) -> anyhow::Result<Self> {
        options.targets.only_irc()?;
        let servers: Vec<Server> =
            options.targets.servers.iter().map(Server::find).collect::<Result<_, _>>()?;
        let pinned = servers.iter().map(|server| runner.pin(server)).collect::<Result<_, _>>()?;
        let mut baselines = BTreeMap::new();
        for server in &servers {
            baselines.insert(server.name.clone(), server.memory()?);
        }
        let names = [FLOOR, PENDING].map(String::from).into_iter();
        let names = names.chain(servers.iter().map(|server| server.name.clone())).collect();
        let members = options.members as usize;
        let sizes = Sizes {
            members,
            small: members / 10,
            connections: options.connections as usize,
            rate: options.latency.rate,
        };
        let floor = like(&runner.bench, &servers[0])?;
        let ledger = Ledger::new(sizes, names);
        Ok(Self { runner, options, servers, pinned, baselines, floor, ledger })
    }

    /// Runs all rounds and prints the tables.
    pub fn run(mut self) -> anyhow::Result<()> {
        for group in self.groups() {
            for round in 0..self.options.rounds {
                for target in self.targets(group, round as usize) {
                    self.visit_or_note(round + 1, group, target);
                }
            }
        }
        self.pinned.clear();
        self.print()
    }

    fn groups(&self) -> Vec<Group> {
        let only = &self.options.only;
        GROUPS.into_iter().filter(|group| only.is_empty() || only.contains(group)).collect()
    }

    /// A server that fails is noted, and the others are still measured.
    fn visit_or_note(&mut self, round: u32, group: Group, target: Target) {
        self.runner.bench.say(&format!("round {round}: {group:?}"));
        if let Err(error) = self.visit(group, target) {
            let note = format!("round {round}, {group:?}, {}: {error:#}", self.name(target));
            self.runner.bench.say(&note);
            self.ledger.notes.push(note);
        }
    }

    /// Whom to visit, beginning with another one in each round.
    fn targets(&self, group: Group, round: usize) -> Vec<Target> {
        let mut targets = vec![Target::Floor(Delivery::Each)];
        if matches!(group, Group::Small | Group::Large) {
            targets.push(Target::Floor(Delivery::Pending));
        }
        targets.extend((0..self.servers.len()).map(Target::Server));
        let first = round % targets.len();
        targets.rotate_left(first);
        targets
    }

    fn name(&self, target: Target) -> String {
        match target {
            Target::Floor(Delivery::Each) => FLOOR.to_owned(),
            Target::Floor(Delivery::Pending) => PENDING.to_owned(),
            Target::Server(number) => self.servers[number].name.clone(),
        }
    }

    fn visit(&mut self, group: Group, target: Target) -> anyhow::Result<()> {
        match target {
            Target::Server(number) => {
                self.refresh(number)?;
                let server = self.servers[number].clone();
                self.measure(group, &server)
            }
            Target::Floor(delivery) => {
                let floor = self.runner.start_floor(&FloorServer { delivery, ..self.floor.clone() })?;
                self.measure(group, &floor.server)
            }
        }
    }

    /// Starts a server anew, if it says how.
    fn refresh(&mut self, number: usize) -> anyhow::Result<()> {
        let spec = &self.options.targets.servers[number];
        let Some(command) = &spec.restart else { return Ok(()) };
        self.runner.bench.say(&format!("{}: restarts", spec.name));
        let server = Server::restart(spec, command)?;
        self.pinned[number] = self.runner.pin(&server)?;
        self.baselines.insert(spec.name.clone(), server.memory()?);
        self.servers[number] = server;
        Ok(())
    }

    fn measure(&mut self, group: Group, server: &Server) -> anyhow::Result<()> {
        match group {
            Group::Idle => self.idle(server),
            Group::Small => self.small(server),
            Group::Large => self.large(server),
            Group::Direct => {
                let found = direct::run(&self.runner.bench, server, 50, 400)?;
                self.ledger.enter(Row::Direct, &server.name, found.cpu_micros);
                Ok(())
            }
            Group::Churn => {
                let (cycles, parallel) = (self.options.cycles, self.options.parallel as usize);
                let found = churn::run(&self.runner.bench, server, cycles, parallel)?;
                self.ledger.enter(Row::Churn, &server.name, found.cpu_micros);
                Ok(())
            }
        }
    }

    fn idle(&mut self, server: &Server) -> anyhow::Result<()> {
        // Only a fresh server grows by what its connections need: taken once if it is not restarted.
        let baseline = match self.baselines.remove(&server.name) {
            None if self.servers.iter().any(|known| known.name == server.name) => None,
            known => Some(known.map_or_else(|| server.memory(), Ok)?),
        };
        let found = idle::run(
            &self.runner.bench,
            server,
            self.options.connections as usize,
            baseline.unwrap_or_default(),
        )?;
        self.ledger.enter(Row::Register, &server.name, found.cpu_micros);
        if baseline.is_some() {
            self.ledger.enter(Row::Memory, &server.name, found.rss_kib);
        }
        self.ledger.enter(Row::RegisterRate, &server.name, found.registrations_per_second);
        Ok(())
    }

    fn small(&mut self, server: &Server) -> anyhow::Result<()> {
        let members = self.options.members as usize / 10;
        let mut crew = Crew::in_room(&self.runner.bench, server, members)?;
        let plan = Plan { members, senders: 1, burst: 1, rounds: None };
        let found = fanout::run(&mut crew, server, plan)?;
        self.ledger.enter(Row::Small, &server.name, found.cpu_micros);
        idle::close(&self.runner.bench, server, crew);
        Ok(())
    }

    fn large(&mut self, server: &Server) -> anyhow::Result<()> {
        let members = self.options.members as usize;
        let mut crew = Crew::in_room(&self.runner.bench, server, members)?;
        for (senders, burst, row, writes) in [
            (1, 1, Row::Large, Row::WritesLarge),
            (1, 8, Row::Burst, Row::WritesBurst),
            (10, 1, Row::Senders, Row::WritesSenders),
        ] {
            let plan = Plan { members, senders, burst, rounds: None };
            let found = fanout::run(&mut crew, server, plan)?;
            self.ledger.enter(row, &server.name, found.cpu_micros);
            self.ledger.enter(writes, &server.name, found.writes_per_delivery.unwrap_or(f64::NAN));
        }
        if self.options.latency.seconds > 0 {
            self.latency(&mut crew, server)?;
        }
        idle::close(&self.runner.bench, server, crew);
        Ok(())
    }

    fn latency(&mut self, crew: &mut Crew<'_>, server: &Server) -> anyhow::Result<()> {
        let options = self.options.latency;
        let found = latency::run(crew, server, options.rate, options.seconds)?;
        self.ledger.enter(Row::P50, &server.name, found.latency.p50);
        self.ledger.enter(Row::P99, &server.name, found.latency.p99);
        self.ledger.enter(Row::P999, &server.name, found.latency.p999);
        Ok(())
    }

    fn print(&self) -> anyhow::Result<()> {
        if self.runner.report.json {
            return self.runner.report.print_json(&self.ledger.json());
        }
        self.ledger.tables().iter().try_for_each(|table| self.runner.report.print_table(table))
    }
}
