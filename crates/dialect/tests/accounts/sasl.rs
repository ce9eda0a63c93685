//! `conformance` section 13.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dialect::irc::Accounts;
use dialect::{Check, Output, Verdict};
use hub::{Cause, Command, Event, Rejection};

use crate::peer::{Peer, accounts, log_in, logged_in, options, proved};

const FAILED: &str = "904 * :SASL authentication failed";
const SUSPENDED: &str = "902 * :This account is suspended";

fn encoded(response: impl AsRef<[u8]>) -> String {
    STANDARD.encode(response)
}

/// Says that it is `ann`, with this password.
fn plain(peer: &mut Peer, password: &str) {
    assert_eq!(peer.told("AUTHENTICATE PLAIN"), "AUTHENTICATE +");
    let response = encoded(format!("\0ann\0{password}"));
    let mut rest = response.as_bytes();
    while rest.len() >= 400 {
        peer.says([&b"AUTHENTICATE "[..], &rest[..400]].concat());
        rest = &rest[400..];
    }
    let last = if rest.is_empty() { b"+" } else { rest };
    peer.says([b"AUTHENTICATE ", last].concat());
}

fn login_check(password: &str) -> Check {
    Check::Login { account: "ann".into(), secret: password.into() }
}

#[test]
fn plain_logs_in_before_registration_without_any_capability() {
    let mut peer = Peer::connected();
    plain(&mut peer, "secret");
    assert!(peer.check() == login_check("secret"));
    peer.judge(proved());
    assert_eq!(peer.command(), log_in());
    peer.reply(logged_in(false));
    assert_eq!(
        peer.hears(),
        "900 * * ann :You are now logged in as ann\n903 * :SASL authentication successful"
    );
}

#[test]
fn what_is_known_of_the_peer_stands_in_the_900() {
    let mut peer = Peer::connected();
    peer.says("CAP LS 302");
    peer.says("NICK ann");
    peer.says("USER u 0 * :r");
    peer.hears();
    plain(&mut peer, "secret");
    peer.judge(proved());
    peer.reply(logged_in(false));
    assert!(peer.hears().starts_with("900 * ann!u@host ann :"));
}

#[test]
fn it_works_after_registration_too() {
    for mut peer in [Peer::registered(), Peer::logged_in()] {
        plain(&mut peer, "secret");
        peer.judge(proved());
        assert_eq!(peer.command(), log_in());
        peer.reply(logged_in(true));
        assert_eq!(
            peer.hears(),
            "900 ann ann!u@host ann :You are now logged in as ann\n903 ann :SASL authentication successful"
        );
    }
}

#[test]
fn a_long_password_comes_in_several_lines() {
    for length in [294, 295, 296, 300, 594, 595, 1000] {
        let mut peer = Peer::connected();
        let password = "p".repeat(length);
        plain(&mut peer, &password);
        assert!(peer.check() == login_check(&password), "{length}");
    }
}

#[test]
fn what_cannot_be_right_is_904_at_once() {
    let long = format!("\0ann\0{}", "p".repeat(200));
    assert!(long.len() < 300);
    let short = Accounts { max_password: 100, ..accounts() };
    let mut peer = Peer::with(options(Some(short)), false);
    for response in ["", "ann", "\0ann", "\0ann\0a\0b", "\0\0secret", "\0ann\0", "bob\0ann\0secret", &long] {
        peer.says("AUTHENTICATE PLAIN");
        peer.hears();
        let line = if response.is_empty() { "+".to_owned() } else { encoded(response) };
        assert_eq!(peer.told(format!("AUTHENTICATE {line}")), FAILED, "{response:?}");
    }
    for bad in ["!", "AA", "AAA", "====", "AGFubgBzZWNyZXQ", "é"] {
        peer.says("AUTHENTICATE PLAIN");
        peer.hears();
        assert_eq!(peer.told(format!("AUTHENTICATE {bad}")), FAILED, "{bad}");
    }
    assert_eq!(peer.asked(), []);
    plain(&mut peer, "secret");
    assert!(peer.check() == login_check("secret"));
}

#[test]
fn an_authorisation_identity_is_nobody_or_the_same_account() {
    for acting in ["ann", "ANN"] {
        let mut peer = Peer::connected();
        peer.says("AUTHENTICATE PLAIN");
        peer.says(format!("AUTHENTICATE {}", encoded(format!("{acting}\0ann\0secret"))));
        assert!(peer.check() == login_check("secret"));
    }
}

#[test]
fn an_unknown_mechanism_is_908_and_904() {
    let mut peer = Peer::connected();
    let answer = "908 * PLAIN,SCRAM-SHA-256 :are available SASL mechanisms\n".to_owned() + FAILED;
    for name in ["NONE", "PLAINER", "EXTERNAL", "SCRAM-SHA-512"] {
        assert_eq!(peer.told(format!("AUTHENTICATE {name}")), answer, "{name}");
    }
    let mut peer = Peer::with(options(Some(accounts())), true);
    let answer = "908 * PLAIN,SCRAM-SHA-256,EXTERNAL :are available SASL mechanisms\n".to_owned() + FAILED;
    assert_eq!(peer.told("AUTHENTICATE NONE"), answer);
}

#[test]
fn without_accounts_it_is_904_and_the_capability_is_not_offered() {
    let mut peer = Peer::with(options(None), false);
    assert_eq!(peer.told("AUTHENTICATE PLAIN"), FAILED);
    assert!(!peer.told("CAP LS 302").contains("sasl"));
    let offers = Peer::connected().told("CAP LS 302");
    assert!(offers.contains(" sasl=PLAIN,SCRAM-SHA-256 "), "{offers}");
    let offers = Peer::with(options(Some(accounts())), true).told("CAP LS 302");
    assert!(offers.contains(" sasl=PLAIN,SCRAM-SHA-256,EXTERNAL "), "{offers}");
}

#[test]
fn a_part_longer_than_400_bytes_is_905_and_ends_the_exchange() {
    let mut peer = Peer::connected();
    peer.says("AUTHENTICATE PLAIN");
    peer.hears();
    let long = format!("AUTHENTICATE {}", "A".repeat(401));
    assert_eq!(peer.told(&long), "905 * :SASL message too long");
    plain(&mut peer, "secret");
    assert!(peer.check() == login_check("secret"));
}

#[test]
fn a_line_that_is_too_long_is_417_and_ends_the_exchange() {
    let mut peer = Peer::connected();
    peer.says("AUTHENTICATE PLAIN");
    peer.hears();
    assert_eq!(peer.told(format!("AUTHENTICATE {}", "A".repeat(600))), "417 * :Input line was too long");
    plain(&mut peer, "secret");
    assert!(peer.check() == login_check("secret"));
}

#[test]
fn a_response_has_at_most_8_kib() {
    let mut peer = Peer::connected();
    peer.says("AUTHENTICATE PLAIN");
    peer.hears();
    let full = format!("AUTHENTICATE {}", "A".repeat(400));
    for _ in 0..20 {
        assert_eq!(peer.told(&full), "");
    }
    assert_eq!(peer.told(&full), FAILED);
    plain(&mut peer, "secret");
    assert!(peer.check() == login_check("secret"));
}

#[test]
fn a_star_aborts() {
    let mut peer = Peer::connected();
    peer.says("AUTHENTICATE PLAIN");
    peer.hears();
    assert_eq!(peer.told("AUTHENTICATE *"), "906 * :SASL authentication aborted");
    plain(&mut peer, "secret");
    assert!(peer.check() == login_check("secret"));
    assert_eq!(Peer::connected().told("AUTHENTICATE"), "461 * AUTHENTICATE :Not enough parameters");
}

#[test]
fn a_failure_leaves_the_state_as_it_was() {
    let mut peer = Peer::connected();
    plain(&mut peer, "wrong");
    peer.judge(Verdict::Refused);
    assert_eq!(peer.hears(), FAILED);
    plain(&mut peer, "secret");
    assert!(peer.asked().contains(&Output::Check(login_check("secret"))));
}

#[test]
fn suspended_is_902_and_too_often_is_904() {
    let mut peer = Peer::connected();
    plain(&mut peer, "secret");
    peer.judge(Verdict::Suspended);
    assert_eq!(peer.hears(), SUSPENDED);
    plain(&mut peer, "secret");
    peer.judge(Verdict::Throttled(7));
    let text = "too many attempts, try again in 7 s";
    assert_eq!(peer.hears(), format!("{FAILED}: {text}"));
}

#[test]
fn the_hub_has_the_last_word() {
    for (rejection, answer) in [
        (Rejection::AccountSuspended("ann".into()), SUSPENDED),
        (Rejection::NoSuchAccount("ann".into()), FAILED),
        (Rejection::RecoverySpent, FAILED),
        (Rejection::NotKept("the disk is full".into()), FAILED),
    ] {
        let mut peer = Peer::connected();
        plain(&mut peer, "secret");
        peer.judge(proved());
        peer.reply(Event::Rejected(rejection));
        assert_eq!(peer.hears(), answer);
    }
}

#[test]
fn a_recovery_code_is_used_up_by_logging_in() {
    let mut peer = Peer::connected();
    plain(&mut peer, "code");
    peer.asked();
    peer.judge(Verdict::LoggedIn { account: "ann".into(), recovery: Some("hash".into()) });
    let login = Command::Login { account: Some("ann".into()), recovery: Some("hash".into()) };
    assert_eq!(peer.command(), login);
}

#[test]
fn three_failures_in_a_row_end_the_connection() {
    let mut peer = Peer::connected();
    let mut fail = |verdict| {
        plain(&mut peer, "wrong");
        peer.asked();
        peer.judge(verdict);
        if let Some(Output::Command(_)) = peer.asked().first() {
            peer.reply(logged_in(false));
        }
        peer.hears()
    };
    fail(Verdict::Refused);
    fail(Verdict::Refused);
    fail(proved());
    fail(Verdict::Refused);
    fail(Verdict::Refused);
    plain(&mut peer, "wrong");
    peer.asked();
    peer.judge(Verdict::Refused);
    assert_eq!(peer.hears(), FAILED);
    assert_eq!(peer.asked(), [Output::Close(Cause::Refused("Too many failed logins".into()))]);
}

#[test]
fn scram_goes_to_and_fro_and_ends_with_an_empty_response() {
    let mut peer = Peer::connected();
    assert_eq!(peer.told("AUTHENTICATE SCRAM-SHA-256"), "AUTHENTICATE +");
    peer.says(format!("AUTHENTICATE {}", encoded("n,,n=ann,r=abc")));
    assert!(peer.check() == Check::Scram { message: b"n,,n=ann,r=abc".to_vec(), first: true });
    peer.judge(Verdict::Challenge(b"r=abcdef,s=QQ==,i=4096".to_vec()));
    assert_eq!(peer.hears(), format!("AUTHENTICATE {}", encoded("r=abcdef,s=QQ==,i=4096")));
    peer.says(format!("AUTHENTICATE {}", encoded("c=biws,r=abcdef,p=QQ==")));
    assert!(peer.check() == Check::Scram { message: b"c=biws,r=abcdef,p=QQ==".to_vec(), first: false });
    peer.judge(Verdict::Proved { account: "ann".into(), message: b"v=QQ==".to_vec() });
    assert_eq!(peer.hears(), format!("AUTHENTICATE {}", encoded("v=QQ==")));
    peer.says("AUTHENTICATE +");
    assert_eq!(peer.command(), log_in());
    peer.reply(logged_in(false));
    assert!(peer.hears().ends_with("903 * :SASL authentication successful"));
}

#[test]
fn a_wrong_proof_is_904_straight_away() {
    let mut peer = Peer::connected();
    peer.says("AUTHENTICATE SCRAM-SHA-256");
    peer.says(format!("AUTHENTICATE {}", encoded("n,,n=ann,r=abc")));
    peer.asked();
    peer.judge(Verdict::Challenge(b"r=abcdef".to_vec()));
    peer.says(format!("AUTHENTICATE {}", encoded("c=biws,r=abcdef,p=bad")));
    peer.asked();
    peer.hears();
    peer.judge(Verdict::Refused);
    assert_eq!(peer.hears(), FAILED);
    assert_eq!(peer.told("AUTHENTICATE PLAIN"), "AUTHENTICATE +");
}

#[test]
fn a_proof_is_not_enough_if_something_is_behind_it() {
    let mut peer = Peer::connected();
    peer.says("AUTHENTICATE SCRAM-SHA-256");
    peer.says("AUTHENTICATE AAAA");
    peer.asked();
    peer.judge(Verdict::Proved { account: "ann".into(), message: b"v=QQ==".to_vec() });
    peer.hears();
    assert_eq!(peer.told("AUTHENTICATE AAAA"), FAILED);
    assert_eq!(peer.asked(), []);
}

#[test]
fn external_is_the_certificate_of_the_connection() {
    for (line, account) in [("+".to_owned(), None), (encoded("ann"), Some("ann".into()))] {
        let mut peer = Peer::with(options(Some(accounts())), true);
        assert_eq!(peer.told("AUTHENTICATE EXTERNAL"), "AUTHENTICATE +");
        peer.says(format!("AUTHENTICATE {line}"));
        assert!(peer.check() == Check::Certificate { account });
        peer.judge(proved());
        assert_eq!(peer.command(), log_in());
    }
}

#[test]
fn nick_user_and_cap_leave_an_exchange_going() {
    let mut peer = Peer::connected();
    peer.says("CAP LS 302");
    peer.says("AUTHENTICATE PLAIN");
    for line in ["NICK ann", "USER u 0 * :r", "NICK ann", "CAP REQ :server-time", "CAP LIST", "PING x"] {
        peer.says(line);
    }
    peer.hears();
    assert_eq!(peer.asked(), []);
    peer.says(format!("AUTHENTICATE {}", encoded("\0ann\0secret")));
    assert!(peer.check() == login_check("secret"));
}

#[test]
fn registration_that_completes_in_the_middle_aborts() {
    let mut peer = Peer::connected();
    for line in ["CAP LS 302", "NICK ann", "USER u 0 * :r", "AUTHENTICATE PLAIN"] {
        peer.says(line);
    }
    peer.hears();
    peer.says("CAP END");
    peer.welcomed(None);
    let heard = peer.hears();
    assert!(heard.starts_with("906 * :SASL authentication aborted\n001 ann :"), "{heard}");
    plain(&mut peer, "secret");
    assert!(peer.check() == login_check("secret"));
}

#[test]
fn each_line_of_an_exchange_has_one_labeled_answer() {
    let mut peer = Peer::connected().negotiate("labeled-response batch").become_user(None);
    assert_eq!(peer.told("@label=a AUTHENTICATE PLAIN"), "@label=a AUTHENTICATE +");
    peer.says(format!("@label=b AUTHENTICATE {}", encoded("\0ann\0secret")));
    peer.asked();
    assert_eq!(peer.hears(), "");
    peer.judge(proved());
    peer.reply(logged_in(true));
    peer.done();
    let heard = peer.hears();
    let starts: Vec<&str> = heard.lines().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(starts, ["@label=b", "@batch=1", "@batch=1", "BATCH"], "{heard}");
}
