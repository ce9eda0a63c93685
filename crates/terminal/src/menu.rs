//! `menu`: the numbered menu. What arrives is shown above the line being typed.

use std::io;

use client::{Abilities, Asked, Menu, Show};

use crate::desk::Desk;
use crate::dial::Opened;
use crate::error::Error;
use crate::event::Event;
use crate::link::{Link, Told};
use crate::options::Options;

/// Shows the menu until the user chooses to exit.
///
/// # Errors
/// [`Error`]: nothing can be shown.
pub fn menu(options: Options, desk: Desk) -> Result<(), Error> {
    let state = State::Offline;
    let (menu, shown) = (Menu::default(), String::new());
    Board { options, desk, state, menu, shown, number: 0, reading: false, leaving: false, done: None }.run()
}

struct Board {
    options: Options,
    desk: Desk,
    state: State,
    menu: Menu,
    /// The choices that were shown last: shown again when they change.
    shown: String,
    /// The number of the newest connection: what comes from older ones is not ours any more.
    number: u64,
    /// Whether a line is being read.
    reading: bool,
    /// Whether to exit when the connection has ended.
    leaving: bool,
    done: Option<Result<(), Error>>,
}

enum State {
    Offline,
    Dialing,
    Online(Box<Link>),
}

impl Board {
    fn run(mut self) -> Result<(), Error> {
        loop {
            self.ask();
            let deadline = match &self.state {
                State::Online(link) => link.deadline(),
                State::Offline | State::Dialing => None,
            };
            if let Some(event) = self.desk.next(deadline) {
                self.take(event);
            }
            self.advance();
            if let Some(result) = self.done.take() {
                return result;
            }
        }
    }

    fn abilities(&self) -> Option<Abilities> {
        match &self.state {
            State::Online(link) => Some(link.abilities()),
            State::Offline | State::Dialing => None,
        }
    }

    /// Shows what can be chosen if that has changed, and asks for a line unless one is being typed.
    fn ask(&mut self) {
        // While a connection is being made nothing can be chosen that makes sense.
        if self.leaving || matches!(self.state, State::Dialing) {
            return;
        }
        let choices = Menu::choices(self.abilities());
        if choices != self.shown {
            self.print(&choices);
            self.shown = choices;
        }
        if !self.reading {
            self.reading = true;
            self.desk.ask(self.menu.prompt());
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Line(line) => {
                self.reading = false;
                self.typed(&line);
            }
            Event::InputEnded => self.exit(!self.desk.is_interactive()),
            Event::Interrupted => self.exit(false),
            Event::Dialed(number, opened) if number == self.number => self.dialed(*opened),
            Event::Heard(number, heard) if number == self.number => {
                let mut told = Vec::new();
                if let State::Online(link) = &mut self.state {
                    link.hear(heard, &mut told);
                }
                self.tell(told);
            }
            Event::Dialed(..) | Event::Heard(..) => {}
        }
    }

    fn typed(&mut self, line: &str) {
        match self.menu.typed(line, self.abilities()) {
            Asked::Connect => {
                self.number += 1;
                self.state = State::Dialing;
                self.options.dial(self.number, self.desk.events());
            }
            Asked::Disconnect => self.disconnect(false),
            Asked::Wish(wish) => {
                if let State::Online(link) = &mut self.state {
                    link.ask(wish);
                }
            }
            Asked::Exit => self.exit(!self.desk.is_interactive()),
            Asked::More => {}
            Asked::Menu => self.shown.clear(),
            Asked::Mistake(why) => self.show(&Show::Failed(why)),
        }
    }

    fn disconnect(&mut self, sure: bool) {
        match &mut self.state {
            State::Online(link) => link.leave(sure),
            State::Dialing | State::Offline => self.offline(),
        }
    }

    fn exit(&mut self, sure: bool) {
        self.leaving = true;
        self.disconnect(sure);
    }

    fn offline(&mut self) {
        self.state = State::Offline;
        if self.leaving {
            self.done = Some(Ok(()));
        }
    }

    fn dialed(&mut self, opened: Result<Opened, Error>) {
        let (url, events) = (self.options.url.clone(), self.desk.events());
        match opened {
            Ok(opened) => {
                let conversation = self.options.conversation(&opened);
                let lacks = self.options.lacks(&opened);
                let link = Link::new(&url, self.number, opened, conversation, &events);
                self.state = State::Online(Box::new(link));
                self.show(&Show::Notice(format!("connected to {}", url.door())));
                lacks.iter().for_each(|show| self.show(show));
            }
            Err(error) => {
                self.offline();
                self.show(&Show::Failed(error.to_string()));
            }
        }
    }

    fn advance(&mut self) {
        let mut told = Vec::new();
        if let State::Online(link) = &mut self.state {
            link.advance(&mut told);
        }
        self.tell(told);
    }

    fn tell(&mut self, told: Vec<Told>) {
        for told in told {
            match told {
                Told::Show { show, .. } => self.show(&show),
                Told::Leave => self.exit(false),
                Told::Over(result) => {
                    self.offline();
                    self.show(&match result {
                        Ok(()) => Show::Notice("disconnected".into()),
                        Err(error) => Show::Failed(error.to_string()),
                    });
                }
            }
        }
    }

    fn show(&mut self, show: &Show) {
        self.print(&show.to_string());
    }

    fn print(&mut self, text: &str) {
        match self.desk.show(text) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.done = Some(Ok(())),
            Err(error) => self.done = Some(Err(Error::Here("nothing can be shown", error))),
        }
    }
}
