//! One who keeps what there is to keep, as a store would, and tries now and then whether it can be used.

use crate::{Effect, Hub, Record, Saved};

#[derive(Default)]
pub(super) struct Keeper {
    saved: Saved,
    entries: usize,
}

impl Keeper {
    /// Takes in the records of one entry, which stand before anything that is told of it.
    pub fn see(&mut self, hub: &Hub, effects: &[Effect]) -> Result<(), String> {
        let first_told = effects.iter().position(|effect| !matches!(effect, Effect::Keep(_)));
        let late =
            effects.iter().skip(first_told.unwrap_or(effects.len())).any(|e| matches!(e, Effect::Keep(_)));
        if late {
            return Err(format!("something is kept after it was told: {effects:#?}"));
        }
        self.entries += 1;
        let is_whole = self.entries.is_multiple_of(16);
        // Comparing takes long, so it is done where anything but histories changed, and now and then.
        let mut is_due = is_whole;
        for effect in effects {
            if let Effect::Keep(record) = effect {
                is_due |= !matches!(**record, Record::Item { .. });
                self.saved.fold(record, hub.settings.casemapping);
            }
        }
        if !is_due {
            return Ok(());
        }
        let saved = hub.saved();
        if self.saved != saved {
            return Err(format!("kept is {:#?}\nand there is {saved:#?}", self.saved));
        }
        match is_whole {
            true => try_out(hub, saved),
            false => Ok(()),
        }
    }
}

/// A hub made from it is sound, and saves the same.
fn try_out(hub: &Hub, saved: Saved) -> Result<(), String> {
    let restored = Hub::restore(hub.settings.clone(), saved.clone());
    restored.check()?;
    match restored.saved() == saved {
        true => Ok(()),
        false => Err(format!("saved was {saved:#?}\nand restored {:#?}", restored.saved())),
    }
}
