//! The operator's work on the server that runs.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use hub::{Account, Command, Event, Text, Timestamp};
use smol_str::SmolStr;

use super::office::Office;
use super::people::people;
use super::words::{Banned, Reply, Request, refusal};
use crate::clock;
use crate::config::{Config, Listen};
use crate::control::{Control, Order};
use crate::ids::MessageIds;
use crate::inbox::{Errand, Post};
use crate::monitor::Look;
use crate::shared::Shared;

/// How long the disk may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long reading the configuration may take.
const READING: Duration = Duration::from_secs(30);
/// How long the monitor may take.
const LOOKING: Duration = Duration::from_secs(5);
/// Most bytes of a reason, and of what everyone is told: they have to fit into a line of `irc`.
const REASON: usize = 300;
/// See [`REASON`].
const ANNOUNCEMENT: usize = 400;
/// The longest that one can mean when saying for how long.
const EVER: u64 = 100 * 365 * 86_400_000;

/// The hub that runs.
pub struct Desk {
    pub shared: Arc<Shared>,
    pub control: Control,
    pub ids: MessageIds,
}

impl Office for Desk {
    fn apply(&mut self, command: Command) -> Result<Vec<Arc<Event>>, String> {
        let (events, number) = self.command(command);
        self.shared.disk.wait_for(number, PATIENCE).map_err(|why| format!("it is not stored yet: {why}"))?;
        Ok(events)
    }

    fn accounts(&self) -> Vec<Account> {
        self.shared.core().accounts()
    }

    fn run(&mut self, config: &Config, request: &Request) -> Reply {
        let done = match request {
            Request::Who => return people(&self.shared, config),
            Request::Bans => return self.bans(),
            Request::Status => return self.status(),
            Request::Metrics => self.look(Look::Metrics),
            Request::Kick { nick, reason } => self.kick(nick, reason),
            Request::Ban { mask, reason, millis } => self.ban(mask, reason, *millis),
            Request::Unban { mask } => self.unban(mask),
            Request::Announce { text } => self.announce(text),
            Request::Reload => self.reload(),
            Request::Drain { millis } => Ok(self.drain(*millis)),
            Request::Stay => self.stay(),
            Request::Link => self.link(config),
            _ => Err("that is not for a server that runs".to_owned()),
        };
        match done {
            Ok(words) => Reply::Well { words },
            Err(why) => Reply::refused(why),
        }
    }
}

impl Desk {
    /// Does not wait for the disk.
    fn command(&mut self, command: Command) -> (Vec<Arc<Event>>, u64) {
        let at = clock::now();
        self.shared.core().apply_as_server(at, self.ids.next(at), command, &self.shared.inboxes)
    }

    fn kick(&mut self, nick: &str, reason: &str) -> Result<String, String> {
        let (nick, reason) = (SmolStr::new(nick), line(reason, REASON));
        // Going is not refused when the disk is full, and not waited for either.
        let (events, _) = self.command(Command::Kill { nick: nick.clone(), reason });
        accepted(&events)?;
        Ok(format!("{nick} is disconnected."))
    }

    fn ban(&mut self, mask: &str, reason: &str, millis: Option<u64>) -> Result<String, String> {
        let mask = checked(mask)?;
        let until = millis.map(|millis| Timestamp(clock::now().0.saturating_add(millis.min(EVER) as i64)));
        let events = self.apply(Command::Ban { mask, reason: line(reason, REASON), until })?;
        accepted(&events)?;
        let banned = events.iter().find_map(|event| match &**event {
            Event::NetworkBanned { mask, closed } => Some((mask.clone(), *closed)),
            _ => None,
        });
        let (mask, closed) = banned.ok_or("the server has not answered")?;
        Ok(match closed {
            0 => format!("{mask} is banned; nobody like that was here."),
            1 => format!("{mask} is banned; one connection was closed."),
            closed => format!("{mask} is banned; {closed} connections were closed."),
        })
    }

    fn unban(&mut self, mask: &str) -> Result<String, String> {
        let events = self.apply(Command::Unban { mask: SmolStr::new(mask) })?;
        accepted(&events)?;
        Ok(format!("{mask} is no longer banned."))
    }

    fn bans(&self) -> Reply {
        let now = clock::now();
        let bans = self.shared.core().bans(now);
        Reply::Bans { bans: bans.iter().map(Banned::of).collect() }
    }

    fn announce(&self, text: &str) -> Result<String, String> {
        let text = line(text, ANNOUNCEMENT);
        if text.as_bytes().trim_ascii().is_empty() {
            return Err("there is nothing to tell".to_owned());
        }
        let event = Arc::new(Event::Notice(text));
        for inbox in self.shared.inboxes.iter() {
            inbox.send(Post::Errand(Errand::Announce(Arc::clone(&event))));
        }
        Ok("Everyone is told.".to_owned())
    }

    fn reload(&self) -> Result<String, String> {
        let (answer, answers) = sync_channel(1);
        self.control.send(Order::ReloadFor(answer));
        let fixed = answers.recv_timeout(READING).map_err(|_| "the server does not answer".to_owned())?;
        let fixed = fixed.map_err(|error| format!("the old configuration stays in force: {error}"))?;
        let good = std::iter::once("The configuration is in force.".to_owned());
        Ok(good.chain(fixed.into_iter().map(|what| format!("But {what}."))).collect::<Vec<_>>().join("\n"))
    }

    fn drain(&self, millis: u64) -> String {
        self.control.send(Order::Drain(Some(Duration::from_millis(millis.min(EVER)))));
        "Nobody new is let in, everyone is told, and the server ends when the last has left or the time is up."
            .to_owned()
    }

    fn stay(&self) -> Result<String, String> {
        if self.shared.draining().is_none() {
            return Err("it is not being drained".to_owned());
        }
        self.control.send(Order::Drain(None));
        Ok("The server stays up, and lets people in again.".to_owned())
    }

    fn status(&self) -> Reply {
        let text = match self.look(Look::Status) {
            Ok(text) => text,
            Err(why) => return Reply::refused(why),
        };
        match serde_json::from_str(&text) {
            Ok(status) => Reply::Status { status: Box::new(status) },
            Err(error) => Reply::refused(format!("the server does not say how it does: {error}")),
        }
    }

    fn look(&self, look: Look) -> Result<String, String> {
        let (answer, answers) = sync_channel(1);
        let tell = Box::new(move |text: String| drop(answer.send(text)));
        if !self.shared.monitor.ask(look, tell) {
            return Err("too many are asking; try again".to_owned());
        }
        answers.recv_timeout(LOOKING).map_err(|_| "the server does not say how it does".to_owned())
    }

    fn link(&self, config: &Config) -> Result<String, String> {
        let page = config.listen.iter().find_map(Listen::page).ok_or(
            "there is no door for browsers, so there is no page: add a [[listen]] with addr = \
             \"http://127.0.0.1:8067\"",
        )?;
        let page = format!("{page}status/");
        // Of a token of the configuration only a hash is known, and whoever wrote it there has it.
        Ok(match self.shared.admin_token.made() {
            Some(token) => format!("{page}#token={token}"),
            None => page,
        })
    }
}

fn accepted(events: &[Arc<Event>]) -> Result<(), String> {
    let refused = events.iter().find_map(|event| match &**event {
        Event::Rejected(rejection) => Some(refusal(rejection)),
        _ => None,
    });
    refused.map_or(Ok(()), Err)
}

/// One line is one line, whatever is in it.
fn line(text: &str, most: usize) -> Text {
    Text::from(text.replace(['\r', '\n', '\0'], " ").as_str()).cut(most)
}

/// What can be banned.
fn checked(mask: &str) -> Result<SmolStr, String> {
    let how = "write an address, a host, or user@host, in which * stands for anything, as in 192.0.2.*";
    if mask.is_empty() || mask.contains(|c: char| c.is_whitespace() || c.is_control() || c == '!' || c == '/')
    {
        return Err(format!("{mask:?} can't be banned: {how}"));
    }
    if mask.chars().all(|c| "*?@.:".contains(c)) {
        return Err(format!("{mask:?} would keep everyone away: {how}"));
    }
    Ok(SmolStr::new(mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_names_somebody() {
        for mask in ["192.0.2.1", "*@host.example", "ann@*", "2001:db8:*"] {
            assert_eq!(checked(mask).as_deref(), Ok(mask));
        }
        for mask in ["", "*", "*@*", "?*@*.*", "a b", "ann!*@*", "10.0.0.0/8", "a\n"] {
            assert!(checked(mask).is_err(), "{mask:?}");
        }
    }

    #[test]
    fn what_is_told_is_one_line_of_bounded_length() {
        assert_eq!(line("a\r\nb\0c", 300), Text::from("a  b c"));
        assert_eq!(line(&"ä".repeat(300), 301).len(), 300);
    }
}
