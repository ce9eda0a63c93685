//! `PRIVMSG`, `NOTICE` and `TAGMSG` (`conformance` section 8, Messages; section 11).

use hub::{Command, Rank, RoomTarget, Say, SayKind, Target, Text};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::line::{MAX_BODY, repeatable};
use super::message::Message;
use super::numeric;
use super::session::{Irc, list, text};
use super::settings::MAX_TARGETS;
use crate::Output;

impl Irc {
    /// Says something to each target.
    pub(super) fn talk(&self, name: &str, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let (kind, with_text) = match name {
            "PRIVMSG" => (SayKind::Message, true),
            "NOTICE" => (SayKind::Notice, true),
            _ => (SayKind::Signal, false),
        };
        if kind == SayKind::Signal && !self.caps.contains(Capabilities::MESSAGE_TAGS) {
            return self.refuse(outputs, numeric::ERR_UNKNOWNCOMMAND, &[message.command]);
        }
        let targets = message.param(0).unwrap_or_default();
        let said = if with_text { message.param(1).unwrap_or_default() } else { b"" };
        if list(targets).next().is_none() {
            return self.loud(kind, outputs, |out| {
                self.numeric(out, numeric::ERR_NORECIPIENT)
                    .text(format!("No recipient given ({name})"))
                    .end();
            });
        }
        if with_text && said.is_empty() {
            return self.loud(kind, outputs, |out| {
                self.numeric(out, numeric::ERR_NOTEXTTOSEND).text(numeric::ERR_NOTEXTTOSEND.text).end();
            });
        }
        let tags = message.tags.map(|tags| tags.client_only()).unwrap_or_default();
        for (at, written) in list(targets).enumerate() {
            if at >= MAX_TARGETS {
                self.loud(kind, outputs, |out| {
                    let line = self.numeric(out, numeric::ERR_TOOMANYTARGETS).word(repeatable(written));
                    line.text(numeric::ERR_TOOMANYTARGETS.text).end();
                });
                continue;
            }
            let Some(to) = self.target(written) else {
                self.loud(kind, outputs, |out| self.write_no_channel(written, out));
                continue;
            };
            outputs.push(Output::Command(Command::Say(Box::new(Say {
                kind,
                to,
                text: Text::new(said),
                tags: tags.clone(),
                ctcp: is_ctcp(said),
                // ":" source " " command " " target " :" text
                fit: with_text.then(|| MAX_BODY - name.len() - 5),
            }))));
        }
    }

    /// An error, unless the command is one that must never be answered (RFC 2812 §3.3.2).
    fn loud(&self, kind: SayKind, outputs: &mut Vec<Output>, write: impl FnOnce(&mut Vec<u8>)) {
        if kind != SayKind::Notice {
            self.local(outputs, write);
        }
    }

    /// Whom a target means; none if it can't be a channel, though it looks like one.
    fn target(&self, written: &[u8]) -> Option<Target> {
        let name = text(written);
        let bare = name.trim_start_matches(['~', '&', '@', '%', '+']);
        if !bare.starts_with('#') {
            return Some(Target::Nick(SmolStr::new(name)));
        }
        let prefixes = name.len() - bare.len();
        let room = self.room_name(&written[prefixes..])?;
        let lowest = name[..prefixes].chars().filter_map(rank_of_prefix).min();
        let written = if lowest.is_some() { SmolStr::new(&name) } else { SmolStr::default() };
        Some(Target::Room(RoomTarget { room, rank: lowest, written }))
    }

    /// `403` for a name that is none.
    pub(super) fn write_no_channel(&self, written: &[u8], out: &mut Vec<u8>) {
        let shown = hub::cut(repeatable(written), 200);
        let line = self.numeric(out, numeric::ERR_NOSUCHCHANNEL).word(shown);
        line.text(numeric::ERR_NOSUCHCHANNEL.text).end();
    }
}

fn rank_of_prefix(prefix: char) -> Option<Rank> {
    Some(match prefix {
        '~' => Rank::Founder,
        '&' => Rank::Protected,
        '@' => Rank::Operator,
        '%' => Rank::Halfop,
        '+' => Rank::Voice,
        _ => return None,
    })
}

/// Whether a text is a CTCP other than ACTION.
fn is_ctcp(said: &[u8]) -> bool {
    said.strip_prefix(b"\x01").is_some_and(|rest| {
        !rest.strip_prefix(b"ACTION").is_some_and(|rest| rest.is_empty() || rest[0] == b' ' || rest[0] == 1)
    })
}
