//! What every scenario of one run shares: who the connections are, how patient we are, where we stand.

use std::cell::Cell;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::irc::{ADVICE, Identity};

/// The shared part of a run.
#[derive(Debug)]
pub struct Bench {
    /// Who the connections are.
    pub identity: Identity,
    /// How long nothing may happen before we give up.
    pub patience: Duration,
    /// Bytes of text in a message.
    pub text_bytes: usize,
    /// How long to sleep at most for what the server is about to send.
    pub nap: Duration,
    /// Say on stderr where the run stands.
    pub progress: bool,
    nicks: Cell<u32>,
    started: Instant,
}

impl Bench {
    /// The shared part of a run that starts now.
    pub fn new(identity: Identity, patience: Duration, text_bytes: usize) -> Self {
        let (nap, nicks) = (Duration::from_millis(100), Cell::new(0));
        Self { identity, patience, text_bytes, nap, progress: false, nicks, started: Instant::now() }
    }

    /// A number no nickname was made of yet, so that one still leaving is in nobody's way.
    pub fn next_nick(&self) -> u32 {
        self.nicks.replace(self.nicks.get() + 1)
    }

    /// Says where the run stands, if that was asked for.
    pub fn say(&self, step: &str) {
        if self.progress {
            let seconds = self.started.elapsed().as_secs_f64();
            // Nobody reads it? Then it was not needed.
            let _ = writeln!(std::io::stderr(), "[{seconds:7.1} s] {step}");
        }
    }

    /// Patience that starts now.
    pub fn patience(&self) -> Patience {
        let now = Instant::now();
        Patience { limit: self.patience, started: now, since: now }
    }

    /// Nanoseconds since the run started.
    pub fn nanos(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// A message to a room or a user, as the line that asks for it, with a stamp at its end.
    pub fn message(&self, target: &str, stamp: u64) -> String {
        let padding = self.text_bytes.saturating_sub(STAMP);
        format!("PRIVMSG {target} :{}{stamp:016x}\r\n", "x".repeat(padding))
    }
}

/// Bytes of a stamp: 16 hexadecimal digits.
pub const STAMP: usize = 16;

/// The stamp at the end of a line whose end (CR LF) is already removed.
pub fn stamp(line: &[u8]) -> Option<u64> {
    let digits = line.get(line.len().checked_sub(STAMP)?..)?;
    u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// How many times as long as nothing may happen, everything together may take.
const IN_ALL: u32 = 15;

/// How long nothing may happen, and how long it all may take.
#[derive(Debug)]
pub struct Patience {
    limit: Duration,
    started: Instant,
    since: Instant,
}

impl Patience {
    /// Something happened.
    pub fn renew(&mut self) {
        self.since = Instant::now();
    }

    /// An error once nothing has happened for too long, or it all takes too long.
    pub fn check(&self, what: impl FnOnce() -> String) -> anyhow::Result<()> {
        if self.since.elapsed() >= self.limit {
            bail!("{}: nothing came for {} s; {ADVICE}", what(), self.limit.as_secs());
        }
        if self.started.elapsed() >= self.limit * IN_ALL {
            bail!("{}: not done after {} s; {ADVICE}", what(), (self.limit * IN_ALL).as_secs());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_comes_back_from_the_end_of_the_delivered_line() {
        let identity = Identity { password: None, nick_prefix: "b".into(), channel: "#x".into() };
        let bench = Bench::new(identity, Duration::from_secs(1), 40);

        let line = bench.message("#x", 0x00ab_cdef);

        assert_eq!(line.len(), "PRIVMSG #x :".len() + 40 + 2);
        let delivered = format!(":b1!b@h {}", line.trim_end());
        assert_eq!(stamp(delivered.as_bytes()), Some(0x00ab_cdef));
        assert_eq!(stamp(b"short"), None);
    }
}
