//! TLS over loopback, with a real client: the handshake, buffers on both sides, and the end.

mod common;
#[path = "common/tls.rs"]
mod tls;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

use common::{Conn, accept, addr, reached_at};
use rustls::{Error, InvalidMessage};
use tls::{Client, TLS12, TLS13, ask, connect, connection, make_pair, met, sha256, shown};
use transport::proxy::{self, Parsed};
use transport::secure::BUFFER_LIMIT;
use transport::{
    Interest, ListenOptions, Listener, ReadOutcome, Stream, TlsConfig, TlsError, WriteOutcome, self_signed,
};

#[test]
fn bytes_go_both_ways_in_every_version() {
    for (version, name) in [(TLS12, "TLSv1.2 "), (TLS13, "TLSv1.3 ")] {
        let door = open(&self_signed(["irc.example.org", "127.0.0.1"]).expect("certificate"));
        let client = thread::spawn(move || {
            let mut client = connect(door.1, version, None);
            (ask(&mut client, b"hello"), met(&client))
        });
        let mut conn = secured(&door.0);
        assert_eq!(conn.stream.tls().expect("tls").description(), None);

        conn.read_exactly(b"hello");
        conn.write_all(b"HELLO");

        let (answer, met) = client.join().expect("client");
        assert_eq!(answer.expect("answer"), b"HELLO");
        assert_eq!(met, door.0.tls().expect("tls").fingerprint());
        let description = conn.stream.tls().expect("tls").description().expect("done");
        assert!(description.starts_with(name), "{description}");
        assert!(conn.stream.secure());
        assert_eq!(conn.stream.peer_certificate_fingerprint(), None);
    }
}

#[test]
fn whoever_shows_a_certificate_is_known_by_it() {
    for version in [TLS12, TLS13] {
        let door = open(&self_signed(["localhost"]).expect("certificate"));
        let me = make_pair("ann");
        let identity = shown(&me, &me);
        let client = thread::spawn(move || ask(&mut connect(door.1, version, Some(identity)), b"hello"));
        let mut conn = secured(&door.0);
        assert_eq!(conn.stream.peer_certificate_fingerprint(), None);

        conn.read_exactly(b"hello");
        conn.write_all(b"HELLO");

        assert_eq!(conn.stream.peer_certificate_fingerprint(), Some(sha256(&me.certificate)));
        client.join().expect("client").expect("answer");
    }
}

#[test]
fn nobody_is_known_by_anothers_certificate() {
    for version in [TLS12, TLS13] {
        let door = open(&self_signed(["localhost"]).expect("certificate"));
        let identity = shown(&make_pair("ann"), &make_pair("mallory"));
        let client = thread::spawn(move || ask(&mut connect(door.1, version, Some(identity)), b"hello"));
        let mut conn = secured(&door.0);

        let error = conn.read_to_end().expect_err("wrong key");

        assert!(
            matches!(TlsError::of(&error), Some(TlsError::Session(Error::InvalidCertificate(_)))),
            "{error:?}"
        );
        assert_eq!(conn.stream.peer_certificate_fingerprint(), None);
        drop(conn);
        client.join().expect("client").expect_err("refused");
    }
}

#[test]
fn a_peer_that_does_not_speak_tls_gets_an_alert_and_the_end() {
    let door = open(&self_signed(["localhost"]).expect("certificate"));
    let mut client = TcpStream::connect(door.1).expect("connect");
    client.write_all(b"NICK ann\r\n").expect("write");
    let mut conn = secured(&door.0);

    let error = conn.read_to_end().expect_err("not TLS");

    let reason = TlsError::of(&error).expect("a TLS error");
    assert!(matches!(reason, TlsError::Session(Error::InvalidMessage(InvalidMessage::InvalidContentType))));
    assert_eq!(reason.to_string(), "the peer does not speak TLS, or this door is not the one it meant");
    let mut alert = Vec::new();
    client.read_to_end(&mut alert).expect("read");
    assert_eq!((alert[0], alert[5]), (21, 2), "a fatal alert (RFC 8446 §6)");
    assert!(conn.stream.write(b"x").is_err());
}

#[test]
fn a_handshake_may_come_a_byte_at_a_time() {
    let door = open(&self_signed(["localhost"]).expect("certificate"));
    let mut raw = TcpStream::connect(door.1).expect("connect");
    raw.set_nodelay(true).expect("nodelay");
    let mut client = connection(TLS13, None);
    let mut conn = secured(&door.0);
    let mut buf = [0; 4096];

    let mut hello = Vec::new();
    client.write_tls(&mut hello).expect("hello");
    for byte in hello {
        raw.write_all(&[byte]).expect("write");
        assert!(conn.wait(false).readable());
        assert_eq!(conn.stream.read(&mut buf).expect("read"), ReadOutcome::WouldBlock);
        assert!(conn.stream.tls().expect("tls").is_handshaking());
    }
    let talk = thread::spawn(move || ask(&mut Client::new(client, raw), b"hello"));

    conn.read_exactly(b"hello");
    conn.write_all(b"HELLO");
    assert_eq!(talk.join().expect("client").expect("answer"), b"HELLO");
}

#[test]
fn tls_may_start_behind_a_proxy_header_in_one_piece() {
    let config = self_signed(["localhost"]).expect("certificate");
    let door = open(&config);
    let mut raw = TcpStream::connect(door.1).expect("connect");
    let mut client = connection(TLS13, None);
    let mut first = b"PROXY TCP4 192.0.2.1 127.0.0.1 4711 6697\r\n".to_vec();
    client.write_tls(&mut first).expect("hello");
    raw.write_all(&first).expect("write");
    let talk = thread::spawn(move || ask(&mut Client::new(client, raw), b"hello"));

    let mut conn = Conn::new(accept(&door.0).stream);
    conn.read_until(|conn| conn.received.len() >= first.len()).expect("read");
    let Parsed::Header(header) = proxy::parse(&conn.received) else { panic!("a header") };
    assert_eq!(header.source.map(|source| source.to_string()), Some("192.0.2.1:4711".into()));
    let stream = conn.stream.start_tls(&config, &conn.received[header.consumed..]).expect("TLS");
    assert_eq!(stream.interest(false), Interest::READ | Interest::WRITE, "the answer waits to be sent");

    let mut conn = Conn::new(stream);
    conn.read_exactly(b"hello");
    conn.write_all(b"HELLO");
    assert_eq!(talk.join().expect("client").expect("answer"), b"HELLO");
}

#[test]
fn what_comes_too_early_and_is_not_tls_ends_there() {
    let config = self_signed(["localhost"]).expect("certificate");
    let door = open(&config);
    for early in [&b"NICK ann\r\n"[..], &[0x16; 100_000]] {
        let _client = TcpStream::connect(door.1).expect("connect");
        accept(&door.0).stream.start_tls(&config, early).expect_err("not TLS");
    }
}

#[test]
fn what_is_written_before_the_handshake_waits_for_it() {
    let door = open(&self_signed(["localhost"]).expect("certificate"));
    let client = thread::spawn(move || {
        let mut greeting = [0; 7];
        connect(door.1, TLS13, None).read_exact(&mut greeting).map(|()| greeting)
    });
    let mut conn = secured(&door.0);
    assert_eq!(conn.stream.write(b"welcome").expect("write"), WriteOutcome::Wrote(7));
    assert_eq!(conn.stream.interest(true), Interest::READ, "only the peer can bring it forward");
    while conn.stream.write(&[b'x'; 4096]).expect("write") != WriteOutcome::WouldBlock {}
    assert_eq!(conn.stream.interest(true), Interest::READ);

    conn.read_until(|conn| !conn.stream.tls().expect("tls").is_handshaking()).expect("handshake");

    assert_eq!(&client.join().expect("client").expect("greeting"), b"welcome");
}

#[test]
fn a_reader_that_stops_costs_no_more_than_the_limit_and_loses_nothing() {
    let door = open(&self_signed(["localhost"]).expect("certificate"));
    let (stopped, go_on) = std::sync::mpsc::channel();
    let client = thread::spawn(move || {
        let mut client = connect(door.1, TLS13, None);
        client.write_all(b"x").expect("write");
        go_on.recv().expect("a word");
        let mut all = Vec::new();
        client.read_to_end(&mut all).map(|_| all)
    });
    let mut conn = secured(&door.0);
    conn.read_exactly(b"x");

    let block: Vec<u8> = (0..60_000u32).map(|n| n as u8).collect();
    let mut sent = Vec::new();
    while let WriteOutcome::Wrote(n) = conn.stream.write(&block).expect("write") {
        assert!(n <= BUFFER_LIMIT);
        sent.extend_from_slice(&block[..n]);
    }
    assert!(conn.stream.wants_write());
    assert!(conn.stream.unsent().expect("queue") > 1, "the socket's, and what TLS holds");
    assert_eq!(conn.stream.interest(false), Interest::READ | Interest::WRITE);
    assert!(!conn.stream.shutdown().expect("shutdown"), "there is something left to send");
    stopped.send(()).expect("go on");
    while !conn.stream.flush().expect("flush") {
        conn.wait(false);
    }

    assert!(client.join().expect("client").expect("a clean end") == sent);
}

#[test]
fn a_record_bigger_than_the_buffer_is_read_to_its_end() {
    let door = open(&self_signed(["localhost"]).expect("certificate"));
    let text: Vec<u8> = (0..16_000u32).map(|n| (n / 7) as u8).collect();
    let said = text.clone();
    let client = thread::spawn(move || {
        let mut client = connect(door.1, TLS13, None);
        client.write_all(&said).expect("write");
        client.read(&mut [0; 1])
    });
    let mut conn = secured(&door.0);

    while conn.received.len() < text.len() {
        conn.read_once(100).expect("read"); // reads on while there is more; the poll does not see it
    }

    assert!(conn.received == text && !conn.stream.has_more());
    assert!(conn.stream.shutdown().expect("shutdown"));
    assert_eq!(client.join().expect("client").expect("a clean end"), 0);
}

#[test]
fn a_goodbye_is_the_end_even_if_the_socket_stays_open() {
    for version in [TLS12, TLS13] {
        let door = open(&self_signed(["localhost"]).expect("certificate"));
        let client = thread::spawn(move || {
            let mut client = connect(door.1, version, None);
            client.write_all(b"QUIT").expect("write");
            client.conn.send_close_notify();
            client.flush().expect("flush");
            client.read(&mut [0; 1]).expect("the server's goodbye")
        });
        let mut conn = secured(&door.0);

        assert_eq!(conn.read_to_end().expect("read"), b"QUIT");

        assert_eq!(conn.stream.read(&mut [0; 1]).expect("read"), ReadOutcome::Closed);
        assert!(conn.stream.shutdown().expect("shutdown"));
        assert_eq!(client.join().expect("client"), 0);
    }
}

#[test]
fn a_peer_that_just_goes_is_gone() {
    for hello in [false, true] {
        let door = open(&self_signed(["localhost"]).expect("certificate"));
        let mut raw = TcpStream::connect(door.1).expect("connect");
        if hello {
            connection(TLS13, None).write_tls(&mut raw).expect("hello");
        }
        raw.shutdown(std::net::Shutdown::Write).expect("shutdown");
        assert_eq!(secured(&door.0).read_to_end().expect("read"), b"");
    }
}

#[test]
fn no_bytes_panic_the_handshake() {
    let config = self_signed(["localhost"]).expect("certificate");
    let door = open(&config);
    let mut hello = Vec::new();
    connection(TLS13, None).write_tls(&mut hello).expect("hello");
    for at in (0..hello.len()).step_by(3) {
        let mut bytes = hello.clone();
        bytes[at] ^= 0x55;
        let _client = TcpStream::connect(door.1).expect("connect");
        if let Ok(Stream::Tls(tls)) = accept(&door.0).stream.start_tls(&config, &bytes) {
            assert!(tls.is_handshaking());
        }
    }
}

fn open(config: &TlsConfig) -> (Listener, std::net::SocketAddr) {
    let options = ListenOptions { tls: Some(config.clone()), ..ListenOptions::default() };
    let listener = Listener::bind(&addr("tls://127.0.0.1:0"), options).expect("bind");
    let at = reached_at(&listener);
    (listener, at)
}

fn secured(listener: &Listener) -> Conn {
    let accepted = accept(listener);
    let config = accepted.tls.expect("a tls door");
    Conn::new(accepted.stream.start_tls(&config, &[]).expect("TLS"))
}
