//! What one has seen answered, everyone can see, whichever thread serves them (`conformance` section 4).

use std::thread;

use crate::support::{Peer, Server, Setup, eventually};

/// Workers of the server; neighbours in time of connecting sit at different ones.
const WORKERS: &str = "server.workers = 2";

#[test]
fn a_message_is_there_before_the_answer_to_what_is_asked_after_it() {
    let server = Setup::default().set(WORKERS).start();
    thread::scope(|scope| {
        for pair in 0..4 {
            let server = &server;
            scope.spawn(move || {
                let (mut ann, mut bob) =
                    (Peer::user(server, &format!("ann{pair}")), Peer::user(server, &format!("bob{pair}")));
                for round in 0..500 {
                    ann.send(&format!("PRIVMSG bob{pair} :{round}"));
                    ann.sync();
                    let heard = bob.sync();
                    assert!(
                        heard.iter().any(|line| line.ends_with(&format!(":{round}"))),
                        "{round}: {heard:?}"
                    );
                    std::mem::swap(&mut ann, &mut bob);
                    ann.send(&format!("PRIVMSG ann{pair} :back {round}"));
                    ann.sync();
                    let heard = bob.sync();
                    assert!(heard.iter().any(|line| line.ends_with(&format!(":back {round}"))), "{heard:?}");
                    std::mem::swap(&mut ann, &mut bob);
                }
            });
        }
    });
}

#[test]
fn a_room_hears_everything_in_one_order() {
    const TALKERS: usize = 4;
    const LINES: usize = 500;
    let server = Setup::default().set(WORKERS).start();
    let mut listeners: Vec<Peer> =
        (0..4).map(|number| Peer::user(&server, &format!("ear{number}"))).collect();
    let mut talkers: Vec<Peer> =
        (0..TALKERS).map(|number| Peer::user(&server, &format!("mouth{number}"))).collect();
    for peer in listeners.iter_mut().chain(&mut talkers) {
        peer.join("#room");
    }
    thread::scope(|scope| {
        for (number, talker) in talkers.iter_mut().enumerate() {
            scope.spawn(move || {
                for line in 0..LINES {
                    talker.send(&format!("PRIVMSG #room :{number} {line}"));
                }
                talker.sync();
            });
        }
    });

    let heard: Vec<Vec<String>> = listeners
        .iter_mut()
        .map(|listener| listener.sync().into_iter().filter(|line| line.contains(" PRIVMSG ")).collect())
        .collect();
    assert_eq!(heard[0].len(), TALKERS * LINES);
    assert!(heard.iter().all(|one| *one == heard[0]), "listeners disagree");
    for number in 0..TALKERS {
        let own = heard[0].iter().filter(|line| line.contains(&format!(":mouth{number}!")));
        assert!(own.enumerate().all(|(at, line)| line.ends_with(&format!(":{number} {at}"))));
    }
}

#[test]
fn a_nickname_is_free_once_its_connection_is_seen_closed() {
    let server = Setup::default().set(WORKERS).start();
    let mut watcher = Peer::user(&server, "watcher");
    watcher.send("MONITOR + fleeting");
    for round in 0..300 {
        let mut peer = Peer::tcp(server.addr(0));
        peer.send("NICK fleeting\r\nUSER x 0 * :x");
        let first = peer.line();
        assert!(first.contains(" 001 fleeting "), "round {round}: {first}");
        peer.send("QUIT");
        peer.rest();
        watcher.send("LUSERS");
        let heard = watcher.sync().join("\n");
        assert!(heard.contains(" 731 watcher :fleeting"), "round {round}: {heard}");
        assert!(heard.contains(" 255 watcher :I have 1 clients"), "round {round}: {heard}");
    }
}

#[test]
fn who_is_killed_is_gone_when_it_sees_its_connection_closed() {
    let server = Setup::default()
        .set(WORKERS)
        .set("oper_classes.admin = { title = \"Admin\", capabilities = [\"kill\"] }")
        .set("opers.root = { class = \"admin\", password = \"plain:secret\" }")
        .start();
    let mut root = Peer::user(&server, "root");
    root.send("OPER root secret");
    root.expect(" 381 ");
    for _ in 0..100 {
        let mut victim = Peer::user(&server, "victim");
        root.send("KILL victim :enough");
        let rest = victim.rest();
        assert!(rest.last().expect("a reason").contains("ERROR :Closing link: "), "{rest:?}");
        let mut heir = Peer::tcp(server.addr(0));
        heir.send("NICK victim\r\nUSER x 0 * :x");
        assert!(heir.line().contains(" 001 victim "));
        heir.quit();
    }
}

#[test]
fn who_just_closes_is_gone_soon() {
    let server = Setup::default().set(WORKERS).start();
    let mut watcher = Peer::user(&server, "watcher");
    drop(Peer::user(&server, "fleeting"));
    eventually("it is gone", || {
        watcher.send("ISON fleeting");
        watcher.expect(" 303 ").ends_with(" 303 watcher :")
    });
}

#[test]
fn a_new_name_and_an_absence_are_seen_by_everyone() {
    let server = Server::start();
    let (mut ann, mut bob) = (Peer::user(&server, "ann0"), Peer::user(&server, "bob"));
    for round in 1..500 {
        ann.send(&format!("NICK ann{round}\r\nAWAY :{round}"));
        ann.sync();
        bob.send(&format!("WHOIS ann{round}"));
        let whois = bob.until(" 318 ").join("\n");
        assert!(whois.contains(&format!(" 301 bob ann{round} :{round}")), "{whois}");
    }
}
