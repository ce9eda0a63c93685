//! The end of a link: everything said and heard, goodbye, and then nothing more.

use std::time::{Duration, Instant};

use client::Parting;

use super::{Link, PACE, Phase, Told};
use crate::error::Error;

/// How long a sign that all was heard is waited for, and how much longer for each unit that was sent: a
/// server may take no more than one every now and then.
const CONFIRMATION: Duration = Duration::from_secs(10);
const EACH: Duration = Duration::from_secs(3);
/// For how many units.
const MOST_WAITED: u32 = 1000;
/// How long the other end's goodbye is waited for.
const GOODBYE: Duration = Duration::from_secs(3);
/// The same if it is the only sign that all was heard.
const SURE_GOODBYE: Duration = Duration::from_secs(10);

impl Link {
    /// Leaves politely; if `sure`, after a sign that all was heard.
    pub fn leave(&mut self, sure: bool) {
        self.sure = sure;
        match self.phase {
            Phase::Opening { .. } if sure => self.phase = Phase::Emptying { opened: false },
            Phase::Talking if sure => self.phase = Phase::Emptying { opened: true },
            Phase::Opening { .. } | Phase::Talking | Phase::Emptying { .. } | Phase::Confirming { .. } => {
                self.typed.clear();
                self.say_goodbye();
            }
            Phase::Saying | Phase::Parting { .. } => {}
        }
    }

    /// Goes on with leaving.
    pub(super) fn part(&mut self, now: Instant, told: &mut Vec<Told>) {
        let said = self.typed.is_empty() && self.units.is_empty();
        match self.phase {
            Phase::Emptying { opened: true } if said => {
                let mut steps = Vec::new();
                self.conversation.confirm(&mut steps);
                self.carry_out(steps, told);
                self.phase =
                    Phase::Confirming { until: now + CONFIRMATION + EACH * self.sent.min(MOST_WAITED) };
                self.part(now, told);
            }
            Phase::Confirming { until } if self.conversation.confirmed() || now >= until => {
                self.unheard = !self.conversation.confirmed();
                self.say_goodbye();
            }
            Phase::Saying if said && now >= self.last_sent + PACE => self.hang_up(now, told),
            Phase::Parting { until } if now >= until => self.end(self.outcome(), told),
            _ => {}
        }
    }

    fn say_goodbye(&mut self) {
        let mut steps = Vec::new();
        self.conversation.leave(&mut steps);
        self.carry_out(steps, &mut Vec::new());
        self.phase = Phase::Saying;
    }

    fn hang_up(&mut self, now: Instant, told: &mut Vec<Told>) {
        let patience = if self.sure { SURE_GOODBYE } else { GOODBYE };
        self.phase = Phase::Parting { until: now + patience };
        match self.conversation.parting() {
            Parting::AtOnce => self.end(self.outcome(), told),
            Parting::Wait => {}
            Parting::HalfClose => {
                if let Err(error) = self.wire.finish() {
                    self.ended(Some(error), told);
                }
            }
        }
    }

    fn outcome(&self) -> Result<(), Error> {
        if self.unheard { Err(Error::Unheard(self.url.place.clone())) } else { Ok(()) }
    }

    /// The other end has gone, as we wished or not.
    pub(super) fn ended(&mut self, broken: Option<std::io::Error>, told: &mut Vec<Told>) {
        let leaving = matches!(self.phase, Phase::Saying | Phase::Parting { .. });
        let only_end_tells = self.sure && self.conversation.parting() == Parting::HalfClose;
        let result = match broken {
            None if leaving => self.outcome(),
            Some(_) if leaving && !only_end_tells => self.outcome(),
            None => Err(Error::Closed(self.url.place.clone())),
            Some(error) => Err(Error::talking(&self.url, error)),
        };
        self.end(result, told);
    }

    pub(super) fn end(&mut self, result: Result<(), Error>, told: &mut Vec<Told>) {
        if !std::mem::replace(&mut self.over, true) {
            self.wire.close();
            told.push(Told::Over(result));
        }
    }
}
