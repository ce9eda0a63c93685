//! Accounts: making them, looking them up, forgetting them (`conformance.md` §22, §30).

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::user::User;
use crate::{
    Account, AccountInfo, AccountPrivate, Choices, Credentials, Nick, Party, Privileges, Record, Rejection,
    SessionId, Settled,
};
use crate::{Cause, Event};

/// Looking up.
impl Hub {
    /// The account of this name, in any case of letters.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.get(&self.fold(name))
    }

    /// The account that a client certificate belongs to: by its SHA-256 in lower-case hexadecimal.
    pub fn account_by_certificate(&self, fingerprint: &str) -> Option<&Account> {
        self.accounts.get(self.certificates.get(fingerprint)?)
    }

    /// All accounts, by folded name.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The account that a session is logged in to, as registered.
    pub(crate) fn account_of(&self, session: SessionId) -> Option<&SmolStr> {
        let session = self.sessions.get(&session)?;
        match session.user {
            Some(user) => self.users[user].who.account.as_ref(),
            None => session.account(),
        }
    }

    /// Whose what this user says is.
    pub(crate) fn party(&self, user: UserId) -> Party {
        let User { who, serial, .. } = &self.users[user];
        match &who.account {
            Some(account) => Party::Account(self.fold(account)),
            None => Party::Guest(*serial),
        }
    }

    /// Everyone who is logged in to an account. Looks at all users, so it is for rare things.
    pub(crate) fn users_of(&self, account: &SmolStr) -> Vec<UserId> {
        let owned = self.users.iter().filter(|(_, user)| user.who.account.as_ref() == Some(account));
        owned.map(|(user, _)| user).collect()
    }

    /// Sessions that are logged in to an account and no users yet. Looks at all sessions.
    pub(crate) fn sessions_without_user(&self, account: &SmolStr) -> Vec<SessionId> {
        let owned = self.sessions.iter().filter(|(_, session)| session.account() == Some(account));
        owned.map(|(session, _)| *session).collect()
    }

    pub(crate) fn account_info(
        &self,
        from: SessionId,
        name: Option<SmolStr>,
    ) -> Result<AccountInfo, Rejection> {
        let name = match name {
            Some(name) => name,
            None => self.account_of(from).cloned().ok_or(Rejection::NotLoggedIn)?,
        };
        let account = self.account(&name).ok_or(Rejection::NoSuchAccount(name))?;
        let may_know = self.account_of(from) == Some(&account.name) || self.governs_accounts(from);
        Ok(AccountInfo {
            name: account.name.clone(),
            created: account.created,
            suspended: account.suspended.is_some(),
            private: may_know.then(|| AccountPrivate {
                choices: account.choices,
                certificates: account.credentials.certificates.clone(),
                recovery: account.credentials.recovery.len(),
                email: account.email.clone(),
            }),
        })
    }

    /// Whether a session is the server, or an operator who looks after the accounts of others.
    pub(crate) fn governs_accounts(&self, from: SessionId) -> bool {
        let user = self.sessions.get(&from).and_then(|session| session.user);
        from == SessionId::SERVER || user.is_some_and(|user| self.can_use(user, Privileges::ACCREG).is_ok())
    }
}

/// Making and forgetting.
impl Hub {
    pub(crate) fn create_account(
        &mut self,
        name: Nick,
        email: Option<SmolStr>,
        credentials: Credentials,
        log_in: bool,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        self.can_create_account(&name, &credentials, log_in, step.from)?;
        let name = SmolStr::new(name.as_str());
        self.put_account(Account {
            name: name.clone(),
            created: step.at,
            email,
            credentials,
            suspended: None,
            choices: Choices::default(),
            metadata: Default::default(),
        });
        self.keep_account(&self.fold(&name), step);
        step.reply(Event::AccountCreated { account: name.clone() });
        if log_in {
            self.own(Some(name), step);
        }
        Ok(())
    }

    pub(crate) fn drop_account(&mut self, account: SmolStr, step: &mut Step) -> Result<(), Rejection> {
        let folded = self.can_manage(&account, self.governs_accounts(step.from), step.from)?;
        let gone = self.accounts.remove(&folded).expect("it was found when that was checked");
        for fingerprint in &gone.credentials.certificates {
            self.certificates.remove(fingerprint);
        }
        self.markers.remove(&folded);
        self.drop_rooms_of(&gone.name, step);
        step.reply(Event::Settled(Settled::AccountDropped(gone.name.clone())));
        for user in self.users_of(&gone.name) {
            self.stop_staying(user, step);
            match self.users[user].sessions.is_empty() {
                true => self.quit(user, Cause::Quit(None), step),
                false => {
                    self.log_out_user(user, step);
                    self.change_owner_of_facts(user, gone.metadata.clone(), step);
                }
            }
        }
        for session in self.sessions_without_user(&gone.name) {
            self.log_out_session(session, step);
        }
        // Its user ceased to stay before that.
        step.keep(Record::AccountGone(folded));
        Ok(())
    }

    /// Adds an account to all that accounts are found by. Of two with one name or certificate the first has it.
    pub(crate) fn put_account(&mut self, account: Account) {
        let folded = self.fold(&account.name);
        for fingerprint in &account.credentials.certificates {
            self.certificates.entry(fingerprint.clone()).or_insert_with(|| folded.clone());
        }
        self.accounts.entry(folded).or_insert(account);
    }

    /// Gives out an account as it is now.
    pub(crate) fn keep_account(&self, folded: &str, step: &mut Step) {
        step.keep(Record::Account(Box::new(self.accounts[folded].clone())));
    }
}
