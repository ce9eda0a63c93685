//! Registered identities: how one comes by them, how one logs in, and what belongs to them.

use serde::Deserialize;

use super::duration::Duration;
use super::words::{AlwaysOn, Mechanism, ReservationMethod};

/// `[accounts]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// Accounts and SASL.
    pub enabled: bool,
    /// Ways to log in.
    pub sasl_mechanisms: Vec<Mechanism>,
    /// Cost of stored SCRAM verifiers.
    pub scram_iterations: u32,
    /// Bytes of a password.
    pub max_password_bytes: usize,
    /// How many recovery codes a new account comes with.
    pub recovery_codes: usize,
    /// `[accounts.registration]`
    pub registration: Registration,
    /// `[accounts.login_throttling]`
    pub login_throttling: LoginThrottling,
    /// `[accounts.nick_reservation]`
    pub nick_reservation: NickReservation,
    /// `[accounts.sessions]`
    pub sessions: Sessions,
}

impl Accounts {
    /// Whether people may log in this way.
    #[must_use]
    pub fn offers(&self, mechanism: Mechanism) -> bool {
        self.enabled && self.sasl_mechanisms.contains(&mechanism)
    }
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            enabled: true,
            sasl_mechanisms: vec![Mechanism::Plain, Mechanism::ScramSha256, Mechanism::External],
            scram_iterations: 4096,
            max_password_bytes: 1024,
            recovery_codes: 8,
            registration: Registration::default(),
            login_throttling: LoginThrottling::default(),
            nick_reservation: NickReservation::default(),
            sessions: Sessions::default(),
        }
    }
}

/// `[accounts.registration]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Whether people may make accounts for themselves.
    pub enabled: bool,
    /// `REGISTER` before registration completes.
    pub allow_before_connect: bool,
    /// `REGISTER` needs a usable address.
    pub email_required: bool,
    /// Limit new accounts per address.
    pub throttle: bool,
    /// New accounts from one address within `window`.
    pub max_new: u32,
    /// The time over which `max_new` counts.
    pub window: Duration,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            enabled: true,
            allow_before_connect: false,
            email_required: false,
            throttle: true,
            max_new: 10,
            window: Duration::seconds(3600),
        }
    }
}

/// `[accounts.login_throttling]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoginThrottling {
    /// Whether failures are counted.
    pub enabled: bool,
    /// Failures of one address within `window`.
    pub attempts: u32,
    /// Failures of one account, from wherever, within `window`.
    pub account_attempts: u32,
    /// The time over which they count.
    pub window: Duration,
}

impl Default for LoginThrottling {
    fn default() -> Self {
        Self { enabled: true, attempts: 10, account_attempts: 50, window: Duration::seconds(300) }
    }
}

/// `[accounts.nick_reservation]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NickReservation {
    /// Whether the nickname of an account belongs to it.
    pub enabled: bool,
    /// Who may use it.
    pub method: ReservationMethod,
}

impl Default for NickReservation {
    fn default() -> Self {
        Self { enabled: true, method: ReservationMethod::Strict }
    }
}

/// `[accounts.sessions]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Several clients on one user.
    pub enabled: bool,
    /// Without asking for it.
    pub allowed_by_default: bool,
    /// Whether a user stays while no client is connected.
    pub always_on: AlwaysOn,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { enabled: true, allowed_by_default: true, always_on: AlwaysOn::OptIn }
    }
}

/// `channels.registration`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelRegistration {
    /// Whether accounts can own channels.
    pub enabled: bool,
}

impl Default for ChannelRegistration {
    fn default() -> Self {
        Self { enabled: true }
    }
}
