//! Accounts: logging in and out, registering, and another password. Secrets go to the server, which alone can
//! check them; what it found goes to the hub, which has the last word.
//!
//! ```text
//! /login ────────────▶ Login ──LoggedIn──▶ the hub
//! /register ─────────▶ Register ──Enrolled──▶ the hub ──AccountCreated──▶ recovery codes, once
//! /password ─▶ Old ──LoggedIn──▶ New ──Enrolled──▶ the hub
//! ```

use hub::{AccountChange, Command, Nick, Rejection};
use smol_str::SmolStr;

use super::{Person, Stage};
use crate::text::rejection::reason;
use crate::veil::Veiled;
use crate::{Check, Output, Verdict};

/// Most bytes of an e-mail address (RFC 5321 §4.5.3.1.3, less the brackets).
const EMAIL: usize = 254;
/// Recovery codes in one line.
const CODES: usize = 4;

/// What a secret that is being checked is for.
#[derive(Debug)]
pub(super) enum Checking {
    /// To get in: the password of the server.
    Server,
    /// To log in.
    Login,
    /// To register an account with it.
    Register {
        /// The account.
        name: Nick,
        /// Where to write to its owner.
        email: Option<SmolStr>,
    },
    /// To be allowed to choose this one instead.
    Old {
        /// The new password.
        new: Veiled<Vec<u8>>,
    },
    /// To be the new password.
    New,
}

impl Person {
    pub(super) fn log_in(&mut self, name: &str, secret: &str, outputs: &mut Vec<Output>) {
        if !self.settings.accounts {
            return self.inform(outputs, "there are no accounts here");
        }
        let check = Check::Login { account: name.into(), secret: secret.as_bytes().to_vec() };
        self.check(Checking::Login, check, outputs);
    }

    pub(super) fn log_out(&self, outputs: &mut Vec<Output>) {
        match &self.account {
            Some(_) => outputs.push(Output::Command(Command::Login { account: None, recovery: None })),
            None => self.inform(outputs, "you are not logged in"),
        }
    }

    /// Registers an account for what it is called now.
    pub(super) fn enroll(&mut self, secret: &str, email: Option<&str>, outputs: &mut Vec<Output>) {
        if let Some(why) = self.not_enrolled(email) {
            return self.inform(outputs, &why);
        }
        let Ok(name) = Nick::new(&self.nick, usize::MAX) else { return };
        let check =
            Check::Enroll { account: name.as_str().into(), secret: secret.as_bytes().to_vec(), new: true };
        self.check(Checking::Register { name, email: email.map(SmolStr::new) }, check, outputs);
    }

    /// Why no account can be registered, if so.
    fn not_enrolled(&self, email: Option<&str>) -> Option<String> {
        if !(self.settings.accounts && self.settings.registration) {
            return Some("accounts can't be registered here".to_owned());
        }
        if let Some(account) = &self.account {
            return Some(reason(&Rejection::LoggedInAlready(account.clone())));
        }
        match email {
            None if self.settings.email_required => Some("write /register PASSWORD EMAIL".to_owned()),
            Some(email) if !is_address(email) => Some("that is no e-mail address".to_owned()),
            _ => None,
        }
    }

    pub(super) fn change_password(&mut self, old: &str, new: &str, outputs: &mut Vec<Output>) {
        let Some(account) = self.account.clone() else {
            return self.inform(outputs, &reason(&Rejection::NotLoggedIn));
        };
        let new = Veiled(new.as_bytes().to_vec());
        let check = Check::Login { account, secret: old.as_bytes().to_vec() };
        self.check(Checking::Old { new }, check, outputs);
    }

    pub(super) fn check(&mut self, checking: Checking, check: Check, outputs: &mut Vec<Output>) {
        self.checking = Some(checking);
        outputs.push(Output::Check(check));
    }

    /// Takes the outcome of a check.
    pub fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        let Some(checking) = self.checking.take() else { return };
        match (checking, verdict) {
            (Checking::Server, Verdict::Accepted) => self.register(outputs),
            (Checking::Login, Verdict::LoggedIn { account, recovery }) => {
                // Who comes in with an account comes in under its name.
                if self.stage == Stage::Locked {
                    self.wanted = account.clone();
                }
                outputs.push(Output::Command(Command::Login { account: Some(account), recovery }));
            }
            (Checking::Register { name, email }, Verdict::Enrolled { credentials, codes }) => {
                self.codes = codes;
                let create = Command::CreateAccount { name, email, credentials, log_in: true };
                outputs.push(Output::Command(create));
            }
            (Checking::Old { new }, Verdict::LoggedIn { account, recovery }) => {
                // A recovery code is as good as the password, once.
                if recovery.is_some() {
                    let account = Some(account.clone());
                    outputs.push(Output::Command(Command::Login { account, recovery }));
                }
                self.check(Checking::New, Check::Enroll { account, secret: new.0, new: false }, outputs);
            }
            (Checking::New, Verdict::Enrolled { credentials, .. }) => match self.account.clone() {
                Some(account) => {
                    let change =
                        AccountChange::Password { password: credentials.password, scram: credentials.scram };
                    let change = Command::ChangeAccount { account, change: Box::new(change) };
                    outputs.push(Output::Command(change));
                }
                None => self.inform(outputs, &reason(&Rejection::NotLoggedIn)),
            },
            (checking, verdict) => self.inform(outputs, &refused(&checking, &verdict)),
        }
        self.catch_up(outputs);
    }

    /// Tells the recovery codes of the account that was just registered, and forgets them.
    pub(super) fn tell_codes(&mut self, account: &str, tell: &mut dyn FnMut(String)) {
        let codes = std::mem::take(&mut self.codes).0;
        if codes.is_empty() {
            return;
        }
        tell(format!(
            "should you lose the password, /login {account} CODE works once with each of these codes"
        ));
        tell("keep them where nobody else looks: they are not shown again".to_owned());
        codes.chunks(CODES).for_each(|codes| tell(codes.join("  ")));
    }
}

/// Why a check did not end well.
fn refused(checking: &Checking, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Unacceptable(why) => format!("choose another password: {why}"),
        Verdict::Throttled(1) => "that was tried too often: wait a second".to_owned(),
        Verdict::Throttled(seconds) => format!("that was tried too often: wait {seconds} seconds"),
        Verdict::Suspended => "the account is suspended".to_owned(),
        _ => match checking {
            Checking::Server | Checking::Old { .. } => "that is not the password".to_owned(),
            Checking::Login => "there is no such account, or that is not its password".to_owned(),
            Checking::Register { .. } | Checking::New => "that can't be done now: try again later".to_owned(),
        },
    }
}

/// Whether somebody may be reached there. More can only be known by writing.
fn is_address(email: &str) -> bool {
    let parts = email.rsplit_once('@').filter(|(user, host)| !user.is_empty() && host.contains('.'));
    parts.is_some() && email.len() <= EMAIL && !email.contains(char::is_control)
}
