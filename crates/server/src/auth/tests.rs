//! Who gets in, who does not, and how often one may try.

use std::cell::RefCell;

use dialect::Codes;
use hub::{Choices, Text, Timestamp};

use super::*;
use crate::config::Registration;

const SESSION: SessionId = SessionId(7);
const FINGERPRINT: &str = "abababababababababababababababababababababababababababababababab";

/// Accounts, and which were asked for.
#[derive(Default)]
struct Book {
    accounts: Vec<Account>,
    asked: RefCell<Vec<String>>,
}

impl AccountBook for Book {
    fn account(&self, name: &str) -> Option<Account> {
        self.asked.borrow_mut().push(name.to_owned());
        self.accounts.iter().find(|account| account.name.eq_ignore_ascii_case(name)).cloned()
    }

    fn account_by_certificate(&self, fingerprint: &str) -> Option<Account> {
        let has = |account: &&Account| account.credentials.certificates.iter().any(|own| own == fingerprint);
        self.accounts.iter().find(has).cloned()
    }
}

/// A server with the account Ann, whose password is `sesame`, and her recovery codes.
struct Scene {
    logins: Logins,
    book: Book,
    config: Config,
    codes: Vec<String>,
    now: u64,
    ip: Option<IpAddr>,
    certificate: Option<&'static str>,
}

impl Scene {
    fn new() -> Self {
        let config = Config::default();
        let (credentials, Codes(codes)) =
            enroll::enroll(&config.accounts, "Ann", b"sesame", true).expect("a good password");
        let ann = Account {
            name: "Ann".into(),
            created: Timestamp(0),
            email: None,
            credentials: Credentials { certificates: vec![FINGERPRINT.into()], ..credentials },
            suspended: None,
            choices: Choices::default(),
            metadata: [].into(),
        };
        Self {
            logins: Logins::with_decoy(b"decoy", [1; 32]).expect("a hash"),
            book: Book { accounts: vec![ann], ..Book::default() },
            config,
            codes,
            now: 0,
            ip: Some("192.0.2.1".parse().expect("an address")),
            certificate: None,
        }
    }

    fn check(&self, check: Check) -> Verdict {
        let rules = Rules { config: &self.config, casemapping: Casemapping::Ascii, now: self.now };
        let applicant = Applicant { session: SESSION, ip: self.ip, certificate: self.certificate };
        self.logins.check(&self.book, rules, applicant, check)
    }

    fn login(&self, account: &str, secret: &str) -> Verdict {
        self.check(Check::Login { account: account.into(), secret: secret.into() })
    }

    fn scram(&self, message: &str, first: bool) -> Verdict {
        self.check(Check::Scram { message: message.into(), first })
    }

    fn external(&self, account: Option<&str>) -> Verdict {
        self.check(Check::Certificate { account: account.map(SmolStr::new) })
    }

    fn suspend(&mut self) {
        self.book.accounts[0].suspended = Some(Text::from("spam"));
    }
}

fn ann() -> Verdict {
    Verdict::LoggedIn { account: "Ann".into(), recovery: None }
}

#[test]
fn the_password_of_the_account_logs_in_and_no_other() {
    let scene = Scene::new();
    assert_eq!(scene.login("ANN", "sesame"), ann());
    for (account, secret) in [("ann", "Sesame"), ("ann", ""), ("bob", "sesame"), ("", "sesame")] {
        assert_eq!(scene.login(account, secret), Verdict::Refused, "{account} {secret}");
    }
}

#[test]
fn a_recovery_code_does_in_place_of_the_password() {
    let scene = Scene::new();
    let recovery = Some(scene.book.accounts[0].credentials.recovery[5].clone());
    assert_eq!(scene.login("ann", &scene.codes[5]), Verdict::LoggedIn { account: "Ann".into(), recovery });
    assert_eq!(scene.login("bob", &scene.codes[5]), Verdict::Refused);
}

#[test]
fn where_there_is_no_account_a_decoy_of_the_same_cost_is_checked() {
    let scene = Scene::new();
    let decoy = scene.logins.hash(None);
    assert!(decoy.is_slow() && decoy.verify(b"decoy"));
    assert_eq!(scene.login("bob", "decoy"), Verdict::Refused, "and nobody gets in by it");
    let cost = |hash: &SmolStr| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
    let own = scene.book.accounts[0].credentials.password.as_ref().expect("a hash");
    assert_eq!(cost(scene.logins.decoy.credentials.password.as_ref().expect("a hash")), cost(own));
}

#[test]
fn an_account_without_password_is_not_open_to_the_decoys() {
    let mut scene = Scene::new();
    scene.book.accounts[0].credentials.password = None;
    assert_eq!(scene.login("ann", "decoy"), Verdict::Refused);
    assert!(matches!(scene.login("ann", &scene.codes[0]), Verdict::LoggedIn { recovery: Some(_), .. }));
}

#[test]
fn only_who_knows_the_password_learns_that_the_account_is_suspended() {
    let mut scene = Scene::new();
    scene.suspend();
    scene.certificate = Some(FINGERPRINT);
    assert_eq!(scene.login("ann", "sesame"), Verdict::Suspended);
    assert_eq!(scene.login("ann", &scene.codes[0]), Verdict::Suspended);
    assert_eq!(scene.login("ann", "guess"), Verdict::Refused);
    assert_eq!(scene.external(None), Verdict::Suspended);
}

#[test]
fn a_certificate_logs_in_to_its_own_account_alone() {
    let mut scene = Scene::new();
    assert_eq!(scene.external(None), Verdict::Refused, "none was shown");
    scene.certificate = Some(FINGERPRINT);
    assert_eq!(scene.external(None), ann());
    assert_eq!(scene.external(Some("aNN")), ann());
    assert_eq!(scene.external(Some("bob")), Verdict::Refused);
    scene.certificate = Some("cd");
    assert_eq!(scene.external(None), Verdict::Refused);
}

/// The proof for what was sent back.
fn proof(challenge: Verdict, bare: &str, password: &str) -> (String, Vec<u8>) {
    let Verdict::Challenge(first) = challenge else { panic!("{challenge:?}") };
    let (message, expected) = scram::tests::client("n,,", bare, &first, password);
    (message, expected.into_bytes())
}

#[test]
fn a_proof_of_the_password_logs_in() {
    let scene = Scene::new();
    let (message, expected) = proof(scene.scram("n,,n=ann,r=x", true), "n=ann,r=x", "sesame");
    let proved = Verdict::Proved { account: "Ann".into(), message: expected };
    assert_eq!(scene.scram(&message, false), proved);
    assert_eq!(scene.scram(&message, false), Verdict::Refused, "the exchange is over");
}

#[test]
fn a_wrong_proof_is_refused_at_once_and_ends_the_exchange() {
    let scene = Scene::new();
    let challenge = scene.scram("n,,n=ann,r=x", true);
    let (wrong, _) = proof(challenge.clone(), "n=ann,r=x", "guess");
    let (right, _) = proof(challenge, "n=ann,r=x", "sesame");
    assert_eq!(scene.scram(&wrong, false), Verdict::Refused);
    assert_eq!(scene.scram(&right, false), Verdict::Refused);
}

#[test]
fn a_new_exchange_ends_the_old_one() {
    let scene = Scene::new();
    let (old, _) = proof(scene.scram("n,,n=ann,r=x", true), "n=ann,r=x", "sesame");
    scene.scram("n,,n=ann,r=y", true);
    assert_eq!(scene.scram(&old, false), Verdict::Refused);
    let (old, _) = proof(scene.scram("n,,n=ann,r=x", true), "n=ann,r=x", "sesame");
    assert_eq!(scene.scram("nonsense", true), Verdict::Refused);
    assert_eq!(scene.scram(&old, false), Verdict::Refused);
}

#[test]
fn an_unknown_account_is_challenged_like_any_other_and_always_the_same_way() {
    let scene = Scene::new();
    let salt = |name: &str| {
        let Verdict::Challenge(first) = scene.scram(&format!("n,,n={name},r=x"), true) else {
            panic!("{name}")
        };
        let first = String::from_utf8(first).expect("text");
        let fields: Vec<_> = first.split(',').map(str::to_owned).collect();
        assert_eq!(fields[2], "i=4096", "{first}");
        fields[1].clone()
    };
    assert_eq!(salt("bob"), salt("BOB"));
    assert_ne!(salt("bob"), salt("carol"));
    assert_eq!(salt("bob").len(), salt("ann").len());
    let (message, _) = proof(scene.scram("n,,n=bob,r=x", true), "n=bob,r=x", "sesame");
    assert_eq!(scene.scram(&message, false), Verdict::Refused);
}

#[test]
fn nobody_acts_as_somebody_else() {
    let scene = Scene::new();
    assert!(matches!(scene.scram("n,a=Ann,n=ann,r=x", true), Verdict::Challenge(_)));
    assert_eq!(scene.scram("n,a=bob,n=ann,r=x", true), Verdict::Refused);
}

#[test]
fn a_proof_is_worth_nothing_when_the_account_has_changed_meanwhile() {
    let mut scene = Scene::new();
    let (message, _) = proof(scene.scram("n,,n=ann,r=x", true), "n=ann,r=x", "sesame");
    scene.suspend();
    assert_eq!(scene.scram(&message, false), Verdict::Suspended);

    let mut scene = Scene::new();
    let (message, _) = proof(scene.scram("n,,n=ann,r=x", true), "n=ann,r=x", "sesame");
    let other = enroll::enroll(&scene.config.accounts, "Ann", b"other", false).expect("a good password").0;
    scene.book.accounts[0].credentials = other;
    assert_eq!(scene.scram(&message, false), Verdict::Refused);

    let mut scene = Scene::new();
    let (message, _) = proof(scene.scram("n,,n=ann,r=x", true), "n=ann,r=x", "sesame");
    scene.book.accounts.clear();
    assert_eq!(scene.scram(&message, false), Verdict::Refused);
}

#[test]
fn scram_is_refused_where_it_is_not_offered() {
    let mut scene = Scene::new();
    scene.config.accounts.sasl_mechanisms = vec![Mechanism::Plain];
    assert_eq!(scene.scram("n,,n=ann,r=x", true), Verdict::Refused);
}

#[test]
fn who_failed_too_often_waits_until_the_window_is_over() {
    let mut scene = Scene::new();
    let attempts = scene.config.accounts.login_throttling.attempts;
    for _ in 0..attempts {
        assert_eq!(scene.login("ann", "guess"), Verdict::Refused);
    }
    scene.now = 1_000;
    assert_eq!(scene.login("ann", "sesame"), Verdict::Throttled(299));
    assert_eq!(scene.login("bob", "guess"), Verdict::Throttled(299), "whatever the account");
    assert_eq!(scene.scram("n,,n=ann,r=x", true), Verdict::Throttled(299));
    let asked = scene.book.asked.borrow().len();
    scene.login("ann", "sesame");
    assert_eq!(scene.book.asked.borrow().len(), asked, "nothing is even looked up");
    scene.ip = Some("192.0.2.2".parse().expect("an address"));
    assert_eq!(scene.login("ann", "sesame"), ann(), "others are not kept out");
    scene.ip = Some("192.0.2.1".parse().expect("an address"));
    scene.now = 300_000;
    assert_eq!(scene.login("ann", "sesame"), ann());
}

#[test]
fn an_account_is_guarded_against_many_addresses() {
    let mut scene = Scene::new();
    scene.config.accounts.login_throttling.account_attempts = 3;
    for host in 1..=3 {
        scene.ip = Some(IpAddr::from([198, 51, 100, host]));
        assert_eq!(scene.login("ANN", "guess"), Verdict::Refused);
    }
    scene.ip = Some(IpAddr::from([198, 51, 100, 9]));
    assert!(matches!(scene.login("ann", "sesame"), Verdict::Throttled(_)));
    assert_eq!(scene.login("bob", "x"), Verdict::Refused);
}

#[test]
fn successes_are_not_counted_and_unfinished_proofs_are() {
    let mut scene = Scene::new();
    scene.config.accounts.login_throttling.attempts = 2;
    for _ in 0..3 {
        assert_eq!(scene.login("ann", "sesame"), ann());
        let (message, _) = proof(scene.scram("n,,n=ann,r=x", true), "n=ann,r=x", "sesame");
        assert!(matches!(scene.scram(&message, false), Verdict::Proved { .. }));
    }
    for _ in 0..2 {
        assert!(matches!(scene.scram("n,,n=ann,r=x", true), Verdict::Challenge(_)));
    }
    assert!(matches!(scene.scram("n,,n=ann,r=x", true), Verdict::Throttled(_)));
}

#[test]
fn nothing_is_counted_where_that_is_off_or_the_address_is_exempt() {
    let mut scene = Scene::new();
    scene.config.accounts.login_throttling.attempts = 1;
    scene.ip = Some("127.0.0.1".parse().expect("an address"));
    for _ in 0..3 {
        assert_eq!(scene.login("ann", "guess"), Verdict::Refused);
    }
    scene.ip = Some("192.0.2.1".parse().expect("an address"));
    scene.config.accounts.login_throttling.enabled = false;
    for _ in 0..3 {
        assert_eq!(scene.login("ann", "guess"), Verdict::Refused);
    }
}

fn enrolled(scene: &Scene, secret: &str, new: bool) -> Verdict {
    scene.check(Check::Enroll { account: "bob".into(), secret: secret.into(), new })
}

#[test]
fn one_address_makes_so_many_accounts_and_no_more() {
    let mut scene = Scene::new();
    scene.config.accounts.registration = Registration { max_new: 2, ..Registration::default() };
    assert_eq!(
        enrolled(&scene, "bob", true),
        Verdict::Unacceptable("the password is the name of the account")
    );
    for _ in 0..2 {
        assert!(matches!(enrolled(&scene, "x", true), Verdict::Enrolled { .. }));
    }
    assert_eq!(enrolled(&scene, "x", true), Verdict::Throttled(3600));
    assert!(
        matches!(enrolled(&scene, "x", false), Verdict::Enrolled { .. }),
        "another password is no account"
    );
    scene.config.accounts.registration.throttle = false;
    assert!(matches!(enrolled(&scene, "x", true), Verdict::Enrolled { .. }));
}

#[test]
fn without_accounts_everything_is_refused() {
    let mut scene = Scene::new();
    scene.config.accounts.enabled = false;
    scene.certificate = Some(FINGERPRINT);
    assert_eq!(scene.login("ann", "sesame"), Verdict::Refused);
    assert_eq!(scene.external(None), Verdict::Refused);
    assert_eq!(enrolled(&scene, "x", true), Verdict::Refused);
}
