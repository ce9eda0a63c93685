//! The `tagged` dialect as its menu clients meet it: a greeting, four requests, and their answers.

use crate::clients::{GREETING, Tagged, host_name, send_request};
use crate::house::House;
use crate::stream::{find, shown};

/// What an addressed client is sent.
fn sent(id: u32, from: &Tagged, text: &str) -> String {
    let port = from.stream.local().port();
    format!("SENDID: {id}, Address: 127.0.0.1, Port: {port} Sent A Message To You: {text}")
}

/// What the server itself says.
fn notice(house: &House, text: &str) -> String {
    let port = house.addr("tagged", "tcp").port();
    format!("SENDID: 0, Address: 127.0.0.1, Port: {port} Sent A Message To You: {text}")
}

fn listed(id: u32, port: u16) -> String {
    format!("LISTID : {id}, Address : 127.0.0.1, Port : {port}\n")
}

/// `ctime` text: `Fri Nov 20 20:37:14 2026\n`.
fn is_ctime(text: &[u8]) -> bool {
    let text = std::str::from_utf8(text).expect("ASCII");
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let digits = |range: std::ops::Range<usize>| text[range].bytes().all(|byte| byte.is_ascii_digit());
    let day_of_month = text[8..10].trim_start().parse::<u8>();
    text.len() == 25
        && days.contains(&&text[..3])
        && months.contains(&&text[4..7])
        && day_of_month.is_ok_and(|day| (1..=31).contains(&day))
        && digits(11..13)
        && &text[13..14] == ":"
        && digits(14..16)
        && &text[16..17] == ":"
        && digits(17..19)
        && &text[19..22] == " 20"
        && digits(20..24)
        && text.ends_with('\n')
}

fn take_time(tagged: &mut Tagged) {
    tagged.stream.take("TIME");
    let rest = tagged.stream.bytes(1020);
    assert!(is_ctime(&rest[..25]), "{}", shown(&rest));
    assert!(rest[25..].iter().all(|byte| *byte == 0), "{}", shown(&rest));
}

#[test]
fn the_greeting_comes_first_and_without_tag() {
    let house = House::open();
    let mut stream = house.stream("tagged", "tcp");
    stream.take(GREETING);
    stream.send("name");
    stream.take(host_name());
}

#[test]
fn time_is_answered_in_1024_bytes() {
    let house = House::open();
    let mut one = house.tagged();
    one.stream.send("time");
    take_time(&mut one);
    one.stream.send("name");
    one.stream.take(host_name());
}

#[test]
fn time_may_be_short_where_that_is_asked_for() {
    let house = House::with(&["server.compact_time = true"], &[]);
    let mut one = house.tagged();
    one.stream.send("time");
    one.stream.take("TIME");
    let rest = one.stream.bytes(25);
    assert!(is_ctime(&rest), "{}", shown(&rest));
    one.stream.send("name");
    one.stream.take(host_name());
}

#[test]
fn list_names_the_room_and_everyone_in_order() {
    let house = House::open();
    let port = house.addr("tagged", "tcp").port();
    let mut one = house.tagged();
    one.stream.send("list");
    one.stream.take(listed(0, port));
    one.stream.take(listed(1, one.stream.local().port()));
    let mut two = house.tagged();
    for asking in [&mut one, &mut two] {
        asking.stream.send("list");
        asking.stream.take(listed(0, port));
    }
    let ports = [one.stream.local().port(), two.stream.local().port()];
    for asking in [&mut one, &mut two] {
        asking.stream.take(listed(1, ports[0]));
        asking.stream.take(listed(2, ports[1]));
    }
}

#[test]
fn ids_are_not_used_again() {
    let house = House::open();
    let mut one = house.tagged();
    assert_eq!(one.list().len(), 2);
    let mut two = house.tagged();
    assert_eq!(two.list().len(), 3);
    drop(two);
    while one.list().len() > 2 {}
    let three = house.tagged();
    let port = three.stream.local().port();
    assert_eq!(one.list()[2], format!("LISTID : 3, Address : 127.0.0.1, Port : {port}"));
}

#[test]
fn send_reaches_the_one_it_names() {
    let house = House::open();
    let (mut one, mut two, mut three) = (house.tagged(), house.tagged(), house.tagged());
    one.send_to(2, "hello there");
    two.stream.take(sent(1, &one, "hello there"));
    two.send_to(1, "\u{4f60}\u{597d} # and a hash #");
    one.stream.take(sent(2, &two, "\u{4f60}\u{597d} # and a hash #"));
    three.stream.send("name");
    three.stream.take(host_name());
}

#[test]
fn send_reaches_oneself() {
    let house = House::open();
    let mut one = house.tagged();
    one.send_to(1, "note to self");
    one.stream.take(sent(1, &one, "note to self"));
}

#[test]
fn the_other_printed_form_of_send_works_too() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    let mut request = b"send2#without the first".to_vec();
    request.resize(1024, 0);
    one.stream.send(request);
    two.stream.take(sent(1, &one, "without the first"));
}

#[test]
fn what_is_behind_the_nul_is_no_request() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    for round in 0..20 {
        one.send_to(2, format!("round {round}"));
        two.stream.take(sent(1, &one, &format!("round {round}")));
    }
    one.stream.send("name");
    // Nothing came before: no time, no list, no name of theirs.
    one.stream.take(host_name());
}

#[test]
fn a_request_may_come_in_pieces() {
    let house = House::open();
    let (mut one, mut two) = (house.tagged(), house.tagged());
    // Once in two pieces, wherever it is cut, and once in many.
    for cut in [1, 4, 5, 6, 7, 10, 20, 512, 1023] {
        let request = send_request(2, format!("cut at {cut}"));
        one.stream.send(&request[..cut]);
        one.stream.send(&request[cut..]);
        two.stream.take(sent(1, &one, &format!("cut at {cut}")));
    }
    for piece in send_request(2, "in many pieces").chunks(100) {
        one.stream.send(piece);
    }
    two.stream.take(sent(1, &one, "in many pieces"));
    one.stream.send("na");
    one.stream.send("me");
    one.stream.take(host_name());
}

#[test]
fn requests_in_one_read_are_all_answered() {
    let house = House::open();
    let port = house.addr("tagged", "tcp").port();
    let mut one = house.tagged();
    one.stream.send("listtimename");
    one.stream.take(listed(0, port));
    one.stream.take(listed(1, one.stream.local().port()));
    take_time(&mut one);
    one.stream.take(host_name());
}

#[test]
fn nul_line_ends_and_blanks_between_requests_are_skipped() {
    let house = House::open();
    let mut one = house.tagged();
    let mut padded = b"name".to_vec();
    padded.resize(1024, 0);
    for request in [b"name\0".as_slice(), &padded, b"name\r\n", b"  name \0\n name"] {
        one.stream.send(request);
        one.stream.take(host_name());
    }
    one.stream.take(host_name());
}

#[test]
fn anything_else_is_answered_with_nothing() {
    let house = House::open();
    let mut one = house.tagged();
    for nonsense in ["TIME", "bogus", "LISTID : 1", "\u{4f60}\u{597d}"] {
        one.stream.send(nonsense);
        // Who types the next request is slower than the network.
        std::thread::sleep(std::time::Duration::from_millis(300));
        one.stream.send("name");
        one.stream.take(host_name());
    }
}

#[test]
fn a_request_with_something_behind_it_is_that_request() {
    let house = House::open();
    let mut one = house.tagged();
    one.stream.send("nameX");
    one.stream.take(host_name());
    std::thread::sleep(std::time::Duration::from_millis(300));
    one.stream.send("name");
    one.stream.take(host_name());
}

#[test]
fn nobody_has_an_unknown_id_and_the_sender_is_told() {
    let house = House::open();
    let mut one = house.tagged();
    one.send_to(99, "is anybody there");
    one.stream.take(notice(&house, "nobody has the id 99"));
    one.stream.send("name");
    one.stream.take(host_name());
}

#[test]
fn the_room_is_id_0() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let (mut one, mut two) = (house.tagged(), house.tagged());
    let nick = ann.arrival();
    let id = id_of(&mut one);
    one.send_to(0, "to all of you");
    two.stream.take(sent(id, &one, "to all of you"));
    assert!(ann.expect("PRIVMSG #lobby :to all of you").starts_with(&format!(":{nick}!")));
    ann.say("to you too");
    for listener in [&mut one, &mut two] {
        let heard = listener.stream.until(" Sent A Message To You: <ann> to you too");
        assert!(heard.starts_with(b"SENDID: "), "{}", shown(&heard));
        assert_eq!(find(&heard, b"to all of you"), None);
    }
}

#[test]
fn the_server_speaks_from_its_own_address() {
    let house = House::open();
    let mut one = house.tagged();
    one.stream.send("list");
    one.stream.until("LISTID : 1,");
    let mut ann = house.irc("ann");
    ann.send("TOPIC #lobby :tea at four");
    ann.say("that was all");
    let heard = String::from_utf8(one.stream.until("that was all")).expect("UTF-8");
    let port = house.addr("tagged", "tcp").port();
    for words in heard.split("SENDID: 0, Address: ").skip(1) {
        assert!(words.starts_with(&format!("127.0.0.1, Port: {port} ")), "{words}");
    }
}

/// The id under which a client is listed.
fn id_of(tagged: &mut Tagged) -> u32 {
    let end = format!("Port : {}", tagged.stream.local().port());
    let list = tagged.list();
    let line = list.iter().find(|line| line.ends_with(&end)).expect("it is listed");
    line.strip_prefix("LISTID : ")
        .and_then(|line| line.split_once(','))
        .expect("an id")
        .0
        .parse()
        .expect("id")
}
