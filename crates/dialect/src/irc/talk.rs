//! `PRIVMSG`, `NOTICE` and `TAGMSG` (`conformance` section 8, Messages; section 11).

use std::sync::Arc;

use hub::{Command, Rank, RoomTarget, Say, SayKind, SayLine, SayTags, Target, Text};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::line::{MAX_BODY, repeatable};
use super::message::Message;
use super::numeric;
use super::services::Service;
use super::session::{Irc, list, text};
use super::settings::MAX_TARGETS;
use super::tags::Tags;
use crate::Output;

/// Something to say, whoever it is for.
#[derive(Clone, Debug)]
pub(super) struct Speech {
    pub kind: SayKind,
    pub text: Text,
    pub lines: Option<Arc<[SayLine]>>,
    /// Whether it is worth keeping.
    pub lasts: bool,
    pub tags: SayTags,
    /// See [`Say::fit`].
    pub fit: Option<usize>,
}

impl Irc {
    /// Says something to each target.
    pub(super) fn talk(&mut self, name: &str, message: &Message<'_>, outputs: &mut Vec<Output>) {
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
        // A service takes no part in a list: what it is told may be secret.
        if let Some(service) = Service::named(targets) {
            if kind == SayKind::Message {
                self.tell_service(service, said, outputs);
            }
            return;
        }
        let speech = Speech {
            kind,
            text: Text::new(said),
            lines: None,
            lasts: with_text || self.is_worth_keeping(&tags),
            // ":" source " " command " " target " :" text
            fit: with_text.then(|| MAX_BODY - name.len() - 5),
            tags,
        };
        for (at, written) in list(targets).enumerate() {
            if at < MAX_TARGETS {
                self.speak(written, speech.clone(), outputs);
                continue;
            }
            self.loud(kind, outputs, |out| {
                let line = self.numeric(out, numeric::ERR_TOOMANYTARGETS).word(repeatable(written));
                line.text(numeric::ERR_TOOMANYTARGETS.text).end();
            });
        }
    }

    /// Says something to one target.
    pub(super) fn speak(&self, written: &[u8], speech: Speech, outputs: &mut Vec<Output>) {
        let Some(to) = self.target(written) else {
            return self.loud(speech.kind, outputs, |out| self.write_no_channel(written, out));
        };
        let Speech { kind, text, lines, lasts, tags, fit } = speech;
        let ctcp = is_ctcp(text.as_bytes());
        outputs.push(Output::Command(Command::Say(Box::new(Say {
            kind,
            to,
            text,
            lines,
            lasts,
            tags,
            ctcp,
            fit,
        }))));
    }

    /// Whether tags alone are worth keeping (`conformance` section 29: that somebody types never is).
    fn is_worth_keeping(&self, tags: &SayTags) -> bool {
        let Some(history) = &self.settings.options.history else { return false };
        let has = |wanted: &[u8]| Tags(tags).iter().any(|(key, _)| key == wanted);
        let typing = has(b"+typing") || has(b"+draft/typing");
        !typing && (history.keep_signals || history.kept_tags.iter().any(|tag| has(tag.as_bytes())))
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
