//! The `tagged` dialect beyond the original: long texts, clients that do not pad, and the end.

use std::thread::sleep;
use std::time::Duration;

use crate::clients::{Tagged, host_name, send_request};
use crate::house::House;
use crate::stream::{count, shown};

/// What stands before the text of a message.
fn prefix(id: u32, from: &Tagged) -> String {
    let port = from.stream.local().port();
    format!("SENDID: {id}, Address: 127.0.0.1, Port: {port} Sent A Message To You: ")
}

/// Longer than the pause that ends a request.
fn pause() {
    sleep(Duration::from_millis(500));
}

#[test]
fn a_long_text_arrives_in_several_messages() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    for body in ["0123456789".repeat(101), "\u{4e2d}\u{6587}\u{5b57}".repeat(112)] {
        let text = body + "$";
        one.send_to(2, &text);
        let heard = String::from_utf8(two.stream.until("$")).expect("no character is cut");
        let prefix = prefix(1, &one);
        let units: Vec<&str> = heard.split(&prefix).skip(1).collect();
        assert!(units.len() >= 2, "{heard}");
        assert!(units.iter().all(|unit| prefix.len() + unit.len() <= 1023));
        assert_eq!(units.concat(), text);
    }
}

#[test]
fn a_text_of_the_room_may_be_longer_than_any_read() {
    let house = House::open();
    let mut group = house.group();
    let mut one = house.tagged();
    one.say("here");
    group.stream.until(": here");
    let text = "\u{4e2d}\u{6587}".repeat(1000) + "$";
    group.say(&text);
    let heard = String::from_utf8(one.stream.until("$")).expect("no character is cut");
    let units: Vec<&str> = heard.split("SENDID: ").skip(1).collect();
    assert!(units.iter().all(|unit| "SENDID: ".len() + unit.len() <= 1023), "{units:?}");
    let told = units.iter().map(|unit| unit.split_once("To You: ").expect("a text").1);
    let told = told.map(|text| text.split_once("> ").map_or(text, |(_, text)| text));
    assert_eq!(told.collect::<String>(), text);
}

#[test]
fn a_send_without_padding_ends_with_its_nul_or_a_pause() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    for (request, told) in [("send#2#no padding\0", "no padding"), ("send#2#no end", "no end")] {
        one.stream.send(request);
        two.stream.take(prefix(1, &one) + told);
        pause();
        one.stream.send("name");
        one.stream.take(host_name());
    }
}

#[test]
fn a_send_ends_with_its_line() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    one.stream.send("send#2#one line\n");
    two.stream.take(prefix(1, &one) + "one line");
    pause();
    one.stream.send("send#2#another\r\n");
    two.stream.until(prefix(1, &one) + "another");
}

#[test]
fn a_text_of_1024_bytes_without_nul_is_a_request() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    let mut request = b"send#2#".to_vec();
    request.resize(1023, b'z');
    request.push(b'$');
    one.stream.send(&request);
    one.stream.send("name");
    one.stream.take(host_name());
    let heard = two.stream.until("$");
    assert_eq!(count(&heard, b"z"), 1023 - 7, "{}", shown(&heard));
}

#[test]
fn who_closes_is_closed() {
    let house = House::open();
    let mut one = house.tagged();
    one.stream.send("name");
    one.stream.end();
    let rest = one.stream.rest();
    assert!(rest.starts_with(b"NAME"), "{}", shown(&rest));
    let mut two = house.tagged();
    while two.list().len() > 2 {}
}

#[test]
fn two_answers_are_two_reads() {
    let house = House::open();
    let mut one = house.tagged();
    // A busy machine may well let two come together, but not every time.
    let apart = (0..10).any(|_| {
        one.stream.send("timename");
        let reads = one.stream.timed_reads(host_name());
        reads.len() == 2 && reads[0].1.len() == 1024 && reads[1].0 - reads[0].0 > Duration::from_millis(10)
    });
    assert!(apart, "the answers always came together");
}

#[test]
fn a_request_right_behind_a_whole_block_is_read() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    let both = [send_request(2, "first"), send_request(2, "second"), b"name".to_vec()].concat();
    one.stream.send(both);
    two.stream.take(prefix(1, &one) + "first");
    two.stream.take(prefix(1, &one) + "second");
    one.stream.take(host_name());
}

#[test]
fn a_second_request_behind_a_line_is_read_within_the_block() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    // After an LF nothing is known of padding; after the pause, whatever comes is a request.
    one.stream.send("send#2#by hand\n");
    pause();
    one.stream.send("send#2#by hand again\n");
    two.stream.take(prefix(1, &one) + "by hand");
    two.stream.take(prefix(1, &one) + "by hand again");
}

#[test]
fn leading_white_space_of_an_id_is_not_an_error() {
    let house = House::open();
    let mut one = house.tagged();
    one.stream.send(send_request("1", "fine"));
    one.stream.until("To You: fine");
    one.stream.send(send_request("0001", "fine too"));
    one.stream.until("To You: ");
}

#[test]
fn everyone_in_the_lobby_can_be_addressed_by_id() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut one = house.tagged();
    let nick = ann.arrival();
    let list = one.list();
    assert_eq!(list.len(), 3, "{list:?}");
    let id = |line: &str| line["LISTID : ".len()..line.find(',').expect("a comma")].to_owned();
    // Ann came first, so she is the first behind the room.
    one.send_to(id(&list[1]), "psst");
    let line = ann.expect("PRIVMSG ann :psst");
    assert!(line.starts_with(&format!(":{nick}!")), "{line}");
    ann.send(&format!("PRIVMSG {nick} :yes?"));
    let heard = String::from_utf8(one.stream.until("yes?")).expect("UTF-8");
    assert!(heard.starts_with(&format!("SENDID: {}, Address: ", id(&list[1]))), "{heard}");
}
