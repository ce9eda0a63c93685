//! The running program, over real sockets: starting and stopping, its doors, its limits, and peers that
//! misbehave. What IRC says on the wire is tested elsewhere; here a few commands are enough.

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod churn;
mod console;
mod doors;
mod handed;
mod input;
mod limits;
mod order;
mod passwords;
mod proxy;
mod reload;
mod slow;
mod start;
mod stop;
mod supervised;
mod times;
mod tls;
