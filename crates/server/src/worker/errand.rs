//! What the operator wants of every worker: that it says what it has, or tells everyone something.

use std::sync::Arc;

use dialect::Delivery;
use hub::{Event, SessionId, Timestamp};

use super::Worker;
use crate::clock;
use crate::inbox::Errand;
use crate::monitor::measure::{Link, Measured, Question};

impl Worker {
    /// Does it.
    pub(super) fn run_errand(&mut self, errand: Errand) {
        match errand {
            Errand::Measure(question) => self.measure(&question),
            Errand::Announce(event) => self.announce(&event),
        }
    }

    fn measure(&self, question: &Question) {
        let (now, clock) = (self.watch.millis(), clock::now());
        let mut measured = Measured { worker: self.me, ..Measured::default() };
        for (_, conn) in self.conns.iter().filter(|(_, conn)| conn.is_known()) {
            let link = Link {
                session: conn.id,
                door: usize::from(conn.listener),
                dialect: conn.dialect(),
                ip: conn.ip,
                since: Timestamp(clock.0.saturating_sub_unsigned(now.saturating_sub(conn.opened))),
                waiting: u64::from(conn.waiting),
                behind: conn.behind.as_ref().map(|behind| now.saturating_sub(behind.began)),
            };
            measured.add(link, question.everyone);
        }
        // Whoever asked may have stopped waiting.
        let _ = question.to.send(measured);
    }

    /// Tells every user here, on each of its connections.
    fn announce(&mut self, event: &Arc<Event>) {
        let users: Vec<SessionId> =
            self.conns.iter().filter(|(_, conn)| conn.registered()).map(|(_, conn)| conn.id).collect();
        for id in users {
            self.tell(id, Delivery::Tell(event));
        }
    }
}
