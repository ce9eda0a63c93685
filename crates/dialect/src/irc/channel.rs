//! Commands about channels: `JOIN`, `PART`, `TOPIC`, `NAMES`, `LIST`, `INVITE`, `KICK`
//! (`conformance` section 8, Channels).

use hub::{Command, ListFilter, Query, RoomName, Text};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::message::Message;
use super::numeric;
use super::session::{Irc, Task, list, text};
use crate::Output;

impl Irc {
    /// The channel a parameter names, if it can be one. A name that is not UTF-8 can't: shown to others,
    /// two of them would look the same.
    pub(super) fn room_name(&self, written: &[u8]) -> Option<RoomName> {
        let name = std::str::from_utf8(written).ok()?;
        RoomName::new(name, self.settings.options.channellen).ok()
    }

    /// The channel a parameter names, or else the error `403` goes out.
    pub(super) fn channel(&self, written: &[u8], outputs: &mut Vec<Output>) -> Option<RoomName> {
        let name = self.room_name(written);
        if name.is_none() {
            self.local(outputs, |out| self.write_no_channel(written, out));
        }
        name
    }

    /// `JOIN`: keys go by position.
    pub(super) fn join(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        if message.params[0] == b"0" {
            return outputs.push(Output::Command(Command::PartAll));
        }
        let mut keys = message.param(1).unwrap_or_default().split(|&byte| byte == b',');
        for written in message.params[0].split(|&byte| byte == b',') {
            let key = keys.next().filter(|key| !key.is_empty()).map(Text::new);
            if written.is_empty() {
                continue;
            }
            let Some(room) = self.channel(written, outputs) else { continue };
            let names = !self.caps.contains(Capabilities::NO_IMPLICIT_NAMES);
            outputs.push(Output::Command(Command::Join { room, key, names }));
        }
    }

    /// `PART`.
    pub(super) fn part(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let reason = message.param(1).filter(|reason| !reason.is_empty()).map(Text::new);
        for written in list(message.params[0]) {
            if let Some(room) = self.channel(written, outputs) {
                outputs.push(Output::Command(Command::Part { room, reason: reason.clone() }));
            }
        }
    }

    /// `TOPIC`: asks without a second parameter, sets with one.
    pub(super) fn topic(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(room) = self.channel(message.params[0], outputs) else { return };
        outputs.push(match message.param(1) {
            Some(topic) => Output::Command(Command::SetTopic { room, text: Text::new(topic) }),
            None => Output::Query(Query::Topic(room)),
        });
    }

    /// `NAMES`: a `366` for each name, whatever it is the name of.
    pub(super) fn names(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let param = message.param(0).unwrap_or_default();
        if list(param).next().is_none() {
            return self.refuse(outputs, numeric::RPL_ENDOFNAMES, &[b"*"]);
        }
        for written in list(param) {
            if let Some(room) = self.room_name(written) {
                outputs.push(Output::Query(Query::Names(room)));
            }
            self.refuse(outputs, numeric::RPL_ENDOFNAMES, &[written]);
        }
    }

    /// `LIST`, in pages: however many channels there are, the client is never flooded off (SAFELIST).
    pub(super) fn list(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let filter = list_filter(&message.params);
        self.local(outputs, |out| {
            let start = numeric::RPL_LISTSTART;
            self.numeric(out, start).word("Channel").text(start.text).end();
        });
        let task = Task::List { filter, after: None };
        outputs.extend(task.query(None).map(Output::Query));
        self.task = Some(Box::new(task));
    }

    /// `INVITE`; without parameters, the open invitations.
    pub(super) fn invite(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        match (message.param(0), message.param(1)) {
            (None, _) => outputs.push(Output::Query(Query::Invites)),
            (Some(nick), Some(channel)) if !nick.is_empty() && !channel.is_empty() => {
                if let Some(room) = self.channel(channel, outputs) {
                    outputs.push(Output::Command(Command::Invite { nick: SmolStr::new(text(nick)), room }));
                }
            }
            _ => self.need_more(outputs, "INVITE"),
        }
    }

    /// `KICK`: one channel and many nicks, or as many of each.
    pub(super) fn kick(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let channels: Vec<&[u8]> = list(message.params[0]).collect();
        let nicks: Vec<&[u8]> = list(message.params[1]).collect();
        let reason = message.param(2).filter(|reason| !reason.is_empty()).map(Text::new);
        if nicks.is_empty() || channels.is_empty() || channels.len() != 1 && channels.len() != nicks.len() {
            return self.need_more(outputs, "KICK");
        }
        for (at, nick) in nicks.iter().enumerate() {
            let written = if channels.len() == 1 { channels[0] } else { channels[at] };
            let Some(room) = self.channel(written, outputs) else { continue };
            let nick = SmolStr::new(text(nick));
            outputs.push(Output::Command(Command::Kick { room, nick, reason: reason.clone() }));
        }
    }
}

/// What `LIST` asks for: names and masks, of which one must fit, and conditions, which all must hold.
fn list_filter(params: &[&[u8]]) -> ListFilter {
    let mut filter = ListFilter::default();
    let number = |text: &str| text.parse::<u64>().ok();
    // Of two conditions of a kind, the one that is harder to meet is both.
    let less = |limit: &mut Option<u64>, n: u64| *limit = Some(limit.map_or(n, |old| old.min(n)));
    let more = |limit: &mut Option<u64>, n: u64| *limit = Some(limit.map_or(n, |old| old.max(n)));
    for part in params.iter().flat_map(|param| list(param)) {
        let part = &*text(part);
        let (kind, rest) = part.split_at(part.chars().next().map_or(0, char::len_utf8));
        match (kind, rest.get(..1), rest.get(1..).and_then(number)) {
            ("C", Some("<"), Some(minutes)) => less(&mut filter.created_within, minutes),
            ("C", Some(">"), Some(minutes)) => more(&mut filter.created_before, minutes),
            ("T", Some("<"), Some(minutes)) => less(&mut filter.topic_within, minutes),
            ("T", Some(">"), Some(minutes)) => more(&mut filter.topic_before, minutes),
            ("!", ..) => filter.not_masks.push(SmolStr::new(rest)),
            _ => match (kind, number(rest)) {
                ("<", Some(members)) => less(&mut filter.fewer_than, members),
                (">", Some(members)) => more(&mut filter.more_than, members),
                // A name or a mask; what can be neither matches nothing.
                _ => filter.masks.push(SmolStr::new(part)),
            },
        }
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_takes_names_masks_and_all_five_conditions() {
        let expected = ListFilter {
            masks: vec!["#a".into(), "*b*".into()],
            not_masks: vec!["*c*".into()],
            more_than: Some(3),
            fewer_than: Some(9),
            created_within: Some(10),
            created_before: Some(1),
            topic_within: Some(5),
            topic_before: Some(0),
        };
        assert_eq!(list_filter(&[b"#a,*b*,!*c*,>3,<9,C<10,C>1,T<5,T>0"]), expected);
        assert_eq!(list_filter(&[b"#a,*b*", b">3,>1,<9,<12,!*c*", b"C<10,C<11,C>1,T<5,T>0"]), expected);
    }
}
