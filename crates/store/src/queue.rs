//! What the writing thread and everybody else know of each other: records that wait, and how far it has come.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hub::Record;

use crate::{Retention, backlog};

/// Records that may wait while the disk refuses, before those that nobody needs any more are looked for.
const WAITING: usize = 50_000;

/// Records of one transaction, at most.
pub(crate) const BATCH: usize = 4096;
/// How long records that nobody waits for may wait for more of them: each commit costs about the same.
const LINGER: Duration = Duration::from_millis(20);

/// A record and its first number.
pub(crate) type Numbered = (u64, Record);

/// Shared by the writing thread, those who keep, and readers.
#[derive(Debug)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    /// There is something to do.
    work: Condvar,
    /// It has come further, or failed, or ended.
    news: Condvar,
}

#[derive(Debug)]
struct Inner {
    waiting: VecDeque<Numbered>,
    /// When the first of them came.
    since: Instant,
    /// Up to which number somebody waits.
    wanted: u64,
    /// How many may wait before they are sifted.
    room: usize,
    last: u64,
    kept: u64,
    failing: Option<String>,
    retention: Retention,
    /// Whether that is news to the writing thread.
    configured: bool,
    /// By when to give up.
    closing: Option<Instant>,
    ended: bool,
}

impl Inner {
    /// Whether it is time to write: somebody waits for it, or the records have waited long enough for more.
    fn is_due(&self) -> bool {
        let Some((first, _)) = self.waiting.front() else { return false };
        self.wanted >= *first || self.waiting.len() >= BATCH || self.since.elapsed() >= LINGER
    }
}

impl Queue {
    pub fn new(last: u64, retention: Retention) -> Self {
        let inner = Inner {
            waiting: VecDeque::new(),
            since: Instant::now(),
            wanted: 0,
            room: WAITING,
            last,
            kept: last,
            failing: None,
            retention,
            configured: true,
            closing: None,
            ended: false,
        };
        Self { inner: Mutex::new(inner), work: Condvar::new(), news: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // For those who keep.

    pub fn put(&self, first: u64, record: Record) {
        let mut inner = self.lock();
        inner.last = inner.last.max(crate::append::last_number(first, &record));
        let is_first = inner.waiting.is_empty();
        if is_first {
            inner.since = Instant::now();
        }
        inner.waiting.push_back((first, record));
        // It need not be woken for each: it looks by itself when the first has waited long enough.
        let wakes = is_first || inner.waiting.len() == BATCH;
        if inner.failing.is_some() && inner.waiting.len() > inner.room {
            backlog::sift(&mut inner.waiting);
            inner.room = (inner.waiting.len() * 2).max(WAITING);
        }
        drop(inner);
        if wakes {
            self.work.notify_one();
        }
    }

    /// Somebody waits for everything up to this number to be on disk.
    pub fn want(&self, upto: u64) {
        let mut inner = self.lock();
        inner.wanted = inner.wanted.max(upto);
        let wakes = inner.is_due();
        drop(inner);
        if wakes {
            self.work.notify_one();
        }
    }

    pub fn last(&self) -> u64 {
        self.lock().last
    }

    pub fn kept(&self) -> u64 {
        self.lock().kept
    }

    pub fn failing(&self) -> Option<String> {
        self.lock().failing.clone()
    }

    pub fn configure(&self, retention: Retention) {
        let mut inner = self.lock();
        inner.retention = retention;
        inner.configured = true;
        self.work.notify_one();
    }

    pub fn close(&self, patience: Duration) {
        self.lock().closing.get_or_insert(Instant::now() + patience);
        self.work.notify_one();
    }

    /// Whether it is closed and nothing waits any more. Both at once: what came just before it was closed is
    /// written still, however long ago somebody looked and found nothing.
    pub fn is_over(&self) -> bool {
        let inner = self.lock();
        inner.closing.is_some() && inner.waiting.is_empty()
    }

    // For readers.

    /// Waits until everything up to `upto` is on disk, or can't be.
    pub fn wait_for(&self, upto: u64) {
        let mut inner = self.lock();
        if inner.kept < upto {
            inner.wanted = inner.wanted.max(upto);
            self.work.notify_one();
        }
        let waits = |inner: &mut Inner| inner.kept < upto && inner.failing.is_none() && !inner.ended;
        drop(self.news.wait_while(inner, waits));
    }

    // For the writing thread.

    /// The next records, at most [`BATCH`], when it is time to write them; none if it is not for so long, or
    /// something else is to be done.
    pub fn take(&self, patience: Duration) -> Vec<Numbered> {
        let end = Instant::now() + patience;
        let mut inner = self.lock();
        while !(inner.is_due() || inner.closing.is_some() || inner.configured) {
            let look = if inner.waiting.is_empty() { end } else { end.min(inner.since + LINGER) };
            let left = look.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            inner = self.work.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let count = match inner.is_due() || inner.closing.is_some() {
            true => inner.waiting.len().min(BATCH),
            false => 0,
        };
        inner.waiting.drain(..count).collect()
    }

    /// Whether records wait to be written now.
    pub fn is_busy(&self) -> bool {
        self.lock().is_due()
    }

    /// What is to be forgotten, if that is news.
    pub fn configured(&self) -> Option<Retention> {
        let mut inner = self.lock();
        std::mem::take(&mut inner.configured).then_some(inner.retention)
    }

    /// Everything taken up to this number is on disk. Returns up to which number that is everything there is: what
    /// was dropped behind it is not waited for.
    pub fn done(&self, kept: u64) -> u64 {
        let mut inner = self.lock();
        inner.kept = if inner.waiting.is_empty() { inner.last } else { kept };
        inner.failing = None;
        inner.room = WAITING;
        self.news.notify_all();
        inner.kept
    }

    /// It can't be written, for this reason. Returns whether that is news.
    pub fn fail(&self, reason: &str) -> bool {
        let mut inner = self.lock();
        let news = inner.failing.as_deref() != Some(reason);
        if news {
            inner.failing = Some(reason.to_owned());
            self.news.notify_all();
        }
        news
    }

    /// Rests for a while, or until it is to be closed.
    pub fn rest(&self, time: Duration) {
        drop(self.work.wait_timeout_while(self.lock(), time, |inner| inner.closing.is_none()));
    }

    /// By when to have written everything and ended, if it is to be closed.
    pub fn closing(&self) -> Option<Instant> {
        self.lock().closing
    }

    /// Nothing will be written any more.
    pub fn end(&self) {
        self.lock().ended = true;
        self.news.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_just_before_the_end_is_written_still() {
        let queue = Queue::new(0, crate::tests::ALL);
        // Somebody looks, and there is nothing; then something comes, and the end.
        assert!(queue.take(Duration::ZERO).is_empty() && !queue.is_over());
        queue.put(1, Record::AccountGone("ann".into()));
        queue.close(Duration::ZERO);
        assert!(!queue.is_over());
        assert_eq!(queue.take(Duration::ZERO).len(), 1);
        assert!(queue.is_over());
    }
}
