//! Accounts: registered identities (`conformance.md` §22, §30). Secrets are kept as verifiers that only the
//! server outside can make and check; in here they are words like others.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{MessageId, Text, Timestamp};

/// A registered identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// As registered. Two names are the same account if they are equal by the casemapping.
    pub name: SmolStr,
    /// When.
    pub created: Timestamp,
    /// Where to write to its owner, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<SmolStr>,
    /// By what its owner is known.
    pub credentials: Credentials,
    /// Why nobody may log in, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Text>,
    /// What its owner chose.
    #[serde(default)]
    pub choices: Choices,
    /// Facts about its user that others may read (`conformance.md` §27).
    #[serde(default)]
    pub metadata: BTreeMap<SmolStr, Text>,
}

/// Verifiers of an account's secrets. No secret can be read from them, and they are never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The password's hash: a PHC string.
    #[serde(default)]
    pub password: Option<SmolStr>,
    /// The SCRAM-SHA-256 verifier (RFC 5803 §2), where that is offered.
    #[serde(default)]
    pub scram: Option<SmolStr>,
    /// Hashes of the recovery codes that have not been used.
    #[serde(default)]
    pub recovery: Vec<SmolStr>,
    /// Fingerprints of client certificates: SHA-256 in lower-case hexadecimal.
    #[serde(default)]
    pub certificates: Vec<SmolStr>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// What the owner of an account chose; none is as the server's settings say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Whether several connections share one user.
    #[serde(default)]
    pub several: Option<bool>,
    /// Whether the user stays when the last connection leaves.
    #[serde(default)]
    pub always_on: Option<bool>,
}

/// One change of an account. Verifiers in it are never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// Another password; the recovery codes and certificates stay.
    Password {
        /// As in [`Credentials`].
        password: Option<SmolStr>,
        /// Likewise.
        scram: Option<SmolStr>,
    },
    /// Other recovery codes, instead of all old ones.
    Recovery(Vec<SmolStr>),
    /// One certificate more.
    AddCertificate(SmolStr),
    /// One certificate less.
    RemoveCertificate(SmolStr),
    /// See [`Choices`].
    Several(Option<bool>),
    /// See [`Choices`].
    AlwaysOn(Option<bool>),
    /// Nobody may log in any more, for this reason; or may again. Whoever is logged in is disconnected.
    Suspend(Option<Text>),
}

impl fmt::Debug for AccountChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { .. } => f.write_str("Password"),
            Self::Recovery(_) => f.write_str("Recovery"),
            Self::AddCertificate(fingerprint) => f.debug_tuple("AddCertificate").field(fingerprint).finish(),
            Self::RemoveCertificate(fingerprint) => {
                f.debug_tuple("RemoveCertificate").field(fingerprint).finish()
            }
            Self::Several(choice) => f.debug_tuple("Several").field(choice).finish(),
            Self::AlwaysOn(choice) => f.debug_tuple("AlwaysOn").field(choice).finish(),
            Self::Suspend(reason) => f.debug_tuple("Suspend").field(reason).finish(),
        }
    }
}

/// Whose a message is, for ever: an account, or a user without one for as long as it is here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Party {
    /// An account: its name in folded form.
    Account(SmolStr),
    /// A user without account: the id of the entry by which it came.
    Guest(MessageId),
}

/// What may be known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// As registered.
    pub name: SmolStr,
    /// When.
    pub created: Timestamp,
    /// Whether nobody may log in.
    pub suspended: bool,
    /// What only its owner and operators are told.
    pub private: Option<AccountPrivate>,
}

/// What only the owner of an account and operators are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPrivate {
    /// What was chosen.
    pub choices: Choices,
    /// Fingerprints.
    pub certificates: Vec<SmolStr>,
    /// How many recovery codes are left.
    pub recovery: usize,
    /// Where to write to its owner.
    pub email: Option<SmolStr>,
}
