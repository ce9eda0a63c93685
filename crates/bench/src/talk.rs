//! Messages at a fixed rate, each with the moment it was due in its text; and how late they arrived.
//!
//! The moment is the one in the plan, not that of the write: if the server (or we) held everything up,
//! the messages that should have been sent meanwhile count as late, too.

use std::time::Duration;

use anyhow::bail;

use crate::bench::stamp;
use crate::crew::Crew;
use crate::dialect::Dialect;
use crate::fleet::Input;
use crate::irc::{ADVICE, Meaning, meaning};
use crate::member::{Member, text};

/// Before a message is due, we look without sleeping: the kernel wakes us only to the millisecond.
const SPIN: u64 = 2_000_000;
/// How long to wait for what is still on its way at the end.
const TAIL: Duration = Duration::from_secs(5);

/// What is said, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    /// Timed messages in a second, from the first member.
    pub rate: u32,
    /// Untimed messages that the second member writes with each timed one.
    pub pressure: usize,
    /// Bytes of text of an untimed message.
    pub pressure_bytes: usize,
    /// For how long.
    pub seconds: u64,
}

/// What was heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// Nanoseconds from when a message was due to when it was read.
    pub samples: Vec<u32>,
    /// Timed messages sent.
    pub sent: u64,
    /// The lines by which the first member heard of others leaving, and when.
    pub quits: Vec<(u64, String)>,
}

impl Talk {
    /// Talks for as long as planned; so many members listen, the speakers among them.
    pub fn run(&self, crew: &mut Crew<'_>, listening: usize, heard: &mut Heard) -> anyhow::Result<()> {
        let (bench, room, dialect) = (crew.bench, &crew.bench.identity.channel, crew.dialect);
        let filler = "y".repeat(self.pressure_bytes.saturating_sub(16));
        let pressure = format!("PRIVMSG {room} :{filler}{:016x}\r\n", 0).repeat(self.pressure);
        let (start, count) = (bench.nanos(), u64::from(self.rate) * self.seconds);
        for number in 1..=count {
            let due = start + number * 1_000_000_000 / u64::from(self.rate);
            listen_until(crew, due, heard)?;
            crew.fleet.members[0].send(dialect.message(bench, due).as_bytes())?;
            heard.sent += 1;
            if self.pressure > 0 {
                crew.fleet.members[1].send(pressure.as_bytes())?;
            }
        }
        let expected = heard.sent as usize * dialect.hearers(listening);
        let end = bench.nanos() + TAIL.as_nanos() as u64;
        while heard.samples.len() < expected && bench.nanos() < end {
            listen(crew, Duration::from_millis(10), heard)?;
        }
        Ok(())
    }
}

fn listen_until(crew: &mut Crew<'_>, due: u64, heard: &mut Heard) -> anyhow::Result<()> {
    loop {
        let left = due.saturating_sub(crew.bench.nanos());
        if left == 0 {
            return Ok(());
        }
        listen(crew, Duration::from_nanos(left.saturating_sub(SPIN)), heard)?;
    }
}

fn listen(crew: &mut Crew<'_>, timeout: Duration, heard: &mut Heard) -> anyhow::Result<()> {
    let (bench, dialect) = (crew.bench, crew.dialect);
    crew.fleet.turn(timeout, |place, member, input| match input {
        Input::Bytes(bytes) => {
            let now = bench.nanos();
            match dialect {
                Dialect::Irc => member.lines(bytes, |member, line| heard.line(now, place, member, line)),
                Dialect::Group => {
                    member.stamps(bytes, |due| heard.sample(now, due));
                    Ok(())
                }
            }
        }
        Input::Closed => bail!("the server closed the connection of a member that reads; {ADVICE}"),
    })?;
    Ok(())
}

impl Heard {
    /// A message that was due then was read now.
    fn sample(&mut self, now: u64, due: u64) {
        let late = now.checked_sub(due).filter(|_| due > 0);
        self.samples.extend(late.map(|nanos| u32::try_from(nanos).unwrap_or(u32::MAX)));
    }

    fn line(&mut self, now: u64, place: usize, member: &Member, line: &[u8]) -> anyhow::Result<()> {
        match meaning(line) {
            Meaning::Message => stamp(line).into_iter().for_each(|due| self.sample(now, due)),
            Meaning::Ping(token) => member.pong(token)?,
            Meaning::Refused => bail!("the server said: {}; {ADVICE}", text(line)),
            _ if place == 0 && says_quit(line) => self.quits.push((now, text(line))),
            _ => {}
        }
        Ok(())
    }
}

fn says_quit(line: &[u8]) -> bool {
    line.split(|byte| *byte == b' ').take(3).any(|word| word == b"QUIT")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(lines: &[&str]) -> Heard {
        let (mut heard, member) = (Heard::default(), Member::default());
        for line in lines {
            heard.line(5000, 0, &member, line.as_bytes()).expect("no trouble");
        }
        heard
    }

    #[test]
    fn only_stamped_messages_are_samples() {
        let heard = heard(&[
            ":a!b@c PRIVMSG #x :xx0000000000000fa0",
            ":a!b@c PRIVMSG #x :yy0000000000000000",
            ":a!b@c PRIVMSG #x :hello",
        ]);
        assert_eq!(heard.samples, [1000]);
    }

    #[test]
    fn leaving_is_heard_with_its_reason() {
        let heard = heard(&[":a!b@c QUIT :SendQ exceeded", ":a!b@c PART #x :QUIT"]);
        assert_eq!(heard.quits, [(5000, ":a!b@c QUIT :SendQ exceeded".to_owned())]);
    }
}
