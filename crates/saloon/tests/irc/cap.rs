//! Section 10: capability negotiation.

use crate::harness::{server, server_with};
use crate::lines::Lines;

/// What is offered without accounts and history, in the order it is offered.
const OFFERED: [&str; 18] = [
    "account-notify",
    "account-tag",
    "away-notify",
    "batch",
    "cap-notify",
    "chghost",
    "echo-message",
    "extended-join",
    "extended-monitor",
    "invite-notify",
    "labeled-response",
    "message-tags",
    "multi-prefix",
    "no-implicit-names",
    "server-time",
    "setname",
    "standard-replies",
    "userhost-in-names",
];

/// The names in lines that all but the last have a star before the list.
fn names<'a>(answer: &'a Lines, subcommand: &str) -> Vec<&'a str> {
    let last = answer.len() - 1;
    let mut names = Vec::new();
    for (at, line) in answer.iter().enumerate() {
        let star = if at < last { " *" } else { "" };
        assert!(line.matches(&format!("CAP … {subcommand}{star} :…")), "{line}");
        names.extend(line.text().split(' ').filter(|name| !name.is_empty()));
    }
    names
}

#[test]
fn ls_names_what_there_is() {
    let server = server();
    let mut foo = server.connect();
    let answer = foo.ask("CAP LS 302");
    let names = names(&answer, "LS");
    for name in OFFERED {
        assert!(names.contains(&name), "{name} is missing");
    }
}

#[test]
fn ls_without_a_version_is_one_line_without_values_drafts_and_sts() {
    let server = server_with("sts = { enabled = true, port = 6697 }");
    for line in ["CAP LS", "CAP LS 301", "CAP LS x"] {
        let answer = server.connect().ask(line);
        let only = answer.is("CAP * LS :…");
        for name in OFFERED {
            assert!(only.text().split(' ').any(|offered| offered == name), "{name} is missing");
        }
        assert!(
            only.text().split(' ').all(|name| !name.contains('=') && !name.contains('/') && name != "sts")
        );
    }
}

#[test]
fn a_later_ls_without_version_turns_nothing_off() {
    let server = server_with("sts = { enabled = true, port = 6697 }");
    let mut foo = server.connect();
    foo.ask("CAP LS 307").has("CAP * LS :…sts=port=6697…");
    foo.ask("CAP LS").lacks("CAP * LS :…sts…");
    assert_eq!(names(&foo.ask("CAP LIST"), "LIST"), ["cap-notify"]);
    foo.ask("CAP REQ :-cap-notify").is("CAP * NAK :-cap-notify");
}

#[test]
fn ls_and_req_hold_registration_until_end() {
    let server = server();
    for line in ["CAP LS", "CAP LS 302", "CAP REQ :batch", "CAP REQ :nonsense"] {
        let mut foo = server.connect();
        assert!(foo.ask(line).iter().all(|line| line.command == "CAP"));
        foo.ask("NICK foo").none();
        foo.ask("USER foo 0 * :foo").none();
        foo.ask("PING x").is("PONG irc.example.org :x");
        foo.send("CAP END");
        assert!(foo.welcome()[0].matches("001 foo :…"));
        foo.ask("CAP END").none();
        foo.send("QUIT");
        foo.rest();
    }
}

#[test]
fn list_and_end_hold_nothing() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("CAP LIST").is("CAP * LIST :");
    foo.ask("CAP END").none();
    foo.register("foo");
}

#[test]
fn cap_is_accepted_at_any_time() {
    let server = server();
    let mut foo = server.client("foo");
    assert!(names(&foo.ask("CAP LS 302"), "LS").contains(&"server-time"));
    foo.ask("CAP REQ :server-time").is("CAP foo ACK :server-time");
    foo.ask("NICK bar").is("@time=… :foo!… NICK :bar");
    foo.ask("cap list").is("CAP bar LIST :cap-notify server-time");
}

#[test]
fn list_names_what_is_on() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("CAP REQ :server-time echo-message").is("CAP * ACK :server-time echo-message");
    let answer = foo.ask("CAP LIST");
    let mut on = names(&answer, "LIST");
    on.sort_unstable();
    assert_eq!(on, ["echo-message", "server-time"]);
    foo.ask("CAP REQ :-server-time").is("CAP * ACK :-server-time");
    foo.ask("CAP LIST").is("CAP * LIST :echo-message");
    foo.ask("CAP REQ :-echo-message").is("CAP * ACK :-echo-message");
    foo.ask("CAP LIST").is("CAP * LIST :");
}

#[test]
fn a_request_is_acknowledged_or_refused_whole_and_exactly_as_written() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("CAP LS 302");
    for list in [
        "foo",
        "foo qux bar baz qux quux",
        "foo multi-prefix bar",
        "multi-prefix bar",
        "-foo",
        "Multi-Prefix",
        "multi-prefix=x",
    ] {
        foo.ask(&format!("CAP REQ :{list}")).is(&format!("CAP * NAK :{list}"));
    }
    foo.ask("CAP LIST").is("CAP * LIST :cap-notify");
    for list in ["userhost-in-names multi-prefix", "multi-prefix", "-multi-prefix batch", "-multi-prefix"] {
        foo.ask(&format!("CAP REQ :{list}")).is(&format!("CAP * ACK :{list}"));
    }
    foo.ask("CAP REQ multi-prefix").is("CAP * ACK :multi-prefix");
}

#[test]
fn cap_notify_can_be_requested_and_not_turned_off_with_302() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("CAP REQ :cap-notify").is("CAP * ACK :cap-notify");
    foo.ask("CAP REQ :-cap-notify").is("CAP * ACK :-cap-notify");
    foo.ask("CAP LS 302");
    foo.ask("CAP REQ :cap-notify").is("CAP * ACK :cap-notify");
    foo.ask("CAP REQ :-cap-notify");
    foo.ask("CAP LIST").is("CAP * LIST :cap-notify");
}

#[test]
fn changes_take_effect_with_the_acknowledgement() {
    let server = server();
    let mut foo = server.client_with("foo", "server-time message-tags labeled-response batch");
    foo.ask("@label=a CAP REQ :-labeled-response").is("@label=a CAP foo ACK :-labeled-response");
    foo.ask("@label=b CAP REQ :labeled-response").is("@ CAP foo ACK :labeled-response");
    foo.ask("@label=c CAP LIST").commands(&["CAP"]).has("@label=c CAP foo LIST :…");
    foo.ask("NICK one").is("@time=…;msgid=… :foo!… NICK :one");
    foo.ask("CAP REQ :-server-time").commands(&["CAP"]);
    foo.ask("NICK two").is("@msgid=… :one!… NICK :two");
    foo.ask("CAP REQ :-message-tags").commands(&["CAP"]);
    assert!(!foo.ask("NICK three").is(":two!… NICK :three").tagged);
}

#[test]
fn the_order_of_requests_does_not_matter() {
    let server = server();
    let orders = ["message-tags server-time echo-message", "echo-message server-time message-tags"];
    for (nick, order) in ["one", "two"].into_iter().zip(orders) {
        let mut foo = server.client_with(nick, order);
        for name in order.split(' ') {
            foo.ask(&format!("CAP REQ :{name}")).is(&format!("CAP {nick} ACK :{name}"));
        }
        let sent = foo.ask(&format!("@+x=y PRIVMSG {nick} :hi"));
        sent.are(&["@time=…;msgid=…;+x=y :… PRIVMSG … :hi"; 2]);
    }
}

#[test]
fn an_unknown_subcommand_is_410() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("CAP NONSENSE").is("410 * NONSENSE :Invalid CAP command");
    foo.ask("CAP").is("410 * * :…");
    foo.register("foo");
    foo.ask("CAP NONSENSE").is("410 foo NONSENSE :…");
}

#[test]
fn no_implicit_names_is_known_by_its_former_name_too() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("CAP REQ :draft/no-implicit-names").is("CAP foo ACK :draft/no-implicit-names");
    foo.ask("JOIN #c").is(":foo!… JOIN #c");
}
