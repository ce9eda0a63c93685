//! Everything that went over the wire in one test, to be read when it fails.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A list that all clients of a server share.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Arc<Mutex<Vec<String>>>);

impl Transcript {
    pub fn note(&self, what: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "transcript:")?;
        for line in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            // A long line is told by its ends.
            match line.char_indices().nth(600) {
                Some((at, _)) => writeln!(f, "  {}… ({} bytes)", &line[..at], line.len())?,
                None => writeln!(f, "  {line}")?,
            }
        }
        Ok(())
    }
}
