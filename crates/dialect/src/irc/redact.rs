//! `REDACT`: taking a message back (IRCv3 message-redaction; `conformance` section 25). Whose it is must be
//! looked up first.

use hub::{Command, MessageId, Recall, Recalled, Text};
use smol_str::SmolStr;

use super::history::NO_TARGET;
use super::message::Message;
use super::numeric;
use super::recall::Asked;
use super::session::{Irc, Task, text};
use crate::Output;

/// A message to take back.
#[derive(Debug)]
pub(super) struct Redaction {
    /// Where it was said, as written.
    target: SmolStr,
    /// Its id, as written.
    written: SmolStr,
    message: MessageId,
    reason: Option<Text>,
}

impl Irc {
    /// `REDACT target msgid [reason]`.
    pub(super) fn redact(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        if !self.settings.options.history.as_ref().is_some_and(|history| history.redaction) {
            return self.refuse(outputs, numeric::ERR_UNKNOWNCOMMAND, &[message.command]);
        }
        if message.params.len() < 2 {
            return self.need_more(outputs, "REDACT");
        }
        let written = SmolStr::new(text(message.params[1]));
        let redaction = Redaction {
            target: SmolStr::new(text(message.params[0])),
            // What is no id belongs to no message; but whether the target is good is said first.
            message: written.parse().unwrap_or_default(),
            written,
            reason: message.param(2).filter(|reason| !reason.is_empty()).map(Text::new),
        };
        let recall = Recall::Find { target: redaction.target.clone(), id: redaction.message };
        self.ask(Asked::Redaction(redaction), recall, outputs);
    }

    /// It is known whose message it is.
    pub(super) fn redaction_found(
        &mut self,
        redaction: Redaction,
        recalled: &Recalled,
        out: &mut Vec<u8>,
        outputs: &mut Vec<Output>,
    ) {
        let Redaction { target, written, message, reason } = redaction;
        let both = [target.as_bytes(), written.as_bytes()];
        match recalled {
            // Nobody's as well: the hub knows whether there is such a user at all.
            Recalled::Found(author) => {
                self.task = Some(Box::new(Task::Redact(written)));
                let author = author.clone();
                outputs.push(Output::Command(Command::Redact { target, message, author, reason }));
            }
            Recalled::Rejected(_) => self.write_fail(out, "REDACT", "INVALID_TARGET", &both[..1], NO_TARGET),
            _ => {
                let why = "The history can't be read at the moment";
                self.write_fail(out, "REDACT", "INTERNAL_ERROR", &both, why);
            }
        }
    }
}
