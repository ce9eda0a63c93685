//! What a model did: connections, bytes, and whom it turned away and why.

use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
use serde_json::{Map, Value, json};

/// Counters in memory that forked children share, for else a child would count in a copy of its own.
#[derive(Debug)]
#[repr(C)]
pub struct Counts {
    connections: AtomicU64,
    bytes: AtomicU64,
    refused: [AtomicU64; REASONS.len()],
}

/// Why a peer was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `accept` fails with EMFILE or ENFILE.
    Descriptors,
    /// The descriptor does not fit into an `fd_set`.
    SetSize,
    /// All threads are taken, and as many peers wait as may wait.
    Queue,
    /// epoll watches no more descriptors.
    Watches,
    /// The system makes no more threads.
    Threads,
    /// The system makes no more processes.
    Processes,
}

/// In the order of [`Refusal`].
const REASONS: [&str; 6] = [
    "out of descriptors",
    "fd_set is full",
    "queue is full",
    "no more watches",
    "no more threads",
    "no more processes",
];

impl Counts {
    /// All at zero, and here for as long as the process.
    pub fn shared() -> anyhow::Result<&'static Self> {
        let size = size_of::<Self>();
        // SAFETY: a new mapping takes nothing from anybody. It is aligned to a page and full of zeros, which
        // are valid counters, and it is never unmapped. There is no safe way: a heap is copied by fork(2), and
        // only a MAP_SHARED mapping stays common.
        #[allow(unsafe_code)]
        let counts = unsafe {
            let page =
                mmap_anonymous(ptr::null_mut(), size, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)?;
            &*page.cast::<Self>()
        };
        Ok(counts)
    }

    /// One more has come: `accept` returned it, whether it is then served or turned away.
    pub fn connection(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    /// So many bytes were read.
    pub fn bytes(&self, count: usize) {
        self.bytes.fetch_add(count as u64, Relaxed);
    }

    /// One of those that have come was turned away.
    pub fn refuse(&self, why: Refusal) {
        self.refused[why as usize].fetch_add(1, Relaxed);
    }

    /// All of it, as `--report` prints it.
    pub fn report(&self, model: &str) -> Value {
        let refused: Map<String, Value> = REASONS
            .iter()
            .zip(&self.refused)
            .map(|(reason, count)| ((*reason).to_owned(), count.load(Relaxed)))
            .filter(|(_, count)| *count > 0)
            .map(|(reason, count)| (reason, json!(count)))
            .collect();
        json!({
            "model": model,
            "connections": self.connections.load(Relaxed),
            "bytes": self.bytes.load(Relaxed),
            "refused": refused,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reasons_that_occurred_are_reported() {
        let counts = Counts::shared().expect("a page");
        counts.connection();
        counts.bytes(5);
        counts.refuse(Refusal::Processes);

        let expected = r#"{"bytes":5,"connections":1,"model":"fork","refused":{"no more processes":1}}"#;
        assert_eq!(counts.report("fork").to_string(), expected);
    }
}
