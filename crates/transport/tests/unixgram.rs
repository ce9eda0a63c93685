//! Unix datagrams: the file, and senders with a path, with an abstract name and with none.

mod common;

use std::fs;
use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

use common::datagram::Door;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};
use tempfile::TempDir;
use transport::{
    Addr, BindError, DatagramListener, DatagramOptions, DatagramPeer, Peer, WriteOutcome, is_nameless,
};

#[test]
fn datagrams_go_both_ways() {
    let (dir, path) = place();
    let door = Door(open(&path).expect("bind"));
    let client = UnixDatagram::bind(dir.path().join("ann.sock")).expect("bind");
    for length in [0, 1047, 1048, 1049, 65_507] {
        let sent = vec![b'x'; length];
        client.send_to(&sent, &path).expect("send");
        let (got, from) = door.receive(65_536);
        assert!(got == sent, "{length} bytes");
        assert_eq!(from, DatagramPeer::Unix(dir.path().join("ann.sock")));
        assert_eq!((from.ip(), Peer::from(&from)), (None, Peer::local(None)));

        assert_eq!(door.0.send(&sent, &from).expect("send"), WriteOutcome::Wrote(length));
        let mut buf = vec![0; 65_536];
        let (n, answer) = client.recv_from(&mut buf).expect("receive");
        assert!(buf[..n] == sent, "{length} bytes back");
        assert_eq!(answer.as_pathname(), Some(&*path), "from the door itself");
    }
    assert_eq!(door.0.local_addr(), None);
}

#[test]
fn a_datagram_longer_than_the_buffer_is_noticed() {
    let (dir, path) = place();
    let door = Door(open(&path).expect("bind"));
    let client = UnixDatagram::bind(dir.path().join("ann.sock")).expect("bind");
    client.send_to(&[b'x'; 1049], &path).expect("send");
    let (length, _) = door.0.receive(&mut [0; 1048]).expect("receive").expect("a datagram");
    assert_eq!(length, 1049);
}

#[test]
fn a_sender_with_an_abstract_name_is_answered() {
    let (_dir, path) = place();
    let door = Door(open(&path).expect("bind"));
    let name = format!("saloon-test-{}", std::process::id());
    let client = SocketAddr::from_abstract_name(&name).expect("name");
    let client = UnixDatagram::bind_addr(&client).expect("bind");
    client.send_to(b"hello", &path).expect("send");

    let (_, from) = door.receive(9);
    door.0.send(b"welcome", &from).expect("send");

    assert_eq!(from, DatagramPeer::Abstract(name.into_bytes()));
    assert_eq!(client.recv(&mut [0; 9]).expect("receive"), 7);
}

#[test]
fn a_sender_without_a_name_is_passed_over() {
    let (dir, path) = place();
    let door = Door(open(&path).expect("bind"));
    UnixDatagram::unbound().expect("socket").send_to(b"who am I?", &path).expect("send");
    let client = UnixDatagram::bind(dir.path().join("ann.sock")).expect("bind");
    client.send_to(b"hello", &path).expect("send");

    let error = door.0.receive(&mut [0; 9]).expect_err("nobody to answer");

    assert!(is_nameless(&error) && error.to_string().contains("cannot be answered"), "{error}");
    assert_eq!(door.receive(9).0, b"hello");
}

#[test]
fn a_name_as_long_as_it_can_be_harms_nobody() {
    let (dir, path) = place();
    let door = Door(open(&path).expect("bind"));
    // 108 bytes: there is no room for the NUL behind it.
    let start = format!("{}/", dir.path().display());
    let longest = format!("{start}{}", "x".repeat(108 - start.len()));
    let client = rustix::net::socket(AddressFamily::UNIX, SocketType::DGRAM, None).expect("socket");
    rustix::net::bind(&client, &SocketAddrUnix::new(longest.as_str()).expect("address")).expect("bind");
    UnixDatagram::from(client).send_to(b"hello", &path).expect("send");

    assert!(is_nameless(&door.0.receive(&mut [0; 9]).expect_err("nobody to answer")));

    let nearly = PathBuf::from(&longest[..107]);
    let client = UnixDatagram::bind(&nearly).expect("bind");
    client.send_to(b"hello", &path).expect("send");
    let (_, from) = door.receive(9);
    assert_eq!(from, DatagramPeer::Unix(nearly));
    assert_eq!(door.0.send(b"welcome", &from).expect("send"), WriteOutcome::Wrote(7));
}

#[test]
fn one_who_does_not_read_is_not_waited_for() {
    let (dir, path) = place();
    let door = Door(open(&path).expect("bind"));
    let _deaf = UnixDatagram::bind(dir.path().join("deaf.sock")).expect("bind");
    let to = DatagramPeer::Unix(dir.path().join("deaf.sock"));
    let full = (0..10_000).any(|_| door.0.send(b"x", &to).expect("send") == WriteOutcome::WouldBlock);
    assert!(full);

    let client = UnixDatagram::bind(dir.path().join("ann.sock")).expect("bind");
    let ann = DatagramPeer::Unix(dir.path().join("ann.sock"));
    assert_eq!(door.0.send(b"hello", &ann).expect("the others are not full"), WriteOutcome::Wrote(5));
    assert_eq!(client.recv(&mut [0; 9]).expect("receive"), 5);
}

#[test]
fn one_who_is_gone_is_an_error() {
    let (dir, path) = place();
    let door = open(&path).expect("bind");
    let left = dir.path().join("left.sock");
    drop(UnixDatagram::bind(&left).expect("bind"));
    let error = door.send(b"x", &DatagramPeer::Unix(left.clone())).expect_err("gone");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    fs::remove_file(&left).expect("remove");
    let error = door.send(b"x", &DatagramPeer::Unix(left)).expect_err("gone");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(door.unreachable(), None);
}

#[test]
fn what_a_dead_server_left_is_replaced() {
    let (_dir, path) = place();
    drop(UnixDatagram::bind(&path).expect("bind"));
    let door = open(&path).expect("bind over it");
    drop(door);
    assert!(!path.exists(), "it goes with the door");
}

#[test]
fn a_live_server_keeps_its_socket_and_does_not_notice() {
    let (_dir, path) = place();
    let first = open(&path).expect("bind");
    let error = open(&path).expect_err("taken");
    assert!(error.is_taken());
    let expected = format!("unixgram://{} is taken: another program listens on that socket", path.display());
    assert_eq!(error.to_string(), expected);
    assert!(first.receive(&mut [0; 9]).expect("receive").is_none());

    let other = path.with_extension("stream");
    let _streams = UnixListener::bind(&other).expect("bind");
    assert!(open(&other).expect_err("taken").is_taken());
}

#[test]
fn what_is_not_a_socket_is_never_removed() {
    let (_dir, path) = place();
    fs::write(&path, "precious").expect("write");
    let error = open(&path).expect_err("not a socket");
    assert!(error.to_string().ends_with("which is not a socket; it is left alone"), "{error}");
    assert_eq!(fs::read(&path).expect("read"), b"precious");
}

#[test]
fn the_mode_is_as_asked() {
    let (_dir, path) = place();
    for mode in [0o600, 0o666, 0o660] {
        let options = DatagramOptions { unix_mode: Some(mode), ..DatagramOptions::default() };
        let _door = DatagramListener::bind(&Addr::Unixgram(path.clone()), options).expect("bind");
        let made = fs::metadata(&path).expect("metadata");
        assert_eq!(made.permissions().mode() & 0o7777, mode);
        assert!(made.file_type().is_socket());
    }
}

fn place() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("saloon.dgram");
    (dir, path)
}

fn open(path: &Path) -> Result<DatagramListener, BindError> {
    DatagramListener::bind(&Addr::Unixgram(path.to_owned()), DatagramOptions::default())
}
