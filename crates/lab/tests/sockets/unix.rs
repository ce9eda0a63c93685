//! Sockets whose address is a file.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream;

use rustix::process::{Resource, Signal};

use crate::support::{Dir, Lab, Place, echo, fill};

#[test]
fn streams_and_datagrams_are_answered_at_files_and_at_names() {
    let dir = Dir::new();
    let file = dir.path("socket");
    let name = format!("@lab-{}-{}", std::process::id(), file.len());
    for place in [&file, &name] {
        for kind in [&[][..], &["--datagram"]] {
            let server = Lab::start(&[&["unix", "serve", place][..], kind].concat());
            assert_eq!(server.line(), format!("listening on {place}"));
            let mut talk = Lab::start(&[&["unix", "talk", place][..], kind].concat());
            talk.type_line("hello");
            assert_eq!(talk.line(), "HELLO");
            let who = format!("process {}, user {}", talk.id(), rustix::process::getuid().as_raw());
            assert!(server.err_line().starts_with(&who), "the kernel says who it is");
            talk.ends_well();
            server.stops_on(Signal::TERM);
            assert!(!fs::exists(&file).expect("known"), "the file is removed");
        }
    }
}

#[test]
fn a_stale_file_is_replaced_and_nothing_else_is() {
    let dir = Dir::new();
    let path = dir.path("socket");
    for kind in [&[][..], &["--datagram"]] {
        let serve = [&["unix", "serve", &path][..], kind].concat();
        let killed = Lab::start(&serve);
        killed.line();
        let second = Lab::start(&serve);
        assert!(second.fails().contains("somebody serves"));
        killed.kill();
        assert!(fs::metadata(&path).expect("it stays").file_type().is_socket());
        let talk = Lab::start(&[&["unix", "talk", &path][..], kind].concat());
        assert!(talk.fails().contains("can't reach"));

        let server = Lab::start(&serve);
        assert!(server.err_line().contains("stale"));
        server.line();
        // Another has taken the place meanwhile: that is not ours to remove.
        fs::remove_file(&path).expect("removed");
        fs::write(&path, "dear").expect("written");
        server.stops_on(Signal::INT);
        assert!(Lab::start(&serve).fails().contains("is no socket"));
        assert_eq!(fs::read(&path).expect("still there"), b"dear");
        fs::remove_file(&path).expect("removed");
    }
    let long = "x".repeat(200);
    assert!(Lab::start(&["unix", "serve", &long]).fails().contains("107 bytes"));
}

#[test]
fn peers_that_vanish_or_never_read_do_not_stop_the_others() {
    let dir = Dir::new();
    let path = dir.path("socket");
    let server = Lab::start(&["unix", "serve", &path]);
    server.line();
    let greedy = UnixStream::connect(&path).expect("connected");
    let written = fill(&greedy);
    assert!(written < 4 << 20, "{written} bytes were taken from a peer that reads none");
    for _ in 0..50 {
        let mut gone = UnixStream::connect(&path).expect("connected");
        gone.write_all(b"gone").expect("sent");
    }
    let peer = UnixStream::connect(&path).expect("connected");
    echo(&peer, 100_000);
}

#[test]
fn more_peers_than_descriptors_are_let_in_one_after_the_other() {
    let dir = Dir::new();
    let path = dir.path("socket");
    let few = Place {
        enter: ["sh", "-c", "ulimit -n 24; exec $0 $@"].map(str::to_owned).into(),
        ..Place::loopback()
    };
    let server = Lab::start_at(&few, &["unix", "serve", &path]);
    server.line();
    let mut peers: Vec<_> = (0..40).map(|_| UnixStream::connect(&path).expect("connected")).collect();
    for peer in &mut peers {
        echo(peer, 1000);
    }
    server.stops_on(Signal::TERM);
}

#[test]
fn while_there_is_no_descriptor_peers_wait_and_the_server_rests() {
    let dir = Dir::new();
    let path = dir.path("socket");
    let server = Lab::start(&["unix", "serve", &path]);
    server.line();
    server.may_have(Resource::Nofile, Some(3));
    let peer = UnixStream::connect(&path).expect("connected");
    assert!(server.err_line().contains("can't let anybody in now"));
    server.may_have(Resource::Nofile, None);
    echo(&peer, 1000);
    server.stops_on(Signal::TERM);
}

#[test]
fn the_client_says_that_it_could_not_send_all() {
    let dir = Dir::new();
    let path = dir.path("socket");
    let server = Lab::start(&["unix", "serve", &path]);
    server.line();
    let mut talk = Lab::command(&Place::loopback(), &["unix", "talk", &path]);
    // A directory can be opened, and not be read.
    let done = talk.stdin(fs::File::open("/").expect("a directory")).output().expect("it ran");
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("not all of the input went"));
}

#[test]
fn datagrams_too_long_or_from_nowhere_are_dropped() {
    let dir = Dir::new();
    let path = dir.path("socket");
    let server = Lab::start(&["unix", "serve", "--datagram", &path]);
    server.line();
    let peer = std::os::unix::net::UnixDatagram::unbound().expect("a socket");
    peer.connect(&path).expect("connected");
    peer.send(b"no address").expect("sent");
    assert!(server.err_line().starts_with("process"));
    assert!(server.err_line().contains("from nowhere"));
    peer.send(&[b'x'; 20_000]).expect("sent");
    assert!(server.err_line().starts_with("process"));
    assert!(server.err_line().contains("more than 16384 bytes"));
    // One that does not read its answers loses them, and nobody else does.
    let deaf = std::os::unix::net::UnixDatagram::bind(dir.path("deaf")).expect("bound");
    for _ in 0..2000 {
        deaf.send_to(b"x", &path).expect("sent");
    }
    let mut talk = Lab::start(&["unix", "talk", "--datagram", &path]);
    talk.type_line("hello");
    assert_eq!(talk.line(), "HELLO");
    talk.ends_well();
}
