//! The `plain` dialect as its console clients meet it: one read is one message, and `exit;` is the end.

use rustix::process::Signal;

use crate::clients::Plain;
use crate::house::House;
use crate::stream::{count, find, shown};

/// What others are sent when this client says something.
fn relay(from: &Plain, text: impl AsRef<[u8]>) -> Vec<u8> {
    let port = from.stream.local().port();
    [format!("from client ip=127.0.0.1 port={port} ").as_bytes(), text.as_ref()].concat()
}

#[test]
fn text_goes_to_all_others_with_the_true_address_of_the_sender() {
    let house = House::open();
    let [mut a, mut b, mut c] = house.plains();
    a.say("hello all");
    let told = relay(&a, "hello all");
    b.stream.take(&told);
    c.stream.take(&told);
    // Exactly: nothing behind it before the next one begins.
    b.say("\u{662f}\u{7684}");
    let told = relay(&b, b"\xe6\x98\xaf\xe7\x9a\x84");
    a.stream.take(&told);
    c.stream.take(&told);
    c.say("third");
    a.stream.take(relay(&c, "third"));
    b.stream.take(relay(&c, "third"));
}

#[test]
fn nobody_hears_their_own_words() {
    let house = House::open();
    let [mut a, mut b] = house.plains();
    a.say("is anybody there");
    b.stream.take(relay(&a, "is anybody there"));
    b.say("yes");
    a.stream.take(relay(&b, "yes"));
    assert_eq!(find(a.stream.heard(), b"is anybody there"), None);
}

#[test]
fn who_says_exit_is_answered_exit_and_closed() {
    let house = House::open();
    let [a, mut b, mut c] = house.plains();
    let mut a = a;
    a.stream.send("exit;");
    a.stream.take("exit;");
    assert_eq!(shown(&a.stream.rest()), "");
    // The others are not made to leave with it.
    b.say("one less");
    c.stream.until(relay(&b, "one less"));
    assert_eq!(count(c.stream.heard(), b"exit;"), 0);
}

#[test]
fn exit_with_something_behind_its_nul_is_exit() {
    let house = House::open();
    let [mut a, _b] = house.plains();
    a.stream.send(b"exit;\0\xcc\xcc\xcc\xcc");
    a.stream.take("exit;");
    assert_eq!(shown(&a.stream.rest()), "");
}

#[test]
fn exit_with_anything_else_in_its_read_is_text() {
    let house = House::open();
    let [mut a, mut b] = house.plains();
    for (text, told) in [("exit;\n", "exit;"), ("helloexit;", "helloexit;"), ("exit; then", "exit; then")] {
        a.say(text);
        b.stream.until(relay(&a, told));
    }
    b.say("you are still here");
    a.stream.until("you are still here");
}

#[test]
fn text_that_ends_in_exit_and_is_followed_by_the_end_is_both() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut a = house.plain();
    let nick = watcher.arrival();
    // Two units that ran together, as when somebody types quickly.
    a.stream.send("so long exit;");
    a.stream.end();
    watcher.expect("PRIVMSG #lobby :so long");
    let rest = a.stream.rest();
    assert!(rest.ends_with(b"exit;"), "{}", shown(&rest));
    let gone = watcher.departure(&nick);
    assert!(!gone.contains("exit;"), "{gone}");
}

#[test]
fn whoever_is_shut_out_is_told_exit_first() {
    let house = House::with(
        &[
            "oper_classes.admin = { title = \"Admin\", capabilities = [\"kill\"] }",
            "opers.root = { class = \"admin\", password = \"plain:secret\" }",
        ],
        &[],
    );
    let mut root = house.irc("root");
    let mut a = house.plain();
    let nick = root.arrival();
    root.send("OPER root secret");
    root.expect(" 381 ");
    root.send(&format!("KILL {nick} :enough"));
    let rest = a.stream.rest();
    assert!(rest.ends_with(b"exit;") && count(&rest, b"exit;") == 1, "{}", shown(&rest));
}

#[test]
fn a_server_that_stops_says_exit_to_everyone() {
    let mut house = House::open();
    let [mut a, mut b] = house.plains();
    house.server.signal(Signal::TERM);
    for peer in [&mut a, &mut b] {
        let rest = peer.stream.rest();
        assert!(rest.ends_with(b"exit;") && count(&rest, b"exit;") == 1, "{}", shown(&rest));
    }
    assert_eq!(house.server.wait().code, Some(0));
}

#[test]
fn the_farewell_is_a_read_of_its_own() {
    // Whether two reads run together is also a matter of luck, so each try may be unlucky.
    let house = House::open();
    let alone = (0..10).any(|_| {
        let mut watcher = house.irc("talker");
        let mut a = house.plain();
        watcher.arrival();
        watcher.say("something to read");
        watcher.sync();
        a.stream.send("exit;");
        let reads = a.stream.reads("exit;");
        watcher.send("QUIT");
        watcher.stream.rest();
        reads.last().expect("a read") == b"exit;"
    });
    assert!(alone, "the client never saw exit; alone");
}

#[test]
fn the_end_and_a_reset_are_leaving_in_silence() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let mut a = house.plain();
    let mut nicks = vec![watcher.arrival()];
    let mut b = house.plain();
    nicks.push(watcher.arrival());
    let mut ear = house.plain();
    watcher.arrival();

    a.stream.end();
    watcher.departure(&nicks[0]);
    assert!(a.stream.rest().ends_with(b"exit;"));
    b.say("half a");
    b.stream.reset();
    watcher.departure(&nicks[1]);

    watcher.say("all quiet");
    let heard = ear.stream.until("all quiet");
    // No empty relays, which the original sent for ever.
    assert_eq!(count(&heard, b"from client"), 1, "{}", shown(&heard));
    assert_eq!(count(&heard, b"half a"), 1, "{}", shown(&heard));
}

#[test]
fn bytes_behind_a_nul_are_not_said() {
    let house = House::open();
    let [mut a, mut b] = house.plains();
    a.say(b"seen\0hidden");
    b.stream.take(relay(&a, "seen"));
    a.say(b"\0all hidden");
    a.say("next");
    b.stream.until(relay(&a, "next"));
    assert_eq!(count(b.stream.heard(), b"hidden") + count(b.stream.heard(), b"\0"), 0);
}

#[test]
fn line_ends_are_not_sent_behind_a_text() {
    let house = House::open();
    let [mut a, mut b] = house.plains();
    a.say("typed with enter\r\n");
    b.stream.take(relay(&a, "typed with enter"));
    a.say("and again");
    b.stream.take(relay(&a, "and again"));
}

#[test]
fn people_of_other_dialects_are_seen_by_their_nick() {
    let house = House::open();
    let mut ann = house.irc("ann");
    let mut a = house.plain();
    let nick = ann.arrival();
    ann.say("welcome");
    a.stream.until("<ann> welcome");
    ann.say("exit;");
    a.stream.take("<ann> exit;");
    a.say("thanks");
    let line = ann.expect("PRIVMSG #lobby :thanks");
    assert!(line.starts_with(&format!(":{nick}!")), "{line}");
}
