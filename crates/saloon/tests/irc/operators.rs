//! Section 8, Operators.

use std::fs;

use crate::client::Client;
use crate::harness::{Server, server};
use crate::support::eventually;

fn oper(server: &Server, nick: &str) -> Client {
    let mut client = server.client(nick);
    client.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    client
}

#[test]
fn the_right_password_makes_an_operator() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("OPER operuser operpassword")
        .are(&["381 foo :You are now an IRC operator", ":foo!foousr@… MODE foo :+o"]);
    foo.ask("MODE foo").is("221 foo +o");
}

#[test]
fn a_wrong_name_or_password_is_464() {
    let server = server();
    let mut foo = server.client("foo");
    for line in ["OPER operuser wrong", "OPER nobody operpassword", "OPER operuser :"] {
        foo.ask(line).is("464 foo :Password incorrect");
    }
    foo.ask("OPER operuser").is("461 foo OPER :…");
    foo.ask("OPER").is("461 foo OPER :…");
    foo.ask("MODE foo").is("221 foo +");
}

#[test]
fn nobody_makes_itself_an_operator_by_mode() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("MODE foo +o").none();
    foo.ask("KILL foo :x").is("481 foo :…");
}

#[test]
fn kill_is_for_operators_also_of_oneself() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    for nick in ["bar", "foo", "nobody"] {
        foo.ask(&format!("KILL {nick} :out")).is("481 foo :Permission Denied- You're not an IRC operator");
    }
    bar.sync().none();
    foo.ask("KILL").is("461 foo KILL :…");
}

#[test]
fn the_killed_its_peers_and_nobody_else_are_told() {
    let server = server();
    let [mut victim, mut peer] = server.on_channel(["victim", "peer"], "#c");
    let mut stranger = server.client("stranger");
    let mut foo = oper(&server, "foo");
    foo.ask("KILL victim :too loud").none();
    victim.rest().are(&[":foo!foousr@… KILL victim :too loud", "ERROR :…too loud…"]);
    peer.sync().is(":victim!… QUIT :Killed (foo (too loud))");
    stranger.sync().none();
    foo.ask("KILL victim :again").is("401 foo victim :…");
    foo.ask("WHOIS victim").has("401 foo victim :…");
}

#[test]
fn an_operator_who_shares_a_channel_sees_the_departure_once() {
    let server = server();
    let [mut foo, mut victim] = server.on_channel(["foo", "victim"], "#c");
    foo.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    foo.ask("KILL victim").is(":victim!… QUIT :Killed (foo (…))");
    victim.rest().are(&[":foo!… KILL victim :…", "ERROR :…"]);
}

#[test]
fn wallops_reach_those_who_asked_for_them() {
    let server = server();
    let mut listener = server.client("listener");
    let mut deaf = server.client("deaf");
    listener.ask("MODE listener +w").commands(&["MODE"]);
    let mut foo = oper(&server, "foo");
    foo.ask("WALLOPS :hear ye").none();
    listener.sync().is(":foo!foousr@… WALLOPS :hear ye");
    deaf.sync().none();
    foo.ask("MODE foo +w").commands(&["MODE"]);
    foo.ask("WALLOPS :me too").is(":foo!foousr@… WALLOPS :me too");
    listener.sync().commands(&["WALLOPS"]);
    listener.ask("MODE listener -w").commands(&["MODE"]);
    foo.ask("WALLOPS :gone").commands(&["WALLOPS"]);
    listener.sync().none();
    deaf.ask("WALLOPS :no").is("481 deaf :…");
    foo.ask("WALLOPS").is("461 foo WALLOPS :…");
}

#[test]
fn an_operator_without_the_privilege_is_refused_like_anyone() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("OPER helper helperpassword").commands(&["381", "MODE"]);
    for line in ["KILL foo :x", "WALLOPS :x", "REHASH", "DIE", "KLINE a@b 1", "CHGHOST foo a.b"] {
        foo.ask(line).is("481 foo :…");
    }
}

#[test]
fn rehash_reads_the_configuration_again() {
    let server = server();
    let mut foo = oper(&server, "foo");
    let mut bar = server.client("bar");
    bar.ask("REHASH").is("481 bar :…");
    let motd = server.file("motd.txt");
    fs::write(&motd, "New.\n").expect("written");
    server.reconfigure("server.motd = \"motd.txt\"");
    foo.ask("REHASH").has("382 foo … :Rehashing");
    eventually("the new message is there", || !foo.ask("MOTD").of("372").is_empty());
    eventually("for everyone", || !bar.ask("MOTD").of("372").is_empty());
}

#[test]
fn a_signal_reads_the_configuration_again_too() {
    let server = server();
    let mut foo = server.client("foo");
    fs::write(server.file("motd.txt"), "New.\n").expect("written");
    server.reconfigure("server.motd = \"motd.txt\"");
    server.signal("-HUP");
    eventually("the new message is there", || !foo.ask("MOTD").of("372").is_empty());
}

#[test]
fn a_bad_file_leaves_the_old_settings_and_is_reported() {
    let server = server();
    let mut foo = oper(&server, "foo");
    server.reconfigure("server.nonsense = 1");
    foo.send("REHASH");
    let rehashing = foo.line();
    assert!(rehashing.matches("382 foo … :Rehashing"), "{rehashing}");
    let report = foo.line();
    assert!(report.matches("NOTICE foo :…nonsense…"), "{report}");
    foo.ask("LINKS").has("364 foo … … :0 example server");
}

#[test]
fn a_banned_address_is_closed_and_kept_away() {
    let server = server();
    let mut foo = oper(&server, "foo");
    let [mut bad, mut peer] = server.on_channel(["bad", "peer"], "#c");
    foo.ask("KLINE badusr@* 5 :spam").commands(&["NOTICE"]);
    bad.rest().commands(&["ERROR"]);
    peer.sync().commands(&["QUIT"]);
    let mut again = server.connect();
    again.send("NICK again");
    again.send("USER badusr 0 * :x");
    again.rest().are(&["465 * :…spam…", "ERROR :…"]);
    foo.ask("STATS k").commands(&["216", "219"]);
    foo.ask("UNKLINE badusr@*").commands(&["NOTICE"]);
    server.client("bad");
    peer.ask("KLINE x@y 5").is("481 peer :…");
    peer.ask("UNKLINE x@y").is("481 peer :…");
    foo.ask("KLINE x@y").is("461 foo KLINE :…");
    foo.ask("UNKLINE").is("461 foo UNKLINE :…");
}

#[test]
fn samode_changes_any_channel() {
    let server = server();
    let [mut bar, mut baz] = server.on_channel(["bar", "baz"], "#c");
    let mut foo = oper(&server, "foo");
    foo.ask("SAMODE #c +o-t baz");
    bar.sync().is(":foo!… MODE #c +o-t baz");
    baz.sync().commands(&["MODE"]);
    foo.ask("SAMODE #none +i").is("403 foo #none :…");
    baz.ask("SAMODE #c +i").is("481 baz :…");
    foo.ask("SAMODE #c").is("461 foo SAMODE :…");
}

#[test]
fn die_stops_the_server() {
    let server = server();
    let mut foo = oper(&server, "foo");
    let mut bar = server.client("bar");
    bar.ask("DIE").is("481 bar :…");
    foo.send("DIE");
    assert!(foo.rest().last().is_some_and(|line| line.matches("ERROR :…")));
    bar.rest().is("ERROR :…");
    assert!(server.stopped().success());
}
