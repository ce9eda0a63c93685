//! What a line about accounts is after: what a verdict is for, and how the hub's answers are worded.

use std::fmt;

use hub::Rejection;
use smol_str::SmolStr;

use super::enrol::Enrolment;
use super::services::Service;
use super::session::Irc;
use crate::{Codes, Output, Verdict};

/// What the present line is after, from its check to the last answer of the hub.
#[derive(Debug)]
pub(super) enum Errand {
    /// To log in by `AUTHENTICATE`.
    Sasl,
    /// To make an account.
    Enrol(Box<Enrolment>),
    /// What was asked of a service.
    Service(Service, Matter),
}

/// What was asked of a service.
#[derive(Debug)]
pub(super) enum Matter {
    /// Nothing that the hub's answers do not tell by themselves.
    Plain,
    /// To log in or out.
    Identify,
    /// Another password for this account, once the old one is known to be right.
    Password { account: SmolStr, new: Secret },
    /// The verifiers of another password for this account.
    Verifiers { account: SmolStr },
    /// To forget this account, once its password is known to be right.
    Drop { account: SmolStr },
    /// Other recovery codes for this account, once its password is known to be right.
    Recovery { account: SmolStr, secret: Secret },
    /// The verifiers of other recovery codes for this account.
    NewCodes { account: SmolStr },
    /// The recovery codes, to be shown when they hold.
    Codes(Codes),
    /// A list of certificates.
    Certificates,
}

/// Bytes that are never printed.
#[derive(Clone, Default)]
pub(super) struct Secret(pub Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Irc {
    /// Takes the outcome of the errand's check.
    pub(super) fn errand_judged(&mut self, errand: Errand, verdict: Verdict, outputs: &mut Vec<Output>) {
        match errand {
            Errand::Sasl => self.exchange_judged(verdict, outputs),
            Errand::Enrol(enrolment) => self.enrolment_judged(enrolment, verdict, outputs),
            Errand::Service(_, matter) => self.matter_judged(matter, verdict, outputs),
        }
    }

    /// Words a refusal as the errand wants it. Says whether there is an errand.
    pub(super) fn write_errand_refused(&self, rejection: &Rejection, out: &mut Vec<u8>) -> bool {
        match self.errand.as_deref() {
            None => return false,
            Some(Errand::Sasl) => self.write_exchange_refused(rejection, out),
            Some(Errand::Enrol(enrolment)) => self.write_enrolment_refused(enrolment, rejection, out),
            Some(Errand::Service(service, _)) => self.write_service(*service, &reason(rejection), out),
        }
        true
    }
}

/// Why something about accounts or registered rooms was declined, as a sentence.
pub(super) fn reason(rejection: &Rejection) -> String {
    use Rejection as R;
    match rejection {
        R::NotRegistered => "You have not registered your connection yet".to_owned(),
        R::NoSuchNick(nick) => format!("Nobody here is called {nick}"),
        R::NickInUse(nick) => format!("Somebody is called {nick}"),
        R::NoSuchRoom(room) => format!("There is no channel {room}"),
        R::NotInRoom(room) => format!("You are not on {room}"),
        R::RankNeeded(room) => format!("You need to be an operator of {room}"),
        R::TargetNotInRoom(nick, room) => format!("{nick} is not on {room}"),
        R::NoPrivilege => "You may not do that".to_owned(),
        R::NickOwned(nick) => format!("{nick} belongs to somebody else"),
        R::AccountExists(name) => format!("The name {name} is taken"),
        R::AccountReserved(name) => format!("No account may be called {name}"),
        R::NoMoreAccounts => "There are as many accounts as there may be".to_owned(),
        R::LoggedInAlready(account) => format!("You are logged in as {account}"),
        R::NotLoggedIn => "You are not logged in".to_owned(),
        R::NoSuchAccount(name) => format!("There is no account {name}"),
        R::AccountSuspended(account) => format!("The account {account} is suspended"),
        R::RecoverySpent => "This recovery code has been used".to_owned(),
        R::CertificateRefused => "The account has this certificate, or as many as it may".to_owned(),
        R::NoSuchCertificate => "The account has no such certificate".to_owned(),
        R::RoomRegistered(room) => format!("{room} is registered"),
        R::RoomNotRegistered(room) => format!("{room} is not registered"),
        R::FounderNeeded(room) => format!("Only the founder of {room} may do that"),
        R::RoomsFull(room) => format!("There is no place for {room}, or in its list"),
        R::RegistrationOff => "Channels can't be registered here".to_owned(),
        R::NotKept(why) => format!("Nothing can be stored at the moment: {why}"),
        _ => "That can't be done".to_owned(),
    }
}
