//! Section 19: extended bans, as far as they need no account.

use crate::harness::server;

#[test]
fn a_mute_lets_join_but_not_speak() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +b m:bar!*@*").is(":foo!… MODE #c +b m:bar!*@*");
    let mut bar = server.client("bar");
    bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    bar.ask("PRIVMSG #c :hi").is("404 bar #c :Cannot send to channel (…)");
    bar.ask("NOTICE #c :hi").none();
    foo.sync().is(":bar!… JOIN #c");
    foo.ask("PRIVMSG #c :hi").none();
    bar.sync().commands(&["PRIVMSG"]);
}

#[test]
fn the_list_shows_a_mute_as_it_was_set_to_every_member() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +b m:bar!*@*");
    bar.sync().is(":foo!… MODE #c +b m:bar!*@*");
    bar.ask("MODE #c +b").are(&["367 bar #c m:bar!*@* foo… …", "368 bar #c :…"]);
}

#[test]
fn lifting_a_mute_takes_effect_at_once() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +b m:bar!*@*");
    bar.sync();
    bar.ask("PRIVMSG #c :one").commands(&["404"]);
    foo.ask("MODE #c -b m:bar!*@*").is(":foo!… MODE #c -b m:bar!*@*");
    bar.sync();
    bar.ask("PRIVMSG #c :two").none();
    foo.sync().is(":bar!… PRIVMSG #c :two");
}

#[test]
fn mutes_ignore_case() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "BAR"], "#c");
    foo.ask("MODE #c +b m:bAr!*@*");
    bar.sync();
    bar.ask("PRIVMSG #c :hi").commands(&["404"]);
    foo.ask("MODE #c -b m:BaR!*@*").is(":foo!… MODE #c -b m:bAr!*@*");
}

#[test]
fn a_prefix_or_an_exception_frees_from_a_mute() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.ask("MODE #c +b m:*!*@*");
    bar.sync();
    for (set, unset) in [("+v bar", "-v bar"), ("+e m:bar!*@*", "-e m:bar!*@*"), ("+e bar!*@*", "-e bar!*@*")]
    {
        bar.ask("PRIVMSG #c :no").commands(&["404"]);
        foo.ask(&format!("MODE #c {set}")).is(&format!(":foo!… MODE #c {set}"));
        bar.sync();
        bar.ask("PRIVMSG #c :yes").none();
        foo.sync().is(":bar!… PRIVMSG #c :yes");
        foo.ask(&format!("MODE #c {unset}"));
        bar.sync();
    }
}

#[test]
fn an_exception_from_mutes_is_none_from_bans() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    foo.ask("MODE #c +be *!*@* m:bar!*@*");
    server.client("bar").ask("JOIN #c").is("474 bar #c :…");
}

#[test]
fn an_account_ban_is_not_about_nicks() {
    let server = server();
    let [mut foo] = server.on_channel(["foo"], "#c");
    let mut bar = server.client("bar");
    foo.ask("MODE #c +b a:bar").is(":foo!… MODE #c +b a:bar");
    foo.ask("MODE #c b").has("367 foo #c a:bar … …");
    bar.ask("JOIN #c").commands(&["JOIN", "353", "366"]);
    bar.ask("PRIVMSG #c :hi").none();
    bar.ask("PART #c");
    foo.ask("MODE #c +be *!*@* a:bar");
    bar.ask("JOIN #c").commands(&["474"]);
    foo.ask("MODE #c -b+iI *!*@* a:bar");
    bar.ask("JOIN #c").commands(&["473"]);
}
