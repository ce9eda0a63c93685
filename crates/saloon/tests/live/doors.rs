//! Doors of each kind: IPv6, and socket files with their access.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;

use crate::support::server::saloon;
use crate::support::{Peer, Setup};

fn whois(peer: &mut Peer, nick: &str) -> String {
    peer.send(&format!("WHOIS {nick}"));
    peer.until(" 318 ").join("\n")
}

#[test]
fn people_come_in_over_ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        return eprintln!("not tested: this machine has no IPv6");
    }
    let server =
        Setup::default().door("addr = \"tcp://[::1]:0\"").door("addr = \"tcp://127.0.0.1:0\"").start();
    let (mut six, mut four) = (Peer::tcp(server.addr(0)), Peer::tcp(server.addr(1)));
    six.register("six");
    four.register("four");
    six.join("#room");
    four.join("#room");
    six.send("PRIVMSG #room :hello");
    four.expect("PRIVMSG #room :hello");
    assert!(whois(&mut six, "six").contains(" 338 six six "), "its address is told");
    assert!(whois(&mut six, "six").contains("::1"));
}

#[test]
fn localhost_is_both_families_where_there_are_both() {
    let server = Setup::default().door("addr = \"tcp://localhost:0\"").start();
    let mut ann = Peer::tcp(server.addr(0));
    ann.register("ann");
    assert!(server.doors[0].starts_with("tcp://127.0.0.1:"), "{:?}", server.doors);
}

#[test]
fn a_socket_file_has_the_mode_that_was_asked_for() {
    for (mode, expected) in [("0600", 0o600), ("0666", 0o666)] {
        let server =
            Setup::default().door(&format!("addr = \"unix://chat.sock\"\nmode = \"{mode}\"")).start();
        let file = server.setup.path("chat.sock");
        let access = std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777;
        assert_eq!(access, expected, "{mode}");
        let mut ann = Peer::unix(&file);
        ann.register("ann");
        ann.quit();
    }
}

#[test]
fn a_socket_file_of_a_dead_server_is_replaced_and_of_a_live_one_is_not() {
    let setup = Setup::default().door("addr = \"unix://chat.sock\"");
    let mut dead = setup.clone().start();
    dead.signal(Signal::KILL);
    dead.wait();
    let file = setup.path("chat.sock");
    assert!(file.exists(), "killed, it could not clean up");

    let _live = setup.clone().start();
    let mut ann = Peer::unix(&file);
    ann.register("ann");

    let output = saloon(&["serve", "--config"], Some(&setup.write()));
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("chat.sock is taken") && error.contains("--listen unix://PATH"), "{error}");
    ann.sync();
    Peer::unix(&file).register("bob");
}

#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let setup = Setup::default().door("addr = \"unix://chat.sock\"").file("chat.sock", "precious");
    let output = saloon(&["serve", "--config"], Some(&setup.write()));
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("not a socket"), "{error}");
    assert_eq!(std::fs::read_to_string(setup.path("chat.sock")).expect("a file"), "precious");
}

#[test]
fn who_comes_by_a_socket_file_and_leaves_at_once_is_heard() {
    let server =
        Setup::default().door("addr = \"unix://chat.sock\"").door("addr = \"tcp://127.0.0.1:0\"").start();
    let mut ann = Peer::tcp(server.addr(1));
    ann.register("ann");
    let mut peer = Peer::unix(&server.setup.path("chat.sock"));
    peer.raw(b"NICK script\r\nUSER script 0 * :script\r\nPRIVMSG ann :backup done\r\n");
    drop(peer);
    ann.expect(":script!script@");
}
