//! Reading the configuration again, and stopping gently.

use crate::support::{Peer, eventually};
use crate::{done, json, line_client, refused, server};

#[test]
fn a_good_configuration_comes_into_force_and_a_bad_one_is_explained() {
    let mut server = server();
    server.rewrite(&["limits.nicklen = 9"]);
    assert_eq!(done(&server, &["reload"]), "The configuration is in force.\n");
    let mut ann = Peer::tcp(server.addr(0));
    ann.send("NICK longer-than-9\r\nNICK ann\r\nUSER ann 0 * :ann");
    ann.expect(" NICKLEN=9 ");

    server.rewrite(&["server.name = \"irc.elsewhere.example\""]);
    let told = done(&server, &["reload"]);
    assert!(told.contains("But server.name") && told.contains("next start only"), "{told}");
}

#[test]
fn a_configuration_with_a_mistake_changes_nothing() {
    let mut server = server();
    server.rewrite(&["limits.nicklen = 0"]);
    // The file that says where the server is has the same mistake.
    let output = crate::admin(&server, &["reload"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("goes on as it was"), "{told}");
    assert!(told.contains("limits.nicklen"), "{told}");
    // Named otherwise, the server is asked.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_saloon"));
    command.args(["admin", "reload", "--data", &data(&server)]);
    let output = command.output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told.contains("the old configuration stays in force") && told.contains("limits.nicklen"),
        "{told}"
    );
    server.logged("the old one stays in force", 1);
}

/// Where its database is.
fn data(server: &crate::Server) -> String {
    server.setup.path("saloon-data").display().to_string()
}

#[test]
fn a_server_that_is_drained_lets_nobody_in_and_ends_when_the_last_has_left() {
    let mut server = server();
    let (mut ann, mut guest) = (Peer::user(&server, "ann"), line_client(&server));

    assert!(done(&server, &["drain", "--for", "1h"]).contains("Nobody new is let in"));

    assert!(ann.expect("going down").contains(" UTC at the latest"));
    guest.expect("going down");
    let mut late = Peer::tcp(server.addr(0));
    assert!(late.rest().join("\n").contains("the server is going down"));
    assert!(json(&server, &["status", "--json"])["draining"].is_i64());
    assert!(done(&server, &["status"]).contains("DRAINING"));
    // Who is here goes on.
    ann.sync();
    ann.quit();
    guest.raw(b"/quit\n");
    guest.rest();
    assert_eq!(server.wait().code, Some(0));
}

#[test]
fn a_drain_can_be_called_off() {
    let server = server();
    let mut ann = Peer::user(&server, "ann");
    assert!(refused(&server, &["drain", "--cancel"]).contains("not being drained"));
    done(&server, &["drain"]);
    ann.expect("going down");
    done(&server, &["drain", "--cancel"]);
    ann.expect("stays up after all");
    Peer::user(&server, "bob").quit();
    ann.quit();
    eventually("nobody is left", || json(&server, &["status", "--json"])["sessions"] == 0);
    Peer::user(&server, "cy");
}

#[test]
fn a_drain_ends_when_its_time_is_up() {
    let mut server = server();
    let mut ann = Peer::user(&server, "ann");
    done(&server, &["drain", "--for", "300ms"]);
    assert!(ann.rest().last().is_some_and(|line| line.contains("ERROR ")));
    assert_eq!(server.wait().code, Some(0));
}
