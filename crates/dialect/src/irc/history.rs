//! What comes of commands about what is kept (`conformance` sections 23 to 28), and why one is declined.

use hub::{Event, Rejection};
use smol_str::ToSmolStr;

use super::capability::Capabilities;
use super::line::{Line, repeatable};
use super::session::{Irc, Task};
use crate::Output;

impl Irc {
    /// Appends a standard reply `FAIL` about something.
    pub(super) fn write_fail(
        &self,
        out: &mut Vec<u8>,
        command: &str,
        code: &str,
        context: &[&[u8]],
        text: &str,
    ) {
        let line = Line::from(out, self.server(), "FAIL").word(command).word(code);
        context.iter().fold(line, |line, word| line.word(repeatable(word))).text(text).end();
    }

    /// Answers with a standard reply `FAIL` about something.
    pub(super) fn fail_about(
        &self,
        outputs: &mut Vec<Output>,
        command: &str,
        code: &str,
        context: &[&[u8]],
        text: &str,
    ) {
        self.local(outputs, |out| self.write_fail(out, command, code, context, text));
    }

    /// What came of a command about markers, metadata, redaction or renaming, here or elsewhere.
    pub(super) fn write_history_event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Redacted { .. } => self.renderer().event(event, out),
            Event::RoomRenamed { .. } => self.write_room_renamed(event, out),
            Event::Marker { target, at } if self.caps.contains(Capabilities::READ_MARKER) => {
                self.write_marker(target, *at, out);
            }
            Event::Marker { .. } => {}
            Event::Metadata(fact) => self.write_fact(fact, out),
            Event::MetadataCleared { target, keys } => self.write_cleared(target, keys, out),
            Event::Subscribed { keys, news } => self.write_subscribed(keys, *news, out),
            Event::Unsubscribed(keys) => self.write_unsubscribed(keys, out),
            _ => {}
        }
    }

    /// Why such a command was declined.
    pub(super) fn write_history_rejection(&self, rejection: &Rejection, out: &mut Vec<u8>) {
        use Rejection as R;
        let mut fail = |command: &str, code: &str, context: &[&str], text: &str| {
            let context: Vec<&[u8]> = context.iter().map(|word| word.as_bytes()).collect();
            self.write_fail(out, command, code, &context, text);
        };
        match rejection {
            R::NoSuchTarget(target) => fail(self.verb, "INVALID_TARGET", &[target], NO_TARGET),
            R::NoSuchMessage { target, message } => {
                let id = match self.task.as_deref() {
                    Some(Task::Redact(written)) => written.clone(),
                    _ => message.to_smolstr(),
                };
                fail("REDACT", "UNKNOWN_MSGID", &[target, &id], NO_MESSAGE);
            }
            R::RedactForbidden { target, message } => {
                let text = "You may not take back this message";
                fail("REDACT", "REDACT_FORBIDDEN", &[target, &message.to_string()], text);
            }
            R::RoomNameTaken { from, to } => {
                let text = "There is a channel of that name";
                fail("RENAME", "CHANNEL_NAME_IN_USE", &[from.as_str(), to.as_str()], text);
            }
            R::CannotRename { from, to } => {
                let text = "The channel can't be called that now";
                fail("RENAME", "CANNOT_RENAME", &[from.as_str(), to.as_str()], text);
            }
            R::NoMetadataTarget(target) => {
                fail("METADATA", "INVALID_TARGET", &[target], "There is no such user or channel");
            }
            R::MetadataForbidden { target, key } => {
                let text = "You may not read or change this";
                fail("METADATA", "KEY_NO_PERMISSION", &[target, key], text);
            }
            R::MetadataFull { what, limit } => {
                fail("METADATA", "LIMIT_REACHED", &[what, &limit.to_string()], "No more fit");
            }
            R::NotKept(why) => self.write_not_kept(why, out),
            _ => {}
        }
    }

    /// Nothing can be stored, so what had to be stored is refused.
    fn write_not_kept(&self, why: &str, out: &mut Vec<u8>) {
        // Nothing answers a notice, but for what its label waits for: without a word that would be an `ACK`.
        if self.verb == "NOTICE" && self.label.is_none() {
            return;
        }
        let text = format!("Not done, because nothing can be stored: {why}");
        match self.marking() {
            Some(target) => self.write_fail(out, "MARKREAD", "INTERNAL_ERROR", &[target.as_bytes()], &text),
            None => self.write_fail(out, self.verb, "NOT_STORED", &[], &text),
        }
    }
}

pub(super) const NO_TARGET: &str = "There is nothing of that name that you may read";
const NO_MESSAGE: &str = "There is no such message";
