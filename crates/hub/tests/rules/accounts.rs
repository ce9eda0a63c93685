//! Accounts: making them, logging in, changing and dropping them (§13, §22, §30).

use std::sync::Arc;

use hub::{
    AccountChange, Answer, Cause, Change, Command, Credentials, Event, Limits, Query, Record, Rejection,
    SessionId, Settings, Settled, Via,
};

use crate::scene::*;

const SERVER: SessionId = SessionId::SERVER;

/// Users without accounts, where there are none.
fn strangers(sessions: &[SessionId]) -> Scene {
    Scene::with_settings(Settings::default(), sessions)
}

fn create_with(name: &str, credentials: Credentials) -> Command {
    let credentials = Box::new(credentials);
    Command::CreateAccount { name: nick(name), email: None, credentials, log_in: false }
}

fn drop_account(name: &str) -> Command {
    Command::DropAccount { account: name.into() }
}

fn exists(name: &str) -> Rejection {
    Rejection::AccountExists(name.into())
}

#[test]
fn who_registers_an_account_is_logged_in_to_it_22() {
    let mut scene = strangers(&[ANN, BOB]);
    scene.all_join("#room", &[ANN, BOB]);

    let effects = scene.told(ANN, create("ann", true));

    let owner = with_account(ann(), "ann");
    let told = scene.presence(owner.clone(), Change::Account(Some("ann".into())), Via::Room);
    assert_eq!(
        effects,
        [
            reply(Event::AccountCreated { account: "ann".into() }),
            reply(Event::LoggedIn { account: "ann".into(), who: Some(Arc::new(owner)) }),
            tell_rooms(&[ROOM], &[ANN], told.clone()),
            reply(told),
        ]
    );
}

#[test]
fn an_account_is_kept_before_anybody_is_told_of_it() {
    let mut scene = strangers(&[ANN]);
    let effects = scene.whole(ANN, create("ann", true));
    let hub::Effect::Keep(record) = &effects[0] else { panic!("{effects:?}") };
    let account = scene.hub.account("ANN").expect("it was made");
    assert_eq!(**record, Record::Account(Box::new(account.clone())));
    assert_eq!(account.created, scene.at());
}

#[test]
fn a_name_that_is_taken_in_any_letters_or_a_nick_that_another_uses_is_no_new_account_22() {
    let mut scene = strangers(&[ANN, BOB]);
    scene.connect(CY);
    for (from, name) in [(ANN, "bob"), (CY, "BOB"), (SERVER, "bob")] {
        assert_eq!(scene.told(from, create(name, from != SERVER)), [rejected(exists(name))]);
    }
    scene.told(ANN, create("cy", true));
    assert_eq!(scene.told(CY, create("Cy", true)), [rejected(exists("Cy"))]);
}

#[test]
fn what_may_be_no_nick_is_no_account_and_there_is_an_end_to_them() {
    let limits = Limits { accounts: 1, ..Limits::default() };
    let mut scene = Scene::with_settings(with_limits_and_owned(limits), &[ANN, BOB]);
    let reserved = Rejection::AccountReserved("nickserv".into());
    assert_eq!(scene.told(ANN, create("nickserv", true)), [rejected(reserved)]);
    scene.told(ANN, create("ann", true));
    assert_eq!(scene.told(ANN, create("anna", true)), [rejected(Rejection::LoggedInAlready("ann".into()))]);
    assert_eq!(scene.told(BOB, create("bob", true)), [rejected(Rejection::NoMoreAccounts)]);
}

fn with_limits_and_owned(limits: Limits) -> Settings {
    Settings { limits, ..Settings::default() }
}

#[test]
fn operators_and_the_server_make_accounts_without_logging_in() {
    let mut scene = strangers(&[ANN]);
    assert_eq!(scene.told(ANN, create("cy", false)), [rejected(Rejection::NoPrivilege)]);
    scene.make_operator(ANN);
    let created = |name: &str| reply(Event::AccountCreated { account: name.into() });
    assert_eq!(scene.told(ANN, create("cy", false)), [created("cy")]);
    assert_eq!(scene.told(SERVER, create("dan", true)), [created("dan")]);
}

#[test]
fn a_session_may_register_its_account_before_it_is_a_user() {
    let mut scene = strangers(&[]);
    scene.connect(ANN);
    let created = Event::AccountCreated { account: "ann".into() };
    let logged_in = Event::LoggedIn { account: "ann".into(), who: None };
    assert_eq!(scene.told(ANN, create("ann", true)), [reply(created), reply(logged_in)]);
    scene.told(ANN, register(ANN));
    let Answer::Whois(whois) = scene.query(ANN, Query::Whois("ann".into())) else { panic!() };
    assert_eq!(whois.who.account, Some("ann".into()));
}

#[test]
fn nobody_logs_in_to_what_does_not_exist_or_is_suspended() {
    let mut scene = Scene::with(&[ANN]);
    scene.told(SERVER, change_account("bob", AccountChange::Suspend(Some("spam".into()))));
    let mut refused = |name| only_rejection(&scene.told(ANN, login(Some(name))));
    assert_eq!(refused("nobody"), Some(Rejection::NoSuchAccount("nobody".into())));
    assert_eq!(refused("Bob"), Some(Rejection::AccountSuspended("bob".into())));
    assert_eq!(only_rejection(&scene.told(ANN, login(None))), Some(Rejection::NotLoggedIn));
}

#[test]
fn a_recovery_code_is_good_for_one_time() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.told(SERVER, change_account("ann", AccountChange::Recovery(vec!["one".into(), "two".into()])));
    let with = |code: &str| Command::Login { account: Some("ann".into()), recovery: Some(code.into()) };
    assert_eq!(only_rejection(&scene.told(ANN, with("one"))), None);
    assert_eq!(only_rejection(&scene.told(BOB, with("one"))), Some(Rejection::RecoverySpent));
    let mut scene = scene.restarted(plain_rooms());
    scene.connect(CY);
    assert_eq!(only_rejection(&scene.told(CY, with("one"))), Some(Rejection::RecoverySpent));
    assert_eq!(only_rejection(&scene.told(CY, with("two"))), None);
}

#[test]
fn a_certificate_belongs_to_one_account_and_finds_it() {
    let mut scene = Scene::with_settings(with_limits(Limits { certificates: 1, ..Limits::default() }), &[]);
    let add = |print: &str| AccountChange::AddCertificate(print.into());
    let remove = |print: &str| AccountChange::RemoveCertificate(print.into());
    let mut outcome = |name, change| only_rejection(&scene.told(SERVER, change_account(name, change)));
    assert_eq!(outcome("ann", add("aa")), None);
    assert_eq!(outcome("bob", add("aa")), Some(Rejection::CertificateRefused));
    assert_eq!(outcome("ann", add("bb")), Some(Rejection::CertificateRefused));
    assert_eq!(outcome("bob", remove("aa")), Some(Rejection::NoSuchCertificate));
    assert_eq!(scene.hub.account_by_certificate("aa").map(|account| &*account.name), Some("ann"));
    let taken = Credentials { certificates: vec!["aa".into()], ..Credentials::default() };
    assert_eq!(
        only_rejection(&scene.told(SERVER, create_with("new", taken))),
        Some(Rejection::CertificateRefused)
    );
    scene.told(SERVER, change_account("ann", remove("aa")));
    assert!(scene.hub.account_by_certificate("aa").is_none());
}

#[test]
fn only_its_owner_and_the_server_change_an_account() {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.told(ANN, login(Some("ann")));
    let several = || AccountChange::Several(Some(false));
    let mut refused = |from, name, change| only_rejection(&scene.told(from, change_account(name, change)));
    assert_eq!(refused(BOB, "ann", several()), Some(Rejection::NotLoggedIn));
    assert_eq!(refused(ANN, "bob", several()), Some(Rejection::NoPrivilege));
    assert_eq!(refused(ANN, "ann", AccountChange::Suspend(None)), Some(Rejection::NoPrivilege));
    assert_eq!(refused(SERVER, "no", several()), Some(Rejection::NoSuchAccount("no".into())));
    let settled = Settled::AccountChanged { account: "ann".into(), change: Box::new(several()) };
    assert_eq!(scene.told(ANN, change_account("ANN", several())), [reply(Event::Settled(settled))]);
}

#[test]
fn a_dropped_account_logs_out_who_is_logged_in_to_it_and_leaves_nothing_behind() {
    let mut scene = Scene::in_room(&[ANN, BOB]);
    scene.told(ANN, login(Some("ann")));
    scene.told(ANN, Command::MarkRead { target: "#room".into(), at: scene.at() });
    scene.connect(CY);
    scene.told(CY, login(Some("ann")));

    let effects = scene.told(ANN, drop_account("ann"));

    let told = scene.presence(ann(), Change::Account(None), Via::Room);
    assert_eq!(
        effects,
        [
            reply(Event::Settled(Settled::AccountDropped("ann".into()))),
            reply(Event::LoggedOut { who: Some(Arc::new(ann())) }),
            tell_rooms(&[ROOM], &[ANN], told.clone()),
            reply(told),
            tell(CY, Event::LoggedOut { who: None }),
        ]
    );
    assert!(scene.hub.account("ann").is_none());
    assert_eq!(scene.hub.saved().markers, []);
}

#[test]
fn the_account_of_another_is_dropped_by_operators_only() {
    let mut scene = Scene::with(&[ANN]);
    assert_eq!(only_rejection(&scene.told(ANN, drop_account("bob"))), Some(Rejection::NotLoggedIn));
    scene.make_operator(ANN);
    assert_eq!(
        scene.told(ANN, drop_account("bob")),
        [reply(Event::Settled(Settled::AccountDropped("bob".into())))]
    );
    assert_eq!(
        only_rejection(&scene.told(ANN, drop_account("bob"))),
        Some(Rejection::NoSuchAccount("bob".into()))
    );
}

#[test]
fn who_is_logged_in_to_a_suspended_account_is_disconnected() {
    let mut scene = Scene::in_room(&[BOB]);
    scene.attach(ANN);
    scene.all_join("#room", &[ANN]);
    scene.connect(CY);
    scene.told(CY, login(Some("ann")));

    let suspend = || AccountChange::Suspend(Some("spam".into()));
    let effects = scene.told(SERVER, change_account("ann", suspend()));

    let cause = Cause::Refused("spam".into());
    let settled = Settled::AccountChanged { account: "ann".into(), change: Box::new(suspend()) };
    let quit = scene.quit(with_account(ann(), "ann"), cause.clone());
    assert_eq!(
        effects,
        [
            reply(Event::Settled(settled)),
            leave(ANN, ROOM),
            tell_rooms(&[ROOM], &[], quit),
            close(ANN, cause.clone()),
            close(CY, cause),
        ]
    );
}

#[test]
fn the_private_part_of_an_account_is_its_owners_and_operators() {
    let mut scene = Scene::with(&[ANN, BOB]);
    let private = |scene: &Scene, from, name: Option<&str>| match scene
        .query(from, Query::Account(name.map(Into::into)))
    {
        Answer::Account(info) => info.private.is_some(),
        other => panic!("{other:?}"),
    };
    assert_eq!(scene.query(ANN, Query::Account(None)), Answer::Rejected(Rejection::NotLoggedIn));
    scene.told(ANN, login(Some("ann")));
    assert!(private(&scene, ANN, None));
    assert!(!private(&scene, BOB, Some("Ann")));
    scene.make_operator(BOB);
    assert!(private(&scene, BOB, Some("ann")));
    let no = Answer::Rejected(Rejection::NoSuchAccount("no".into()));
    assert_eq!(scene.query(BOB, Query::Account(Some("no".into()))), no);
}

#[test]
fn verifiers_are_not_printed() {
    let password = AccountChange::Password { password: Some("hash".into()), scram: Some("hash".into()) };
    let recovery = AccountChange::Recovery(vec!["hash".into()]);
    for change in [password, recovery] {
        assert!(!format!("{:?}", change_account("ann", change)).contains("hash"));
    }
}
