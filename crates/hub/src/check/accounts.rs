//! What is true of accounts, of who is logged in to them, and of users that stay.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::{Finding, ensure};
use crate::UserFlags;
use crate::hub::Hub;

impl Hub {
    pub(super) fn check_accounts(&self) -> Finding {
        let mut certificates = BTreeMap::new();
        for (folded, account) in &self.accounts {
            let name = &account.name;
            ensure(self.fold(name) == *folded, || format!("{name} is kept as {folded}"))?;
            for fingerprint in &account.credentials.certificates {
                let other = certificates.insert(fingerprint.clone(), folded.clone());
                ensure(other.is_none(), || format!("{name} shares a certificate"))?;
            }
        }
        ensure(certificates == self.certificates, || "certificates and accounts do not agree".to_owned())?;
        self.check_logins()?;
        self.check_stays()?;
        self.check_markers()
    }

    /// Nobody is logged in to what does not exist or is suspended.
    fn check_logins(&self) -> Finding {
        let sound = |name: &SmolStr| {
            self.account(name).is_some_and(|account| account.name == *name && account.suspended.is_none())
        };
        for (id, session) in &self.sessions {
            let agrees = session.account().is_none_or(|name| session.user.is_none() && sound(name));
            ensure(agrees, || format!("{id:?} is logged in to {:?}", session.account()))?;
        }
        for (_, user) in self.users.iter() {
            let account = &user.who.account;
            let agrees = account.as_ref().is_none_or(sound);
            ensure(agrees, || format!("{} is logged in to {account:?}", user.who.nick))?;
        }
        Ok(())
    }

    fn check_stays(&self) -> Finding {
        for (account, id) in &self.staying {
            let user = self.users.get(*id).ok_or_else(|| format!("the user of {account} is gone"))?;
            let owner = user.who.account.as_ref().map(|name| self.fold(name));
            ensure(owner.as_ref() == Some(account), || format!("{} stays for {account}", user.who.nick))?;
            ensure(self.may_stay(*id), || format!("{} stays and may not", user.who.nick))?;
        }
        for (id, user) in self.users.iter().filter(|(_, user)| user.sessions.is_empty()) {
            ensure(self.stays(id), || format!("{} has no session", user.who.nick))?;
            let is_operator = user.flags.contains(UserFlags::OPERATOR);
            ensure(!is_operator, || format!("{} is an operator and not there", user.who.nick))?;
        }
        Ok(())
    }

    fn check_markers(&self) -> Finding {
        let most = self.settings.limits.markers.max(1);
        for (account, markers) in &self.markers {
            ensure(self.accounts.contains_key(account), || format!("{account} is gone and has markers"))?;
            ensure((1..=most).contains(&markers.len()), || format!("{account}: {} markers", markers.len()))?;
        }
        let of_users = self.users.iter().filter_map(|(_, user)| user.markers());
        ensure(of_users.into_iter().all(|markers| markers.len() <= most), || "too many markers".to_owned())
    }
}
