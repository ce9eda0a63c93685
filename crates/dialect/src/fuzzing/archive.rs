//! What is kept in a trial: histories in small, as a store would keep them.

use std::sync::Arc;

use hub::{
    Event, Item, ItemKinds, LogKey, MessageId, Party, Reach, Recall, Recalled, Record, Reference, Span, Text,
    Timestamp,
};

#[derive(Default)]
pub(super) struct Archive(Vec<Kept>);

struct Kept {
    logs: Vec<LogKey>,
    by: Party,
    id: MessageId,
    at: Timestamp,
    event: Arc<Event>,
    redacted: Option<Arc<Event>>,
}

impl Archive {
    /// Takes a record.
    pub fn keep(&mut self, record: &Record) {
        match record {
            Record::Item { logs, by, event } => {
                let Some((id, at)) = event.stamp() else { return };
                let (logs, event) = (logs.to_vec(), Arc::clone(event));
                self.0.push(Kept { logs, by: by.clone(), id, at, event, redacted: None });
            }
            Record::Redacted { id, event, .. } => {
                for kept in self.0.iter_mut().filter(|kept| kept.id == *id) {
                    kept.event = Arc::new(bare(&kept.event));
                    kept.redacted = Some(Arc::clone(event));
                }
            }
            _ => {}
        }
    }

    /// Answers what may be asked.
    pub fn recall(&self, reach: &Reach, recall: &Recall) -> Recalled {
        match recall {
            Recall::Page { span, most, kinds, .. } => {
                let kept = self.of(reach).filter(|kept| kinds.intersects(ItemKinds::of(&kept.event)));
                Recalled::Page(items(part(&kept.collect::<Vec<_>>(), *span, *most)))
            }
            Recall::Targets { most, .. } => {
                let rooms = reach.rooms.iter().take(*most);
                Recalled::Targets(rooms.map(|(_, name)| (name.as_str().into(), Timestamp(1))).collect())
            }
            Recall::Find { id, .. } => {
                let found = self.of(reach).find(|kept| kept.id == *id && kept.redacted.is_none());
                Recalled::Found(found.map(|kept| kept.by.clone()))
            }
            Recall::Search(search) => {
                let said = |kept: &&Kept| ItemKinds::SAID.intersects(ItemKinds::of(&kept.event));
                let kept: Vec<&Kept> = self.of(reach).filter(said).collect();
                Recalled::Search(items(part(&kept, Span::Latest(None), search.most)))
            }
        }
    }

    /// All of one history, or of all rooms.
    fn of<'a>(&'a self, reach: &'a Reach) -> impl Iterator<Item = &'a Kept> {
        let within = |log: &LogKey| match &reach.log {
            Some(one) => one == log,
            None => reach.rooms.iter().any(|(room, _)| room == log),
        };
        self.0.iter().filter(move |kept| kept.logs.iter().any(within))
    }
}

fn items(kept: &[&Kept]) -> Vec<Item> {
    let item = |kept: &&Kept| Item { event: Arc::clone(&kept.event), redacted: kept.redacted.clone() };
    kept.iter().map(item).collect()
}

fn part<'k, 'a>(all: &'a [&'k Kept], span: Span, most: usize) -> &'a [&'k Kept] {
    let before = |reference| all.partition_point(|kept| kept.at < time(all, reference));
    let behind = |reference| all.partition_point(|kept| kept.at <= time(all, reference));
    let (from, to, newest) = match span {
        Span::Latest(None) => (0, all.len(), true),
        Span::Latest(Some(reference)) => (behind(reference), all.len(), true),
        Span::Before(reference) => (0, before(reference), true),
        Span::After(reference) => (behind(reference), all.len(), false),
        Span::Around(reference) => (before(reference).saturating_sub(most / 2), all.len(), false),
        Span::Between(one, other) if time(all, one) <= time(all, other) => {
            (behind(one), before(other), false)
        }
        Span::Between(one, other) => (behind(other), before(one), true),
    };
    let part = all.get(from..to).unwrap_or_default();
    let count = part.len().min(most);
    if newest { &part[part.len() - count..] } else { &part[..count] }
}

fn time(all: &[&Kept], reference: Reference) -> Timestamp {
    match reference {
        Reference::Time(at) => at,
        Reference::Id(id) => all.iter().find(|kept| kept.id == id).map_or(Timestamp(0), |kept| kept.at),
    }
}

/// A message without its words and tags.
fn bare(event: &Event) -> Event {
    match event.clone() {
        Event::Said { id, at, who, kind, to, .. } => Event::Said {
            id,
            at,
            who,
            kind,
            to,
            text: Text::default(),
            lines: None,
            tags: bytes::Bytes::new(),
        },
        other => other,
    }
}
