//! Section 8, Channels: NAMES and LIST.

use crate::client::Client;
use crate::harness::server;

/// The channels that a `LIST` shows, sorted.
fn listed(client: &mut Client, line: &str) -> Vec<String> {
    let sent = client.ask(line);
    let (Some(first), Some(last)) = (sent.first(), sent.last()) else { sent.complain("expected a list") };
    assert!(first.matches("321 … Channel :Users Name"), "{first}");
    assert!(last.matches("323 … :End of /LIST"), "{last}");
    let rows = &sent[1..sent.len() - 1];
    assert!(rows.iter().all(|line| line.matches("322 … … … :…")), "{rows:?}");
    let mut channels: Vec<String> = rows.iter().map(|line| line.params[1].clone()).collect();
    channels.sort();
    channels
}

#[test]
fn names_shows_the_members_with_their_highest_prefix() {
    let server = server();
    let [mut foo, mut bar, _baz] = server.on_channel(["foo", "bar", "baz"], "#Chan");
    foo.ask("MODE #chan +vh bar bar");
    bar.sync();
    let sent = bar.ask("NAMES #cHAN");
    sent.are(&["353 bar = #Chan :…", "366 bar #cHAN :End of /NAMES list"]);
    assert_eq!(sent.words("353"), ["%bar", "@foo", "baz"]);
    let mut multi = server.client_with("multi", "multi-prefix");
    let sent = multi.ask("NAMES #chan");
    assert_eq!(sent.words("353"), ["%+bar", "@foo", "baz"]);
}

#[test]
fn a_secret_channel_is_shown_to_members_only() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +s");
    foo.ask("NAMES #c").are(&["353 foo @ #c :@foo", "366 foo #c :…"]);
    let mut bar = server.client("bar");
    bar.ask("NAMES #C").is("366 bar #C :…");
}

#[test]
fn names_ends_in_366_whatever_is_asked_for() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("NAMES #none").is("366 foo #none :End of /NAMES list");
    foo.ask("NAMES nochan").is("366 foo nochan :End of /NAMES list");
    foo.ask("NAMES #bad\u{7}").is("366 foo #bad\u{7} :End of /NAMES list");
    foo.ask("NAMES").is("366 foo * :End of /NAMES list");
}

#[test]
fn a_list_of_channels_gets_names_for_each() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #a,#b");
    foo.ask("NAMES #a,#none,#b").are(&[
        "353 foo = #a :@foo",
        "366 foo #a :…",
        "366 foo #none :…",
        "353 foo = #b :@foo",
        "366 foo #b :…",
    ]);
}

#[test]
fn invisible_members_are_shown_only_to_members() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    bar.ask("MODE bar +i");
    assert_eq!(foo.ask("NAMES #c").words("353"), ["@foo", "bar"]);
    let mut baz = server.client("baz");
    baz.ask("NAMES #c").are(&["353 baz = #c :@foo", "366 baz #c :…"]);
    foo.ask("MODE foo +i");
    baz.ask("NAMES #c").is("366 baz #c :…");
    let sent = baz.ask("JOIN #c");
    assert_eq!(sent.words("353"), ["@foo", "bar", "baz"]);
}

#[test]
fn list_tells_name_count_and_topic() {
    let server = server();
    let [mut foo, _bar] = server.on_channel(["foo", "bar"], "#Chan");
    foo.ask("JOIN #other");
    foo.ask("TOPIC #other :the topic");
    let mut baz = server.client("baz");
    let sent = baz.ask("LIST");
    assert_eq!((sent.len(), sent[0].command.as_str(), sent[3].command.as_str()), (4, "321", "323"));
    sent.has("322 baz #Chan 2 :");
    sent.has("322 baz #other 1 :the topic");
    baz.ask("LIST #cHAN").are(&["321 baz Channel :…", "322 baz #Chan 2 :", "323 baz :…"]);
}

#[test]
fn list_is_never_an_error() {
    let server = server();
    let mut foo = server.client("foo");
    for line in [
        "LIST",
        "LIST #none",
        "LIST nochan",
        "LIST >x",
        "LIST C<",
        "LIST :,,",
        "LIST T?5",
        "LIST !",
        "LIST #a,b c d",
    ] {
        assert!(listed(&mut foo, line).is_empty(), "{line}");
    }
}

#[test]
fn secret_channels_are_listed_for_members_only() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +s");
    assert_eq!(listed(&mut foo, "LIST"), ["#c"]);
    let mut bar = server.client("bar");
    assert!(listed(&mut bar, "LIST").is_empty());
    assert!(listed(&mut bar, "LIST #c").is_empty());
}

#[test]
fn list_filters_by_name_and_mask() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #chan1,#chan2,#other,#Third");
    for (line, found) in [
        ("LIST #chan1", &["#chan1"][..]),
        ("LIST #chan1,#OTHER", &["#chan1", "#other"]),
        ("LIST #none", &[]),
        ("LIST *an1", &["#chan1"]),
        ("LIST *an*", &["#chan1", "#chan2"]),
        ("LIST #chan?", &["#chan1", "#chan2"]),
        ("LIST #THI*", &["#Third"]),
        ("LIST *other*,#chan1", &["#chan1", "#other"]),
        ("LIST chan", &[]),
        ("LIST !*an1", &["#Third", "#chan2", "#other"]),
        ("LIST !*an*", &["#Third", "#other"]),
        ("LIST !#other", &["#Third", "#chan1", "#chan2"]),
        ("LIST !*an*,!*other", &["#Third"]),
        ("LIST *an*,!*1", &["#chan2"]),
        ("LIST #chan1,#chan2 !*1", &["#chan2"]),
    ] {
        assert_eq!(listed(&mut foo, line), found, "{line}");
    }
}

#[test]
fn list_filters_by_number_of_members() {
    let server = server();
    let [mut foo, mut bar, mut baz] = server.on_channel(["foo", "bar", "baz"], "#three");
    foo.ask("JOIN #one,#two");
    bar.ask("JOIN #two");
    baz.sync();
    for (line, found) in [
        ("LIST >0", &["#one", "#three", "#two"][..]),
        ("LIST >1", &["#three", "#two"]),
        ("LIST >2", &["#three"]),
        ("LIST >3", &[]),
        ("LIST <1", &[]),
        ("LIST <2", &["#one"]),
        ("LIST <3", &["#one", "#two"]),
        ("LIST >1,<3", &["#two"]),
        ("LIST >0,>1", &["#three", "#two"]),
        ("LIST <3,<9", &["#one", "#two"]),
        ("LIST #t* <3", &["#two"]),
        ("LIST #one,>1", &[]),
    ] {
        assert_eq!(listed(&mut baz, line), found, "{line}");
    }
}

#[test]
fn list_filters_by_age_of_channel_and_topic() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #a,#b");
    foo.ask("TOPIC #b :x");
    for (line, found) in [
        ("LIST C<0", &[][..]),
        ("LIST C>0", &["#a", "#b"]),
        ("LIST C<1000", &["#a", "#b"]),
        ("LIST C>1000", &[]),
        ("LIST T<0", &[]),
        ("LIST T>0", &["#b"]),
        ("LIST T<1000", &["#b"]),
        ("LIST T>1000", &[]),
        ("LIST T<1000,C<1000", &["#b"]),
        ("LIST #a,T<1000", &[]),
    ] {
        assert_eq!(listed(&mut foo, line), found, "{line}");
    }
    foo.ask("TOPIC #b :");
    assert!(listed(&mut foo, "LIST T>0").is_empty());
}

#[test]
fn a_list_of_thousands_of_channels_comes_whole() {
    let server = crate::harness::server_with("channels.max_per_client = 3000");
    let mut foo = server.client("foo");
    for start in (0..3000).step_by(50) {
        let names: Vec<String> = (start..start + 50).map(|n| format!("#{n}")).collect();
        foo.send(format!("JOIN {}", names.join(",")));
    }
    foo.sync();
    let mut bar = server.client("bar");
    let mut all: Vec<String> = (0..3000).map(|n| format!("#{n}")).collect();
    all.sort();
    assert_eq!(listed(&mut bar, "LIST"), all);
    assert_eq!(listed(&mut bar, "LIST #2999"), ["#2999"]);
    assert!(listed(&mut bar, "LIST >1").is_empty());
    assert_eq!(listed(&mut bar, "LIST *77*").len(), all.iter().filter(|name| name.contains("77")).count());
    // What is asked meanwhile is answered behind it.
    bar.raw("LIST\r\nPING behind\r\n");
    let sent = bar.sync();
    assert_eq!(
        (sent.len(), sent[3002].raw.as_str()),
        (3003, ":irc.example.org PONG irc.example.org :behind")
    );
}
