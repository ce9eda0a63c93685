//! `REGISTER` and `VERIFY`: making an account (`conformance` section 22; IRCv3 draft/account-registration).
//!
//! ```text
//! REGISTER ─▶ Check::Enroll ─▶ CreateAccount ─▶ AccountCreated, LoggedIn: SUCCESS, 900, recovery codes
//! ```

use hub::{Command, Nick, Rejection};
use smol_str::SmolStr;

use super::errand::{Errand, reason};
use super::line::Line;
use super::message::Message;
use super::services::Service;
use super::session::{Irc, text};
use super::settings::Registration;
use crate::{Check, Codes, Output, Verdict};

/// Most bytes of an address (RFC 5321 §4.5.3.1.3).
const MAX_EMAIL: usize = 254;
/// Recovery codes in one line.
const CODES_PER_LINE: usize = 4;

/// An account that is being made.
#[derive(Debug)]
pub(super) struct Enrolment {
    pub name: Nick,
    pub email: Option<SmolStr>,
    /// To be shown when there is such an account.
    pub codes: Codes,
    /// Whether the session is logged in to it; if not, it is made for somebody else.
    pub log_in: bool,
    /// Who was asked.
    pub voice: Voice,
}

/// Who is asked to make an account, and so answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// The server, by `REGISTER`.
    Server,
    /// NickServ.
    Service,
}

/// Why there will be no account: a code of section 22, and words.
struct Refusal(&'static str, String);

impl Refusal {
    fn new(code: &'static str, why: &str) -> Self {
        Self(code, why.to_owned())
    }
}

impl Irc {
    /// `REGISTER account email password`.
    pub(super) fn register(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let [account, email, password, ..] = message.params[..] else {
            return self.need_more(outputs, "REGISTER");
        };
        match self.enrolment(account, email) {
            Ok((name, email)) => {
                let enrolment =
                    Enrolment { name, email, codes: Codes::default(), log_in: true, voice: Voice::Server };
                self.enrol(enrolment, password, outputs);
            }
            Err(Refusal(code, why)) => {
                let account = if code == "NEED_NICK" { b"*" } else { account };
                self.fail_about(outputs, "REGISTER", code, &[account], &why);
            }
        }
    }

    /// Whose account, and where to write to, if it may be made.
    fn enrolment(&self, account: &[u8], email: &[u8]) -> Result<(Nick, Option<SmolStr>), Refusal> {
        let how = self.may_enrol()?;
        let nick = self.enrolment_nick();
        let nick = nick.ok_or_else(|| Refusal::new("NEED_NICK", "Say NICK before you register"))?;
        if account != b"*" {
            let Ok(name) = Nick::new(&text(account), self.settings.options.nicklen) else {
                return Err(Refusal::new("BAD_ACCOUNT_NAME", "No account can have this name"));
            };
            if !self.same_name(name.as_str(), nick.as_str()) {
                let why = "Your account is called as you are: use *, or change your nickname";
                return Err(Refusal::new("ACCOUNT_NAME_MUST_BE_NICK", why));
            }
        }
        let refused = |why| Refusal::new("INVALID_EMAIL", why);
        match email {
            b"*" if how.email_required => Err(refused("An e-mail address is needed")),
            b"*" => Ok((nick, None)),
            _ => match address(email) {
                Some(email) => Ok((nick, Some(email))),
                None => Err(refused("This is not an e-mail address")),
            },
        }
    }

    /// How accounts are made, if this session may make one now.
    fn may_enrol(&self) -> Result<Registration, Refusal> {
        let Some(how) = self.settings.options.accounts.as_ref().and_then(|accounts| accounts.registration)
        else {
            return Err(Refusal::new("TEMPORARILY_UNAVAILABLE", "Accounts can't be registered here"));
        };
        if self.nick.is_empty() && !how.before_connect {
            let why = "Complete your connection before you register";
            return Err(Refusal::new("COMPLETE_CONNECTION_REQUIRED", why));
        }
        match &self.account {
            Some(account) => {
                Err(Refusal("ALREADY_AUTHENTICATED", reason(&Rejection::LoggedInAlready(account.clone()))))
            }
            None => Ok(how),
        }
    }

    /// The nickname that an account is made for: also one that was asked for and refused, since the hub
    /// then says that it is somebody else's.
    fn enrolment_nick(&self) -> Option<Nick> {
        match &self.opening {
            Some(opening) => opening.nick.clone().or_else(|| opening.refused.clone()),
            None => Nick::new(&self.nick, usize::MAX).ok(),
        }
    }

    /// Makes an account for the present nickname, asked of NickServ.
    pub(super) fn enrol_here(&mut self, email: Option<&str>, password: &str, outputs: &mut Vec<Output>) {
        match self.enrolment(b"*", email.unwrap_or("*").as_bytes()) {
            Ok((name, email)) => {
                let enrolment =
                    Enrolment { name, email, codes: Codes::default(), log_in: true, voice: Voice::Service };
                self.enrol(enrolment, password.as_bytes(), outputs);
            }
            Err(Refusal(_, why)) => self.service_says(Service::Nick, &why, outputs),
        }
    }

    /// Makes an account with this password, if it can be one.
    pub(super) fn enrol(&mut self, enrolment: Enrolment, password: &[u8], outputs: &mut Vec<Output>) {
        if let Err(why) = self.password_usable(password) {
            return self.enrolment_refused(&enrolment, "UNACCEPTABLE_PASSWORD", why, outputs);
        }
        let account = SmolStr::new(enrolment.name.as_str());
        outputs.push(Output::Check(Check::Enroll { account, secret: password.to_vec(), new: true }));
        self.checking = true;
        self.errand = Some(Box::new(Errand::Enrol(Box::new(enrolment))));
    }

    /// Whether a password could be used to log in at all: SASL wants UTF-8 without NUL.
    pub(super) fn password_usable(&self, password: &[u8]) -> Result<(), &'static str> {
        let most = self.settings.options.accounts.as_ref().map_or(0, |accounts| accounts.max_password);
        match password {
            [] => Err("A password can't be empty"),
            _ if password.len() > most => Err("This password is too long"),
            _ if std::str::from_utf8(password).is_err() => Err("A password has to be UTF-8"),
            _ => Ok(()),
        }
    }

    /// Takes the verifiers of the account's password, or why there are none.
    pub(super) fn enrolment_judged(
        &mut self,
        mut enrolment: Box<Enrolment>,
        verdict: Verdict,
        outputs: &mut Vec<Output>,
    ) {
        let unavailable = "TEMPORARILY_UNAVAILABLE";
        let (mut credentials, codes) = match verdict {
            Verdict::Enrolled { credentials, codes } => (credentials, codes),
            Verdict::Unacceptable(why) => {
                return self.enrolment_refused(&enrolment, "UNACCEPTABLE_PASSWORD", why, outputs);
            }
            Verdict::Throttled(seconds) => {
                let why = format!("Too many accounts were made from here; try again in {seconds} s");
                return self.enrolment_refused(&enrolment, unavailable, &why, outputs);
            }
            _ => return self.enrolment_refused(&enrolment, unavailable, "Try again later", outputs),
        };
        // Codes are for the owner, who is not here if somebody else makes the account.
        match enrolment.log_in {
            true => enrolment.codes = codes,
            false => credentials.recovery.clear(),
        }
        outputs.push(Output::Command(Command::CreateAccount {
            name: enrolment.name.clone(),
            email: enrolment.email.clone(),
            credentials,
            log_in: enrolment.log_in,
        }));
        self.errand = Some(Box::new(Errand::Enrol(enrolment)));
    }

    fn enrolment_refused(&self, enrolment: &Enrolment, code: &str, why: &str, outputs: &mut Vec<Output>) {
        self.local(outputs, |out| self.write_refusal(enrolment, code, why, out));
    }

    fn write_refusal(&self, enrolment: &Enrolment, code: &str, why: &str, out: &mut Vec<u8>) {
        match enrolment.voice {
            Voice::Server => {
                let line = Line::from(out, self.server(), "FAIL").word("REGISTER").word(code);
                line.word(enrolment.name.as_str()).text(why).end();
            }
            Voice::Service => self.write_service(Service::Nick, why, out),
        }
    }

    /// Why the hub would not make the account.
    pub(super) fn write_enrolment_refused(
        &self,
        enrolment: &Enrolment,
        rejection: &Rejection,
        out: &mut Vec<u8>,
    ) {
        let code = match rejection {
            Rejection::AccountExists(_) | Rejection::NickOwned(_) | Rejection::NickInUse(_) => {
                "ACCOUNT_EXISTS"
            }
            Rejection::AccountReserved(_) | Rejection::NickReserved(_) => "BAD_ACCOUNT_NAME",
            Rejection::LoggedInAlready(_) => "ALREADY_AUTHENTICATED",
            _ => "TEMPORARILY_UNAVAILABLE",
        };
        self.write_refusal(enrolment, code, &reason(rejection), out);
    }

    /// There is such an account now.
    pub(super) fn write_enrolled(&self, account: &str, out: &mut Vec<u8>) {
        match self.errand.as_deref() {
            Some(Errand::Enrol(enrolment)) if enrolment.voice == Voice::Server => {
                let line = Line::from(out, self.server(), "REGISTER").word("SUCCESS").word(account);
                line.text("Account created").end();
            }
            _ => self.write_service(Service::Nick, "Account created", out),
        }
    }

    /// The recovery codes, once.
    pub(super) fn write_codes(&self, codes: &Codes, out: &mut Vec<u8>) {
        if codes.0.is_empty() {
            return;
        }
        let intro = "Recovery codes: each takes the place of your password once. Write them down, they are \
                     not shown again:";
        self.write_service(Service::Nick, intro, out);
        for codes in codes.0.chunks(CODES_PER_LINE) {
            self.write_service(Service::Nick, &codes.join(" "), out);
        }
    }

    /// `VERIFY account code`: no account waits for one.
    pub(super) fn verify(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let [account, _, ..] = message.params[..] else { return self.need_more(outputs, "VERIFY") };
        let Refusal(code, why) = match self.may_enrol() {
            Ok(_) => Refusal::new("INVALID_CODE", "No account of this name waits for a code"),
            Err(refusal) => refusal,
        };
        self.fail_about(outputs, "VERIFY", code, &[account], &why);
    }
}

/// An address, if mail could get there.
fn address(written: &[u8]) -> Option<SmolStr> {
    let written = std::str::from_utf8(written).ok().filter(|written| written.len() <= MAX_EMAIL)?;
    let (local, domain) = written.rsplit_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    let dots = !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains("..");
    (plain(local) && plain(domain) && dots && !local.contains('@')).then(|| SmolStr::new(written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_something_on_both_sides_of_one_at_sign() {
        for good in ["a@b", "ann.bee+tag@mail.example.org", "ü@bücher.example"] {
            assert_eq!(address(good.as_bytes()).as_deref(), Some(good));
        }
        let long = format!("{}@example.org", "x".repeat(250));
        for bad in ["", "a", "@", "a@", "@b", "a b@c", "a@b@c", "a@.b", "a@b..c", &long] {
            assert_eq!(address(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
