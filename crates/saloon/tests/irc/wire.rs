//! Section 5: lines in, lines out, names.

use crate::harness::{join, server, server_with};

/// A line of this many bytes, CR and LF included.
fn line_of(length: usize, start: &str) -> Vec<u8> {
    let mut line = start.as_bytes().to_vec();
    line.resize(length - 2, b'x');
    line.extend_from_slice(b"\r\n");
    line
}

#[test]
fn a_line_ends_at_lf_and_one_cr_before_it_is_dropped() {
    let server = server();
    let mut foo = server.client("foo");
    foo.raw("PING a\nPING b\r\n\r\n\n   \r\nPING c\n");
    let sent = foo.sync();
    sent.are(&["PONG irc.example.org :a", "PONG irc.example.org :b", "PONG irc.example.org :c"]);
}

#[test]
fn input_may_come_byte_by_byte_cut_inside_a_character() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    for byte in "PRIVMSG #c :h\u{e9}ll\u{f6}\r\n".bytes() {
        foo.raw([byte]);
    }
    foo.sync().none();
    bar.sync().is(":foo!… PRIVMSG #c :héllö");
}

#[test]
fn many_lines_may_come_at_once_and_are_answered_in_order() {
    let server = server();
    let mut foo = server.client("foo");
    let lines: String = (0..500).map(|n| format!("PING {n}\r\n")).collect();
    foo.raw(lines);
    let sent = foo.sync();
    assert!(sent.iter().map(|line| line.text().to_owned()).eq((0..500).map(|n| n.to_string())));
}

#[test]
fn several_spaces_separate_like_one() {
    let server = server();
    let mut foo = server.client("foo");
    let sent = foo.ask("WHOIS  foo  ");
    sent.has("311 foo foo foousr … * :Real foo");
    sent.has("318 foo foo :…");
    foo.ask("   PING    token").is("PONG irc.example.org :token");
}

#[test]
fn a_source_sent_by_a_client_is_ignored() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask(":bar!x@y PRIVMSG #c :it is me").none();
    bar.sync().is(":foo!foousr@… PRIVMSG #c :it is me");
}

#[test]
fn commands_are_case_insensitive() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("join #c").commands(&["JOIN", "353", "366"]);
    foo.ask("pRiVmSg foo :hi").is(":foo!… PRIVMSG foo :hi");
    foo.ask("nick bar").is(":foo!… NICK bar");
}

#[test]
fn names_compare_by_casemapping() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#Chan");
    bar.ask("PRIVMSG #cHAN :hi").none();
    foo.sync().is(":bar!… PRIVMSG #Chan :hi");
    bar.ask("PRIVMSG FOO :hi").none();
    foo.sync().is(":bar!… PRIVMSG foo :hi");
    bar.ask("NICK FOO").is("433 bar FOO :…");
}

#[test]
fn a_trailing_parameter_is_an_ordinary_one() {
    let server = server();
    let mut foo = server.connect();
    foo.send("NICK :foo");
    foo.send("USER foo 0 * realname");
    foo.welcome();
    foo.ask("JOIN :#a").has(":foo!… JOIN #a");
    foo.ask("PRIVMSG foo word").is(":foo!… PRIVMSG foo :word");
    foo.ask("WHOIS :foo").has("311 foo foo foo … * :realname");
}

#[test]
fn a_message_keeps_its_spaces_and_colons() {
    let server = server();
    let mut foo = server.client("foo");
    for text in
        [" two  spaces ", ":colon", " ", "a :b", "\u{1}ACTION waves\u{1}", "\u{2}bold\u{f} \u{3}04red"]
    {
        foo.ask(&format!("PRIVMSG foo :{text}")).is(&format!(":foo!… PRIVMSG foo :{text}"));
    }
}

#[test]
fn a_line_of_512_bytes_is_taken_and_one_of_513_is_417() {
    let server = server();
    let mut foo = server.client("foo");
    foo.raw(line_of(512, "PING "));
    assert_eq!(
        foo.sync().is("PONG irc.example.org :…").params[1].len(),
        512 - 2 - ":irc.example.org PONG irc.example.org :".len()
    );
    foo.raw(line_of(513, "PING "));
    foo.sync().is("417 foo :Input line was too long");
    foo.raw(line_of(4000, "PRIVMSG foo :"));
    foo.sync().is("417 foo :Input line was too long");
}

#[test]
fn tags_of_4096_bytes_are_taken_and_more_is_417() {
    let server = server();
    let mut foo = server.client_with("foo", "message-tags");
    let mut bar = server.client_with("bar", "message-tags");
    let tagged = |length: usize| format!("@+a={} TAGMSG bar", "x".repeat(length - "@+a= ".len()));
    foo.ask(&tagged(4096)).none();
    assert_eq!(bar.sync().is(":foo!… TAGMSG bar").tag("+a").len(), 4096 - 5);
    foo.ask(&tagged(4097)).is("417 foo :Input line was too long");
    bar.sync().none();
}

#[test]
fn both_limits_hold_by_themselves() {
    let server = server();
    let mut foo = server.client_with("foo", "message-tags");
    let tags = format!("@+a={} ", "x".repeat(4091));
    foo.raw([tags.as_bytes(), &line_of(512, "PING ")].concat());
    foo.sync().commands(&["PONG"]);
    foo.raw([tags.as_bytes(), &line_of(513, "PING ")].concat());
    foo.sync().is("417 foo :Input line was too long");
}

#[test]
fn a_line_longer_than_16_kib_ends_the_connection_with_error() {
    let server = server();
    for line in [vec![b'x'; 20_000], line_of(16_400, "PRIVMSG foo :"), line_of(40_000, "@+a=")] {
        let mut foo = server.client("foo");
        foo.raw(line);
        foo.rest().is("ERROR :…");
    }
}

#[test]
fn a_line_with_nul_is_dropped() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("PRIVMSG foo :a\0b").none();
    foo.ask("PRIVMSG foo :ab").is(":foo!… PRIVMSG foo :ab");
}

#[test]
fn unknown_commands_are_421_and_451_before_registration() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("FROBNICATE x").is("451 * :You have not registered");
    foo.ask("JOIN #c").is("451 * :You have not registered");
    foo.ask("PRIVMSG foo :hi").is("451 * :You have not registered");
    foo.register("foo");
    foo.ask("FROBNICATE x").is("421 foo FROBNICATE :Unknown command");
    foo.ask("frobnicate").is("421 foo frobnicate :Unknown command");
    foo.ask(&"A".repeat(100)).commands(&["421"]);
}

#[test]
fn too_few_parameters_are_461() {
    let server = server();
    let mut foo = server.client("foo");
    for command in
        ["JOIN", "PART", "TOPIC", "KICK", "KICK #c", "MODE", "OPER", "OPER x", "KILL", "INVITE foo"]
    {
        let name = command.split(' ').next().unwrap_or_default();
        foo.ask(command).is(&format!("461 foo {name} :Not enough parameters"));
    }
    foo.ask("JOIN :").is("461 foo JOIN :Not enough parameters");
}

#[test]
fn a_relayed_line_that_does_not_fit_is_417_and_reaches_nobody() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    let source = foo.ask("PRIVMSG foo x").is(":foo!… PRIVMSG foo :x").source.clone().unwrap_or_default();
    let room = 512 - 2 - format!(":{source} PRIVMSG #c :").len();
    let fits = "é".repeat(room / 2) + &"x".repeat(room % 2);
    foo.ask(&format!("PRIVMSG #c :{fits}")).none();
    assert_eq!(bar.sync().is(":foo!… PRIVMSG #c :…").text(), fits);
    foo.ask(&format!("PRIVMSG #c :{fits}x")).is("417 foo :Input line was too long");
    foo.ask(&format!("NOTICE #c :{fits}xxx")).none();
    bar.sync().none();
}

#[test]
fn long_topics_reasons_and_away_texts_never_make_a_line_longer_than_512() {
    let server = server();
    let channel = format!("#{}", "c".repeat(63));
    let mut foo = server.client(&"f".repeat(32));
    let mut bar = server.client(&"b".repeat(32));
    join(&mut [&mut foo, &mut bar], &channel);
    let long = "ö".repeat(180);
    foo.ask(&format!("TOPIC {channel} :{long}")).commands(&["TOPIC"]);
    foo.ask(&format!("AWAY :{long}"));
    bar.ask(&format!("PRIVMSG {} :hi", "f".repeat(32))).commands(&["TOPIC", "301"]);
    bar.ask(&format!("PART {channel} :{long}")).commands(&["PART"]);
    bar.ask(&format!("JOIN {channel}")).commands(&["JOIN", "332", "333", "353", "366"]);
    foo.ask(&format!("KICK {channel} {} :{long}", "b".repeat(32)));
    bar.sync().commands(&["KICK"]);
    foo.sync();
}

#[test]
fn every_refusal_keeps_its_parameters_however_long_the_names() {
    let server = server();
    let mut foo = server.client("foo");
    let long = "x".repeat(480);
    foo.ask(&format!("PRIVMSG {long} y")).is("401 foo … :No such nick/channel");
    foo.ask(&format!("NICK {long}")).is("432 foo … :…");
    foo.ask(&format!("JOIN #{long}")).is("403 foo … :No such channel");
    foo.ask(&format!("PART #{long}")).is("403 foo … :No such channel");
    foo.ask(&format!("NAMES #{long}")).is("366 foo … :End of /NAMES list");
    foo.ask(&format!("WHO {long}")).is("315 foo … :End of WHO list");
    foo.ask(&format!("WHOIS {long}")).are(&["401 foo … :…", "318 foo … :…"]);
    foo.ask(&format!("WHOWAS {long}")).are(&["406 foo … :…", "369 foo … :…"]);
    foo.ask(&format!("HELP {long}")).is("524 foo … :…");
    foo.ask(&format!("CAP {long}")).is("410 foo … :…");
    foo.ask("JOIN #c");
    foo.ask(&format!("MODE #c +l {long}")).is("696 foo #c l … :…");
    foo.ask(&format!("MODE #c +o {long}")).is("401 foo … :…");
    foo.ask(&format!("KICK #c {long}")).commands(&["441"]);
    foo.ask(&format!("INVITE {long} #c")).is("401 foo … :…");
    foo.ask(&format!("KILL {long}")).commands(&["481"]);
}

#[test]
fn nicknames_are_of_letters_digits_and_a_few_signs() {
    let server = server();
    let mut foo = server.client("foo");
    for nick in ["a-b", "[x]", "{y}", "a\\b", "a|b", "^a", "`a", "_a", "Z9", &"n".repeat(32)] {
        foo.ask(&format!("NICK {nick}")).is(&format!(":… NICK {nick}"));
    }
    let now = "n".repeat(32);
    for nick in ["9a", "-a", "a!b", "a@b", "a.b", "#a", "*", "a,b", "a:b", "+a", "@a", "é", &"n".repeat(33)]
    {
        foo.ask(&format!("NICK {nick}")).is(&format!("432 {now} {nick} :…"));
    }
    foo.ask("NICK").is(&format!("431 {now} :…"));
    foo.ask("NICK :").is(&format!("431 {now} :…"));
    foo.ask("NICK :a b").is(&format!("432 {now} … :…"));
}

#[test]
fn names_of_services_cannot_be_taken() {
    let server = server();
    let mut foo = server.connect();
    foo.send("USER foo 0 * :foo");
    for nick in ["NickServ", "chanserv"] {
        let sent = foo.ask(&format!("NICK {nick}"));
        assert!(
            ["432", "433"].contains(&sent.is(&format!("{} * {nick} :…", sent[0].command)).command.as_str())
        );
    }
    foo.register("foo");
    for nick in ["NICKSERV", "ChanServ"] {
        let sent = foo.ask(&format!("NICK {nick}"));
        assert!(
            ["432", "433"].contains(&sent.is(&format!("{} foo {nick} :…", sent[0].command)).command.as_str())
        );
    }
}

#[test]
fn channel_names_hold_anything_but_what_separates() {
    let server = server();
    let mut foo = server.client("foo");
    for name in ["#a", "##", "#é", "#a:b", "#!@*?", "#\u{2603}", &format!("#{}", "c".repeat(63))] {
        foo.ask(&format!("JOIN {name}")).are(&[
            &format!(":foo!… JOIN {name}"),
            &format!("353 foo = {name} :@foo"),
            &format!("366 foo {name} :…"),
        ]);
    }
    for name in ["a", "&a", "+a", "!a", "#a\u{7}", &format!("#{}", "c".repeat(64))] {
        foo.ask(&format!("JOIN {name}")).is(&format!("403 foo {name} :No such channel"));
    }
    foo.ask("JOIN :#a b").is("403 foo … :No such channel");
    foo.ask("JOIN foo,&bar,#ok").are(&[
        "403 foo foo :No such channel",
        "403 foo &bar :No such channel",
        ":foo!… JOIN #ok",
        "353 foo = #ok :@foo",
        "366 foo #ok :…",
    ]);
}

#[test]
fn the_host_is_of_few_characters_and_is_no_name() {
    let server = server();
    let mut foo = server.client("foo");
    let sent = foo.ask("WHOIS foo");
    let host = sent.has("311 foo foo foousr … * :Real foo").params[3].clone();
    assert!(host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte)), "{host}");
    assert!(!host.starts_with(':') && !["foo", "foousr", "Real foo"].contains(&host.as_str()), "{host}");
}

#[test]
fn an_ipv6_host_that_begins_with_a_colon_gets_a_zero_in_front() {
    let server = server_with("listen = [{ addr = \"tcp://127.0.0.1:0\", proxy_protocol = true }]");
    let mut foo = server.connect();
    foo.send("PROXY TCP6 ::1 ::1 1000 2000");
    foo.register("foo");
    foo.ask("PRIVMSG foo x").is(":foo!foousr@0::1 PRIVMSG foo x");
}

#[test]
fn masks_are_completed_escaped_and_without_case() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    for (mask, whole) in [
        ("bar", "bar!*@*"),
        ("a@b", "*!a@b"),
        ("a!b", "a!b@*"),
        ("a!b@c", "a!b@c"),
        ("*", "*!*@*"),
        ("a\\*?", "a\\*?!*@*"),
    ] {
        foo.ask(&format!("MODE #c +b {mask}")).is(&format!(":foo!… MODE #c +b {whole}"));
        foo.ask(&format!("MODE #c -b {}", mask.to_uppercase())).is(&format!(":foo!… MODE #c -b {whole}"));
    }
    bar.sync();
    for (mask, silenced) in [
        ("B?R", true),
        ("b*", true),
        ("b?", false),
        ("b\\*", false),
        ("*!BARusr@*", true),
        ("*!bar@*", false),
        ("b\\ar!*@127.*", true),
    ] {
        foo.ask(&format!("MODE #c +b {mask}"));
        bar.sync();
        let sent = bar.ask("PRIVMSG #c :hi");
        assert_eq!(sent.first().map(|line| line.command.as_str()), silenced.then_some("404"), "{mask}");
        foo.ask(&format!("MODE #c -b {mask}"));
    }
}

#[test]
fn the_casemapping_is_that_of_the_configuration() {
    let server = server_with("server.casemapping = \"rfc1459\"");
    let mut foo = server.connect();
    assert!(foo.register("[foo]").of("005").iter().any(|line| line.raw.contains(" CASEMAPPING=rfc1459 ")));
    let mut bar = server.client("bar");
    bar.ask("NICK {FOO}").is("433 bar {FOO} :…");
    foo.ask("JOIN #a^");
    assert_eq!(bar.ask("JOIN #A~").words("353"), ["@[foo]", "bar"]);
}

#[test]
fn bytes_that_are_not_utf_8_are_relayed_unless_it_is_forbidden() {
    let server = server_with("server.utf8_only = false");
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    bar.any_bytes();
    foo.send(b"PRIVMSG #c :caf\xe9");
    foo.sync().none();
    bar.sync().is(":foo!… PRIVMSG #c :caf\u{fffd}");
    foo.any_bytes();
    foo.send(b"NICK caf\xe9");
    foo.sync().is("432 foo … :…");
}

#[test]
fn what_is_cut_is_cut_at_a_whole_character() {
    let server = server_with("limits.topiclen = 21\nlimits.kicklen = 21");
    let [mut foo, _bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("TOPIC #c :éééééééééééééééé").is(":foo!… TOPIC #c :éééééééééé");
    foo.ask("KICK #c bar :éééééééééééééééé").is(":foo!… KICK #c bar :éééééééééé");
}
