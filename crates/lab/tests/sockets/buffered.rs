//! Buffers and callbacks.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use rustix::process::Signal;

use crate::support::{Cable, Dir, Lab, Place, echo, fill};

#[test]
fn its_own_client_gets_every_byte_back_from_a_file_and_from_a_pipe() {
    let dir = Dir::new();
    let path = dir.path("megabyte");
    let text: String = (0..40_000).map(|number| format!("line {number:020}\n")).collect();
    fs::write(&path, &text).expect("written");
    let (server, addr) = serve(&[]);
    let talk = ["buffered", "talk", &addr.to_string()];

    let file = fs::File::open(&path).expect("a file");
    let done = Lab::command(&Place::loopback(), &talk).stdin(file).output().expect("it ran");
    assert!(done.status.success() && done.stdout == text.to_ascii_uppercase().as_bytes());
    let mut piped = Lab::start(&talk);
    let half: Vec<_> = text.lines().collect();
    for line in &half[..1000] {
        piped.type_line(line);
    }
    for line in &half[..1000] {
        assert_eq!(piped.line(), line.to_ascii_uppercase());
    }
    piped.ends_well();
    server.stops_on(Signal::TERM);
}

#[test]
fn half_close_is_answered_to_the_last_byte_in_odd_pieces() {
    let (server, addr) = serve(&["--high", "1000"]);
    let peer = TcpStream::connect(addr).expect("connected");
    echo(&peer, 1 << 20);
    server.stops_on(Signal::INT);
}

#[test]
fn below_the_low_mark_nothing_is_answered_before_the_end() {
    let (_server, addr) = serve(&["--low", "4"]);
    let mut peer = TcpStream::connect(addr).expect("connected");
    peer.write_all(b"abc").expect("sent");
    peer.shutdown(Shutdown::Write).expect("shut");
    let mut answer = String::new();
    peer.read_to_string(&mut answer).expect("read");
    assert_eq!(answer, "ABC");
}

#[test]
fn a_peer_that_never_reads_is_read_no_more_and_the_others_are_served() {
    let (server, addr) = serve(&["--stall", "1"]);
    let greedy = TcpStream::connect(addr).expect("connected");
    let who = greedy.local_addr().expect("an address");
    let before = server.memory("VmRSS:");
    let written = fill(&greedy);
    assert!(written < 64 << 20, "{written} bytes were taken from a peer that reads none");
    let grown = server.memory("VmRSS:").saturating_sub(before);
    assert!(grown < 4096, "{grown} KiB for one peer");
    let other = TcpStream::connect(addr).expect("connected");
    echo(&other, 10_000);
    assert_eq!(server.err_line(), format!("{who}: no answer was taken for too long"));
}

#[test]
fn who_is_silent_too_long_is_closed() {
    let (server, addr) = serve(&["--idle", "0.2"]);
    let silent = TcpStream::connect(addr).expect("connected");
    let who = silent.local_addr().expect("an address");
    assert_eq!((&silent).read(&mut [0; 1]).expect("the end"), 0);
    assert_eq!(server.err_line(), format!("{who}: nothing came for too long"));
    server.stops_on(Signal::TERM);
}

#[test]
fn who_resets_is_gone() {
    let (server, addr) = serve(&[]);
    let mut resets = TcpStream::connect(addr).expect("connected");
    resets.write_all(b"a").expect("sent");
    resets.read_exact(&mut [0; 1]).expect("answered");
    rustix::net::sockopt::set_socket_linger(&resets, Some(Duration::ZERO)).expect("set");
    let who = resets.local_addr().expect("an address");
    drop(resets);
    assert!(server.err_line().starts_with(&format!("{who}: Connection reset")));
    server.stops_on(Signal::TERM);
}

#[test]
fn too_many_are_turned_away_until_one_goes() {
    let (_server, addr) = serve(&["--peers", "1"]);
    let mut first = TcpStream::connect(addr).expect("connected");
    first.write_all(b"a").expect("sent");
    first.read_exact(&mut [0; 1]).expect("answered");
    let second = TcpStream::connect(addr).expect("connected");
    assert_eq!((&second).read(&mut [0; 1]).expect("the end"), 0);
    echo(&first, 100);
    // The server has closed before we saw the end.
    let third = TcpStream::connect(addr).expect("connected");
    echo(&third, 100);
}

#[test]
fn the_client_says_that_nobody_is_there() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    assert!(Lab::start(&["buffered", "talk", &nobody.to_string()]).fails().contains("refused"));
}

#[test]
fn a_cut_cable_is_found_by_keepalive() {
    let Some(cable) = Cable::lay("a cut cable", "not done") else { return };
    let addr = format!("{}:7007", cable.left.ipv4);
    let serve = ["buffered", "serve", "--addr", &addr];
    let server = Lab::start_at(&cable.left, &[&serve[..], &["--keepalive", "1"]].concat());
    server.addr();
    let mut talk = Lab::start_at(&cable.right, &["buffered", "talk", &addr]);
    talk.type_line("hello");
    assert_eq!(talk.line(), "HELLO");

    cable.right.run("ip link set cable down");
    let found = server.err_line();
    // With the link down the answer to a question can also be that there is no way to the peer.
    assert!(found.contains("timed out") || found.contains("No route"), "{found}");
    assert!(found.starts_with(cable.right.ipv4), "{found}");
    server.stops_on(Signal::TERM);
}

fn serve(args: &[&str]) -> (Lab, SocketAddr) {
    let server = Lab::start(&[&["buffered", "serve", "--addr", "127.0.0.1:0"], args].concat());
    let addr = server.addr();
    (server, addr)
}
