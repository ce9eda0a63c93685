//! Unix sockets: the file before, during and after.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use common::{Conn, accept};
use tempfile::TempDir;
use transport::{Addr, BindError, ListenOptions, Listener, Owner};

#[test]
fn bytes_go_both_ways_and_the_peer_is_known() {
    let (_dir, path) = place();
    let listener = open(&path).expect("bind");
    let mut client = UnixStream::connect(&path).expect("connect");
    let accepted = accept(&listener);
    let credentials = accepted.peer.credentials.expect("the kernel knows");
    assert_eq!(credentials.pid as u32, std::process::id());
    assert_eq!(credentials.uid, fs::metadata(&path).expect("file").uid());
    assert_eq!((accepted.peer.ip, accepted.peer.port), (None, 0));

    let mut conn = Conn::new(accepted.stream);
    client.write_all(b"hello").expect("write");
    conn.read_exactly(b"hello");
}

#[test]
fn what_the_peer_has_not_read_is_unsent() {
    let (_dir, path) = place();
    let listener = open(&path).expect("bind");
    let mut client = UnixStream::connect(&path).expect("connect");
    let mut conn = Conn::new(accept(&listener).stream);
    assert_eq!((conn.stream.unsent().expect("queue"), conn.stream.local_addr()), (0, None));
    conn.write_all(b"hello");
    assert!(conn.stream.unsent().expect("queue") > 0);
    client.read_exact(&mut [0; 5]).expect("read");
    assert_eq!(conn.stream.unsent().expect("queue"), 0);
}

#[test]
fn what_a_dead_server_left_is_replaced() {
    let (_dir, path) = place();
    drop(UnixListener::bind(&path).expect("bind"));
    assert!(path.exists());

    let listener = open(&path).expect("bind over it");

    UnixStream::connect(&path).expect("connect");
    accept(&listener);
}

#[test]
fn a_live_server_keeps_its_socket() {
    let (_dir, path) = place();
    let first = open(&path).expect("bind");

    let error = open(&path).expect_err("taken");

    assert!(error.is_taken());
    let expected = format!("unix://{} is taken: another program listens on that socket", path.display());
    assert_eq!(error.to_string(), expected);
    let mut client = UnixStream::connect(&path).expect("connect");
    client.write_all(b"still here").expect("write");
    // The second server's question has come in too, and hung up.
    let said = [accept(&first), accept(&first)].map(|one| Conn::new(one.stream).read_once(64).is_ok());
    assert_eq!(said, [true, true]);
}

#[test]
fn a_live_server_that_is_busy_or_of_another_kind_keeps_it_too() {
    let (_dir, path) = place();
    let options = ListenOptions { backlog: 0, ..ListenOptions::default() };
    let _busy = Listener::bind(&Addr::Unix(path.clone()), options).expect("bind");
    let _waiting = UnixStream::connect(&path).expect("connect"); // the queue is full now
    assert!(open(&path).expect_err("taken").is_taken());

    let other = path.with_extension("dgram");
    let _datagrams = UnixDatagram::bind(&other).expect("bind");
    assert!(open(&other).expect_err("taken").is_taken());
}

#[test]
fn what_is_not_a_socket_is_never_removed() {
    let (dir, path) = place();
    fs::write(&path, "precious").expect("write");
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&path, &link).expect("link");

    for path in [&path, &link, &dir.path().to_owned()] {
        let error = open(path).expect_err("not a socket");
        assert!(error.to_string().ends_with("which is not a socket; it is left alone"), "{error}");
    }

    assert_eq!(fs::read(&path).expect("read"), b"precious");
    assert!(link.is_symlink());
}

#[test]
fn the_file_goes_with_the_door_unless_it_is_anothers_by_now() {
    let (_dir, path) = place();
    drop(open(&path).expect("bind"));
    assert!(!path.exists());

    let first = open(&path).expect("bind");
    fs::remove_file(&path).expect("remove");
    let _second = UnixListener::bind(&path).expect("bind");
    drop(first);
    assert!(path.exists());
}

#[test]
fn mode_and_owner_are_as_asked() {
    let (_dir, path) = place();
    for mode in [0o600, 0o666, 0o660] {
        let owner = fs::metadata(path.parent().expect("directory")).expect("metadata");
        let unix_owner = Owner { user: Some(owner.uid().to_string()), group: Some(owner.gid().to_string()) };
        let options = ListenOptions { unix_mode: Some(mode), unix_owner, ..ListenOptions::default() };
        let _listener = Listener::bind(&Addr::Unix(path.clone()), options).expect("bind");
        let made = fs::metadata(&path).expect("metadata");
        assert_eq!(made.permissions().mode() & 0o7777, mode);
        assert_eq!((made.uid(), made.gid()), (owner.uid(), owner.gid()));
        assert!(made.file_type().is_socket());
    }
}

#[test]
fn an_unknown_owner_is_named_and_nothing_is_left_behind() {
    let (_dir, path) = place();
    let unix_owner = Owner { user: None, group: Some("no-such-group".into()) };
    let options = ListenOptions { unix_owner, ..ListenOptions::default() };
    let error = Listener::bind(&Addr::Unix(path.clone()), options).expect_err("no such group");
    let expected = format!(
        "unix://{} cannot be opened: there is no group `no-such-group` on this machine",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    assert!(!path.exists());
}

#[test]
fn a_path_that_cannot_be_is_explained() {
    let (dir, path) = place();
    let error = open(&path.join("below")).expect_err("no directory");
    assert!(error.to_string().ends_with("cannot be opened: its directory does not exist"), "{error}");
    let error = open(&dir.path().join("x".repeat(200))).expect_err("too long");
    assert!(error.to_string().contains("107 bytes"), "{error}");
}

fn place() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("saloon.sock");
    (dir, path)
}

fn open(path: &Path) -> Result<Listener, BindError> {
    Listener::bind(&Addr::Unix(path.to_owned()), ListenOptions::default())
}
