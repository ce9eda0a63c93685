//! Section 18: UTF8ONLY.

use crate::harness::{join, server, server_with};

#[test]
fn a_line_that_is_not_utf8_is_refused_and_not_relayed() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#c");
    for (line, command) in [
        (&b"PRIVMSG #c :hi\xaa"[..], "PRIVMSG"),
        (b"privmsg bar :hi\xaa", "PRIVMSG"),
        (b"NOTICE #c :hi\xff", "NOTICE"),
        (b"TOPIC #c :\xc3\x28", "TOPIC"),
        (b"SETNAME :\xaa", "SETNAME"),
        (b"AWAY :\xaa", "AWAY"),
        (b"NICK \xaa", "NICK"),
        (b"JOIN #\xaa", "JOIN"),
        (b"PART #c :\xaa", "PART"),
        (b"KICK #c bar :\xaa", "KICK"),
        (b"NONSENSE \xaa", "*"),
        (b"\xaa\xbb", "*"),
        (b"@+x=\xaa PRIVMSG #c :hi", "PRIVMSG"),
    ] {
        foo.send(line);
        foo.sync().is(&format!("FAIL {command} INVALID_UTF8 :…"));
        bar.sync().none();
    }
    foo.ask("PRIVMSG bar :still here äöü 👋").none();
    bar.sync().is(":foo!… PRIVMSG bar :still here äöü 👋");
}

#[test]
fn the_refusal_has_the_label_if_it_can_be_read() {
    let server = server();
    let mut foo = server.client_with("foo", "batch echo-message labeled-response");
    foo.send(b"@label=xyz PRIVMSG foo hi\xaa");
    foo.sync().is("@label=xyz FAIL PRIVMSG INVALID_UTF8 :…");
    foo.send(b"@label=x\xaa PRIVMSG foo hi");
    foo.sync().is("@ FAIL PRIVMSG INVALID_UTF8 :…");
}

#[test]
fn during_registration_a_line_that_is_refused_does_not_count() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("NICK foo").none();
    foo.send(b"USER foo 0 * :\xaa");
    foo.sync().is("FAIL USER INVALID_UTF8 :…");
    foo.send("USER foo 0 * :Foo");
    foo.welcome();
    foo.ask("WHOIS foo").has("311 foo foo foo … * :Foo");
}

#[test]
fn without_utf8_only_other_bytes_are_relayed_as_they_are() {
    let server = server_with("server.utf8_only = false");
    let mut foo = server.client("foo");
    let mut bar = server.connect();
    bar.any_bytes();
    assert!(bar.register("bar").of("005").iter().all(|line| !line.raw.contains("UTF8ONLY")));
    foo.send(b"PRIVMSG bar :caf\xe9");
    foo.sync().none();
    bar.sync().is(":foo!… PRIVMSG bar :caf\u{fffd}");
}

#[test]
fn without_utf8_only_a_channel_name_must_still_be_utf8() {
    let server = server_with("server.utf8_only = false");
    let mut foo = server.client("foo");
    foo.any_bytes();
    for line in [&b"JOIN #caf\xe9"[..], b"PRIVMSG #caf\xe9 :hi", b"TOPIC #caf\xe9"] {
        foo.send(line);
        foo.sync().is("403 foo #caf\u{fffd} :…");
    }
    foo.ask("JOIN #café").has(":foo!… JOIN #café");
}

#[test]
fn the_token_says_so() {
    let server = server();
    let mut foo = server.connect();
    let welcome = foo.register("foo");
    assert!(welcome.of("005").iter().any(|line| line.params.iter().any(|token| token == "UTF8ONLY")));
}

#[test]
fn what_is_cut_is_cut_at_a_whole_character() {
    let server = server();
    let mut foo = server.client_with("foo", "setname");
    foo.ask("JOIN #c");
    // Limits are bytes, and none of them is a multiple of three.
    foo.ask(&format!("TOPIC #c :x{}", "€".repeat(140))).commands(&["TOPIC"]);
    foo.ask("TOPIC #c").commands(&["332", "333"]);
    foo.ask(&format!("AWAY :x{}", "€".repeat(140))).commands(&["306"]);
    foo.ask("WHOIS foo").has("301 foo foo :x€…€");
    let mut bar = server.connect();
    bar.send("NICK bar");
    bar.send(format!("USER bar 0 * :x{}", "€".repeat(100)));
    bar.welcome();
    foo.ask("WHOIS bar").has("311 foo bar … … * :x€…€");
}
