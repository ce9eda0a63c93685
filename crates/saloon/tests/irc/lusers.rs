//! Section 8, LUSERS: each numeric once, and what is counted.

use crate::client::Client;
use crate::harness::server;
use crate::support::eventually;

/// What LUSERS must tell: visible, invisible, operators, unknown connections, channels, most users.
#[derive(Clone, Copy)]
struct Counts {
    visible: usize,
    invisible: usize,
    operators: usize,
    unknown: usize,
    channels: usize,
    most: usize,
}

impl Counts {
    #[track_caller]
    fn assert(self, client: &mut Client, nick: &str) {
        let Self { visible, invisible, operators, unknown, channels, most } = self;
        let users = visible + invisible;
        client.ask("LUSERS").are(&[
            &format!("251 {nick} :There are {visible} users and {invisible} invisible on 1 servers"),
            &format!("252 {nick} {operators} :operator(s) online"),
            &format!("253 {nick} {unknown} :unknown connection(s)"),
            &format!("254 {nick} {channels} :channels formed"),
            &format!("255 {nick} :I have {users} clients and 0 servers"),
            &format!("265 {nick} {users} {most} :Current local users {users}, max {most}"),
            &format!("266 {nick} {users} {most} :Current global users {users}, max {most}"),
        ]);
    }
}

const ALONE: Counts = Counts { visible: 1, invisible: 0, operators: 0, unknown: 0, channels: 0, most: 1 };

#[test]
fn users_are_counted_and_the_most_there_ever_were() {
    let server = server();
    let mut foo = server.client("foo");
    ALONE.assert(&mut foo, "foo");
    let mut bar = server.client("bar");
    Counts { visible: 2, most: 2, ..ALONE }.assert(&mut foo, "foo");
    bar.send("QUIT");
    bar.rest();
    Counts { most: 2, ..ALONE }.assert(&mut foo, "foo");
    let _baz = server.client("baz");
    Counts { visible: 2, most: 2, ..ALONE }.assert(&mut foo, "foo");
}

#[test]
fn invisible_users_are_counted_apart() {
    let server = server();
    let mut foo = server.client("foo");
    let mut bar = server.client("bar");
    bar.ask("MODE bar +i").commands(&["MODE"]);
    let one = Counts { invisible: 1, most: 2, ..ALONE };
    one.assert(&mut foo, "foo");
    bar.ask("MODE bar +i").none();
    one.assert(&mut foo, "foo");
    bar.ask("MODE bar -i").commands(&["MODE"]);
    Counts { visible: 2, most: 2, ..ALONE }.assert(&mut foo, "foo");
    bar.ask("MODE bar +i").commands(&["MODE"]);
    bar.send("QUIT");
    bar.rest();
    Counts { most: 2, ..ALONE }.assert(&mut foo, "foo");
}

#[test]
fn operators_are_counted_while_they_are_operators() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    let one = Counts { operators: 1, ..ALONE };
    one.assert(&mut foo, "foo");
    foo.ask("OPER operuser operpassword");
    one.assert(&mut foo, "foo");
    foo.ask("MODE foo -o").commands(&["MODE"]);
    ALONE.assert(&mut foo, "foo");
    let mut bar = server.client("bar");
    bar.ask("OPER operuser operpassword").commands(&["381", "MODE"]);
    bar.send("QUIT");
    bar.rest();
    Counts { most: 2, ..ALONE }.assert(&mut foo, "foo");
}

#[test]
fn unknown_connections_are_those_that_have_not_registered() {
    let server = server();
    let mut foo = server.client("foo");
    let mut guest = server.connect();
    // What it has said is answered, so the server knows of it.
    guest.sync();
    Counts { unknown: 1, ..ALONE }.assert(&mut foo, "foo");
    guest.ask("NICK guest").none();
    Counts { unknown: 1, ..ALONE }.assert(&mut foo, "foo");
    guest.send("USER guest 0 * :guest");
    guest.welcome();
    Counts { visible: 2, most: 2, ..ALONE }.assert(&mut foo, "foo");
    let mut other = server.connect();
    other.ask("NICK other").none();
    Counts { visible: 2, unknown: 1, most: 2, ..ALONE }.assert(&mut foo, "foo");
    other.send("QUIT");
    other.rest();
    Counts { visible: 2, most: 2, ..ALONE }.assert(&mut foo, "foo");
}

#[test]
fn a_connection_that_says_nothing_is_counted() {
    let server = server();
    let mut foo = server.client("foo");
    let _silent = server.connect();
    // Accepting it is the server's own affair: until it has, there is nothing to be seen.
    eventually("it is counted", || foo.ask("LUSERS").of("253")[0].params[1] == "1");
    Counts { unknown: 1, ..ALONE }.assert(&mut foo, "foo");
}

#[test]
fn channels_are_counted() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("JOIN #one,#two");
    Counts { channels: 2, ..ALONE }.assert(&mut foo, "foo");
    foo.ask("PART #two").commands(&["PART"]);
    Counts { channels: 1, ..ALONE }.assert(&mut foo, "foo");
}
