//! Section 7: the tokens of 005.

use std::collections::BTreeMap;

use crate::harness::{server, server_with};
use crate::lines::Lines;

/// The tokens and their values.
fn tokens(lines: &Lines) -> BTreeMap<String, Option<String>> {
    let mut tokens = BTreeMap::new();
    for line in lines.of("005") {
        assert!(line.params.len() >= 3, "at least one token: {line}");
        assert!(line.params.len() - 2 <= 13, "at most 13 tokens: {line}");
        assert_eq!(line.text(), "are supported by this server");
        assert!(line.raw.is_ascii(), "ASCII only: {line}");
        for token in &line.params[1..line.params.len() - 1] {
            let (key, value) = match token.split_once('=') {
                Some((key, value)) => (key, Some(value.to_owned())),
                None => (token.as_str(), None),
            };
            assert!(value.as_ref().is_none_or(|value| !value.contains('=')), "no = inside a value: {token}");
            assert!(tokens.insert(key.to_owned(), value).is_none(), "{key} is there twice");
        }
    }
    tokens
}

#[test]
fn the_tokens_are_those_of_the_table() {
    let server = server();
    let tokens = tokens(&server.connect().register("foo"));
    for (key, value) in [
        ("ACCOUNTEXTBAN", Some("a")),
        ("AWAYLEN", Some("390")),
        ("BOT", Some("B")),
        ("CASEMAPPING", Some("ascii")),
        ("CHANLIMIT", Some("#:100")),
        ("CHANMODES", Some("beI,k,l,CMimnst")),
        ("CHANNELLEN", Some("64")),
        ("CHANTYPES", Some("#")),
        ("ELIST", Some("CMNTU")),
        ("EXCEPTS", None),
        ("EXTBAN", Some(",am")),
        ("INVEX", None),
        ("KICKLEN", Some("390")),
        ("MAXLIST", Some("beI:100")),
        ("MODES", None),
        ("MONITOR", Some("100")),
        ("NAMELEN", Some("150")),
        ("NETWORK", Some("ExampleNet")),
        ("NICKLEN", Some("32")),
        ("PREFIX", Some("(qaohv)~&@%+")),
        ("SAFELIST", None),
        ("STATUSMSG", Some("~&@%+")),
        ("TOPICLEN", Some("390")),
        ("USERLEN", Some("20")),
        ("WHOX", None),
    ] {
        assert_eq!(tokens.get(key).map(Option::as_deref), Some(value), "{key}");
    }
    for key in ["CLIENTTAGDENY", "draft/ACCOUNTREQUIRED"] {
        assert!(!tokens.contains_key(key), "{key} is left out");
    }
}

#[test]
fn targmax_is_as_the_brief_has_it() {
    let server = server();
    let tokens = tokens(&server.connect().register("foo"));
    let targmax = tokens["TARGMAX"].as_deref();
    assert_eq!(
        targmax,
        Some(
            "ACCEPT:,JOIN:,KICK:,LIST:,MONITOR:100,NAMES:1,NOTICE:4,PART:,PRIVMSG:4,TAGMSG:4,USERHOST:5,WHOIS:1"
        )
    );
}

#[test]
fn the_tokens_follow_the_configuration() {
    let server = server_with(
        "limits.nicklen = 20\nlimits.userlen = 9\nlimits.realnamelen = 99\nlimits.channellen = 30\n\
         limits.awaylen = 101\nlimits.kicklen = 102\nlimits.topiclen = 103\nlimits.monitor_entries = 7\n\
         limits.chan_list_modes = 8\nchannels.max_per_client = 5\nserver.utf8_only = true",
    );
    let tokens = tokens(&server.connect().register("foo"));
    for (key, value) in [
        ("NICKLEN", "20"),
        ("USERLEN", "9"),
        ("NAMELEN", "99"),
        ("CHANNELLEN", "30"),
        ("AWAYLEN", "101"),
        ("KICKLEN", "102"),
        ("TOPICLEN", "103"),
        ("MONITOR", "7"),
        ("MAXLIST", "beI:8"),
        ("CHANLIMIT", "#:5"),
    ] {
        assert_eq!(tokens[key].as_deref(), Some(value), "{key}");
    }
    assert_eq!(tokens.get("UTF8ONLY"), Some(&None));
}

#[test]
fn utf8only_is_there_only_when_it_holds() {
    let server = server_with("server.utf8_only = false");
    assert!(!tokens(&server.connect().register("foo")).contains_key("UTF8ONLY"));
}

#[test]
fn version_and_isupport_send_the_tokens_again() {
    let server = server();
    let mut foo = server.connect();
    let welcome = tokens(&foo.register("foo"));
    let sent = foo.ask("VERSION");
    assert_eq!(sent[0].command, "351");
    sent.has("351 foo … irc.example.org :…");
    assert!(sent[1..].iter().all(|line| line.command == "005"));
    assert_eq!(tokens(&sent), welcome);
    let sent = foo.ask("ISUPPORT");
    assert!(sent.iter().all(|line| line.command == "005"));
    assert_eq!(tokens(&sent), welcome);
}

#[test]
fn limits_hold_where_they_are_announced() {
    let server = server_with(
        "limits.topiclen = 20\nlimits.kicklen = 10\nlimits.awaylen = 5\nlimits.nicklen = 9\nlimits.channellen = 12",
    );
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("TOPIC #c :aaaaaaaaaaaaaaaaaaaaaaaaaaa").is(":foo!… TOPIC #c aaaaaaaaaaaaaaaaaaaa");
    bar.sync();
    bar.ask("AWAY :abcdefgh");
    foo.ask("PRIVMSG bar x").is("301 foo bar abcde");
    foo.ask("KICK #c bar :0123456789abc").is(":foo!… KICK #c bar 0123456789");
    foo.ask("NICK abcdefghij").is("432 foo abcdefghij :…");
    foo.ask("NICK abcdefghi").is(":foo!… NICK abcdefghi");
    foo.ask("JOIN #23456789abcd").is("403 abcdefghi #23456789abcd :…");
    foo.ask("JOIN #23456789abc").has(":… JOIN #23456789abc");
}
