//! How many descriptors this process may have: each connection is one.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The limit on open files (`RLIMIT_NOFILE`, `getrlimit(2)`), before and after raising it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFiles {
    /// The soft limit this process was started with.
    pub before: u64,
    /// The soft limit now: what counts.
    pub now: u64,
    /// The hard limit, which only root may raise (`LimitNOFILE=` of systemd, `ulimit -Hn`).
    pub hard: u64,
}

/// Raises the soft limit on open files to the hard one. `u64::MAX` stands for "no limit".
///
/// # Errors
/// When the system refuses; the limit is then as before, which is no reason not to go on.
pub fn raise_open_files() -> io::Result<OpenFiles> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    }
    let after = getrlimit(Resource::Nofile);
    let number = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    Ok(OpenFiles { before: number(current), now: number(after.current), hard: number(after.maximum) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_becomes_the_hard_one() {
        let first = raise_open_files().expect("raise");
        assert_eq!(first.now, first.hard);
        let again = raise_open_files().expect("raise");
        assert_eq!(again, OpenFiles { before: first.hard, ..first });
    }
}
