use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;

use crate::person::echo;

/// What is said when somebody goes to a door behind which this is said, perhaps in answer.
fn told(url: &str, first: &'static [u8], answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("its address");
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        // The client may be gone by now: it has seen enough.
        let _ = stream.write_all(first);
        if !answer.is_empty() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        }
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let (ended, _) = echo("hi", &format!("{url}://{at}"));
    server.join().expect("no panic");
    let error = ended.expect_err("the wrong door").to_string();
    error.replace(&at.to_string(), "HOST")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port()
}

#[test]
fn a_wrong_door_is_named_with_the_right_one() {
    for (url, first, answer, error) in [
        (
            "line+tcp",
            &b":irc NOTICE * :*** Hi\r\n"[..],
            &b""[..],
            "HOST speaks the irc dialect: try irc+tcp://HOST",
        ),
        (
            "line+tcp",
            b"",
            b":irc 451 * hi :Register first\r\n",
            "HOST speaks the irc dialect: try irc+tcp://HOST",
        ),
        (
            "line+tcp",
            b"Reply Message From Server!",
            b"",
            "HOST speaks the tagged dialect: try tagged+tcp://HOST",
        ),
        (
            "tagged+tcp",
            b"127.0.0.1:5 is online\n",
            b"",
            "HOST speaks the group dialect: try group+tcp://HOST",
        ),
        ("irc+tcp", b"", b"\x15\x03\x03\x00\x02\x02\x32", "HOST speaks TLS: try irc+tls://HOST"),
        ("irc+tcp", b"hello, you\r\n", b"", "what answers at HOST does not speak the irc dialect"),
        ("irc+tls", b"hello, you\r\n", b"", "HOST does not speak TLS: try irc+tcp://HOST"),
    ] {
        assert_eq!(told(url, first, answer), error);
    }
    let http = told("plain+tcp", b"", b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert!(http.starts_with("HOST speaks HTTP"), "{http}");
}

#[test]
fn a_closed_door_is_told_from_one_that_is_not_there() {
    let port = free_port();
    let error = |url: &str| echo("hi", url).0.expect_err("nobody is there").to_string();
    let refused = error(&format!("line+tcp://127.0.0.1:{port}"));
    assert!(refused.starts_with("nothing listens on 127.0.0.1:"), "{refused}");
    let unnamed = error("line+tcp://no-such-host.invalid");
    assert!(unnamed.starts_with("there is no host called `no-such-host.invalid`"), "{unnamed}");
    let no_file = error("line+unix:///nonexistent/line.sock");
    assert!(no_file.starts_with("there is no socket file"), "{no_file}");
    let no_gram = error("packet+unixgram:///nonexistent/packet.sock");
    assert!(no_gram.starts_with("there is no socket file"), "{no_gram}");
}

#[test]
fn a_datagram_that_nobody_takes_is_noticed() {
    let free = UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    let person = crate::person::Person::pipes(&format!("packet+udp://{free}"));
    let error = loop {
        // The answer to the first packet comes with the next one.
        if person.is_over() {
            break person.ends().0.expect_err("nobody is there").to_string();
        }
        std::thread::yield_now();
    };
    assert!(error.starts_with("nothing takes packets on"), "{error}");
}

#[test]
fn a_server_that_goes_away_fails_the_pipe() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("line+tcp://{}", listener.local_addr().expect("its address"));
    let server = thread::spawn(move || drop(listener.accept()));
    let person = crate::person::Person::pipes(&url);
    server.join().expect("no panic");
    while !person.is_over() {
        std::thread::yield_now();
    }
    let error = person.ends().0.expect_err("it went away").to_string();
    assert!(error.contains("closed the connection") || error.contains("broke"), "{error}");
}
