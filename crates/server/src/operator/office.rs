//! Carrying out what the operator wants, wherever the hub is.

use std::sync::Arc;

use hub::{Account, AccountChange, Command, Event, Nick, Settled, Text};
use smol_str::SmolStr;

use super::words::{Listed, Reply, Request, refusal};
use crate::auth::enroll::enroll;
use crate::config::Config;

/// Most bytes of the reason of a suspension.
const REASON: usize = 300;

/// Where a hub is.
pub trait Office {
    /// Applies a command as the server, and waits until what came of it is on disk.
    ///
    /// # Errors
    /// It is not on disk: why.
    fn apply(&mut self, command: Command) -> Result<Vec<Arc<Event>>, String>;

    /// All accounts, by name.
    fn accounts(&self) -> Vec<Account>;

    /// Does what only a server that runs can.
    fn run(&mut self, _config: &Config, _request: &Request) -> Reply {
        Reply::refused("no server runs here")
    }
}

/// Does it.
pub fn carry_out(office: &mut dyn Office, config: &Config, request: &Request) -> Reply {
    if request.needs_server() {
        return office.run(config, request);
    }
    if !config.accounts.enabled {
        return Reply::refused("accounts are off in the configuration (accounts.enabled)");
    }
    let (command, codes) = match request {
        Request::List => {
            let accounts = office.accounts().iter().map(Listed::of).collect();
            return Reply::Accounts { accounts };
        }
        request => match command(config, request) {
            Ok(made) => made,
            Err(why) => return Reply::refused(why),
        },
    };
    match office.apply(command) {
        Ok(events) => outcome(&events, codes),
        Err(why) => Reply::refused(why),
    }
}

/// The command it comes to, and the codes of a new account.
fn command(config: &Config, request: &Request) -> Result<(Command, Vec<String>), String> {
    let change = |account: &str, change| {
        let command = Command::ChangeAccount { account: SmolStr::new(account), change: Box::new(change) };
        Ok((command, Vec::new()))
    };
    match request {
        Request::Add { account, password, email } => add(config, account, password, email.as_deref()),
        Request::Passwd { account, password } => {
            let made = enroll(&config.accounts, account, password.as_bytes(), false);
            let (made, _) = made.map_err(|error| error.to_string())?;
            change(account, AccountChange::Password { password: made.password, scram: made.scram })
        }
        Request::Suspend { account, reason } => {
            let reason = reason.replace(['\r', '\n', '\0'], " ");
            change(account, AccountChange::Suspend(Some(Text::from(reason.as_str()).cut(REASON))))
        }
        Request::Unsuspend { account } => change(account, AccountChange::Suspend(None)),
        Request::Drop { account } => {
            Ok((Command::DropAccount { account: SmolStr::new(account) }, Vec::new()))
        }
        _ => Err("that changes no account".into()),
    }
}

fn add(
    config: &Config,
    account: &str,
    password: &str,
    email: Option<&str>,
) -> Result<(Command, Vec<String>), String> {
    let name = Nick::new(account, config.limits.nicklen).map_err(|_| {
        format!(
            "{account:?} can't be the name of an account: letters, digits and -_[]{{}}\\|^` only, at most {} \
             of them, and no digit or hyphen in front",
            config.limits.nicklen
        )
    })?;
    if email.is_some_and(|email| !is_address(email)) {
        return Err("that is no mail address: expected something like ann@example.org".into());
    }
    let made = enroll(&config.accounts, account, password.as_bytes(), true);
    let (credentials, codes) = made.map_err(|error| error.to_string())?;
    let email = email.map(SmolStr::new);
    let credentials = Box::new(credentials);
    Ok((Command::CreateAccount { name, email, credentials, log_in: false }, codes.0))
}

/// Whether one could write to it; nothing is ever sent.
fn is_address(email: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    email.len() <= 254 && email.split_once('@').is_some_and(|(name, host)| plain(name) && plain(host))
}

/// What the hub answered.
fn outcome(events: &[Arc<Event>], codes: Vec<String>) -> Reply {
    for event in events {
        let account = match &**event {
            Event::AccountCreated { account }
            | Event::Settled(Settled::AccountChanged { account, .. } | Settled::AccountDropped(account)) => {
                account
            }
            Event::Rejected(rejection) => return Reply::refused(refusal(rejection)),
            _ => continue,
        };
        return Reply::Done { account: account.to_string(), codes };
    }
    Reply::refused("the server has not answered")
}
