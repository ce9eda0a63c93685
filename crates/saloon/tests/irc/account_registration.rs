//! Section 22: REGISTER and VERIFY.

use crate::accounts::plain;
use crate::harness::{join, server, server_with};

const BEFORE: &str = "accounts.registration.allow_before_connect = true";

#[test]
fn the_capability_says_how_accounts_are_made() {
    for (keys, value) in [
        ("", "draft/account-registration"),
        (BEFORE, "draft/account-registration=before-connect"),
        ("accounts.registration.email_required = true", "draft/account-registration=email-required"),
    ] {
        let server = server_with(keys);
        let offered = server.connect().ask("CAP LS 302");
        assert!(offered.iter().any(|line| line.text().split(' ').any(|name| name == value)), "{value}");
    }
    for keys in ["accounts.enabled = false", "accounts.registration.enabled = false"] {
        let server = server_with(keys);
        let mut foo = server.client("foo");
        for line in foo.ask("CAP LS 302").iter() {
            assert!(!line.text().contains("account-registration"), "{line}");
        }
        foo.ask("REGISTER * * sesame").is("FAIL REGISTER TEMPORARILY_UNAVAILABLE * :…");
    }
}

#[test]
fn register_makes_an_account_logs_in_and_shows_recovery_codes() {
    let server = server();
    let mut watcher = server.client_with("watcher", "account-notify");
    let mut foo = server.client("foo");
    join(&mut [&mut watcher, &mut foo], "#c");
    let told = foo.ask("REGISTER * * sesame");
    let commands: Vec<&str> = told.iter().map(|line| line.command.as_str()).collect();
    assert_eq!(commands[..2], ["REGISTER", "900"]);
    assert!(commands[2..].iter().all(|command| *command == "NOTICE"), "{commands:?}");
    told.has("REGISTER SUCCESS foo :…");
    told.has("900 foo foo!… foo :…");
    watcher.sync().is(":foo!… ACCOUNT foo");
    // A recovery code does for the password, once.
    let notices = told.of("NOTICE");
    let code = notices[1].text().split(' ').next().expect("a code");
    let mut other = server.connect();
    plain(&mut other, "foo", code).commands(&["900", "903"]);
    plain(&mut other, "foo", code).is("904 * :…");
}

#[test]
fn the_account_is_the_nick_in_any_case_of_letters() {
    let server = server();
    let mut foo = server.client("Foo");
    foo.ask("REGISTER bar * sesame").is("FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK bar :…");
    foo.ask("REGISTER 1foo * sesame").is("FAIL REGISTER BAD_ACCOUNT_NAME 1foo :…");
    foo.ask("REGISTER foo foo@example.org sesame").has("REGISTER SUCCESS Foo :…");
    foo.ask("REGISTER * * again").is("FAIL REGISTER ALREADY_AUTHENTICATED * :…");
    foo.ask("VERIFY Foo 123").is("FAIL VERIFY ALREADY_AUTHENTICATED Foo :…");
}

#[test]
fn what_is_taken_cannot_be_made_again() {
    let server = server_with(BEFORE);
    server.account("foo", "sesame");
    let mut bar = server.connect();
    bar.ask("CAP LS 302");
    bar.ask("NICK foo").none();
    bar.ask("REGISTER * * other").is("FAIL REGISTER ACCOUNT_EXISTS foo :…");
}

#[test]
fn the_nick_of_somebody_without_account_is_not_free() {
    let server = server_with(BEFORE);
    let _foo = server.client("foo");
    let mut bar = server.connect();
    bar.ask("NICK foo").is("433 * foo :…");
    bar.ask("REGISTER * * other").is("FAIL REGISTER ACCOUNT_EXISTS foo :…");
    bar.ask("REGISTER foo * other").is("FAIL REGISTER ACCOUNT_EXISTS foo :…");
}

#[test]
fn before_connect_a_nick_is_enough() {
    let server = server_with(BEFORE);
    let mut foo = server.connect();
    foo.ask("CAP LS 302");
    foo.ask("REGISTER * * sesame").is("FAIL REGISTER NEED_NICK * :…");
    foo.ask("NICK foo").none();
    let told = foo.ask("REGISTER * * sesame");
    told.has("REGISTER SUCCESS foo :…");
    told.has("900 * … foo :…");
    foo.send("CAP END");
    foo.send("USER u 0 * :r");
    foo.welcome();
    foo.ask("WHOIS foo").has("330 foo foo foo :…");
}

#[test]
fn without_before_connect_registration_comes_first() {
    let server = server();
    let mut foo = server.connect();
    foo.ask("NICK foo").none();
    for account in ["*", "foo"] {
        let why = format!("COMPLETE_CONNECTION_REQUIRED {account} :…");
        foo.ask(&format!("REGISTER {account} * sesame")).is(&format!("FAIL REGISTER {why}"));
        foo.ask(&format!("VERIFY {account} 123")).is(&format!("FAIL VERIFY {why}"));
    }
}

#[test]
fn addresses_must_be_usable_and_may_be_needed() {
    let server = server_with("accounts.registration.email_required = true");
    let mut foo = server.client("foo");
    for email in ["*", "foo", "@", "foo@", "@example.org"] {
        foo.ask(&format!("REGISTER * {email} sesame")).is("FAIL REGISTER INVALID_EMAIL * :…");
    }
    foo.ask("REGISTER * foo@example.org sesame").has("REGISTER SUCCESS foo :…");
}

#[test]
fn bad_passwords_and_missing_parameters() {
    let server = server();
    let mut foo = server.client("foo");
    foo.ask("REGISTER * * :").is("FAIL REGISTER UNACCEPTABLE_PASSWORD foo :…");
    for line in ["REGISTER", "REGISTER *", "REGISTER * *"] {
        foo.ask(line).is("461 foo REGISTER :…");
    }
    foo.ask("VERIFY foo").is("461 foo VERIFY :…");
    foo.ask("VERIFY foo 123").is("FAIL VERIFY INVALID_CODE foo :…");
}

#[test]
fn an_account_reserves_its_nick_and_a_stranger_gets_433() {
    let server = server();
    server.account("foo", "sesame");
    let mut bar = server.connect();
    bar.ask("NICK foo").is("433 * foo :…");
    bar.register("bar");
    bar.ask("NICK Foo").is("433 bar Foo :…");
    plain(&mut bar, "foo", "sesame").commands(&["900", "903"]);
    bar.ask("NICK foo").is(":bar!… NICK foo");
    // Who negotiates is told at the end.
    let mut baz = server.connect();
    baz.ask("CAP LS 302");
    baz.ask("NICK foo").none();
    baz.ask("USER u 0 * :r").none();
    baz.ask("CAP END").is("433 * foo :…");
}

#[test]
fn all_of_it_is_one_labeled_answer() {
    let server = server();
    let mut foo = server.client_with("foo", "labeled-response batch");
    foo.ask("@label=a REGISTER * x sesame").is("@label=a FAIL REGISTER INVALID_EMAIL * :…");
    let told = foo.ask("@label=b REGISTER * * sesame");
    assert!(told[0].matches("@label=b BATCH +… labeled-response"), "{}", told[0]);
    told.has("REGISTER SUCCESS foo :…");
    assert_eq!(told.of("BATCH").len(), 2);
    assert!(told[1..told.len() - 1].iter().all(|line| line.tags.contains_key("batch")));
}

#[test]
fn accounts_outlive_the_server() {
    let dir = tempfile::tempdir().expect("a directory");
    let keys = format!("datastore.path = {:?}", dir.path().join("data"));
    let first = server_with(&keys);
    first.account("foo", "sesame");
    first.signal("-TERM");
    first.stopped();
    let second = server_with(&keys);
    let mut foo = second.connect();
    plain(&mut foo, "foo", "sesame").commands(&["900", "903"]);
    second.connect().ask("NICK foo").is("433 * foo :…");
}
