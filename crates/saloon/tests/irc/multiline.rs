//! Section 24: messages of several lines.

use crate::client::Client;
use crate::harness::{join, server, server_with};

const CAPS: &str = "batch labeled-response echo-message message-tags server-time draft/multiline";

/// Says lines as one message to `#c`.
fn say(client: &mut Client, opening: &str, lines: &[&str]) -> crate::lines::Lines {
    client.send(format!("{opening}BATCH +123 draft/multiline #c"));
    for line in lines {
        match line.strip_prefix('&') {
            Some(joined) => client.send(format!("@batch=123;draft/multiline-concat PRIVMSG #c :{joined}")),
            None => client.send(format!("@batch=123 PRIVMSG #c :{line}")),
        }
    }
    client.ask("BATCH -123")
}

#[test]
fn all_lines_arrive_at_once_as_they_were_cut() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    let mut old = server.client_with("old", "message-tags server-time");
    join(&mut [&mut foo, &mut bar, &mut old], "#c");
    let echo = say(&mut foo, "@label=L;+tag=v ", &["first", "", "third", "&goes on"]);
    echo.are(&[
        "@label=L;+tag=v;msgid=…;time=… :foo!… BATCH … draft/multiline #c",
        "@batch=… :foo!… PRIVMSG #c :first",
        "@batch=… :foo!… PRIVMSG #c :",
        "@batch=… :foo!… PRIVMSG #c :third",
        "@batch=…;draft/multiline-concat :foo!… PRIVMSG #c :goes on",
        "@ :foo!… BATCH …",
    ]);
    let got = bar.sync();
    got.commands(&["BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "PRIVMSG", "BATCH"]);
    let lines = old.sync();
    lines.are(&[
        "@+tag=v;msgid=…;time=… :foo!… PRIVMSG #c :first",
        "@+tag=v;time=… :foo!… PRIVMSG #c :third",
        "@+tag=v;time=… :foo!… PRIVMSG #c :goes on",
    ]);
    for line in [&got[0], &lines[0]] {
        assert_eq!((line.tag("msgid"), line.tag("time")), (echo[0].tag("msgid"), echo[0].tag("time")));
    }
    assert_eq!(lines[2].tag("time"), echo[0].tag("time"));
}

#[test]
fn nothing_arrives_before_the_end() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#c");
    foo.send("BATCH +1 draft/multiline #c");
    foo.ask("@batch=1 PRIVMSG #c :one").none();
    bar.sync().none();
    foo.ask("@batch=1 PRIVMSG #c :two").none();
    foo.ask("BATCH -1").commands(&["BATCH", "PRIVMSG", "PRIVMSG", "BATCH"]);
    bar.sync().are(&[":foo!… PRIVMSG #c :one", ":foo!… PRIVMSG #c :two"]);
}

#[test]
fn limits_are_inclusive_and_told() {
    let server = server_with("limits.multiline = { max_bytes = 10, max_lines = 3 }");
    let mut foo = server.client_with("foo", CAPS);
    foo.ask("JOIN #c");
    say(&mut foo, "", &["123", "567", "90"]).commands(&["BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "BATCH"]);
    say(&mut foo, "@label=x ", &["123", "567", "901"]).is("@label=x FAIL BATCH MULTILINE_MAX_BYTES 10 :…");
    say(&mut foo, "", &["1", "2", "3", "4"]).is("FAIL BATCH MULTILINE_MAX_LINES 3 :…");
    foo.ask("PRIVMSG #c :as usual").is(":foo!… PRIVMSG #c :as usual");
}

#[test]
fn faults_are_told_before_the_end_and_the_rest_is_swallowed() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    foo.ask("JOIN #c");
    for (line, fault) in [
        ("@batch=1 PRIVMSG #d :x", "MULTILINE_INVALID_TARGET #c #d :…"),
        ("@batch=1;draft/multiline-concat PRIVMSG #c :", "MULTILINE_INVALID :…"),
        ("@batch=2 PRIVMSG #c :x", "MULTILINE_INVALID :…"),
        ("@batch=1 TAGMSG #c", "MULTILINE_INVALID :…"),
    ] {
        foo.ask("@label=L BATCH +1 draft/multiline #c").none();
        foo.ask(line).is(&format!("@label=L FAIL BATCH {fault}"));
        foo.ask("@batch=1 PRIVMSG #c :more").none();
        foo.ask("BATCH -1").none();
    }
    say(&mut foo, "", &["", ""]).is("FAIL BATCH MULTILINE_INVALID :…");
    say(&mut foo, "", &[]).is("FAIL BATCH MULTILINE_INVALID :…");
    foo.ask("BATCH +a_b draft/multiline #c").is("FAIL BATCH INVALID_REFTAG a_b :…");
    foo.ask("BATCH +1 other #c").is("FAIL BATCH UNKNOWN_TYPE 1 other :…");
}

#[test]
fn channel_rules_hold_for_the_whole() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client_with("bar", CAPS);
    join(&mut [&mut foo, &mut bar], "#c");
    foo.ask("MODE #c +m");
    bar.sync();
    say(&mut bar, "@label=L ", &["a", "b"]).is("@label=L 404 bar #c :…");
    foo.sync().none();
}

#[test]
fn in_a_history_it_is_one_item() {
    let server = server();
    let mut foo = server.client_with("foo", &format!("{CAPS} draft/chathistory"));
    foo.ask("JOIN #c");
    let echo = say(&mut foo, "", &["a", "", "b"]);
    foo.ask("PRIVMSG #c :c");
    let answer = foo.ask("CHATHISTORY LATEST #c * 2");
    answer.commands(&["BATCH", "BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "BATCH", "PRIVMSG", "BATCH"]);
    assert_eq!(answer[1].tag("msgid"), echo[0].tag("msgid"));
    assert_eq!(answer[1].tag("batch"), answer[5].tag("batch"));
    let mut old = server.client_with("old", "batch message-tags draft/chathistory");
    old.ask("JOIN #c");
    let answer = old.ask("CHATHISTORY LATEST #c * 2");
    answer.commands(&["BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "BATCH"]);
    assert!(answer[1].tags.contains_key("msgid") && !answer[2].tags.contains_key("msgid"));
}
