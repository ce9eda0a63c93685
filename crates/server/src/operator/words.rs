//! What is asked and answered: one JSON object a line.

use hub::{Account, Rejection, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// What the operator wants.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// A new account.
    Add {
        /// Its name.
        account: String,
        /// Its password.
        password: String,
        /// Where to write to its owner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// Another password.
    Passwd {
        /// Whose.
        account: String,
        /// Which.
        password: String,
    },
    /// Nobody may log in any more, and whoever is logged in is disconnected.
    Suspend {
        /// To which account.
        account: String,
        /// Why.
        reason: String,
    },
    /// Its owner may log in again.
    Unsuspend {
        /// To which account.
        account: String,
    },
    /// Forget an account, and all that belongs to it.
    Drop {
        /// Which.
        account: String,
    },
    /// All accounts.
    List,
}

/// Without the password.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Add { account, .. } => write!(f, "Add({account})"),
            Self::Passwd { account, .. } => write!(f, "Passwd({account})"),
            Self::Suspend { account, .. } => write!(f, "Suspend({account})"),
            Self::Unsuspend { account } => write!(f, "Unsuspend({account})"),
            Self::Drop { account } => write!(f, "Drop({account})"),
            Self::List => f.write_str("List"),
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Self::Add { password, .. } | Self::Passwd { password, .. } = self {
            password.zeroize();
        }
    }
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Reply {
    /// It is done, and on disk.
    Done {
        /// The account, as registered.
        account: String,
        /// Recovery codes of a new account, to be shown once.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        codes: Vec<String>,
    },
    /// All accounts, by name.
    Accounts {
        /// Each of them.
        accounts: Vec<Listed>,
    },
    /// It was not done.
    Refused {
        /// Why, in words for people.
        why: String,
    },
}

/// Without the codes.
impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done { account, codes } => write!(f, "Done({account}, {} codes)", codes.len()),
            Self::Accounts { accounts } => write!(f, "Accounts({accounts:?})"),
            Self::Refused { why } => write!(f, "Refused({why})"),
        }
    }
}

impl Reply {
    /// It was not done, for this reason.
    pub(crate) fn refused(why: impl ToString) -> Self {
        Self::Refused { why: why.to_string() }
    }
}

/// What an operator is told of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its name.
    pub account: String,
    /// When it was registered, in milliseconds since 1970.
    pub created: i64,
    /// Where to write to its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Why nobody may log in, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<String>,
}

impl Listed {
    pub(crate) fn of(account: &Account) -> Self {
        let Timestamp(created) = account.created;
        Self {
            account: account.name.to_string(),
            created,
            email: account.email.as_ref().map(ToString::to_string),
            suspended: account.suspended.as_ref().map(ToString::to_string),
        }
    }
}

/// Why the hub declined, in words for people.
pub(crate) fn refusal(rejection: &Rejection) -> String {
    match rejection {
        Rejection::AccountExists(name) => {
            format!("there is an account {name}, or somebody is using that name")
        }
        Rejection::AccountReserved(name) => format!("no account can be called {name}"),
        Rejection::NoMoreAccounts => {
            "there are as many accounts as there may be (limits.max_accounts)".into()
        }
        Rejection::NoSuchAccount(name) => format!("there is no account {name}"),
        Rejection::NotKept(why) => format!("nothing can be written to disk: {why}"),
        other => format!("the server declines: {other:?}"),
    }
}
