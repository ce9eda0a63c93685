//! Section 8, Messages: PRIVMSG, NOTICE, TAGMSG, and whom they reach.

use crate::harness::{join, server};

#[test]
fn a_message_is_delivered_once_to_each_target() {
    let server = server();
    let [mut foo, mut bar, mut baz] = server.on_channel(["foo", "bar", "baz"], "#c");
    foo.ask("PRIVMSG #c,bar :hi").none();
    bar.sync().are(&[":foo!foousr@… PRIVMSG #c :hi", ":foo!foousr@… PRIVMSG bar :hi"]);
    baz.sync().is(":foo!foousr@… PRIVMSG #c :hi");
    foo.ask("NOTICE bar,#c :there").none();
    bar.sync().are(&[":foo!… NOTICE bar :there", ":foo!… NOTICE #c :there"]);
    baz.sync().is(":foo!… NOTICE #c :there");
}

#[test]
fn the_target_is_shown_in_its_own_case() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "Bar"], "#Chan");
    foo.ask("PRIVMSG #cHAN,bAR :hi").none();
    bar.sync().are(&[":foo!… PRIVMSG #Chan :hi", ":foo!… PRIVMSG Bar :hi"]);
}

#[test]
fn no_target_is_411() {
    let server = server();
    let mut foo = server.client_with("foo", "message-tags");
    foo.ask("PRIVMSG").is("411 foo :No recipient given (PRIVMSG)");
    foo.ask("PRIVMSG :").is("411 foo :No recipient given (PRIVMSG)");
    foo.ask("privmsg").is("411 foo :No recipient given (PRIVMSG)");
    foo.ask("@+a TAGMSG").commands(&["411"]);
}

#[test]
fn no_text_is_412_and_nothing_is_delivered() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    for line in ["PRIVMSG #c", "PRIVMSG bar", "PRIVMSG #c :", "PRIVMSG bar :"] {
        foo.ask(line).is("412 foo :No text to send");
    }
    foo.ask("NOTICE bar :").none();
    bar.sync().none();
}

#[test]
fn unknown_targets_are_401_and_403() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("PRIVMSG bar :hi").is("401 foo bar :No such nick/channel");
    foo.ask("PRIVMSG #c :hi").is("403 foo #c :No such channel");
    foo.ask("PRIVMSG @#c :hi").commands(&["403"]);
    foo.ask("PRIVMSG :bar baz :hi").commands(&["412"]);
    foo.ask("PRIVMSG +bar :hi").is("401 foo +bar :No such nick/channel");
    foo.ask("PRIVMSG bar,foo,#c :hi").are(&["401 foo bar :…", ":foo!… PRIVMSG foo :hi", "403 foo #c :…"]);
}

#[test]
fn with_n_who_is_not_a_member_is_refused() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    bar.ask("PRIVMSG #c :hi").is("404 bar #c :Cannot send to channel (…)");
    foo.sync().none();
    foo.ask("MODE #c -n");
    bar.ask("PRIVMSG #c :hi").none();
    foo.sync().is(":bar!… PRIVMSG #c :hi");
}

#[test]
fn with_m_only_members_with_a_prefix_speak() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +m");
    bar.ask("PRIVMSG #c :one").are(&[":foo!… MODE #c +m", "404 bar #c :Cannot send to channel (…)"]);
    foo.sync().none();
    for prefix in ["v", "h", "o"] {
        foo.ask(&format!("MODE #c +{prefix} bar"));
        bar.sync();
        bar.ask("PRIVMSG #c :two").none();
        foo.sync().is(":bar!… PRIVMSG #c :two");
        foo.ask(&format!("MODE #c -{prefix} bar"));
        bar.sync();
    }
    bar.ask("PRIVMSG #c :three").is("404 bar #c :…");
    foo.ask("PRIVMSG #c :four").none();
}

#[test]
fn with_m_and_without_n_outsiders_do_not_speak_either() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    foo.ask("MODE #c +m-n");
    bar.ask("PRIVMSG #c :hi").is("404 bar #c :…");
    foo.sync().none();
}

#[test]
fn a_ban_silences_a_member_without_prefix() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +b bar");
    bar.sync();
    bar.ask("PRIVMSG #c :one").is("404 bar #c :Cannot send to channel (…)");
    foo.ask("MODE #c +v bar");
    bar.sync();
    bar.ask("PRIVMSG #c :two").none();
    foo.sync().is(":bar!… PRIVMSG #c :two");
    foo.ask("MODE #c -v bar");
    foo.ask("MODE #c +e bar!*@*");
    bar.sync();
    bar.ask("PRIVMSG #c :three").none();
    foo.sync().is(":bar!… PRIVMSG #c :three");
}

#[test]
fn with_c_no_ctcp_but_action() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("PRIVMSG #c :\u{1}VERSION\u{1}").none();
    bar.sync().is(":foo!… PRIVMSG #c :\u{1}VERSION\u{1}");
    foo.ask("MODE #c +C");
    bar.sync();
    for text in ["\u{1}VERSION\u{1}", "\u{1}PING 12\u{1}", "\u{1}VERSION", "\u{1}ACTIONX\u{1}"] {
        foo.ask(&format!("PRIVMSG #c :{text}")).is("404 foo #c :Cannot send to channel (…)");
    }
    foo.ask("NOTICE #c :\u{1}VERSION x\u{1}").none();
    bar.sync().none();
    foo.ask("PRIVMSG #c :\u{1}ACTION waves\u{1}").none();
    bar.sync().is(":foo!… PRIVMSG #c :\u{1}ACTION waves\u{1}");
    foo.ask("PRIVMSG bar :\u{1}VERSION\u{1}").none();
    bar.sync().commands(&["PRIVMSG"]);
}

#[test]
fn a_notice_never_causes_an_error() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    foo.ask("MODE #c +mC");
    foo.ask("AWAY :gone");
    for line in [
        "NOTICE",
        "NOTICE :",
        "NOTICE foo",
        "NOTICE foo :",
        "NOTICE nobody :x",
        "NOTICE #nochan :x",
        "NOTICE #c :x",
        "NOTICE @#c :x",
        "NOTICE #bad\u{7} :x",
        "NOTICE a,b,c,d,e,f :x",
        "NOTICE foo :\u{1}VERSION\u{1}",
    ] {
        bar.ask(line).none();
    }
    foo.sync().commands(&["NOTICE"]);
}

#[test]
fn an_away_user_is_told_of_by_301_a_channel_not() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    bar.ask("AWAY :out to lunch");
    foo.ask("PRIVMSG bar :hi").is("301 foo bar :out to lunch");
    bar.sync().is(":foo!… PRIVMSG bar :hi");
    foo.ask("PRIVMSG #c :hi").none();
    foo.ask("NOTICE bar :hi").none();
}

#[test]
fn one_may_write_to_oneself() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("PRIVMSG foo :hi").is(":foo!… PRIVMSG foo :hi");
    foo.ask("NOTICE FOO :hi").is(":foo!… NOTICE foo :hi");
}

#[test]
fn targets_beyond_the_limit_are_407() {
    let server = server();
    let mut foo = server.client("foo");
    let mut all = ["a", "b", "c", "d", "e", "f"].map(|nick| server.client(nick));
    foo.ask("PRIVMSG a,b,c,d,e,f :hi").are(&["407 foo e :Too many targets", "407 foo f :Too many targets"]);
    for (at, client) in all.iter_mut().enumerate() {
        assert_eq!(client.sync().len(), usize::from(at < 4));
    }
}

#[test]
fn tagmsg_is_for_clients_with_message_tags() {
    let server = server();
    let mut foo = server.client_with("foo", "message-tags");
    let mut bar = server.client_with("bar", "message-tags");
    let mut baz = server.client("baz");
    join(&mut [&mut foo, &mut bar, &mut baz], "#c");
    foo.ask("@+a=b TAGMSG #c,bar").none();
    bar.sync().are(&[":foo!… TAGMSG #c", ":foo!… TAGMSG bar"]);
    baz.ask("@+a=b TAGMSG #c").is("421 baz TAGMSG :…");
    bar.sync().none();
    foo.ask("@+a TAGMSG nobody").is("401 foo nobody :…");
    foo.ask("@+a TAGMSG #nochan").is("403 foo #nochan :…");
}

#[test]
fn statusmsg_reaches_those_of_that_prefix_or_a_higher_one() {
    let server = server();
    let [mut op, mut half, mut voice, mut none] = server.on_channel(["op", "half", "voice", "none"], "#c");
    op.ask("MODE #c +hv half voice");
    for client in [&mut half, &mut voice, &mut none] {
        client.sync();
    }
    let reached = |target: &str, from: &mut crate::client::Client, to: [&mut crate::client::Client; 3]| {
        from.ask(&format!("PRIVMSG {target} :hi")).none();
        to.map(|client| {
            let sent = client.sync();
            assert!(
                sent.iter().all(|line| line.matches(&format!(":… PRIVMSG {target} :hi"))),
                "{:?}",
                &sent[..]
            );
            sent.len()
        })
    };
    assert_eq!(reached("@#c", &mut none, [&mut op, &mut half, &mut voice]), [1, 0, 0]);
    assert_eq!(reached("%#c", &mut none, [&mut op, &mut half, &mut voice]), [1, 1, 0]);
    assert_eq!(reached("+#c", &mut none, [&mut op, &mut half, &mut voice]), [1, 1, 1]);
    assert_eq!(reached("@+#c", &mut none, [&mut op, &mut half, &mut voice]), [1, 1, 1]);
    assert_eq!(reached("~#c", &mut none, [&mut op, &mut half, &mut voice]), [0, 0, 0]);
    // Not the sender, whatever its rank.
    assert_eq!(reached("@#c", &mut op, [&mut half, &mut voice, &mut none]), [0, 0, 0]);
    assert_eq!(reached("+#c", &mut op, [&mut half, &mut voice, &mut none]), [1, 1, 0]);
    half.ask("NOTICE @#c :psst").none();
    op.sync().is(":half!… NOTICE @#c :psst");
}

#[test]
fn statusmsg_keeps_the_target_as_written() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#Chan");
    bar.ask("PRIVMSG @#cHAN :hi").none();
    foo.sync().is(":bar!… PRIVMSG @#cHAN :hi");
}

#[test]
fn statusmsg_is_for_members() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    foo.ask("MODE #c -n");
    bar.ask("PRIVMSG @#c :hi").commands(&["404"]);
    foo.sync().none();
}

#[test]
fn without_capabilities_a_line_has_no_tags() {
    let server = server();
    let mut foo = server.client_with("foo", "message-tags server-time account-tag");
    let mut bar = server.client("bar");
    foo.ask("@+a=b PRIVMSG bar :hi").none();
    let sent = bar.sync();
    assert!(sent.is(":foo!… PRIVMSG bar :hi").raw.starts_with(":foo!"));
}

#[test]
fn with_r_a_user_refuses_direct_messages_from_those_without_account() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE foo +R").is(":foo!… MODE foo +R");
    bar.ask("PRIVMSG foo :hi").is("477 bar foo :…");
    bar.ask("NOTICE foo :hi").none();
    foo.sync().none();
    bar.ask("PRIVMSG #c :hi").none();
    foo.sync().is(":bar!… PRIVMSG #c :hi");
    foo.ask("PRIVMSG bar :hi").none();
}

#[test]
fn with_m_for_accounts_only_those_with_one_or_a_prefix_speak() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +M");
    bar.sync();
    bar.ask("PRIVMSG #c :no").is("404 bar #c :Cannot send to channel (…)");
    foo.ask("PRIVMSG #c :yes").none();
    foo.ask("MODE #c +v bar");
    bar.sync();
    bar.ask("PRIVMSG #c :yes").none();
    foo.sync().is(":bar!… PRIVMSG #c :yes");
}
