//! One who keeps histories, and notices what could not be read there later.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Audience, Command, Effect, Entry, Event, LogKey, MessageId, Record, Settings, Timestamp};

pub(super) struct Archive {
    history: bool,
    /// The time of the latest item of each history.
    latest: BTreeMap<LogKey, Timestamp>,
}

impl Archive {
    pub fn new(settings: &Settings) -> Self {
        Self { history: settings.history, latest: BTreeMap::new() }
    }

    /// Takes in the items of one entry.
    pub fn see(&mut self, entry: &Entry, effects: &[Effect]) -> Result<(), String> {
        if let Command::Configure(settings) = &entry.command {
            self.history = settings.history;
        }
        let mut kept = BTreeSet::new();
        for effect in effects {
            match effect {
                Effect::Keep(record) => self.keep(record, &mut kept)?,
                Effect::Tell { to: Audience::Room { .. } | Audience::Rooms { .. }, event } => {
                    self.was_kept(entry, event, &kept)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The times of a history increase, and nothing stands in it twice.
    fn keep(&mut self, record: &Record, kept: &mut BTreeSet<MessageId>) -> Result<(), String> {
        let Record::Item { logs, event, .. } = record else { return Ok(()) };
        let (id, at) = event.stamp().ok_or(format!("{event:?} is no item"))?;
        let new = |log: &LogKey| self.latest.insert(log.clone(), at).is_none_or(|before| before < at);
        match !logs.is_empty() && logs.iter().all(new) && kept.insert(id) {
            true => Ok(()),
            false => Err(format!("{record:?} is not new")),
        }
    }

    /// Whoever is told something in a room can read it there later.
    fn was_kept(&self, entry: &Entry, event: &Event, kept: &BTreeSet<MessageId>) -> Result<(), String> {
        let passes = matches!(&entry.command, Command::Say(say) if !say.lasts);
        match event.stamp() {
            Some((id, _)) if self.history && !passes && !kept.contains(&id) => {
                Err(format!("{event:?} was told and not kept"))
            }
            _ => Ok(()),
        }
    }
}
