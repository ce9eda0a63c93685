//! Orders to the one thread that starts, reloads and stops everything.

use std::sync::mpsc::{Sender, SyncSender};
use std::time::Duration;

use hub::SessionId;

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Order {
    /// Read the configuration again, and tell who asked if that fails.
    Reload {
        /// The operator's session; none for SIGHUP.
        asked_by: Option<SessionId>,
    },
    /// The same, for somebody at a shell, who is told what stays as it was, or why all does.
    ReloadFor(SyncSender<Result<Vec<String>, String>>),
    /// Stop once everyone has left, and after that time in any case; none: don't, after all.
    Drain(Option<Duration>),
    /// Stop the server.
    Stop,
}

/// The way to that thread.
#[derive(Clone, Debug)]
pub struct Control(Sender<Order>);

impl Control {
    /// The sending end of its queue.
    pub fn new(orders: Sender<Order>) -> Self {
        Self(orders)
    }

    /// Sends an order. When that thread has ended, the server is stopping already.
    pub fn send(&self, order: Order) {
        let _ = self.0.send(order);
    }
}
