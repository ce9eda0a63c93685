//! Sockets that were open before the server: each becomes the door it is for, and outlives the server.

use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;

use crate::support::{Peer, Setup};

const HANDED: &str = "handed over, and no door of the configuration is there";

#[test]
fn a_port_handed_over_is_open_while_the_server_is_away() {
    let setup = Setup::default();
    let file = setup.path("chat.sock");
    let (tcp, unix) =
        (TcpListener::bind("127.0.0.1:0").expect("bind"), UnixListener::bind(&file).expect("bind"));
    let at = tcp.local_addr().expect("an address");
    let setup = setup.door(&format!("addr = \"tcp://{at}\"")).door("addr = \"unix://chat.sock\"");
    let mut first = setup.clone().hand_over(tcp.try_clone().expect("a copy")).hand_over(unix).start();
    let (mut ann, mut bob) = (Peer::tcp(at), Peer::unix(&file));
    ann.register("ann");
    bob.register("bob");
    ann.join("#room");
    bob.join("#room");
    ann.send("PRIVMSG #room :through both");
    bob.expect("through both");
    assert_eq!(first.log_count(HANDED), 0);

    assert_eq!(first.stop().code, Some(0));
    assert!(file.exists(), "the file belongs to whoever opened the socket");
    let mut waiting = Peer::tcp(at);
    waiting.send("NICK cid\r\nUSER cid 0 * :cid");

    let doors = setup.hand_over(tcp);
    std::fs::remove_file(&file).expect("removed");
    let second = doors.start();
    waiting.expect(" 001 ");
    drop(second);
}

#[test]
fn what_fits_no_door_is_closed_and_named() {
    let (tcp, udp) =
        (TcpListener::bind("127.0.0.1:0").expect("bind"), UdpSocket::bind("127.0.0.1:0").expect("bind"));
    let (at, other) = (tcp.local_addr().expect("an address"), udp.local_addr().expect("an address"));
    let setup = Setup::default().door(&format!("addr = \"tcp://{at}\"")).door("addr = \"tcp://127.0.0.1:0\"");

    let server = setup.hand_over(udp).hand_over(tcp).start();

    server.logged(&format!("udp://{other} (one)"), 1);
    assert_eq!(server.log_count(HANDED), 1);
    // The door with a socket, and the one that had to be opened.
    for door in [0, 1] {
        let mut ann = Peer::tcp(server.addr(door));
        ann.register("ann");
        ann.quit();
    }
}

#[test]
fn sockets_for_another_process_are_none_of_ours() {
    let setup = Setup::default().environment("LISTEN_PID", "1").environment("LISTEN_FDS", "1");
    let server = setup.start();
    Peer::user(&server, "ann");
    assert_eq!(server.log_count(HANDED), 0);
}
