//! Section 4: what comes before what.

use crate::client::Client;
use crate::harness::{Server, join, server};

/// Clients enough for every worker of the server to have some.
fn crowd(server: &Server, count: usize) -> Vec<Client> {
    (0..count).map(|n| server.client(&format!("c{n}"))).collect()
}

#[test]
fn a_message_is_there_before_the_pong_that_follows_it() {
    let server = server();
    let mut clients = crowd(&server, 8);
    for round in 0..40 {
        let (from, to) = (round % 8, (round * 3 + 1) % 8);
        if from == to {
            continue;
        }
        clients[from].ask(&format!("PRIVMSG c{to} :{round}")).none();
        clients[to].sync().is(&format!(":c{from}!… PRIVMSG c{to} :{round}"));
    }
}

#[test]
fn what_one_client_has_seen_answered_every_client_can_see() {
    let server = server();
    let mut clients = crowd(&server, 6);
    join(&mut clients.iter_mut().collect::<Vec<_>>(), "#c");
    for round in 0..12 {
        let line = format!("TOPIC #c :{round}");
        clients[0].ask(&line).is(&format!(":c0!… {line}"));
        for client in &mut clients[1..] {
            client.sync().is(&format!(":c0!… {line}"));
        }
        clients[0].ask("MODE #c +m").commands(&["MODE"]);
        clients[5].ask("PRIVMSG #c :no").commands(&["MODE", "404"]);
        clients[0].ask("MODE #c -m").commands(&["MODE"]);
        for client in &mut clients[1..] {
            client.sync();
        }
    }
}

#[test]
fn replies_to_a_line_come_before_those_to_the_next() {
    let server = server();
    let mut foo = server.client("foo");
    foo.raw("JOIN #c\r\nPING 1\r\nNAMES #c\r\nPING 2\r\nWHO #c\r\nPING 3\r\nLIST\r\nPING 4\r\nTOPIC #c :x\r\nPART #c\r\n");
    foo.sync().commands(&[
        "JOIN", "353", "366", "PONG", "353", "366", "PONG", "352", "315", "PONG", "321", "322", "323",
        "PONG", "TOPIC", "PART",
    ]);
}

#[test]
fn who_has_left_is_gone_for_everyone() {
    let server = server();
    let mut watcher = server.client("watcher");
    watcher.ask("MONITOR + foo");
    let mut bar = server.client("bar");
    for round in 0..10 {
        let mut foo = server.client("foo");
        watcher.sync().is("730 watcher :foo!…");
        foo.send("QUIT :bye");
        foo.rest();
        watcher.sync().is("731 watcher :foo");
        bar.ask("LUSERS").has("255 bar :I have 2 clients and 0 servers");
        bar.ask("WHOWAS foo 1").commands(&["314", "312", "369"]);
        bar.ask("NICK foo").is(":bar!… NICK foo");
        watcher.sync().is("730 watcher :foo!…");
        bar.ask("NICK bar").is(":foo!… NICK bar");
        watcher.sync().is("731 watcher :foo");
        bar.ask(&format!("PRIVMSG foo :{round}")).commands(&["401"]);
    }
}

#[test]
fn who_quits_sees_it_and_then_error() {
    let server = server();
    let [mut foo, mut bar] = server.on_channel(["foo", "bar"], "#c");
    foo.send("QUIT :good bye");
    foo.rest().are(&[":foo!… QUIT :Quit: good bye", "ERROR :…"]);
    bar.sync().is(":foo!… QUIT :Quit: good bye");
}

#[test]
fn all_members_see_the_same_order() {
    let server = server();
    let mut clients = crowd(&server, 6);
    join(&mut clients.iter_mut().collect::<Vec<_>>(), "#c");
    let [one, two, readers @ ..] = &mut clients[..] else { unreachable!("there are six") };
    for n in 0..100 {
        one.send(format!("PRIVMSG #c :one{n}"));
        two.send(format!("PRIVMSG #c :two{n}"));
    }
    one.sync();
    two.sync();
    let seen: Vec<Vec<String>> = readers
        .iter_mut()
        .map(|reader| reader.sync().iter().map(|line| line.text().to_owned()).collect())
        .collect();
    assert_eq!(seen[0].len(), 200);
    assert!(seen.iter().all(|texts| *texts == seen[0]));
}

#[test]
fn times_of_a_channel_are_unique_and_increasing_and_the_same_for_all() {
    let server = server();
    let mut foo = server.client_with("foo", "server-time message-tags echo-message");
    let mut bar = server.client_with("bar", "server-time message-tags");
    join(&mut [&mut foo, &mut bar], "#c");
    for n in 0..100 {
        foo.send(format!("PRIVMSG #c :{n}"));
    }
    foo.send("TOPIC #c :x");
    let (echoed, heard) = (foo.sync(), bar.sync());
    let marks = |lines: &crate::lines::Lines| -> Vec<(String, String)> {
        lines.iter().map(|line| (line.tag("time").to_owned(), line.tag("msgid").to_owned())).collect()
    };
    assert_eq!(marks(&echoed), marks(&heard));
    assert_eq!(heard.len(), 101);
    assert!(marks(&heard).windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1));
    assert!(heard.iter().all(|line| line.tag("time").len() == "2024-01-01T00:00:00.000Z".len()));
}
