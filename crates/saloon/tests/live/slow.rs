//! Peers that do not read: they are closed, and nobody else notices.

use std::io::Write;
use std::thread;

use crate::support::peer::narrow;
use crate::support::{Peer, Setup};

#[test]
fn a_reader_that_stops_is_closed_and_the_others_miss_nothing() {
    let server = Setup::default().set("limits.sendq = 65536").start();
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

#[test]
fn many_who_do_not_read_take_little_memory() {
    const STUCK: usize = 40;
    let server = Setup::default().set("limits.sendq = 1048576").start();
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
    let server = Setup::default().set("limits.sendq = 65536").start();
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
