//! Looking up what was said: what was asked for and what is done with it, and what a client is shown on
//! joining that does not ask for itself.

use hub::{Item, ItemKinds, Recall, Recalled, Reference, RoomName, Span, Timestamp};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::line::Line;
use super::redact::Redaction;
use super::session::Irc;
use crate::Output;

/// What a lookup is for.
#[derive(Debug)]
pub(super) enum Asked {
    /// `CHATHISTORY`: the subcommand and the target, as written.
    History { subcommand: SmolStr, target: SmolStr },
    /// `SEARCH`.
    Search,
    /// `REDACT`: whose message it is.
    Redaction(Redaction),
    /// What was said in a channel before the client came.
    Replay(RoomName),
}

/// Channels that the client has joined, and when, whose history it is still to be shown.
pub(super) type Replays = Vec<(RoomName, Timestamp)>;

impl Irc {
    /// Has something looked up. The answer comes as [`recalled`](Self::recalled), and no line until then.
    pub(super) fn ask(&mut self, asked: Asked, recall: Recall, outputs: &mut Vec<Output>) {
        self.asked = Some(Box::new(asked));
        outputs.push(Output::Recall(Box::new(recall)));
    }

    /// What was found of what was said.
    pub(super) fn recalled(&mut self, recalled: &Recalled, out: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        let Some(asked) = self.asked.take() else { return };
        match *asked {
            Asked::History { subcommand, target } => self.write_history(&subcommand, &target, recalled, out),
            Asked::Search => self.write_found(recalled, out),
            Asked::Redaction(redaction) => self.redaction_found(redaction, recalled, out, outputs),
            Asked::Replay(room) => self.write_replay(&room, recalled, out),
        }
    }

    /// Whether the answer to the present line waits for a lookup.
    pub(super) fn is_asking(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| !matches!(**asked, Asked::Replay(_)))
    }

    /// Remembers to show a client what was said before it came, if it wants that: it can tell that lines
    /// are old, and does not ask for itself (`conformance` section 23).
    pub(super) fn replay_later(&mut self, room: &RoomName) {
        let able = self.caps.contains(Capabilities::SERVER_TIME);
        let wanted = able && !self.caps.contains(Capabilities::CHATHISTORY);
        let some = self.settings.options.history.as_ref().is_some_and(|history| history.replay > 0);
        let Some(at) = self.joined.take().filter(|_| wanted && some) else { return };
        self.replays.get_or_insert_default().push((room.clone(), at));
    }

    /// Asks for the next of these, once the answer to the line that caused them is complete: it is no part
    /// of that.
    pub(super) fn go_on_replaying(&mut self, outputs: &mut Vec<Output>) {
        if self.label.is_some() || self.asked.is_some() {
            return;
        }
        let Some(replays) = &mut self.replays else { return };
        let (room, at) = replays.remove(0);
        if replays.is_empty() {
            self.replays = None;
        }
        let recall = Recall::Page {
            target: room.as_str().into(),
            span: Span::Before(Reference::Time(at)),
            most: self.settings.options.history.as_ref().map_or(0, |history| history.replay),
            kinds: ItemKinds::SAID,
        };
        self.ask(Asked::Replay(room), recall, outputs);
    }

    /// Many clients ask for times and do not show them: without a batch, words stand around what is old.
    fn write_replay(&self, room: &RoomName, recalled: &Recalled, out: &mut Vec<u8>) {
        let Recalled::Page(items) = recalled else { return };
        if items.iter().all(|item| item.redacted.is_some()) {
            return;
        }
        let bare = !self.caps.contains(Capabilities::BATCH);
        let mark = |out: &mut Vec<u8>, words: &str| {
            if bare {
                Line::from(out, self.server(), "NOTICE").word(room.as_str()).text(words).end();
            }
        };
        mark(out, "what was said before you came:");
        self.in_batch(out, "chathistory", Some(room.as_str()), |out| self.write_items(items, out));
        mark(out, "from here on it is now");
    }

    /// Appends the lines of a history as they once were. What was taken back is left out.
    pub(super) fn write_items(&self, items: &[Item], out: &mut Vec<u8>) {
        for item in items.iter().filter(|item| item.redacted.is_none()) {
            self.renderer().item(&item.event, out);
        }
    }
}
