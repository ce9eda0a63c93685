//! UDP over loopback: the door, what comes in, what goes out, and whom it does not reach.

mod common;

use std::collections::HashMap;
use std::io::{ErrorKind, IoSlice};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::Arc;

use common::datagram::{Door, open};
use common::{FAR_TOO_LONG, addr};
use transport::{
    DatagramListener, DatagramOptions, DatagramPeer, DatagramStream, Events, Interest, Listener, Peer, Poll,
    ReadOutcome, Stream, TlsConfig, TlsError, WriteOutcome,
};

#[test]
fn lengths_are_what_they_were() {
    let door = door();
    let client = client(&door);
    for length in [0, 1, 1047, 1048, 1049, transport::datagram::LONGEST] {
        let sent: Vec<u8> = (0..length).map(|at| at as u8).collect();
        client.send(&sent).expect("send");
        let (got, from) = door.receive(65_536);
        assert!(got == sent, "{length} bytes");

        assert_eq!(door.0.send(&sent, &from).expect("send"), WriteOutcome::Wrote(length));
        let mut buf = vec![0; 65_536];
        let n = client.recv(&mut buf).expect("receive");
        assert!(buf[..n] == sent, "{length} bytes back");
    }
}

#[test]
fn a_datagram_longer_than_the_buffer_is_noticed() {
    let door = door();
    let client = client(&door);
    client.send(&[b'x'; 1049]).expect("send");
    client.send(b"next").expect("send");

    door.wait();
    let mut buf = [0; 1048];
    let (length, _) = door.0.receive(&mut buf).expect("receive").expect("a datagram");

    assert_eq!((length, buf), (1049, [b'x'; 1048]));
    assert_eq!(door.receive(1048).0, b"next");
}

#[test]
fn the_peer_is_who_sent_and_the_answer_comes_from_the_door() {
    let door = door();
    let client = UdpSocket::bind("127.0.0.1:0").expect("bind");
    client.send_to(b"hello", door.at()).expect("send");

    let (_, peer) = door.receive(1048);
    door.0.send(b"welcome", &peer).expect("send");

    assert_eq!(peer, DatagramPeer::Network(client.local_addr().expect("address")));
    let mut buf = [0; 1048];
    let (n, from) = client.recv_from(&mut buf).expect("receive");
    assert_eq!((&buf[..n], from), (&b"welcome"[..], door.at()), "exactly that port");
}

#[test]
fn ipv6_is_a_door_of_its_own() {
    let Ok(client) = UdpSocket::bind("[::1]:0") else { return };
    let door = Door(open("udp://[::]:0").expect("bind"));
    // The same port is still free on IPv4.
    let _four = open(&format!("udp://0.0.0.0:{}", door.at().port())).expect("bind");
    client
        .send_to(b"hello", SocketAddr::new(client.local_addr().expect("address").ip(), door.at().port()))
        .expect("send");
    assert_eq!(
        door.receive(9),
        (b"hello".to_vec(), DatagramPeer::Network(client.local_addr().expect("address")))
    );
}

#[test]
fn nobody_at_the_door_is_no_error() {
    assert!(door().0.receive(&mut [0; 9]).expect("receive").is_none());
}

#[test]
fn a_taken_port_is_named() {
    let door = door();
    let error = DatagramListener::bind(door.0.addr(), DatagramOptions::default()).expect_err("taken");
    assert!(error.is_taken());
    let expected = format!("udp://{} is taken: another program listens on that port", door.at());
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_door_is_opened_for_what_comes_in_there() {
    let error = open("tcp://127.0.0.1:0").expect_err("connections");
    assert_eq!(error.source.kind(), ErrorKind::Unsupported);
    let error = Listener::bind(&addr("udp://127.0.0.1:0"), Default::default()).expect_err("datagrams");
    assert_eq!(error.source.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_burst_comes_in_order_and_what_does_not_fit_is_lost_quietly() {
    let door = door();
    let client = client(&door);
    const BURST: u32 = 20_000;
    let sender = std::thread::spawn(move || {
        let mut datagram = [0; 1048];
        for number in 0..BURST {
            datagram[..4].copy_from_slice(&number.to_le_bytes());
            client.send(&datagram).expect("send");
        }
        client
    });
    let mut heard = Vec::new();
    let mut buf = [0; 1048];
    loop {
        let over = sender.is_finished();
        while let Some((length, _)) = door.0.receive(&mut buf).expect("receive") {
            assert_eq!(length, 1048);
            heard.push(u32::from_le_bytes([buf[0], buf[1], buf[2], buf[3]]));
        }
        if over {
            break;
        }
    }
    assert!(heard.len() >= 50 && heard.is_sorted(), "{} of {BURST}", heard.len());
    // The door is as good as before.
    sender.join().expect("sender").send(b"and now?").expect("send");
    assert_eq!(door.receive(9).0, b"and now?");
}

#[test]
fn sending_to_one_who_does_not_read_never_blocks() {
    let door = door();
    let deaf = UdpSocket::bind("127.0.0.1:0").expect("bind");
    let to = DatagramPeer::Network(deaf.local_addr().expect("address"));
    for _ in 0..5_000 {
        match door.0.send(&[0; 1048], &to).expect("send") {
            WriteOutcome::Wrote(n) => assert_eq!(n, 1048),
            WriteOutcome::WouldBlock => door.wait_writable(),
        }
    }
}

#[test]
fn more_than_the_network_carries_is_an_error() {
    let door = door();
    let deaf = UdpSocket::bind("127.0.0.1:0").expect("bind");
    let to = DatagramPeer::Network(deaf.local_addr().expect("address"));
    let error = door.0.send(&vec![0; transport::datagram::LONGEST + 1], &to).expect_err("too long");
    assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::MSGSIZE.raw_os_error()));
}

#[test]
fn one_who_is_gone_is_told_and_nobody_elses_datagram_suffers() {
    let door = door();
    let stays = client(&door);
    stays.send(b"hello").expect("send");
    let (_, staying) = door.receive(9);
    let gone = gone();
    assert_eq!(door.0.unreachable(), None);

    for _ in 0..3 {
        door.0.send(b"are you there?", &gone).expect("the answer comes later");
        door.0.send(b"you are", &staying).expect("not the other's error");
    }
    door.wait();

    let mut told = Vec::new();
    while let Some(peer) = door.0.unreachable() {
        told.push(peer);
    }
    assert!(!told.is_empty() && told.iter().all(|peer| *peer == gone), "{told:?}");
    assert!(door.0.receive(&mut [0; 9]).expect("no error left").is_none());
    assert!(door.is_quiet(), "nothing left that the poll would report again");
    for _ in 0..3 {
        let mut buf = [0; 9];
        assert_eq!(stays.recv(&mut buf).expect("receive"), 7);
    }
}

#[test]
fn receiving_goes_on_behind_a_refusal_that_nobody_asked_for() {
    let door = door();
    let client = client(&door);
    door.0.send(b"x", &gone()).expect("send");
    door.wait();
    client.send(b"hello").expect("send");
    assert_eq!(door.receive(9).0, b"hello");
}

#[test]
fn a_datagram_peer_is_a_connection_to_write_to() {
    let door = door();
    let client = client(&door);
    client.send(b"hello").expect("send");
    let (_, peer) = door.receive(9);
    let at = door.at();
    let door = Arc::new(door.0);

    let mut stream = Stream::Datagram(Box::new(DatagramStream::new(Arc::clone(&door), peer.clone())));

    assert!(stream.is_datagram() && !stream.secure() && stream.tls().is_none());
    assert_eq!(stream.datagram().map(DatagramStream::peer), Some(&peer));
    assert_eq!(stream.local_addr(), Some(at));
    assert_eq!(stream.read(&mut [0; 9]).expect("read"), ReadOutcome::WouldBlock);
    assert_eq!(stream.write(b"one").expect("write"), WriteOutcome::Wrote(3));
    let pieces = [&b"two"[..], b"", b"three"].map(IoSlice::new);
    assert_eq!(stream.write_vectored(&pieces).expect("write"), WriteOutcome::Wrote(8));
    assert!(stream.flush().expect("flush") && !stream.wants_write() && !stream.has_more());
    assert_eq!((stream.interest(true), stream.interest(false)), (Interest::READ, Interest::READ));
    assert_eq!(stream.unsent().expect("nothing"), 0);
    assert!(stream.shutdown().expect("shutdown"));
    let mut heard = Vec::new();
    for _ in 0..3 {
        let mut buf = [0; 9];
        let n = client.recv(&mut buf).expect("receive");
        heard.push(buf[..n].to_vec());
    }
    assert_eq!(heard, [&b"one"[..], b"two", b"three"]);
}

#[test]
fn there_is_no_tls_over_datagrams() {
    let (door, config): (_, TlsConfig) =
        (door(), transport::self_signed(["localhost"]).expect("certificate"));
    let nobody = DatagramPeer::Network(door.at());
    let stream = Stream::Datagram(Box::new(DatagramStream::new(Arc::new(door.0), nobody)));
    assert!(matches!(stream.start_tls(&config, &[]), Err(TlsError::Datagram)));
}

#[test]
fn peers_are_keys() {
    let door = door();
    let clients = [client(&door), client(&door)];
    let mut said: HashMap<DatagramPeer, usize> = HashMap::new();
    for client in [&clients[0], &clients[1], &clients[0]] {
        client.send(b"x").expect("send");
        *said.entry(door.receive(9).1).or_default() += 1;
    }
    for (client, times) in clients.iter().zip([2, 1]) {
        let peer = DatagramPeer::Network(client.local_addr().expect("address"));
        assert_eq!(said[&peer], times);
        assert_eq!(Peer::from(&peer), Peer::network(client.local_addr().expect("address")));
    }
}

#[test]
fn what_is_waited_for_is_the_door() {
    let (door, poll, mut events) = (door(), Poll::new().expect("poll"), Events::with_capacity(1));
    poll.add(&door.0, 7, Interest::READ).expect("add");
    client(&door).send(b"x").expect("send");
    poll.wait(&mut events, Some(FAR_TOO_LONG)).expect("wait");
    let event = events.iter().next().expect("one event");
    assert!(event.token == 7 && event.readable() && !event.hangup());
    assert!(rustix::io::fcntl_getfd(door.0.as_fd()).expect("flags").contains(rustix::io::FdFlags::CLOEXEC));
}

fn door() -> Door {
    Door(open("udp://127.0.0.1:0").expect("bind"))
}

/// A peer that has just left, at an address that no other test uses.
fn gone() -> DatagramPeer {
    let leaves = UdpSocket::bind("127.0.0.77:0").expect("bind");
    DatagramPeer::Network(leaves.local_addr().expect("address"))
}

fn client(door: &Door) -> UdpSocket {
    let client = UdpSocket::bind("127.0.0.1:0").expect("bind");
    client.connect(door.at()).expect("connect");
    client.set_read_timeout(Some(FAR_TOO_LONG)).expect("timeout");
    client
}
