//! The operator's work while no server runs: on the store itself.

use std::sync::Arc;

use hub::{Account, Command, Effect, Entry, Event, Hub, Record, SessionId};
use store::{Options, Store};

use super::office::{self, Office};
use super::{OperatorError, Reply, Request};
use crate::clock;
use crate::config::Config;
use crate::ids::MessageIds;
use crate::live::{casemapping, hub_settings, retention};

/// Does it with the store, which nobody else has open meanwhile.
pub fn carry_out(config: &Config, request: &Request) -> Result<Reply, OperatorError> {
    let database = store::database(&config.datastore.path);
    if !database.exists() && !matches!(request, Request::Add { .. }) {
        return Err(OperatorError::Missing(database));
    }
    let options = Options { casemapping: casemapping(config), retention: retention(config) };
    let (store, saved) = Store::open(&config.datastore.path, options, Box::new(|_| ()))?;
    let hub = Hub::restore(hub_settings(config), saved);
    let mut desk = Desk { hub, last: store.last(), store };
    let reply = office::carry_out(&mut desk, config, request);
    desk.store.close();
    Ok(reply)
}

struct Desk {
    hub: Hub,
    store: Arc<Store>,
    /// The number of the last record.
    last: u64,
}

impl Office for Desk {
    fn apply(&mut self, command: Command) -> Result<Vec<Arc<Event>>, String> {
        let at = clock::now();
        let id = MessageIds::new().map_err(|error| error.to_string())?.next(at);
        let mut events = Vec::new();
        for effect in self.hub.apply(Entry { at, id, from: SessionId::SERVER, command }) {
            match effect {
                Effect::Keep(record) => self.keep(*record),
                Effect::Reply(event) => events.push(event),
                _ => {}
            }
        }
        self.store.close();
        if self.store.kept() < self.last {
            let why = self.store.failing().unwrap_or_else(|| "the store has ended".into());
            return Err(format!("nothing can be written to disk: {why}"));
        }
        Ok(events)
    }

    fn accounts(&self) -> Vec<Account> {
        self.hub.accounts().cloned().collect()
    }
}

impl Desk {
    fn keep(&mut self, record: Record) {
        let logs = match &record {
            Record::Item { logs, .. } => logs.len().max(1),
            _ => 1,
        };
        self.store.keep(self.last + 1, record);
        self.last += logs as u64;
    }
}
