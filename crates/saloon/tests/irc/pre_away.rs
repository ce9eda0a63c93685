//! Section 29: away before registration, and 005 in batches.

use crate::harness::{join, server};
use crate::lines::Lines;

#[test]
fn with_the_capability_away_is_taken_before_registration() {
    let server = server();
    let mut watcher = server.client_with("watcher", "away-notify");
    watcher.ask("JOIN #c");
    let mut foo = server.connect();
    foo.ask("CAP LS 302");
    foo.ask("AWAY :too early").is("451 * :…");
    foo.ask("CAP REQ :draft/pre-away").is("CAP * ACK :draft/pre-away");
    foo.ask("AWAY :gone").is("306 * :…");
    foo.ask("AWAY").is("305 * :…");
    foo.ask("AWAY :gone again").is("306 * :…");
    foo.send("CAP END");
    foo.register("foo");
    foo.ask("JOIN #c");
    watcher.sync().are(&[":foo!… JOIN #c", ":foo!… AWAY :gone again"]);
    watcher.ask("PRIVMSG foo :hi").is("301 watcher foo :gone again");
}

#[test]
fn a_star_is_absence_without_a_reason_and_gives_way_to_one() {
    let server = server();
    server.account("foo", "sesame");
    let mut watcher = server.client_with("watcher", "away-notify");
    let (mut one, _) = server.owner("foo", "sesame", "");
    let (mut two, _) = server.owner("foo", "sesame", "draft/pre-away");
    join(&mut [&mut watcher, &mut one], "#c");
    two.sync();
    one.ask("AWAY :a real reason").commands(&["306"]);
    two.ask("AWAY *").commands(&["306"]);
    watcher.sync().is(":foo!… AWAY :a real reason");
    watcher.ask("PRIVMSG foo :hi").is("301 watcher foo :a real reason");
}

/// All 005 are in one batch.
#[track_caller]
fn assert_batched(told: &Lines) {
    let batch = told.has("BATCH +… draft/isupport");
    let reference = batch.params[0].trim_start_matches('+');
    let tokens = told.of("005");
    assert!(!tokens.is_empty() && tokens.iter().all(|line| line.tag("batch") == reference));
    told.has(&format!("BATCH -{reference}"));
}

#[test]
fn isupport_is_told_before_registration_and_in_batches() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("CAP LS 302");
    foo.ask("ISUPPORT").is("451 * :…");
    foo.ask("CAP REQ :draft/extended-isupport").commands(&["CAP"]);
    let told = foo.ask("ISUPPORT");
    assert!(!told.is_empty() && told.iter().all(|line| line.matches("005 * … :…") || line.command == "005"));
    foo.ask("CAP REQ :batch").commands(&["CAP"]);
    assert_batched(&foo.ask("ISUPPORT"));
    foo.send("CAP END");
    assert_batched(&foo.register("foo"));
    assert_batched(&foo.ask("ISUPPORT"));
    assert_batched(&foo.ask("VERSION"));
}

#[test]
fn history_is_announced_by_its_tokens() {
    let server = server();
    let mut foo = server.connect();
    let tokens: Vec<String> =
        foo.register("foo").of("005").iter().flat_map(|line| line.params.clone()).collect();
    assert!(tokens.iter().any(|token| token == "CHATHISTORY=100"), "{tokens:?}");
    assert!(tokens.iter().any(|token| token == "MSGREFTYPES=msgid,timestamp"), "{tokens:?}");
}
