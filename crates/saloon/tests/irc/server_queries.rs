//! Section 8, Server queries: PING, MOTD, VERSION, TIME, ADMIN, INFO, LINKS, STATS.

use std::fs;

use crate::harness::{server, server_with};
use crate::line::SERVER;

#[test]
fn a_ping_is_answered_with_its_token() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("PING abc").is("PONG irc.example.org :abc");
    foo.ask("PING :with spaces").is("PONG irc.example.org :with spaces");
    foo.ask("ping abc").is("PONG irc.example.org :abc");
}

#[test]
fn a_ping_without_a_token_is_refused() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("PING").is("461 foo PING :…");
    foo.ask("PING :").is("PONG irc.example.org :");
}

#[test]
fn a_pong_is_answered_with_nothing() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("PONG").none();
    foo.ask("PONG abc").none();
    foo.ask("PONG :").none();
}

#[test]
fn the_message_of_the_day_is_shown_line_by_line() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("motd.txt");
    fs::write(&file, "Welcome!\n\nBe kind.\n").expect("written");
    let server = server_with(&format!("server.motd = {:?}", file.to_str().expect("a name")));
    let mut foo = server.client("foo");
    foo.ask("MOTD").are(&[
        "375 foo :…",
        "372 foo :- Welcome!",
        "372 foo :- ",
        "372 foo :- Be kind.",
        "376 foo :…",
    ]);
}

#[test]
fn without_a_message_of_the_day_there_is_422() {
    let server = server();
    server.client("foo").ask("MOTD").is("422 foo :…");
}

#[test]
fn version_is_351_and_what_is_supported() {
    let server = server();
    let mut foo = server.connect();
    let welcome = foo.register("foo");
    let answer = foo.ask("VERSION");
    assert!(answer[0].matches("351 foo … irc.example.org :…"), "{}", answer[0]);
    let lines =
        |lines: Vec<&crate::line::Line>| lines.iter().map(|line| line.raw.clone()).collect::<Vec<_>>();
    assert_eq!(lines(answer.of("005")), lines(welcome.of("005")));
    assert_eq!(answer.len(), 1 + answer.of("005").len());
}

#[test]
fn isupport_is_the_005_lines() {
    let server = server();
    let mut foo = server.client("foo");
    let answer = foo.ask("ISUPPORT");
    assert!(!answer.is_empty() && answer.len() == answer.of("005").len());
}

#[test]
fn time_is_391() {
    let server = server();
    server.client("foo").ask("TIME").is("391 foo irc.example.org :…-…-…");
}

#[test]
fn admin_is_four_lines() {
    let server = server();
    server.client("foo").ask("ADMIN").are(&[
        "256 foo irc.example.org :…",
        "257 foo :…",
        "258 foo :…",
        "259 foo :…",
    ]);
}

#[test]
fn info_ignores_its_parameter() {
    let server = server();
    let mut foo = server.client("foo");
    for line in ["INFO", "INFO irc.example.org", "INFO foo", "INFO nonsense"] {
        let info = foo.ask(line);
        let (end, lines) = info.split_last().expect("lines");
        assert!(end.matches("374 foo :End of INFO list"), "{end}");
        assert!(!lines.is_empty() && lines.iter().all(|line| line.matches("371 foo :…")));
    }
}

#[test]
fn links_name_this_server() {
    let server = server();
    server
        .client("foo")
        .ask("LINKS")
        .are(&[&format!("364 foo {SERVER} {SERVER} :0 example server"), "365 foo * :End of /LINKS list"]);
}

#[test]
fn stats_end_with_the_letter_that_was_asked() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("STATS u").are(&["242 foo :Server Up …", "219 foo u :End of /STATS report"]);
    foo.ask("STATS z").is("219 foo z :End of /STATS report");
    foo.ask("STATS").is("461 foo STATS :…");
}

#[test]
fn banned_addresses_are_for_operators() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("STATS k").are(&["481 foo :…", "219 foo k :…"]);
    foo.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    foo.ask("STATS k").is("219 foo k :…");
}

#[test]
fn an_unknown_command_is_named() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("NONSENSE a b").is("421 foo NONSENSE :Unknown command");
    foo.ask("nonsense").is("421 foo nonsense :Unknown command");
}
