//! Section 8, HELP and HELPOP.

use crate::client::Client;
use crate::harness::server;

/// All commands there are.
const COMMANDS: [&str; 48] = [
    "ADMIN",
    "AUTHENTICATE",
    "AWAY",
    "CAP",
    "CHGHOST",
    "DIE",
    "HELP",
    "HELPOP",
    "INFO",
    "INVITE",
    "ISON",
    "ISUPPORT",
    "JOIN",
    "KICK",
    "KILL",
    "KLINE",
    "LINKS",
    "LIST",
    "LUSERS",
    "MODE",
    "MONITOR",
    "MOTD",
    "NAMES",
    "NICK",
    "NOTICE",
    "OPER",
    "PART",
    "PASS",
    "PING",
    "PONG",
    "PRIVMSG",
    "QUIT",
    "REHASH",
    "SAMODE",
    "SETNAME",
    "STATS",
    "TAGMSG",
    "TIME",
    "TOPIC",
    "UNKLINE",
    "USER",
    "USERHOST",
    "VERSION",
    "WALLOPS",
    "WEBIRC",
    "WHO",
    "WHOIS",
    "WHOWAS",
];

/// A title, text, a last line, all about the same subject.
fn assert_help(client: &mut Client, line: &str, subjects: &[&str]) {
    let help = client.ask(line);
    let subject = help[0].params[1].clone();
    assert!(subjects.contains(&subject.as_str()), "{}", help[0]);
    let last = help.len() - 1;
    for (at, line) in help.iter().enumerate() {
        let numeric = if at == 0 {
            "704"
        } else if at == last {
            "706"
        } else {
            "705"
        };
        assert!(line.matches(&format!("{numeric} foo {subject} :…")), "{line}");
    }
    assert!(last >= 2, "there is no text");
}

#[test]
fn every_command_has_a_help_text() {
    let server = server();
    let mut foo = server.client("foo");
    for command in COMMANDS {
        assert_help(&mut foo, &format!("HELP {command}"), &[command]);
        let small = command.to_lowercase();
        assert_help(&mut foo, &format!("HELPOP {small}"), &[command, &small]);
    }
}

#[test]
fn help_without_a_subject_is_an_index() {
    let server = server();
    let mut foo = server.client("foo");
    for line in ["HELP", "HELPOP", "HELP :", "HELP *", "HELP index"] {
        assert_help(&mut foo, line, &["*", "index"]);
    }
}

#[test]
fn an_unknown_subject_is_only_524() {
    let server = server();
    let mut foo = server.client("foo");
    for line in ["HELP nonsense", "HELPOP nonsense"] {
        foo.ask(line).is("524 foo nonsense :No help available on this topic");
    }
}
