//! Sockets handed over by whoever started the program: which door each is for, and what a door makes of it.

mod common;

use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::time::Duration;

use common::{Conn, accept, addr};
use rustix::fs::OFlags;
use rustix::net::sockopt;
use transport::{DatagramListener, DatagramOptions, Handed, ListenOptions, Listener};

/// A socket of somebody else's, such as the service manager.
fn tcp() -> (String, TcpListener) {
    let socket = TcpListener::bind("127.0.0.1:0").expect("bind");
    (format!("tcp://{}", socket.local_addr().expect("address")), socket)
}

fn named<const N: usize>(sockets: [(&str, OwnedFd); N]) -> Handed {
    Handed::new(sockets.map(|(name, fd)| (name.to_owned(), fd)))
}

#[test]
fn a_socket_is_for_the_door_at_its_address_and_no_other() {
    let (at, socket) = tcp();
    let port = at.rsplit_once(':').expect("a port").1.to_owned();
    let mut handed = named([("chat", socket.into())]);
    let tls = at.replace("tcp://", "tls://");
    for other in
        [format!("udp://127.0.0.1:{port}"), format!("tcp://0.0.0.0:{port}"), "tcp://127.0.0.1:0".into()]
    {
        assert!(handed.take(&addr(&other)).is_none(), "{other}");
    }
    assert!(handed.take(&addr("unix:///run/saloon.sock")).is_none());
    assert!(handed.take(&addr(&tls)).is_some(), "what is spoken there is not the socket's business");
    assert!(handed.take(&addr(&at)).is_none(), "it is gone");
}

#[test]
fn unix_and_datagram_sockets_are_told_apart() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = |name: &str| dir.path().join(name);
    let udp = UdpSocket::bind("127.0.0.1:0").expect("bind");
    let at = udp.local_addr().expect("address");
    let mut handed = named([
        ("", UnixListener::bind(path("stream")).expect("bind").into()),
        ("", UnixDatagram::bind(path("gram")).expect("bind").into()),
        ("", udp.into()),
    ]);
    let mut takes = |text: String| handed.take(&addr(&text)).is_some();
    assert!(!takes(format!("unixgram://{}", path("stream").display())));
    assert!(!takes(format!("unix://{}", path("gram").display())));
    assert!(!takes(format!("tcp://{at}")));
    assert!(takes(format!("unix://{}", path("stream").display())));
    assert!(takes(format!("unixgram://{}", path("gram").display())));
    assert!(takes(format!("udp://{at}")));
}

#[test]
fn what_fits_no_door_is_named_and_closed() {
    let (at, socket) = tcp();
    let (pair, _other) = UnixStream::pair().expect("a pair");
    let file = std::fs::File::open("/dev/null").expect("it opens");
    let left = named([("chat", socket.into()), ("", pair.into()), ("null", file.into())]).left();
    let told: Vec<_> = left.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [format!("{at} (chat)"), "a connection, no listening socket".into(), "it is no socket (null)".into()]
    );
    let to = at.strip_prefix("tcp://").expect("TCP");
    TcpStream::connect(to).expect("it listens still");
    drop(left);
    TcpStream::connect(to).expect_err("nobody listens");
}

#[test]
fn a_door_handed_over_is_like_one_of_our_own() {
    let (at, socket) = tcp();
    let early = TcpStream::connect(at.strip_prefix("tcp://").expect("TCP")).expect("connect");
    let fd = named([("", socket.into())]).take(&addr(&at)).expect("it fits");
    let options = ListenOptions { keepalive: Some(Duration::from_secs(60)), ..ListenOptions::default() };
    let listener = Listener::adopt(&addr(&at), fd, options).expect("a door");
    assert_eq!(listener.addr(), &addr(&at));

    let mut conn = Conn::new(accept(&listener).stream);
    (&early).write_all(b"waited").expect("write");
    conn.read_exactly(b"waited");

    assert!(listener.accept().expect("it does not block").is_none());
    assert!(rustix::fs::fcntl_getfl(&conn.stream).expect("flags").contains(OFlags::NONBLOCK));
    assert!(sockopt::tcp_nodelay(&conn.stream).expect("nodelay"));
    assert!(sockopt::socket_keepalive(&conn.stream).expect("keepalive"));
    assert_eq!(sockopt::tcp_keepidle(&conn.stream).expect("idle"), Duration::from_secs(60));
}

#[test]
fn one_that_is_bound_and_does_not_listen_yet_is_made_to() {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    let anywhere: std::net::SocketAddr = "127.0.0.1:0".parse().expect("an address");
    socket.bind(&anywhere.into()).expect("bind");
    let at = socket.local_addr().expect("address").as_socket().expect("IP");
    let listener = Listener::adopt(&addr(&format!("tcp://{at}")), socket.into(), ListenOptions::default());
    let listener = listener.expect("a door");
    let _client = TcpStream::connect(at).expect("connect");
    accept(&listener);
}

#[test]
fn the_file_of_a_socket_handed_over_stays() {
    let dir = tempfile::tempdir().expect("a directory");
    let [stream, gram] = ["stream", "gram"].map(|name| dir.path().join(name));
    let door = addr(&format!("unix://{}", stream.display()));
    let fd = UnixListener::bind(&stream).expect("bind").into();
    let listener = Listener::adopt(&door, fd, ListenOptions::default()).expect("a door");
    let _client = UnixStream::connect(&stream).expect("connect");
    assert!(accept(&listener).peer.credentials.is_some());
    drop(listener);
    assert!(stream.exists());

    let door = addr(&format!("unixgram://{}", gram.display()));
    let fd = UnixDatagram::bind(&gram).expect("bind").into();
    drop(DatagramListener::adopt(&door, fd, DatagramOptions::default()).expect("a door"));
    assert!(gram.exists());
}

#[test]
fn a_datagram_door_handed_over_hears_of_those_who_are_gone() {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("bind");
    let at = socket.local_addr().expect("address");
    let door = addr(&format!("udp://{at}"));
    let door = DatagramListener::adopt(&door, socket.into(), DatagramOptions::default()).expect("a door");
    let client = UdpSocket::bind("127.0.0.1:0").expect("bind");
    client.send_to(b"hello", at).expect("sent");
    let mut buf = [0; 16];
    let (length, peer) = door.receive(&mut buf).expect("received").expect("loopback is immediate");
    assert_eq!(&buf[..length], b"hello");
    drop(client);
    door.send(b"still there?", &peer).expect("sent");
    assert_eq!(door.unreachable(), Some(peer));
    assert!(door.receive(&mut buf).expect("it does not block").is_none());
}

#[test]
fn a_tls_door_handed_over_needs_its_certificate_too() {
    let (at, socket) = tcp();
    let door = addr(&at.replace("tcp://", "tls://"));
    let error = Listener::adopt(&door, socket.into(), ListenOptions::default()).expect_err("no certificate");
    assert!(error.to_string().contains("needs a certificate"), "{error}");
}
