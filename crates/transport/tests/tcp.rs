//! TCP over loopback: the door, what comes in, and how a plain stream reads, writes and ends.

mod common;

use std::io::{IoSlice, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use common::{Conn, FAR_TOO_LONG, accept, addr, listen, reached_at};
use rustix::fs::OFlags;
use rustix::net::sockopt;
use transport::{Interest, ListenOptions, Listener, Peer, ReadOutcome, Stream, WriteOutcome};

#[test]
fn bytes_go_both_ways() {
    let (mut client, mut conn) = pair();

    client.write_all(b"hello").expect("write");
    conn.read_exactly(b"hello");
    conn.write_all(b"welcome");

    assert_eq!(take(&mut client, 7), b"welcome");
    assert!(!conn.stream.secure());
    assert_eq!(conn.stream.peer_certificate_fingerprint(), None);
}

#[test]
fn what_is_accepted_never_blocks_never_leaks_and_never_waits_to_fill_a_packet() {
    let (_client, conn) = pair();
    let status = rustix::fs::fcntl_getfl(&conn.stream).expect("flags");
    assert!(status.contains(OFlags::NONBLOCK));
    assert!(rustix::io::fcntl_getfd(&conn.stream).expect("flags").contains(rustix::io::FdFlags::CLOEXEC));
    assert!(sockopt::tcp_nodelay(&conn.stream).expect("nodelay"), "taken over from the listener");
}

#[test]
fn the_peer_is_who_connected() {
    let listener = listen("tcp://127.0.0.1:0");
    let client = TcpStream::connect(reached_at(&listener)).expect("connect");
    let accepted = accept(&listener);
    assert_eq!(accepted.peer, Peer::network(client.local_addr().expect("address")));
    assert!(accepted.tls.is_none() && accepted.peer.is_local());
}

#[test]
fn our_end_is_what_was_connected_to() {
    let listener = listen("tcp://0.0.0.0:0");
    let port = reached_at(&listener).port();
    for ip in ["127.0.0.1", "127.0.0.2"] {
        let to = format!("{ip}:{port}").parse().expect("address");
        let _client = TcpStream::connect::<SocketAddr>(to).expect("connect");
        assert_eq!(accept(&listener).stream.local_addr(), Some(to));
    }
}

#[test]
fn the_kernel_asks_a_silent_peer_where_it_is_told_to() {
    for (idle, asks) in [
        (None, None),
        (Some(0), Some((1, 1))),
        (Some(60), Some((60, 15))),
        (Some(u64::MAX), Some((32_767, 8191))),
    ] {
        let options = ListenOptions { keepalive: idle.map(Duration::from_secs), ..ListenOptions::default() };
        let listener = Listener::bind(&addr("tcp://127.0.0.1:0"), options).expect("bind");
        let _client = TcpStream::connect(reached_at(&listener)).expect("connect");
        let stream = accept(&listener).stream;
        let on = sockopt::socket_keepalive(&stream).expect("keepalive");
        let times = [sockopt::tcp_keepidle(&stream), sockopt::tcp_keepintvl(&stream)];
        let [time, apart] = times.map(|time| time.expect("time").as_secs());
        assert_eq!(on.then_some((time, apart)), asks, "taken over from the listener");
    }
}

#[test]
fn what_the_peers_system_has_is_not_unsent() {
    let (mut client, mut conn) = pair();
    assert_eq!(conn.stream.unsent().expect("queue"), 0);
    let written = fill(&mut conn.stream); // more than the peer's system takes
    let unsent = conn.stream.unsent().expect("queue");
    assert!((1..=written).contains(&unsent), "{unsent} of {written}");

    let reader = std::thread::spawn(move || {
        client.read_exact(&mut vec![0; written]).expect("read");
        client
    });
    sent_soon(&conn.stream);
    let _client = reader.join().expect("reader");
    conn.write_all(b"nobody reads this");
    sent_soon(&conn.stream);
}

#[test]
fn nobody_at_the_door_is_no_error() {
    assert!(listen("tcp://127.0.0.1:0").accept().expect("accept").is_none());
}

#[test]
fn every_ipv4_and_every_ipv6_address_share_a_port() {
    if no_ipv6() {
        return;
    }
    let six = listen("tcp://[::]:0");
    let port = reached_at(&six).port();
    let four = listen(&format!("tcp://0.0.0.0:{port}"));
    for (door, to) in [(&four, format!("127.0.0.1:{port}")), (&six, format!("[::1]:{port}"))] {
        let client = TcpStream::connect(to.parse::<SocketAddr>().expect("address")).expect("connect");
        assert_eq!(accept(door).peer, Peer::network(client.local_addr().expect("address")));
    }
}

#[test]
fn localhost_opens_both_loopback_addresses() {
    let doors: Vec<_> = addr("tcp://localhost:0")
        .each()
        .iter()
        .map(|addr| Listener::bind(addr, ListenOptions::default()))
        .collect();
    for door in doors {
        match door {
            Ok(door) => assert!(reached_at(&door).ip().is_loopback()),
            Err(error) => assert!(error.is_absent() && no_ipv6(), "{error}"),
        }
    }
}

#[test]
fn a_taken_port_is_named() {
    let first = listen("tcp://127.0.0.1:0");
    let error = Listener::bind(first.addr(), ListenOptions::default()).expect_err("taken");
    assert!(error.is_taken() && !error.is_absent());
    let port = reached_at(&first).port();
    assert_eq!(
        error.to_string(),
        format!("tcp://127.0.0.1:{port} is taken: another program listens on that port")
    );
}

#[test]
fn a_port_is_free_again_as_soon_as_it_is_closed() {
    let (mut client, conn, at) = {
        let listener = listen("tcp://127.0.0.1:0");
        let client = TcpStream::connect(reached_at(&listener)).expect("connect");
        (client, Conn::new(accept(&listener).stream), listener.addr().clone())
    };
    drop(conn); // ours closes first, so that the address stays in TIME_WAIT
    assert_eq!(client.read(&mut [0; 1]).expect("end"), 0);
    drop(client);

    Listener::bind(&at, ListenOptions::default()).expect("free");
}

#[test]
fn an_address_of_another_machine_is_said_to_be_one() {
    let error =
        Listener::bind(&addr("tcp://192.0.2.1:6667"), ListenOptions::default()).expect_err("not ours");
    assert!(error.is_absent());
    assert_eq!(error.to_string(), "tcp://192.0.2.1:6667 cannot be opened: this machine has no such address");
}

#[test]
fn a_tls_door_does_not_open_without_a_certificate() {
    let error =
        Listener::bind(&addr("tls://127.0.0.1:0"), ListenOptions::default()).expect_err("no certificate");
    assert_eq!(
        error.to_string(),
        "tls://127.0.0.1:0 cannot be opened: an encrypted address needs a certificate and a key"
    );
}

#[test]
fn a_full_socket_says_so_and_writes_on_when_it_is_read() {
    let (mut client, mut conn) = pair();
    let mut sent = fill(&mut conn.stream);
    assert_eq!(conn.stream.interest(true), Interest::READ | Interest::WRITE);
    assert_eq!(conn.stream.interest(false), Interest::READ);
    assert!(!conn.stream.wants_write());

    let reader = std::thread::spawn(move || {
        let mut count = 0;
        while let n @ 1.. = client.read(&mut [0; 65_536]).expect("read") {
            count += n;
        }
        count
    });
    assert!(conn.wait(true).writable());
    conn.write_all(&[b'x'; 100_000]);
    sent += 100_000;
    assert!(conn.stream.shutdown().expect("shutdown"));
    assert_eq!(reader.join().expect("reader"), sent);
}

#[test]
fn many_pieces_leave_in_one_write() {
    let (mut client, mut conn) = pair();
    let pieces = [&b"one "[..], b"", b"two ", b"three"].map(IoSlice::new);
    assert_eq!(conn.stream.write_vectored(&pieces).expect("write"), WriteOutcome::Wrote(13));
    assert_eq!(take(&mut client, 13), b"one two three");
}

#[test]
fn the_end_comes_after_the_last_bytes() {
    let (mut client, mut conn) = pair();
    client.write_all(b"QUIT").expect("write");
    drop(client);
    assert_eq!(conn.read_to_end().expect("read"), b"QUIT");
    assert_eq!(conn.stream.read(&mut [0; 1]).expect("read"), ReadOutcome::Closed);
}

#[test]
fn after_a_shutdown_the_peer_can_still_talk() {
    let (mut client, mut conn) = pair();
    conn.write_all(b"ERROR :bye");
    assert!(conn.stream.shutdown().expect("shutdown"));
    assert!(conn.stream.shutdown().expect("again"));

    let mut last = Vec::new();
    client.read_to_end(&mut last).expect("read");
    client.write_all(b"wait").expect("write");
    drop(client);

    assert_eq!(last, b"ERROR :bye");
    assert_eq!(conn.read_to_end().expect("read"), b"wait");
}

#[test]
fn a_reset_is_an_error_and_writing_after_it_kills_nobody() {
    let (client, mut conn) = pair();
    conn.write_all(b"never read");
    socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO)).expect("linger");
    drop(client);

    let error = conn.read_to_end().expect_err("reset");

    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    conn.stream.write(b"x").expect_err("gone");
    assert!(conn.stream.shutdown().expect("no error"));
}

fn pair() -> (TcpStream, Conn) {
    let listener = listen("tcp://127.0.0.1:0");
    let client = TcpStream::connect(reached_at(&listener)).expect("connect");
    (client, Conn::new(accept(&listener).stream))
}

fn fill(stream: &mut Stream) -> usize {
    let mut sent = 0;
    while let WriteOutcome::Wrote(n) = stream.write(&[b'x'; 65_536]).expect("write") {
        sent += n;
    }
    sent
}

/// An acknowledgement is no event of a poll.
fn sent_soon(stream: &Stream) {
    let start = Instant::now();
    while stream.unsent().expect("queue") > 0 {
        assert!(start.elapsed() < FAR_TOO_LONG, "it is never acknowledged");
        std::thread::yield_now();
    }
}

fn take(client: &mut TcpStream, n: usize) -> Vec<u8> {
    let mut buf = vec![0; n];
    client.read_exact(&mut buf).expect("read");
    buf
}

fn no_ipv6() -> bool {
    std::net::TcpListener::bind("[::1]:0").is_err()
}
