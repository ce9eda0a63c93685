//! What the owner of an account, or the server for its operator, changes about it (`conformance.md` §30).

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::{Account, AccountChange, Cause, Event, Rejection, SessionId, Settled, Text};

impl Hub {
    pub(crate) fn change_account(
        &mut self,
        account: SmolStr,
        change: AccountChange,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        let by_server = step.from == SessionId::SERVER;
        let folded = self.can_manage(&account, by_server, step.from)?;
        if matches!(change, AccountChange::Suspend(_)) && !by_server {
            return Err(Rejection::NoPrivilege);
        }
        let most = self.settings.limits.certificates;
        let found = self.accounts.get_mut(&folded).expect("it was found when that was checked");
        alter(found, &folded, &change, &mut self.certificates, most)?;
        let name = found.name.clone();
        self.keep_account(&folded, step);
        let settled = Settled::AccountChanged { account: name.clone(), change: Box::new(change.clone()) };
        step.reply(Event::Settled(settled));
        match change {
            AccountChange::AlwaysOn(_) => self.settle_stay_of(&name, step),
            AccountChange::Suspend(Some(reason)) => self.put_out(&name, &reason, step),
            _ => {}
        }
        Ok(())
    }

    /// Disconnects all that are logged in to a suspended account. They are gone for good.
    fn put_out(&mut self, account: &SmolStr, reason: &Text, step: &mut Step) {
        let cause = Cause::Refused(String::from_utf8_lossy(reason.as_bytes()).into());
        for user in self.users_of(account) {
            self.quit(user, cause.clone(), step);
        }
        for session in self.sessions_without_user(account) {
            self.leave_unregistered(session, cause.clone(), step);
        }
    }
}

/// Makes one change. A certificate is one account's.
fn alter(
    account: &mut Account,
    folded: &SmolStr,
    change: &AccountChange,
    index: &mut BTreeMap<SmolStr, SmolStr>,
    most: usize,
) -> Result<(), Rejection> {
    let credentials = &mut account.credentials;
    match change {
        AccountChange::Password { password, scram } => {
            (credentials.password, credentials.scram) = (password.clone(), scram.clone());
        }
        AccountChange::Recovery(hashes) => credentials.recovery.clone_from(hashes),
        AccountChange::AddCertificate(fingerprint) => {
            if credentials.certificates.len() >= most || index.contains_key(fingerprint) {
                return Err(Rejection::CertificateRefused);
            }
            index.insert(fingerprint.clone(), folded.clone());
            credentials.certificates.push(fingerprint.clone());
        }
        AccountChange::RemoveCertificate(fingerprint) => {
            let at = credentials.certificates.iter().position(|known| known == fingerprint);
            credentials.certificates.remove(at.ok_or(Rejection::NoSuchCertificate)?);
            index.remove(fingerprint);
        }
        AccountChange::Several(choice) => account.choices.several = *choice,
        AccountChange::AlwaysOn(choice) => account.choices.always_on = *choice,
        AccountChange::Suspend(reason) => account.suspended.clone_from(reason),
    }
    Ok(())
}
