//! Typed lines on their way to what they ask for, which may have to wait until their owner is in the lobby, or
//! until a secret has been checked.

use hub::{Cause, Command, Text, Timestamp};

use super::accounts::Checking;
use super::{LOCKED, Person, Stage};
use crate::text::typed::Typed;
use crate::veil::Veiled;
use crate::{Check, Output};

/// Bytes of lines that are kept for one who is not in the lobby yet.
const EARLY: usize = 32_768;
/// Lines of one frame that are said one by one.
const LINES: usize = 16;

impl Person {
    /// Takes a typed line.
    pub fn typed(&mut self, now: Timestamp, line: &str, outputs: &mut Vec<Output>) {
        self.now = now;
        match (Typed::decode(line), self.stage) {
            (Typed::Quit(why), _) => self.quit(why.map(Text::from), outputs),
            (Typed::Help, _) => self.help(outputs),
            // What stands behind a secret may depend on it.
            _ if self.checking.is_some() => self.hold(line, outputs),
            (Typed::Pass(secret), Stage::Locked) => {
                self.check(Checking::Server, Check::Server(secret.as_bytes().to_vec()), outputs);
            }
            (Typed::Pass(_), _) => self.inform(outputs, "no password is needed"),
            (Typed::Login(name, secret), Stage::Locked) => self.log_in(name, &secret, outputs),
            (_, Stage::Locked) => self.inform(outputs, LOCKED),
            (typed, Stage::Here) => self.ask(now, typed, outputs),
            // What comes before it is in the lobby is said there.
            _ => self.hold(line, outputs),
        }
    }

    /// Keeps a line for later.
    fn hold(&mut self, line: &str, outputs: &mut Vec<Output>) {
        if self.early.iter().map(|line| line.len()).sum::<usize>() + line.len() > EARLY {
            self.inform(outputs, "that came too early, and was dropped");
        } else if !line.is_empty() {
            self.early.push(Veiled(line.to_owned()));
        }
    }

    /// Takes the lines that were kept; some may have to wait again.
    pub(super) fn catch_up(&mut self, outputs: &mut Vec<Output>) {
        for line in std::mem::take(&mut self.early) {
            self.typed(self.now, &line, outputs);
        }
    }

    /// Takes the lines of one frame, which may have several: the first ones one by one, and what the rest of
    /// too many says as one.
    pub fn typed_lines(&mut self, now: Timestamp, text: &str, outputs: &mut Vec<Output>) {
        let mut lines = text.split(['\r', '\n']).filter(|line| !line.trim().is_empty());
        lines.by_ref().take(LINES).for_each(|line| self.typed(now, line, outputs));
        let (mut rest, mut commands) = (Vec::new(), 0);
        for line in lines {
            match Typed::decode(line) {
                Typed::Say(said) => rest.push(said),
                _ => commands += 1,
            }
        }
        if !rest.is_empty() {
            let rest = rest.join(" ");
            let slash = if rest.starts_with('/') { "/" } else { "" };
            self.typed(now, &format!("{slash}{rest}"), outputs);
        }
        if commands > 0 {
            self.inform(outputs, &format!("too much at once: {commands} commands behind it were not taken"));
        }
    }

    /// Leaves.
    pub fn quit(&self, why: Option<Text>, outputs: &mut Vec<Output>) {
        outputs.push(Output::Command(Command::Leave { cause: Cause::Quit(why) }));
    }
}
