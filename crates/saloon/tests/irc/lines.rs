//! What a client was sent in answer to something, and what can be asserted of it.

use std::ops::Deref;

use crate::line::Line;
use crate::transcript::Transcript;

/// Lines in the order they came.
pub struct Lines {
    lines: Vec<Line>,
    transcript: Transcript,
}

impl Lines {
    pub fn new(lines: Vec<Line>, transcript: Transcript) -> Self {
        Self { lines, transcript }
    }

    /// These and no others, in this order.
    #[track_caller]
    pub fn are(&self, patterns: &[&str]) -> &Self {
        let same = self.len() == patterns.len() && self.iter().zip(patterns).all(|(l, p)| l.matches(p));
        if !same {
            self.complain(&format!("expected exactly\n  {}", patterns.join("\n  ")));
        }
        self
    }

    /// This one and no other.
    #[track_caller]
    pub fn is(&self, pattern: &str) -> &Line {
        self.are(&[pattern]);
        &self.lines[0]
    }

    /// None at all.
    #[track_caller]
    pub fn none(&self) {
        self.are(&[]);
    }

    /// One line like this, among others.
    #[track_caller]
    pub fn has(&self, pattern: &str) -> &Line {
        let found: Vec<&Line> = self.iter().filter(|line| line.matches(pattern)).collect();
        match found[..] {
            [line] => line,
            _ => self.complain(&format!("expected one line (there are {})\n  {pattern}", found.len())),
        }
    }

    /// No line like this.
    #[track_caller]
    pub fn lacks(&self, pattern: &str) -> &Self {
        if self.iter().any(|line| line.matches(pattern)) {
            self.complain(&format!("expected no line\n  {pattern}"));
        }
        self
    }

    /// These commands and no others, in this order.
    #[track_caller]
    pub fn commands(&self, commands: &[&str]) -> &Self {
        if !self.iter().map(|line| line.command.as_str()).eq(commands.iter().copied()) {
            self.complain(&format!("expected the commands\n  {}", commands.join(" ")));
        }
        self
    }

    /// The lines with this command, however many.
    pub fn of(&self, command: &str) -> Vec<&Line> {
        self.iter().filter(|line| line.command == command).collect()
    }

    /// No line with any of these commands.
    #[track_caller]
    pub fn without(&self, commands: &[&str]) -> &Self {
        if self.iter().any(|line| commands.contains(&line.command.as_str())) {
            self.complain(&format!("expected none of the commands\n  {}", commands.join(" ")));
        }
        self
    }

    /// The words of the last parameters of all lines with this command, sorted.
    pub fn words(&self, command: &str) -> Vec<&str> {
        let mut words: Vec<&str> = self.of(command).iter().flat_map(|line| line.text().split(' ')).collect();
        words.sort_unstable();
        words
    }

    /// Fails, with everything that went over the wire.
    #[track_caller]
    pub fn complain(&self, what: &str) -> ! {
        let got: Vec<&str> = self.iter().map(|line| line.raw.as_str()).collect();
        panic!("{what}\ngot\n  {}\n\n{}", got.join("\n  "), self.transcript)
    }
}

impl Deref for Lines {
    type Target = [Line];

    fn deref(&self) -> &[Line] {
        &self.lines
    }
}
