//! Stopping: everyone is told, and it does not take long.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::{Peer, Server, Setup};

const LONGEST: Duration = Duration::from_secs(5);

#[test]
fn everyone_is_told_when_the_server_stops() {
    let mut server =
        Setup::default().door("addr = \"tcp://127.0.0.1:0\"").door("addr = \"tls://127.0.0.1:0\"").start();
    let (tcp, tls) = (server.addr(0), server.addr(1));
    let mut peers = [Peer::tcp(tcp), Peer::tls(tls), Peer::tcp(tcp), Peer::tcp(tcp)];
    peers[0].register("ann");
    peers[1].register("bob");
    // One in the middle of registering, and one that has said nothing yet.
    peers[2].send("NICK cid\r\nPING 1");
    peers[2].expect("PONG");
    server.logged("connected", 4);

    let ended = server.stop();

    assert_eq!(ended.code, Some(0));
    assert!(ended.took < LONGEST, "{ended:?}");
    for (number, peer) in peers.iter_mut().enumerate() {
        let rest = peer.rest();
        let last = rest.last().map(String::as_str).unwrap_or_default();
        assert!(last.contains("ERROR :Closing link: Server shutting down"), "{number}: {rest:?}");
    }
}

#[test]
fn who_does_not_read_does_not_hold_it_up() {
    let mut server = Setup::default().set("limits.sendq = 100000000").start();
    let (mut stuck, mut talker) = (Peer::narrow(server.addr(0)), Peer::user(&server, "talker"));
    stuck.register("stuck");
    stuck.join("#room");
    talker.join("#room");
    // More than the kernel takes for it, and less than the server lets wait.
    let line = format!("PRIVMSG #room :{}\r\n", "x".repeat(450)).repeat(100);
    for _ in 0..300 {
        talker.raw(line.as_bytes());
        talker.sync();
    }

    let ended = server.stop();

    assert_eq!(ended.code, Some(0));
    assert!(ended.took < LONGEST, "{ended:?}");
    assert!(talker.rest().last().is_some_and(|line| line.contains("ERROR :Closing link: ")));
}

#[test]
fn who_only_leaves_its_end_open_is_not_waited_for() {
    let mut server = Server::start();
    let mut ann = Peer::user(&server, "ann");

    let ended = server.stop();

    assert!(ended.took < Duration::from_secs(2), "{ended:?}");
    ann.expect("ERROR :");
}

#[test]
fn an_interrupt_and_an_operator_stop_it_too() {
    let mut server = Server::start();
    let mut ann = Peer::user(&server, "ann");
    server.signal(Signal::INT);
    assert_eq!(server.wait().code, Some(0));
    ann.expect("ERROR :");

    let setup = Setup::default()
        .set("oper_classes.admin = { title = \"Admin\", capabilities = [\"die\"] }")
        .set("opers.root = { class = \"admin\", password = \"plain:secret\" }");
    let mut server = setup.start();
    let mut ann = Peer::user(&server, "ann");
    ann.send("OPER root secret\r\nDIE irc.example.org");
    ann.expect("ERROR :");
    assert_eq!(server.wait().code, Some(0));
}

#[test]
fn its_socket_file_goes_with_it_and_the_port_is_free_again() {
    let mut server =
        Setup::default().door("addr = \"unix://chat.sock\"").door("addr = \"tcp://127.0.0.1:0\"").start();
    let (addr, file) = (server.addr(1), server.setup.path("chat.sock"));
    // The side that closes first keeps the port in TIME_WAIT: that is the server.
    let mut ann = Peer::tcp(addr);
    ann.register("ann");
    assert!(file.exists());

    server.stop();

    ann.rest();
    assert!(!file.exists());
    Setup::default().door(&format!("addr = \"tcp://{addr}\"")).start();
}
