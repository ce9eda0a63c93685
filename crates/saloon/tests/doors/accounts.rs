//! Accounts, from every dialect that is text.

use crate::house::House;
use crate::person::{Person, TYPISTS, arrive};

/// Nobody else's, and long enough.
const SECRET: &str = "correct-horse-battery";

/// Types a command, and reads up to the answer.
fn asks(person: &mut dyn Person, line: &str, answer: &str) -> String {
    person.say_at_once(line);
    person.hear(answer)
}

#[test]
fn the_name_of_an_account_is_kept_for_its_owner() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    for kind in TYPISTS {
        let (name, leaves) = (format!("owner-{kind}"), format!("{kind}-has-done"));
        let (mut owner, _) = arrive(&house, &mut watcher, kind);
        owner.say_at_once(&format!("/nick {name}"));
        watcher.expect(&format!("NICK :{name}"));
        let told = asks(&mut *owner, &format!("/register {SECRET}"), "logged in as");
        assert!(told.contains(&format!("the account {name} is yours")), "{kind}: {told}");
        assert!(told.contains("not shown again") && !told.contains(SECRET), "{kind}: {told}");
        owner.say(&leaves);
        watcher.expect(&leaves);
        owner.say_at_once("/quit");
        watcher.departure(&name);

        let (mut other, _) = arrive(&house, &mut watcher, kind);
        asks(&mut *other, &format!("/nick {name}"), "is the name of an account");
        asks(&mut *other, &format!("/login {name} not-the-secret"), "not its password");
        let told = asks(&mut *other, &format!("/login {name} {SECRET}"), "logged in as");
        assert!(!told.contains(SECRET), "{kind}: {told}");
        other.say_at_once(&format!("/nick {name}"));
        watcher.expect(&format!("NICK :{name}"));
        asks(&mut *other, "/logout", "not logged in any more");
        other.say_at_once("/quit");
        watcher.departure(&name);
    }
    assert_eq!(house.server.log_count(SECRET), 0, "no secret stands in the log");
    assert_eq!(house.server.log_count("not-the-secret"), 0);
}

#[test]
fn a_password_is_changed_by_who_knows_it() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let (mut ann, _) = arrive(&house, &mut watcher, "line");
    ann.say("/nick ann");
    watcher.expect("NICK :ann");
    asks(&mut *ann, &format!("/register {SECRET}"), "logged in as ann");
    asks(&mut *ann, "/password wrong another-good-secret", "that is not the password");
    asks(&mut *ann, &format!("/password {SECRET} another-good-secret"), "your password is changed");
    let (mut other, _) = arrive(&house, &mut watcher, "tagged");
    asks(&mut *other, &format!("/login ann {SECRET}"), "not its password");
    asks(&mut *other, "/login ann another-good-secret", "logged in as ann");
}

#[test]
fn a_packet_user_with_the_name_of_an_account_is_called_otherwise_and_told_so() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let (mut owner, _) = arrive(&house, &mut watcher, "line");
    owner.say("/nick pat");
    watcher.expect("NICK :pat");
    asks(&mut *owner, &format!("/register {SECRET}"), "logged in as pat");
    owner.leave();
    watcher.departure("pat");
    let (mut pat, nick) = arrive(&house, &mut watcher, "packet");
    assert_eq!(nick, "pat_1");
    pat.hear("pat is the name of an account: /login pat PASSWORD and /nick pat if it is yours");
}

#[test]
fn who_logs_in_first_comes_in_as_the_same_user_as_its_other_devices() {
    let house = House::with(&["server.password = \"plain:letmein\""], &[]);
    let mut first = house.line();
    first.say("/pass letmein");
    first.stream.until("Welcome");
    first.say("/nick ann");
    first.stream.until("you are called ann now");
    first.say(&format!("/register {SECRET}"));
    first.stream.until("logged in as ann");
    let mut second = house.line();
    second.stream.until("needs a password");
    second.say(&format!("/login ann {SECRET}"));
    second.stream.until("logged in as ann");
    second.say("/pass letmein");
    second.stream.until("You are ann");
    second.say("from the second device");
    first.stream.until("<ann> from the second device");
    second.say("/quit");
    second.stream.rest();
    first.say("/who");
    first.stream.until("1 in #lobby");
}
