//! Section 12: echo-message, standard replies.

use crate::harness::{join, server};

#[test]
fn a_message_comes_back_as_its_recipients_get_it() {
    let server = server();
    let caps = "echo-message message-tags server-time";
    let mut foo = server.client_with("foo", caps);
    let mut bar = server.client_with("bar", caps);
    join(&mut [&mut foo, &mut bar], "#c");
    for line in
        ["PRIVMSG #c :hi", "NOTICE #c :hi", "TAGMSG #c", "PRIVMSG bar :hi", "NOTICE bar :hi", "TAGMSG bar"]
    {
        let echo = foo.ask(&format!("@+a=b;c=d {line}"));
        let echo = echo.is(&format!("@+a=b;msgid=…;time=… :foo!… {line}"));
        assert_eq!(bar.sync().is(&format!(":foo!… {line}")).raw, echo.raw);
    }
}

#[test]
fn an_echo_is_subject_to_the_capabilities_of_the_sender() {
    let server = server();
    let mut echo = server.client_with("echo", "echo-message");
    let mut time = server.client_with("time", "echo-message server-time");
    let mut all = server.client_with("all", "message-tags");
    join(&mut [&mut echo, &mut time, &mut all], "#c");
    assert!(!echo.ask("@+a=b PRIVMSG #c :hi").is(":echo!… PRIVMSG #c :hi").tagged);
    time.sync();
    time.ask("@+a=b PRIVMSG #c :hi").is("@time=… :time!… PRIVMSG #c :hi");
    all.sync();
    all.ask("PRIVMSG #c :hi").none();
    echo.sync();
    time.sync();
}

#[test]
fn a_refused_message_is_not_echoed() {
    let server = server();
    let mut foo = server.client_with("foo", "echo-message");
    let mut bar = server.client("bar");
    bar.ask("JOIN #c");
    foo.ask("PRIVMSG #c :hi").is("404 foo #c :…");
    foo.ask("NOTICE #c :hi").none();
    foo.ask("PRIVMSG nobody :hi").is("401 foo nobody :…");
    foo.ask("NOTICE nobody :hi").none();
    foo.ask("PRIVMSG bar :").is("412 foo :…");
    foo.ask(&format!("PRIVMSG bar :{}", "x".repeat(490))).is("417 foo :…");
    bar.sync().none();
}

#[test]
fn a_message_to_oneself_comes_twice_with_echo_and_else_once() {
    let server = server();
    let mut foo = server.client_with("foo", "echo-message");
    let mut bar = server.client("bar");
    foo.ask("PRIVMSG foo :hi").are(&[":foo!… PRIVMSG foo :hi"; 2]);
    bar.ask("PRIVMSG bar :hi").is(":bar!… PRIVMSG bar :hi");
}

#[test]
fn an_echo_to_some_members_names_them_as_written() {
    let server = server();
    let mut foo = server.client_with("foo", "echo-message");
    foo.ask("JOIN #c");
    foo.ask("PRIVMSG @#c :hi").is(":foo!… PRIVMSG @#c :hi");
}

#[test]
fn the_target_of_an_echo_is_in_its_own_case() {
    let server = server();
    let mut foo = server.client_with("foo", "echo-message");
    let mut bar = server.client("Bar");
    foo.ask("JOIN #Chan");
    foo.ask("PRIVMSG #chan :hi").is(":foo!… PRIVMSG #Chan :hi");
    foo.ask("PRIVMSG bAR :hi").is(":foo!… PRIVMSG Bar :hi");
    bar.sync().is(":foo!… PRIVMSG Bar :hi");
}

#[test]
fn standard_replies_need_no_capability_and_do_not_replace_numerics() {
    let server = server();
    for (nick, caps) in [("foo", "setname"), ("bar", "standard-replies")] {
        let mut client = server.client_with(nick, caps);
        client.ask("SETNAME :").is("FAIL SETNAME INVALID_REALNAME :…");
        client.ask("SETNAME").is(&format!("461 {nick} SETNAME :…"));
        client.ask("PRIVMSG nobody :x").is(&format!("401 {nick} nobody :…"));
        client.ask("KILL nobody").is(&format!("481 {nick} :…"));
    }
}
