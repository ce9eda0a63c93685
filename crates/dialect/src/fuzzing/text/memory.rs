//! What was said in rooms, for those who ask later.

use std::sync::Arc;

use hub::{Destination, Event, Item, Recall, Recalled, Reference, Rejection, Span, Timestamp};

/// Most messages that are kept.
const MOST: usize = 100;

/// What was said, oldest first.
#[derive(Default)]
pub(super) struct Memory(Vec<Arc<Event>>);

impl Memory {
    pub fn keep(&mut self, event: &Arc<Event>) {
        if matches!(**event, Event::Said { to: Destination::Room(_), .. }) {
            self.0.push(Arc::clone(event));
            self.0.drain(..self.0.len().saturating_sub(MOST));
        }
    }

    pub fn recall(&self, recall: &Recall) -> Recalled {
        match recall {
            Recall::Page { target, span, most, .. } => {
                let end = match span {
                    Span::Before(Reference::Time(at)) => *at,
                    _ => Timestamp(i64::MAX),
                };
                let there = |room: &str| room.eq_ignore_ascii_case(target);
                Recalled::Page(self.last(*most, |at, room, _| at < end && there(room)))
            }
            Recall::Search(search) => {
                Recalled::Search(self.last(search.most, |_, _, text| text.contains(&search.text)))
            }
            Recall::Targets { .. } => Recalled::Failed,
            Recall::Find { target, .. } => Recalled::Rejected(Rejection::NoSuchTarget(target.clone())),
        }
    }

    fn last(&self, most: usize, wanted: impl Fn(Timestamp, &str, &str) -> bool) -> Vec<Item> {
        let found = self.0.iter().filter(|event| match &***event {
            Event::Said { at, to: Destination::Room(room), text, .. } => {
                wanted(*at, room.as_str(), &String::from_utf8_lossy(text.as_bytes()))
            }
            _ => false,
        });
        let mut items: Vec<Item> =
            found.rev().take(most).map(|event| Item { event: Arc::clone(event), redacted: None }).collect();
        items.reverse();
        items
    }
}
