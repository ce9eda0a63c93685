//! Section 30: NickServ and ChanServ, registered channels, ACCEPT.

use crate::accounts::plain;
use crate::client::Client;
use crate::harness::{Server, join, server};

const NICKSERV: &str = ":NickServ!NickServ@irc.example.org NOTICE";

/// A registered client that has just made an account for its nickname.
fn founder(server: &Server, nick: &str) -> Client {
    let mut client = server.client(nick);
    client.ask("NS REGISTER sesame").has(&format!("900 {nick} {nick}!… {nick} :…"));
    client
}

/// What a service says, and nothing but that.
#[track_caller]
fn notice(client: &mut Client, line: &str) -> String {
    let told = client.ask(line);
    for line in told.iter() {
        assert!(line.matches(":…Serv!…Serv@irc.example.org NOTICE … :…"), "{line}");
    }
    told.iter().map(|line| line.text().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn services_answer_messages_in_any_case_and_short_forms() {
    let server = server();
    let mut foo = server.client_with("foo", "echo-message");
    for line in ["PRIVMSG NickServ :HELP", "PRIVMSG nickserv :help", "NS HELP", "ns help", "NICKSERV HELP"] {
        assert!(notice(&mut foo, line).contains("IDENTIFY"), "{line}");
    }
    for line in ["PRIVMSG CHANSERV HELP", "CS HELP", "CHANSERV HELP"] {
        assert!(notice(&mut foo, line).contains("AMODE"), "{line}");
    }
    foo.ask("NOTICE NickServ :HELP").none();
    assert!(!notice(&mut foo, "NS NONSENSE").is_empty());
}

#[test]
fn services_are_nobody() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("ISON NickServ ChanServ").is("303 foo :");
    foo.ask("WHOIS NickServ").are(&["401 foo NickServ :…", "318 foo NickServ :…"]);
    foo.ask("LUSERS").has("251 foo :There are 1 users and 0 invisible on 1 servers");
    foo.ask("NICK NickServ").is("432 foo NickServ :…");
    foo.ask("NICK chanserv").is("432 foo chanserv :…");
    server.connect().ask("NICK NickServ").commands(&["433"]);
}

#[test]
fn accounts_are_made_left_and_entered_again() {
    let server = server();
    let mut foo = founder(&server, "foo");
    foo.ask("NS LOGOUT").has("901 foo foo!… :…");
    foo.ask("WHOIS foo").without(&["330"]);
    notice(&mut foo, "NS IDENTIFY wrong");
    foo.ask("NS IDENTIFY sesame").has("900 foo foo!… foo :…");
    notice(&mut foo, "NS IDENTIFY nobody sesame");
    let mut bar = server.client("bar");
    bar.ask("NS IDENTIFY foo sesame").has("900 bar bar!… foo :…");
    assert!(notice(&mut bar, "NS INFO foo").contains("Account: foo"));
}

#[test]
fn the_password_changes() {
    let server = server();
    let mut foo = founder(&server, "foo");
    notice(&mut foo, "NS SET PASSWORD wrong other");
    plain(&mut server.connect(), "foo", "other").commands(&["904"]);
    notice(&mut foo, "NS SET PASSWORD sesame other");
    plain(&mut server.connect(), "foo", "sesame").commands(&["904"]);
    plain(&mut server.connect(), "foo", "other").commands(&["900", "903"]);
}

#[test]
fn new_recovery_codes_replace_the_old_ones() {
    let server = server();
    let mut foo = server.client("foo");
    let told = foo.ask("NS REGISTER sesame");
    let first = |text: &str| text.split(' ').next().expect("a code").to_owned();
    let notices = told.of("NOTICE");
    let old = first(notices[notices.len() - 1].text());
    let told = notice(&mut foo, "NS RECOVERY sesame");
    let new = first(told.lines().last().expect("a line"));
    plain(&mut server.connect(), "foo", &old).commands(&["904"]);
    plain(&mut server.connect(), "foo", &new).commands(&["900", "903"]);
}

#[test]
fn a_dropped_account_is_gone_and_its_nick_free() {
    let server = server();
    let mut foo = founder(&server, "foo");
    notice(&mut foo, "NS DROP foo wrong");
    foo.ask("WHOIS foo").has("330 foo foo foo :…");
    foo.ask("NS DROP foo sesame").has(&format!("{NICKSERV} foo :…"));
    foo.ask("WHOIS foo").without(&["330"]);
    plain(&mut server.connect(), "foo", "sesame").commands(&["904"]);
}

#[test]
fn an_operator_makes_accounts_for_others() {
    let server = server();
    let mut foo = server.client("foo");
    notice(&mut foo, "NS SAREGISTER bar sesame");
    plain(&mut server.connect(), "bar", "sesame").commands(&["904"]);
    foo.ask("OPER operuser operpassword").has("381 foo :…");
    notice(&mut foo, "NS SAREGISTER bar sesame");
    foo.ask("WHOIS foo").without(&["330"]);
    plain(&mut server.connect(), "bar", "sesame").commands(&["900", "903"]);
}

#[test]
fn ghost_disconnects_another_user_of_the_account() {
    let server = server();
    let mut foo = founder(&server, "foo");
    foo.ask("NICK other").has(":foo!… NICK other");
    let mut second = server.client("second");
    notice(&mut second, "NS GHOST other");
    second.ask("NS IDENTIFY foo sesame").has("900 second second!… foo :…");
    notice(&mut second, "NS GHOST other");
    foo.rest().has("ERROR :…");
    second.ask("ISON other").is("303 second :");
}

#[test]
fn a_registered_channel_has_a_founder_and_keeps_what_it_is() {
    let server = server();
    let mut foo = founder(&server, "foo");
    let mut bar = server.client("bar");
    notice(&mut foo, "CS REGISTER #none");
    foo.ask("JOIN #c");
    bar.ask("JOIN #c");
    foo.sync();
    notice(&mut bar, "CS REGISTER #c");
    let told = foo.ask("CS REGISTER #c");
    told.has(":… MODE #c +q foo");
    assert_eq!(told.of("NOTICE").len(), 1);
    bar.sync().is(":… MODE #c +q foo");
    assert!(notice(&mut bar, "CS INFO #c").contains("Founder: foo"));
    foo.ask("TOPIC #c :what stays").commands(&["TOPIC"]);
    foo.ask("MODE #c +k key").commands(&["MODE"]);
    foo.ask("PART #c").commands(&["PART"]);
    bar.sync();
    bar.ask("PART #c").commands(&["PART"]);
    // Who comes first gets nothing; the founder gets what is the founder's.
    let told = bar.ask("JOIN #c key");
    told.has("332 bar #c :what stays");
    told.has("353 bar = #c :bar");
    told.without(&["MODE"]);
    let told = foo.ask("JOIN #c key");
    assert!(told.words("353").contains(&"~foo"));
}

#[test]
fn the_access_list_gives_ranks_on_joining() {
    let server = server();
    server.account("bar", "sesame");
    let mut foo = founder(&server, "foo");
    foo.ask("JOIN #c");
    foo.ask("CS REGISTER #c").has(":… MODE #c +q foo");
    notice(&mut foo, "CS AMODE #c +o bar");
    assert!(notice(&mut foo, "CS AMODE #c").contains("+o bar"));
    let (mut bar, _) = server.owner("bar", "sesame", "");
    assert!(bar.ask("JOIN #c").words("353").contains(&"@bar"));
    bar.ask("MODE #c -o bar").commands(&["MODE"]);
    bar.ask("CS OP #c").has(":… MODE #c +o bar");
    foo.sync();
    notice(&mut foo, "CS AMODE #c -o bar");
    bar.ask("PART #c").commands(&["PART"]);
    assert!(bar.ask("JOIN #c").words("353").contains(&"bar"));
}

#[test]
fn a_channel_is_given_up_or_away() {
    let server = server();
    server.account("bar", "sesame");
    let mut foo = founder(&server, "foo");
    foo.ask("JOIN #c");
    foo.ask("CS REGISTER #c").has(":… MODE #c +q foo");
    notice(&mut foo, "CS TRANSFER #c bar");
    let (mut bar, _) = server.owner("bar", "sesame", "");
    assert!(notice(&mut bar, "CS INFO #c").contains("Founder: bar"));
    notice(&mut foo, "CS DROP #c");
    assert!(notice(&mut foo, "CS INFO #c").contains("Founder: bar"));
    notice(&mut bar, "CS DROP #c");
    assert!(!notice(&mut foo, "CS INFO #c").contains("Founder"));
}

#[test]
fn who_takes_messages_from_accounts_only_may_accept_others() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    foo.ask("MODE foo +R").commands(&["MODE"]);
    bar.ask("PRIVMSG foo :hi").is("477 bar foo :…");
    foo.sync().none();
    foo.ask("ACCEPT bar").none();
    bar.ask("PRIVMSG foo :hi").none();
    foo.sync().is(":bar!… PRIVMSG foo :hi");
    foo.ask("ACCEPT -bar").none();
    bar.ask("PRIVMSG foo :hi").is("477 bar foo :…");
    foo.sync().none();
    foo.ask("PRIVMSG bar :hello").none();
    bar.sync().is(":foo!… PRIVMSG bar :hello");
    bar.ask("PRIVMSG foo :hi").none();
    foo.sync().is(":bar!… PRIVMSG foo :hi");
    let mut baz = founder(&server, "baz");
    baz.ask("PRIVMSG foo :hi").none();
    foo.sync().is(":baz!… PRIVMSG foo :hi");
}

#[test]
fn join_is_unaffected_for_clients_without_accounts() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    join(&mut [&mut foo, &mut bar], "#c");
    notice(&mut foo, "CS REGISTER #c");
    foo.ask("MODE #c").commands(&["324", "329"]);
}
