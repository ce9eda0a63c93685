//! Who came and who was served, and how that is worded.

use std::io;

use rustix::io::Errno;

use super::findings::thousands;

/// Said of those for whom nobody was left to wait.
pub const UNTRIED: &str = "not even tried";

/// Who of those that came was served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attendance {
    pub asked: usize,
    pub served: usize,
    /// Served, and then their connection ended all the same.
    pub dropped: usize,
    /// Their connection ended before an answer came.
    pub closed: usize,
    /// Connected, sent a request, and heard nothing.
    pub waiting: usize,
    /// Could not even connect, and the first reason.
    pub failed: usize,
    pub why: Option<Errno>,
}

impl Attendance {
    pub fn fail(&mut self, error: impl Into<io::Error>) {
        self.failed += 1;
        self.why = self.why.or(error.into().raw_os_error().map(Errno::from_raw_os_error));
    }

    /// Whether nearly all were served: one that had bad luck among thousands is no reason to measure nothing.
    pub fn is_complete(&self) -> bool {
        self.served > 0 && self.served * 100 >= self.asked * 99
    }

    /// Who was not served. None if all were.
    pub fn complaint(&self) -> Option<String> {
        let Self { asked, served, dropped, closed, waiting, failed, why } = self;
        if served == asked {
            return None;
        }
        let mut text = format!("{} of {} served", thousands(*served), thousands(*asked));
        let mut add = |count: usize, what: &str| {
            if count > 0 {
                text += &format!(", {} {what}", thousands(count));
            }
        };
        add(*dropped, "served once and then dropped");
        add(*closed, "turned away");
        add(*waiting, "waited in vain");
        add(
            *failed,
            &why.map_or_else(|| "failed".into(), |why| format!("failed ({})", io::Error::from(why))),
        );
        add(asked.saturating_sub(served + dropped + closed + waiting + failed), UNTRIED);
        Some(text)
    }
}
