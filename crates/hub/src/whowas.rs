//! Who had which nickname, and until when.

use std::sync::Arc;

use crate::hub::Hub;
use crate::{Identity, Timestamp, Whowas};

impl Hub {
    /// Remembers who was called this, and forgets the one that was longest ago.
    pub(crate) fn remember(&mut self, who: Arc<Identity>, until: Timestamp) {
        self.whowas.push_front(Whowas { who, until });
        self.whowas.truncate(self.settings.limits.whowas);
    }

    /// All that had this nickname, latest first.
    pub(crate) fn former(&self, nick: &str) -> Vec<Whowas> {
        self.whowas.iter().filter(|past| self.same(past.who.nick.as_str(), nick)).cloned().collect()
    }
}
