//! What is there again after the server was stopped, or killed, and started.

use rustix::process::Signal;

use crate::someone::{CAPS, history, owner, someone, texts};
use crate::support::{Peer, Server, Setup};

fn setup() -> Setup {
    Setup::default().set("datastore.path = \"data\"").set("accounts.registration.throttle = false")
}

/// Both ways of ending.
fn restart(server: Server, kill: bool) -> Server {
    let mut server = server;
    match kill {
        true => {
            server.signal(Signal::KILL);
            server.wait();
        }
        false => assert_eq!(server.stop().code, Some(0)),
    }
    server.setup.clone().start()
}

/// An account of this name for one who is here.
fn register(peer: &mut Peer, name: &str) {
    peer.send(&format!("REGISTER {name} * {name}-secret"));
    peer.until("REGISTER SUCCESS");
    peer.until(" 900 ");
    peer.sync();
}

fn room_with_everything(server: &Server) {
    let mut ann = someone(server, "ann", "message-tags draft/metadata-3 batch draft/read-marker");
    register(&mut ann, "ann");
    ann.join("#club");
    ann.send("CS REGISTER #club");
    ann.until("MODE #club +q ann");
    for line in ["TOPIC #club :all about it", "MODE #club +smb bad!*@*", "MODE #club +k sesame"] {
        ann.send(line);
    }
    ann.send("METADATA #club SET website :https://club.example");
    ann.send("METADATA * SET display-name :Ann of the club");
    ann.send("MARKREAD #club timestamp=2020-01-01T00:00:00.000Z");
    ann.sync();
}

fn room_is_as_it_was(server: &Server) {
    let mut ann = owner(server, "ann", "ann", "ann-secret", "batch draft/metadata-3 draft/read-marker");
    ann.send("METADATA * GET display-name");
    ann.expect("Ann of the club");
    ann.send("JOIN #club sesame");
    let told = ann.until(" 366 ").join("\n");
    assert!(told.contains("332 ann #club :all about it"), "{told}");
    assert!(told.contains("MARKREAD #club timestamp=2020-01-01T00:00:00.000Z"), "{told}");
    assert!(told.contains("~ann"), "the founder has its rank: {told}");
    ann.send("MODE #club");
    let modes = ann.expect(" 324 ");
    let modes = modes.split(" #club ").nth(1).unwrap_or_default().to_owned();
    assert!(modes.contains('s') && modes.contains('m') && modes.contains("sesame"), "{modes}");
    ann.send("MODE #club +b");
    ann.expect("bad!*@*");
    ann.send("METADATA #club GET website");
    ann.expect("https://club.example");
    ann.quit();
}

#[test]
fn accounts_rooms_markers_and_metadata_are_there_after_a_stop_and_after_a_kill() {
    for kill in [false, true] {
        let server = setup().start();
        room_with_everything(&server);
        let server = restart(server, kill);
        room_is_as_it_was(&server);
        let server = restart(server, kill);
        room_is_as_it_was(&server);
    }
}

#[test]
fn what_was_said_in_a_room_and_between_accounts_can_be_read_after_a_restart() {
    let server = setup().start();
    let caps = format!("{CAPS} draft/chathistory");
    let mut ann = someone(&server, "ann", &caps);
    let mut bob = someone(&server, "bob", &caps);
    register(&mut ann, "ann");
    register(&mut bob, "bob");
    ann.join("#open");
    ann.send("PRIVMSG #open :to all");
    ann.send("PRIVMSG bob :to bob");
    ann.sync();
    bob.send("PRIVMSG ann :to ann");
    bob.sync();
    let server = restart(server, false);
    let mut ann = owner(&server, "ann", "ann", "ann-secret", &caps);
    ann.join("#open");
    assert_eq!(texts(&history(&mut ann, "#open", 10)), ["to all"]);
    assert_eq!(texts(&history(&mut ann, "bob", 10)), ["to bob", "to ann"]);
    // One who takes the name without the account has no part in that.
    let mut eve = someone(&server, "eve", &caps);
    assert_eq!(texts(&history(&mut eve, "ann", 10)), Vec::<&str>::new());
}

#[test]
fn a_user_that_stays_is_in_its_rooms_after_a_restart_with_its_ranks() {
    for kill in [false, true] {
        let server = setup().start();
        let mut ann = someone(&server, "ann", CAPS);
        register(&mut ann, "ann");
        ann.send("NS SET ALWAYS-ON TRUE");
        ann.join("#hers");
        ann.send("TOPIC #hers :stays");
        ann.sync();
        let mut bob = someone(&server, "bob", CAPS);
        bob.join("#hers");
        ann.quit();
        assert!(!bob.sync().iter().any(|line| line.contains("QUIT")), "nobody sees it leave");
        let server = restart(server, kill);
        let mut bob = someone(&server, "bob", CAPS);
        bob.send("JOIN #hers");
        let told = bob.until(" 366 ").join("\n");
        assert!(told.contains("@ann") && told.contains("stays"), "{told}");
        bob.send("PRIVMSG #hers :while you were away");
        bob.sync();
        let mut ann = owner(&server, "ann", "ann", "ann-secret", &format!("{CAPS} draft/chathistory"));
        assert_eq!(texts(&history(&mut ann, "#hers", 10)), ["while you were away"]);
        ann.send("PRIVMSG #hers :back");
        bob.expect(":back");
    }
}
