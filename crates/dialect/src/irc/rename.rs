//! `RENAME`: another name for a channel (IRCv3 channel-rename; `conformance` section 28).

use hub::{Command, Event, Found, RoomName, Text};

use super::capability::Capabilities;
use super::message::Message;
use super::session::Irc;
use crate::Output;

impl Irc {
    /// `RENAME old new [reason]`.
    pub(super) fn rename_channel(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        if message.params.len() < 2 || message.params[1].is_empty() {
            return self.need_more(outputs, "RENAME");
        }
        let Some(room) = self.channel(message.params[0], outputs) else { return };
        let Some(to) = self.room_name(message.params[1]) else {
            let (both, why) = (&message.params[..2], "That is no name for a channel");
            return self.fail_about(outputs, "RENAME", "CANNOT_RENAME", both, why);
        };
        let reason = Text::new(message.param(2).unwrap_or_default()).cut(self.settings.options.kicklen);
        outputs.push(Output::Command(Command::RenameRoom { room, to, reason }));
    }

    /// `RENAME`; for a client that does not know it, as if it left the one channel and joined the other, or
    /// nothing at all if only the case of letters is new.
    pub(super) fn write_room_renamed(&self, event: &Event, out: &mut Vec<u8>) {
        let Event::RoomRenamed { id, at, who, from, to, reason, found } = event else { return };
        if self.caps.contains(Capabilities::CHANNEL_RENAME) {
            let line = self.renderer().line(out, *at, Some(*id), who, "RENAME");
            return line.word(from.as_str()).word(to.as_str()).text(reason.as_bytes()).end();
        }
        let Some(found) = found else { return };
        let oneself = found.names.members.iter().find(|(_, who)| who.nick.as_str() == self.nick);
        let Some((_, oneself)) = oneself else { return };
        let line = self.renderer().line(out, *at, None, oneself, "PART").word(from.as_str());
        line.text(reason.as_bytes()).end();
        self.renderer().joined(out, *at, None, oneself, to.as_str(), None);
        self.write_entered(to, found, out);
    }

    fn write_entered(&self, room: &RoomName, found: &Found, out: &mut Vec<u8>) {
        self.write_topic(room, found.topic.as_ref(), false, out);
        self.write_implicit_names(room, Some(&found.names), out);
    }
}
