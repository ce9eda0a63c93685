//! Section 25: taking messages back.

use crate::client::Client;
use crate::harness::{Server, join, server};

const CAPS: &str =
    "batch labeled-response echo-message message-tags draft/message-redaction draft/chathistory";

/// Three on `#c`, of whom the first runs it, and the last knows nothing of redaction.
fn scene() -> (Server, [Client; 3]) {
    let server = server();
    let mut clients =
        [server.client_with("foo", CAPS), server.client_with("bar", CAPS), server.client("old")];
    join(&mut clients.each_mut(), "#c");
    (server, clients)
}

/// Says something, and gives back its id.
fn say(client: &mut Client, line: &str) -> String {
    client.sync();
    client.ask(line)[0].tag("msgid").to_owned()
}

#[test]
fn the_author_takes_a_message_back_and_who_knows_that_is_told() {
    let (_server, [mut foo, mut bar, mut old]) = scene();
    let id = say(&mut bar, "PRIVMSG #c :oops");
    foo.sync();
    old.sync();
    let line = format!(":bar!… REDACT #c {id} :a mistake");
    assert_eq!(bar.ask(&format!("@label=x REDACT #c {id} :a mistake")).is(&line).tag("label"), "x");
    foo.sync().is(&line);
    old.sync().none();
    let other = say(&mut bar, "NOTICE #c :again");
    bar.ask(&format!("REDACT #C {other}")).is(&format!(":bar!… REDACT #c {other}"));
}

#[test]
fn operators_of_the_channel_may_and_others_may_not() {
    let (_server, [mut foo, mut bar, _old]) = scene();
    let (his, hers) = (say(&mut bar, "PRIVMSG #c :his"), say(&mut foo, "PRIVMSG #c :hers"));
    bar.sync();
    bar.ask(&format!("REDACT #c {hers}")).is(&format!("FAIL REDACT REDACT_FORBIDDEN #c {hers} :…"));
    foo.sync().none();
    foo.ask(&format!("REDACT #c {his}")).is(&format!(":foo!… REDACT #c {his}"));
}

#[test]
fn in_a_conversation_the_author_may() {
    let (_server, [mut foo, mut bar, _old]) = scene();
    let id = say(&mut foo, "PRIVMSG bar :hi");
    bar.sync();
    bar.ask(&format!("REDACT foo {id}")).is(&format!("FAIL REDACT REDACT_FORBIDDEN foo {id} :…"));
    foo.ask(&format!("REDACT BAR {id}")).is(&format!(":foo!… REDACT bar {id}"));
    bar.sync().is(&format!(":foo!… REDACT bar {id}"));
}

#[test]
fn what_is_not_there_can_not_be_taken_back() {
    let (server, [mut foo, mut bar, _old]) = scene();
    let id = say(&mut foo, "PRIVMSG #c :hi");
    foo.ask("REDACT #c nonsense").is("FAIL REDACT UNKNOWN_MSGID #c nonsense :…");
    foo.ask(&format!("REDACT bar {id}")).is(&format!("FAIL REDACT UNKNOWN_MSGID bar {id} :…"));
    foo.ask(&format!("REDACT #none {id}")).is("FAIL REDACT INVALID_TARGET #none :…");
    foo.ask(&format!("REDACT nobody {id}")).is("FAIL REDACT INVALID_TARGET nobody :…");
    let mut stranger = server.client_with("stranger", CAPS);
    stranger.ask(&format!("REDACT #c {id}")).is("FAIL REDACT INVALID_TARGET #c :…");
    foo.ask(&format!("REDACT #c {id}")).commands(&["REDACT"]);
    foo.ask(&format!("REDACT #c {id}")).is(&format!("FAIL REDACT UNKNOWN_MSGID #c {id} :…"));
    bar.sync();
}

#[test]
fn afterwards_the_history_does_not_show_it() {
    let (_server, [mut foo, ..]) = scene();
    let ids = ["1", "2", "3"].map(|text| say(&mut foo, &format!("PRIVMSG #c :{text}")));
    foo.ask(&format!("REDACT #c {}", ids[1]));
    let answer = foo.ask("CHATHISTORY LATEST #c * 2");
    let texts: Vec<&str> = answer.of("PRIVMSG").iter().map(|line| line.text()).collect();
    assert_eq!(texts, ["1", "3"]);
}
