//! The last ten minutes, a sample every two seconds.

use std::collections::VecDeque;
use std::time::Duration;

use store::Commits;

use super::counts::Counts;

/// The time between two samples.
pub const STEP: Duration = Duration::from_secs(2);
/// How many are remembered.
pub const SAMPLES: usize = 300;

/// How far everything is at one moment.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// Messages so far.
    pub messages: u64,
    /// What all workers have done so far.
    pub counts: Counts,
    /// Commits so far.
    pub commits: Commits,
    /// Processor time of the process so far, in seconds.
    pub cpu: f64,
    /// That of each worker, in nanoseconds.
    pub workers: Vec<u64>,
}

/// What happened between two moments.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// How long that was, in seconds.
    pub seconds: f64,
    /// Messages.
    pub messages: u64,
    /// What the workers did.
    pub counts: Counts,
    /// Commits.
    pub commits: Commits,
    /// Seconds of processor time.
    pub cpu: f64,
    /// Nanoseconds of it by each worker.
    pub workers: Vec<u64>,
    /// Sessions at its end.
    pub sessions: u64,
    /// Bytes that waited at its end, if that was known.
    pub waiting: Option<u64>,
}

impl Sample {
    /// What happened since an earlier moment.
    pub fn between(then: &Mark, now: &Mark, seconds: f64) -> Self {
        let earlier = then.workers.iter().copied().chain(std::iter::repeat(0));
        let workers = now.workers.iter().zip(earlier).map(|(now, then)| now.saturating_sub(then)).collect();
        Self {
            seconds,
            messages: now.messages.saturating_sub(then.messages),
            counts: now.counts.since(then.counts),
            commits: now.commits.since(&then.commits),
            cpu: (now.cpu - then.cpu).max(0.0),
            workers,
            sessions: 0,
            waiting: None,
        }
    }

    /// So many in a second, to one decimal place.
    pub fn rate(&self, count: u64) -> f64 {
        if self.seconds > 0.0 { (count as f64 / self.seconds * 10.0).round() / 10.0 } else { 0.0 }
    }
}

/// The last samples, oldest first.
#[derive(Debug, Default)]
pub struct Ring(VecDeque<Sample>);

impl Ring {
    /// One more; the oldest goes if there are too many.
    pub fn push(&mut self, sample: Sample) {
        if self.0.len() == SAMPLES {
            self.0.pop_front();
        }
        self.0.push_back(sample);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Sample> {
        self.0.iter()
    }

    /// The latest.
    pub fn last(&self) -> Option<&Sample> {
        self.0.back()
    }

    /// All commits in it, with the longest of them.
    pub fn commits(&self) -> Commits {
        self.0.iter().fold(Commits::default(), |all, sample| all.plus(&sample.commits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_what_happened_meanwhile() {
        let then = Mark { messages: 10, cpu: 1.0, workers: vec![5], ..Mark::default() };
        let now = Mark { messages: 31, cpu: 1.5, workers: vec![9, 4], ..Mark::default() };
        let sample = Sample::between(&then, &now, 2.0);
        assert_eq!((sample.messages, sample.rate(sample.messages), sample.cpu), (21, 10.5, 0.5));
        assert_eq!(sample.workers, [4, 4]);
        assert_eq!(Sample::default().rate(7), 0.0);
    }

    #[test]
    fn ten_minutes_are_remembered_and_no_more() {
        let mut ring = Ring::default();
        for messages in 0..1000 {
            let mut commits = Commits { longest: messages, ..Commits::default() };
            commits.classes[0] = 1;
            ring.push(Sample { messages, commits, ..Sample::default() });
        }
        assert_eq!(ring.iter().map(|sample| sample.messages).min(), Some(700));
        assert_eq!((ring.commits().count(), ring.commits().longest), (300, 999));
        assert_eq!(STEP * SAMPLES as u32, Duration::from_secs(600));
    }
}
