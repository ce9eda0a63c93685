//! Peers that read slowly: they fall behind and catch up. Those that do not read at all are closed. Nobody else
//! notices.

use std::io::Write;
use std::thread;

use crate::support::peer::narrow;
use crate::support::{Peer, Server, Setup};

#[test]
fn a_reader_that_stops_is_closed_and_the_others_miss_nothing() {
    let server = Setup::default().set("limits.sendq = 65536").set("limits.stalled = \"500ms\"").start();
    let mut talker = Peer::user(&server, "talker");
    let mut reader = Peer::user(&server, "reader");
    let mut stuck = Peer::narrow(server.addr(0));
    stuck.register("stuck");
    for peer in [&mut reader, &mut stuck, &mut talker] {
        peer.join("#room");
    }
    reader.sync();

    let filling = "x".repeat(400);
    let (mut sent, mut heard) = (0, Vec::new());
    let mut gone = None;
    while gone.is_none() {
        for _ in 0..100 {
            talker.send(&format!("PRIVMSG #room :{sent} {filling}"));
            sent += 1;
        }
        gone = talker.sync().into_iter().find(|line| line.contains(":stuck!") && line.contains(" QUIT "));
        heard.extend(reader.sync());
        assert!(sent < 500_000, "it was never closed");
    }

    let gone = gone.expect("gone");
    assert!(gone.contains("QUIT :SendQ exceeded: ") && gone.contains("waiting to be read"), "{gone}");
    let mut expected = 0;
    for line in heard {
        if let Some((_, text)) = line.split_once("PRIVMSG #room :") {
            assert_eq!(text, format!("{expected} {filling}"));
            expected += 1;
        }
    }
    assert_eq!(expected, sent);
    // Once it reads, it gets what was on its way, and the reason; no line is cut.
    let rest = stuck.rest();
    let (last, before) = rest.split_last().expect("lines");
    assert!(last.contains("ERROR :Closing link: SendQ exceeded"), "{last}");
    assert!(before.iter().all(|line| line.ends_with("xxx") || line.contains(" JOIN ")), "a line is cut");
}

/// Somebody talks until a reader has fallen behind, and `more` messages beyond that. The talker, the reader, and
/// how many messages there were.
fn fallen_behind(server: &Server, more: usize) -> (Peer, Peer, usize) {
    let mut talker = Peer::user(server, "talker");
    let mut slow = Peer::narrow(server.addr(0));
    slow.register("slow");
    for peer in [&mut slow, &mut talker] {
        peer.join("#room");
    }
    let (mut sent, mut most) = (0, usize::MAX);
    while sent < most {
        for _ in 0..100 {
            talker.send(&format!("PRIVMSG #room :{sent} {}", "x".repeat(400)));
            sent += 1;
        }
        talker.sync();
        if most == usize::MAX && server.log_count("it falls behind") > 0 {
            most = sent + more;
        }
        assert!(sent < 500_000, "it never fell behind");
    }
    (talker, slow, sent)
}

/// The numbers at the beginning of what was said in the room.
fn numbers(lines: &[String]) -> Vec<usize> {
    let text = |line: &String| line.split_once("PRIVMSG #room :").map(|(_, text)| text.to_owned());
    let number = |text: String| text.split(' ').next().and_then(|word| word.parse().ok());
    lines.iter().filter_map(text).filter_map(number).collect()
}

#[test]
fn who_reads_slowly_misses_nothing_and_is_live_again() {
    let setup = Setup::default().set("limits.sendq = 65536").set("history.channel_length = 1000000");
    let server = setup.start();
    let (mut talker, mut slow, sent) = fallen_behind(&server, 2000);
    talker.send("PRIVMSG slow :psst");
    talker.sync();

    let mut heard = slow.until("psst");
    // What is said while it catches up, and when it has.
    talker.send(&format!("PRIVMSG #room :{sent} and more"));
    heard.extend(slow.until("and more"));
    server.logged("it has caught up", 1);
    talker.send(&format!("PRIVMSG #room :{} live", sent + 1));
    heard.extend(slow.until("live"));

    assert_eq!(numbers(&heard), (0..=sent + 1).collect::<Vec<_>>());
    slow.sync();
}

#[test]
fn without_a_history_who_reads_slowly_is_told_how_much_it_missed() {
    let setup = Setup::default().set("limits.sendq = 65536").set("history.enabled = false");
    let server = setup.start();
    let (_talker, mut slow, sent) = fallen_behind(&server, 100);

    let heard = slow.until("missed");

    let told = numbers(&heard).len();
    let line = heard.last().expect("a line");
    assert!(
        line.contains(&format!("missed {} messages in #room", sent - told)),
        "{line}, told {told} of {sent}"
    );
    slow.sync();
}

#[test]
fn many_who_do_not_read_take_little_memory() {
    const STUCK: usize = 40;
    let setup = Setup::default().set("limits.sendq = 1048576").set("limits.stalled = \"1s\"");
    // What a database keeps in memory is another matter.
    let server = setup.set("history.enabled = false").start();
    let mut talker = Peer::user(&server, "talker");
    talker.join("#room");
    let before = server.memory();
    let mut stuck: Vec<Peer> = Vec::new();
    for number in 0..STUCK {
        let mut peer = Peer::narrow(server.addr(0));
        peer.register(&format!("stuck{number}"));
        peer.join("#room");
        stuck.push(peer);
    }
    talker.sync();

    let line = format!("PRIVMSG #room :{}\r\n", "x".repeat(400)).repeat(50);
    let (mut gone, mut most) = (0, 0);
    while gone < STUCK {
        talker.raw(line.as_bytes());
        gone += talker.sync().iter().filter(|line| line.contains(" QUIT :SendQ exceeded")).count();
        most = most.max(server.memory());
    }

    // What waits for all of them is the same megabyte, once; each has a list of its pieces.
    assert!(most - before < 16 * 1024, "{before} KiB became {most} KiB");
}

#[test]
fn who_asks_and_does_not_read_the_answers_is_closed_too() {
    let server = Setup::default().set("limits.sendq = 65536").set("limits.stalled = \"500ms\"").start();
    let mut other = Peer::user(&server, "other");
    let stream = narrow(server.addr(0));
    let mut mouth = stream.try_clone().expect("a clone");
    let mut asker = Peer::new(stream);
    asker.register("asker");
    let before = server.memory();
    thread::spawn(move || {
        let questions = "MOTD\r\nVERSION\r\nHELP\r\n".repeat(200);
        while mouth.write_all(questions.as_bytes()).is_ok() {}
    });
    server.logged("it does not read what it is sent", 1);
    other.sync();
    assert!(server.memory() - before < 16 * 1024);
    assert!(asker.rest().last().expect("a reason").contains("ERROR :Closing link: SendQ exceeded"));
}

#[test]
fn a_long_answer_waits_for_a_slow_reader() {
    let server = Setup::default().set("limits.sendq = 65536").set("channels.max_per_client = 3000").start();
    let mut host = Peer::user(&server, "host");
    for batch in 0..60 {
        let rooms: Vec<String> =
            (0..50).map(|number| format!("#a-room-with-a-name-{batch}-{number}")).collect();
        // One JOIN after the other, so that no line is too long.
        host.raw(rooms.iter().map(|room| format!("JOIN {room}\r\n")).collect::<String>().as_bytes());
        host.sync();
    }
    let mut reader = Peer::narrow(server.addr(0));
    reader.register("reader");

    reader.send("LIST");
    host.sync();

    let list = reader.until(" 323 ");
    assert_eq!(list.iter().filter(|line| line.contains(" 322 ")).count(), 3000);
    reader.sync();
}
