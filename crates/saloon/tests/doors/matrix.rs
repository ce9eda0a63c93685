//! Any dialect over any transport that can carry it: one scenario, join, say, hear and leave, for each pair.

use crate::house::{House, setup};
use crate::person::{TYPISTS, come};

/// Every pair of a dialect and a transport, `irc` over TCP first.
const DOORS: [(&str, &str); 24] = [
    ("irc", "tcp"),
    ("irc", "tls"),
    ("irc", "unix"),
    ("irc", "ws"),
    ("irc", "wss"),
    ("irc", "http"),
    ("line", "tcp"),
    ("line", "tls"),
    ("line", "unix"),
    ("line", "ws"),
    ("plain", "tcp"),
    ("plain", "tls"),
    ("plain", "unix"),
    ("plain", "ws"),
    ("group", "tcp"),
    ("group", "tls"),
    ("group", "unix"),
    ("group", "ws"),
    ("tagged", "tcp"),
    ("tagged", "tls"),
    ("tagged", "unix"),
    ("tagged", "ws"),
    ("packet", "udp"),
    ("packet", "unixgram"),
];

/// The scenario, over every transport that can carry a dialect.
fn walk_in(dialect: &str) {
    let house = House::on(setup(), &DOORS, &[]);
    let mut watcher = house.irc("watcher");
    for (_, transport) in DOORS.into_iter().filter(|(of, _)| *of == dialect) {
        let mut person = come(&house, dialect, transport);
        let nick = watcher.arrival();
        person.say(&format!("by-{transport}-\u{4f60}\u{597d}"));
        let line = watcher.expect(&format!("PRIVMSG #lobby :by-{transport}-\u{4f60}\u{597d}"));
        assert!(line.starts_with(&format!(":{nick}!")), "{line}");
        watcher.send(&format!("PRIVMSG #lobby :heard over {transport} \u{4f60}\u{597d}"));
        person.hear(&format!("heard over {transport} \u{4f60}\u{597d}"));
        if TYPISTS.contains(&dialect) {
            person.say_at_once("/frobnicate");
            person.hear("/frobnicate");
        }
        person.leave();
        watcher.departure(&nick);
    }
}

#[test]
fn irc_over_every_transport() {
    walk_in("irc");
}

#[test]
fn line_over_every_transport() {
    walk_in("line");
}

#[test]
fn plain_over_every_transport() {
    walk_in("plain");
}

#[test]
fn group_over_every_transport() {
    walk_in("group");
}

#[test]
fn tagged_over_every_transport() {
    walk_in("tagged");
}

#[test]
fn packet_over_every_transport() {
    walk_in("packet");
}

#[test]
fn everyone_over_everything_hears_everyone() {
    let house = House::on(setup(), &DOORS, &[]);
    let mut watcher = house.irc("watcher");
    let mut people: Vec<_> = DOORS
        .into_iter()
        .map(|(dialect, transport)| {
            let person = come(&house, dialect, transport);
            watcher.arrival();
            (dialect, transport, person)
        })
        .collect();
    for speaker in 0..people.len() {
        let (dialect, transport, person) = &mut people[speaker];
        let word = format!("{dialect}-by-{transport}-says-\u{4f60}\u{597d}");
        person.say(&word);
        for (_, (_, _, listener)) in people.iter_mut().enumerate().filter(|(other, _)| *other != speaker) {
            listener.hear(&word);
        }
    }
}
