//! What is asked and answered: one JSON object a line.

use hub::{Account, NetworkBan, Rejection, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::monitor::status::Status;

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
    /// Who is connected.
    Who,
    /// Disconnect a user.
    Kick {
        /// Whom.
        nick: String,
        /// Why.
        reason: String,
    },
    /// Keep somebody away.
    Ban {
        /// An address, a host, or `user@host`, with wildcards.
        mask: String,
        /// Why.
        reason: String,
        /// For how many milliseconds; for good if none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        millis: Option<u64>,
    },
    /// Let somebody in again.
    Unban {
        /// As it was banned.
        mask: String,
    },
    /// Who is kept away.
    Bans,
    /// Tell everyone something.
    Announce {
        /// What.
        text: String,
    },
    /// Read the configuration again.
    Reload,
    /// Let nobody in, and stop when everyone has left.
    Drain {
        /// After so many milliseconds in any case.
        millis: u64,
    },
    /// Don't, after all.
    Stay,
    /// How the server does.
    Status,
    /// The same, for Prometheus.
    Metrics,
    /// Where that can be seen.
    Link,
}

impl Request {
    /// Whether only a server that runs can do that.
    #[must_use]
    pub fn needs_server(&self) -> bool {
        !matches!(
            self,
            Self::Add { .. }
                | Self::Passwd { .. }
                | Self::Suspend { .. }
                | Self::Unsuspend { .. }
                | Self::Drop { .. }
                | Self::List
        )
    }
}

/// Without the password, and without what is said.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Add { account, .. } => write!(f, "Add({account})"),
            Self::Passwd { account, .. } => write!(f, "Passwd({account})"),
            Self::Suspend { account, .. } => write!(f, "Suspend({account})"),
            Self::Unsuspend { account } => write!(f, "Unsuspend({account})"),
            Self::Drop { account } => write!(f, "Drop({account})"),
            Self::List => f.write_str("List"),
            Self::Who => f.write_str("Who"),
            Self::Kick { nick, .. } => write!(f, "Kick({nick})"),
            Self::Ban { mask, millis, .. } => write!(f, "Ban({mask}, {millis:?} ms)"),
            Self::Unban { mask } => write!(f, "Unban({mask})"),
            Self::Bans => f.write_str("Bans"),
            Self::Announce { text } => write!(f, "Announce({} bytes)", text.len()),
            Self::Reload => f.write_str("Reload"),
            Self::Drain { millis } => write!(f, "Drain({millis} ms)"),
            Self::Stay => f.write_str("Stay"),
            Self::Status => f.write_str("Status"),
            Self::Metrics => f.write_str("Metrics"),
            Self::Link => f.write_str("Link"),
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
#[derive(Clone, PartialEq, Serialize, Deserialize)]
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
    /// It is done.
    Well {
        /// What came of it, in words for people; or the address or the numbers that were asked for.
        words: String,
    },
    /// Who is connected, in the order they came.
    People {
        /// Each connection.
        people: Vec<Person>,
        /// Workers that did not say who they have.
        silent: usize,
    },
    /// Who is kept away.
    Bans {
        /// In the order they were set.
        bans: Vec<Banned>,
    },
    /// How the server does.
    Status {
        /// All of it.
        status: Box<Status>,
    },
    /// It was not done.
    Refused {
        /// Why, in words for people.
        why: String,
    },
}

/// Without the codes, and without what may be an address with a token.
impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done { account, codes } => write!(f, "Done({account}, {} codes)", codes.len()),
            Self::Accounts { accounts } => write!(f, "Accounts({accounts:?})"),
            Self::Well { .. } => f.write_str("Well"),
            Self::People { people, .. } => write!(f, "People({})", people.len()),
            Self::Bans { bans } => write!(f, "Bans({})", bans.len()),
            Self::Status { .. } => f.write_str("Status"),
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

/// One connection, and who is behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Its nickname; none of one that has not said it yet.
    pub nick: Option<String>,
    /// Its account, if it is logged in.
    pub account: Option<String>,
    /// Where it comes from; none if from this machine by a socket file or the console.
    pub address: Option<String>,
    /// How it came in: dialect, transport and address of the door.
    pub door: String,
    /// When it connected, in milliseconds since 1970.
    pub since: i64,
    /// For how many milliseconds the user has said nothing.
    pub idle_ms: Option<u64>,
    /// Bytes that wait for it to read.
    pub waiting: u64,
    /// For how many milliseconds it has been behind in reading, if it is.
    pub behind_ms: Option<u64>,
}

/// A ban from the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banned {
    /// Whom it is for.
    pub mask: String,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// When it ends; never if none.
    pub until: Option<i64>,
}

impl Banned {
    pub(crate) fn of(ban: &NetworkBan) -> Self {
        Self {
            mask: ban.mask.to_string(),
            reason: ban.reason.to_string(),
            by: ban.by.to_string(),
            at: ban.at.0,
            until: ban.until.map(|until| until.0),
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
        Rejection::NoSuchNick(nick) => format!("nobody here is called {nick}"),
        Rejection::NoSuchBan(mask) => format!("{mask} is not banned"),
        Rejection::NotKept(why) => format!("nothing can be written to disk: {why}"),
        other => format!("the server declines: {other:?}"),
    }
}
