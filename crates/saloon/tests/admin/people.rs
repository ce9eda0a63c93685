//! Who is there, who is put out, who is kept away, and what everyone is told.

use crate::support::Peer;
use crate::{admin, done, json, line_client, refused, server, setup};

#[test]
fn everyone_is_listed_with_the_door_they_came_by() {
    let server = server();
    let _ann = Peer::user(&server, "ann");
    let _guest = line_client(&server);

    let who = json(&server, &["who", "--json"]);
    let people = who.as_array().expect("a list");
    assert_eq!(people.len(), 2, "{who}");
    let (ann, guest) = (&people[0], &people[1]);
    assert_eq!((ann["nick"].as_str(), ann["address"].as_str()), (Some("ann"), Some("127.0.0.1")));
    assert_eq!(ann["door"], format!("irc+{}", server.doors[0]));
    assert_eq!(guest["door"], format!("line+{}", server.doors[1]));
    assert!(ann["since"].as_i64().is_some_and(|since| since > 1_600_000_000_000), "{ann}");
    assert!(ann["idle_ms"].is_u64() && ann["waiting"] == 0 && ann["behind_ms"].is_null(), "{ann}");

    let table = done(&server, &["who"]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("NICK ") && lines[0].ends_with("BEHIND"), "{table}");
    assert!(lines.len() == 3 && lines[1].starts_with("ann ") && lines[1].ends_with(" no"), "{table}");
}

#[test]
fn a_user_is_put_out_and_both_it_and_the_others_hear_why() {
    let server = server();
    let (mut ann, mut bob) = (Peer::user(&server, "ann"), Peer::user(&server, "bob"));
    ann.join("#room");
    bob.join("#room");

    assert_eq!(done(&server, &["kick", "bob", "take", "a break"]), "bob is disconnected.\n");

    assert!(bob.rest().last().is_some_and(|line| line.contains("ERROR ") && line.contains("take a break")));
    assert!(ann.expect(" QUIT ").contains("take a break"));
    assert_eq!(refused(&server, &["kick", "bob"]), "saloon: nobody here is called bob\n");
    server.logged("Kick(bob)", 1);
}

#[test]
fn somebody_at_a_line_is_put_out_as_well() {
    let server = server();
    let mut guest = line_client(&server);
    let who = json(&server, &["who", "--json"]);
    let nick = who[0]["nick"].as_str().expect("a nick").to_owned();

    done(&server, &["kick", &nick, "good night"]);

    let last = guest.rest().join("\n");
    assert!(last.contains("saloon disconnected you: good night"), "{last}");
}

#[test]
fn a_ban_puts_out_keeps_away_and_ends() {
    let server = server();
    let mut ann = Peer::user(&server, "ann");

    let told = done(&server, &["ban", "127.0.0.*", "spam", "--for", "1h"]);
    assert_eq!(told, "*@127.0.0.* is banned; one connection was closed.\n");
    assert!(ann.rest().last().is_some_and(|line| line.contains("spam")));
    let mut again = Peer::tcp(server.addr(0));
    again.raw(b"NICK ann\r\nUSER ann 0 * :ann\r\n");
    assert!(again.rest().join("\n").contains("spam"));

    let bans = json(&server, &["bans", "--json"]);
    assert_eq!((&bans[0]["mask"], &bans[0]["by"]), (&"*@127.0.0.*".into(), &"saloon".into()));
    let length = bans[0]["until"].as_i64().expect("an end") - bans[0]["at"].as_i64().expect("a time");
    assert!((3_599_000..=3_601_000).contains(&length), "{bans}");
    assert!(done(&server, &["bans"]).contains("*@127.0.0.*"));

    assert_eq!(done(&server, &["unban", "127.0.0.*"]), "127.0.0.* is no longer banned.\n");
    assert_eq!(refused(&server, &["unban", "127.0.0.*"]), "saloon: 127.0.0.* is not banned\n");
    assert_eq!(done(&server, &["bans"]), "Nobody is banned.\n");
    Peer::user(&server, "ann");
}

#[test]
fn a_ban_outlives_the_server_and_everyone_can_not_be_banned() {
    let mut server = server();
    for everyone in ["*", "*@*", "10.0.0.0/8", "a!b@c"] {
        assert!(refused(&server, &["ban", everyone]).contains("192.0.2.*"), "{everyone}");
    }
    assert!(done(&server, &["ban", "192.0.2.1"]).contains("nobody like that was here"));
    server.stop();
    let server = server.setup.clone().start();
    let bans = json(&server, &["bans", "--json"]);
    assert_eq!((&bans[0]["mask"], &bans[0]["until"]), (&"*@192.0.2.1".into(), &serde_json::Value::Null));
}

#[test]
fn an_announcement_reaches_everyone_in_their_own_dialect() {
    let server = server();
    let (mut ann, mut guest) = (Peer::user(&server, "ann"), line_client(&server));

    assert_eq!(done(&server, &["announce", "maintenance", "at\nnoon"]), "Everyone is told.\n");

    let notice = ann.expect("maintenance at noon");
    assert!(notice.starts_with(":irc.example.org NOTICE ann :"), "{notice}");
    guest.expect("maintenance at noon");
    assert!(refused(&server, &["announce", " "]).contains("nothing to tell"));
    server.logged("Announce(", 1);
    assert_eq!(server.log_count("maintenance"), 0, "what is said is not logged");
}

#[test]
fn without_a_server_it_says_so() {
    let mut server = setup().start();
    server.stop();
    for arguments in [&["who"][..], &["kick", "ann"], &["reload"], &["drain"], &["status"], &["link"]] {
        let output = admin(&server, arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(told.contains("no server runs here") && told.contains("control"), "{told}");
    }
}
