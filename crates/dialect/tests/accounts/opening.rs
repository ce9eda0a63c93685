//! `conformance` sections 6 and 29, where accounts and early words matter.

use dialect::Output;
use hub::{Answer, Command, Event, Nick, Query, Rejection};

use crate::peer::{Peer, log_in, logged_in, proved};

#[test]
fn who_does_not_negotiate_is_told_at_once_that_its_nick_is_taken() {
    let mut peer = Peer::connected();
    peer.says("NICK ann");
    assert_eq!(peer.query(), Query::NickTaken(Nick::new("ann", 32).expect("a nickname")));
    peer.answer(Answer::NickTaken(true));
    assert_eq!(peer.hears(), "433 * ann :Nickname is already in use");
}

#[test]
fn who_negotiates_may_log_in_first_and_is_told_at_the_end() {
    let ann = Nick::new("ann", 32).expect("a nickname");
    for rejection in [Rejection::NickInUse(ann.clone()), Rejection::NickOwned(ann)] {
        let mut peer = Peer::connected();
        peer.says("CAP LS 302");
        peer.hears();
        peer.says("NICK ann");
        peer.says("USER u 0 * :r");
        assert_eq!(peer.asked(), []);
        peer.says("CAP END");
        assert!(matches!(peer.command(), Command::Register { .. }));
        peer.reply(Event::Rejected(rejection));
        assert_eq!(peer.hears(), "433 * ann :Nickname is already in use");
        peer.says("NICK bob");
        assert!(matches!(peer.command(), Command::Register { .. }));
    }
}

#[test]
fn a_login_before_registration_is_the_hubs_to_remember() {
    let mut peer = Peer::connected();
    peer.says("CAP LS 302");
    peer.says("AUTHENTICATE PLAIN");
    peer.says("AUTHENTICATE AGFubgBzZWNyZXQ=");
    peer.check();
    peer.judge(proved());
    assert_eq!(peer.command(), log_in());
    peer.reply(logged_in(false));
    peer.says("NICK ann");
    peer.says("USER u 0 * :r");
    peer.hears();
    peer.says("CAP END");
    peer.welcomed(Some("ann"));
    assert!(peer.hears().starts_with("001 ann :"));
}

#[test]
fn away_before_registration_is_what_the_user_starts_with() {
    let mut peer = Peer::connected().negotiate("draft/pre-away");
    for (line, answer, away) in [
        ("AWAY :gone", "306 * :You have been marked as being away", Some("gone")),
        ("AWAY", "305 * :You are no longer marked as being away", None),
        ("AWAY :a text that is longer than it may be", "306 * :…", Some("a text that is longe")),
        ("AWAY *", "306 * :…", Some("*")),
    ] {
        let heard = peer.told(line);
        assert!(answer.ends_with('…') && heard.starts_with("306 ") || heard == answer, "{heard}");
        peer.says("NICK ann");
        peer.asked();
        peer.says("USER u 0 * :r");
        match peer.asked().as_slice() {
            [Output::Command(Command::Register { away: text, .. })] => {
                assert_eq!(text.as_ref().map(ToString::to_string).as_deref(), away);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn without_the_capabilities_away_and_isupport_are_451() {
    for line in ["AWAY :gone", "ISUPPORT"] {
        assert_eq!(Peer::connected().told(line), "451 * :You have not registered");
    }
}

#[test]
fn isupport_is_told_before_registration_to_who_asked_for_the_capability() {
    let heard = Peer::connected().negotiate("draft/extended-isupport").told("ISUPPORT");
    assert!(heard.lines().all(|line| line.starts_with("005 * ")), "{heard}");
    assert!(heard.lines().count() > 1);
}

#[test]
fn with_batch_all_005_are_in_one() {
    let in_batch = |heard: &str| {
        let lines: Vec<&str> = heard.lines().skip_while(|line| !line.contains("BATCH")).collect();
        let end = lines.iter().position(|line| line.starts_with("BATCH -")).expect("an end");
        assert!(lines[0].starts_with("BATCH +") && lines[0].ends_with(" draft/isupport"), "{heard}");
        let reference = lines[0].split(' ').nth(1).expect("a reference").trim_start_matches('+');
        assert!(
            end > 1 && lines[1..end].iter().all(|line| line.starts_with(&format!("@batch={reference} 005 ")))
        );
        assert_eq!(heard.matches(" 005 ").count(), end - 1);
    };
    let mut peer = Peer::connected().negotiate("draft/extended-isupport batch");
    in_batch(&peer.told("ISUPPORT"));
    peer.says("NICK ann");
    peer.asked();
    peer.says("USER u 0 * :r");
    peer.welcomed(None);
    in_batch(&peer.hears());
    in_batch(&peer.told("VERSION"));
}
