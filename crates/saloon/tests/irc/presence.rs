//! Section 14: away-notify, extended-join, setname, invite-notify, multi-prefix, userhost-in-names,
//! no-implicit-names.

use crate::harness::{join, server};

#[test]
fn a_peer_that_goes_away_changes_its_text_or_returns_is_told_of_once() {
    let server = server();
    let mut watcher = server.client_with("watcher", "away-notify");
    let mut plain = server.client("plain");
    let mut foo = server.client_with("foo", "away-notify");
    join(&mut [&mut watcher, &mut plain, &mut foo], "#one");
    join(&mut [&mut watcher, &mut plain, &mut foo], "#two");
    foo.ask("AWAY :gone").is("306 foo :…");
    watcher.sync().is(":foo!foousr@… AWAY :gone");
    foo.ask("AWAY :further").is("306 foo :…");
    watcher.sync().is(":foo!… AWAY :further");
    foo.ask("AWAY").is("305 foo :…");
    watcher.sync().is(":foo!… AWAY");
    foo.ask("AWAY").is("305 foo :…");
    watcher.sync().none();
    plain.sync().none();
}

#[test]
fn who_shares_no_channel_is_not_told_of_away() {
    let server = server();
    let mut watcher = server.client_with("watcher", "away-notify");
    let mut foo = server.client("foo");
    watcher.ask("JOIN #one");
    foo.ask("JOIN #two");
    foo.ask("AWAY :x").commands(&["306"]);
    watcher.sync().none();
}

#[test]
fn an_away_user_who_joins_is_told_of_right_after_its_join_but_not_to_itself() {
    let server = server();
    let mut watcher = server.client_with("watcher", "away-notify");
    let mut plain = server.client("plain");
    let mut foo = server.client_with("foo", "away-notify");
    join(&mut [&mut watcher, &mut plain], "#c");
    foo.ask("AWAY :gone").commands(&["306"]);
    foo.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    watcher.sync().are(&[":foo!… JOIN #c", ":foo!… AWAY :gone"]);
    plain.sync().is(":foo!… JOIN #c");
    foo.ask("AWAY").commands(&["305"]);
    foo.ask("PART #c").commands(&["PART"]);
    watcher.sync().commands(&["AWAY", "PART"]);
    foo.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    watcher.sync().is(":foo!… JOIN #c");
}

#[test]
fn an_extended_join_has_the_account_and_the_real_name() {
    let server = server();
    let mut extended = server.client_with("extended", "extended-join");
    let mut plain = server.client("plain");
    extended.ask("JOIN #c").has(":extended!… JOIN #c * :Real extended");
    plain.ask("JOIN #c").has(":plain!… JOIN #c");
    extended.sync().is(":plain!… JOIN #c * :Real plain");
    plain.ask("SETNAME :Some One").none();
    plain.ask("PART #c");
    plain.ask("JOIN #c");
    extended.sync().are(&[":plain!… PART #c", ":plain!… JOIN #c * :Some One"]);
}

#[test]
fn a_new_real_name_is_told_to_peers_and_to_the_user_itself() {
    let server = server();
    let mut watcher = server.client_with("watcher", "setname");
    let mut plain = server.client("plain");
    let mut foo = server.client_with("foo", "setname");
    join(&mut [&mut watcher, &mut plain, &mut foo], "#one");
    join(&mut [&mut watcher, &mut plain, &mut foo], "#two");
    foo.ask("SETNAME :New Name").is(":foo!… SETNAME :New Name");
    watcher.sync().is(":foo!… SETNAME :New Name");
    plain.sync().none();
    plain.ask("WHOIS foo").has("311 plain foo foousr … * :New Name");
    plain.ask("SETNAME single").none();
    watcher.sync().is(":plain!… SETNAME :single");
    foo.ask("WHO plain").has("352 foo … … … … plain H :0 single");
}

#[test]
fn a_real_name_that_is_none_is_refused() {
    let server = server();
    let mut foo = server.client_with("foo", "setname");
    foo.ask("SETNAME :").is("FAIL SETNAME INVALID_REALNAME :…");
    foo.ask(&format!("SETNAME :{}", "x".repeat(151))).is("FAIL SETNAME INVALID_REALNAME :…");
    foo.ask("SETNAME").is("461 foo SETNAME :…");
    foo.ask("WHOIS foo").has("311 foo foo … … * :Real foo");
    let longest = "x".repeat(150);
    foo.ask(&format!("SETNAME :{longest}")).is(&format!(":foo!… SETNAME :{longest}"));
}

#[test]
fn members_who_want_to_know_are_told_of_invitations() {
    let server = server();
    let mut op = server.client_with("op", "invite-notify");
    let mut plain = server.client("plain");
    let mut foo = server.client_with("foo", "invite-notify");
    let mut stranger = server.client_with("stranger", "invite-notify");
    let mut guest = server.client("guest");
    join(&mut [&mut op, &mut plain, &mut foo], "#c");
    op.ask("MODE #c +o foo");
    join(&mut [&mut foo, &mut plain], "#d");
    op.sync();
    op.ask("INVITE guest #c").has("341 op guest #c");
    foo.sync().is(":op!… INVITE guest #c");
    plain.sync().none();
    stranger.sync().none();
    guest.sync().is(":op!… INVITE guest #c");
}

#[test]
fn multi_prefix_shows_all_prefixes_highest_first() {
    let server = server();
    let mut multi = server.client_with("multi", "multi-prefix");
    let mut plain = server.client("plain");
    join(&mut [&mut multi, &mut plain], "#c");
    multi.ask("MODE #c +vh multi multi").commands(&["MODE"]);
    plain.sync();
    multi.ask("NAMES #c").has("353 multi = #c :…@%+multi…");
    assert_eq!(plain.ask("NAMES #c").words("353"), ["@multi", "plain"]);
}

#[test]
fn userhost_in_names_shows_whole_names() {
    let server = server();
    let mut foo = server.client_with("foo", "userhost-in-names multi-prefix");
    let mut bar = server.client("bar");
    foo.ask("JOIN #c").has("353 foo = #c :@foo!foousr@127.0.0.1");
    bar.ask("JOIN #c");
    foo.sync();
    foo.ask("MODE #c +v foo").commands(&["MODE"]);
    let names = foo.ask("NAMES #c");
    assert_eq!(names.words("353"), ["@+foo!foousr@127.0.0.1", "bar!barusr@127.0.0.1"]);
    assert_eq!(bar.ask("NAMES #c").words("353"), ["@foo", "bar"]);
}

#[test]
fn no_implicit_names_leaves_them_out_of_a_join_only() {
    let server = server();
    let mut foo = server.client_with("foo", "no-implicit-names");
    let mut bar = server.client("bar");
    bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    bar.ask("TOPIC #c :hello").commands(&["TOPIC"]);
    foo.ask("JOIN #c").are(&[":foo!… JOIN #c", "332 foo #c :hello", "333 foo #c … …"]);
    foo.ask("NAMES #c").commands(&["353", "366"]);
    foo.ask("JOIN #new").is(":foo!… JOIN #new");
}
