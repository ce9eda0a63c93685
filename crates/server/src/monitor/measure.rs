//! Asking every worker what connections it has.

use std::net::IpAddr;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use dialect::Dialect;
use hub::{SessionId, Timestamp};

use crate::inbox::{Errand, Inbox, Post};

/// How long the workers have to answer. One that is busy with a large room takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many of the slowest readers each worker names.
pub const SLOWEST: usize = 10;

/// What a worker is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whether each connection is to be named, and not only the slowest.
    pub everyone: bool,
    /// Where the answer goes.
    pub to: Sender<Measured>,
}

/// What connections a worker has.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Which worker.
    pub worker: usize,
    /// How many, by door and dialect.
    pub groups: Vec<Group>,
    /// Bytes that wait to be read by peers, together and most at one.
    pub waiting: u64,
    /// See `waiting`.
    pub largest: u64,
    /// How many have fallen behind.
    pub behind: u64,
    /// Those with most waiting.
    pub slowest: Vec<Link>,
    /// All of them, if that was asked.
    pub everyone: Vec<Link>,
}

/// Connections of one door that speak one dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The number of the door; of none, if it is the console.
    pub door: usize,
    /// What they speak.
    pub dialect: Dialect,
    /// How many they are.
    pub count: u64,
}

/// One connection.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its session.
    pub session: SessionId,
    /// The number of its door.
    pub door: usize,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where it comes from, unless it is of this machine.
    pub ip: Option<IpAddr>,
    /// When it was opened.
    pub since: Timestamp,
    /// Bytes that wait for it to read.
    pub waiting: u64,
    /// For how many milliseconds it has been behind, if it is.
    pub behind: Option<u64>,
}

impl Measured {
    /// Counts one connection.
    pub fn add(&mut self, link: Link, everyone: bool) {
        let Link { door, dialect, waiting, behind, .. } = link;
        match self.groups.iter_mut().find(|group| (group.door, group.dialect) == (door, dialect)) {
            Some(group) => group.count += 1,
            None => self.groups.push(Group { door, dialect, count: 1 }),
        }
        self.waiting += waiting;
        self.largest = self.largest.max(waiting);
        self.behind += u64::from(behind.is_some());
        if waiting > 0 || behind.is_some() {
            let place = self.slowest.partition_point(|other| other.slowness() >= link.slowness());
            if place < SLOWEST {
                self.slowest.insert(place, link.clone());
                self.slowest.truncate(SLOWEST);
            }
        }
        if everyone {
            self.everyone.push(link);
        }
    }
}

impl Link {
    /// Those behind come first: the longest behind before the others.
    pub fn slowness(&self) -> (Option<u64>, u64) {
        (self.behind, self.waiting)
    }
}

/// Asks all workers. Those that don't answer in time are left out.
pub fn ask(inboxes: &[Inbox], everyone: bool) -> Vec<Measured> {
    let (to, answers) = channel();
    for inbox in inboxes {
        inbox.send(Post::Errand(Errand::Measure(Question { everyone, to: to.clone() })));
    }
    drop(to);
    let end = Instant::now() + PATIENCE;
    let mut measured = Vec::with_capacity(inboxes.len());
    // It ends early when all have answered, for then nobody holds the sending end any more.
    while let Ok(answer) = answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
        measured.push(answer);
    }
    measured.sort_by_key(|answer: &Measured| answer.worker);
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(session: u64, waiting: u64, behind: Option<u64>) -> Link {
        let (session, dialect) = (SessionId(session), Dialect::Irc);
        Link { session, door: 0, dialect, ip: None, since: Timestamp(0), waiting, behind }
    }

    #[test]
    fn the_slowest_are_named_those_behind_first() {
        let mut measured = Measured::default();
        for number in 0..20 {
            measured.add(link(number, number, None), false);
        }
        measured.add(link(100, 1, Some(5)), false);
        measured.add(link(101, 0, Some(9)), false);
        let named: Vec<u64> = measured.slowest.iter().map(|link| link.session.0).collect();
        assert_eq!(named, [101, 100, 19, 18, 17, 16, 15, 14, 13, 12]);
        assert_eq!((measured.waiting, measured.largest, measured.behind), (191, 19, 2));
        assert_eq!(measured.groups, [Group { door: 0, dialect: Dialect::Irc, count: 22 }]);
        assert!(measured.everyone.is_empty());
    }

    #[test]
    fn workers_that_do_not_answer_are_left_out() {
        let inboxes: Vec<Inbox> = (0..2).map(|_| Inbox::new().expect("an inbox")).collect();
        let asked = std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut posts = Vec::new();
                while posts.is_empty() {
                    std::thread::yield_now();
                    inboxes[1].take(&mut posts);
                }
                let Some(Post::Errand(Errand::Measure(question))) = posts.pop() else {
                    panic!("no question")
                };
                question.to.send(Measured { worker: 1, ..Measured::default() }).expect("somebody waits");
            });
            ask(&inboxes, false)
        });
        assert_eq!(asked.iter().map(|measured| measured.worker).collect::<Vec<_>>(), [1]);
    }
}
