//! A connection that has fallen behind: what it missed, and how it comes back.
//!
//! Nothing live is queued for it. Of its rooms it is remembered only from when to when something was missed;
//! that is read from the history, page by page, as the peer reads. What it alone is told, and its own answers,
//! wait in their place between.
//!
//! ```text
//!                        all is written                 a page is read, encoded, written
//!  live ──sendq──▶ since ───────────────▶ past + since ─┐◀────────────┘
//!    ▲                ▲                      │ nothing left of the past
//!    │                └── too much since ────┤
//!    └───── what came since, as it came ─────┘
//! ```
//!
//! While the past is read, what happens is kept twice: as it would have been written, as long as that is
//! little, and as missed. So the last page and what came after it meet exactly, however busy the rooms are.
//!
//! What the session was told apart from the others (its own sayings, what other connections of its user do)
//! stands in the histories too. It is known by its id, and not told again.

mod page;
mod run;

use std::sync::Arc;

use hub::{Destination, Event, ItemKinds, MessageId, RoomId, RoomName};
use smol_str::SmolStr;

use crate::piece::Piece;
pub use page::{Ask, MOST, Page, Part};
use run::Missed;

/// Most things told to the connection alone that wait; of those beyond, messages are counted.
const TOLD_APART: usize = 1000;

/// What is told to one connection alone.
#[derive(Clone, Debug)]
pub struct Words {
    /// It happened behind the record of this number.
    pub after: u64,
    /// The bytes.
    pub piece: Piece,
    /// The number that it acknowledges to be kept; zero if none.
    pub promise: u64,
}

/// What sort of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// An answer: never left out.
    Answer,
    /// What the server has to say: neither.
    Notice,
    /// A message from somebody.
    Message,
    /// Something else that others did.
    Other,
}

/// What the connection is to be told now.
#[derive(Debug)]
pub enum Told {
    /// Something that happened in a room.
    Event(Arc<Event>),
    /// What it alone is told.
    Words(Words),
    /// So many messages are missing: in a room, or elsewhere.
    Missed(Option<SmolStr>, u64),
}

/// What one connection missed.
#[derive(Debug)]
pub struct Behind {
    /// Most bytes of words that wait.
    most: usize,
    /// What it is being told.
    past: Option<Missed>,
    /// What came after that.
    since: Missed,
    /// The same, as it would have been written; none if it has become too much.
    live: Option<Vec<Words>>,
    live_bytes: usize,
    /// The event that was told last: one that many rooms saw stands in each of their histories, at numbers that
    /// follow each other.
    last: MessageId,
    /// Whether a page is being read.
    pub asked: bool,
    /// When it fell behind, in milliseconds of the worker's watch.
    pub began: u64,
    /// When the peer last took a byte, or had nothing to take; in milliseconds of the worker's watch.
    pub progress: u64,
    /// When that is looked at next.
    pub due: u64,
}

impl Behind {
    /// Has missed nothing yet. Most bytes of words that wait.
    pub fn new(most: usize, now: u64) -> Self {
        Self {
            most,
            past: None,
            since: Missed::default(),
            live: None,
            live_bytes: 0,
            last: MessageId::default(),
            asked: false,
            began: now,
            progress: now,
            due: 0,
        }
    }

    /// Something happened in a room with this history (none: it is not kept), behind the record `number`;
    /// `pieces` is how it would have been told.
    pub fn missed(
        &mut self,
        room: RoomId,
        log: Option<&SmolStr>,
        number: u64,
        event: &Event,
        pieces: &[Piece],
    ) {
        for piece in pieces {
            self.keep_live(Words { after: number, piece: piece.clone(), promise: 0 });
        }
        let kinds = ItemKinds::of(event);
        let is_item = !kinds.is_empty() && !kinds.contains(ItemKinds::SIGNAL);
        let said = kinds.intersects(ItemKinds::SAID);
        if is_item && let Some((_, at)) = event.stamp() {
            self.since.note(room, log, at, room_of(event), said);
        }
        // What changes how the client sees a room can't be read later if it is not kept.
        let changes = is_item && !said && log.is_none();
        if changes || matches!(event, Event::Redacted { .. }) {
            for piece in pieces {
                let words = Words { after: number, piece: piece.clone(), promise: 0 };
                self.since.say(words, Sort::Other, self.most);
            }
        }
    }

    /// The connection alone is told something. Says no if that is more than may wait.
    pub fn say(&mut self, words: Words, sort: Sort) -> bool {
        self.keep_live(words.clone());
        self.since.say(words, sort, self.most)
    }

    /// The session has been told an event in another way than those in the room.
    pub fn told_apart(&mut self, event: &Event) {
        let elsewhere =
            matches!(event, Event::Said { to: Destination::User(_) | Destination::Ranked(_), .. });
        if let Some((id, at)) = event.stamp().filter(|_| !elsewhere) {
            let said = ItemKinds::of(event).intersects(ItemKinds::SAID);
            self.since.told_apart(id, at, room_of(event), said);
        }
    }

    /// The session is no longer in a room.
    pub fn left(&mut self, room: RoomId) {
        self.since.left(room);
    }

    /// The peer has read all there was. What is to be read for it: of the history, up to this number.
    pub fn ask(&mut self, upto: u64) -> Ask {
        if self.past.is_none() {
            self.past = Some(std::mem::take(&mut self.since));
            (self.live, self.live_bytes) = (Some(Vec::new()), 0);
        }
        let stretches = self.past.as_ref().map(Missed::stretches).unwrap_or_default();
        Ask { upto, stretches }
    }

    /// Takes a page that was asked for. What the peer is to be told, in order.
    pub fn take(&mut self, page: Page) -> Vec<Told> {
        let mut told = Vec::new();
        let Some(past) = &mut self.past else { return told };
        past.announce(&page.counts, &mut told);
        for (number, run, item) in page.items {
            past.words_before(number, &mut told);
            if past.finds(run, &item)
                && let Some((id, _)) = item.event.stamp()
                && id != self.last
            {
                self.last = id;
                told.push(Told::Event(item.event));
            }
        }
        past.end(&page.ended, &mut told);
        if past.is_over() {
            past.words_before(u64::MAX, &mut told);
            past.announce_elsewhere(&mut told);
            self.past = None;
            if let Some(live) = &mut self.live {
                told.extend(live.drain(..).map(Told::Words));
            }
        }
        told
    }

    /// Whether all has been told: the connection is live again.
    pub fn is_over(&self) -> bool {
        self.past.is_none() && self.live.is_some()
    }

    /// What the connection alone was to be told, when it ends before it has come back.
    pub fn into_words(self) -> impl Iterator<Item = Words> {
        self.past.into_iter().chain([self.since]).flat_map(Missed::into_words)
    }

    fn keep_live(&mut self, words: Words) {
        if let Some(live) = &mut self.live {
            self.live_bytes += words.piece.len();
            live.push(words);
            if self.live_bytes > self.most / 2 {
                self.live = None;
            }
        }
    }
}

/// The room it happened in, if it is one.
fn room_of(event: &Event) -> Option<&RoomName> {
    match event {
        Event::Said { to: Destination::Room(room), .. }
        | Event::Joined { room, .. }
        | Event::Parted { room, .. }
        | Event::Kicked { room, .. }
        | Event::TopicSet { room, .. }
        | Event::RoomModes { room, .. } => Some(room),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
