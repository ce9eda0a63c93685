//! Ctrl-C: the first one leaves politely, the second one at once.

use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::termios::{OptionalActions, Termios, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::event::{Event, Events};

/// What shells make of a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// Whether the user has asked to leave once.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Makes events of signals from now on. The second one ends the program, with the terminal as it was.
pub fn watch(events: Events, before: Option<Termios>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            // A queue that is full or gone will not be read: then there is nothing to be polite with.
            let first = !ASKED.swap(true, Ordering::SeqCst);
            if first && events.try_send(Event::Interrupted).is_ok() {
                continue;
            }
            if let Some(before) = &before {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
            }
            process::exit(INTERRUPTED);
        }
    });
    Ok(())
}

/// Ctrl-C came as a key: the next one is the second.
pub fn expect_no_second() {
    ASKED.store(true, Ordering::SeqCst);
}
