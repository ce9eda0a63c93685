//! `conformance` section 30, Services.

use dialect::{Check, Codes, Output, Verdict};
use hub::{
    AccountChange, AccountInfo, AccountPrivate, Answer, Choices, Command, Credentials, Event, Nick, Query,
    Rank, Registration, Rejection, RoomName, Settled,
};

use crate::peer::{NOON, Peer, accounts, fingerprint, log_in, logged_in, options, proved};

const NICKSERV: &str = ":NickServ!NickServ@irc.test NOTICE ann :";
const CHANSERV: &str = ":ChanServ!ChanServ@irc.test NOTICE ann :";

fn room() -> RoomName {
    RoomName::new("#a", 64).expect("a name")
}

fn changed(change: AccountChange) -> Command {
    Command::ChangeAccount { account: "ann".into(), change: Box::new(change) }
}

fn login_check(secret: &str) -> Check {
    Check::Login { account: "ann".into(), secret: secret.into() }
}

/// All lines are notices from the service.
fn only_notices(heard: &str, from: &str) {
    assert!(!heard.is_empty() && heard.lines().all(|line| line.starts_with(from)), "{heard}");
}

#[test]
fn a_service_is_spoken_with_by_message_and_by_short_commands_in_any_case() {
    for line in [
        "PRIVMSG NickServ :INFO",
        "PRIVMSG NICKSERV :info",
        "privmsg nickserv info",
        "NS INFO",
        "ns :info",
        "NICKSERV info",
    ] {
        let mut peer = Peer::registered();
        peer.says(line);
        assert_eq!(peer.query(), Query::Account(None), "{line}");
    }
    for line in ["PRIVMSG ChanServ :INFO #a", "CS INFO #a", "chanserv :info #a"] {
        let mut peer = Peer::registered();
        peer.says(line);
        assert_eq!(peer.query(), Query::Registration(room()), "{line}");
    }
}

#[test]
fn what_a_service_is_told_goes_nowhere_and_is_not_echoed() {
    let mut peer = Peer::connected().negotiate("echo-message message-tags").become_user(None);
    for line in ["NOTICE NickServ :IDENTIFY x", "TAGMSG NickServ"] {
        assert_eq!(peer.told(line), "");
        assert_eq!(peer.asked(), []);
    }
    only_notices(&peer.told("PRIVMSG NickServ :nonsense with secret"), NICKSERV);
    assert_eq!(peer.asked(), []);
    // In a list it is nobody.
    peer.says("PRIVMSG bob,NickServ :IDENTIFY x");
    let said: Vec<_> = peer.asked();
    assert!(said.iter().all(|output| matches!(output, Output::Command(Command::Say(_)))), "{said:?}");
}

#[test]
fn a_wrong_word_is_helped() {
    for (line, from) in [
        ("NS", NICKSERV),
        ("NS HELP", NICKSERV),
        ("NS DANCE", NICKSERV),
        ("NS IDENTIFY", NICKSERV),
        ("NS SET", NICKSERV),
        ("NS SET COLOUR red", NICKSERV),
        ("NS SET ALWAYS-ON maybe", NICKSERV),
        ("NS CERT EAT", NICKSERV),
        ("NS CERT ADD xyz", NICKSERV),
        ("NS CERT ADD", NICKSERV),
        ("CS", CHANSERV),
        ("CS HELP", CHANSERV),
        ("CS REGISTER", CHANSERV),
        ("CS REGISTER nowhere", CHANSERV),
        ("CS AMODE #a +x ann", CHANSERV),
    ] {
        let mut peer = Peer::logged_in();
        let heard = peer.told(line);
        only_notices(&heard, from);
        assert_eq!(peer.asked(), [], "{line}");
    }
}

#[test]
fn without_accounts_the_services_say_so() {
    let mut peer = Peer::with(options(None), false).become_user(None);
    for (line, from) in [("NS REGISTER secret", NICKSERV), ("CS REGISTER #a", CHANSERV)] {
        only_notices(&peer.told(line), from);
        assert_eq!(peer.asked(), []);
    }
}

#[test]
fn register_makes_an_account_for_the_present_nick() {
    let mut peer = Peer::registered();
    peer.says("NS REGISTER secret");
    assert!(peer.check() == Check::Enroll { account: "ann".into(), secret: b"secret".to_vec(), new: true });
    peer.judge(Verdict::Enrolled { credentials: Box::default(), codes: Codes(vec!["a".to_owned()]) });
    assert!(matches!(peer.command(), Command::CreateAccount { log_in: true, .. }));
    peer.reply(Event::AccountCreated { account: "ann".into() });
    peer.reply(logged_in(true));
    let heard = peer.hears();
    let lines: Vec<&str> = heard.lines().collect();
    assert_eq!(lines[0], format!("{NICKSERV}Account created"));
    assert!(lines[1].starts_with("900 ann ann!u@host ann :"));
    assert_eq!(lines[3], format!("{NICKSERV}a"));
    only_notices(&peer.told("NS REGISTER again"), NICKSERV);
    assert_eq!(peer.asked(), []);
}

#[test]
fn refusals_are_notices_and_never_repeat_the_password() {
    let mut peer = Peer::registered();
    peer.says("NS REGISTER secret");
    peer.asked();
    peer.judge(Verdict::Unacceptable("It is easy to guess"));
    assert_eq!(peer.hears(), format!("{NICKSERV}It is easy to guess"));
    peer.says("NS REGISTER secret");
    peer.asked();
    peer.judge(Verdict::Enrolled { credentials: Box::default(), codes: Codes::default() });
    peer.reply(Event::Rejected(Rejection::AccountExists("ann".into())));
    assert_eq!(peer.hears(), format!("{NICKSERV}The name ann is taken"));
}

#[test]
fn identify_logs_in_and_gives_a_900() {
    for line in ["NS IDENTIFY secret", "NS IDENTIFY ann secret"] {
        let mut peer = Peer::registered();
        peer.says(line);
        assert!(peer.check() == login_check("secret"));
        peer.judge(proved());
        assert_eq!(peer.command(), log_in());
        peer.reply(logged_in(true));
        let heard = peer.hears();
        let words = "You are now logged in as ann";
        assert_eq!(heard, format!("900 ann ann!u@host ann :{words}\n{NICKSERV}{words}"));
    }
}

#[test]
fn identify_counts_failures() {
    let mut peer = Peer::registered();
    for _ in 0..3 {
        assert_eq!(peer.asked(), []);
        peer.says("NS IDENTIFY wrong");
        peer.check();
        peer.judge(Verdict::Refused);
        assert_eq!(peer.hears(), format!("{NICKSERV}Wrong account or password"));
    }
    assert!(matches!(peer.asked()[..], [Output::Close(_)]));
}

#[test]
fn logout_gives_a_901() {
    let mut peer = Peer::logged_in();
    peer.says("NS LOGOUT");
    assert_eq!(peer.command(), Command::Login { account: None, recovery: None });
    peer.reply(Event::LoggedOut { who: Some(crate::peer::identity("ann", None)) });
    let heard = peer.hears();
    assert!(heard.starts_with("901 ann ann!u@host :You are now logged out\n"), "{heard}");
    only_notices(&peer.told("NS LOGOUT"), NICKSERV);
    assert_eq!(peer.asked(), []);
}

#[test]
fn drop_wants_name_and_password() {
    let mut peer = Peer::logged_in();
    only_notices(&peer.told("NS DROP"), NICKSERV);
    only_notices(&peer.told("NS DROP ann"), NICKSERV);
    peer.says("NS DROP ann wrong");
    peer.check();
    peer.judge(Verdict::Refused);
    assert_eq!(peer.asked(), []);
    peer.hears();
    peer.says("NS DROP ann secret");
    peer.check();
    peer.judge(proved());
    assert_eq!(peer.command(), Command::DropAccount { account: "ann".into() });
    peer.reply(Event::Settled(Settled::AccountDropped("ann".into())));
    only_notices(&peer.hears(), NICKSERV);
}

#[test]
fn the_password_changes_if_the_old_one_is_right() {
    let mut peer = Peer::logged_in();
    peer.says("NS SET PASSWORD old new");
    assert!(peer.check() == login_check("old"));
    peer.judge(proved());
    assert!(peer.check() == Check::Enroll { account: "ann".into(), secret: b"new".to_vec(), new: false });
    let credentials = Credentials {
        password: Some("hash".into()),
        scram: Some("verifier".into()),
        recovery: vec!["unused".into()],
        ..Credentials::default()
    };
    peer.judge(Verdict::Enrolled {
        credentials: Box::new(credentials),
        codes: Codes(vec!["code".to_owned()]),
    });
    let change = AccountChange::Password { password: Some("hash".into()), scram: Some("verifier".into()) };
    assert_eq!(peer.command(), changed(change.clone()));
    peer.reply(Event::Settled(Settled::AccountChanged { account: "ann".into(), change: Box::new(change) }));
    assert_eq!(peer.hears(), format!("{NICKSERV}Your password is changed"));
}

#[test]
fn a_recovery_code_changes_the_password_once() {
    let mut peer = Peer::logged_in();
    peer.says("NS SET PASSWORD code new");
    peer.check();
    peer.judge(Verdict::LoggedIn { account: "ann".into(), recovery: Some("hash".into()) });
    let login = Command::Login { account: Some("ann".into()), recovery: Some("hash".into()) };
    match &peer.asked()[..] {
        [Output::Command(command), Output::Check(Check::Enroll { .. })] => assert_eq!(*command, login),
        other => panic!("{other:?}"),
    }
}

#[test]
fn new_recovery_codes_are_shown_once_they_hold() {
    let mut peer = Peer::logged_in();
    peer.says("NS RECOVERY secret");
    assert!(peer.check() == login_check("secret"));
    peer.judge(proved());
    assert!(peer.check() == Check::Enroll { account: "ann".into(), secret: b"secret".to_vec(), new: true });
    let credentials = Credentials { recovery: vec!["hash".into()], ..Credentials::default() };
    peer.judge(Verdict::Enrolled {
        credentials: Box::new(credentials),
        codes: Codes(vec!["code".to_owned()]),
    });
    let change = AccountChange::Recovery(vec!["hash".into()]);
    assert_eq!(peer.command(), changed(change.clone()));
    assert_eq!(peer.hears(), "");
    peer.reply(Event::Settled(Settled::AccountChanged { account: "ann".into(), change: Box::new(change) }));
    assert!(peer.hears().ends_with(&format!("{NICKSERV}code")));
}

#[test]
fn settings_and_certificates_are_changes_of_ones_own_account() {
    let other = "CD:".repeat(32);
    for (line, change) in [
        ("NS SET MULTICLIENT ON", AccountChange::Several(Some(true))),
        ("NS SET MULTICLIENT off", AccountChange::Several(Some(false))),
        ("NS SET ALWAYS-ON TRUE", AccountChange::AlwaysOn(Some(true))),
        ("ns set always-on false", AccountChange::AlwaysOn(Some(false))),
        ("NS SET ALWAYS-ON DEFAULT", AccountChange::AlwaysOn(None)),
        ("NS CERT ADD", AccountChange::AddCertificate(fingerprint().into())),
        ("NS CERT DEL", AccountChange::RemoveCertificate(fingerprint().into())),
        (&format!("NS CERT ADD {other}"), AccountChange::AddCertificate("cd".repeat(32).into())),
    ] {
        let mut peer = Peer::with(options(Some(accounts())), true).become_user(Some("ann"));
        peer.says(line);
        assert_eq!(peer.command(), changed(change.clone()), "{line}");
        let change = Box::new(change);
        peer.reply(Event::Settled(Settled::AccountChanged { account: "ann".into(), change }));
        only_notices(&peer.hears(), NICKSERV);
        let mut peer = Peer::with(options(Some(accounts())), true).become_user(None);
        assert_eq!(peer.told(line), format!("{NICKSERV}You are not logged in"));
    }
}

#[test]
fn info_tells_the_owner_more() {
    let private = AccountPrivate {
        choices: Choices { several: Some(true), always_on: None },
        certificates: vec!["c1".into(), "c2".into()],
        recovery: 7,
        email: Some("a@b".into()),
    };
    let info =
        |private| Box::new(AccountInfo { name: "Ann".into(), created: NOON, suspended: false, private });
    let mut peer = Peer::registered();
    peer.says("NS INFO Ann");
    assert_eq!(peer.query(), Query::Account(Some("Ann".into())));
    peer.answer(Answer::Account(info(None)));
    let registered = "Registered: 2023-11-14T22:13:20.000Z";
    assert_eq!(peer.hears(), format!("{NICKSERV}Account: Ann\n{NICKSERV}{registered}"));
    peer.says("NS INFO");
    peer.answer(Answer::Account(info(Some(private.clone()))));
    let heard = peer.hears();
    for words in ["E-mail: a@b", "MULTICLIENT: on", "Certificates: 2", "Recovery codes left: 7"] {
        assert!(heard.contains(words), "{heard}");
    }
    peer.asked();
    peer.says("NS CERT LIST");
    assert_eq!(peer.query(), Query::Account(None));
    peer.answer(Answer::Account(info(Some(private))));
    assert_eq!(peer.hears(), format!("{NICKSERV}c1\n{NICKSERV}c2"));
    peer.says("NS INFO nobody");
    peer.answer(Answer::Rejected(Rejection::NoSuchAccount("nobody".into())));
    assert_eq!(peer.hears(), format!("{NICKSERV}There is no account nobody"));
}

#[test]
fn an_account_made_for_somebody_else_has_no_codes_and_logs_nobody_in() {
    let mut peer = Peer::registered();
    peer.says("NS SAREGISTER bob secret");
    assert!(peer.check() == Check::Enroll { account: "bob".into(), secret: b"secret".to_vec(), new: true });
    let credentials = Credentials { recovery: vec!["hash".into()], ..Credentials::default() };
    peer.judge(Verdict::Enrolled {
        credentials: Box::new(credentials),
        codes: Codes(vec!["code".to_owned()]),
    });
    assert_eq!(
        peer.command(),
        Command::CreateAccount {
            name: Nick::new("bob", 32).expect("a nickname"),
            email: None,
            credentials: Box::default(),
            log_in: false
        }
    );
    peer.reply(Event::AccountCreated { account: "bob".into() });
    assert_eq!(peer.hears(), format!("{NICKSERV}Account created"));
}

#[test]
fn chanserv_asks_the_hub_in_its_own_words() {
    let ann = || "ann".into();
    let commands = [
        ("CS REGISTER #a", Command::RegisterRoom { room: room() }),
        ("CS DROP #a", Command::DropRoom { room: room() }),
        ("CS OP #a", Command::TakeRank { room: room(), nick: None }),
        ("CS OP #a ann", Command::TakeRank { room: room(), nick: Some(ann()) }),
        ("CS TRANSFER #a ann", Command::TransferRoom { room: room(), account: ann() }),
        (
            "CS AMODE #a +o ann",
            Command::SetAccess { room: room(), account: ann(), rank: Some(Rank::Operator) },
        ),
        ("CS AMODE #a -o ann", Command::SetAccess { room: room(), account: ann(), rank: None }),
    ];
    for (line, command) in commands {
        let mut peer = Peer::logged_in();
        peer.says(line);
        assert_eq!(peer.command(), command, "{line}");
        peer.reply(Event::Rejected(Rejection::FounderNeeded(room())));
        assert_eq!(peer.hears(), format!("{CHANSERV}Only the founder of #a may do that"));
    }
}

#[test]
fn chanserv_tells_what_came_of_it() {
    let ann = || "ann".into();
    for settled in [
        Settled::RoomRegistered(room()),
        Settled::RoomDropped(room()),
        Settled::RoomTransferred { room: room(), founder: ann() },
        Settled::AccessSet { room: room(), account: ann(), rank: Some(Rank::Voice) },
        Settled::AccessSet { room: room(), account: ann(), rank: None },
    ] {
        let mut peer = Peer::logged_in();
        peer.reply(Event::Settled(settled));
        only_notices(&peer.hears(), CHANSERV);
    }
    let mut peer = Peer::logged_in();
    peer.says("CS AMODE #a");
    assert_eq!(peer.query(), Query::Access(room()));
    peer.answer(Answer::Access(room(), vec![(ann(), Rank::Operator), ("bob".into(), Rank::Voice)]));
    assert_eq!(peer.hears(), format!("{CHANSERV}+o ann, +v bob"));
    peer.says("CS INFO #a");
    peer.asked();
    let registration = Registration { founder: ann(), at: NOON, access: Vec::new() };
    peer.answer(Answer::Registration(room(), Box::new(registration)));
    assert!(peer.hears().contains(&format!("{CHANSERV}Founder: ann")));
}

#[test]
fn accept_takes_a_list_of_names_with_a_minus_or_without() {
    let mut peer = Peer::registered();
    peer.says("ACCEPT bob,-cy");
    let accept = |nick: &str, on| Output::Command(Command::Accept { nick: nick.into(), on });
    assert_eq!(peer.asked(), [accept("bob", true), accept("cy", false)]);
    assert_eq!(peer.told("ACCEPT"), "461 ann ACCEPT :Not enough parameters");
}

#[test]
fn nothing_secret_is_printed() {
    let mut peer = Peer::logged_in();
    peer.says("NS SET PASSWORD hunter1 hunter2");
    assert!(!format!("{peer:?}").contains("hunter"));
    peer.asked();
    peer.judge(proved());
    peer.asked();
    peer.judge(Verdict::Enrolled { credentials: Box::default(), codes: Codes(vec!["hunter3".to_owned()]) });
    assert!(!format!("{peer:?}").contains("hunter"));
}

#[test]
fn dropping_an_account_logs_out_and_says_so_once() {
    let mut peer = Peer::logged_in();
    peer.says("NS DROP ann secret");
    peer.check();
    peer.judge(proved());
    peer.reply(Event::Settled(Settled::AccountDropped("ann".into())));
    peer.reply(Event::LoggedOut { who: Some(crate::peer::identity("ann", None)) });
    let heard = peer.hears();
    assert_eq!(heard.matches("NOTICE").count(), 1, "{heard}");
    assert!(heard.contains("901 ann ann!u@host :"), "{heard}");
}
