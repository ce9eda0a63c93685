//! Private messages between any two dialects, both ways.

use crate::clients::Irc;
use crate::house::House;
use crate::person::{KINDS, Person, arrive};
use crate::stream::find;

type Member = (&'static str, Box<dyn Person>, String);

/// One of each kind.
fn party(house: &House, watcher: &mut Irc) -> Vec<Member> {
    let arrived = KINDS.map(|kind| {
        let (person, nick) = arrive(house, watcher, kind);
        (kind, person, nick)
    });
    arrived.into()
}

#[test]
fn any_two_people_can_talk_in_private() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut ones = party(&house, &mut watcher);
    // A nick is one person's, so the first of the two with IRC takes another.
    ones[0].1.rename("first-irc");
    watcher.expect("NICK");
    ones[0].2 = "first-irc".to_owned();
    let others = party(&house, &mut watcher);
    both_ways(ones, others);
    watcher.sync();
    assert_eq!(find(watcher.stream.heard(), b"secret"), None, "and nobody else hears them");
}

fn both_ways(ones: Vec<Member>, others: Vec<Member>) {
    let mut others = others;
    for (one_kind, mut one, one_nick) in ones {
        for (kind, other, nick) in &mut others {
            one.tell(nick, &format!("a secret from {one_kind} to {kind}"));
            hear(&mut **other, &format!("a secret from {one_kind} to {kind}"), one_kind, kind);
            other.tell(&one_nick, &format!("a secret from {kind} back to {one_kind}"));
            hear(&mut *one, &format!("a secret from {kind} back to {one_kind}"), kind, one_kind);
        }
    }
}

/// Hears it, in its window for private messages if its client has one: but what one group client tells
/// another through the server comes from an address that is not the server's, so it comes by TCP.
fn hear(person: &mut dyn Person, text: &str, from: &str, to: &str) {
    match (from, to) {
        ("group", "group") => person.hear(text),
        _ => person.hear_private(text),
    };
}

#[test]
fn a_group_client_reaches_everyone_by_virtual_address() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut group = house.group();
    let group_nick = watcher.arrival();
    for kind in KINDS.into_iter().filter(|kind| *kind != "group") {
        let (mut person, nick) = arrive(&house, &mut watcher, kind);
        person.say_at_once(&format!("here-is-{kind}"));
        let heard = group.hear(&format!("here-is-{kind}"));
        let (_, ident) = heard.rsplit_once("from ").expect("from whom");
        let ident = ident.split_once(": ").expect("an address").0;

        group.tell(ident, format!("psst {kind}"));
        let heard = person.hear(&format!("psst {kind}"));
        assert!(!heard.contains("from 127.0.0.1:"), "{nick} heard {heard}");
        person.tell(&group_nick, &format!("yes, {kind} hears you"));
        assert_eq!(group.told(), (ident.to_owned(), format!("yes, {kind} hears you").into_bytes()));
        person.leave();
    }
}

#[test]
fn a_tagged_client_reaches_everyone_by_id() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut tagged = house.tagged();
    let nick = watcher.arrival();
    for kind in KINDS {
        let (mut person, _) = arrive(&house, &mut watcher, kind);
        let list = tagged.list();
        // Ids count up, so the last is the newest.
        let line = list.last().expect("somebody");
        let id = line["LISTID : ".len()..].split(',').next().expect("an id").to_owned();
        tagged.send_to(&id, format!("psst {kind}"));
        person.hear_private(&format!("psst {kind}"));
        person.tell(&nick, &format!("yes, {kind} hears you"));
        let heard = tagged.hear(&format!("yes, {kind} hears you"));
        assert!(heard.contains(&format!("SENDID: {id}, Address: ")), "{heard}");
        person.leave();
    }
}
