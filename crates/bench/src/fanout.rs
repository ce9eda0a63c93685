//! `fanout`: one room, and everything said in it goes to everyone else.
//!
//! Rounds are in lock-step: the senders each write their burst at once, and the next round starts when
//! all of it has arrived. So a server is measured at what it must do, not at how far it can fall behind.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde::Serialize;

use crate::crew::Crew;
use crate::dialect::{Dialect, count_marks};
use crate::fleet::Input;
use crate::irc::{ADVICE, Meaning, meaning};
use crate::member::{Member, text};
use crate::report::Figures;
use crate::server::Server;
use crate::table::{maybe, number};
use crate::usage::CpuSource;

/// Rounds before the measured ones, in which every line is read and understood.
const WARM_UP: u64 = 3;
/// A round that takes more seconds than this, and than this for each delivery, is held back on purpose.
const SLOW_ROUND: f64 = 0.4;
const SLOW_DELIVERY: f64 = 500e-6;
/// Deliveries to aim for when the number of rounds is not given.
const DELIVERIES: u64 = 200_000;
/// Bytes of a burst that servers certainly read at once.
const LONGEST_BURST: usize = 8 * 1024;

/// Who says how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Members of the room.
    pub members: usize,
    /// How many of them speak in each round.
    pub senders: usize,
    /// Messages in each one's write.
    pub burst: usize,
    /// Rounds; `None` for as many as make a good measurement.
    pub rounds: Option<u64>,
}

impl Plan {
    /// Deliveries of one round.
    fn deliveries(&self, dialect: Dialect) -> u64 {
        (self.senders * self.burst * dialect.hearers(self.members)) as u64
    }

    fn rounds(&self, dialect: Dialect) -> u64 {
        self.rounds.unwrap_or_else(|| (DELIVERIES / self.deliveries(dialect).max(1)).clamp(20, 2000))
    }

    /// Whether the plan can be carried out.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(self.members >= 2, "a room needs at least two members");
        ensure!((1..=self.members).contains(&self.senders), "there can be 1 to {} senders", self.members);
        ensure!(self.burst >= 1, "a burst has at least one message");
        Ok(())
    }
}

/// What deliveries cost.
#[derive(Debug, Clone, Serialize)]
pub struct FanoutFigures {
    /// The server.
    pub server: String,
    /// What it speaks there.
    pub dialect: Dialect,
    /// Members of the room.
    pub members: usize,
    /// How many spoke at once.
    pub senders: usize,
    /// Messages in each one's write.
    pub burst: usize,
    /// Messages delivered in all.
    pub deliveries: u64,
    /// Messages delivered in a second.
    pub deliveries_per_second: f64,
    /// Server CPU for each delivery, in microseconds.
    pub cpu_micros: f64,
    /// TCP data segments the server sent for each delivery: its writes, by whichever system call.
    pub writes_per_delivery: Option<f64>,
    /// Calls of `write` and `writev` for each delivery; none if the server uses `send`.
    pub syscw_per_delivery: Option<f64>,
    /// Where the CPU figure comes from.
    pub cpu_source: CpuSource,
}

/// Runs a plan in a room that has gathered.
pub fn run(crew: &mut Crew<'_>, server: &Server, plan: Plan) -> anyhow::Result<FanoutFigures> {
    plan.check()?;
    let (bench, dialect) = (crew.bench, crew.dialect);
    ensure!(
        dialect == Dialect::Irc || plan.burst == 1,
        "in {} one read is one message, so there can be no bursts: --burst 1",
        dialect.name()
    );
    let burst = dialect.message(bench, 0).repeat(plan.burst);
    ensure!(burst.len() <= LONGEST_BURST, "a burst of {} bytes is too long for one write", burst.len());
    let rounds = plan.rounds(dialect);
    bench.say(&format!(
        "{}: {rounds} rounds of {} senders x {} messages to {} members",
        server.name, plan.senders, plan.burst, plan.members
    ));
    let (careful, quick): (Count, Count) = match dialect {
        Dialect::Irc => (understand, Member::count),
        Dialect::Group => (count_stamps, |_, bytes| Ok(count_marks(bytes))),
    };
    for _ in 0..WARM_UP {
        round(crew, plan, burst.as_bytes(), careful)?;
    }
    server.settle();
    let (before, start) = (server.counters(), Instant::now());
    for number in 1..=rounds {
        round(crew, plan, burst.as_bytes(), quick)?;
        check_pace(start.elapsed(), number, plan.deliveries(dialect))?;
    }
    let took = start.elapsed().as_secs_f64();
    let usage = server.used_since(&before);
    let (deliveries, ours) = (rounds * plan.deliveries(dialect), rounds * plan.senders as u64);
    Ok(FanoutFigures {
        server: server.name.clone(),
        dialect,
        members: plan.members,
        senders: plan.senders,
        burst: plan.burst,
        deliveries,
        deliveries_per_second: deliveries as f64 / took,
        cpu_micros: usage.micros_per(deliveries),
        writes_per_delivery: usage.segments_per(deliveries, ours),
        syscw_per_delivery: usage.write_calls_per(deliveries),
        cpu_source: usage.source,
    })
}

/// A server that throttles delivers, but only a few messages in a second.
fn check_pace(took: Duration, rounds: u64, deliveries: u64) -> anyhow::Result<()> {
    let slow = SLOW_ROUND.max(SLOW_DELIVERY * deliveries as f64) * rounds as f64;
    ensure!(rounds < 4 || took.as_secs_f64() < slow, "{rounds} rounds took {took:.1?}; {ADVICE}");
    Ok(())
}

/// Counts the messages that these bytes of a member's are, or complete.
type Count = fn(&mut Member, &[u8]) -> anyhow::Result<u64>;

/// One round: everyone who speaks does, then all of it arrives.
fn round(crew: &mut Crew<'_>, plan: Plan, burst: &[u8], count: Count) -> anyhow::Result<()> {
    for sender in &crew.fleet.members[..plan.senders] {
        sender.send(burst)?;
    }
    let (mut arrived, expected) = (0, plan.deliveries(crew.dialect));
    let mut patience = crew.bench.patience();
    while arrived < expected {
        let any = crew.fleet.turn(crew.bench.nap, |_, member, input| match input {
            Input::Bytes(bytes) => {
                arrived += count(member, bytes)?;
                Ok(())
            }
            Input::Closed => bail!("the server closed a member's connection; {ADVICE}"),
        })?;
        if any {
            patience.renew();
        }
        patience.check(|| format!("{arrived} of {expected} messages arrived"))?;
    }
    Ok(())
}

/// Counts messages by reading every line, so that a refusal is not taken for a delivery.
fn understand(member: &mut Member, bytes: &[u8]) -> anyhow::Result<u64> {
    let mut count = 0;
    member.lines(bytes, |member, line| {
        match meaning(line) {
            Meaning::Message => count += 1,
            Meaning::Ping(token) => member.pong(token)?,
            Meaning::Refused => bail!("the server will not deliver: {}; {ADVICE}", text(line)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(count)
}

/// Counts messages by their stamps, which must be whole.
fn count_stamps(member: &mut Member, bytes: &[u8]) -> anyhow::Result<u64> {
    let mut count = 0;
    member.stamps(bytes, |_| count += 1);
    Ok(count)
}

impl Figures for FanoutFigures {
    const COLUMNS: &'static [&'static str] = &[
        "server",
        "dialect",
        "members",
        "senders",
        "burst",
        "deliveries/s",
        "CPU µs/delivery",
        "writes/delivery",
        "syscw/delivery",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.server.clone(),
            self.dialect.name(),
            self.members.to_string(),
            self.senders.to_string(),
            self.burst.to_string(),
            number(self.deliveries_per_second),
            number(self.cpu_micros),
            maybe(self.writes_per_delivery),
            maybe(self.syscw_per_delivery),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Bench;
    use crate::irc::Identity;
    use crate::{group_server, latency};

    #[test]
    fn in_irc_nobody_hears_themselves() {
        let plan = Plan { members: 1000, senders: 10, burst: 8, rounds: None };
        assert_eq!(plan.deliveries(Dialect::Irc), 10 * 8 * 999);
    }

    #[test]
    fn rounds_make_a_good_measurement_within_bounds() {
        let plan = |members, senders, burst| Plan { members, senders, burst, rounds: None };
        let rounds = |members, senders, burst| plan(members, senders, burst).rounds(Dialect::Irc);
        assert_eq!(rounds(1001, 1, 1), 200);
        assert_eq!(rounds(2, 1, 1), 2000);
        assert_eq!(rounds(1000, 100, 8), 20);
    }

    #[test]
    fn a_plan_that_can_not_be_carried_out_says_why() {
        let plan = Plan { members: 10, senders: 11, burst: 1, rounds: None };
        assert_eq!(plan.check().expect_err("too many").to_string(), "there can be 1 to 10 senders");
    }

    fn in_group(members: usize) -> (Bench, Server) {
        let identity = Identity { password: None, nick_prefix: "b".into(), channel: "#x".into() };
        (Bench::new(identity, Duration::from_secs(5), 64), group_server::start(members))
    }

    #[test]
    fn a_group_is_measured_with_all_that_it_hears() {
        let (bench, server) = in_group(30);
        let mut crew = Crew::in_room(&bench, &server, 30).expect("a room");
        let plan = Plan { members: 30, senders: 3, burst: 1, rounds: Some(5) };

        let found = run(&mut crew, &server, plan).expect("figures");

        assert_eq!((found.dialect, found.deliveries), (Dialect::Group, 5 * 3 * 30));
        let heard = latency::run(&mut crew, &server, 50, 1).expect("latencies");
        assert_eq!((heard.latency.samples, heard.missing), (50 * 30, 0));
    }

    #[test]
    fn a_group_that_is_full_says_so() {
        let (bench, server) = in_group(5);
        let error = Crew::in_room(&bench, &server, 6).err().expect("one too many").to_string();
        assert!(error.contains("too many users"), "{error}");
    }

    #[test]
    fn a_group_takes_no_bursts() {
        let (bench, server) = in_group(2);
        let mut crew = Crew::in_room(&bench, &server, 2).expect("a room");
        let plan = Plan { members: 2, senders: 1, burst: 2, rounds: Some(1) };
        let error = run(&mut crew, &server, plan).expect_err("a burst").to_string();
        assert!(error.contains("--burst 1"), "{error}");
    }
}
