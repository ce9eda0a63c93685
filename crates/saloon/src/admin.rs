//! `saloon admin`: the operator's hand on the server that runs.

mod show;

use std::io::{self, Write};

use anyhow::bail;
use server::config::Duration;
use server::operator::{self, Reply, Request};

use crate::cli::{AdminCommand, AdminOptions};
use crate::data;

/// Has it done by the server that runs.
pub fn run(options: &AdminOptions) -> anyhow::Result<()> {
    let config = data::configure(&options.place).map_err(|error| match options.what {
        AdminCommand::Reload => error.context("the server was not asked and goes on as it was"),
        _ => error.context("the server was not asked; --data DIR does without the file"),
    })?;
    let reply = operator::ask(&config, &request(&options.what))?;
    let json = matches!(
        options.what,
        AdminCommand::Who { json: true }
            | AdminCommand::Bans { json: true }
            | AdminCommand::Status { json: true }
    );
    let mut out = io::stdout().lock();
    match reply {
        Reply::Well { words } => writeln!(out, "{}", words.trim_end())?,
        Reply::People { people, silent } => {
            if json {
                write_json(&mut out, &people)?
            } else {
                show::people(&mut out, &people)?
            }
            if silent > 0 {
                eprintln!("saloon: {silent} worker(s) did not answer; those with them are missing here");
            }
        }
        Reply::Bans { bans } => {
            if json {
                write_json(&mut out, &bans)?
            } else {
                show::bans(&mut out, &bans)?
            }
        }
        Reply::Status { status } => {
            if json {
                write_json(&mut out, &*status)?
            } else {
                show::status(&mut out, &status)?
            }
        }
        Reply::Refused { why } => bail!(why),
        _ => bail!("the server has answered something else; it may be of another release"),
    }
    Ok(())
}

fn write_json(out: &mut impl Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    Ok(writeln!(out)?)
}

fn request(what: &AdminCommand) -> Request {
    let millis = |time: &Duration| u64::try_from(time.get().as_millis()).unwrap_or(u64::MAX);
    match what {
        AdminCommand::Who { .. } => Request::Who,
        AdminCommand::Kick { nick, reason } => Request::Kick { nick: nick.clone(), reason: reason.join(" ") },
        AdminCommand::Ban { mask, reason, time } => {
            Request::Ban { mask: mask.clone(), reason: reason.join(" "), millis: time.as_ref().map(millis) }
        }
        AdminCommand::Unban { mask } => Request::Unban { mask: mask.clone() },
        AdminCommand::Bans { .. } => Request::Bans,
        AdminCommand::Announce { text } => Request::Announce { text: text.join(" ") },
        AdminCommand::Reload => Request::Reload,
        AdminCommand::Drain { cancel: true, .. } => Request::Stay,
        AdminCommand::Drain { time, .. } => Request::Drain { millis: millis(time) },
        AdminCommand::Status { .. } => Request::Status,
        AdminCommand::Metrics => Request::Metrics,
        AdminCommand::Link => Request::Link,
    }
}
