//! `saloon account`: the operator's hand on accounts.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{bail, ensure};
use jiff::Timestamp;
use server::operator::{self, Listed, Reply, Request};

use crate::cli::{AccountCommand, AccountOptions};
use crate::{data, passwd};

/// Does what was asked, by way of the server if it runs.
pub fn run(options: AccountOptions) -> anyhow::Result<()> {
    let config = data::configure(&options.place)?;
    let request = request(&options.what)?;
    match operator::ask(&config, &request)? {
        Reply::Done { account, codes } => done(&options.what, &account, &codes),
        Reply::Accounts { accounts } => list(&accounts),
        Reply::Refused { why } => bail!(why),
        _ => bail!("the server has answered something else; it may be of another release"),
    }
}

fn request(what: &AccountCommand) -> anyhow::Result<Request> {
    Ok(match what {
        AccountCommand::Add { name, email } => {
            Request::Add { account: name.clone(), password: password()?, email: email.clone() }
        }
        AccountCommand::Passwd { name } => Request::Passwd { account: name.clone(), password: password()? },
        AccountCommand::Suspend { name, reason } => {
            Request::Suspend { account: name.clone(), reason: reason.clone() }
        }
        AccountCommand::Unsuspend { name } => Request::Unsuspend { account: name.clone() },
        AccountCommand::List => Request::List,
        AccountCommand::Drop { name, yes } => {
            ensure!(*yes || agrees(name)?, "nothing was dropped");
            Request::Drop { account: name.clone() }
        }
    })
}

/// From a terminal or a pipe, never from the command line, which others can read.
fn password() -> anyhow::Result<String> {
    String::from_utf8(passwd::read()?)
        .map_err(|_| anyhow::anyhow!("the password is not UTF-8, which is all that most clients can send"))
}

fn agrees(name: &str) -> anyhow::Result<bool> {
    ensure!(io::stdin().is_terminal(), "say --yes to drop an account without being asked");
    eprint!("Drop the account {name}, its channels and conversations? This can't be undone [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

fn done(what: &AccountCommand, account: &str, codes: &[String]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match what {
        AccountCommand::Add { .. } => writeln!(out, "{account} is registered.")?,
        AccountCommand::Passwd { .. } => writeln!(out, "{account} has another password.")?,
        AccountCommand::Suspend { .. } => writeln!(out, "{account} is suspended.")?,
        AccountCommand::Unsuspend { .. } => writeln!(out, "{account} may log in again.")?,
        AccountCommand::Drop { .. } => writeln!(out, "{account} is gone.")?,
        AccountCommand::List => {}
    }
    if !codes.is_empty() {
        writeln!(
            out,
            "Recovery codes: each logs in once instead of the password. They are not shown again."
        )?;
    }
    for code in codes {
        writeln!(out, "  {code}")?;
    }
    Ok(())
}

fn list(accounts: &[Listed]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let width = accounts.iter().map(|account| account.account.len()).max().unwrap_or_default();
    for Listed { account, created, email, suspended } in accounts {
        let date = Timestamp::from_millisecond(*created).unwrap_or_default().strftime("%Y-%m-%d");
        write!(out, "{account:width$}  {date}")?;
        if let Some(email) = email {
            write!(out, "  {email}")?;
        }
        if let Some(why) = suspended {
            write!(out, "  suspended: {}", printable(why))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Without what could steer the terminal.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
