//! One model under one load: start it, have it work, read what it cost, stop it.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::time::Duration;

use super::attendance::Attendance;
use super::calls::{NoCalls, Tracer};
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
        let start = key(load, model);
        if let Some(why) = self.too_heavy(load, model) {
            return self.case(start).broke(why);
        }
        let mut subject = match Subject::start(self.findings.model(model), self.cores) {
            Ok(subject) => subject,
            Err(NoSubject::Failed(why)) => return self.case(start).broke(why),
            Err(NoSubject::Unavailable(why)) => {
                self.findings.unavailable.insert(model, why);
                return;
            }
        };
        let mut course = Course { start, at: start, broke: Vec::new() };
        let done = match load {
            Load::Connected(count) => self.connected(round, count, &subject, &mut course),
            Load::SlowReader => self.slow_reader(&subject, &mut course),
            Load::Churn => self.churn(&subject, &mut course),
        };
        course.note(done.err().map(|error| error.to_string()));
        course.note(subject.death());
        for (key, what) in course.end(subject.stop()) {
            self.case(key).broke(what);
        }
    }

    /// What remains to be said when all are done.
    pub fn finish(self) {
        let waited =
            self.findings.cases.values().filter_map(|case| case.figures.get(&Figure::Waited)).flatten();
        let waited: Vec<f64> = waited.copied().collect();
        if let Some(Spread { median, max, .. }) = Spread::of(&waited).filter(|spread| spread.median > QUIET) {
            self.findings.warnings.push(format!(
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
            self.findings.sockets = Some(format!(
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
        subject: &Subject,
        course: &mut Course,
    ) -> io::Result<()> {
        let patience = self.patience(count);
        let (before, slab) = (subject.family().memory(), meminfo("Slab"));
        let mut crowd = Crowd::new(subject.addr)?;
        let found = crowd.gather(count, patience)?;
        let family = subject.family();
        let busy = course.at;
        course.note(found.complaint());
        if !found.is_complete() {
            self.case(busy);
            return Ok(());
        }
        self.weigh(busy, before, family.memory(), &found);
        if count >= MANY {
            let each = (meminfo("Slab") as f64 - slab as f64) / count as f64;
            self.sockets.push(each);
            self.case(busy).add(Figure::Slab, each);
        }

        let traffic = self.drive(&mut crowd, &family, found.served, false)?;
        let mut goes_on = self.enter(&traffic, course);
        if count > ACTIVE && goes_on {
            course.at = (Scenario::Idle, count, busy.2);
            let traffic = self.drive(&mut crowd, &family, ACTIVE, false)?;
            goes_on = self.enter(&traffic, course);
        }
        if round == 0 && self.findings.plan.traced.contains(&count) && goes_on {
            course.at = busy;
            self.trace(busy, &mut crowd, &family)?;
        }
        Ok(())
    }

    fn slow_reader(&mut self, subject: &Subject, course: &mut Course) -> io::Result<()> {
        let slow = SlowReader::stuff(subject.addr)?;
        self.case(course.at).add(Figure::Swallowed, slow.swallowed as f64 / 1024.0);
        let mut crowd = Crowd::new(subject.addr)?;
        let found = crowd.gather(OTHERS, self.patience(OTHERS))?;
        if found.served == 0 {
            course.note(Some("nobody else is served while one peer does not read".to_owned()));
            return Ok(());
        }
        course.note(found.complaint().map(|complaint| format!("beside the slow reader, {complaint}")));
        let traffic = self.drive(&mut crowd, &subject.family(), found.served, false)?;
        self.enter(&traffic, course);
        Ok(())
    }

    fn churn(&mut self, subject: &Subject, course: &mut Course) -> io::Result<()> {
        let mut crowd = Crowd::new(subject.addr)?;
        let traffic = self.drive(&mut crowd, &subject.family(), ACTIVE, true)?;
        self.enter(&traffic, course);
        Ok(())
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

    /// Enters the figures and what was wrong; whether nothing was.
    fn enter(&mut self, traffic: &Traffic, course: &mut Course) -> bool {
        let case = self.case(course.at);
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
        let complaints = traffic.complaints();
        let nothing = complaints.is_empty();
        course.note(complaints);
        nothing
    }

    fn weigh(&mut self, key: Key, before: Memory, after: Memory, found: &Attendance) {
        let each = |before: u64, after: u64| (after as f64 - before as f64) / found.served as f64;
        let (user, kernel) = (each(before.user, after.user), each(before.kernel, after.kernel));
        // Of a few connections nothing can be told: whatever a server does first costs more.
        if found.served >= 10 {
            self.case(key).add(Figure::Memory, user.max(0.0));
            self.case(key).add(Figure::Kernel, kernel.max(0.0));
            self.heavy.insert(key.2, user + kernel);
        }
        let case = self.case(key);
        case.add(Figure::Threads, after.threads as f64);
        case.add(Figure::Processes, after.processes as f64);
    }

    fn trace(&mut self, key: Key, crowd: &mut Crowd, family: &Family) -> io::Result<()> {
        if self.untraceable.is_some() {
            return Ok(());
        }
        let tracer = match Tracer::attach(family.pids(), self.cores) {
            Ok(tracer) => tracer,
            Err(why) => {
                self.not_traced(key, why);
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
            answered &= traffic.unanswered + traffic.lost == 0;
            std::thread::sleep(PAUSE);
        }
        match tracer.counts() {
            Ok(calls) if answered => self.case(key).add_calls(&calls, requests),
            Ok(_) => self.not_traced(key, NoCalls::ThisTime("not all requests were answered".to_owned())),
            Err(why) => self.not_traced(key, why),
        }
        Ok(())
    }

    fn not_traced(&mut self, (_, count, model): Key, why: NoCalls) {
        match why {
            NoCalls::Ever(why) => self.untraceable = Some(why),
            NoCalls::ThisTime(why) => {
                let (name, load) = (self.name(model), Load::Connected(count));
                self.findings.notes.push(format!("System calls of {name} with {load} not counted: {why}."));
            }
        }
    }
}

/// One life of a server: what goes wrong, and in which case.
struct Course {
    /// Where it is noted if a model turns peers away, or does not end.
    start: Key,
    /// What it is doing.
    at: Key,
    broke: Vec<(Key, String)>,
}

/// Where it is noted if a model can't even be started.
fn key(load: Load, model: usize) -> Key {
    match load {
        Load::Connected(count) => (Scenario::Busy, count, model),
        Load::SlowReader => (Scenario::Slow, OTHERS + 1, model),
        Load::Churn => (Scenario::Churn, ACTIVE, model),
    }
}

impl Course {
    fn note(&mut self, what: impl IntoIterator<Item = String>) {
        self.broke.extend(what.into_iter().map(|what| (self.at, what)));
    }

    /// What we saw, and then what the model itself counted: together they say where it broke and why.
    fn end(mut self, end: End) -> Vec<(Key, String)> {
        if !end.refused.is_empty() {
            let counted: Vec<String> = end
                .refused
                .iter()
                .map(|(why, count)| format!("{why} × {}", thousands(*count as usize)))
                .collect();
            let counted = format!("the model's own count: {}", counted.join(", "));
            match self.broke.first_mut() {
                Some((_, first)) => *first = format!("{first}; {counted}"),
                None => self.broke.push((self.start, counted)),
            }
        }
        self.broke.extend(end.trouble.map(|trouble| (self.start, trouble)));
        self.broke
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_saw_comes_before_what_it_counted() {
        let end = End { refused: vec![("queue is full".into(), 1036)], trouble: None };
        let mut course = Course { start: BUSY, at: BUSY, broke: Vec::new() };
        course.note(Some("64 of 1100 served".to_owned()));
        let joined = "64 of 1100 served; the model's own count: queue is full × 1,036";
        assert_eq!(course.end(end), [(BUSY, joined.to_owned())]);
    }

    #[test]
    fn what_breaks_is_noted_where_it_did() {
        let mut course = Course { start: BUSY, at: BUSY, broke: Vec::new() };
        course.note(Some("99 of 100 served".to_owned()));
        course.at = IDLE;
        course.note(["3 connections dropped".to_owned()]);
        let end = course.end(End { refused: Vec::new(), trouble: Some("did not end".to_owned()) });
        let expected = [(BUSY, "99 of 100 served"), (IDLE, "3 connections dropped"), (BUSY, "did not end")];
        assert_eq!(end, expected.map(|(key, what)| (key, what.to_owned())));
    }

    const BUSY: Key = (Scenario::Busy, 100, 0);
    const IDLE: Key = (Scenario::Idle, 100, 0);
}
