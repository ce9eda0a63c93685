//! Section 8, Users: NICK after registration, QUIT, AWAY, USERHOST, ISON.

use crate::harness::{join, server};

#[test]
fn a_new_nickname_is_told_once_to_the_user_and_once_to_each_peer() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#one");
    join(&mut [&mut foo, &mut bar], "#two");
    let mut stranger = server.client("stranger");
    foo.ask("NICK new").is(":foo!foousr@… NICK :new");
    bar.sync().is(":foo!foousr@… NICK :new");
    stranger.sync().none();
    stranger.ask("WHOIS foo").has("401 stranger foo :…");
    bar.ask("PRIVMSG new :hi").none();
    foo.sync().is(":bar!… PRIVMSG new :hi");
}

#[test]
fn a_nickname_that_is_taken_changes_nothing() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("NICK bar").is("433 foo bar :…");
    foo.ask("NICK BAR").is("433 foo BAR :…");
    bar.sync().none();
    foo.ask("PRIVMSG #c :still me").none();
    bar.sync().is(":foo!… PRIVMSG #c :still me");
}

#[test]
fn the_case_of_the_own_nickname_can_be_changed() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("NICK FOO").is(":foo!… NICK :FOO");
    bar.sync().is(":foo!… NICK :FOO");
}

#[test]
fn the_very_same_nickname_gives_no_reply() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("NICK foo").none();
    bar.sync().none();
}

#[test]
fn what_is_no_nickname_is_refused() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("NICK").is("431 foo :…");
    foo.ask("NICK :").is("431 foo :…");
    for bad in ["*", "1foo", "-foo", "fo.o", "fo@o", "foö", &"f".repeat(33)] {
        foo.ask(&format!("NICK {bad}")).is(&format!("432 foo {bad} :…"));
    }
    for service in ["NickServ", "chanserv"] {
        assert!(["432", "433"].contains(&foo.ask(&format!("NICK {service}"))[0].command.as_str()));
    }
    foo.ask(&format!("NICK {}", "f".repeat(32))).commands(&["NICK"]);
}

#[test]
fn a_nickname_is_free_at_once_when_it_was_changed() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    foo.ask("NICK new").commands(&["NICK"]);
    bar.ask("NICK foo").is(":bar!… NICK :foo");
}

#[test]
fn a_quit_is_told_once_to_each_peer_and_to_the_one_who_quits() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#one");
    join(&mut [&mut foo, &mut bar], "#two");
    let mut stranger = server.client("stranger");
    foo.send("QUIT :see you");
    foo.rest().are(&[":foo!foousr@… QUIT :Quit: see you", "ERROR :…"]);
    bar.sync().is(":foo!foousr@… QUIT :Quit: see you");
    stranger.sync().none();
}

#[test]
fn a_quit_needs_no_reason_and_no_colon() {
    let server = server();
    let [mut foo, mut bar, mut baz] = server.on_channel(["foo", "bar", "baz"], "#c");
    foo.send("QUIT");
    foo.rest().are(&[":foo!… QUIT :…", "ERROR :…"]);
    bar.sync().is(":foo!… QUIT :Quit…");
    bar.send("QUIT bye");
    bar.rest().are(&[":bar!… QUIT :Quit: bye", "ERROR :…"]);
    baz.sync().are(&[":foo!… QUIT :…", ":bar!… QUIT :Quit: bye"]);
}

#[test]
fn a_connection_that_just_ends_is_told_with_the_cause() {
    let server = server();
    let [foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.hang_up();
    let line = bar.line();
    assert!(line.matches(":foo!… QUIT :Connection closed"), "{line}");
}

#[test]
fn whoever_has_seen_the_connection_closed_finds_the_departure_done() {
    let server = server();
    let mut bar = server.client("bar");
    bar.ask("MONITOR + foo").is("731 bar :foo");
    for _ in 0..5 {
        let mut foo = server.client("foo");
        bar.sync().is("730 bar :foo!foousr@…");
        foo.send("QUIT");
        foo.rest().commands(&["QUIT", "ERROR"]);
        bar.sync().is("731 bar :foo");
        bar.ask("LUSERS").has("251 bar :There are 1 users and 0 invisible on 1 servers");
        bar.ask("WHOWAS foo 1").commands(&["314", "312", "369"]);
        bar.ask("NICK foo").commands(&["NICK", "730"]);
        bar.ask("NICK bar").commands(&["NICK", "731"]);
    }
}

#[test]
fn away_is_answered_with_exactly_one_line() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("AWAY :gone fishing").is("306 foo :You have been marked as being away");
    foo.ask("AWAY :still").is("306 foo :…");
    foo.ask("AWAY").is("305 foo :You are no longer marked as being away");
    foo.ask("AWAY :x").is("306 foo :…");
    foo.ask("AWAY :").is("305 foo :…");
    foo.ask("AWAY").is("305 foo :…");
}

#[test]
fn who_writes_to_an_away_user_is_told_and_the_message_arrives() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    foo.ask("AWAY :gone fishing").commands(&["306"]);
    bar.ask("PRIVMSG foo :hi").is("301 bar foo :gone fishing");
    bar.ask("NOTICE foo :hi").none();
    foo.sync().commands(&["PRIVMSG", "NOTICE"]);
    foo.ask("AWAY").commands(&["305"]);
    bar.ask("PRIVMSG foo :hi").none();
}

#[test]
fn a_message_to_a_channel_tells_nobody_away() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("AWAY :gone").commands(&["306"]);
    bar.ask("PRIVMSG #c :hi").none();
}

#[test]
fn userhost_marks_operators_and_who_is_away() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    foo.ask("USERHOST foo").is("302 foo :foo=+foousr@127.0.0.1");
    bar.ask("AWAY :x").commands(&["306"]);
    foo.ask("USERHOST BAR none foo").is("302 foo :bar=-barusr@127.0.0.1 foo=+foousr@127.0.0.1");
    bar.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    foo.ask("USERHOST bar").is("302 foo :bar*=-barusr@127.0.0.1");
    foo.ask("USERHOST none").is("302 foo :");
    foo.ask("USERHOST").is("461 foo USERHOST :…");
}

#[test]
fn userhost_takes_five_names_at_most() {
    let server = server();
    let mut foo = server.client("foo");
    let answer = foo.ask("USERHOST foo foo foo foo foo foo foo");
    assert_eq!(answer.words("302").len(), 5);
}

#[test]
fn ison_names_those_who_are_here_as_they_write_themselves() {
    let server = server();
    let mut foo = server.client("Foo");
    let _bar = server.client("bar");
    foo.ask("ISON FOO none bar").is("303 Foo :Foo bar");
    foo.ask("ISON :bar none foo").is("303 Foo :bar Foo");
    foo.ask("ISON none").is("303 Foo :");
    foo.ask("ISON").is("461 Foo ISON :…");
}
