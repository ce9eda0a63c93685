//! Section 14, chghost, and what those see who do not know it.

use crate::client::Client;
use crate::harness::{Server, join, server};

/// Someone who may change hosts.
fn oper(server: &Server) -> Client {
    let mut oper = server.client("oper");
    oper.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    oper
}

#[test]
fn holders_are_told_once_and_so_is_the_user() {
    let server = server();
    let mut oper = oper(&server);
    let mut watcher = server.client_with("watcher", "chghost");
    let mut foo = server.client_with("foo", "chghost");
    join(&mut [&mut watcher, &mut foo], "#one");
    join(&mut [&mut watcher, &mut foo], "#two");
    oper.ask("CHGHOST foo new.example").none();
    foo.sync().is(":foo!foousr@127.0.0.1 CHGHOST foousr new.example");
    watcher.sync().is(":foo!foousr@127.0.0.1 CHGHOST foousr new.example");
    oper.ask("CHGHOST foo ident@other.example").none();
    watcher.sync().is(":foo!foousr@new.example CHGHOST ident other.example");
    foo.sync();
    foo.ask("PRIVMSG #one :hi").none();
    watcher.sync().is(":foo!ident@other.example PRIVMSG #one :hi");
    oper.ask("WHOIS foo").has("311 oper foo ident other.example * :Real foo");
}

#[test]
fn others_see_the_user_leave_and_come_back_with_its_prefixes() {
    let server = server();
    let mut oper = oper(&server);
    let mut foo = server.client("foo");
    let mut plain = server.client("plain");
    join(&mut [&mut foo, &mut plain], "#one");
    join(&mut [&mut plain, &mut foo], "#two");
    foo.ask("MODE #one +v foo");
    plain.sync();
    oper.ask("CHGHOST foo ident@new.example").none();
    plain.sync().are(&[
        ":foo!foousr@127.0.0.1 QUIT :Changing hostname",
        ":foo!ident@new.example JOIN #one",
        ":foo!ident@new.example MODE #one +ov foo foo",
        ":foo!ident@new.example JOIN #two",
    ]);
    foo.sync().is("396 foo new.example :is now your displayed host");
}

#[test]
fn the_join_follows_the_other_capabilities() {
    let server = server();
    let mut oper = oper(&server);
    let mut foo = server.client("foo");
    let mut extended = server.client_with("extended", "extended-join away-notify");
    let mut timed = server.client_with("timed", "server-time");
    join(&mut [&mut foo, &mut extended, &mut timed], "#c");
    foo.ask("AWAY :gone").commands(&["306"]);
    extended.sync();
    oper.ask("CHGHOST foo new.example").none();
    extended.sync().are(&[
        ":foo!foousr@127.0.0.1 QUIT :Changing hostname",
        ":foo!foousr@new.example JOIN #c * :Real foo",
        ":foo!foousr@new.example AWAY :gone",
        ":foo!foousr@new.example MODE #c +o foo",
    ]);
    timed.sync().are(&[
        "@time=… :foo!… QUIT :Changing hostname",
        "@time=… :foo!… JOIN #c",
        "@time=… :foo!… MODE #c +o foo",
    ]);
}

#[test]
fn who_shares_no_channel_sees_nothing() {
    let server = server();
    let mut oper = oper(&server);
    let _foo = server.client("foo");
    let mut stranger = server.client_with("stranger", "chghost");
    oper.ask("CHGHOST foo new.example").none();
    stranger.sync().none();
    oper.ask("CHGHOST foo new.example").none();
    oper.ask("CHGHOST nobody new.example").is("401 oper nobody :…");
    stranger.ask("CHGHOST foo x.y").is("481 stranger :…");
    oper.ask("CHGHOST foo").is("461 oper CHGHOST :…");
}

#[test]
fn a_host_has_only_the_characters_of_hosts() {
    let server = server();
    let mut oper = oper(&server);
    for bad in ["bad!host", "b@d@host", "::x", "ho*st", "hö.st", "@host", &"x".repeat(64)] {
        oper.ask(&format!("CHGHOST oper {bad}")).is("FAIL CHGHOST INVALID_HOST :…");
    }
    oper.ask("CHGHOST oper 2001:db8::1").is("396 oper 2001:db8::1 :…");
}
