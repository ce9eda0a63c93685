//! One model under one load: start it, have it work, read what it cost, stop it.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::time::Duration;

use super::attendance::Attendance;
use super::calls::Tracer;
use super::cost::{Family, Memory};
use super::findings::{ACTIVE, Case, Figure, Findings, Key, OTHERS, Scenario, thousands};
use super::load::{Crowd, Until, Work};
use super::machine::{Cores, meminfo};
use super::slow::SlowReader;
use super::stats::quantile;
use super::subject::{End, NoSubject, Subject};
use super::traffic::Traffic;
use bench::Spread;

/// What a server has to bear during one life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// So many connections, first busy, then mostly idle.
    Connected(usize),
    SlowReader,
    Churn,
}

/// Requests for which system calls are counted: few, for traced ones are slow.
const TRACED: usize = 200;
/// For a traced server to be back where it waits, before it is asked again.
const PAUSE: Duration = Duration::from_millis(2);
/// On a machine that does nothing else, the load generator waits for its core less than this.
const QUIET: f64 = 0.05;
/// Sockets are told from noise in the kernel's memory from so many on.
const MANY: usize = 1000;

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected(1) => f.write_str("1 connection"),
            Self::Connected(count) => write!(f, "{} connections", thousands(*count)),
            Self::SlowReader => f.write_str("slow reader"),
            Self::Churn => f.write_str("churn"),
        }
    }
}

/// Goes from model to model, and enters what it finds.
pub struct Visitor<'a> {
    cores: &'a Cores,
    findings: &'a mut Findings,
    /// KiB for each connection at the last size, by model: what the next size may need.
    heavy: BTreeMap<usize, f64>,
    /// KiB of the kernel's for each connection, both ends, with any model.
    sockets: Vec<f64>,
    /// Why system calls can't be counted.
    untraceable: Option<String>,
}

impl<'a> Visitor<'a> {
    pub fn new(cores: &'a Cores, findings: &'a mut Findings) -> Self {
        Self { cores, findings, heavy: BTreeMap::new(), sockets: Vec::new(), untraceable: None }
    }

    pub fn rounds(&self) -> usize {
        self.findings.plan.rounds
    }

    pub fn name(&self, model: usize) -> String {
        self.findings.model(model).name()
    }

    /// The models in turn, each round beginning with another one: what else the machine does, and what is left
    /// of the one before, then is not always to the cost of the same.
    pub fn order(&self, round: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.findings.plan.models.len()).collect();
        let count = order.len();
        // Far apart, so that a few rounds do more than change the neighbours' places.
        order.rotate_left(round * (count / self.rounds()).max(1) % count);
        order
    }

    /// A model that fails is noted, and the others are still measured.
    pub fn visit(&mut self, round: usize, load: Load, model: usize) {
        if self.findings.unavailable.contains_key(&model) {
            return;
        }
        let key = key(load, model);
        if let Some(why) = self.too_heavy(load, model) {
            return self.case(key).broke(why);
        }
        let mut subject = match Subject::start(self.findings.model(model), self.cores) {
            Ok(subject) => subject,
            Err(NoSubject::Failed(why)) => return self.case(key).broke(why),
            Err(NoSubject::Unavailable(why)) => {
                self.findings.unavailable.insert(model, why);
                return;
            }
        };
        let done = match load {
            Load::Connected(count) => self.connected(round, count, model, &subject),
            Load::SlowReader => self.slow_reader(model, &subject),
            Load::Churn => self.churn(model, &subject),
        };
        let mut broke = match done {
            Ok(broke) => broke,
            Err(error) => vec![error.to_string()],
        };
        broke.extend(subject.death());
        let end = subject.stop();
        for what in join(broke, end) {
            self.case(key).broke(what);
        }
    }

    /// What remains to be said when all are done.
    pub fn finish(self) {
        let waited =
            self.findings.cases.values().filter_map(|case| case.figures.get(&Figure::Waited)).flatten();
        let waited: Vec<f64> = waited.copied().collect();
        if let Some(Spread { median, max, .. }) = Spread::of(&waited).filter(|spread| spread.median > QUIET) {
            self.findings.notes.push(format!(
                "This machine was not quiet: for {:.0} % of the time (median; up to {:.0} %) the load generator \
                 could have run and others had its core. Requests a second and latencies are theirs as much as \
                 the models'; CPU for a request suffers less.",
                100.0 * median,
                100.0 * max
            ));
        }
        if let Some(why) = self.untraceable {
            self.findings.notes.push(format!("System calls could not be counted: {why}."));
        }
        if let Some(Spread { median, .. }) = Spread::of(&self.sockets) {
            self.findings.notes.push(format!(
                "Besides, a connection costs the kernel some {median:.1} KiB for the sockets of both ends \
                 (growth of the machine's slab memory, median over all models)."
            ));
        }
    }

    fn case(&mut self, key: Key) -> &mut Case {
        self.findings.cases.entry(key).or_default()
    }

    /// How long nothing may happen: with ten thousand processes, longer.
    fn patience(&self, peers: usize) -> Duration {
        self.findings.plan.patience + Duration::from_millis(1) * peers as u32
    }

    fn too_heavy(&self, load: Load, model: usize) -> Option<String> {
        let Load::Connected(count) = load else { return None };
        let needed = self.heavy.get(&model)? * count as f64;
        let available = meminfo("MemAvailable") as f64;
        // Half: what the kernel needs besides is not all known to us, and others are here, too.
        (needed > available / 2.0).then(|| {
            let [needed, available] = [needed, available].map(|kib| kib / 1024.0 / 1024.0);
            format!("not tried: it would need some {needed:.1} GiB, and {available:.1} are free")
        })
    }

    fn connected(
        &mut self,
        round: usize,
        count: usize,
        model: usize,
        subject: &Subject,
    ) -> io::Result<Vec<String>> {
        let patience = self.patience(count);
        let (before, slab) = (subject.family().memory(), meminfo("Slab"));
        let mut crowd = Crowd::new(subject.addr)?;
        let found = crowd.gather(count, patience)?;
        let family = subject.family();
        let busy = (Scenario::Busy, count, model);
        if !found.is_complete() {
            self.case(busy);
            return Ok(found.complaint().into_iter().collect());
        }
        self.weigh(busy, before, family.memory(), &found);
        if count >= MANY {
            let each = (meminfo("Slab") as f64 - slab as f64) / count as f64;
            self.sockets.push(each);
            self.case(busy).add(Figure::Slab, each);
        }

        let mut broke: Vec<String> = found.complaint().into_iter().collect();
        let traffic = self.drive(&mut crowd, &family, found.served, false)?;
        broke.extend(self.enter(busy, &traffic));
        if count > ACTIVE && broke.is_empty() {
            let traffic = self.drive(&mut crowd, &family, ACTIVE, false)?;
            broke.extend(self.enter((Scenario::Idle, count, model), &traffic));
        }
        if round == 0 && self.findings.plan.traced.contains(&count) && broke.is_empty() {
            self.trace(busy, &mut crowd, &family)?;
        }
        Ok(broke)
    }

    fn slow_reader(&mut self, model: usize, subject: &Subject) -> io::Result<Vec<String>> {
        let key = (Scenario::Slow, OTHERS + 1, model);
        let slow = SlowReader::stuff(subject.addr)?;
        self.case(key).add(Figure::Swallowed, slow.swallowed as f64 / 1024.0);
        let mut crowd = Crowd::new(subject.addr)?;
        let found = crowd.gather(OTHERS, self.patience(OTHERS))?;
        if found.served == 0 {
            return Ok(vec!["nobody else is served while one peer does not read".to_owned()]);
        }
        let traffic = self.drive(&mut crowd, &subject.family(), found.served, false)?;
        let stopped = self.enter(key, &traffic);
        let others = found.complaint().map(|complaint| format!("beside the slow reader, {complaint}"));
        Ok(others.into_iter().chain(stopped).collect())
    }

    fn churn(&mut self, model: usize, subject: &Subject) -> io::Result<Vec<String>> {
        let mut crowd = Crowd::new(subject.addr)?;
        let traffic = self.drive(&mut crowd, &subject.family(), ACTIVE, true)?;
        Ok(self.enter((Scenario::Churn, ACTIVE, model), &traffic))
    }

    fn drive(&self, crowd: &mut Crowd, family: &Family, active: usize, renew: bool) -> io::Result<Traffic> {
        let plan = &self.findings.plan;
        let until = Until::Time { warm_up: plan.warm_up(), window: plan.window };
        let work = Work { active, renew, until, patience: self.patience(active) };
        if renew {
            // Who serves changes all the time: who was there at the start tells nothing.
            return crowd.drive(work, &|| Family::of(family.pids()[0]).cpu());
        }
        crowd.drive(work, &|| family.cpu())
    }

    /// Enters the figures, and returns what was wrong.
    fn enter(&mut self, key: Key, traffic: &Traffic) -> Vec<String> {
        let case = self.case(key);
        if traffic.requests > 0 && traffic.seconds > 0.0 {
            let requests = traffic.requests as f64;
            case.add(Figure::Rate, requests / traffic.seconds);
            case.add(Figure::Cpu, traffic.cpu.as_secs_f64() * 1e6 / requests);
            case.add(Figure::Generator, traffic.generator);
            case.add(Figure::Waited, traffic.waited);
            for (figure, share) in [(Figure::P50, 0.5), (Figure::P99, 0.99), (Figure::P999, 0.999)] {
                if let Some(nanos) = quantile(&traffic.latencies, share) {
                    case.add(figure, f64::from(nanos) / 1000.0);
                }
            }
        }
        let mut broke = Vec::new();
        if traffic.lost > 0 {
            broke.push(format!("{} connections ended without an answer", thousands(traffic.lost)));
        }
        if traffic.unanswered > 0 {
            broke.push(format!("{} requests were never answered", thousands(traffic.unanswered)));
        }
        if traffic.requests == 0 && broke.is_empty() {
            broke.push("not one request was answered in the time measured".to_owned());
        }
        broke
    }

    fn weigh(&mut self, key: Key, before: Memory, after: Memory, found: &Attendance) {
        let each = |before: u64, after: u64| (after as f64 - before as f64) / found.served as f64;
        let (user, kernel) = (each(before.user, after.user), each(before.kernel, after.kernel));
        let case = self.case(key);
        // Of a few connections nothing can be told: whatever a server does first costs more.
        if found.served >= 10 {
            case.add(Figure::Memory, user.max(0.0));
            case.add(Figure::Kernel, kernel.max(0.0));
        }
        case.add(Figure::Threads, after.threads as f64);
        case.add(Figure::Processes, after.processes as f64);
        self.heavy.insert(key.2, user + kernel);
    }

    fn trace(&mut self, key: Key, crowd: &mut Crowd, family: &Family) -> io::Result<()> {
        if self.untraceable.is_some() {
            return Ok(());
        }
        let tracer = match Tracer::attach(family.pids(), self.cores) {
            Ok(tracer) => tracer,
            Err(why) => {
                self.untraceable = Some(why);
                return Ok(());
            }
        };
        let active = key.1;
        let until = Until::Requests(active as u64);
        let work = Work { active, renew: false, until, patience: self.patience(active) };
        let (mut requests, mut answered) = (0, true);
        for _ in 0..(TRACED / active).max(20) {
            let traffic = crowd.drive(work, &Duration::default)?;
            requests += traffic.requests;
            answered &= traffic.unanswered == 0;
            std::thread::sleep(PAUSE);
        }
        match tracer.counts() {
            Ok(calls) if answered => self.case(key).add_calls(&calls, requests),
            Ok(_) => {}
            Err(why) => self.untraceable = Some(why),
        }
        Ok(())
    }
}

/// Where it is noted if a model can't even be started.
fn key(load: Load, model: usize) -> Key {
    match load {
        Load::Connected(count) => (Scenario::Busy, count, model),
        Load::SlowReader => (Scenario::Slow, OTHERS + 1, model),
        Load::Churn => (Scenario::Churn, ACTIVE, model),
    }
}

/// What we saw, and then what the model itself counted: together they say where it broke and why.
fn join(mut broke: Vec<String>, end: End) -> Vec<String> {
    if !end.refused.is_empty() {
        let counted: Vec<String> = end
            .refused
            .iter()
            .map(|(why, count)| format!("{why} × {}", thousands(*count as usize)))
            .collect();
        let counted = format!("the model's own count: {}", counted.join(", "));
        match broke.first_mut() {
            Some(first) => *first = format!("{first}; {counted}"),
            None => broke.push(counted),
        }
    }
    broke.extend(end.trouble);
    broke
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_saw_comes_before_what_it_counted() {
        let end = End { refused: vec![("queue is full".into(), 1036)], trouble: None };
        let joined = join(vec!["64 of 1100 served".into()], end);
        assert_eq!(joined, ["64 of 1100 served; the model's own count: queue is full × 1,036"]);
    }
}
