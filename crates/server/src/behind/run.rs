//! What was missed: for each stay in a room, from when to when.

use std::collections::{BTreeSet, VecDeque};

use hub::{Destination, Event, Item, ItemKinds, MessageId, RoomId, RoomName, Timestamp};
use smol_str::SmolStr;

use super::page::Stretch;
use super::{Sort, TOLD_APART, Told, Words};

/// Most stays in rooms; of what is missed in those beyond, messages are counted.
const RUNS: usize = 1000;
/// Most events told apart whose ids are remembered. A connection takes no frame while it is behind, so only
/// other connections of its user can bring it there; an event beyond would be told twice.
const APART: usize = 4096;

/// Everything missed in a time.
#[derive(Debug, Default)]
pub struct Missed {
    runs: Vec<Run>,
    /// What the connection alone is told, in order.
    words: VecDeque<Words>,
    bytes: usize,
    /// How many of the words are not answers.
    tells: usize,
    /// Events that were told in another way.
    apart: BTreeSet<MessageId>,
    /// Messages that nothing else is known of.
    elsewhere: u64,
}

/// What was missed in a room during one stay.
#[derive(Debug)]
struct Run {
    room: RoomId,
    /// Its history; none if nothing is kept.
    log: Option<SmolStr>,
    /// What it is called, once that has been seen.
    name: SmolStr,
    /// The times of the first event that was missed, or, later, behind the last that was told; and of the last.
    first: Timestamp,
    last: Timestamp,
    /// Messages missed, and messages in the same time that were told apart.
    missed: u64,
    apart: u64,
    /// Whether the stay goes on.
    open: bool,
    /// Messages that were found in the history, and those that the peer was told are not there.
    found: u64,
    announced: u64,
    /// Whether reading has begun, and ended.
    begun: bool,
    over: bool,
}

impl Run {
    /// Announces messages that are not there, if there are any.
    fn announce(&mut self, count: u64, told: &mut Vec<Told>) {
        if count > 0 {
            self.announced += count;
            told.push(Told::Missed(Some(self.name.clone()), count));
        }
    }
}

impl Missed {
    /// Something happened in a room.
    pub fn note(
        &mut self,
        room: RoomId,
        log: Option<&SmolStr>,
        at: Timestamp,
        name: Option<&RoomName>,
        said: bool,
    ) {
        let known = self.runs.iter().position(|run| run.open && run.room == room);
        if known.is_none() && self.runs.len() >= RUNS {
            self.elsewhere += u64::from(said);
            return;
        }
        let number = known.unwrap_or_else(|| {
            self.runs.push(Run {
                room,
                log: log.cloned(),
                name: SmolStr::default(),
                first: at,
                last: at,
                missed: 0,
                apart: 0,
                open: true,
                found: 0,
                announced: 0,
                begun: false,
                over: false,
            });
            self.runs.len() - 1
        });
        let run = &mut self.runs[number];
        run.last = at;
        run.missed += u64::from(said);
        if let Some(name) = name.filter(|_| run.name.is_empty()) {
            run.name = SmolStr::new(name.as_str());
        }
    }

    /// Something happened in a room, and the session was told in another way.
    pub fn told_apart(&mut self, id: MessageId, at: Timestamp, name: Option<&RoomName>, said: bool) {
        if self.apart.len() < APART {
            self.apart.insert(id);
        }
        let name = name.map(RoomName::as_str);
        if let Some(run) = self.runs.iter_mut().find(|run| run.open && Some(run.name.as_str()) == name) {
            run.last = run.last.max(at);
            run.apart += u64::from(said);
        }
    }

    /// The connection alone is told something. Says no if that is an answer and more than may wait.
    pub fn say(&mut self, words: Words, sort: Sort, most: usize) -> bool {
        let fits = self.bytes + words.piece.len() <= most;
        if matches!(sort, Sort::Message | Sort::Other) {
            if !fits || self.tells >= TOLD_APART {
                self.elsewhere += u64::from(sort == Sort::Message);
                return true;
            }
            self.tells += 1;
        }
        self.bytes += words.piece.len();
        self.words.push_back(words);
        fits
    }

    /// A stay in a room is over.
    pub fn left(&mut self, room: RoomId) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.open && run.room == room) {
            run.open = false;
        }
    }

    /// What is still to be read.
    pub fn stretches(&self) -> Vec<Stretch> {
        let unread = self.runs.iter().enumerate().filter(|(_, run)| !run.over);
        let stretch = |(number, run): (usize, &Run)| {
            let (log, count) = (run.log.clone()?, !run.begun);
            Some(Stretch { run: number, log, from: run.first, to: run.last, count })
        };
        unread.filter_map(stretch).collect()
    }

    /// Announces what has gone from the histories before the rest of them is told.
    pub fn announce(&mut self, counts: &[(usize, u64)], told: &mut Vec<Told>) {
        for &(number, count) in counts {
            if let Some(run) = self.runs.get_mut(number).filter(|run| !run.begun) {
                run.begun = true;
                let gone = run.missed.saturating_sub(count.saturating_sub(run.apart));
                run.announce(gone, told);
            }
        }
        for run in self.runs.iter_mut().filter(|run| run.log.is_none() && !run.over) {
            run.over = true;
            run.announce(run.missed, told);
        }
    }

    /// Takes the words that come before the record of this number.
    pub fn words_before(&mut self, number: u64, told: &mut Vec<Told>) {
        while let Some(words) = self.words.pop_front_if(|words| words.after < number) {
            self.bytes -= words.piece.len();
            told.push(Told::Words(words));
        }
    }

    /// Takes an item that was found. Whether it is to be told.
    pub fn finds(&mut self, run: usize, item: &Item) -> bool {
        let Some(run) = self.runs.get_mut(run) else { return false };
        let Some((id, at)) = item.event.stamp() else { return false };
        run.first = at.next();
        if self.apart.contains(&id) || matches!(&*item.event, Event::Said { to: Destination::Ranked(_), .. })
        {
            return false;
        }
        let kinds = ItemKinds::of(&item.event);
        run.found += u64::from(kinds.intersects(ItemKinds::SAID));
        // Signals are not caught up with, and what was taken back is not said again.
        item.redacted.is_none() && !kinds.contains(ItemKinds::SIGNAL)
    }

    /// Nothing more is to be found in these runs: announces what was not.
    pub fn end(&mut self, runs: &[usize], told: &mut Vec<Told>) {
        for &number in runs {
            if let Some(run) = self.runs.get_mut(number).filter(|run| !run.over) {
                run.over = true;
                run.announce(run.missed.saturating_sub(run.announced + run.found), told);
            }
        }
    }

    /// Announces messages of which nothing else is known.
    pub fn announce_elsewhere(&mut self, told: &mut Vec<Told>) {
        let count = std::mem::take(&mut self.elsewhere);
        if count > 0 {
            told.push(Told::Missed(None, count));
        }
    }

    /// Whether everything has been read.
    pub fn is_over(&self) -> bool {
        self.runs.iter().all(|run| run.over)
    }

    /// The words alone.
    pub fn into_words(self) -> impl Iterator<Item = Words> {
        self.words.into_iter()
    }
}
