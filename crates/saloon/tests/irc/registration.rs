//! Section 6: from connecting to the end of the welcome.

use std::fs;

use crate::client::Client;
use crate::harness::{server, server_with};
use crate::lines::Lines;

const PASSWORD: &str = "server.password = \"plain:letmein\"\n";

/// What a client is sent in the end, if the password it gave is not right.
fn assert_refused(client: &mut Client) {
    let sent = client.rest();
    let end: Vec<&str> = sent.iter().map(|line| line.command.as_str()).collect();
    assert_eq!(end.last_chunk(), Some(&["464", "ERROR"]), "{end:?}");
    sent.without(&["001"]);
}

/// The numerics of a welcome, those that repeat named once.
fn order(welcome: &Lines) -> Vec<&str> {
    let mut order: Vec<&str> = welcome.iter().map(|line| line.command.as_str()).collect();
    order.dedup();
    order
}

const BURST: [&str; 12] =
    ["001", "002", "003", "004", "005", "251", "252", "253", "254", "255", "265", "266"];

#[test]
fn nothing_is_sent_before_the_first_line() {
    let server = server();
    let mut foo = server.connect();
    // Had anything been sent, it would come before the answer.
    foo.ask("PING 1").is("PONG irc.example.org 1");
}

#[test]
fn the_welcome_comes_in_order_with_nothing_in_between() {
    let server = server();
    let mut foo = server.connect();
    let welcome = foo.register("foo");
    assert_eq!(order(&welcome), [&BURST[..], &["422"]].concat());
    welcome.has("001 foo :Welcome to the ExampleNet Network, foo!foousr@…");
    welcome.has("002 foo :Your host is irc.example.org, running version …");
    welcome.has("003 foo :This server was created …");
    let info = welcome.of("004")[0];
    assert_eq!((info.params[0].as_str(), info.params[1].as_str()), ("foo", "irc.example.org"));
    assert!(welcome.has("002 …oo :…").text().ends_with(&info.params[2]));
    for letters in &info.params[3..] {
        assert!(letters.bytes().all(|byte| byte.is_ascii_alphabetic()), "{letters}");
    }
    assert!("BRiow".chars().all(|mode| info.params[3].contains(mode)));
    assert!("beIklimnstCMqaohv".chars().all(|mode| info.params[4].contains(mode)));
    welcome.has("251 foo :There are 1 users and 0 invisible on 1 servers");
    welcome.has("255 foo :I have 1 clients and 0 servers");
}

#[test]
fn the_welcome_has_the_message_of_the_day_and_then_modes() {
    let dir = tempfile::tempdir().expect("a directory");
    let motd = dir.path().join("motd.txt");
    fs::write(&motd, "Hello\n\nthere\n").expect("a file");
    let server = server_with(&format!("server.motd = {motd:?}\nserver.default_user_modes = \"+iw\""));
    let mut foo = server.connect();
    let welcome = foo.register("foo");
    assert_eq!(order(&welcome), [&BURST[..], &["375", "372", "376", "221"]].concat());
    let lines: Vec<&str> = welcome.of("372").iter().map(|line| line.text()).collect();
    assert_eq!(lines, ["- Hello", "- ", "- there"]);
    welcome.has("221 foo +iw");
    welcome.has("251 foo :There are 0 users and 1 invisible on 1 servers");
}

#[test]
fn cap_pass_nick_and_user_come_in_any_order() {
    let server = server_with(PASSWORD);
    let orders = [
        ["PASS letmein", "NICK a", "USER u 0 * r", "CAP LS 302"],
        ["PASS letmein", "USER u 0 * r", "NICK b", "CAP LS 302"],
        ["CAP LS 302", "NICK c", "PASS letmein", "USER u 0 * r"],
        ["CAP LS 302", "USER u 0 * r", "PASS letmein", "NICK d"],
        ["CAP LS 302", "NICK e", "USER u 0 * r", "PASS letmein"],
        ["NICK f", "PASS letmein", "CAP LS 302", "USER u 0 * r"],
    ];
    for lines in orders {
        let mut client = server.connect();
        for line in lines {
            client.send(line);
        }
        client.send("CAP END");
        client.welcome();
    }
}

#[test]
fn without_the_right_password_it_is_464_and_error() {
    let server = server_with(PASSWORD);
    for lines in [
        &["NICK a", "USER u 0 * r"][..],
        &["PASS wrong", "NICK a", "USER u 0 * r"],
        &["PASS letmein", "PASS wrong", "NICK a", "USER u 0 * r"],
        &["NICK a", "USER u 0 * r", "PASS letmein"],
        &["PASS :", "NICK a", "USER u 0 * r"],
        &["CAP LS 302", "NICK a", "USER u 0 * r", "CAP END"],
    ] {
        let mut client = server.connect();
        for line in lines {
            client.send(line);
        }
        assert_refused(&mut client);
    }
}

#[test]
fn the_464_names_the_client() {
    let server = server_with(PASSWORD);
    let mut foo = server.connect();
    foo.send("PASS wrong");
    foo.send("NICK foo");
    foo.send("USER u 0 * r");
    foo.rest().are(&["464 * :Password incorrect", "ERROR :…"]);
}

#[test]
fn the_last_password_counts_and_later_ones_are_462() {
    let server = server_with(PASSWORD);
    let mut foo = server.connect();
    foo.ask("PASS").is("461 * PASS :Not enough parameters");
    foo.ask("PASS wrong").none();
    foo.ask("PASS letmein").none();
    foo.register("foo");
    foo.ask("PASS letmein").is("462 foo :…");
    foo.ask("USER u 0 * r").is("462 foo :…");
}

#[test]
fn a_right_password_stays_right_when_the_nick_is_taken() {
    let server = server_with(PASSWORD);
    let mut foo = server.connect();
    foo.send("PASS letmein");
    foo.register("foo");
    let mut bar = server.connect();
    bar.send("PASS letmein");
    bar.ask("NICK foo").is("433 * foo :…");
    bar.send("USER u 0 * r");
    bar.send("NICK bar");
    bar.welcome();
}

#[test]
fn an_empty_user_name_or_real_name_is_461() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("NICK foo").none();
    for user in ["USER", "USER foo", "USER foo 0 *", "USER foo 0 * :"] {
        foo.ask(user).is("461 * USER :…");
    }
    foo.send("USER foo 0 * :real name");
    foo.welcome();
    foo.ask("WHOIS foo").has("311 foo foo foo … * :real name");
}

#[test]
fn user_names_lose_what_may_not_be_in_them_and_are_cut() {
    let server = server();
    for (nick, written, user) in [
        ("a", "a!b@c", "abc"),
        ("b", "x._-[]{}|^~9", "x._-[]{}|^~9"),
        ("c", "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrst"),
        ("d", "a*b?c", "abc"),
    ] {
        let mut client = server.connect();
        client.send(format!("NICK {nick}"));
        client.send(format!("USER {written} 0 * :r"));
        client.welcome();
        client.ask(&format!("WHOIS {nick}")).has(&format!("311 {nick} {nick} {user} … * :r"));
    }
}

#[test]
fn a_user_name_with_nothing_valid_in_it_is_468() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("NICK foo").none();
    foo.ask("USER !@* 0 * :r").is("468 * :…");
    foo.ask("USER é 0 * :r").is("468 * :…");
    foo.send("USER ok 0 * :r");
    foo.welcome();
}

#[test]
fn the_later_user_counts() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("USER one x y :first").none();
    foo.ask("USER two x y :second").none();
    foo.send("NICK foo");
    foo.welcome();
    foo.ask("WHOIS foo").has("311 foo foo two … * :second");
}

#[test]
fn the_later_nick_counts() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("NICK one").none();
    foo.ask("NICK two").none();
    foo.send("USER u 0 * :r");
    foo.welcome().has("001 two :Welcome to the ExampleNet Network, two!u@…");
    server.client("one");
}

#[test]
fn the_nick_of_a_registered_user_is_433_at_once() {
    let server = server();
    let _foo = server.client("foo");
    let mut bar = server.connect();
    bar.ask("NICK foo").is("433 * foo :…");
    bar.ask("NICK FOO").is("433 * FOO :…");
    bar.ask("USER u 0 * :r").none();
    bar.ask("NICK foo").is("433 * foo :…");
    bar.ask("JOIN #c").is("451 * :…");
    bar.send("NICK bar");
    bar.welcome();
}

#[test]
fn of_two_that_ask_for_a_free_nick_the_first_to_complete_gets_it() {
    let server = server();
    let (mut one, mut two) = (server.connect(), server.connect());
    one.ask("NICK foo").none();
    two.ask("NICK foo").none();
    two.send("USER u 0 * :r");
    two.welcome();
    one.ask("USER u 0 * :r").is("433 * foo :…");
    one.ask("JOIN #c").is("451 * :…");
    one.send("NICK bar");
    one.welcome();
}

#[test]
fn a_nick_held_without_registering_reserves_nothing() {
    let server = server();
    let mut one = server.connect();
    one.ask("NICK foo").none();
    let mut foo = server.client("foo");
    foo.ask("NICK bar").is(":foo!… NICK bar");
    // It is free again, and the one who asked for it first may complete.
    one.send("USER u 0 * :r");
    one.welcome();
}

#[test]
fn bad_nicks_are_refused_before_registration_too() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("NICK").is("431 * :…");
    foo.ask("NICK :").is("431 * :…");
    for nick in ["*", "1a", "a!b", &"n".repeat(33)] {
        foo.ask(&format!("NICK {nick}")).is(&format!("432 * {nick} :…"));
    }
    foo.ask("NICK \u{1f600}").is("432 * \u{1f600} :…");
    foo.ask("USER u 0 * :r").none();
}

#[test]
fn ping_and_pong_are_answered_before_registration_and_while_negotiating() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("PING token").is("PONG irc.example.org :token");
    foo.ask("PING").without(&["451"]).commands(&["461"]);
    foo.ask("PONG token").none();
    foo.ask("CAP LS 302").without(&["451"]);
    foo.ask("PING :two words").is("PONG irc.example.org :two words");
    foo.ask("NICK foo").none();
    foo.ask("USER u 0 * :r").none();
    foo.ask("PING 3").is("PONG irc.example.org :3");
    foo.ask("AUTHENTICATE PLAIN").without(&["451"]);
    foo.send("CAP END");
    foo.welcome();
}

#[test]
fn quit_before_registration_is_answered_with_error() {
    let server = server();
    for line in ["QUIT", "QUIT :bye"] {
        let mut foo = server.connect();
        foo.ask("NICK foo").none();
        foo.send(line);
        foo.rest().is("ERROR :…");
    }
}

#[test]
fn negotiation_holds_registration_until_it_ends() {
    let server = server();
    let mut foo = server.connect();
    foo.send("CAP REQ :server-time");
    foo.send("NICK foo");
    foo.send("USER u 0 * :r");
    foo.sync().without(&["001"]).commands(&["CAP"]);
    foo.send("CAP END");
    foo.welcome();
    foo.ask("CAP END").none();
}
