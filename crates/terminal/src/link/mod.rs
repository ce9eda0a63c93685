//! A connection and what is said on it: the conversation's steps carried out, in time.
//!
//! ```text
//! opening ──greeted, or nothing to wait for──▶ talking ──leave──▶ confirming ──▶ parting ──▶ over
//!                                                 └───────── leave, unsure ────────▲
//! ```

mod leaving;

use std::collections::VecDeque;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use client::{Abilities, Conversation, Opening, Over, Show, Speaker, Step, Url, Wish};

use crate::dial::Opened;
use crate::error::Error;
use crate::event::{Events, Heard};
use crate::wire::Wire;
use crate::{listener, private};

/// Between two units that must not arrive in one read.
const PACE: Duration = Duration::from_millis(40);
/// What a conversation means by a moment: longer than our server waits for the next word of a command.
const PAUSE: Duration = Duration::from_millis(300);
/// How long a greeting that is usual is waited for.
const USUAL_GREETING: Duration = Duration::from_secs(1);
/// How long an answer that is needed is waited for, in seconds.
const NEEDED_ANSWER: u64 = 30;
/// After which silence what has come is complete.
const QUIET: Duration = Duration::from_millis(150);
/// After which silence of ours we say that we are still here.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How many units may wait while more is typed.
const MOST_UNITS: usize = 64;

/// What a link has to tell.
#[derive(Debug)]
pub enum Told {
    /// Show this. `early`: it came before anything could be said, as greetings do.
    Show {
        /// What.
        show: Show,
        /// When.
        early: bool,
    },
    /// The user typed that they want to leave.
    Leave,
    /// It is over: as wished, or for this reason.
    Over(Result<(), Error>),
}

/// A connection with its conversation.
pub struct Link {
    url: Url,
    wire: Arc<Wire>,
    private: Option<Arc<UdpSocket>>,
    conversation: Box<dyn Conversation>,
    closed: Arc<AtomicBool>,
    typed: VecDeque<Said>,
    /// What is to be sent; none is a pause.
    units: VecDeque<Option<Vec<u8>>>,
    /// Nothing is sent before.
    not_before: Instant,
    phase: Phase,
    /// Whether a sign that all was heard is wanted before leaving.
    sure: bool,
    /// The sign was wanted and did not come.
    unheard: bool,
    heard_any: bool,
    /// How many units were sent.
    sent: u32,
    over: bool,
    opened: Instant,
    last_heard: Instant,
    last_sent: Instant,
    /// Nothing new has come since the conversation was told that it is quiet.
    quiet: bool,
}

/// What the user said before it could go out.
enum Said {
    Line(String),
    Wish(Wish),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Opening {
        greeting: bool,
    },
    Talking,
    /// As [`Phase::Opening`] and [`Phase::Talking`], until all is said.
    Emptying {
        opened: bool,
    },
    Confirming {
        until: Instant,
    },
    Saying,
    Parting {
        until: Instant,
    },
}

impl Link {
    /// Begins the conversation on an open connection; what comes is put into `events` under `number`.
    pub fn new(
        url: &Url,
        number: u64,
        opened: Opened,
        conversation: Box<dyn Conversation>,
        events: &Events,
    ) -> Self {
        let now = Instant::now();
        let greeting = conversation.opening() == Opening::Usual;
        let mut link = Self {
            url: url.clone(),
            wire: Arc::new(opened.wire),
            private: opened.private.map(Arc::new),
            conversation,
            closed: Arc::default(),
            typed: VecDeque::new(),
            units: VecDeque::new(),
            phase: Phase::Opening { greeting },
            sure: false,
            unheard: false,
            heard_any: false,
            sent: 0,
            over: false,
            opened: now,
            last_heard: now,
            last_sent: now,
            not_before: now,
            quiet: true,
        };
        listener::wire(number, link.wire.clone(), link.closed.clone(), events.clone());
        if let Some(private) = &link.private {
            listener::private(number, private.clone(), link.closed.clone(), events.clone());
        }
        let mut steps = Vec::new();
        link.conversation.start(&mut steps);
        link.carry_out(steps, &mut Vec::new());
        link
    }

    /// What can be asked for.
    pub fn abilities(&self) -> Abilities {
        self.conversation.abilities()
    }

    /// Whether what is typed goes out soon.
    pub fn has_room(&self) -> bool {
        self.typed.len() + self.units.len() < MOST_UNITS
    }

    /// Whether the user's words may go out by now.
    fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Opening { .. } | Phase::Emptying { opened: false })
    }

    /// The user typed a line.
    pub fn typed(&mut self, line: String) {
        self.typed.push_back(Said::Line(line));
    }

    /// The user asks for something.
    pub fn ask(&mut self, wish: Wish) {
        self.typed.push_back(Said::Wish(wish));
    }

    /// Something came.
    pub fn hear(&mut self, heard: Heard, told: &mut Vec<Told>) {
        if self.over {
            return;
        }
        let mut steps = Vec::new();
        match heard {
            Heard::Bytes(bytes) => self.bytes(&bytes, &mut steps, told),
            Heard::From(peer, bytes) => {
                self.conversation.met(peer, &mut steps);
                self.bytes(&bytes, &mut steps, told);
            }
            Heard::Private(from, bytes) => self.conversation.private(from, &bytes, &mut steps),
            Heard::End => {
                self.conversation.quiet(&mut steps);
                self.carry_out(std::mem::take(&mut steps), told);
                self.ended(None, told);
            }
            Heard::Broken(error) => self.ended(Some(error), told),
        }
        self.carry_out(steps, told);
    }

    fn bytes(&mut self, bytes: &[u8], steps: &mut Vec<Step>, told: &mut Vec<Told>) {
        self.last_heard = Instant::now();
        self.quiet = false;
        if !std::mem::replace(&mut self.heard_any, true) && !self.url.transport.is_datagram() {
            let speaker = Speaker::of(bytes);
            if speaker.is_some_and(|speaker| speaker.is_foreign_to(self.url.dialect)) {
                return self.end(Err(Error::WrongDialect(Box::new(self.url.clone()), speaker)), told);
            }
        }
        self.conversation.receive(bytes, steps);
    }

    /// Does what is due.
    pub fn advance(&mut self, told: &mut Vec<Told>) {
        let now = Instant::now();
        if !self.over && !self.quiet && now >= self.last_heard + QUIET {
            self.quiet = true;
            let mut steps = Vec::new();
            self.conversation.quiet(&mut steps);
            self.carry_out(steps, told);
        }
        self.open(now, told);
        self.say_typed(told);
        self.keep_alive(now, told);
        self.send(told);
        self.part(now, told);
        self.send(told);
    }

    /// When [`Link::advance`] is wanted next, if nothing happens before.
    pub fn deadline(&self) -> Option<Instant> {
        let mut due = vec![self.last_sent + KEEP_ALIVE];
        if !self.quiet {
            due.push(self.last_heard + QUIET);
        }
        if !self.units.is_empty() {
            due.push(self.not_before);
        } else if self.phase == Phase::Saying {
            due.push(self.last_sent + PACE);
        }
        match self.phase {
            Phase::Opening { .. } | Phase::Emptying { opened: false } => {
                let needed = self.conversation.opening() == Opening::Needed;
                let patience = if needed { Duration::from_secs(NEEDED_ANSWER) } else { USUAL_GREETING };
                due.push(self.opened + patience);
            }
            Phase::Confirming { until } | Phase::Parting { until } => due.push(until),
            Phase::Talking | Phase::Emptying { .. } | Phase::Saying => {}
        }
        due.into_iter().min()
    }

    /// Whether the opening is over.
    fn open(&mut self, now: Instant, told: &mut Vec<Told>) {
        let open = match self.phase {
            Phase::Opening { greeting } => self.may_speak(greeting, now, told),
            Phase::Emptying { opened: false } => self.may_speak(true, now, told),
            _ => return,
        };
        match self.phase {
            Phase::Opening { .. } if open => self.phase = Phase::Talking,
            Phase::Emptying { .. } if open => self.phase = Phase::Emptying { opened: true },
            _ => {}
        }
    }

    fn may_speak(&mut self, greeting: bool, now: Instant, told: &mut Vec<Told>) -> bool {
        let (url, waited) = (&self.url, now.saturating_duration_since(self.opened));
        match self.conversation.opening() {
            Opening::Needed if waited >= Duration::from_secs(NEEDED_ANSWER) => {
                let error = Error::NoAnswer(url.place.clone(), url.dialect, NEEDED_ANSWER);
                self.end(Err(error), told);
                false
            }
            Opening::Needed => false,
            Opening::Usual => waited >= USUAL_GREETING,
            // A greeting may be long: it is over when nothing more comes.
            Opening::Done => !greeting || self.quiet || waited >= USUAL_GREETING,
        }
    }

    fn say_typed(&mut self, told: &mut Vec<Told>) {
        while matches!(self.phase, Phase::Talking | Phase::Emptying { opened: true })
            && !self.over
            && self.units.len() < MOST_UNITS
            && let Some(said) = self.typed.pop_front()
        {
            let mut steps = Vec::new();
            match said {
                Said::Line(line) => self.conversation.typed(&line, &mut steps),
                Said::Wish(wish) => self.conversation.ask(wish, &mut steps),
            }
            self.carry_out(steps, told);
        }
    }

    fn keep_alive(&mut self, now: Instant, told: &mut Vec<Told>) {
        if self.over || now < self.last_sent + KEEP_ALIVE {
            return;
        }
        self.last_sent = now;
        let mut steps = Vec::new();
        self.conversation.keep_alive(&mut steps);
        self.carry_out(steps, told);
    }

    fn carry_out(&mut self, steps: Vec<Step>, told: &mut Vec<Told>) {
        for step in steps {
            if self.over {
                return;
            }
            match step {
                Step::Send(unit) => self.units.push_back(Some(unit)),
                Step::Pause => self.units.push_back(None),
                Step::Datagram { to, bytes } => self.send_private(to, &bytes, told),
                Step::Show(show) => told.push(Told::Show { show, early: !self.is_open() }),
                Step::Leave => told.push(Told::Leave),
                Step::Over(Over::Ended) => self.ended(None, told),
                Step::Over(Over::Refused(why)) => {
                    self.end(Err(Error::NotLetIn(self.url.place.clone(), why)), told);
                }
                Step::Over(Over::WrongDialect) => {
                    self.end(Err(Error::WrongDialect(Box::new(self.url.clone()), None)), told);
                }
            }
        }
    }

    fn send_private(&mut self, to: std::net::SocketAddr, bytes: &[u8], told: &mut Vec<Told>) {
        let sent = match &self.private {
            Some(socket) => private::send(socket, to, bytes).map_err(|error| error.to_string()),
            None => Err("the UDP port above our own TCP port was taken by another program".into()),
        };
        if let Err(why) = sent {
            let show = Show::Failed(format!("the private message was not sent: {why}"));
            told.push(Told::Show { show, early: false });
        }
    }

    /// Sends what may go out now.
    fn send(&mut self, told: &mut Vec<Told>) {
        let paced = self.conversation.is_paced();
        while !self.over && Instant::now() >= self.not_before {
            let Some(next) = self.units.pop_front() else { return };
            let Some(unit) = next else {
                self.not_before = Instant::now() + PAUSE;
                return;
            };
            if let Err(error) = self.wire.send(&unit) {
                return self.ended(Some(error), told);
            }
            self.sent = self.sent.saturating_add(1);
            self.last_sent = Instant::now();
            self.not_before = self.last_sent + if paced { PACE } else { Duration::ZERO };
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        self.wire.close();
    }
}
