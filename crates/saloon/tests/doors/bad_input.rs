//! Bytes that no client of a stream dialect should send, and connections that end in odd ways.

use crate::clients::Irc;
use crate::house::House;
use crate::stream::{Stream, find, shown};

/// The dialects of streams that take any text.
const TEXTS: [&str; 3] = ["line", "plain", "group"];
const STREAMS: [&str; 4] = ["line", "plain", "group", "tagged"];

/// Somebody new, who is in.
fn arrive(house: &House, watcher: &mut Irc, dialect: &str) -> (Stream, String) {
    let stream = house.stream(dialect, "tcp");
    (stream, watcher.arrival())
}

/// Everybody else is served as before.
fn still_served(house: &House, watcher: &mut Irc, word: &str) {
    for dialect in TEXTS {
        let mut stream = house.stream(dialect, "tcp");
        stream.send(format!("{word} by {dialect}\n"));
        watcher.expect(&format!("PRIVMSG #lobby :{word} by {dialect}"));
    }
}

#[test]
fn a_megabyte_without_line_end_harms_nobody() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let before = house.server.memory();
    for dialect in STREAMS {
        let (mut stream, _) = arrive(&house, &mut watcher, dialect);
        let chunk = vec![b'x'; 64 * 1024];
        for _ in 0..16 {
            // It may be closed before all of it is taken.
            let _ = stream.try_send(&chunk);
        }
        still_served(&house, &mut watcher, &format!("after {dialect}"));
    }
    assert!(house.server.memory() - before < 32 * 1024, "memory has a bound");
}

#[test]
fn a_peer_that_has_said_all_still_gets_its_last_messages() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    for dialect in TEXTS {
        let (mut stream, _) = arrive(&house, &mut watcher, dialect);
        stream.send("/frobnicate\n");
        stream.end();
        stream.until("/frobnicate");
    }
    let (mut tagged, _) = arrive(&house, &mut watcher, "tagged");
    tagged.send("listname");
    tagged.end();
    let rest = tagged.rest();
    assert!(find(&rest, b"LISTID : 0,").is_some() && find(&rest, b"NAME").is_some(), "{}", shown(&rest));
    still_served(&house, &mut watcher, "afterwards");
}

#[test]
fn a_reset_in_the_middle_of_a_message_is_a_departure() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    for dialect in STREAMS {
        let (mut stream, nick) = arrive(&house, &mut watcher, dialect);
        stream.send("send#0#half a");
        stream.reset();
        watcher.departure(&nick);
    }
    still_served(&house, &mut watcher, "afterwards");
}

#[test]
fn people_who_come_and_go_at_once_leave_nothing_behind() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    // Whoever a group client has seen has a port for private messages.
    drop(house.group());
    let nick = watcher.arrival();
    watcher.departure(&nick);
    let before = house.server.descriptors();
    for round in 0..200 {
        let stream = house.stream(STREAMS[round % 4], "tcp");
        if round % 3 == 0 {
            stream.reset();
        }
    }
    crate::support::eventually("they are gone", || {
        watcher.send("NAMES #lobby");
        !watcher.until(" 366 ").join("\n").contains("guest")
    });
    crate::support::eventually("their descriptors are closed", || house.server.descriptors() <= before);
    still_served(&house, &mut watcher, "afterwards");
}

#[test]
fn broken_utf_8_is_told_as_valid_text() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    for dialect in TEXTS {
        let (mut stream, nick) = arrive(&house, &mut watcher, dialect);
        for (round, bytes) in [
            b"\xff\xfe\xfd".as_slice(),
            b"\xc3\x28",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xc0\xaf",
            b"\x80\x80\x80",
            b"\xe4\xbd",
        ]
        .into_iter()
        .enumerate()
        {
            // A telnet client doubles 255, and nobody else has it in a text.
            let bytes: Vec<u8> =
                bytes.iter().filter(|byte| dialect != "line" || **byte < 0xf0).copied().collect();
            stream.send([b"odd ".as_slice(), &bytes, format!(" {dialect} {round}\n").as_bytes()].concat());
            let line = watcher.expect(&format!(" {dialect} {round}"));
            assert!(line.starts_with(&format!(":{nick}!")) && line.contains(":odd "), "{line}");
        }
    }
}

#[test]
fn broken_gbk_is_told_as_valid_text() {
    let keys = "encoding = \"gbk\"";
    let house = House::with(&[], &TEXTS.map(|dialect| (dialect, keys)));
    let mut watcher = house.irc("watcher");
    for dialect in TEXTS {
        let (mut stream, _) = arrive(&house, &mut watcher, dialect);
        // A lead byte before a blank, one that is none, and half a character at the end.
        stream.send(b"one \xd6 two \x80 three \xc4\xe3 four \x81\x20\n");
        stream.is_read();
        let line = watcher.expect(" three ");
        assert!(line.contains("\u{4f60} four"), "{line}");
        stream.send(format!("end of {dialect}\n"));
        watcher.expect(&format!("end of {dialect}"));
    }
}

#[test]
fn control_characters_and_nul_reach_nobody_in_irc() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    for dialect in TEXTS {
        let (mut stream, nick) = arrive(&house, &mut watcher, dialect);
        stream.send(b"first\rPRIVMSG watcher :injected\r\n");
        stream.is_read();
        let line = watcher.expect(&format!(":{nick}!"));
        assert!(line.contains(" PRIVMSG #lobby :first"), "{line}");
        stream.send(format!("end of {dialect}\n"));
        let lines = watcher.until(&format!("end of {dialect}"));
        let commands = lines.iter().map(|line| line.split(' ').skip(1).take(2).collect::<Vec<_>>());
        assert!(commands.into_iter().all(|command| command != ["PRIVMSG", "watcher"]), "{lines:?}");
        assert!(lines.iter().all(|line| line.starts_with(':') && !line.contains('\r')), "{lines:?}");
    }
}

#[test]
fn empty_messages_are_nothing() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    for dialect in TEXTS {
        let (mut stream, nick) = arrive(&house, &mut watcher, dialect);
        for nothing in ["\n", "\r\n", "\0"] {
            stream.send(nothing);
            stream.is_read();
        }
        stream.send(format!("something by {dialect}\n"));
        let line = watcher.expect(&format!(":{nick}!"));
        assert!(line.ends_with(&format!(":something by {dialect}")), "{line}");
    }
}

#[test]
fn random_bytes_harm_nobody() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..80 {
        let mut bytes = Vec::new();
        for _ in 0..250 {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            bytes.extend(dice.to_le_bytes());
        }
        let mut stream = house.stream(STREAMS[round % 4], "tcp");
        let _ = stream.try_send(&bytes);
    }
    still_served(&house, &mut watcher, "afterwards");
}

#[test]
fn a_reader_that_stops_is_closed_and_nobody_waits_for_it() {
    let house = House::with(&["limits.sendq = 65536", "limits.stalled = \"500ms\""], &[]);
    let mut watcher = house.irc("watcher");
    let mut nicks = Vec::new();
    let stuck: Vec<_> = STREAMS
        .into_iter()
        .map(|dialect| {
            let narrow = crate::support::peer::narrow(house.addr(dialect, "tcp"));
            nicks.push(watcher.arrival());
            narrow
        })
        .collect();
    let line = format!("PRIVMSG #lobby :{}\r\n", "x".repeat(400)).repeat(50);
    let mut rounds = 0;
    while !nicks.is_empty() {
        watcher.stream.send(&line);
        for line in watcher.sync() {
            nicks.retain(|nick| !(line.contains(" QUIT ") && line.starts_with(&format!(":{nick}!"))));
        }
        rounds += 1;
        assert!(rounds < 10_000, "never closed: {nicks:?}");
    }
    drop(stuck);
    still_served(&house, &mut watcher, "afterwards");
}
