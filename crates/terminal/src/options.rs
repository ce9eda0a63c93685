//! What the user asked for on the command line.

use std::thread;

use client::{Conversation, Dialect, Show, Url, Words};

use crate::dial::{self, Opened};
use crate::event::{Event, Events};

/// Where to go, and as whom.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where, in which dialect.
    pub url: Url,
    /// What the user is called if the URL does not say and the dialect needs it.
    pub name: String,
    /// How the other end writes text.
    pub words: Words,
    /// Whether any certificate will do.
    pub insecure: bool,
    /// Whether to wait there for somebody, rather than to go.
    pub listen: bool,
}

impl Options {
    /// Opens a connection in a thread of its own, which puts what comes of it into `events`.
    pub(crate) fn dial(&self, number: u64, events: Events) {
        let options = self.clone();
        thread::spawn(move || {
            let opened = match options.listen {
                true => dial::listen(&options.url),
                false => dial::dial(&options.url, options.insecure),
            };
            // If nobody takes it, it is closed.
            let _ = events.send(Event::Dialed(number, Box::new(opened)));
        });
    }

    /// The conversation on a connection.
    pub(crate) fn conversation(&self, opened: &Opened) -> Box<dyn Conversation> {
        match self.listen {
            true => client::waiting(&self.url, &self.name, self.words),
            false => client::conversation(&self.url, &self.name, self.words, opened.local),
        }
    }

    /// What does not work on a connection, though nothing is wrong with it.
    pub(crate) fn lacks(&self, opened: &Opened) -> Option<Show> {
        let lacks = self.url.dialect == Dialect::Group && opened.private.is_none();
        lacks.then(|| {
            let why = if self.url.is_local_file() { "there is no TCP port" } else { "its UDP port is taken" };
            Show::Notice(format!("no private messages on this connection: {why}"))
        })
    }
}
