//! How far the disk has come: said by the thread that writes, read by everyone else.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use smol_str::SmolStr;
use store::{Commits, Progress, Store};

use crate::inbox::Inbox;

/// How often one who waits looks.
const LOOKING: Duration = Duration::from_millis(2);

/// Records that may wait for a disk that does not fail.
const BEHIND: u64 = 200_000;

/// Numbers of records: how many there are, and how many of them are on disk.
#[derive(Debug)]
pub struct Disk {
    given: AtomicU64,
    kept: AtomicU64,
    failing: AtomicBool,
    /// Who writes.
    store: OnceLock<Weak<Store>>,
    why: Mutex<SmolStr>,
    /// Whether each worker wants to be woken when there is news.
    waits: Vec<AtomicBool>,
    inboxes: Arc<[Inbox]>,
}

impl Disk {
    /// Nothing is given, nothing kept.
    pub fn new(inboxes: Arc<[Inbox]>) -> Self {
        Self {
            given: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            store: OnceLock::new(),
            why: Mutex::default(),
            waits: inboxes.iter().map(|_| AtomicBool::new(false)).collect(),
            inboxes,
        }
    }

    /// This is who writes.
    pub fn attach(&self, store: &Arc<Store>) {
        let _ = self.store.set(Arc::downgrade(store));
    }

    /// Somebody waits for everything up to this number to be on disk.
    pub fn want(&self, number: u64) {
        if let Some(store) = self.store.get().and_then(Weak::upgrade) {
            store.want(number);
        }
    }

    /// How many transactions were committed so far, and how long that took. The longest is that since this was
    /// last asked for, so only one may ask.
    pub fn commits(&self) -> Commits {
        self.store.get().and_then(Weak::upgrade).map(|store| store.commits()).unwrap_or_default()
    }

    /// A record up to this number has been handed to the store.
    pub fn give(&self, number: u64) {
        self.given.store(number, SeqCst);
    }

    /// The last number that was handed to the store.
    pub fn given(&self) -> u64 {
        self.given.load(SeqCst)
    }

    /// Up to which number everything is on disk.
    pub fn kept(&self) -> u64 {
        self.kept.load(SeqCst)
    }

    /// Why nothing can be kept at the moment, if so.
    pub fn failing(&self) -> Option<SmolStr> {
        self.failing.load(SeqCst).then(|| self.why().clone())
    }

    /// Why nothing more is taken that would have to be kept, if so: nothing can be written, or so much waits for a
    /// disk that neither writes nor fails that there would be no end to it.
    pub fn refuses(&self) -> Option<SmolStr> {
        let behind = self.given().saturating_sub(self.kept()) > BEHIND;
        self.failing().or_else(|| behind.then(|| "the disk does not keep up".into()))
    }

    /// Has a worker woken at the next news. Whoever asks looks at what is kept only then, or it might wait for
    /// news that has come already.
    pub fn wake(&self, worker: usize) {
        self.waits[worker].store(true, SeqCst);
    }

    /// Waits until everything up to a number is on disk. Not for workers, who have better things to do.
    ///
    /// # Errors
    /// The disk refuses it, or takes longer than that: why.
    pub fn wait_for(&self, number: u64, patience: Duration) -> Result<(), SmolStr> {
        let end = Instant::now() + patience;
        self.want(number);
        while self.kept() < number {
            if let Some(why) = self.failing() {
                return Err(why);
            }
            if Instant::now() > end {
                return Err("the disk takes too long".into());
            }
            std::thread::sleep(LOOKING);
        }
        Ok(())
    }

    /// There is news: it is noted, and who waits for it is woken.
    pub fn tell(&self, progress: Progress) {
        match progress {
            Progress::Kept(number) => {
                self.kept.fetch_max(number, SeqCst);
                if self.failing.swap(false, SeqCst) {
                    tracing::info!("what is to be kept can be written again");
                }
            }
            Progress::Failing(why) => {
                *self.why() = SmolStr::new(&why);
                if !self.failing.swap(true, SeqCst) {
                    tracing::error!(why, "nothing can be kept; what would have to be is refused");
                }
            }
        }
        for (waits, inbox) in self.waits.iter().zip(&*self.inboxes) {
            if waits.swap(false, SeqCst) {
                inbox.waker().wake();
            }
        }
    }

    fn why(&self) -> std::sync::MutexGuard<'_, SmolStr> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use transport::{Events, Interest, Poll};

    use super::*;

    fn disk() -> Disk {
        Disk::new((0..2).map(|_| Inbox::new().expect("an inbox")).collect())
    }

    fn is_awake(disk: &Disk, worker: usize) -> bool {
        let (poll, mut events) = (Poll::new().expect("a poll"), Events::with_capacity(1));
        poll.add(disk.inboxes[worker].waker(), 1, Interest::READ).expect("added");
        poll.wait(&mut events, Some(Duration::ZERO)).expect("waited");
        disk.inboxes[worker].waker().reset();
        !events.is_empty()
    }

    #[test]
    fn only_a_worker_that_waits_is_woken_and_once() {
        let disk = disk();
        disk.wake(1);
        disk.tell(Progress::Kept(3));
        assert_eq!([0, 1].map(|worker| is_awake(&disk, worker)), [false, true]);
        disk.tell(Progress::Kept(4));
        assert_eq!([0, 1].map(|worker| is_awake(&disk, worker)), [false, false]);
        assert_eq!(disk.kept(), 4);
    }

    #[test]
    fn who_waits_for_a_number_hears_that_it_is_kept_or_why_not() {
        let disk = disk();
        disk.tell(Progress::Kept(3));
        assert_eq!(disk.wait_for(3, Duration::ZERO), Ok(()));
        assert_eq!(disk.wait_for(4, Duration::ZERO), Err("the disk takes too long".into()));
        disk.tell(Progress::Failing("no space".into()));
        assert_eq!(disk.wait_for(4, Duration::from_secs(60)), Err("no space".into()));
    }

    #[test]
    fn a_disk_that_neither_writes_nor_fails_is_not_given_more_without_end() {
        let disk = disk();
        disk.tell(Progress::Kept(7));
        disk.give(7 + BEHIND);
        assert_eq!(disk.refuses(), None);
        disk.give(8 + BEHIND);
        assert_eq!(disk.refuses().as_deref(), Some("the disk does not keep up"));
        disk.tell(Progress::Kept(8));
        assert_eq!(disk.refuses(), None);
        disk.tell(Progress::Failing("no space".into()));
        assert_eq!(disk.refuses().as_deref(), Some("no space"));
    }

    #[test]
    fn trouble_ends_when_something_is_kept_again() {
        let disk = disk();
        assert_eq!(disk.failing(), None);
        disk.tell(Progress::Failing("no space".into()));
        disk.tell(Progress::Failing("read-only".into()));
        assert_eq!(disk.failing().as_deref(), Some("read-only"));
        disk.tell(Progress::Kept(1));
        assert_eq!((disk.failing(), disk.kept()), (None, 1));
    }
}
