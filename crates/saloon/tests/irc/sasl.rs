//! Section 13: SASL.

use crate::accounts::{decoded, encoded, plain, respond};
use crate::client::Client;
use crate::harness::{join, server, server_with};
use crate::lines::Lines;
use crate::scram;
use crate::support::tls;
use crate::support::{Peer, Setup};

const FAILED: &str = "904 * :SASL authentication failed";

/// Does what SCRAM wants up to the server's last word, with this password.
#[track_caller]
fn scram(client: &mut Client, header: &str, account: &str, password: &str) -> (Lines, String) {
    client.ask("AUTHENTICATE SCRAM-SHA-256").is("AUTHENTICATE +");
    let bare = format!("n={account},r=abcdefghijkl");
    respond(client, format!("{header}{bare}"));
    let sent = client.sync();
    let challenge = decoded(sent.is("AUTHENTICATE …").text());
    assert!(challenge.starts_with("r=abcdefghijkl"), "{challenge}");
    assert!(challenge.len() > "r=abcdefghijkl,s=,i=4096".len() + 16, "{challenge}");
    let (answer, verifier) = scram::answer(header, &bare, &challenge, password);
    respond(client, answer);
    (client.sync(), verifier)
}

#[test]
fn the_capability_lists_the_mechanisms() {
    let server = server();
    server.connect().ask("CAP LS 302").has("CAP * LS … :… sasl=PLAIN,SCRAM-SHA-256 …");
    let off = server_with("accounts.enabled = false");
    let mut foo = off.connect();
    for line in foo.ask("CAP LS 302").iter() {
        assert!(!line.text().contains("sasl"), "{line}");
    }
    foo.ask("CAP REQ :sasl").is("CAP * NAK :sasl");
    foo.ask("AUTHENTICATE PLAIN").is(FAILED);
}

#[test]
fn plain_logs_in_and_the_900_comes_before_the_903() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    foo.ask("CAP LS 302");
    foo.ask("CAP REQ :sasl").is("CAP * ACK :sasl");
    plain(&mut foo, "FOO", "sesame").are(&["900 * * foo :You are now logged in as foo", "903 * :…"]);
    foo.send("CAP END");
    foo.register("foo").lacks("433 …");
    foo.ask("WHOIS foo").has("330 foo foo foo :is logged in as");
}

#[test]
fn it_works_without_the_capability_and_without_negotiation() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    plain(&mut foo, "foo", "sesame").commands(&["900", "903"]);
    foo.register("bar");
    foo.ask("WHOIS bar").has("330 bar bar foo :…");
}

#[test]
fn whatever_is_wrong_is_904_and_a_right_password_then_works() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    for (account, password) in [("foo", "wrong"), ("nobody", "sesame"), ("", "sesame"), ("foo", "")] {
        plain(&mut foo, account, password).is(FAILED);
    }
    for response in ["foo", "\0foo", "\0foo\0sesame\0", "bar\0foo\0sesame"] {
        foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
        respond(&mut foo, response);
        foo.sync().is(FAILED);
    }
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    foo.ask("AUTHENTICATE !bad!").is(FAILED);
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    foo.ask("AUTHENTICATE +").is(FAILED);
    for name in ["FOO", "PLAINER", "EXTERNAL"] {
        foo.ask(&format!("AUTHENTICATE {name}")).are(&["908 * PLAIN,SCRAM-SHA-256 :…", FAILED]);
    }
    plain(&mut foo, "foo", "sesame").commands(&["900", "903"]);
}

#[test]
fn the_same_account_may_be_named_twice() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    respond(&mut foo, "foo\0foo\0sesame");
    foo.sync().commands(&["900", "903"]);
}

#[test]
fn long_passwords_take_several_lines() {
    let server = server();
    for (account, length) in [("a", 293), ("b", 295), ("c", 300), ("d", 400)] {
        let password = "p".repeat(length);
        server.account(account, &password);
        let mut client = server.connect();
        plain(&mut client, account, &format!("{password}p")).is(FAILED);
        plain(&mut client, account, &password).commands(&["900", "903"]);
    }
}

#[test]
fn long_lines_and_responses_end_the_exchange() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    foo.ask(&format!("AUTHENTICATE {}", "A".repeat(401))).is("905 * :…");
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    foo.ask(&format!("AUTHENTICATE {}", "A".repeat(600))).is("417 * :…");
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    for _ in 0..20 {
        foo.ask(&format!("AUTHENTICATE {}", "A".repeat(400))).none();
    }
    foo.ask(&format!("AUTHENTICATE {}", "A".repeat(400))).is(FAILED);
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    foo.ask("AUTHENTICATE *").is("906 * :…");
    plain(&mut foo, "foo", "sesame").commands(&["900", "903"]);
}

#[test]
fn scram_proves_both_sides_and_a_wrong_proof_is_904_at_once() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    let (sent, _) = scram(&mut foo, "n,,", "foo", "wrong");
    sent.is(FAILED);
    let (sent, _) = scram(&mut foo, "n,,", "nobody", "sesame");
    sent.is(FAILED);
    let (sent, verifier) = scram(&mut foo, "n,,", "foo", "sesame");
    assert_eq!(decoded(sent.is("AUTHENTICATE …").text()), verifier);
    foo.ask("AUTHENTICATE +").are(&["900 * * foo :…", "903 * :…"]);
    // Channel binding that the client could do, if it thinks that the server can't.
    scram(&mut foo, "y,,", "foo", "sesame").0.commands(&["AUTHENTICATE"]);
    foo.ask("AUTHENTICATE +").commands(&["900", "903"]);
    foo.register("foo");
}

#[test]
fn nick_user_and_cap_do_not_disturb_an_exchange() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    foo.ask("CAP LS 302");
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    foo.ask("NICK foo").none();
    foo.ask("USER u 0 * :r").none();
    foo.ask("NICK foo").none();
    foo.ask("CAP REQ :server-time").commands(&["CAP"]);
    respond(&mut foo, "\0foo\0sesame");
    foo.sync().are(&["900 * … foo :…", "903 * :…"]);
    foo.send("CAP END");
    foo.welcome();
    foo.ask("WHOIS foo").has("330 foo foo foo :…");
}

#[test]
fn registration_that_completes_in_the_middle_is_906_and_without_account() {
    let server = server();
    server.account("foo", "sesame");
    let mut foo = server.connect();
    foo.ask("CAP LS 302");
    foo.ask("NICK bar").none();
    foo.ask("USER u 0 * :r").none();
    foo.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    foo.send("CAP END");
    let welcome = foo.welcome();
    assert_eq!([&welcome[0].command, &welcome[1].command], ["906", "001"]);
    foo.ask("WHOIS bar").without(&["330"]);
    plain_registered(&mut foo, "bar", "foo", "sesame");
}

/// Logs in a client that is registered.
#[track_caller]
fn plain_registered(client: &mut Client, nick: &str, account: &str, password: &str) {
    let lines = plain(client, account, password);
    let (logged_in, success) =
        (format!("900 {nick} {nick}!… {account} :…"), format!("903 {nick} :SASL authentication successful"));
    lines.has(&logged_in);
    lines.has(&success);
}

#[test]
fn after_registration_success_changes_the_account_and_peers_are_told() {
    let server = server();
    server.account("one", "sesame");
    server.account("two", "sesame");
    let mut watcher = server.client_with("watcher", "account-notify");
    let mut plain_watcher = server.client("plain");
    let mut foo = server.client_with("foo", "account-notify");
    join(&mut [&mut watcher, &mut plain_watcher, &mut foo], "#c");
    plain_registered(&mut foo, "foo", "one", "sesame");
    watcher.sync().is(":foo!… ACCOUNT one");
    plain(&mut foo, "two", "wrong").is("904 foo :…");
    watcher.sync().none();
    plain_registered(&mut foo, "foo", "two", "sesame");
    watcher.sync().is(":foo!… ACCOUNT two");
    plain_watcher.sync().none();
    foo.ask("WHOIS foo").has("330 foo foo two :…");
}

#[test]
fn a_client_certificate_logs_in_by_external() {
    let setup = Setup::default().door("addr = \"tcp://127.0.0.1:0\"").door("addr = \"tls://127.0.0.1:0\"");
    let server = setup.start();
    let certificate = tls::certificate("client.example.org");
    let connect = || Peer::new(tls::connect_as(server.addr(1), &certificate));
    let ask = |peer: &mut Peer, line: &str| {
        peer.send(line);
        peer.sync().join("\n")
    };
    let mut foo = connect();
    foo.register("foo");
    assert!(ask(&mut foo, "REGISTER * * sesame").contains("REGISTER SUCCESS foo :"));
    assert!(ask(&mut foo, "NS CERT ADD").contains("NOTICE foo :"));
    foo.send("QUIT");
    foo.rest();
    let mut foo = connect();
    assert!(ask(&mut foo, "CAP LS 302").contains(" sasl=PLAIN,SCRAM-SHA-256,EXTERNAL"));
    for response in ["+", &encoded("foo"), &encoded("FOO")] {
        assert!(ask(&mut foo, "AUTHENTICATE EXTERNAL").ends_with("AUTHENTICATE +"));
        let told = ask(&mut foo, &format!("AUTHENTICATE {response}"));
        assert!(told.contains(" 900 * * foo :") && told.contains(" 903 * :"), "{told}");
    }
    ask(&mut foo, "AUTHENTICATE EXTERNAL");
    assert!(ask(&mut foo, &format!("AUTHENTICATE {}", encoded("bar"))).contains(" 904 * :"));
    // Another certificate is nobody's.
    let other = tls::certificate("other.example.org");
    let mut bar = Peer::new(tls::connect_as(server.addr(1), &other));
    ask(&mut bar, "AUTHENTICATE EXTERNAL");
    assert!(ask(&mut bar, "AUTHENTICATE +").contains(" 904 * :"));
}

#[test]
fn many_failures_end_the_connection_if_logins_are_throttled() {
    let server = server_with("accounts.login_throttling.enabled = true");
    let mut foo = server.connect();
    for _ in 0..100 {
        foo.send("AUTHENTICATE PLAIN");
        respond(&mut foo, "\0nobody\0wrong");
    }
    let end = foo.rest();
    assert!(end.of("904").len() < 100);
    end.has("ERROR :…");
}
