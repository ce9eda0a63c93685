//! The IRC that the server speaks, as its clients see it: each test names a rule and holds the server to it.

#[path = "../support/mod.rs"]
mod support;

mod bot;
mod cap;
mod chghost;
mod client;
mod echo;
mod extbans;
mod harness;
mod help;
mod invariants;
mod invite_kick;
mod isupport;
mod join;
mod labels;
mod line;
mod lines;
mod lists_of_masks;
mod lusers;
mod messages;
mod modes;
mod monitor;
mod names_list;
mod operators;
mod ordering;
mod part_topic;
mod presence;
mod registration;
mod server_queries;
mod sts_webirc_proxy;
mod tags;
mod transcript;
mod users;
mod utf8;
mod who;
mod whois;
mod whowas;
mod wire;
