//! Reading what is kept, on threads of its own: for sessions that ask for it, and for connections that fell
//! behind.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use hub::{LogKey, Reach, Recall, Recalled, Rejection, SessionId, Timestamp};
use smol_str::SmolStr;
use store::{Reader, Store, StoreError};

use crate::behind::{Ask, MOST, Page, Part};
use crate::core::worker_of;
use crate::inbox::{Inbox, Post};

/// Threads that read.
const READERS: usize = 2;
/// Most jobs that wait; who comes when there are that many is told to try again.
const WAITING: usize = 1024;

/// What a session wants to know, and what it may.
#[derive(Debug)]
pub struct Question {
    /// Who asks.
    pub session: SessionId,
    /// It sees everything up to this number.
    pub upto: u64,
    /// What.
    pub recall: Recall,
    /// Of which histories.
    pub reach: Reach,
}

/// Something to read.
#[derive(Debug)]
pub enum Job {
    /// For a session that asked. The answer is a [`Post::Recalled`].
    Recall(Box<Question>),
    /// For a connection that fell behind. The answer is a [`Post::Missed`].
    Missed(SessionId, Box<Ask>),
    /// The thread that takes it ends.
    End,
}

/// The way to the threads that read: a queue of bounded length.
#[derive(Clone, Debug)]
pub struct Jobs(SyncSender<Job>);

/// Its other end.
#[derive(Debug)]
pub struct JobQueue(Receiver<Job>);

impl Jobs {
    /// An empty queue, and its other end.
    pub fn queue() -> (Self, JobQueue) {
        let (jobs, queue) = sync_channel(WAITING);
        (Self(jobs), JobQueue(queue))
    }

    /// Has something read.
    ///
    /// # Errors
    /// The job itself, if too many wait.
    pub fn send(&self, job: Job) -> Result<(), Job> {
        self.0.try_send(job).map_err(|error| match error {
            std::sync::mpsc::TrySendError::Full(job) | std::sync::mpsc::TrySendError::Disconnected(job) => {
                job
            }
        })
    }

    /// Has the threads end once they have read what they are at.
    pub fn end(&self) {
        for _ in 0..READERS {
            let _ = self.send(Job::End);
        }
    }
}

/// Starts the threads.
///
/// # Errors
/// The store can't be opened for reading, or the system starts no more threads.
pub fn start(store: &Arc<Store>, queue: JobQueue, inboxes: &Arc<[Inbox]>) -> Result<(), ReadersError> {
    let queue = Arc::new(Mutex::new(queue.0));
    for number in 0..READERS {
        let mut reader = store.reader().map_err(ReadersError::Store)?;
        let (queue, inboxes) = (Arc::clone(&queue), Arc::clone(inboxes));
        let thread = std::thread::Builder::new().name(format!("reader-{number}"));
        let run = move || {
            while let Some(job) = next(&queue) {
                if let Some((session, post)) = do_job(&mut reader, job) {
                    inboxes[worker_of(session)].send(post);
                }
            }
        };
        thread.spawn(run).map_err(ReadersError::Thread)?;
    }
    Ok(())
}

/// Why nothing can be read.
#[derive(Debug)]
pub enum ReadersError {
    /// The store.
    Store(StoreError),
    /// The system.
    Thread(std::io::Error),
}

/// The next job; none when there will be no more.
fn next(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    // One waits for a job, the other for its turn to wait.
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.recv().ok().filter(|job| !matches!(job, Job::End))
}

fn do_job(reader: &mut Reader, job: Job) -> Option<(SessionId, Post)> {
    match job {
        Job::Recall(question) => {
            let session = question.session;
            let recalled = recall(reader, *question).unwrap_or_else(|error| {
                tracing::error!(%error, "what was said can't be read");
                Recalled::Failed
            });
            Some((session, Post::Recalled(session, Box::new(recalled))))
        }
        Job::Missed(session, ask) => {
            let page = missed(reader, &ask).unwrap_or_else(|error| {
                tracing::error!(%error, "what somebody missed can't be read");
                Page::unreadable(&ask)
            });
            Some((session, Post::Missed(session, Box::new(page))))
        }
        Job::End => None,
    }
}

fn recall(reader: &mut Reader, question: Question) -> Result<Recalled, StoreError> {
    let Question { upto, recall, reach, .. } = question;
    Ok(match (recall, &reach.log) {
        (Recall::Page { span, most, kinds, .. }, Some(log)) => {
            Recalled::Page(reader.page(upto, log, &span, most, kinds)?)
        }
        (Recall::Find { id, .. }, Some(log)) => Recalled::Found(reader.find(upto, log, id)?),
        (Recall::Page { target, .. } | Recall::Find { target, .. }, None) => {
            Recalled::Rejected(Rejection::NoSuchTarget(target))
        }
        (Recall::Targets { from, to, most }, _) => {
            let rooms: Vec<LogKey> = reach.rooms.iter().map(|(log, _)| log.clone()).collect();
            let found = reader.targets(upto, &rooms, &reach.owner, from, to, most)?;
            Recalled::Targets(named(found, &reach))
        }
        (Recall::Search(search), Some(log)) => {
            Recalled::Search(reader.search(upto, std::slice::from_ref(log), None, &search)?)
        }
        (Recall::Search(search), None) => {
            let rooms: Vec<LogKey> = reach.rooms.iter().map(|(log, _)| log.clone()).collect();
            Recalled::Search(reader.search(upto, &rooms, Some(&reach.owner), &search)?)
        }
    })
}

/// Histories by what they are called now.
fn named(found: Vec<(LogKey, Timestamp)>, reach: &Reach) -> Vec<(SmolStr, Timestamp)> {
    let name = |log: LogKey| match reach.rooms.iter().find(|(known, _)| *known == log) {
        Some((_, room)) => SmolStr::new(room.as_str()),
        None => store::name_of(&log),
    };
    found.into_iter().map(|(log, at)| (name(log), at)).collect()
}

/// A page of what a connection missed.
fn missed(reader: &mut Reader, ask: &Ask) -> Result<Page, StoreError> {
    let mut parts = Vec::with_capacity(ask.stretches.len());
    for stretch in &ask.stretches {
        let log = LogKey::Room(stretch.log.clone());
        let count = match stretch.count {
            true => Some(reader.count(ask.upto, &log, stretch.from, stretch.to)?),
            false => None,
        };
        let items = reader.between(ask.upto, &log, stretch.from, stretch.to, MOST)?;
        parts.push(Part { run: stretch.run, count, items });
    }
    Ok(Page::merge(parts))
}

#[cfg(test)]
mod tests {
    use hub::{Party, RoomName};

    use super::*;

    #[test]
    fn histories_are_called_what_their_rooms_are_called_now() {
        let room = |log: &str| LogKey::Room(log.into());
        let owner = Party::Account("ann".into());
        let reach = Reach {
            log: None,
            rooms: vec![(room("#old@1"), RoomName::new("#New", 64).expect("a room"))],
            owner: owner.clone(),
        };
        let direct = LogKey::Direct { owner, peer: "bob".into() };
        let found = vec![(direct, Timestamp(1)), (room("#old@1"), Timestamp(2))];
        assert_eq!(named(found, &reach), [("bob".into(), Timestamp(1)), ("#New".into(), Timestamp(2))]);
    }

    #[test]
    fn who_comes_when_too_many_wait_gets_its_job_back() {
        let (jobs, _queue) = Jobs::queue();
        let job = || Job::Missed(SessionId(1), Box::new(Ask { upto: 0, stretches: Vec::new() }));
        for _ in 0..WAITING {
            assert!(jobs.send(job()).is_ok());
        }
        assert!(jobs.send(job()).is_err());
    }
}
