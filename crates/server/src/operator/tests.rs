//! What the operator's words come to, and what is answered; without a server and without a store.

use std::sync::Arc;

use hub::{
    Account, AccountChange, Choices, Command, Credentials, Event, Rejection, Settled, Text, Timestamp,
};

use super::control_socket::{attend, listen};
use super::office::{Office, carry_out};
use super::*;

/// A hub that answers what it is told to.
struct Fake {
    answer: Result<Event, String>,
    asked: Vec<Command>,
    accounts: Vec<Account>,
}

impl Office for Fake {
    fn apply(&mut self, command: Command) -> Result<Vec<Arc<Event>>, String> {
        self.asked.push(command);
        self.answer.clone().map(|event| vec![Arc::new(event)])
    }

    fn accounts(&self) -> Vec<Account> {
        self.accounts.clone()
    }
}

fn fake(answer: Event) -> Fake {
    Fake { answer: Ok(answer), asked: Vec::new(), accounts: Vec::new() }
}

fn add(account: &str, password: &str) -> Request {
    Request::Add { account: account.into(), password: password.into(), email: None }
}

fn refused(reply: Reply) -> String {
    match reply {
        Reply::Refused { why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_account_comes_with_codes_to_be_shown_once() {
    let mut office = fake(Event::AccountCreated { account: "Ann".into() });
    let reply = carry_out(&mut office, &Config::default(), &add("Ann", "sesame"));
    let Reply::Done { account, codes } = reply else { panic!("{reply:?}") };
    assert_eq!((account.as_str(), codes.len()), ("Ann", 8));
    let [Command::CreateAccount { name, email: None, credentials, log_in: false }] = &office.asked[..] else {
        panic!("{:?}", office.asked)
    };
    assert_eq!((name.as_str(), credentials.recovery.len()), ("Ann", 8));
    assert!(credentials.password.is_some() && credentials.scram.is_some());
}

#[test]
fn what_cannot_be_is_refused_before_the_hub_hears_of_it() {
    let mut office = fake(Event::AccountCreated { account: "x".into() });
    let mut config = Config::default();
    let cases = [("1st", "x", "can't be the name"), ("ann", "", "is empty"), ("ann", "ann", "is the name")];
    for (account, password, why) in cases {
        let told = refused(carry_out(&mut office, &config, &add(account, password)));
        assert!(told.contains(why), "{told}");
    }
    for email in ["", "ann", "@example.org", "ann@", "ann@a\nb", "a b@c"] {
        let (account, password) = ("ann".to_owned(), "x".to_owned());
        let request = Request::Add { account, password, email: Some(email.into()) };
        assert!(refused(carry_out(&mut office, &config, &request)).contains("mail address"), "{email:?}");
    }
    config.accounts.enabled = false;
    assert!(refused(carry_out(&mut office, &config, &Request::List)).contains("accounts.enabled"));
    assert_eq!(office.asked, []);
}

#[test]
fn every_other_wish_is_one_change() {
    let account = || "ann".to_owned();
    let changed = |change| Settled::AccountChanged { account: "Ann".into(), change: Box::new(change) };
    let reason = "spam\r\nand more".to_owned();
    let suspended = AccountChange::Suspend(Some(Text::from("spam  and more")));
    let cases = [
        (Request::Suspend { account: account(), reason }, suspended),
        (Request::Unsuspend { account: account() }, AccountChange::Suspend(None)),
    ];
    for (request, change) in cases {
        let mut office = fake(Event::Settled(changed(change.clone())));
        let reply = carry_out(&mut office, &Config::default(), &request);
        assert_eq!(reply, Reply::Done { account: "Ann".into(), codes: Vec::new() });
        let command = Command::ChangeAccount { account: "ann".into(), change: Box::new(change) };
        assert_eq!(office.asked, [command]);
    }
    let mut office = fake(Event::Settled(Settled::AccountDropped("Ann".into())));
    carry_out(&mut office, &Config::default(), &Request::Drop { account: account() });
    assert_eq!(office.asked, [Command::DropAccount { account: "ann".into() }]);
}

#[test]
fn another_password_leaves_the_codes_alone() {
    let change = Box::new(AccountChange::Suspend(None));
    let mut office = fake(Event::Settled(Settled::AccountChanged { account: "Ann".into(), change }));
    let request = Request::Passwd { account: "ann".into(), password: "new".into() };
    let reply = carry_out(&mut office, &Config::default(), &request);
    assert_eq!(reply, Reply::Done { account: "Ann".into(), codes: Vec::new() });
    let [Command::ChangeAccount { change, .. }] = &office.asked[..] else { panic!("{:?}", office.asked) };
    let AccountChange::Password { password: Some(_), scram: Some(_) } = &**change else {
        panic!("{change:?}")
    };
}

#[test]
fn a_refusal_says_why() {
    let mut office = fake(Event::Rejected(Rejection::NoSuchAccount("ann".into())));
    let request = Request::Unsuspend { account: "ann".into() };
    assert_eq!(refused(carry_out(&mut office, &Config::default(), &request)), "there is no account ann");
    office.answer = Err("nothing can be written to disk: full".into());
    assert!(refused(carry_out(&mut office, &Config::default(), &request)).ends_with("full"));
}

#[test]
fn a_list_tells_nothing_secret() {
    let mut office = fake(Event::Opered);
    office.accounts = vec![Account {
        name: "Ann".into(),
        created: Timestamp(5),
        email: None,
        credentials: Credentials { password: Some("$argon2id$x".into()), ..Credentials::default() },
        suspended: Some(Text::from("spam")),
        choices: Choices::default(),
        metadata: [].into(),
    }];
    let reply = carry_out(&mut office, &Config::default(), &Request::List);
    let text = serde_json::to_string(&reply).expect("JSON");
    assert_eq!(text, r#"{"is":"accounts","accounts":[{"account":"Ann","created":5,"suspended":"spam"}]}"#);
}

#[test]
fn a_request_is_one_line_and_its_password_is_not_printed() {
    let request = add("Ann", "hunter2\n");
    let line = serde_json::to_string(&request).expect("JSON");
    assert_eq!(line, r#"{"do":"add","account":"Ann","password":"hunter2\n"}"#);
    assert_eq!(serde_json::from_str::<Request>(&line).expect("it reads back"), request);
    assert_eq!(format!("{request:?}"), "Add(Ann)");
}

/// A configuration with its datastore in that directory.
fn kept_in(dir: &Path) -> Config {
    Config::parse("datastore.path = \"data\"", dir).expect("a configuration")
}

#[test]
fn while_no_server_runs_the_store_is_changed() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = kept_in(dir.path());
    let done = |request: &Request| ask(&config, request).expect("it can be asked");
    assert!(matches!(ask(&config, &Request::List), Err(OperatorError::Missing(_))), "and nothing is made");
    assert!(!dir.path().join("data").exists());

    let Reply::Done { account, codes } = done(&add("Ann", "sesame")) else { panic!("refused") };
    assert_eq!((account.as_str(), codes.len()), ("Ann", 8));
    assert!(refused(done(&add("ann", "other"))).contains("there is an account"));
    done(&Request::Suspend { account: "ANN".into(), reason: "spam".into() });
    let Reply::Accounts { accounts } = done(&Request::List) else { panic!("refused") };
    assert_eq!((accounts.len(), accounts[0].suspended.as_deref()), (1, Some("spam")));
    done(&Request::Drop { account: "ann".into() });
    assert_eq!(done(&Request::List), Reply::Accounts { accounts: Vec::new() });
}

#[test]
fn a_server_that_runs_and_does_not_answer_is_not_overruled() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = kept_in(dir.path());
    ask(&config, &add("Ann", "sesame")).expect("it can be asked");
    let options =
        store::Options { casemapping: hub::Casemapping::Ascii, retention: crate::live::retention(&config) };
    let _open = store::Store::open(&config.datastore.path, options, Box::new(|_| ())).expect("it opens");
    let error = ask(&config, &Request::List).expect_err("somebody has it open");
    assert!(matches!(error, OperatorError::Store(store::StoreError::InUse { .. })), "{error}");
}

#[test]
fn the_control_socket_is_beside_the_database() {
    let of = |path: &str| control_path(Path::new(path)).display().to_string();
    assert_eq!(of("saloon-data"), "saloon-data/control");
    assert_eq!(of("run.db"), "run.db.control");
    assert_eq!(of("/var/run.sqlite"), "/var/run.sqlite.control");
}

/// What a caller is told for these bytes, after which it says no more.
fn called(office: &mut Fake, said: &[u8]) -> Vec<Reply> {
    let (mut caller, server) = UnixStream::pair().expect("a pair");
    caller.write_all(said).expect("written");
    caller.shutdown(std::net::Shutdown::Write).expect("shut down");
    attend(&server, office, &Config::default()).expect("it is attended");
    drop(server);
    let answers = BufReader::new(caller).lines().map(|line| line.expect("a line"));
    answers.map(|line| serde_json::from_str(&line).expect("a reply")).collect()
}

#[test]
fn a_caller_is_answered_line_by_line() {
    let mut office = fake(Event::Settled(Settled::AccountDropped("Ann".into())));
    let replies = called(&mut office, b"{\"do\":\"drop\",\"account\":\"ann\"}\n{\"do\":\"list\"}");
    let done = Reply::Done { account: "Ann".into(), codes: Vec::new() };
    assert_eq!(replies, [done, Reply::Accounts { accounts: Vec::new() }]);
}

#[test]
fn what_is_no_request_is_refused_without_being_repeated() {
    let mut office = fake(Event::Opered);
    for said in ["hunter2", "{\"do\":\"hunter2\"}", "{\"do\":\"passwd\",\"password\":\"hunter2\"}", "[]"] {
        let [reply] = &called(&mut office, said.as_bytes())[..] else { panic!("{said}") };
        let why = refused(reply.clone());
        assert!(why.contains("no request") && !why.contains("hunter2"), "{why}");
    }
    assert_eq!(office.asked, []);
}

#[test]
fn only_the_owner_may_call_and_a_file_left_over_is_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("control");
    drop(listen(&path).expect("it listens"));
    let _again = listen(&path).expect("it listens again");
    let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(UnixStream::connect(&path).is_ok());
}

#[test]
fn what_needs_a_server_is_not_done_without_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = kept_in(dir.path());
    for request in [Request::Who, Request::Reload, Request::Drain { millis: 1 }, Request::Link] {
        assert!(matches!(ask(&config, &request), Err(OperatorError::NotRunning(_))), "{request:?}");
    }
    assert!(!dir.path().join("data").exists());
}

#[test]
fn what_the_operator_says_is_not_logged_and_a_link_is_not_either() {
    let announce = Request::Announce { text: "hunter2".into() };
    assert_eq!(format!("{announce:?}"), "Announce(7 bytes)");
    let link = Reply::Well { words: "http://127.0.0.1/status#token=hunter2".into() };
    assert!(!format!("{link:?}").contains("hunter2"));
    let ban = Request::Ban { mask: "*@host".into(), reason: "hunter2".into(), millis: None };
    assert_eq!(format!("{ban:?}"), "Ban(*@host, None ms)");
}
