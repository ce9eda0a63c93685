//! Section 8, Channels: JOIN.

use crate::harness::{server, server_with};

#[test]
fn who_creates_a_channel_is_its_operator_and_is_told_nothing_else() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #c").are(&[
        ":foo!foousr@… JOIN #c",
        "353 foo = #c :@foo",
        "366 foo #c :End of /NAMES list",
    ]);
    foo.ask("MODE #c").are(&["324 foo #c +nt", "329 foo #c …"]);
}

#[test]
fn default_modes_are_those_of_the_configuration() {
    let server = server_with("channels.default_modes = \"+ms\"");
    let mut foo = server.client("foo");
    foo.ask("JOIN #c").are(&[":foo!… JOIN #c", "353 foo @ #c :@foo", "366 foo #c :…"]);
    foo.ask("MODE #c").has("324 foo #c +ms");
}

#[test]
fn all_members_see_who_joins_and_the_joiner_sees_them() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    let mut baz = server.client("baz");
    let sent = baz.ask("JOIN #C");
    sent.are(&[":baz!bazusr@… JOIN #c", "353 baz = #c :…", "366 baz #c :…"]);
    assert_eq!(sent.words("353"), ["@foo", "bar", "baz"]);
    for client in [&mut foo, &mut bar] {
        client.sync().is(":baz!bazusr@… JOIN #c");
    }
}

#[test]
fn the_joiner_is_told_the_topic_and_who_set_it() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("TOPIC #c :about this");
    let mut bar = server.client("bar");
    let sent = bar.ask("JOIN #c");
    sent.are(&[
        ":bar!… JOIN #c",
        "332 bar #c :about this",
        "333 bar #c foo… …",
        "353 bar = #c :…",
        "366 bar #c :…",
    ]);
    assert!(sent.of("333")[0].params[3].parse::<u64>().is_ok_and(|time| time > 1_600_000_000));
}

#[test]
fn no_topic_is_no_331() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("TOPIC #c :x");
    foo.ask("TOPIC #c :");
    server.client("bar").ask("JOIN #c").commands(&["JOIN", "353", "366"]);
}

#[test]
fn every_channel_of_the_list_is_handled_on_its_own() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#closed");
    foo.ask("MODE #closed +i");
    let mut bar = server.client("bar");
    bar.ask("JOIN #a,#closed,nochan,,#b")
        .commands(&["JOIN", "353", "366", "473", "403", "JOIN", "353", "366"]);
}

#[test]
fn joining_where_one_is_gives_no_reply() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("JOIN #c").none();
    foo.ask("JOIN #C").none();
    bar.sync().none();
}

#[test]
fn keys_go_by_position() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #a,#b,#c");
    foo.ask("MODE #a +k keya");
    foo.ask("MODE #c +k keyc");
    let mut bar = server.client("bar");
    bar.ask("JOIN #a,#b,#c keya,,keyc").lacks("475 …").has(":bar!… JOIN #c");
    let mut baz = server.client("baz");
    let sent = baz.ask("JOIN #b,#a,#c keya,keya");
    sent.has(":baz!… JOIN #b");
    sent.has(":baz!… JOIN #a");
    sent.has("475 baz #c :…");
}

#[test]
fn a_key_is_needed_exactly() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +k Key");
    let mut bar = server.client("bar");
    for line in ["JOIN #c", "JOIN #c key", "JOIN #c keykey", "JOIN #c :"] {
        bar.ask(line).is("475 bar #c :…");
    }
    bar.ask("JOIN #c Key").commands(&["JOIN", "353", "366"]);
}

#[test]
fn a_key_where_none_is_needed_does_no_harm() {
    let server = server();
    server.client("foo").ask("JOIN #c somekey").commands(&["JOIN", "353", "366"]);
}

#[test]
fn each_refusal_is_one_numeric() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #full,#closed,#banned,#key");
    foo.ask("MODE #full +l 1");
    foo.ask("MODE #closed +i");
    foo.ask("MODE #banned +b bar");
    foo.ask("MODE #key +k key");
    let mut bar = server.client("bar");
    for (channel, numeric) in [("#full", 471), ("#closed", 473), ("#banned", 474), ("#key", 475)] {
        bar.ask(&format!("JOIN {channel}")).is(&format!("{numeric} bar {channel} :…"));
    }
    // Also when there is more than one reason.
    foo.ask("MODE #full +ikb key bar");
    bar.ask("JOIN #full").commands(&["471"]);
    foo.sync();
}

#[test]
fn too_many_channels_are_405() {
    let server = server_with("channels.max_per_client = 2");
    let mut foo = server.client("foo");
    foo.ask("JOIN #a,#b,#c").commands(&["JOIN", "353", "366", "JOIN", "353", "366", "405"]);
    foo.ask("JOIN #d").is("405 foo #d :…");
    foo.ask("PART #a");
    foo.ask("JOIN #d").commands(&["JOIN", "353", "366"]);
}

#[test]
fn who_leaves_a_full_channel_makes_room() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +l 2");
    let mut baz = server.client("baz");
    baz.ask("JOIN #c").is("471 baz #c :…");
    bar.ask("PART #c");
    baz.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
}

#[test]
fn join_0_parts_all_channels() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#a");
    foo.ask("JOIN #b,#c");
    let sent = foo.ask("JOIN 0");
    assert_eq!(sent.len(), 3);
    for channel in ["#a", "#b", "#c"] {
        sent.has(&format!(":foo!… PART {channel}"));
    }
    bar.sync().is(":foo!… PART #a");
    foo.ask("JOIN 0").none();
    // `0` is all only by itself.
    foo.ask("JOIN #a,0").commands(&["JOIN", "353", "366", "403"]);
}

#[test]
fn a_channel_ends_with_its_last_member() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +k key");
    foo.ask("TOPIC #c :old");
    foo.ask("PART #c");
    foo.ask("JOIN #c").are(&[":foo!… JOIN #c", "353 foo = #c :@foo", "366 foo #c :…"]);
}

#[test]
fn the_names_of_a_crowd_take_several_lines() {
    let server = server();
    let mut clients: Vec<_> =
        (0..40).map(|n| server.client(&format!("member-with-a-long-name-{n}"))).collect();
    for client in &mut clients {
        client.ask("JOIN #crowd");
    }
    let sent = server.client("foo").ask("JOIN #crowd");
    assert!(sent.of("353").len() > 1);
    assert_eq!(sent.words("353").len(), 41);
}
