//! Section 8, WHOWAS.

use crate::client::Client;
use crate::harness::{Server, server, server_with};

/// Someone comes with this user name, and leaves.
fn visit(server: &Server, nick: &str, user: &str) {
    let mut guest = server.connect();
    guest.send(format!("NICK {nick}"));
    guest.send(format!("USER {user} 0 * :Realname"));
    guest.welcome();
    guest.send("QUIT :bye");
    guest.rest();
}

fn two_visits(server: &Server) -> Client {
    visit(server, "gone", "first");
    visit(server, "gone", "second");
    server.client("foo")
}

const SECOND: [&str; 2] = ["314 foo gone second 127.0.0.1 * :Realname", "312 foo gone irc.example.org :…"];
const FIRST: [&str; 2] = ["314 foo gone first 127.0.0.1 * :Realname", "312 foo gone irc.example.org :…"];

#[test]
fn entries_come_newest_first() {
    let server = server();
    let mut foo = two_visits(&server);
    foo.ask("WHOWAS gone").are(&[&SECOND[..], &FIRST, &["369 foo gone :End of WHOWAS"]].concat());
    foo.ask("WHOWAS GONE").are(&[&SECOND[..], &FIRST, &["369 foo GONE :…"]].concat());
}

#[test]
fn a_count_limits_them_unless_it_is_no_positive_number() {
    let server = server();
    let mut foo = two_visits(&server);
    foo.ask("WHOWAS gone 1").are(&[&SECOND[..], &["369 foo gone :…"]].concat());
    for count in ["2", "3", "0", "-1", "x", "99999999999999999999999", "1 irc.example.org"] {
        let answer = foo.ask(&format!("WHOWAS gone {count}"));
        if count.starts_with("1 ") {
            answer.commands(&["314", "312", "369"]);
        } else {
            answer.are(&[&SECOND[..], &FIRST, &["369 foo gone :…"]].concat());
        }
    }
}

#[test]
fn who_never_was_here_is_406_and_369() {
    let server = server();
    let mut foo = two_visits(&server);
    foo.ask("WHOWAS nobody").are(&["406 foo nobody :There was no such nickname", "369 foo nobody :…"]);
    foo.ask("WHOWAS foo").are(&["406 foo foo :…", "369 foo foo :…"]);
}

#[test]
fn wildcards_are_not_special() {
    let server = server();
    let mut foo = two_visits(&server);
    foo.ask("WHOWAS go*").are(&["406 foo go* :…", "369 foo go* :…"]);
}

#[test]
fn whowas_without_a_nickname_is_431() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("WHOWAS").is("431 foo :…");
}

#[test]
fn a_change_of_nickname_makes_an_entry() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    bar.ask("NICK new").commands(&["NICK"]);
    foo.ask("WHOWAS bar").are(&[
        "314 foo bar barusr 127.0.0.1 * :Real bar",
        "312 foo bar irc.example.org :…",
        "369 foo bar :…",
    ]);
}

#[test]
fn a_connection_that_was_killed_makes_an_entry() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    foo.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    foo.ask("KILL bar :out").none();
    bar.rest();
    foo.ask("WHOWAS bar").commands(&["314", "312", "369"]);
}

#[test]
fn the_oldest_entries_are_forgotten_at_the_limit() {
    let server = server_with("limits.whowas_entries = 2");
    for nick in ["one", "two", "three"] {
        visit(&server, nick, "user");
    }
    let mut foo = server.client("foo");
    foo.ask("WHOWAS one").commands(&["406", "369"]);
    foo.ask("WHOWAS two").commands(&["314", "312", "369"]);
    foo.ask("WHOWAS three").commands(&["314", "312", "369"]);
}
