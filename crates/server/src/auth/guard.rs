//! How often somebody may fail to log in, and make new accounts.

use std::net::IpAddr;

use smol_str::SmolStr;

use super::Rules;
use super::tries::{Rate, Tries, network};

/// What was tried lately, from where and for which account.
#[derive(Debug, Default)]
pub struct Guard {
    addresses: Tries<IpAddr>,
    accounts: Tries<SmolStr>,
    registrations: Tries<IpAddr>,
}

impl Guard {
    /// Counts a try to log in to the account with this folded name.
    ///
    /// # Errors
    /// There were too many: the seconds after which there may be one again.
    pub fn attempt(&mut self, rules: Rules<'_>, ip: Option<IpAddr>, name: &SmolStr) -> Result<(), u64> {
        let settings = &rules.config.accounts.login_throttling;
        if !settings.enabled {
            return Ok(());
        }
        let rate = |most| Rate { most, window: millis(settings.window) };
        self.accounts.count(name.clone(), rate(settings.account_attempts), rules.now)?;
        let Some(ip) = counted(rules, ip) else { return Ok(()) };
        let addresses = self.addresses.count(network(ip), rate(settings.attempts), rules.now);
        // Who is refused for its address can't keep the owner out.
        addresses.inspect_err(|_| self.accounts.take_back(name))
    }

    /// The try was a success, and is not counted.
    pub fn succeeded(&mut self, ip: Option<IpAddr>, name: &SmolStr) {
        self.accounts.take_back(name);
        if let Some(ip) = ip {
            self.addresses.take_back(&network(ip));
        }
    }

    /// Counts a new account.
    ///
    /// # Errors
    /// There were too many: the seconds after which there may be one again.
    pub fn registration(&mut self, rules: Rules<'_>, ip: Option<IpAddr>) -> Result<(), u64> {
        let settings = &rules.config.accounts.registration;
        match counted(rules, ip).filter(|_| settings.throttle) {
            None => Ok(()),
            Some(ip) => {
                let rate = Rate { most: settings.max_new, window: millis(settings.window) };
                self.registrations.count(network(ip), rate, rules.now)
            }
        }
    }

    /// The account was not made after all.
    pub fn not_registered(&mut self, ip: Option<IpAddr>) {
        if let Some(ip) = ip {
            self.registrations.take_back(&network(ip));
        }
    }
}

/// The address, if it is one whose tries count (`ip_limits.exempt`).
fn counted(rules: Rules<'_>, ip: Option<IpAddr>) -> Option<IpAddr> {
    ip.filter(|ip| !rules.config.ip_limits.exempt.iter().any(|net| net.contains(*ip)))
}

fn millis(duration: crate::config::Duration) -> u64 {
    u64::try_from(duration.get().as_millis()).unwrap_or(u64::MAX)
}
