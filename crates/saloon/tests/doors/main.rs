//! The doors for programs other than IRC clients: the running server, and beside it clients that send what
//! the programs of old send, byte for byte and with their faults.

#[allow(unused_imports, reason = "each test program uses a part of it")]
#[path = "../support/mod.rs"]
mod support;

mod clients;
mod house;
mod parcel;
mod person;
mod stream;

mod accounts;
mod bad_input;
mod bad_packets;
mod bad_requests;
mod datagrams;
mod encodings;
mod group;
mod group_private;
mod history;
mod line;
mod matrix;
mod packet;
mod packet_better;
mod plain;
mod plain_limits;
mod private;
mod scenario;
mod tagged;
mod tagged_better;
mod typed;
