//! Every exchange of the compatible dialects, byte for byte, at the client's end; and what comes of what
//! servers send, also when it runs together.

mod group;
mod irc;
mod line;
mod packet;
mod plain;
mod tagged;

use client::{Conversation, Person, Show, Step};

/// What a conversation sends when a line is typed.
fn typed(talk: &mut dyn Conversation, line: &str) -> Vec<Vec<u8>> {
    sent(steps(|steps| talk.typed(line, steps)))
}

/// What a conversation shows when bytes come.
fn shown(talk: &mut dyn Conversation, bytes: &[u8]) -> Vec<Show> {
    let shows = steps(|steps| talk.receive(bytes, steps)).into_iter();
    shows.filter_map(|step| if let Step::Show(show) = step { Some(show) } else { None }).collect()
}

fn steps(work: impl FnOnce(&mut Vec<Step>)) -> Vec<Step> {
    let mut steps = Vec::new();
    work(&mut steps);
    steps
}

fn sent(steps: Vec<Step>) -> Vec<Vec<u8>> {
    let units = steps.into_iter();
    units.filter_map(|step| if let Step::Send(unit) = step { Some(unit) } else { None }).collect()
}

/// Bytes and NULs up to a length.
fn padded(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(length, 0);
    bytes
}

fn said(who: &str, text: &str) -> Show {
    Show::Said { who: who.into(), room: None, text: text.into() }
}

fn private(who: &str, text: &str) -> Show {
    Show::Private { who: who.into(), text: text.into() }
}

fn joined(who: &str) -> Show {
    Show::Joined { who: who.into(), room: None }
}

fn left(who: &str) -> Show {
    Show::Left { who: who.into(), detail: None }
}

fn listed(id: u32, address: &str) -> Person {
    Person { id: Some(id), name: None, address: Some(address.into()) }
}
