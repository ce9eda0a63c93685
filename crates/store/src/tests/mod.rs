//! What must be true of the store: through its interface, but for a way to fill the disk.

#![allow(clippy::unwrap_used)]

mod copies;
mod items;
mod retention;
mod search;
mod spans;
mod state;
mod trouble;

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hub::{
    Casemapping, Destination, Event, Identity, Item, ItemKinds, LogKey, MessageId, Nick, Party, Record,
    RoomName, Saved, SayKind, Text, Timestamp,
};
use smallvec::smallvec;
use smol_str::SmolStr;
use tempfile::TempDir;

use crate::{Options, Progress, Reader, Retention, Store, StoreError};

/// Keeps everything.
pub const ALL: Retention =
    Retention { room_items: usize::MAX, direct_items: usize::MAX, age: None, bytes: None };
pub const MANY: usize = 1_000_000;

/// An open store, and who counts its records.
pub struct Scene {
    pub dir: TempDir,
    pub store: Arc<Store>,
    pub saved: Saved,
    pub told: Mutex<Receiver<Progress>>,
    pub at: i64,
}

impl Scene {
    pub fn new() -> Self {
        Self::with(ALL)
    }

    pub fn with(retention: Retention) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::open(dir, retention).unwrap()
    }

    pub fn open(dir: TempDir, retention: Retention) -> Result<Self, StoreError> {
        let (store, saved, told) = open(dir.path(), retention)?;
        Ok(Self { dir, store, saved, told: Mutex::new(told), at: 1_700_000_000_000 })
    }

    /// Closes it and opens it again.
    pub fn again(self) -> Self {
        let Self { dir, store, at, .. } = self;
        store.close();
        drop(store);
        Self { at, ..Self::open(dir, ALL).unwrap() }
    }

    pub fn keep(&self, record: Record) {
        self.store.keep(self.store.last() + 1, record);
    }

    /// Somebody says something in a room, a second later than the last.
    pub fn say(&mut self, room: &str, nick: &str, text: &str) -> Event {
        let event = said(room, nick, text, self.next());
        self.keep(item(room, nick, &event));
        event
    }

    pub fn next(&mut self) -> i64 {
        self.at += 1000;
        self.at
    }

    pub fn reader(&self) -> Reader {
        self.store.reader().unwrap()
    }

    /// Waits until everything is on disk.
    pub fn settle(&self) {
        let last = self.store.last();
        let start = std::time::Instant::now();
        while self.store.kept() < last {
            assert!(start.elapsed() < Duration::from_secs(20), "{:?}", self.store.failing());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until everything is in the index.
    pub fn index(&self) {
        self.settle();
        self.until("everything is indexed", |conn| {
            let last: Option<i64> = conn.query_row("SELECT max(n) FROM items", [], |row| row.get(0)).unwrap();
            crate::meta::get(conn, "indexed").unwrap() >= last.unwrap_or(0)
        });
    }

    /// Waits until something is true of the database.
    pub fn until(&self, what: &str, test: impl Fn(&rusqlite::Connection) -> bool) {
        let conn = rusqlite::Connection::open(self.store.path()).unwrap();
        let start = std::time::Instant::now();
        while !test(&conn) {
            assert!(start.elapsed() < Duration::from_secs(30), "never came true: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything in a history.
    pub fn all(&self, log: &LogKey) -> Vec<Item> {
        let kinds = ItemKinds::all();
        self.reader().page(self.store.last(), log, &hub::Span::Latest(None), MANY, kinds).unwrap()
    }
}

pub fn open(
    path: &Path,
    retention: Retention,
) -> Result<(Arc<Store>, Saved, Receiver<Progress>), StoreError> {
    let (tell, told) = channel();
    let options = Options { casemapping: Casemapping::Ascii, retention };
    let told_by = Box::new(move |progress| drop(tell.send(progress)));
    Store::open(path, options, told_by).map(|(store, saved)| (store, saved, told))
}

pub fn room(name: &str) -> LogKey {
    LogKey::Room(name.into())
}

pub fn direct(owner: &Party, peer: &str) -> LogKey {
    LogKey::Direct { owner: owner.clone(), peer: peer.into() }
}

pub fn account(name: &str) -> Party {
    Party::Account(name.into())
}

pub fn room_name(name: &str) -> RoomName {
    RoomName::new(name, 50).unwrap()
}

pub fn nick(name: &str) -> Nick {
    Nick::new(name, 50).unwrap()
}

pub fn who(name: &str) -> Arc<Identity> {
    Arc::new(Identity {
        nick: nick(name),
        user: "u".into(),
        host: "host.example".into(),
        account: Some(SmolStr::new(name)),
        bot: false,
        realname: "Some Body".into(),
        handle: None,
        place: hub::Place::default(),
    })
}

/// An id of that time.
pub fn id(at: i64) -> MessageId {
    MessageId((at as u128) << 80 | 1 << 32)
}

pub fn said(room: &str, name: &str, text: &str, at: i64) -> Event {
    Event::Said {
        id: id(at),
        at: Timestamp(at),
        who: who(name),
        kind: SayKind::Message,
        to: Destination::Room(room_name(room)),
        text: Text::from(text),
        lines: None,
        tags: Bytes::new(),
    }
}

pub fn redacted(event: &Event, at: i64) -> Event {
    let Event::Said { id: message, who, to, .. } = event else { panic!("not said") };
    Event::Redacted {
        id: id(at),
        at: Timestamp(at),
        who: who.clone(),
        to: to.clone(),
        message: *message,
        reason: Some("oops".into()),
    }
}

pub fn item(room_name: &str, by: &str, event: &Event) -> Record {
    Record::Item { logs: smallvec![room(room_name)], by: account(by), event: Arc::new(event.clone()) }
}

pub fn take_back(logs: &[LogKey], event: &Event, at: i64) -> Record {
    let Event::Said { id: message, .. } = event else { panic!("not said") };
    Record::Redacted { logs: logs.into(), id: *message, event: Arc::new(redacted(event, at)) }
}

/// The words of what was said.
pub fn texts(items: &[Item]) -> Vec<String> {
    items
        .iter()
        .map(|item| match &*item.event {
            Event::Said { text, .. } => text.to_string(),
            other => format!("{other:?}"),
        })
        .collect()
}
