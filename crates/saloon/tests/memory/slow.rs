//! Readers that fall behind are caught up from the history, at their own pace, and nobody else notices.

use rustix::process::Signal;

use crate::someone::{CAPS, history, said, someone};
use crate::support::{Peer, Server, Setup, eventually, peer};

/// Messages that the reader does not read: more than the kernel takes for it.
const MESSAGES: usize = 10_000;

fn setup() -> Setup {
    Setup::default().set("limits.sendq = 65536").set("history.channel_length = 100000")
}

/// A reader for whom the kernel takes little, in the room.
fn lazy(server: &Server) -> Peer {
    let mut lazy = Peer::new(peer::narrow(server.addr(0)));
    lazy.send("CAP REQ :message-tags server-time");
    lazy.send("CAP END");
    lazy.register("lazy");
    lazy.join("#room");
    lazy
}

fn words(number: usize) -> String {
    format!("{number} {}", "word ".repeat(80))
}

/// Says so many things, a hundred on their way at a time, each seen by a third who does read.
fn talk(server: &Server, count: usize) -> Peer {
    let mut talker = someone(server, "talker", CAPS);
    let mut quick = someone(server, "quick", CAPS);
    talker.join("#room");
    quick.join("#room");
    for hundred in (0..count).step_by(100) {
        for number in hundred..(hundred + 100).min(count) {
            talker.send(&format!("PRIVMSG #room :{}", words(number)));
        }
        let last = words((hundred + 99).min(count - 1));
        talker.until(&last);
        // While the lazy one has read nothing, the quick one has read everything.
        let heard = quick.until(&last);
        assert_eq!(heard.iter().filter(|line| said(line).is_some()).count(), 100.min(count - hundred));
    }
    quick.quit();
    talker
}

/// The numbers of the messages that the reader gets, up to a last one, and the other lines.
fn read_on(lazy: &mut Peer, last: &str) -> (Vec<usize>, Vec<String>) {
    let lines = lazy.until(last);
    let number = |line: &String| said(line)?.text.split(' ').next()?.parse().ok();
    let others = lines.iter().filter(|line| number(line).is_none()).cloned().collect();
    (lines.iter().filter_map(number).collect(), others)
}

/// How many messages it is told to have missed.
fn missed(lines: &[String]) -> usize {
    let announced = lines.iter().filter_map(|line| line.split_once("you missed "));
    announced.map(|(_, rest)| rest.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)).sum()
}

#[test]
fn who_reads_again_gets_everything_in_order_and_once() {
    let server = setup().start();
    let mut lazy = lazy(&server);
    let before = server.memory();
    let mut talker = talk(&server, MESSAGES);
    server.logged("it falls behind", 1);
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 24 * 1024, "the server grew by {grown} KiB for one who does not read");
    talker.send("PRIVMSG #room :the end");
    let (numbers, others) = read_on(&mut lazy, ":the end");
    assert_eq!(numbers, (0..MESSAGES).collect::<Vec<_>>(), "{others:?}");
    assert_eq!(missed(&others), 0);
    // It is live again, and is heard.
    lazy.send("PRIVMSG #room :caught up");
    talker.expect(":caught up");
    talker.send("PRIVMSG #room :good");
    lazy.expect(":good");
    // Comings and goings were caught up too.
    assert!(others.iter().any(|line| line.contains(":quick!") && line.contains(" QUIT ")), "{others:?}");
}

#[test]
fn what_is_no_longer_kept_is_counted_and_announced() {
    let setup = setup().set("history.channel_length = 500").set("history.chathistory_max_messages = 10000");
    let server = setup.start();
    let mut lazy = lazy(&server);
    let mut talker = talk(&server, MESSAGES);
    let mut reader = someone(&server, "reader", &format!("{CAPS} draft/chathistory"));
    reader.join("#room");
    // What is too much is otherwise looked at once a minute.
    server.signal(Signal::HUP);
    eventually("most is forgotten", || history(&mut reader, "#room", MESSAGES).len() < 1000);
    talker.send("PRIVMSG #room :the end");
    let (numbers, others) = read_on(&mut lazy, ":the end");
    assert!(numbers.is_sorted() && numbers.len() < MESSAGES);
    assert_eq!(numbers.len() + missed(&others), MESSAGES, "{others:?}");
    assert!(others.iter().any(|line| line.contains("you missed") && line.contains("#room")), "{others:?}");
}

#[test]
fn without_a_history_everything_is_announced() {
    let server = setup().set("history.enabled = false").start();
    let mut lazy = lazy(&server);
    let mut talker = talk(&server, MESSAGES);
    // What is left in the room is said while it reads: it comes live.
    talker.send("PRIVMSG #room :the end");
    let mut lines = Vec::new();
    let mut numbers = 0;
    loop {
        let line = lazy.line();
        numbers += usize::from(said(&line).is_some());
        lines.push(line);
        let told = missed(&lines);
        if told > 0 {
            // "the end" may be among those it has missed.
            assert!([MESSAGES, MESSAGES + 1].contains(&(numbers + told)), "{numbers} read, {told} missed");
            break;
        }
    }
}

#[test]
fn who_takes_nothing_for_too_long_is_closed_and_others_are_told() {
    let server = setup().set("limits.stalled = \"2s\"").start();
    let _lazy = lazy(&server);
    let mut talker = talk(&server, MESSAGES);
    server.logged("closed: it does not read what it is sent", 1);
    eventually("it is gone", || {
        talker.send("WHOWAS lazy");
        talker.until(" 369 ").iter().any(|line| line.contains(" 314 "))
    });
}
