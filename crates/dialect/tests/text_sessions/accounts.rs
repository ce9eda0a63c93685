//! Accounts, as people of every text dialect have to do with them.

use dialect::text::Settings;
use dialect::{Check, Dialect, Output, Verdict};
use hub::{AccountChange, Command, Credentials, Event, Rejection, Settled};

use dialect::fuzzing::text::Stage;

use super::played::{arrived, drain, play, words};
use super::talk::{Talk, codes, command, nick_of, server};

/// Those who type.
const TEXT: [Dialect; 5] = [Dialect::Line, Dialect::Packet, Dialect::Plain, Dialect::Group, Dialect::Tagged];

fn logged_in(account: &str) -> Verdict {
    Verdict::LoggedIn { account: account.into(), recovery: None }
}

fn login(account: Option<&str>) -> Command {
    Command::Login { account: account.map(Into::into), recovery: None }
}

fn enrolled(secrets: &[&str]) -> Verdict {
    let password = Some("a hash".into());
    let credentials = Box::new(Credentials { password, ..Credentials::default() });
    Verdict::Enrolled { credentials, codes: codes(secrets) }
}

/// Somebody who is logged in to the account `ann`.
fn ann(dialect: Dialect) -> Talk {
    let mut talk = Talk::here(dialect, Settings::default());
    talk.reply(Event::LoggedIn { account: "ann".into(), who: None });
    talk.told();
    talk
}

#[test]
fn who_knows_the_password_is_logged_in() {
    for dialect in TEXT {
        let mut talk = Talk::here(dialect, Settings::default());
        let check = Check::Login { account: "ann".into(), secret: b"my secret".to_vec() };
        assert_eq!(talk.types("/login ann my secret"), [Output::Check(check)], "{dialect}");
        assert!(talk.is_checking());
        assert_eq!(command(&talk.verdict(logged_in("Ann"))), &login(Some("Ann")));
        talk.reply(Event::LoggedIn { account: "Ann".into(), who: None });
        let told = ["you are logged in as Ann", "/nick Ann gives you its name"];
        assert_eq!(talk.told(), told.map(|words| server(dialect, words)));
        assert_eq!(command(&talk.types("/logout")), &login(None));
        talk.reply(Event::LoggedOut { who: None });
        assert_eq!(talk.told(), [server(dialect, "you are not logged in any more")]);
        assert_eq!(talk.types("/logout"), []);
        assert_eq!(talk.told(), [server(dialect, "you are not logged in")]);
    }
}

#[test]
fn why_a_secret_is_no_good_is_told() {
    for (typed, verdict, why) in [
        ("/login ann x", Verdict::Refused, "there is no such account, or that is not its password"),
        ("/login ann x", Verdict::Suspended, "the account is suspended"),
        ("/login ann x", Verdict::Throttled(30), "that was tried too often: wait 30 seconds"),
        ("/register x", Verdict::Unacceptable("it is too short"), "choose another password: it is too short"),
        ("/register x", Verdict::Throttled(1), "that was tried too often: wait a second"),
        ("/register x", Verdict::Refused, "that can't be done now: try again later"),
    ] {
        for dialect in TEXT {
            let mut talk = Talk::here(dialect, Settings::default());
            talk.types(typed);
            assert_eq!(talk.verdict(verdict.clone()), [], "{dialect}");
            assert_eq!(talk.told(), [server(dialect, why)]);
            assert!(!talk.is_checking());
        }
    }
}

#[test]
fn who_registers_is_shown_the_recovery_codes_once() {
    for dialect in TEXT {
        let mut talk = Talk::here(dialect, Settings::default());
        let account = || "guest50001".into();
        let check = Check::Enroll { account: account(), secret: b"geheim".to_vec(), new: true };
        assert_eq!(talk.types("/register geheim ann@example.org"), [Output::Check(check)]);
        let verdict = talk.verdict(enrolled(&["one", "two", "three", "four", "five"]));
        let Command::CreateAccount { name, email, credentials, log_in: true } = command(&verdict) else {
            panic!("{verdict:?}")
        };
        assert_eq!((name, email.as_deref()), (&nick_of("guest50001"), Some("ann@example.org")));
        assert_eq!(credentials.password.as_deref(), Some("a hash"));
        talk.reply(Event::AccountCreated { account: account() });
        talk.reply(Event::LoggedIn { account: account(), who: None });
        let told = [
            "the account guest50001 is yours",
            "should you lose the password, /login guest50001 CODE works once with each of these codes",
            "keep them where nobody else looks: they are not shown again",
            "one  two  three  four",
            "five",
            "you are logged in as guest50001",
        ];
        assert_eq!(talk.told(), told.map(|words| server(dialect, words)));
        talk.reply(Event::AccountCreated { account: account() });
        assert_eq!(talk.told(), [server(dialect, told[0])]);
    }
}

#[test]
fn codes_of_an_account_that_was_declined_are_never_shown() {
    let mut talk = Talk::here(Dialect::Line, Settings::default());
    talk.types("/register geheim");
    talk.verdict(enrolled(&["one"]));
    talk.refuse(Rejection::AccountExists("guest50001".into()));
    talk.reply(Event::AccountCreated { account: "guest50001".into() });
    assert!(!talk.told().concat().contains("one"));
}

#[test]
fn what_can_be_no_account_is_not_asked_for() {
    let required = || Settings { email_required: true, ..Settings::default() };
    let closed = || Settings { registration: false, ..Settings::default() };
    let none = || Settings { accounts: false, ..Settings::default() };
    for (settings, typed, why) in [
        (required(), "/register geheim", "write /register PASSWORD EMAIL"),
        (required(), "/register geheim nowhere", "that is no e-mail address"),
        (required(), "/register geheim @b.c", "that is no e-mail address"),
        (closed(), "/register geheim", "accounts can't be registered here"),
        (none(), "/register geheim", "accounts can't be registered here"),
        (none(), "/login ann geheim", "there are no accounts here"),
        (Settings::default(), "/password old new", "you are not logged in: /login NAME PASSWORD"),
    ] {
        let mut talk = Talk::here(Dialect::Line, settings);
        assert_eq!(talk.types(typed), [], "{typed}");
        assert_eq!(talk.told(), [server(Dialect::Line, why)]);
    }
    let mut talk = ann(Dialect::Line);
    assert_eq!(talk.types("/register geheim"), []);
    assert_eq!(talk.told(), ["-- you are logged in as ann already"]);
}

#[test]
fn a_new_password_needs_the_old_one() {
    for dialect in TEXT {
        let mut talk = ann(dialect);
        let old = Check::Login { account: "ann".into(), secret: b"old".to_vec() };
        assert_eq!(talk.types("/password old new"), [Output::Check(old.clone())]);
        assert_eq!(talk.verdict(Verdict::Refused), []);
        assert_eq!(talk.told(), [server(dialect, "that is not the password")]);
        assert_eq!(talk.types("/password old new"), [Output::Check(old)]);
        let new = Check::Enroll { account: "ann".into(), secret: b"new".to_vec(), new: false };
        assert_eq!(talk.verdict(logged_in("ann")), [Output::Check(new)]);
        assert!(talk.is_checking());
        let changed = AccountChange::Password { password: Some("a hash".into()), scram: None };
        let change = Command::ChangeAccount { account: "ann".into(), change: Box::new(changed.clone()) };
        assert_eq!(command(&talk.verdict(enrolled(&[]))), &change);
        let change = Box::new(changed);
        talk.reply(Event::Settled(Settled::AccountChanged { account: "ann".into(), change }));
        assert_eq!(talk.told(), [server(dialect, "your password is changed")]);
    }
}

#[test]
fn a_recovery_code_in_place_of_the_old_password_is_spent() {
    let mut talk = ann(Dialect::Line);
    talk.types("/password code new");
    let recovery = || Some("hash of the code".into());
    let outputs = talk.verdict(Verdict::LoggedIn { account: "ann".into(), recovery: recovery() });
    let spent = Command::Login { account: Some("ann".into()), recovery: recovery() };
    assert_eq!(outputs[0], Output::Command(spent));
    assert!(matches!(outputs[1..], [Output::Check(Check::Enroll { new: false, .. })]));
}

#[test]
fn who_logs_in_before_coming_in_gets_the_name_of_the_account() {
    for dialect in TEXT {
        let mut talk = Talk::new(dialect, Settings { password: true, ..Settings::default() });
        talk.asked();
        assert!(matches!(talk.types("/login ann geheim")[..], [Output::Check(Check::Login { .. })]));
        assert_eq!(command(&talk.verdict(logged_in("ann"))), &login(Some("ann")));
        talk.reply(Event::LoggedIn { account: "ann".into(), who: None });
        assert_eq!(talk.types("/pass letmein"), [Output::Check(Check::Server(b"letmein".to_vec()))]);
        let outputs = talk.verdict(Verdict::Accepted);
        let Command::Register { nick, .. } = command(&outputs) else { panic!("{outputs:?}") };
        assert_eq!(nick, &nick_of("ann"), "{dialect}");
    }
}

#[test]
fn who_wants_a_name_that_belongs_to_an_account_gets_another_and_is_told_why() {
    for dialect in TEXT {
        let mut talk = Talk::new(dialect, Settings::default());
        talk.asked();
        talk.refuse(Rejection::NickOwned(nick_of("guest50001")));
        let outputs = talk.asked();
        let Command::Register { nick, .. } = command(&outputs) else { panic!("{outputs:?}") };
        assert_eq!(nick, &nick_of("guest50001_1"));
        talk.land();
        let why = "guest50001 is the name of an account: \
                   /login guest50001 PASSWORD and /nick guest50001 if it is yours";
        assert_eq!(talk.told().pop(), Some(server(dialect, why)));
    }
}

#[test]
fn what_is_typed_behind_a_secret_waits_for_the_verdict() {
    for (verdict, commands) in [(logged_in("ann"), 2), (Verdict::Refused, 1)] {
        let mut talk = Talk::here(Dialect::Plain, Settings::default());
        assert_eq!(talk.types("/login ann geheim\nhello").len(), 1);
        let outputs = talk.verdict(verdict);
        assert_eq!(outputs.len(), commands);
        assert!(matches!(outputs.last(), Some(Output::Command(Command::Say(_)))), "{outputs:?}");
    }
}

#[test]
fn no_secret_is_ever_printed() {
    for dialect in TEXT {
        for line in ["/login ann geheim", "/register geheim", "/password geheim geheim", "/pass geheim"] {
            // In one piece and cut, while it is checked, and while it waits.
            for cut in [line, &line[..line.len() - 1]] {
                let mut talk = ann(dialect);
                talk.types(&format!("{cut}\n{line}"));
                assert!(!talk.printed().contains("gehei"), "{dialect} {line}: {}", talk.printed());
                assert!(!talk.told().concat().contains("gehei"), "{dialect} {line}");
            }
        }
    }
}

#[test]
fn the_name_of_an_account_is_for_its_owner() {
    for dialect in ['l', 'p', 'a', 'g', 't'] {
        let mut stage = arrived(&format!("l{dialect}"));
        play(&mut stage, "0\"/nick ann\n0\"/register secret\n0x");
        assert!(words('l', &mut stage, 0).contains(&"the account ann is yours".to_owned()));
        drain(&mut stage, 2);
        play(&mut stage, "1\"/nick ann");
        let why = "ann is the name of an account: /login ann PASSWORD if it is yours";
        assert_eq!(words(dialect, &mut stage, 1).pop().as_deref(), Some(why), "{dialect}");
        play(&mut stage, "1\"/login ann wrong\n1\"/login ann secret\n1\"/nick ann");
        let told = [
            "there is no such account, or that is not its password",
            "you are logged in as ann",
            "/nick ann gives you its name",
            "you are called ann now",
        ];
        assert_eq!(words(dialect, &mut stage, 1), told);
    }
}

#[test]
fn a_second_device_of_an_account_comes_in_as_the_same_user() {
    for dialect in ['l', 'a', 'g', 't'] {
        let mut stage = Stage::new(format!("l{dialect}P").as_bytes()).expect("everyone connects");
        play(&mut stage, "0\"/pass letmein\n0\"/nick ann\n0\"/register secret\n0\"/join dev");
        drain(&mut stage, 2);
        play(&mut stage, "1\"/login ann secret\n1\"/pass letmein\n1!\n1\"/who dev");
        let told = words(dialect, &mut stage, 1);
        assert!(told.contains(&"1 in #dev:".to_owned()), "{dialect}: {told:?}");
        play(&mut stage, "1\"/join lobby\n1\"hello\n1\"/quit");
        let heard = words('l', &mut stage, 0);
        assert!(heard.contains(&"[#lobby] <ann> hello".to_owned()), "{dialect}: {heard:?}");
        assert!(!heard.concat().contains("has left"), "{dialect}: {heard:?}");
    }
}
