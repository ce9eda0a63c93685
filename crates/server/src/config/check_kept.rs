//! What must be true of the settings of accounts, histories and metadata.

use super::check::{Checked, within, wrong};
use super::{Accounts, Config, History};

/// The lowest cost RFC 7677 §4 allows.
const MIN_SCRAM_ITERATIONS: u32 = 4096;
/// Checking a proof must not take longer than checking a password.
const MAX_SCRAM_ITERATIONS: u32 = 1_000_000;
/// Least bytes of a database that is worth having.
const MIN_DATABASE: u64 = 1_048_576;

/// Goes through them; the first thing wrong is reported.
pub(super) fn check(config: &Config) -> Checked {
    if config.datastore.path.as_os_str().is_empty() {
        return wrong("datastore.path", "expected a directory, or a file that ends in .db or .sqlite");
    }
    accounts(&config.accounts)?;
    history(&config.history)?;
    let multiline = &config.limits.multiline;
    within("limits.max_accounts", config.limits.max_accounts, 1, 10_000_000)?;
    within("limits.multiline.max_bytes", multiline.max_bytes, 1, 1_048_576)?;
    within("limits.multiline.max_lines", multiline.max_lines, 1, 10_000)?;
    let metadata = &config.metadata;
    within("metadata.max_subs", metadata.max_subs, 1, 10_000)?;
    within("metadata.max_keys", metadata.max_keys, 1, 10_000)?;
    within("metadata.max_value_bytes", metadata.max_value_bytes, 1, 65_536)
}

fn accounts(accounts: &Accounts) -> Checked {
    if accounts.enabled && accounts.sasl_mechanisms.is_empty() {
        return wrong(
            "accounts.sasl_mechanisms",
            "name at least one of \"PLAIN\", \"SCRAM-SHA-256\", \"EXTERNAL\"; for none at all, \
             write accounts.enabled = false",
        );
    }
    if accounts.scram_iterations < MIN_SCRAM_ITERATIONS {
        return wrong("accounts.scram_iterations", "expected 4096 or more (RFC 7677)");
    }
    if accounts.scram_iterations > MAX_SCRAM_ITERATIONS {
        return wrong("accounts.scram_iterations", "expected 1000000 or less, or logging in takes seconds");
    }
    within("accounts.max_password_bytes", accounts.max_password_bytes, 300, 65_536)?;
    within("accounts.recovery_codes", accounts.recovery_codes, 0, 100)?;
    let registration = &accounts.registration;
    within("accounts.registration.max_new", registration.max_new as usize, 1, 1_000_000)?;
    let login = &accounts.login_throttling;
    within("accounts.login_throttling.attempts", login.attempts as usize, 1, 1_000_000)?;
    within("accounts.login_throttling.account_attempts", login.account_attempts as usize, 1, 1_000_000)?;
    for (key, window) in [("registration", registration.window), ("login_throttling", login.window)] {
        if window.as_secs() == 0 {
            return wrong(format!("accounts.{key}.window"), "expected one second or more");
        }
    }
    Ok(())
}

fn history(history: &History) -> Checked {
    within("history.channel_length", history.channel_length, 1, 1_000_000_000)?;
    within("history.client_length", history.client_length, 1, 1_000_000_000)?;
    within("history.replay", history.replay, 0, 1_000)?;
    within("history.chathistory_max_messages", history.chathistory_max_messages, 1, 10_000)?;
    if history.max_age.is_some_and(|age| age.as_secs() == 0) {
        return wrong("history.max_age", "expected one second or more; leave it out to keep everything");
    }
    if history.max_size.is_some_and(|size| size < MIN_DATABASE) {
        return wrong("history.max_size", "expected 1048576 bytes or more; leave it out for no limit");
    }
    for (index, tag) in history.tagmsg_storage.allow.iter().enumerate() {
        if !tag.strip_prefix('+').is_some_and(is_tag) {
            return wrong(
                format!("history.tagmsg_storage.allow[{index}]"),
                "expected the name of a client tag, such as \"+draft/react\"",
            );
        }
    }
    Ok(())
}

/// Whether that can be the name of a tag, but for its plus (IRCv3 message-tags).
fn is_tag(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-./".contains(&byte))
}
