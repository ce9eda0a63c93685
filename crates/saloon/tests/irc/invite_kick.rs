//! Section 8, Channels: INVITE and KICK.

use crate::harness::{join, server};

#[test]
fn an_invitation_is_told_to_inviter_and_invited_only() {
    let server = server();
    let [mut foo, mut baz] = server.on_channel(["foo", "baz"], "#Chan");
    let mut bar = server.client("Bar");
    foo.ask("INVITE bAR #cHAN").is("341 foo Bar #Chan");
    bar.sync().is(":foo!foousr@… INVITE Bar #Chan");
    baz.sync().none();
}

#[test]
fn the_reasons_against_an_invitation_have_an_order() {
    let server = server();
    let [mut foo, mut baz] = server.on_channel(["foo", "baz"], "#c");
    let (mut bar, mut out) = (server.client("bar"), server.client("out"));
    foo.ask("MODE #c +i");
    out.ask("INVITE nobody #none").is("401 out nobody :…");
    out.ask("INVITE nobody #c").is("401 out nobody :…");
    out.ask("INVITE bar #none").is("403 out #none :…");
    out.ask("INVITE bar nochan").is("403 out nochan :…");
    out.ask("INVITE bar #c").is("442 out #c :…");
    out.ask("INVITE baz #c").is("442 out #c :…");
    baz.sync();
    baz.ask("INVITE bar #c").is("482 baz #c :…");
    baz.ask("INVITE foo #c").is("482 baz #c :…");
    foo.ask("INVITE baz #c").is("443 foo baz #c :is already on channel");
    bar.sync().none();
    baz.sync().none();
}

#[test]
fn without_i_any_member_may_invite() {
    let server = server();
    let [mut foo, mut baz] = server.on_channel(["foo", "baz"], "#c");
    let mut bar = server.client("bar");
    baz.ask("INVITE bar #c").is("341 baz bar #c");
    bar.sync().is(":baz!… INVITE bar #c");
    foo.sync().none();
}

#[test]
fn with_i_a_halfop_may_not_invite_and_an_operator_may() {
    let server = server();
    let [mut foo, mut baz] = server.on_channel(["foo", "baz"], "#c");
    let mut bar = server.client("bar");
    foo.ask("MODE #c +ih baz");
    baz.sync();
    baz.ask("INVITE bar #c").is("482 baz #c :…");
    foo.ask("INVITE bar #c").is("341 foo bar #c");
    bar.sync().commands(&["INVITE"]);
}

#[test]
fn an_invitation_is_good_for_once() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    foo.ask("MODE #c +i");
    bar.ask("JOIN #c").is("473 bar #c :…");
    foo.ask("INVITE bar #c");
    bar.sync();
    bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    bar.ask("PART #c");
    bar.ask("JOIN #c").is("473 bar #c :…");
}

#[test]
fn an_invitation_lets_past_i_l_and_b_but_not_the_key() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    for modes in ["+i", "+l 1", "+b bar"] {
        foo.ask(&format!("MODE #c {modes}"));
    }
    bar.ask("JOIN #c").commands(&["471"]);
    foo.ask("INVITE bar #c");
    bar.sync();
    bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    bar.ask("PART #c");
    foo.ask("MODE #c +k key");
    foo.ask("INVITE bar #c");
    bar.sync();
    bar.ask("JOIN #c").is("475 bar #c :…");
    bar.ask("JOIN #c key").commands(&["JOIN", "353", "366"]);
}

#[test]
fn invite_without_parameters_lists_open_invitations() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #a,#b,#c");
    let mut bar = server.client("bar");
    bar.ask("INVITE").is("337 bar :End of /INVITE list");
    foo.ask("INVITE bar #a");
    foo.ask("INVITE bar #b");
    bar.sync();
    let sent = bar.ask("INVITE");
    assert_eq!(sent.len(), 3);
    sent.has("336 bar #a");
    sent.has("336 bar #b");
    assert_eq!(sent[2].command, "337");
    bar.ask("JOIN #a");
    bar.ask("INVITE").are(&["336 bar #b", "337 bar :…"]);
}

#[test]
fn all_members_and_the_victim_see_a_kick() {
    let server = server();
    let [mut foo, mut bar, mut baz] = server.on_channel(["foo", "bar", "baz"], "#c");
    foo.ask("KICK #C BAR :the reason").is(":foo!foousr@… KICK #c bar :the reason");
    bar.sync().is(":foo!foousr@… KICK #c bar :the reason");
    baz.sync().is(":foo!foousr@… KICK #c bar :the reason");
    bar.ask("PRIVMSG #c :x").commands(&["404"]);
    bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
}

#[test]
fn the_default_reason_is_the_nick_of_the_kicker() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("KICK #c bar").is(":foo!… KICK #c bar :foo");
    bar.sync().is(":foo!… KICK #c bar :foo");
    bar.ask("JOIN #c");
    foo.sync();
    foo.ask("KICK #c bar :").is(":foo!… KICK #c bar :foo");
}

#[test]
fn many_nicks_are_kicked_one_line_each() {
    let server = server();
    let [mut foo, mut bar, mut baz, mut qux] = server.on_channel(["foo", "bar", "baz", "qux"], "#c");
    let both = [":foo!… KICK #c bar :bye", ":foo!… KICK #c baz :bye"];
    foo.ask("KICK #c bar,baz :bye").are(&both);
    qux.sync().are(&both);
    bar.sync().is(both[0]);
    baz.sync().are(&both);
}

#[test]
fn channels_and_nicks_are_taken_in_pairs() {
    let server = server();
    let mut clients = ["foo", "bar", "baz"].map(|nick| server.client(nick));
    join(&mut clients.each_mut(), "#a");
    join(&mut clients.each_mut(), "#b");
    let [foo, bar, baz] = &mut clients;
    foo.ask("KICK #a,#b bar,baz :bye").are(&[":foo!… KICK #a bar :bye", ":foo!… KICK #b baz :bye"]);
    bar.sync().are(&[":foo!… KICK #a bar :bye", ":foo!… KICK #b baz :bye"]);
    baz.sync();
    foo.ask("KICK #a,#b baz :bye").is("461 foo KICK :…");
}

#[test]
fn the_reasons_against_a_kick() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    let mut out = server.client("Out");
    out.ask("KICK #none foo").is("403 Out #none :…");
    out.ask("KICK nochan foo").is("403 Out nochan :…");
    out.ask("KICK #c foo").is("442 Out #c :…");
    bar.ask("KICK #c foo").is("482 bar #c :…");
    bar.ask("KICK #c out").is("482 bar #c :…");
    foo.ask("KICK #c out").is("441 foo Out #c :They aren't on that channel");
    foo.ask("KICK #c nobody").is("441 foo nobody #c :They aren't on that channel");
    foo.ask("KICK #c nobody,bar :x").are(&["441 foo nobody #c :…", ":foo!… KICK #c bar :x"]);
}

#[test]
fn voice_does_not_kick_and_halfop_does() {
    let server = server();
    let [mut foo, mut bar, mut baz] = server.on_channel(["foo", "bar", "baz"], "#c");
    foo.ask("MODE #c +v bar");
    bar.sync();
    bar.ask("KICK #c baz").is("482 bar #c :…");
    foo.ask("MODE #c +h bar");
    bar.sync();
    bar.ask("KICK #c foo").is("482 bar #c :…");
    bar.ask("KICK #c baz :x").is(":bar!… KICK #c baz :x");
    baz.sync();
}

#[test]
fn an_operator_kicks_another_but_nobody_of_higher_rank() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    let mut oper = server.client("oper");
    oper.ask("OPER operuser operpassword");
    foo.ask("MODE #c +o bar");
    oper.ask("SAMODE #c +a foo");
    bar.sync();
    bar.ask("KICK #c foo").is("482 bar #c :…");
    oper.ask("SAMODE #c -a foo");
    bar.sync();
    bar.ask("KICK #c foo :x").is(":bar!… KICK #c foo :x");
}
