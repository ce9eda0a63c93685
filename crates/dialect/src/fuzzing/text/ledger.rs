//! Who must have heard what: marks that were said, as the hub knows it.

use std::collections::{BTreeMap, BTreeSet};

use hub::{Audience, Destination, Event, RoomId, SessionId};

use super::super::Finding;
use super::typing::marks;

#[derive(Default)]
pub(super) struct Ledger {
    /// What everyone must have heard since it was last compared.
    owed: BTreeMap<SessionId, Vec<u32>>,
    /// What has been said.
    said: BTreeSet<u32>,
    /// What was typed, by whom, and how many units that one had heard.
    typed: Vec<(u32, SessionId, usize)>,
}

impl Ledger {
    /// Somebody has typed this mark.
    pub fn typed(&mut self, mark: u32, who: SessionId, heard: usize) {
        self.typed.push((mark, who, heard));
    }

    /// The hub has somebody say something: whoever is there owes to have heard it. `echoes` tells who hears
    /// itself.
    pub fn say(
        &mut self,
        from: SessionId,
        to: &Audience,
        event: &Event,
        members: &BTreeSet<(SessionId, RoomId)>,
        echoes: impl Fn(SessionId) -> bool,
    ) -> Finding {
        let Event::Said { text, to: destination, .. } = event else { return Ok(()) };
        let marks = marks(&String::from_utf8_lossy(text.as_bytes())).0;
        let mut listeners: BTreeSet<SessionId> = match to {
            Audience::Session(session) => [*session].into(),
            Audience::Sessions(sessions) => sessions.iter().copied().collect(),
            Audience::Room { room, .. } => {
                members.iter().filter(|(_, there)| there == room).map(|(session, _)| *session).collect()
            }
            Audience::Rooms { .. } => return Err("something was said in several rooms".to_owned()),
        };
        if matches!(destination, Destination::Room(_)) {
            listeners.remove(&from);
            listeners.extend([from].into_iter().filter(|from| echoes(*from)));
        }
        for mark in marks {
            if !self.said.insert(mark) {
                return Err(format!("{{{mark}}} was said twice"));
            }
            listeners.iter().for_each(|listener| self.owed.entry(*listener).or_default().push(mark));
        }
        Ok(())
    }

    /// What someone must have heard; it is settled now.
    pub fn settle(&mut self, who: SessionId, heard: &mut Vec<u32>) -> Finding {
        let owed = self.owed.remove(&who).unwrap_or_default();
        match std::mem::take(heard) {
            heard if heard == owed => Ok(()),
            heard => Err(format!("{who:?} heard {heard:?} rather than {owed:?}")),
        }
    }

    /// Who is gone is owed nothing, and will not be told what became of what it typed.
    pub fn gone(&mut self, who: SessionId) {
        self.owed.remove(&who);
        self.typed.retain(|(_, by, _)| *by != who);
    }

    /// Everything that was typed has been said, or else who typed it was told something.
    pub fn check(&mut self, heard: impl Fn(SessionId) -> Option<usize>) -> Finding {
        let mut typed = std::mem::take(&mut self.typed);
        typed.retain(|(mark, ..)| !self.said.contains(mark));
        for (mark, who, before) in typed {
            match heard(who) {
                Some(now) if now == before => return Err(format!("{{{mark}}} was lost without a word")),
                Some(_) => {}
                // It is still on its way in.
                None => self.typed.push((mark, who, before)),
            }
        }
        Ok(())
    }
}
