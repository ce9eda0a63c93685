//! Where the run stands, on stderr: one line that changes on a terminal, else a line now and then.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Without a terminal, this often at most.
const SELDOM: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Progress {
    terminal: bool,
    begin: Instant,
    said: Option<Instant>,
    done: usize,
    total: usize,
}

impl Progress {
    pub fn new(total: usize) -> Self {
        let now = Instant::now();
        Self { terminal: io::stderr().is_terminal(), begin: now, said: None, done: 0, total }
    }

    /// The next of all is this.
    pub fn next(&mut self, what: &str) {
        let line = format!("{}/{}  {what}  {}", self.done + 1, self.total, self.clock());
        self.done += 1;
        // Nothing depends on whether anybody can read it.
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K{line}");
        } else if self.said.is_none_or(|said| said.elapsed() > SELDOM) {
            self.said = Some(Instant::now());
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    fn clock(&self) -> String {
        let elapsed = self.begin.elapsed().as_secs();
        if self.done < 5 {
            return format!("{elapsed} s");
        }
        let left = self.begin.elapsed().as_secs_f64() / self.done as f64 * (self.total - self.done) as f64;
        format!("{elapsed} s, {left:.0} s to go if the rest is like this")
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
