//! Section 8, Channels: PART and TOPIC.

use crate::harness::server;

#[test]
fn all_members_see_who_parts_and_why() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    bar.ask("PART #C :good bye").is(":bar!barusr@… PART #c :good bye");
    foo.sync().is(":bar!barusr@… PART #c :good bye");
    bar.ask("PRIVMSG #c :hi").commands(&["404"]);
}

#[test]
fn without_a_reason_there_is_no_second_parameter() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    bar.ask("PART #c").is(":bar!… PART #c");
    foo.sync().is(":bar!… PART #c");
}

#[test]
fn several_channels_are_parted_each_on_its_own() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #a,#b");
    foo.ask("PART #a,#none,#b :bye").are(&[":foo!… PART #a :bye", "403 foo #none :…", ":foo!… PART #b :bye"]);
}

#[test]
fn parting_elsewhere_is_442_and_nowhere_403() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    bar.ask("PART #c").is("442 bar #c :You're not on that channel");
    bar.ask("PART #none").is("403 bar #none :No such channel");
    bar.ask("PART nochan").is("403 bar nochan :No such channel");
    foo.sync().none();
}

#[test]
fn a_topic_is_shown_to_all_members_and_kept() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("TOPIC #C :about this").is(":foo!foousr@… TOPIC #c :about this");
    bar.sync().is(":foo!foousr@… TOPIC #c :about this");
    bar.ask("TOPIC #c").are(&["332 bar #c :about this", "333 bar #c foo… …"]);
    foo.ask("TOPIC #c oneword").is(":foo!… TOPIC #c oneword");
}

#[test]
fn without_a_topic_the_answer_is_331() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("TOPIC #c").is("331 foo #c :No topic is set");
}

#[test]
fn an_empty_topic_clears_it() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("TOPIC #c :x");
    bar.sync();
    let raw = foo.ask("TOPIC #c :").is(":foo!… TOPIC #c :").raw.clone();
    assert!(raw.ends_with("TOPIC #c :"), "{raw}");
    bar.sync().is(":foo!… TOPIC #c :");
    foo.ask("TOPIC #c").is("331 foo #c :…");
}

#[test]
fn with_t_halfop_or_more_is_needed() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    bar.ask("TOPIC #c :x").is("482 bar #c :You're not channel operator");
    foo.ask("MODE #c +v bar");
    bar.sync();
    bar.ask("TOPIC #c :x").is("482 bar #c :You're not channel operator");
    foo.ask("MODE #c +h bar");
    bar.sync();
    bar.ask("TOPIC #c :x").is(":bar!… TOPIC #c :x");
    foo.sync().is(":bar!… TOPIC #c :x");
}

#[test]
fn without_t_any_member_may() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c -t");
    bar.sync();
    bar.ask("TOPIC #c :x").is(":bar!… TOPIC #c :x");
}

#[test]
fn the_topic_of_a_channel_one_is_not_on_is_442_and_of_none_403() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    for modes in ["-t", "+s"] {
        foo.ask(&format!("MODE #c {modes}"));
        bar.ask("TOPIC #c").is("442 bar #c :You're not on that channel");
        bar.ask("TOPIC #c :x").is("442 bar #c :You're not on that channel");
    }
    bar.ask("TOPIC #none").is("403 bar #none :No such channel");
    bar.ask("TOPIC #none :x").is("403 bar #none :No such channel");
    bar.ask("TOPIC nochan").is("403 bar nochan :No such channel");
    foo.sync().none();
}
