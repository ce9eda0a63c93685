//! Coming and going quickly, and coming when there is no room.

use std::net::TcpStream;
use std::time::Duration;

use socket2::SockRef;

use crate::support::{Peer, Server, Setup, eventually};

#[test]
fn two_thousand_who_come_and_go_leave_nothing_behind() {
    let server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    ann.join("#room");
    let before = server.descriptors();
    for number in 0..2000 {
        let stream = TcpStream::connect(server.addr(0)).expect("connected");
        let handle = stream.try_clone().expect("a clone");
        let mut peer = Peer::new(stream);
        match number % 5 {
            // Gone at once, or with a reset, or in the middle of something.
            0 => {}
            1 => SockRef::from(&handle).set_linger(Some(Duration::ZERO)).expect("a reset"),
            2 => peer.raw(b"NICK half"),
            3 => peer.raw(format!("NICK n{number}\r\nUSER x 0 * :x\r\nJOIN #room\r\n").as_bytes()),
            _ => {
                peer.raw(format!("NICK n{number}\r\nUSER x 0 * :x\r\nJOIN #room\r\nQUIT\r\n").as_bytes());
                peer.rest();
            }
        }
    }
    eventually("their descriptors are closed", || server.descriptors() <= before);
    // Nobody is left in the room, and nothing in the counts.
    eventually("they are all gone", || {
        ann.send("NAMES #room");
        let names = ann.until(" 366 ");
        names.iter().any(|line| line.ends_with("#room :@ann"))
    });
    ann.send("LUSERS");
    let counts = ann.until(" 266 ").join("\n");
    assert!(counts.contains(" 255 ann :I have 1 clients"), "{counts}");
    assert!(!counts.contains(" 253 ") || counts.contains(" 253 ann 0 "), "{counts}");
}

#[test]
fn out_of_descriptors_it_serves_on_and_lets_people_in_again() {
    let server = Setup::default().open_files(48).start();
    let (mut ann, mut bob) = (Peer::user(&server, "ann"), Peer::user(&server, "bob"));
    ann.join("#room");
    bob.join("#room");
    let crowd: Vec<TcpStream> =
        (0..100).map(|_| TcpStream::connect(server.addr(0)).expect("connected")).collect();
    server.logged("accepting failed", 1);

    // Who is in notices nothing, for as long as it lasts.
    for number in 0..200 {
        ann.send(&format!("PRIVMSG #room :{number}"));
        bob.expect(&format!("PRIVMSG #room :{number}"));
    }
    server.logged("accepting failed", 3);
    assert!(server.log_count("accepting failed") < 50, "it rests between two attempts");

    drop(crowd);
    Peer::user(&server, "cid").quit();
    ann.sync();
}
