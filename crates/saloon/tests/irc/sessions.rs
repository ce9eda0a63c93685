//! Section 30: several sessions of one user, and users who stay.

use crate::harness::{join, server, server_with};

#[test]
fn a_second_connection_of_the_account_joins_its_user() {
    let server = server();
    server.account("foo", "sesame");
    let mut watcher = server.client("watcher");
    let (mut one, _) = server.owner("foo", "sesame", "");
    join(&mut [&mut watcher, &mut one], "#c");
    watcher.ask("TOPIC #c :the topic").commands(&["TOPIC"]);
    one.sync();
    let (_two, welcome) = server.owner("foo", "sesame", "");
    let commands: Vec<&str> = welcome.iter().map(|line| line.command.as_str()).collect();
    let end = commands.iter().position(|command| *command == "422").expect("the end of the welcome");
    assert_eq!(commands[end + 1..], ["JOIN", "332", "333", "353", "366"]);
    welcome.has(":foo!… JOIN #c");
    watcher.sync().none();
    one.sync().none();
    watcher.ask("LUSERS").has("251 watcher :There are 2 users and 0 invisible on 1 servers");
}

#[test]
fn every_session_gets_every_line_and_one_that_leaves_is_not_missed() {
    let server = server();
    server.account("foo", "sesame");
    let mut watcher = server.client("watcher");
    let (mut one, _) = server.owner("foo", "sesame", "message-tags server-time");
    let (mut two, _) = server.owner("foo", "sesame", "message-tags server-time echo-message");
    join(&mut [&mut watcher, &mut one], "#c");
    two.sync().has(":foo!… JOIN #c");
    watcher.ask("PRIVMSG foo :hi").none();
    one.sync().is(":watcher!… PRIVMSG foo :hi");
    two.sync().is(":watcher!… PRIVMSG foo :hi");
    let echo = two.ask("PRIVMSG #c :hello").is(":foo!… PRIVMSG #c :hello").clone();
    let seen = one.sync().is(":foo!… PRIVMSG #c :hello").clone();
    assert_eq!((echo.tag("msgid"), echo.tag("time")), (seen.tag("msgid"), seen.tag("time")));
    watcher.sync().is(":foo!… PRIVMSG #c :hello");
    one.ask("PRIVMSG #c :again").none();
    two.sync().is(":foo!… PRIVMSG #c :again");
    watcher.sync().commands(&["PRIVMSG"]);
    one.ask("NICK bar").is(":foo!… NICK bar");
    two.sync().is(":foo!… NICK bar");
    watcher.sync().is(":foo!… NICK bar");
    one.send("QUIT :one");
    one.rest().commands(&["QUIT", "ERROR"]);
    watcher.sync().none();
    two.sync().none();
    two.send("QUIT :two");
    two.rest();
    watcher.sync().is(":bar!… QUIT :…");
}

#[test]
fn away_only_if_all_are() {
    let server = server();
    server.account("foo", "sesame");
    let mut watcher = server.client_with("watcher", "away-notify");
    let (mut one, _) = server.owner("foo", "sesame", "");
    let (mut two, _) = server.owner("foo", "sesame", "");
    join(&mut [&mut watcher, &mut one], "#c");
    one.ask("AWAY :gone").commands(&["306"]);
    watcher.sync().none();
    two.sync();
    two.ask("AWAY :gone too").commands(&["306"]);
    watcher.sync().is(":foo!… AWAY :gone too");
    one.ask("AWAY").commands(&["305"]);
    watcher.sync().is(":foo!… AWAY");
}

#[test]
fn multiclient_off_gives_the_second_connection_433() {
    let server = server();
    server.account("foo", "sesame");
    let (mut one, _) = server.owner("foo", "sesame", "");
    one.ask("NS SET MULTICLIENT OFF").commands(&["NOTICE"]);
    let mut two = server.logging_in("foo", "sesame", "");
    two.send("NICK foo");
    two.send("USER u 0 * :r");
    two.ask("CAP END").is("433 * foo :…");
    one.ask("NS SET MULTICLIENT ON").commands(&["NOTICE"]);
    two.send("NICK foo");
    two.welcome();
}

#[test]
fn who_is_always_on_stays_until_that_is_undone() {
    let server = server();
    server.account("foo", "sesame");
    let mut watcher = server.client("watcher");
    let (mut foo, _) = server.owner("foo", "sesame", "");
    join(&mut [&mut foo, &mut watcher], "#c");
    foo.ask("NS SET ALWAYS-ON TRUE").commands(&["NOTICE"]);
    foo.send("QUIT");
    foo.rest();
    watcher.sync().none();
    assert!(watcher.ask("NAMES #c").words("353").contains(&"@foo"));
    let (mut foo, welcome) = server.owner("foo", "sesame", "");
    welcome.has(":foo!… JOIN #c");
    foo.ask("NS SET ALWAYS-ON FALSE").commands(&["NOTICE"]);
    foo.send("QUIT");
    foo.rest();
    watcher.sync().is(":foo!… QUIT :…");
}

#[test]
fn who_is_always_on_is_there_again_after_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let keys = format!("datastore.path = {:?}", dir.path().join("data"));
    let first = server_with(&keys);
    first.account("foo", "sesame");
    let (mut foo, _) = first.owner("foo", "sesame", "");
    foo.ask("JOIN #c");
    foo.ask("NS SET ALWAYS-ON TRUE").commands(&["NOTICE"]);
    first.signal("-TERM");
    first.stopped();
    let second = server_with(&keys);
    let mut watcher = second.client("watcher");
    watcher.ask("JOIN #c");
    assert!(watcher.ask("NAMES #c").words("353").contains(&"@foo"));
    let (_foo, welcome) = second.owner("foo", "sesame", "");
    welcome.has(":foo!… JOIN #c");
    watcher.sync().none();
}
