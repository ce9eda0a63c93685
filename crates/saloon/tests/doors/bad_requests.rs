//! Requests of the `tagged` dialect that name nobody, or nothing at all.

use std::thread::sleep;
use std::time::Duration;

use crate::clients::{GREETING, Tagged, host_name, send_request};
use crate::house::House;
use crate::stream::{find, shown};

/// Waits until the server answers as ever, and says what came before that.
fn still_served(tagged: &mut Tagged) -> String {
    // Longer than the pause after which whatever comes is a new request.
    sleep(Duration::from_millis(300));
    tagged.stream.send("name");
    String::from_utf8(tagged.stream.until(host_name())).expect("UTF-8")
}

#[test]
fn ids_of_nobody_are_answered() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    for id in ["99", "4294967295"] {
        one.send_to(id, "hello");
        let answer = still_served(&mut one);
        assert!(answer.contains(&format!("Sent A Message To You: nobody has the id {id}")), "{answer}");
    }
    two.stream.send("name");
    two.stream.take(host_name());
}

#[test]
fn ids_that_are_too_large_negative_or_missing_end_nothing() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    for id in
        ["4294967296", "4294967298", "18446744073709551618", "9999999999", "-1", "-2", "", "two", "+2", "2x"]
    {
        one.send_to(id, "hello");
        still_served(&mut one);
    }
    one.send_to(2, "the right one");
    let heard = two.stream.until("the right one");
    // A huge id is not its remainder.
    assert_eq!(find(&heard, b"hello"), None, "{}", shown(&heard));
}

#[test]
fn sends_without_parts_end_nothing() {
    let house = House::open();
    let mut one = house.tagged();
    for request in [
        "send",
        "send#",
        "send#1",
        "send##",
        "send#1#",
        "send#1#\0",
        "send1",
        "send#1#\n",
        "send ",
        "sendsend",
    ] {
        one.stream.send(request);
        still_served(&mut one);
    }
}

#[test]
fn the_id_of_somebody_who_left_is_nobody_s() {
    let house = House::open();
    let (mut one, two) = (house.tagged(), house.tagged());
    drop(two);
    while one.list().len() > 2 {}
    one.send_to(2, "are you gone?");
    let answer = still_served(&mut one);
    assert!(answer.contains("nobody has the id 2"), "{answer}");
}

#[test]
fn who_leaves_in_the_middle_of_a_request_is_gone() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let request = send_request(0, "half of it");
    for cut in [2, 5, 7, 12, 600] {
        let mut one = house.tagged();
        let nick = watcher.arrival();
        one.stream.send(&request[..cut]);
        if cut % 2 == 0 {
            one.stream.reset();
        } else {
            one.stream.end();
            one.stream.rest();
        }
        watcher.departure(&nick);
    }
    let mut last = house.tagged();
    last.say("all is well");
    watcher.expect("PRIVMSG #lobby :all is well");
}

#[test]
fn a_megabyte_of_nothing_ends_nothing_for_others() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut other = house.tagged();
    for filling in [b'x', 0, b' ', b'#', 0xff] {
        let mut one = house.tagged();
        let chunk = vec![filling; 64 * 1024];
        for _ in 0..16 {
            let _ = one.stream.try_send(&chunk);
        }
        other.say(&format!("after {filling}"));
        watcher.expect(&format!("after {filling}"));
    }
}

#[test]
fn requests_without_end_are_answered_in_order() {
    let house = House::open();
    let mut one = house.tagged();
    one.stream.send("name".repeat(20));
    one.stream.take(host_name().repeat(20));
}

#[test]
fn a_text_that_is_not_utf_8_is_told_as_what_it_may_be() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    one.send_to(2, b"broken \xff\xfe bytes");
    let heard = two.stream.until(" bytes");
    assert!(std::str::from_utf8(&heard).is_ok(), "{}", shown(&heard));
    assert_eq!(find(&heard, b"\0"), None);
}

#[test]
fn the_greeting_comes_even_to_who_talks_first() {
    let house = House::open();
    let mut stream = house.stream("tagged", "tcp");
    stream.send("name");
    stream.take(GREETING);
    stream.take(host_name());
}
