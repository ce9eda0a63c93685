//! Accounts over IRC, one session at a time: what it asks of the server and the hub, and what it makes of
//! their answers.

mod enrol;
mod opening;
mod peer;
mod sasl;
mod services;
