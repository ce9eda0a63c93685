//! Datagrams, each by itself.

use std::net::{SocketAddr, UdpSocket};

use rustix::process::Signal;

use crate::support::{Lab, PATIENCE};

#[test]
fn each_line_is_answered_in_upper_case_over_both_ips() {
    for addr in ["127.0.0.1:0", "[::1]:0"] {
        let server = Lab::start(&["udp", "serve", "--addr", addr]);
        let addr = server.addr();
        let mut talk = Lab::start(&["udp", "talk", &addr.to_string()]);
        for (line, answer) in [("hello", "HELLO"), ("Grüße, 你好", "GRüßE, 你好"), ("", "")] {
            talk.type_line(line);
            assert_eq!(talk.line(), answer);
        }
        talk.ends_well();
        server.stops_on(Signal::TERM);
    }
}

#[test]
fn what_is_too_long_is_dropped_and_the_next_is_answered() {
    let server = Lab::start(&["udp", "serve", "--addr", "127.0.0.1:0", "--room", "100"]);
    let peer = udp_to(server.addr());

    for size in [101, 65_507] {
        peer.send(&vec![b'x'; size]).expect("sent");
        assert!(server.err_line().contains(&format!("{size} bytes from")));
    }
    // Of exactly as many, none, and of any bytes.
    for datagram in [vec![b'x'; 100], Vec::new(), (0..100).map(|byte| byte ^ 0xff).collect()] {
        peer.send(&datagram).expect("sent");
        assert_eq!(received(&peer), datagram.to_ascii_uppercase());
    }
    assert_eq!(server.stops_on(Signal::INT), ["answered 3, dropped 2"]);
}

#[test]
fn a_peer_that_does_not_wait_for_its_answer_is_nobodys_trouble() {
    let server = Lab::start(&["udp", "serve", "--addr", "127.0.0.1:0"]);
    let addr = server.addr();
    for _ in 0..50 {
        udp_to(addr).send(b"gone").expect("sent");
    }
    let peer = udp_to(addr);
    peer.send(b"here").expect("sent");
    assert_eq!(received(&peer), b"HERE");
}

#[test]
fn the_client_says_that_nobody_is_there_and_what_does_not_fit() {
    let nobody = UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let mut talk = Lab::start(&["udp", "talk", &nobody.to_string()]);
    talk.type_line("hello");
    assert!(talk.fails().contains("can't reach"));

    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let silent = silent.local_addr().map(|addr| (silent, addr)).expect("an address");
    let mut talk = Lab::start(&["udp", "talk", "--wait", "0.1", &silent.1.to_string()]);
    talk.type_line(&"x".repeat(70_000));
    assert!(talk.err_line().contains("70000 bytes are too much"));
    assert!(talk.fails().contains("1 of 1 without an answer"));
}

fn udp_to(addr: SocketAddr) -> UdpSocket {
    let peer = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    peer.connect(addr).expect("connected");
    peer.set_read_timeout(Some(PATIENCE)).expect("set");
    peer
}

fn received(peer: &UdpSocket) -> Vec<u8> {
    let mut room = vec![0; 65_536];
    let count = peer.recv(&mut room).expect("an answer");
    room.truncate(count);
    room
}
