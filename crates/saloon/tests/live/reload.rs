//! Reading the configuration again, by signal and by an operator.

use rustix::process::Signal;

use crate::support::{Peer, Server, Setup};

const READ_AGAIN: &str = "the configuration has been read again";
const KEPT: &str = "the old one stays in force";

fn setup() -> Setup {
    Setup::default()
        .file("motd.txt", "the old motto\n")
        .set("server.motd = \"motd.txt\"")
        .set("oper_classes.admin = { title = \"Admin\", capabilities = [\"rehash\"] }")
        .set("opers.root = { class = \"admin\", password = \"plain:secret\" }")
}

fn operator(server: &Server) -> Peer {
    let mut root = Peer::user(server, "root");
    root.send("OPER root secret");
    root.expect(" 381 ");
    root
}

fn motd(peer: &mut Peer) -> String {
    peer.send("MOTD");
    peer.until(" 376 ").join("\n")
}

#[test]
fn a_hangup_signal_brings_the_new_settings() {
    let mut server = setup().start();
    let mut ann = Peer::user(&server, "ann");
    assert!(motd(&mut ann).contains("the old motto"));
    server.setup.clone().file("motd.txt", "the new motto\n");
    server.rewrite(&["limits.nicklen = 9", "server.description = \"another\""]);

    server.signal(Signal::HUP);
    server.logged(READ_AGAIN, 1);

    assert!(motd(&mut ann).contains("the new motto"));
    let mut bob = Peer::tcp(server.addr(0));
    bob.send("NICK longer-than-9\r\nNICK bob\r\nUSER bob 0 * :bob");
    bob.expect(" 432 ");
    bob.expect(" NICKLEN=9 ");
}

#[test]
fn a_bad_configuration_changes_nothing_and_the_operator_hears_why() {
    let mut server = setup().start();
    let (mut root, mut ann) = (operator(&server), Peer::user(&server, "ann"));
    server.setup.clone().file("motd.txt", "the new motto\n");
    server.rewrite(&["limits.nicklen = 0"]);

    root.send("REHASH");

    root.expect(" 382 ");
    let notice = root.expect(KEPT);
    assert!(notice.contains(" NOTICE root :") && notice.contains("limits.nicklen"), "{notice}");
    assert!(motd(&mut ann).contains("the old motto"));

    server.signal(Signal::HUP);
    server.logged(KEPT, 2);
    assert!(motd(&mut ann).contains("the old motto"));

    server.rewrite(&["limits.nicklen = 20"]);
    root.send("REHASH");
    server.logged(READ_AGAIN, 1);
    assert!(motd(&mut ann).contains("the new motto"));
}

#[test]
fn a_missing_file_changes_nothing_either() {
    let mut server = setup().start();
    let mut root = operator(&server);
    server.rewrite(&["server.motd = \"missing.txt\""]);

    root.send("REHASH");

    let notice = root.expect(KEPT);
    assert!(notice.contains("missing.txt"), "{notice}");
    assert!(motd(&mut root).contains("the old motto"));
}

#[test]
fn what_changes_with_the_next_start_only_is_said() {
    let mut server = setup().start();
    let mut ann = Peer::user(&server, "ann");
    server.rewrite(&["server.name = \"irc.other.example\""]);

    server.signal(Signal::HUP);
    server.logged(READ_AGAIN, 1);

    server.logged("change with the next start only", 1);
    ann.sync();

    // The doors: nothing is opened or closed while running.
    server.setup = server.setup.clone().door("addr = \"tcp://127.0.0.1:0\"\nmax_connections = 7");
    server.rewrite(&["server.name = \"irc.example.org\""]);
    server.signal(Signal::HUP);
    server.logged("listeners ([[listen]]) change with the next start only", 1);
}

#[test]
fn an_operator_without_the_right_reloads_nothing() {
    let server = setup().set("oper_classes.admin = { title = \"Admin\", capabilities = [\"kill\"] }").start();
    let mut root = operator(&server);
    root.send("REHASH");
    root.expect(" 481 ");
    root.sync();
    assert_eq!(server.log_count(READ_AGAIN), 0);
}
