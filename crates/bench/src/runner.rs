//! Carries out one scenario for each server that was named.

use std::time::Duration;

use crate::bench::Bench;
use crate::compare::Comparison;
use crate::crew::Crew;
use crate::fanout::FanoutFigures;
use crate::floor::{Floor, arguments_before, like};
use crate::floor_server::{Delivery, FloorServer};
use crate::latency::LatencyFigures;
use crate::limits::{Pinned, has_two_cpus};
use crate::options::{Common, CompareOptions, FanoutOptions, FloorOptions, RoomOptions, Scenario, Targets};
use crate::report::Report;
use crate::server::Server;
use crate::{churn, direct, durable, fanout, idle, latency, ratio, slow};

/// One run of the program.
pub struct Runner {
    /// What the scenarios share.
    pub bench: Bench,
    /// Where figures go.
    pub report: Report,
    before: Vec<String>,
    pin: Option<(usize, usize)>,
}

impl Runner {
    /// A run of the scenario of this name.
    pub fn new(common: Common, scenario: &str) -> Self {
        let patience = Duration::from_secs(common.patience.into());
        // `table` is `compare` by another name.
        let named = |argument: &String| argument == scenario || argument == "table";
        let name = std::env::args().skip(1).find(named).unwrap_or_default();
        let mut bench = Bench::new(common.identity, patience, common.text.into());
        bench.progress = common.progress;
        if common.spin {
            bench.nap = Duration::ZERO;
        }
        Self {
            bench,
            report: Report { json: common.json },
            before: arguments_before(&name, std::env::args()),
            pin: common.pin.then_some((common.server_cpu, common.bench_cpu)),
        }
        .or_pin(scenario, (common.server_cpu, common.bench_cpu))
    }

    /// Comparing pins by default: without it, the scheduler decides the result.
    fn or_pin(mut self, scenario: &str, cpus: (usize, usize)) -> Self {
        if scenario == "compare" {
            self.pin = Some(cpus);
        }
        self
    }

    /// Carries out the scenario.
    pub fn run(mut self, scenario: Scenario) -> anyhow::Result<()> {
        if let Scenario::Compare(CompareOptions { no_pin: true, .. }) = scenario {
            self.pin = None;
        }
        let _pinned = self.pin_ourselves()?;
        match scenario {
            Scenario::Idle(options) => self.idle(&options.targets, options.connections as usize),
            Scenario::Fanout(options) => self.fanout(&options),
            Scenario::Direct(options) => self.print("direct", &options.targets, |server| {
                direct::run(&self.bench, server, options.pairs as usize, options.exchanges)
            }),
            Scenario::Durable(options) => self.print("durable", &options.targets, |server| {
                let plan = durable::Plan {
                    senders: options.senders as usize,
                    window: options.window,
                    seconds: options.seconds,
                    rate: options.rate,
                };
                durable::run(&self.bench, server, plan)
            }),
            Scenario::Churn(options) => self.print("churn", &options.targets, |server| {
                churn::run(&self.bench, server, options.cycles, options.parallel as usize)
            }),
            Scenario::Slow(options) => self.print("slow", &options.targets, |server| {
                let (members, slow) = (options.members as usize, options.slow as usize);
                let plan = slow::Plan { members, slow, rate: options.rate, limit: options.limit };
                slow::run(&self.bench, server, plan)
            }),
            Scenario::Floor(options) => self.floor(&options),
            Scenario::Compare(options) => Comparison::new(&self, &options)?.run(),
            Scenario::FloorServer(_) => Ok(()),
        }
    }

    fn pin_ourselves(&self) -> anyhow::Result<Pinned> {
        match self.pin {
            Some((_, ours)) if has_two_cpus() => Pinned::hold(&[std::process::id()], ours),
            _ => Ok(Pinned::default()),
        }
    }

    /// Holds a server on its core, if that was asked for and there are two.
    pub fn pin(&self, server: &Server) -> anyhow::Result<Pinned> {
        match self.pin {
            Some((cpu, _)) if has_two_cpus() => server.pin(cpu),
            _ => Ok(Pinned::default()),
        }
    }

    /// Starts a floor server, on the servers' core.
    pub fn start_floor(&self, options: &FloorServer) -> anyhow::Result<Floor> {
        let floor = Floor::start(&self.before, options)?;
        self.pin(&floor.server)?.keep();
        Ok(floor)
    }

    /// Measures each server that was named, as often as there are visits, and the floor where that was asked for.
    fn each<T>(
        &self,
        targets: &Targets,
        visits: usize,
        mut measure: impl FnMut(&Server) -> anyhow::Result<T>,
    ) -> anyhow::Result<Vec<T>> {
        let servers: Vec<Server> = targets.servers.iter().map(Server::find).collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for visit in 0..visits {
            let mut order: Vec<&Server> = servers.iter().collect();
            order.rotate_left(visit % servers.len());
            for server in order {
                let _pinned = self.pin(server)?;
                found.push(measure(server)?);
            }
        }
        if targets.floor {
            let floor = self.start_floor(&like(&self.bench, &servers[0])?)?;
            found.push(measure(&floor.server)?);
        }
        Ok(found)
    }

    fn print<F: crate::report::Figures>(
        &self,
        title: &str,
        targets: &Targets,
        measure: impl FnMut(&Server) -> anyhow::Result<F>,
    ) -> anyhow::Result<()> {
        targets.only_irc()?;
        self.report.print(title, &self.each(targets, 1, measure)?)
    }

    fn idle(&self, targets: &Targets, connections: usize) -> anyhow::Result<()> {
        self.print("idle", targets, |server| idle::run(&self.bench, server, connections, server.memory()?))
    }

    fn fanout(&self, options: &FanoutOptions) -> anyhow::Result<()> {
        let (targets, visits) = (options.targets(), options.visits as usize);
        let found = self.each(&targets, visits, |server| self.room(server, &options.room))?;
        self.print_rooms(found)
    }

    fn room(&self, server: &Server, options: &RoomOptions) -> anyhow::Result<RoomFigures> {
        let plan = options.plan();
        plan.check()?;
        let mut crew = Crew::in_room(&self.bench, server, plan.members)?;
        let cost = fanout::run(&mut crew, server, plan)?;
        let timed = options.latency.seconds > 0;
        let latency = timed
            .then(|| latency::run(&mut crew, server, options.latency.rate, options.latency.seconds))
            .transpose()?;
        idle::close(&self.bench, server, crew);
        Ok((cost, latency))
    }

    fn print_rooms(&self, found: Vec<RoomFigures>) -> anyhow::Result<()> {
        let (costs, latencies): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let latencies: Vec<LatencyFigures> = latencies.into_iter().flatten().collect();
        let beside = ratio::beside(&costs);
        if self.report.json {
            let all = serde_json::json!({
                "scenario": "fanout", "servers": costs, "latency": latencies, "beside": beside,
            });
            return self.report.print_json(&all);
        }
        self.report.print("fanout", &costs)?;
        if !latencies.is_empty() {
            self.report.print("latency", &latencies)?;
        }
        if costs.len() > 1 { self.report.print("beside the first server", &beside) } else { Ok(()) }
    }

    fn floor(&self, options: &FloorOptions) -> anyhow::Result<()> {
        let mut rooms = Vec::new();
        for delivery in [Delivery::Each, Delivery::Pending] {
            let floor = self.start_floor(&FloorServer { delivery, ..FloorServer::default() })?;
            rooms.push(self.room(&floor.server, &options.room)?);
        }
        self.print_rooms(rooms)?;
        let fresh = || self.start_floor(&FloorServer::default());
        let server = &fresh()?.server;
        let (pairs, exchanges) = (options.pairs as usize, 500);
        self.report.print("direct", &[direct::run(&self.bench, server, pairs, exchanges)?])?;
        let floor = fresh()?;
        self.report.print("churn", &[churn::run(&self.bench, &floor.server, options.cycles, 250)?])?;
        let floor = fresh()?;
        let (count, baseline) = (options.connections as usize, floor.server.memory()?);
        self.report.print("idle", &[idle::run(&self.bench, &floor.server, count, baseline)?])
    }
}

type RoomFigures = (FanoutFigures, Option<LatencyFigures>);
