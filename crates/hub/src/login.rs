//! Logging in and out (`conformance.md` §13). The server has checked the secret; here it is decided what
//! follows.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::facts::Subject;
use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{Change, Event, Rejection, SessionId};

impl Hub {
    /// Logs a session in or out. A user that is here is that account's from now on, with all its sessions.
    pub(crate) fn log_in(
        &mut self,
        account: Option<SmolStr>,
        recovery: Option<SmolStr>,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let owned = match account {
            Some(account) => Some(self.admit(account, recovery, step)?),
            None if self.account_of(step.from).is_none() => return Err(Rejection::NotLoggedIn),
            None => None,
        };
        self.own(owned, step);
        Ok(())
    }

    /// Whether the account can be logged in to, after all: its name as registered. A recovery code is used
    /// up by it.
    fn admit(
        &mut self,
        account: SmolStr,
        recovery: Option<SmolStr>,
        step: &mut Step,
    ) -> Result<SmolStr, Rejection> {
        let folded = self.fold(&account);
        let found = self.accounts.get_mut(&folded).ok_or(Rejection::NoSuchAccount(account))?;
        let name = found.name.clone();
        if found.suspended.is_some() {
            return Err(Rejection::AccountSuspended(name));
        }
        if let Some(hash) = recovery {
            let codes = &mut found.credentials.recovery;
            let used = codes.iter().position(|code| *code == hash).ok_or(Rejection::RecoverySpent)?;
            codes.remove(used);
            self.keep_account(&folded, step);
        }
        Ok(name)
    }

    /// The session that asks, and its user, belong to this account from now on, or to none.
    pub(crate) fn own(&mut self, account: Option<SmolStr>, step: &mut Step) {
        let session = self.sessions.get_mut(&step.from).expect("who asks was found before");
        let Some(user) = session.user else {
            session.set_account(account.clone());
            return step.reply(logged(account, None));
        };
        let is_new = self.users[user].who.account != account;
        if is_new {
            self.stop_staying(user, step);
            let facts = self.facts(Subject::User(user)).clone();
            self.change_identity(user, |who| who.account = account.clone());
            self.change_owner_of_facts(user, facts, step);
        }
        step.reply(logged(account.clone(), Some(self.users[user].who.clone())));
        if is_new {
            self.tell_all(user, Change::Account(account), step);
            self.settle_stay(user, step);
        }
    }

    /// The account of a user is no more.
    pub(crate) fn log_out_user(&mut self, user: UserId, step: &mut Step) {
        self.change_identity(user, |who| who.account = None);
        let owner = &self.users[user];
        step.tell_own(&owner.sessions, Arc::new(logged(None, Some(owner.who.clone()))));
        self.tell_all(user, Change::Account(None), step);
    }

    /// The account of a session that is no user yet is no more.
    pub(crate) fn log_out_session(&mut self, session: SessionId, step: &mut Step) {
        self.sessions.get_mut(&session).expect("it was just found").set_account(None);
        step.tell_own(&[session], Arc::new(logged(None, None)));
    }
}

fn logged(account: Option<SmolStr>, who: Option<Arc<crate::Identity>>) -> Event {
    match account {
        Some(account) => Event::LoggedIn { account, who },
        None => Event::LoggedOut { who },
    }
}
