//! What was said before: asked for, or told to who enters a room; each message behind its time.

use hub::{Event, ItemKinds, Recall, Recalled, Reference, RoomName, Search, Span, Timestamp};

use super::Person;
use crate::Output;
use crate::text::note::Note;
use crate::text::rejection::reason;

/// Messages in the answer to `/history` that says no number, and to `/search`.
const USUAL: usize = 20;
/// Questions that may wait for their answers.
const QUESTIONS: usize = 16;

/// What was asked, and who wants to know.
#[derive(Debug)]
pub(super) struct Asked {
    recall: Box<Recall>,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// It has entered a room.
    Entered,
    /// `/history`
    History,
    /// `/search`
    Search,
}

impl Person {
    /// Asks for what was said last in a room before it came.
    pub(super) fn replay(&mut self, room: &RoomName, outputs: &mut Vec<Output>) {
        let most = self.settings.replay;
        if most > 0 {
            // What came later it was told as it was said.
            let span = Span::Before(Reference::Time(self.entered));
            self.recall(Why::Entered, page(room, span, most), outputs);
        }
    }

    pub(super) fn history(&mut self, count: Option<usize>, outputs: &mut Vec<Output>) {
        let most = count.unwrap_or(USUAL).min(self.settings.history_most);
        match self.room.clone() {
            _ if most == 0 => self.inform(outputs, "nothing is kept of what is said here"),
            Some(room) => self.recall(Why::History, page(&room, Span::Latest(None), most), outputs),
            None => self.inform(outputs, "you are in no room: /join ROOM"),
        }
    }

    pub(super) fn search(&mut self, words: &str, outputs: &mut Vec<Output>) {
        let most = USUAL.min(self.settings.history_most);
        if most == 0 {
            return self.inform(outputs, "nothing is kept of what is said here");
        }
        let search = Search { text: words.to_owned(), most, ..Search::default() };
        self.recall(Why::Search, Recall::Search(Box::new(search)), outputs);
    }

    /// Asks one thing after the other: an answer does not say what it is to.
    fn recall(&mut self, why: Why, recall: Recall, outputs: &mut Vec<Output>) {
        if self.recalls.len() >= QUESTIONS && why != Why::Entered {
            return self.inform(outputs, "too much at once: wait for the answers");
        }
        let recall = Box::new(recall);
        if self.recalls.is_empty() {
            outputs.push(Output::Recall(recall.clone()));
        }
        self.recalls.push_back(Asked { recall, why });
    }

    /// Takes what was found, and asks the next thing.
    pub(super) fn recalled(
        &mut self,
        recalled: &Recalled,
        outputs: &mut Vec<Output>,
        tell: &mut dyn FnMut(Note<'_>, bool),
    ) {
        let Some(Asked { why, .. }) = self.recalls.pop_front() else { return };
        if let Some(next) = self.recalls.front() {
            outputs.push(Output::Recall(next.recall.clone()));
        }
        let items = match recalled {
            Recalled::Page(items) | Recalled::Search(items) => items.as_slice(),
            _ if why == Why::Entered => return,
            Recalled::Rejected(rejection) => return tell(Note::Info(reason(rejection).into()), false),
            _ => return tell(Note::Info("what was said can't be read at the moment".into()), false),
        };
        let rooms = self.names_rooms() || why == Why::Search;
        let mut found = false;
        for item in items.iter().filter(|item| item.redacted.is_none()) {
            self.tell_old(&item.event, rooms, &mut |note| {
                found = true;
                tell(note, false);
            });
        }
        match why {
            Why::History if !found => tell(Note::Info("nothing has been said here".into()), false),
            Why::Search if !found => tell(Note::Info("nothing was found".into()), false),
            _ => {}
        }
    }

    /// Tells a message that was said before, line by line.
    pub(super) fn tell_old(&self, event: &Event, rooms: bool, tell: &mut dyn FnMut(Note<'_>)) {
        let Event::Said { at, .. } = event else { return };
        let time = self.stamp(*at);
        Note::each(event, &mut |note| {
            let words = match &note {
                Note::Private { who, to, text, .. } if who.nick.as_str() == self.nick && *to != self.nick => {
                    format!("-> *{to}* {text}").into()
                }
                note => note.words(rooms),
            };
            tell(Note::Old { time: time.as_str().into(), words });
        });
    }

    /// When something was said: the time of day, behind the date if that was not today.
    fn stamp(&self, at: Timestamp) -> String {
        let zoned = |at: Timestamp| {
            let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
            at.to_zoned(self.settings.zone.clone())
        };
        let then = zoned(at);
        let today = then.date() == zoned(self.now).date();
        then.strftime(if today { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
    }
}

fn page(room: &RoomName, span: Span, most: usize) -> Recall {
    Recall::Page { target: room.as_str().into(), span, most, kinds: ItemKinds::SAID }
}
