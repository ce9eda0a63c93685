use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::thread;
use std::time::{Duration, Instant};

use crate::person::{LONG, Person, echo};

const SIZE: usize = 1048;
const SUFFIX: &str = " 离开了聊天";

fn packet(kind: u8, name: &str, text: &str) -> [u8; SIZE] {
    let mut packet = [0; SIZE];
    packet[0] = kind;
    packet[4..][..name.len()].copy_from_slice(name.as_bytes());
    packet[24..][..text.len()].copy_from_slice(text.as_bytes());
    packet
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.set_read_timeout(Some(LONG)).expect("a limit");
    socket
}

fn receive(socket: &UdpSocket) -> ([u8; SIZE], SocketAddr) {
    let mut packet = [0; SIZE];
    let (length, from) = socket.recv_from(&mut packet).expect("a packet");
    assert_eq!(length, SIZE);
    (packet, from)
}

/// The group server: a list of addresses, newest first, and one buffer. Ends when the last one has left.
fn group_server(socket: UdpSocket) {
    let mut list: Vec<SocketAddr> = Vec::new();
    let mut buffer = [0; SIZE];
    loop {
        let (_, from) = socket.recv_from(&mut buffer).expect("a packet");
        let others: Vec<_> = list.iter().copied().filter(|to| *to != from).collect();
        let receivers = match buffer[0] {
            1 => list.clone(),
            2 => others,
            3 => others,
            _ => Vec::new(),
        };
        for to in receivers {
            socket.send_to(&buffer, to).expect("to send");
        }
        match buffer[0] {
            1 => list.insert(0, from),
            3 => list.retain(|listed| *listed != from),
            _ => {}
        }
        if buffer[0] == 3 && list.is_empty() {
            return;
        }
    }
}

#[test]
fn two_of_ours_meet_at_an_old_group_server() {
    let socket = socket();
    let at = socket.local_addr().expect("its address");
    let server = thread::spawn(move || group_server(socket));
    let mut ann = Person::chats(&format!("packet+udp://{at}?nick=ann"));
    ann.sees("connected");
    // To know that the server has listed ann, somebody must be relayed to her.
    let probe = self::socket();
    let begun = Instant::now();
    while !ann.screen().contains("<probe>") {
        assert!(begun.elapsed() < LONG, "ann is listed");
        probe.send_to(&packet(2, "probe", "x"), at).expect("to send");
        thread::sleep(Duration::from_millis(20));
    }
    let mut bob = Person::chats(&format!("packet+udp://{at}?nick=bob"));
    ann.sees("-- bob has joined\n");
    ann.types("hello 世界");
    bob.sees("<ann> hello 世界\n");
    bob.types("hi");
    ann.sees("<bob> hi\n");
    bob.ends_input();
    ann.sees("-- bob has left\n");
    ann.ends_input();
    assert!(bob.ends().0.is_ok() && ann.ends().0.is_ok());
    server.join().expect("both have left with type 3");
}

#[test]
fn a_pipe_joins_says_and_leaves() {
    let server = socket();
    let at = server.local_addr().expect("its address");
    let (ended, printed) = echo("one\ntwo", &format!("packet+udp://{at}"));
    assert!(ended.is_ok() && printed.is_empty(), "{ended:?} {printed}");
    let packets: Vec<_> = (0..4).map(|_| receive(&server).0).collect();
    let leave = packet(3, "ann", &format!("ann{SUFFIX}"));
    assert_eq!(packets, [packet(1, "ann", ""), packet(2, "ann", "one"), packet(2, "ann", "two"), leave]);
}

#[test]
fn our_client_talks_to_the_old_pair_server() {
    let server = socket();
    let at = server.local_addr().expect("its address");
    // It sends its own join to itself, and answers whoever sent last.
    server.send_to(&packet(1, "bob", ""), at).expect("to send");
    assert_eq!(receive(&server).1, at);
    let mut ann = Person::chats(&format!("packet+udp://{at}?kind=pair"));
    let (join, from) = receive(&server);
    assert_eq!(join, packet(1, "ann", ""));
    server.send_to(&packet(2, "bob", "hello"), from).expect("to send");
    ann.sees("<bob> hello\n");
    ann.types("hi bob");
    assert_eq!(receive(&server).0, packet(2, "ann", "hi bob"));
    ann.ends_input();
    assert_eq!(receive(&server).0, packet(2, "ann", &format!("ann{SUFFIX}")));
    assert!(ann.ends().0.is_ok());
}

#[test]
fn the_old_pair_client_talks_to_us_waiting() {
    let at = self::socket().local_addr().expect("a free port");
    let mut bob = Person::waits(&format!("packet+udp://{at}?nick=bob"));
    bob.sees("waiting at");
    bob.types("too early");
    bob.sees("!! nobody is there");
    let ann = socket();
    ann.send_to(&packet(1, "ann", ""), at).expect("to send");
    assert_eq!(receive(&ann), (packet(1, "bob", ""), at));
    bob.sees("-- ann has joined\n");
    ann.send_to(&packet(2, "ann", "hello"), at).expect("to send");
    bob.sees("<ann> hello\n");
    bob.types("hi");
    assert_eq!(receive(&ann).0, packet(2, "bob", "hi"));

    // Whoever sent last is talked to, and nothing is relayed.
    let eve = socket();
    eve.send_to(&packet(2, "eve", "me too"), at).expect("to send");
    assert_eq!(receive(&eve).0, packet(1, "bob", ""));
    bob.sees("<eve> me too\n");
    ann.send_to(&packet(2, "ann", &format!("ann{SUFFIX}")), at).expect("to send");
    bob.sees("-- ann has left\n");
    assert_eq!(receive(&ann).0, packet(1, "bob", ""));
    bob.ends_input();
    assert_eq!(receive(&ann).0, packet(2, "bob", &format!("bob{SUFFIX}")));
    assert!(bob.ends().0.is_ok());
}

#[test]
fn unix_datagrams_carry_packets_both_ways() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("packet.sock");
    let server = UnixDatagram::bind(&path).expect("a socket");
    server.set_read_timeout(Some(LONG)).expect("a limit");
    let mut ann = Person::chats(&format!("packet+unixgram://{}", path.display()));
    let mut buffer = [0; SIZE];
    let (_, from) = server.recv_from(&mut buffer).expect("a packet");
    assert_eq!(buffer, packet(1, "ann", ""));
    let own_file = from.as_pathname().expect("a file to answer to").to_owned();
    server.send_to(&packet(2, "bob", "hello"), &own_file).expect("to send");
    ann.sees("<bob> hello\n");
    ann.ends_input();
    assert!(ann.ends().0.is_ok());
    let begun = Instant::now();
    while own_file.exists() && begun.elapsed() < LONG {
        thread::yield_now();
    }
    assert!(!own_file.exists(), "it tidies up");
}
