//! What NickServ does: `conformance` section 30, Services.

use hub::{AccountChange, Command, Nick, Query};
use smol_str::SmolStr;

use super::enrol::{Enrolment, Voice};
use super::errand::{Errand, Matter, Secret, reason};
use super::services::Service;
use super::session::Irc;
use crate::{Check, Codes, Output, Verdict};

impl Irc {
    /// Does what NickServ is asked; nothing if it is asked in the wrong form.
    pub(super) fn nickserv(
        &mut self,
        command: &str,
        words: &[&str],
        outputs: &mut Vec<Output>,
    ) -> Option<()> {
        match (command, words) {
            ("REGISTER", [password]) => self.enrol_here(None, password, outputs),
            ("REGISTER", [password, email]) => self.enrol_here(Some(email), password, outputs),
            ("IDENTIFY", [password]) => {
                let account = self.nick.clone();
                self.check_login(account, password, Matter::Identify, outputs);
            }
            ("IDENTIFY", [account, password]) => {
                self.check_login(SmolStr::new(account), password, Matter::Identify, outputs);
            }
            ("LOGOUT", []) if self.account.is_none() => self.not_logged_in(outputs),
            ("LOGOUT", []) => {
                let command = Command::Login { account: None, recovery: None };
                self.ask_for(Service::Nick, Matter::Identify, Output::Command(command), outputs);
            }
            ("DROP", [account, password]) => {
                let matter = Matter::Drop { account: SmolStr::new(account) };
                self.check_login(SmolStr::new(account), password, matter, outputs);
            }
            ("INFO", []) => self.ask_about(None, Matter::Plain, outputs),
            ("INFO", [account]) => self.ask_about(Some(SmolStr::new(account)), Matter::Plain, outputs),
            ("SET", [setting, values @ ..]) => return self.set(setting, values, outputs),
            ("RECOVERY", [password]) => {
                let secret = Secret(password.as_bytes().to_vec());
                self.check_own(password, |account| Matter::Recovery { account, secret }, outputs);
            }
            ("CERT", [verb, fingerprint @ ..]) => return self.cert(verb, fingerprint, outputs),
            ("GHOST", [nick]) => {
                self.order(Command::Ghost { nick: SmolStr::new(nick) }, outputs);
            }
            ("SAREGISTER", [account, password]) => self.enrol_other(account, password, outputs),
            _ => return None,
        }
        Some(())
    }

    /// `SET setting values`.
    fn set(&mut self, setting: &str, values: &[&str], outputs: &mut Vec<Output>) -> Option<()> {
        match (setting.to_ascii_uppercase().as_str(), values) {
            ("PASSWORD", [old, new]) => match self.password_usable(new.as_bytes()) {
                Ok(()) => {
                    let new = Secret(new.as_bytes().to_vec());
                    self.check_own(old, |account| Matter::Password { account, new }, outputs);
                }
                Err(why) => self.service_says(Service::Nick, why, outputs),
            },
            ("MULTICLIENT", [value]) => self.change(AccountChange::Several(choice(value)?), outputs),
            ("ALWAYS-ON", [value]) => self.change(AccountChange::AlwaysOn(choice(value)?), outputs),
            _ => return None,
        }
        Some(())
    }

    /// `CERT ADD|DEL [fingerprint]`, `CERT LIST`.
    fn cert(&mut self, verb: &str, words: &[&str], outputs: &mut Vec<Output>) -> Option<()> {
        let verb = verb.to_ascii_uppercase();
        let named = match words {
            [] if verb == "LIST" => {
                self.ask_about(None, Matter::Certificates, outputs);
                return Some(());
            }
            [] => self.certificate.as_deref().map(SmolStr::new).ok_or("You have shown no certificate"),
            [word] => fingerprint(word).ok_or("A fingerprint is a SHA-256 in hexadecimal: 64 digits"),
            _ => return None,
        };
        match (named, verb.as_str()) {
            (Ok(certificate), "ADD") => self.change(AccountChange::AddCertificate(certificate), outputs),
            (Ok(certificate), "DEL") => self.change(AccountChange::RemoveCertificate(certificate), outputs),
            (Err(why), "ADD" | "DEL") => self.service_says(Service::Nick, why, outputs),
            _ => return None,
        }
        Some(())
    }

    /// `SAREGISTER account password`. The hub knows who may.
    fn enrol_other(&mut self, account: &str, password: &str, outputs: &mut Vec<Output>) {
        match Nick::new(account, self.settings.options.nicklen) {
            Ok(name) => {
                let codes = Codes::default();
                let made = Enrolment { name, email: None, codes, log_in: false, voice: Voice::Service };
                self.enrol(made, password.as_bytes(), outputs);
            }
            Err(_) => self.service_says(Service::Nick, "No account can have this name", outputs),
        }
    }

    fn not_logged_in(&self, outputs: &mut Vec<Output>) {
        self.service_says(Service::Nick, &reason(&hub::Rejection::NotLoggedIn), outputs);
    }

    /// Has the server or the hub do what a service was asked.
    pub(super) fn ask_for(
        &mut self,
        service: Service,
        matter: Matter,
        output: Output,
        outputs: &mut Vec<Output>,
    ) {
        self.checking = matches!(output, Output::Check(_));
        self.errand = Some(Box::new(Errand::Service(service, matter)));
        outputs.push(output);
    }

    fn order(&mut self, command: Command, outputs: &mut Vec<Output>) {
        self.ask_for(Service::Nick, Matter::Plain, Output::Command(command), outputs);
    }

    /// Changes the session's own account.
    fn change(&mut self, change: AccountChange, outputs: &mut Vec<Output>) {
        let Some(account) = self.account.clone() else { return self.not_logged_in(outputs) };
        let change = Box::new(change);
        self.order(Command::ChangeAccount { account, change }, outputs);
    }

    fn ask_about(&mut self, account: Option<SmolStr>, matter: Matter, outputs: &mut Vec<Output>) {
        self.ask_for(Service::Nick, matter, Output::Query(Query::Account(account)), outputs);
    }

    /// Has a secret of an account checked.
    fn check_login(&mut self, account: SmolStr, secret: &str, matter: Matter, outputs: &mut Vec<Output>) {
        let check = Check::Login { account, secret: secret.as_bytes().to_vec() };
        self.ask_for(Service::Nick, matter, Output::Check(check), outputs);
    }

    /// Has a secret of the session's own account checked.
    fn check_own(&mut self, secret: &str, matter: impl FnOnce(SmolStr) -> Matter, outputs: &mut Vec<Output>) {
        match self.account.clone() {
            Some(account) => self.check_login(account.clone(), secret, matter(account), outputs),
            None => self.not_logged_in(outputs),
        }
    }

    /// Takes the outcome of a check for NickServ.
    pub(super) fn matter_judged(&mut self, matter: Matter, verdict: Verdict, outputs: &mut Vec<Output>) {
        match verdict {
            Verdict::LoggedIn { account, recovery } => self.owner_proved(matter, account, recovery, outputs),
            Verdict::Enrolled { credentials, codes } => {
                let (account, change, next) = match matter {
                    Matter::Verifiers { account } => {
                        let (password, scram) = (credentials.password, credentials.scram);
                        (account, AccountChange::Password { password, scram }, Matter::Plain)
                    }
                    Matter::NewCodes { account } => {
                        (account, AccountChange::Recovery(credentials.recovery), Matter::Codes(codes))
                    }
                    _ => return,
                };
                let command = Command::ChangeAccount { account, change: Box::new(change) };
                self.ask_for(Service::Nick, next, Output::Command(command), outputs);
            }
            Verdict::Unacceptable(why) => self.service_says(Service::Nick, why, outputs),
            Verdict::Suspended => self.service_says(Service::Nick, "The account is suspended", outputs),
            Verdict::Throttled(seconds) => {
                let why = format!("Too many attempts; try again in {seconds} s");
                self.service_says(Service::Nick, &why, outputs);
            }
            _ => {
                self.service_says(Service::Nick, "Wrong account or password", outputs);
                self.login_failed(outputs);
            }
        }
    }

    /// The secret was that of the account: does what that was needed for.
    fn owner_proved(
        &mut self,
        matter: Matter,
        account: SmolStr,
        recovery: Option<SmolStr>,
        outputs: &mut Vec<Output>,
    ) {
        // Recovery codes are made for what counts as new.
        let enroll = |account: &SmolStr, secret: Secret, new| {
            Output::Check(Check::Enroll { account: account.clone(), secret: secret.0, new })
        };
        let (next, output) = match matter {
            Matter::Password { account: own, new } => {
                // Logging in is what uses a recovery code up.
                if recovery.is_some() {
                    outputs.push(Output::Command(Command::Login { account: Some(account), recovery }));
                }
                let output = enroll(&own, new, false);
                (Matter::Verifiers { account: own }, output)
            }
            Matter::Recovery { account: own, secret } => {
                let output = enroll(&own, secret, true);
                (Matter::NewCodes { account: own }, output)
            }
            Matter::Drop { account } => (Matter::Plain, Output::Command(Command::DropAccount { account })),
            matter => (matter, Output::Command(Command::Login { account: Some(account), recovery })),
        };
        self.ask_for(Service::Nick, next, output, outputs);
    }
}

/// On, off, or (if that is asked for) as the server says.
#[allow(clippy::option_option)]
fn choice(word: &str) -> Option<Option<bool>> {
    match word.to_ascii_uppercase().as_str() {
        "ON" | "TRUE" | "YES" => Some(Some(true)),
        "OFF" | "FALSE" | "NO" => Some(Some(false)),
        "DEFAULT" => Some(None),
        _ => None,
    }
}

/// A fingerprint as it is kept: without colons, in lower case.
fn fingerprint(word: &str) -> Option<SmolStr> {
    let digits: String = word.chars().filter(|&c| c != ':').collect::<String>().to_ascii_lowercase();
    let good = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| SmolStr::new(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_64_digits_with_colons_or_without() {
        let wanted = "ab".repeat(32);
        assert_eq!(fingerprint(&"AB:".repeat(32)).as_deref(), Some(wanted.as_str()));
        assert_eq!(fingerprint(&wanted).as_deref(), Some(wanted.as_str()));
        assert_eq!(fingerprint("ab"), None);
        assert_eq!(fingerprint(&"xy".repeat(32)), None);
    }
}
