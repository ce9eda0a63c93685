//! Bytes that no client should send, at any pace, cut anywhere.

use std::net::TcpStream;
use std::time::Duration;

use socket2::SockRef;

use crate::support::{Peer, Server, Setup, eventually};

#[test]
fn a_line_may_be_cut_anywhere() {
    let server = Server::start();
    let text =
        "NICK ann\r\nUSER ann 0 * :ann\r\nJOIN #room\r\nPRIVMSG ann :grüße, 日本\r\nQUIT\r\n".as_bytes();
    for cut in 1..text.len() {
        let mut peer = Peer::tcp(server.addr(0));
        peer.raw(&text[..cut]);
        peer.raw(&text[cut..]);
        let rest = peer.rest().join("\n");
        assert!(rest.contains("PRIVMSG ann :grüße, 日本\n"), "cut at {cut}: {rest}");
        assert!(rest.contains("ERROR :Closing link: Quit"), "cut at {cut}: {rest}");
    }
}

#[test]
fn lines_may_come_byte_by_byte() {
    let server = Server::start();
    let mut ann = Peer::tcp(server.addr(0));
    for byte in "NICK ann\nUSER ann 0 * :ann\n\n\r\nPRIVMSG ann :ü\n".bytes() {
        ann.raw(&[byte]);
    }
    ann.expect("PRIVMSG ann :ü");
}

#[test]
fn a_line_without_end_is_cut_off_with_the_reason() {
    let server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    for registered in [false, true] {
        let mut peer = Peer::tcp(server.addr(0));
        if registered {
            peer.register("endless");
        }
        let chunk = vec![b'x'; 64 * 1024];
        // It is closed before all of the megabyte is taken.
        for _ in 0..16 {
            let _ = peer.try_raw(&chunk);
        }
        let rest = peer.rest();
        let last = rest.last().expect("a reason");
        assert!(last.contains("ERROR :Closing link: RecvQ exceeded"), "{registered}: {last}");
        ann.sync();
    }
}

#[test]
fn a_long_line_is_refused_and_the_next_one_is_taken() {
    let server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    ann.send(&format!("PRIVMSG ann :{}\r\nPRIVMSG ann :short", "x".repeat(10_000)));
    ann.expect(" 417 ann ");
    ann.expect("PRIVMSG ann :short");
}

#[test]
fn nul_bytes_reach_nobody() {
    let server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    ann.join("#room");
    let mut bob = Peer::user(&server, "bob");
    bob.join("#room");
    bob.raw(b"PRIVMSG #room :a\0b\r\n\0\r\n\0PRIVMSG #room :c\r\nPRIVMSG #room :after\r\n");
    let heard = ann.until("PRIVMSG #room :after").join("\n");
    assert!(!heard.contains('\0') && !heard.contains(":a\n") && !heard.contains(":c"), "{heard}");
}

#[test]
fn garbage_disturbs_nobody() {
    let server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    ann.join("#room");
    let before = server.descriptors();
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..200 {
        let mut bytes = Vec::new();
        for _ in 0..250 {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            bytes.extend(dice.to_le_bytes());
        }
        let mut peer = Peer::tcp(server.addr(0));
        if round % 2 == 0 {
            peer.register(&format!("noise{round}"));
        }
        let _ = peer.try_raw(&bytes);
        let _ = peer.try_raw(b"\r\nQUIT\r\n");
        if round % 4 < 2 {
            peer.rest();
        }
        ann.sync();
    }
    eventually("their descriptors are closed", || server.descriptors() <= before);
}

#[test]
fn a_reset_in_the_middle_is_a_departure() {
    let server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    ann.join("#room");
    let stream = TcpStream::connect(server.addr(0)).expect("connected");
    let other = stream.try_clone().expect("a clone");
    let mut bob = Peer::new(stream);
    bob.register("bob");
    bob.join("#room");
    ann.expect(":bob!bob@");
    bob.raw(b"PRIVMSG #room :half a li");
    SockRef::from(&other).set_linger(Some(Duration::ZERO)).expect("a reset");
    drop((bob, other));
    let quit = ann.expect("QUIT");
    assert!(quit.starts_with(":bob!bob@"), "{quit}");
    Peer::user(&server, "bob").quit();
}

#[test]
fn who_has_said_all_still_gets_the_answers() {
    let server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    // As `printf … | nc` does, with and without a QUIT, and with the last line unfinished.
    for (nick, end) in [("one", "QUIT\r\n"), ("two", ""), ("three", "PRIVMSG ann :cut")] {
        let mut peer = Peer::tcp(server.addr(0));
        let text = format!("NICK {nick}\r\nUSER {nick} 0 * :x\r\nPRIVMSG ann :from {nick}\r\nMOTD\r\n{end}");
        peer.raw(text.as_bytes());
        peer.end();
        let rest = peer.rest();
        assert!(rest.iter().any(|line| line.contains(&format!(" 001 {nick} "))), "{rest:?}");
        assert_eq!(rest.iter().filter(|line| line.contains(" 422 ")).count(), 2, "{rest:?}");
        assert!(rest.last().expect("a farewell").contains("ERROR :Closing link: "), "{rest:?}");
        ann.expect(&format!("PRIVMSG ann :from {nick}"));
    }
    assert!(ann.sync().iter().all(|line| !line.contains("cut")), "a line without its end is no line");
}

#[test]
fn many_lines_in_one_packet_are_answered_in_order() {
    let server = Setup::default().set("limits.sendq = 4000000").start();
    let mut ann = Peer::user(&server, "ann");
    let lines: String = (0..5000).map(|number| format!("PING {number}\n")).collect();
    ann.raw(lines.as_bytes());
    for number in 0..5000 {
        assert!(ann.line().ends_with(&format!(" :{number}")));
    }
}
