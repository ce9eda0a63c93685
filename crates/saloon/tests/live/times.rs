//! What time brings: who never registers, who falls silent, who sends too fast.

use std::time::{Duration, Instant};

use crate::support::{Peer, Setup};

#[test]
fn who_does_not_register_in_time_is_told_and_closed() {
    let server = Setup::default().set("server.timeouts.registration = \"1s\"").start();
    let mut user = Peer::user(&server, "user");
    let mut silent = Peer::tcp(server.addr(0));
    let mut slow = Peer::tcp(server.addr(0));
    slow.send("NICK slow");

    for peer in [&mut silent, &mut slow] {
        let rest = peer.rest();
        let last = rest.last().expect("a reason");
        assert!(last.contains("ERROR :Closing link: Registration timeout: 1 seconds"), "{last}");
    }
    // Who has registered in time stays.
    user.sync();
}

#[test]
fn who_is_silent_is_asked_and_then_closed_and_who_answers_stays() {
    let server = Setup::default()
        .set("server.timeouts.ping = \"1s\"")
        .set("server.timeouts.disconnect = \"2s\"")
        .start();
    let (mut silent, mut answers) = (Peer::user(&server, "silent"), Peer::user(&server, "answers"));
    answers.join("#room");
    silent.join("#room");
    answers.expect("JOIN");

    let mut pings = 0;
    let mut gone = false;
    while pings < 4 || !gone {
        let line = answers.line();
        if let Some((_, token)) = line.split_once("PING ") {
            pings += 1;
            answers.send(&format!("PONG {token}"));
        }
        gone |= line.contains(":silent!") && line.contains("QUIT :Ping timeout: 2 seconds");
    }

    let rest = silent.rest();
    assert!(rest.iter().any(|line| line.contains("PING :irc.example.org")), "{rest:?}");
    assert!(rest.last().expect("a reason").contains("ERROR :Closing link: Ping timeout"), "{rest:?}");
}

#[test]
fn lines_that_come_too_fast_wait_and_none_is_lost() {
    let server = fakelag(5, 20).start();
    let mut quick = Peer::tcp(server.addr(0));
    let mut other = Peer::tcp(server.addr(0));
    let began = Instant::now();
    let pings: String = (0..30).map(|number| format!("PING {number}\r\n")).collect();
    quick.raw(pings.as_bytes());

    // Those who do not hurry are not slowed by those who do.
    other.send("PING other");
    other.expect(" :other");

    for number in 0..30 {
        let line = quick.line();
        assert!(line.ends_with(&format!(" :{number}")), "{line}");
    }
    // 25 lines at 20 a second, whatever the machine.
    assert!(began.elapsed() >= Duration::from_millis(1200), "{:?}", began.elapsed());
}

#[test]
fn who_ends_while_lines_wait_still_has_them_all_done() {
    let server = fakelag(3, 20).start();
    let mut peer = Peer::tcp(server.addr(0));
    let pings: String = (0..12).map(|number| format!("PING {number}\r\n")).collect();
    peer.raw(format!("NICK ann\r\nUSER ann 0 * :ann\r\n{pings}QUIT :done\r\n").as_bytes());
    peer.end();

    let rest = peer.rest();
    assert!(rest.iter().any(|line| line.contains(" 001 ann ")), "{rest:?}");
    assert_eq!(rest.iter().filter(|line| line.contains(" PONG ")).count(), 12, "{rest:?}");
    assert!(rest.last().expect("a farewell").contains("ERROR :Closing link: Quit: done"), "{rest:?}");
}

#[test]
fn who_waits_for_its_lines_is_not_silent() {
    let server =
        fakelag(2, 2).set("server.timeouts.ping = \"1s\"").set("server.timeouts.disconnect = \"2s\"").start();
    let mut peer = Peer::tcp(server.addr(0));
    // NICK and USER, and eight more at two a second: longer than a silence may last.
    let pings: String = (0..8).map(|number| format!("PING {number}\r\n")).collect();
    peer.raw(format!("NICK ann\r\nUSER ann 0 * :ann\r\n{pings}QUIT\r\n").as_bytes());

    let rest = peer.rest();
    assert_eq!(rest.iter().filter(|line| line.contains(" PONG ")).count(), 8, "{rest:?}");
    assert!(rest.last().expect("a farewell").contains("Closing link: Quit"), "{rest:?}");
}

fn fakelag(burst: u32, per_second: u32) -> Setup {
    Setup::default()
        .set("fakelag.enabled = true")
        .set(&format!("fakelag.burst = {burst}"))
        .set(&format!("fakelag.per_second = {per_second}"))
}
