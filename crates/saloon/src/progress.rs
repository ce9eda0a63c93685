//! How far something has come that takes long: a line on standard error that replaces itself, if that is a
//! terminal.

use std::io::{self, IsTerminal, Write};

/// The line.
pub struct Progress {
    what: &'static str,
    shown: Option<String>,
    on: bool,
}

impl Progress {
    /// Nothing is shown yet of what is done.
    pub fn new(what: &'static str) -> Self {
        Self { what, shown: None, on: io::stderr().is_terminal() }
    }

    /// So much is done, of so much; how much there is may not be known (0).
    pub fn tell(&mut self, done: u64, all: u64) {
        if !self.on {
            return;
        }
        let line = words(self.what, done, all);
        if self.shown.as_ref() != Some(&line) {
            eprint!("\r{line}");
            let _ = io::stderr().flush();
            self.shown = Some(line);
        }
    }
}

/// Leaves an empty line behind.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(shown) = &self.shown {
            eprint!("\r{:width$}\r", "", width = shown.len());
            let _ = io::stderr().flush();
        }
    }
}

fn words(what: &str, done: u64, all: u64) -> String {
    match all {
        // A line for each item would be more than a terminal can show.
        0 => format!("{what}: {} thousand", done / 1000),
        all => format!("{what}: {:3} %", u128::from(done.min(all)) * 100 / u128::from(all)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_a_share_if_it_is_known_of_what() {
        assert_eq!(words("copying", 1, 3), "copying:  33 %");
        assert_eq!(words("copying", 9, 3), "copying: 100 %");
        assert_eq!(words("importing", 12_345, 0), "importing: 12 thousand");
        assert_eq!(words("copying", u64::MAX, u64::MAX), "copying: 100 %");
    }
}
