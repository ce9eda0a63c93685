//! Commands of server operators: `OPER`, `KILL`, `WALLOPS`, `KLINE`, `UNKLINE`, `CHGHOST`, `SAMODE`
//! (`conformance` section 8, Operators). The hub knows who may.

use hub::{Command, Text, Timestamp};
use smol_str::SmolStr;

use super::message::Message;
use super::mode::channel_changes;
use super::session::{Irc, text};
use crate::{Check, Output};

/// Most bytes of a host (RFC 1123 §2.1 allows 255; a line has no place for that).
const MAX_HOST: usize = 63;

impl Irc {
    /// `OPER name password`.
    pub(super) fn oper(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let (name, password) = (SmolStr::new(text(message.params[0])), message.params[1].to_vec());
        outputs.push(Output::Check(Check::Operator { name, password }));
        self.checking = true;
    }

    /// `KILL nick [reason]`.
    pub(super) fn kill(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let reason = reason(message, 1);
        let nick = SmolStr::new(text(message.params[0]));
        outputs.push(Output::Command(Command::Kill { nick, reason }));
    }

    /// `WALLOPS text`.
    pub(super) fn wallops(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        outputs.push(Output::Command(Command::Wallops { text: Text::new(message.params[0]) }));
    }

    /// `KLINE user@host minutes [reason]`.
    pub(super) fn kline(&self, now: Timestamp, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Ok(minutes) = text(message.params[1]).parse::<u32>() else {
            return self.fail(
                outputs,
                "KLINE",
                "INVALID_DURATION",
                "Give the minutes as a number; 0 is for good",
            );
        };
        let written = text(message.params[0]);
        let mask = address_mask(&written);
        let until = (minutes > 0).then(|| Timestamp(now.0 + i64::from(minutes) * 60_000));
        outputs.push(Output::Command(Command::Ban { mask, reason: reason(message, 2), until }));
    }

    /// `UNKLINE user@host`.
    pub(super) fn unkline(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let written = text(message.params[0]);
        let mask = address_mask(&written);
        outputs.push(Output::Command(Command::Unban { mask }));
    }

    /// `CHGHOST nick [user@]host`.
    pub(super) fn chghost(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let written = text(message.params[1]);
        let (user, host) = match written.split_once('@') {
            Some((user, host)) => (Some(SmolStr::new(user)), host),
            None => (None, &*written),
        };
        let letters = |name: &str, more: &str| {
            name.bytes().all(|b| b.is_ascii_alphanumeric() || more.as_bytes().contains(&b))
        };
        let bad_user = user.as_ref().is_some_and(|user| {
            user.is_empty() || user.len() > self.settings.options.userlen || !letters(user, "._-[]{}|^~")
        });
        if bad_user
            || host.is_empty()
            || host.len() > MAX_HOST
            || host.starts_with(':')
            || !letters(host, "_:.-")
        {
            let why = "A host has 1 to 63 letters, digits and _ : . -, and does not begin with a colon";
            return self.fail(outputs, "CHGHOST", "INVALID_HOST", why);
        }
        let nick = SmolStr::new(text(message.params[0]));
        outputs.push(Output::Command(Command::ChangeHost { nick, user, host: SmolStr::new(host) }));
    }

    /// `SAMODE channel changes [parameters]`.
    pub(super) fn samode(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(room) = self.channel(message.params[0], outputs) else { return };
        let asked = channel_changes(&text(message.params[1]), &message.params[2..]);
        self.change_channel(room, asked, true, outputs);
    }
}

fn reason(message: &Message<'_>, at: usize) -> Text {
    let given = message.param(at).filter(|reason| !reason.is_empty());
    given.map_or(Text::from_static("No reason given"), Text::new)
}

/// `host` means `*@host`.
fn address_mask(written: &str) -> SmolStr {
    if written.contains('@') { SmolStr::new(written) } else { SmolStr::new(format!("*@{written}")) }
}
