//! `conformance` section 22.

use dialect::irc::{Accounts, Registration};
use dialect::{Check, Codes, Verdict};
use hub::{Answer, Command, Credentials, Event, Nick, Rejection};

use crate::peer::{Peer, REGISTRATION, accounts, logged_in, options};

fn peer_with(registration: Option<Registration>) -> Peer {
    Peer::with(options(Some(Accounts { registration, ..accounts() })), false)
}

fn before_connect() -> Peer {
    peer_with(Some(Registration { before_connect: true, ..REGISTRATION }))
}

fn credentials() -> Box<Credentials> {
    Box::new(Credentials {
        password: Some("hash".into()),
        recovery: vec!["h".into()],
        ..Credentials::default()
    })
}

fn enrolled(codes: &[&str]) -> Verdict {
    let codes = Codes(codes.iter().map(|&code| code.to_owned()).collect());
    Verdict::Enrolled { credentials: credentials(), codes }
}

fn create(email: Option<&str>) -> Command {
    let name = Nick::new("ann", 32).expect("a nickname");
    Command::CreateAccount { name, email: email.map(Into::into), credentials: credentials(), log_in: true }
}

fn created() -> Event {
    Event::AccountCreated { account: "ann".into() }
}

#[test]
fn register_makes_an_account_logs_in_and_shows_the_codes_once() {
    let mut peer = Peer::registered();
    peer.says("REGISTER * ann@example.org secret");
    assert!(peer.check() == Check::Enroll { account: "ann".into(), secret: b"secret".to_vec(), new: true });
    peer.judge(enrolled(&["a", "b", "c", "d", "e"]));
    assert_eq!(peer.command(), create(Some("ann@example.org")));
    peer.reply(created());
    assert_eq!(peer.hears(), "REGISTER SUCCESS ann :Account created");
    peer.reply(logged_in(true));
    assert_eq!(
        peer.hears(),
        "900 ann ann!u@host ann :You are now logged in as ann\n\
         :NickServ!NickServ@irc.test NOTICE ann :Recovery codes: each takes the place of your password once. \
         Write them down, they are not shown again:\n\
         :NickServ!NickServ@irc.test NOTICE ann :a b c d\n\
         :NickServ!NickServ@irc.test NOTICE ann :e"
    );
    peer.reply(logged_in(true));
    assert_eq!(peer.hears(), "900 ann ann!u@host ann :You are now logged in as ann");
}

#[test]
fn without_codes_nothing_is_said_of_them() {
    let mut peer = Peer::registered();
    peer.says("REGISTER ANN * secret");
    peer.asked();
    peer.judge(enrolled(&[]));
    assert_eq!(peer.command(), create(None));
    peer.reply(created());
    peer.reply(logged_in(true));
    assert_eq!(
        peer.hears(),
        "REGISTER SUCCESS ann :Account created\n900 ann ann!u@host ann :You are now logged in as ann"
    );
}

#[test]
fn before_connect_a_nick_is_enough() {
    let mut peer = before_connect();
    assert_eq!(peer.told("REGISTER ann * secret"), "FAIL REGISTER NEED_NICK * :Say NICK before you register");
    peer.says("CAP LS 302");
    peer.says("NICK ann");
    peer.hears();
    peer.says("REGISTER * * secret");
    peer.check();
    peer.judge(enrolled(&["a"]));
    assert_eq!(peer.command(), create(None));
    peer.reply(created());
    peer.reply(logged_in(false));
    let heard = peer.hears();
    assert!(heard.starts_with("REGISTER SUCCESS ann :Account created\n900 * ann!*@host ann :"), "{heard}");
    assert!(heard.ends_with("\n:NickServ!NickServ@irc.test NOTICE * :a"), "{heard}");
    peer.says("USER u 0 * :r");
    peer.says("CAP END");
    peer.welcomed(Some("ann"));
    peer.hears();
    assert!(peer.told("REGISTER * * x").starts_with("FAIL REGISTER ALREADY_AUTHENTICATED * :"));
}

#[test]
fn a_nick_that_was_refused_can_be_somebody_elses_account() {
    let mut peer = before_connect();
    peer.says("NICK ann");
    peer.query();
    peer.answer(Answer::NickTaken(true));
    assert_eq!(peer.hears(), "433 * ann :Nickname is already in use");
    peer.says("REGISTER * * secret");
    peer.check();
    peer.judge(enrolled(&[]));
    assert_eq!(peer.command(), create(None));
    peer.reply(Event::Rejected(Rejection::AccountExists("ann".into())));
    assert_eq!(peer.hears(), "FAIL REGISTER ACCOUNT_EXISTS ann :The name ann is taken");
}

#[test]
fn every_fail_names_the_account() {
    let asked = [
        ("REGISTER bob * x", "ACCOUNT_NAME_MUST_BE_NICK bob"),
        ("REGISTER 1a * x", "BAD_ACCOUNT_NAME 1a"),
        ("REGISTER * nowhere x", "INVALID_EMAIL *"),
        ("REGISTER ann :a b x", "INVALID_EMAIL ann"),
        ("REGISTER * * :", "UNACCEPTABLE_PASSWORD ann"),
    ];
    for (line, fail) in asked {
        let heard = match line {
            "REGISTER ann :a b x" => Peer::registered().told("REGISTER ann a@b@c x"),
            line => Peer::registered().told(line),
        };
        assert!(heard.starts_with(&format!("FAIL REGISTER {fail} :")), "{line}: {heard}");
        assert_eq!(heard.lines().count(), 1);
    }
    let long = Accounts { max_password: 10, ..accounts() };
    let heard = Peer::with(options(Some(long)), false).become_user(None).told("REGISTER * * 12345678901");
    assert!(heard.starts_with("FAIL REGISTER UNACCEPTABLE_PASSWORD ann :"), "{heard}");
}

#[test]
fn too_few_parameters_are_461() {
    for line in ["REGISTER", "REGISTER *", "REGISTER * *"] {
        assert_eq!(Peer::registered().told(line), "461 ann REGISTER :Not enough parameters");
    }
    for line in ["VERIFY", "VERIFY ann"] {
        assert_eq!(Peer::registered().told(line), "461 ann VERIFY :Not enough parameters");
    }
}

#[test]
fn an_address_is_needed_if_the_server_says_so() {
    let mut peer = peer_with(Some(Registration { email_required: true, ..REGISTRATION })).become_user(None);
    assert_eq!(
        peer.told("REGISTER * * secret"),
        "FAIL REGISTER INVALID_EMAIL * :An e-mail address is needed"
    );
    peer.says("REGISTER * a@b secret");
    peer.check();
}

#[test]
fn where_and_when_accounts_can_be_made() {
    for (mut peer, code) in [
        (peer_with(None).become_user(None), "TEMPORARILY_UNAVAILABLE"),
        (Peer::with(options(None), false).become_user(None), "TEMPORARILY_UNAVAILABLE"),
        (Peer::connected(), "COMPLETE_CONNECTION_REQUIRED"),
        (Peer::logged_in(), "ALREADY_AUTHENTICATED"),
    ] {
        for command in ["REGISTER", "VERIFY"] {
            let heard = peer.told(format!("{command} ann x x"));
            assert!(heard.starts_with(&format!("FAIL {command} {code} ann :")), "{heard}");
        }
    }
}

#[test]
fn no_account_waits_for_a_code() {
    let heard = Peer::registered().told("VERIFY ann 123");
    assert!(heard.starts_with("FAIL VERIFY INVALID_CODE ann :"), "{heard}");
}

#[test]
fn the_server_may_refuse_the_password() {
    for (verdict, code) in [
        (Verdict::Unacceptable("It is easy to guess"), "UNACCEPTABLE_PASSWORD"),
        (Verdict::Throttled(9), "TEMPORARILY_UNAVAILABLE"),
        (Verdict::Refused, "TEMPORARILY_UNAVAILABLE"),
    ] {
        let mut peer = Peer::registered();
        peer.says("REGISTER * * secret");
        peer.asked();
        peer.judge(verdict);
        let heard = peer.hears();
        assert!(heard.starts_with(&format!("FAIL REGISTER {code} ann :")), "{heard}");
        assert_eq!(peer.asked(), []);
    }
}

#[test]
fn the_hub_may_refuse_the_account() {
    for (rejection, code) in [
        (Rejection::AccountExists("ann".into()), "ACCOUNT_EXISTS"),
        (Rejection::AccountReserved("ann".into()), "BAD_ACCOUNT_NAME"),
        (Rejection::LoggedInAlready("bob".into()), "ALREADY_AUTHENTICATED"),
        (Rejection::NoMoreAccounts, "TEMPORARILY_UNAVAILABLE"),
        (Rejection::NotKept("the disk is full".into()), "TEMPORARILY_UNAVAILABLE"),
    ] {
        let mut peer = Peer::registered();
        peer.says("REGISTER * * secret");
        peer.asked();
        peer.judge(enrolled(&["a"]));
        peer.reply(Event::Rejected(rejection));
        let heard = peer.hears();
        assert!(heard.starts_with(&format!("FAIL REGISTER {code} ann :")), "{heard}");
        assert_eq!(heard.lines().count(), 1, "{heard}");
    }
}

#[test]
fn the_capability_tells_how_accounts_are_made() {
    let value = |mut peer: Peer| {
        let offered = peer.told("CAP LS 302");
        let mut words = offered.split([' ', '\n']).map(str::to_owned);
        words.find(|word| word.starts_with("draft/account-registration"))
    };
    assert_eq!(value(Peer::connected()).as_deref(), Some("draft/account-registration"));
    assert_eq!(value(before_connect()).as_deref(), Some("draft/account-registration=before-connect"));
    assert_eq!(value(peer_with(None)), None);
    let all = Registration { before_connect: true, email_required: true };
    let all = value(peer_with(Some(all)));
    assert_eq!(all.as_deref(), Some("draft/account-registration=before-connect,email-required"));
}

#[test]
fn all_of_a_registration_is_one_labeled_answer() {
    let mut peer = Peer::connected().negotiate("labeled-response batch").become_user(None);
    peer.says("@label=x REGISTER * * secret");
    peer.asked();
    assert_eq!(peer.hears(), "");
    peer.judge(enrolled(&["a"]));
    peer.reply(created());
    peer.reply(logged_in(true));
    peer.done();
    let heard = peer.hears();
    assert!(
        heard.starts_with("@label=x BATCH +1 labeled-response\n@batch=1 REGISTER SUCCESS ann"),
        "{heard}"
    );
    assert!(heard.ends_with("\nBATCH -1"), "{heard}");
    let heard = peer.told("@label=y REGISTER * * secret");
    assert!(heard.starts_with("@label=y FAIL REGISTER ALREADY_AUTHENTICATED * :"), "{heard}");
}
