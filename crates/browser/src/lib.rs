//! The page in a real browser: what the tests in `tests/` and the pictures in `docs/` are made with. Not part of
//! what is shipped.
//!
//! ```text
//!  test ── Page ── Session ── http ═══ chromedriver ═══ Chromium ═══ saloon ═══ Peer ── test
//!          what a  W3C
//!          reader  WebDriver
//!          does
//! ```
//! Nothing here waits for time to pass: every wait is for something to come true, with [`PATIENCE`] as its end. And
//! nothing is left behind: whoever starts a process ends it, also when the test fails.

pub mod chromium;
pub mod http;
#[allow(dead_code, reason = "the tests of the program use all of it")]
#[path = "../../saloon/tests/support/log.rs"]
mod log;
pub mod page;
pub mod peer;
pub mod server;
pub mod session;
pub mod site;

use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use chromium::{Chromium, Options};
pub use page::Page;
pub use peer::Peer;
pub use server::{Server, Setup};
pub use session::{Element, Session};

/// How long something may take before a test fails: long enough for any machine.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Looks again and again until something is there, and gives it. Until then `look` says what there is in its place;
/// `failure` puts the last of that into words.
///
/// # Panics
/// It never is there.
pub fn until<T, N>(mut look: impl FnMut() -> Result<T, N>, failure: impl FnOnce(N) -> String) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(it) => return it,
            Err(instead) if Instant::now() >= end => panic!("{}", failure(instead)),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Waits until there is something, and gives it.
///
/// # Panics
/// There never is.
pub fn found<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    until(|| look().ok_or(()), |()| format!("never came true: {what}"))
}

/// Waits until something is true.
///
/// # Panics
/// It never is.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    found(what, || holds().then_some(()));
}

/// Waits until two values are the same, and shows both if they never are.
///
/// # Panics
/// They never are.
pub fn eventually_equal<T: PartialEq + std::fmt::Debug>(mut actual: impl FnMut() -> T, expected: &T) {
    let equal = || {
        let now = actual();
        if now == *expected { Ok(()) } else { Err(now) }
    };
    until(equal, |now| format!("never became equal\n     is: {now:?}\nwanted: {expected:?}"));
}

/// A file or folder of the repository.
#[must_use]
pub fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
