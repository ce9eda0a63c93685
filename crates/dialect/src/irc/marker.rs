//! `MARKREAD`: how far one has read (IRCv3 read-marker; `conformance` section 26).

use hub::{Command, Query, Timestamp};
use smol_str::SmolStr;

use super::line::{Line, repeatable};
use super::message::Message;
use super::moment::timestamp;
use super::render::time;
use super::session::{Irc, Task, text};
use crate::Output;

/// Milliseconds by which a marker may be ahead of the clock. Messages of one millisecond have times that
/// follow each other, so the last one may be, and can be marked as read at once.
const AHEAD: u64 = 1000;

impl Irc {
    /// `MARKREAD target [timestamp=…]`.
    pub(super) fn markread(&mut self, now: Timestamp, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(written) = message.param(0).filter(|target| !target.is_empty()) else {
            return self.fail(outputs, "MARKREAD", "NEED_MORE_PARAMS", "Which target?");
        };
        if written == b"*" {
            let why = "* is nobody, and no channel";
            return self.fail_about(outputs, "MARKREAD", "INVALID_PARAMS", &[written], why);
        }
        let target = SmolStr::new(text(written));
        let Some(at) = message.param(1) else {
            return outputs.push(Output::Query(Query::Marker(target)));
        };
        let Some(at) = timestamp(at) else {
            let why = "A marker is timestamp=YYYY-MM-DDThh:mm:ss.sssZ";
            return self.fail_about(outputs, "MARKREAD", "INVALID_PARAMS", &[written], why);
        };
        self.task = Some(Box::new(Task::Mark(target.clone())));
        let at = if at.since(now) > AHEAD { now } else { at };
        outputs.push(Output::Command(Command::MarkRead { target, at }));
    }

    /// The target of the `MARKREAD` that is being answered.
    pub(super) fn marking(&self) -> Option<&SmolStr> {
        match self.task.as_deref() {
            Some(Task::Mark(target)) => Some(target),
            _ => None,
        }
    }

    /// `MARKREAD`, from the server.
    pub(super) fn write_marker(&self, target: &str, at: Option<Timestamp>, out: &mut Vec<u8>) {
        let line = Line::from(out, self.server(), "MARKREAD").word(repeatable(target.as_bytes()));
        match at {
            Some(at) => line.show(format_args!("timestamp={}", time(at))).end(),
            None => line.word("*").end(),
        }
    }
}
