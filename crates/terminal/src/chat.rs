//! `chat`: what is typed is said, what is said is shown.
//!
//! On a terminal everything is shown, and a connection that breaks is made again. In a pipe only what
//! people say is, and the answers once something was asked; when the input ends it waits until all is
//! delivered, and leaves.

use std::io;
use std::time::Instant;

use client::{Show, Sort, Typed};

use crate::backoff::Backoff;
use crate::desk::Desk;
use crate::dial::Opened;
use crate::error::Error;
use crate::event::Event;
use crate::link::{Link, Told};
use crate::options::Options;

const PROMPT: &str = "> ";

/// Chats until the user leaves.
///
/// # Errors
/// [`Error`]: there was no connection, or in a pipe it broke, or something was not done.
pub fn chat(options: Options, desk: Desk) -> Result<(), Error> {
    Chat::new(options, desk).run()
}

struct Chat {
    options: Options,
    desk: Desk,
    state: State,
    /// The number of the newest connection: what comes from older ones is not ours any more.
    number: u64,
    backoff: Backoff,
    /// Whether there has ever been a connection: if not, the address is wrong rather than the net.
    was_online: bool,
    /// Whether a command was typed, so that answers are wanted in a pipe, too.
    asked: bool,
    /// Whether something was refused.
    refused: bool,
    /// Whether a line is being read.
    reading: bool,
    input_ended: bool,
    done: Option<Result<(), Error>>,
}

enum State {
    Dialing,
    Online(Box<Link>),
    /// The connection is gone; when to try again.
    Offline(Instant),
}

impl Chat {
    fn new(options: Options, desk: Desk) -> Self {
        Self {
            options,
            desk,
            state: State::Dialing,
            number: 0,
            backoff: Backoff::default(),
            was_online: false,
            asked: false,
            refused: false,
            reading: false,
            input_ended: false,
            done: None,
        }
    }

    fn run(mut self) -> Result<(), Error> {
        self.dial();
        loop {
            self.read();
            if let Some(event) = self.desk.next(self.deadline()) {
                self.take(event);
            }
            self.advance();
            match self.done.take() {
                Some(Ok(())) if self.refused && !self.desk.is_interactive() => return Err(Error::Undone),
                Some(result) => return result,
                None => {}
            }
        }
    }

    fn dial(&mut self) {
        self.number += 1;
        self.state = State::Dialing;
        self.options.dial(self.number, self.desk.events());
    }

    /// Asks for a line when there is use for one: in a pipe not before it can be sent.
    fn read(&mut self) {
        let room = match &self.state {
            State::Online(link) => link.has_room(),
            State::Dialing | State::Offline(_) => self.desk.is_interactive() && self.was_online,
        };
        if room && !self.reading && !self.input_ended {
            self.reading = true;
            self.desk.ask(PROMPT);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Dialing => None,
            State::Online(link) => link.deadline(),
            State::Offline(until) => Some(*until),
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Line(line) => self.typed(line),
            Event::InputEnded => {
                (self.reading, self.input_ended) = (false, true);
                self.leave(!self.desk.is_interactive());
            }
            Event::Interrupted => {
                self.input_ended = true;
                self.leave(false);
            }
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

    fn typed(&mut self, line: String) {
        self.reading = false;
        let typed = Typed::decode(&line);
        self.asked |= matches!(typed, Typed::Command { .. });
        match &mut self.state {
            State::Online(link) => link.typed(line),
            _ if typed.is_quit() => self.leave(false),
            _ if typed == Typed::Nothing => {}
            _ => self.show(&Show::Failed("there is no connection now: it was not sent".into())),
        }
    }

    fn leave(&mut self, sure: bool) {
        match &mut self.state {
            State::Online(link) => link.leave(sure),
            State::Dialing | State::Offline(_) => self.done = Some(Ok(())),
        }
    }

    fn dialed(&mut self, opened: Result<Opened, Error>) {
        match opened {
            Ok(opened) => {
                let conversation = self.options.conversation(&opened);
                self.was_online = true;
                self.note(if self.options.listen { "waiting at" } else { "connected to" });
                let lacks = self.options.lacks(&opened).filter(|_| self.desk.is_interactive());
                lacks.iter().for_each(|show| self.show(show));
                let (url, events) = (&self.options.url, self.desk.events());
                let link = Link::new(url, self.number, opened, conversation, &events);
                self.state = State::Online(Box::new(link));
            }
            Err(error) => self.lost(error),
        }
    }

    fn note(&mut self, what: &str) {
        if self.desk.is_interactive() {
            let leave = "/quit or Ctrl-C leaves";
            self.show(&Show::Notice(format!("{what} {}; {leave}", self.options.url.door())));
        }
    }

    fn advance(&mut self) {
        let mut told = Vec::new();
        match &mut self.state {
            State::Online(link) => link.advance(&mut told),
            State::Offline(until) if Instant::now() >= *until => self.dial(),
            State::Dialing | State::Offline(_) => {}
        }
        self.tell(told);
    }

    fn tell(&mut self, told: Vec<Told>) {
        for told in told {
            match told {
                Told::Show { show, early } => self.heard(&show, early),
                Told::Leave => {
                    self.input_ended = true;
                    self.leave(!self.desk.is_interactive());
                }
                Told::Over(Ok(())) => self.done = Some(Ok(())),
                Told::Over(Err(error)) => self.lost(error),
            }
        }
    }

    /// In a pipe only what is asked for is worth a line.
    fn heard(&mut self, show: &Show, early: bool) {
        // Those who talk have been reached: the next time that fails is a new one.
        if !early {
            self.backoff = Backoff::default();
        }
        let wanted = match show.sort() {
            Sort::Failure => {
                self.refused = true;
                true
            }
            _ if self.desk.is_interactive() => true,
            Sort::Talk => !early,
            Sort::Answer | Sort::Event => self.asked && !early,
        };
        if wanted {
            self.show(show);
        }
    }

    fn show(&mut self, show: &Show) {
        match self.desk.show(&show.to_string()) {
            Ok(()) => {}
            // Whoever reads has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.leave(false),
            Err(error) => self.done = Some(Err(Error::Here("nothing can be shown", error))),
        }
    }

    fn lost(&mut self, error: Error) {
        let again = self.desk.is_interactive() && self.was_online && error.may_pass() && !self.input_ended;
        if !again {
            self.done = Some(Err(error));
            return;
        }
        let wait = self.backoff.wait();
        self.state = State::Offline(Instant::now() + wait);
        self.show(&Show::Failed(format!("{error}; trying again in {} s", wait.as_secs())));
    }
}
