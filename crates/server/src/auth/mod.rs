//! Logging in, and making accounts: what is given is checked against what the hub knows of an account.
//!
//! Nothing here tells whether an account exists by taking more or less time: where there is none, a decoy is
//! checked in its place. Tries are counted before they are made, and those that succeed are taken back, so
//! that many at once count as many.

pub mod enroll;
mod exchanges;
mod guard;
mod recovery;
mod scram;
pub mod tries;

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use dialect::{Check, Verdict};
use hub::{Account, Casemapping, Credentials, SessionId};
use smol_str::SmolStr;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use self::enroll::EnrollError;
use self::exchanges::{Exchanges, Open};
use self::guard::Guard;
use self::scram::{Exchange, Opening, Verifier};
use crate::config::{Accounts, Config, Mechanism};
use crate::password::{HashError, Secret};

/// Where accounts are found.
pub trait AccountBook {
    /// The account of this name, in any of its spellings.
    fn account(&self, name: &str) -> Option<Account>;

    /// The account that a certificate with this fingerprint belongs to.
    fn account_by_certificate(&self, fingerprint: &str) -> Option<Account>;
}

/// Who wants to log in or make an account.
#[derive(Clone, Copy, Debug)]
pub struct Applicant<'a> {
    /// Its session.
    pub session: SessionId,
    /// Its address.
    pub ip: Option<IpAddr>,
    /// The fingerprint of its client certificate.
    pub certificate: Option<&'a str>,
}

/// What is to be known beside the accounts.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Which names are equal.
    pub casemapping: Casemapping,
    /// The time, in milliseconds of a clock that does not go backwards.
    pub now: u64,
}

impl Rules<'_> {
    fn accounts(&self) -> &Accounts {
        &self.config.accounts
    }
}

/// Checks what people log in with.
#[derive(Debug)]
pub struct Logins {
    guard: Mutex<Guard>,
    exchanges: Mutex<Exchanges>,
    decoy: Decoy,
}

/// What is checked where there is no account.
struct Decoy {
    credentials: Credentials,
    /// What the salts of accounts that are not there are made with.
    key: [u8; 32],
}

impl std::fmt::Debug for Decoy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decoy")
    }
}

impl Logins {
    /// Nobody has tried yet.
    ///
    /// # Errors
    /// The system has no random bytes, or not the memory to hash a password.
    pub fn new() -> Result<Self, HashError> {
        let mut random = Zeroizing::new([0; 64]);
        getrandom::fill(random.as_mut_slice()).map_err(|error| HashError::NoRandomness(error.to_string()))?;
        Self::with_decoy(&random[..32], random[32..].try_into().expect("half of it"))
    }

    fn with_decoy(password: &[u8], key: [u8; 32]) -> Result<Self, HashError> {
        let password = Some(SmolStr::new(crate::password::hash(password)?));
        let credentials = Credentials { password, ..Credentials::default() };
        Ok(Self { guard: Mutex::default(), exchanges: Mutex::default(), decoy: Decoy { credentials, key } })
    }

    /// The verdict on a check that has to do with accounts; takes tens of milliseconds.
    pub fn check(
        &self,
        book: &dyn AccountBook,
        rules: Rules<'_>,
        applicant: Applicant<'_>,
        check: Check,
    ) -> Verdict {
        if !rules.accounts().enabled {
            return Verdict::Refused;
        }
        match check {
            Check::Login { account, secret } => {
                let secret = Zeroizing::new(secret);
                self.counted(rules, applicant, &account, || self.login(book, &account, &secret))
            }
            Check::Certificate { account } => certificate(book, applicant, account.as_deref()),
            Check::Scram { message, first } if rules.accounts().offers(Mechanism::ScramSha256) => {
                let message = Zeroizing::new(message);
                match first {
                    true => self.begin(book, rules, applicant, &message),
                    false => self.prove(book, rules, applicant, &message),
                }
            }
            Check::Enroll { account, secret, new } => {
                let secret = Zeroizing::new(secret);
                self.enroll(rules, applicant, &account, &secret, new)
            }
            _ => Verdict::Refused,
        }
    }

    /// Makes a try unless there were too many; one that succeeds is not counted.
    fn counted(
        &self,
        rules: Rules<'_>,
        applicant: Applicant<'_>,
        account: &str,
        attempt: impl FnOnce() -> Verdict,
    ) -> Verdict {
        let name = rules.casemapping.fold(account);
        if let Err(seconds) = self.guard().attempt(rules, applicant.ip, &name) {
            tracing::info!(conn = applicant.session.0, account, "too many failed logins");
            return Verdict::Throttled(seconds);
        }
        let verdict = attempt();
        match verdict {
            Verdict::Refused => tracing::info!(conn = applicant.session.0, account, "login refused"),
            // The first half of an exchange: what comes of it is not known yet.
            Verdict::Challenge(_) => {}
            _ => self.guard().succeeded(applicant.ip, &name),
        }
        verdict
    }

    /// A password or a recovery code (`conformance.md` §13, PLAIN).
    fn login(&self, book: &dyn AccountBook, name: &str, secret: &[u8]) -> Verdict {
        let account = book.account(name);
        let credentials = account.as_ref().map(|account| &account.credentials);
        let right = self.hash(credentials).verify(secret);
        let recovery = credentials.and_then(|known| recovery::find(&known.recovery, secret)).cloned();
        match account {
            Some(account) if has_password(&account) && right => welcome(account, None),
            Some(account) if recovery.is_some() => welcome(account, recovery),
            _ => Verdict::Refused,
        }
    }

    /// The hash to check a password with: the decoy's, if there is no other.
    fn hash(&self, credentials: Option<&Credentials>) -> Secret {
        let own = credentials.and_then(|known| known.password.as_ref()?.parse().ok());
        own.unwrap_or_else(|| {
            let decoy = self.decoy.credentials.password.as_ref().expect("it was made with one");
            decoy.parse().expect("it was made by us")
        })
    }

    /// The first message of an exchange.
    fn begin(
        &self,
        book: &dyn AccountBook,
        rules: Rules<'_>,
        applicant: Applicant<'_>,
        message: &[u8],
    ) -> Verdict {
        self.exchanges().take(applicant.session, rules.now);
        let Some(opening) = Opening::decode(message) else { return Verdict::Refused };
        let same = |acting: &String| rules.casemapping.same(acting, &opening.name);
        if !opening.acting.as_ref().is_none_or(same) {
            return Verdict::Refused;
        }
        self.counted(rules, applicant, &opening.name, || self.challenge(book, rules, applicant, &opening))
    }

    fn challenge(
        &self,
        book: &dyn AccountBook,
        rules: Rules<'_>,
        applicant: Applicant<'_>,
        opening: &Opening,
    ) -> Verdict {
        let name = rules.casemapping.fold(&opening.name);
        let written =
            book.account(&name).and_then(|account| Some((account.name, account.credentials.scram?)));
        let known = written.and_then(|(name, text)| Some((name, text.parse::<Verifier>().ok()?, text)));
        let (account, verifier, text) = match known {
            Some((account, verifier, text)) => (Some(account), verifier, Some(text)),
            None => {
                let cost = rules.accounts().scram_iterations;
                (None, Verifier::decoy(&self.decoy.key, &name, cost), None)
            }
        };
        let (exchange, first) = match Exchange::begin(opening, verifier) {
            Ok(begun) => begun,
            Err(error) => {
                tracing::error!(%error, "no random bytes for a nonce");
                return Verdict::Throttled(1);
            }
        };
        let open = Open { exchange, account, name, verifier: text };
        if !self.exchanges().put(applicant.session, open, rules.now) {
            tracing::warn!("too many logins have been begun; one is refused");
            return Verdict::Throttled(1);
        }
        Verdict::Challenge(first)
    }

    /// The second message.
    fn prove(
        &self,
        book: &dyn AccountBook,
        rules: Rules<'_>,
        applicant: Applicant<'_>,
        message: &[u8],
    ) -> Verdict {
        let Some(open) = self.exchanges().take(applicant.session, rules.now) else { return Verdict::Refused };
        let proved = open.exchange.prove(message);
        let account = open.account.and_then(|name| book.account(&name));
        let account = account.filter(|account| account.credentials.scram == open.verifier);
        let (Some(message), Some(account)) = (proved, account) else {
            tracing::info!(conn = applicant.session.0, account = %open.name, "login refused");
            return Verdict::Refused;
        };
        self.guard().succeeded(applicant.ip, &open.name);
        match account.suspended {
            Some(_) => Verdict::Suspended,
            None => Verdict::Proved { account: account.name, message },
        }
    }

    fn enroll(
        &self,
        rules: Rules<'_>,
        applicant: Applicant<'_>,
        account: &str,
        secret: &[u8],
        new: bool,
    ) -> Verdict {
        if new && let Err(seconds) = self.guard().registration(rules, applicant.ip) {
            tracing::info!(conn = applicant.session.0, "too many new accounts");
            return Verdict::Throttled(seconds);
        }
        match enroll::enroll(rules.accounts(), account, secret, new) {
            Ok((credentials, codes)) => Verdict::Enrolled { credentials: Box::new(credentials), codes },
            Err(EnrollError::Unacceptable(why)) => {
                if new {
                    self.guard().not_registered(applicant.ip);
                }
                Verdict::Unacceptable(why)
            }
            Err(EnrollError::Hash(error)) => {
                tracing::error!(%error, "a password can't be hashed");
                Verdict::Throttled(1)
            }
        }
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exchanges(&self) -> MutexGuard<'_, Exchanges> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_password(account: &Account) -> bool {
    account.credentials.password.as_ref().is_some_and(|hash| hash.parse::<Secret>().is_ok())
}

/// The secret was right.
fn welcome(account: Account, recovery: Option<SmolStr>) -> Verdict {
    match account.suspended {
        Some(_) => Verdict::Suspended,
        None => Verdict::LoggedIn { account: account.name, recovery },
    }
}

/// The certificate of the connection (`conformance.md` §13, EXTERNAL).
fn certificate(book: &dyn AccountBook, applicant: Applicant<'_>, named: Option<&str>) -> Verdict {
    let shown = applicant.certificate.and_then(|shown| Some((shown, book.account_by_certificate(shown)?)));
    let Some((shown, account)) = shown else { return Verdict::Refused };
    let known = |known: &SmolStr| bool::from(known.as_bytes().ct_eq(shown.as_bytes()));
    let own = account.credentials.certificates.iter().any(known);
    let meant = named.is_none_or(|name| book.account(name).is_some_and(|named| named.name == account.name));
    if own && meant { welcome(account, None) } else { Verdict::Refused }
}

#[cfg(test)]
mod tests;
