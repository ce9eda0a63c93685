//! What the server says of itself, for people at a terminal.

use std::io::{self, Write};

use jiff::{Timestamp, tz::TimeZone};
use server::monitor::status::Status;
use server::operator::{Banned, Person};

use crate::account::printable;

/// Who is connected.
pub fn people(out: &mut impl Write, people: &[Person]) -> io::Result<()> {
    let heads = ["NICK", "ACCOUNT", "ADDRESS", "DOOR", "SINCE", "IDLE", "WAITING", "BEHIND"];
    let dash = || "-".to_owned();
    let rows = people.iter().map(|person| {
        [
            person.nick.clone().unwrap_or_else(dash),
            person.account.clone().unwrap_or_else(dash),
            person.address.clone().unwrap_or_else(|| "local".to_owned()),
            person.door.clone(),
            moment(person.since),
            person.idle_ms.map_or_else(dash, |idle| time(idle / 1000)),
            bytes(person.waiting),
            person.behind_ms.map_or_else(|| "no".to_owned(), |behind| time(behind / 1000)),
        ]
    });
    table(out, heads, &rows.collect::<Vec<_>>())
}

/// Who is kept away.
pub fn bans(out: &mut impl Write, bans: &[Banned]) -> io::Result<()> {
    if bans.is_empty() {
        return writeln!(out, "Nobody is banned.");
    }
    let rows = bans.iter().map(|ban| {
        let until = ban.until.map_or_else(|| "for good".to_owned(), moment);
        [ban.mask.clone(), moment(ban.at), until, ban.by.clone(), ban.reason.clone()]
    });
    table(out, ["MASK", "SET", "UNTIL", "BY", "REASON"], &rows.collect::<Vec<_>>())
}

/// How the server does.
pub fn status(out: &mut impl Write, status: &Status) -> io::Result<()> {
    let Status { traffic, waiting, store, process, queues, .. } = status;
    let up = u64::try_from(status.now - status.started).unwrap_or_default() / 1000;
    writeln!(out, "{} ({}), saloon {}, up {}", status.network, status.server, status.version, time(up))?;
    if let Some(by) = status.draining {
        writeln!(out, "DRAINING: nobody is let in, and it ends at {} at the latest", moment(by))?;
    }
    if let Some(why) = &store.failing {
        writeln!(out, "NOTHING CAN BE KEPT: {}", printable(why))?;
    }
    writeln!(out)?;
    let mut line = |what: &str, value: String| writeln!(out, "  {what:<12}{value}");
    line("sessions", format!("{} of {} users, in {} rooms", status.sessions, status.users, status.rooms))?;
    line("accounts", status.accounts.to_string())?;
    let messages = traffic.messages_per_second;
    line("messages", format!("{messages}/s, {} since the start", traffic.messages))?;
    let told = traffic.told_per_second;
    let (read, written) = (bytes(traffic.read_per_second as u64), bytes(traffic.written_per_second as u64));
    line("traffic", format!("{told} deliveries/s, {read}/s in, {written}/s out"))?;
    line("came in", format!("{}, {} refused", traffic.accepted, traffic.refused))?;
    let (all, largest) = (bytes(waiting.bytes), bytes(waiting.largest));
    line("waiting", format!("{all}, at most {largest} for one; {} behind", waiting.behind))?;
    let micros = |micros: Option<u64>| {
        micros.map_or("-".to_owned(), |micros| format!("{:.1} ms", micros as f64 / 1e3))
    };
    let (half, most, longest) = (micros(store.half_us), micros(store.most_us), micros(store.longest_us));
    line("commits", format!("{}; half took {half}, 99% {most}, the longest {longest}", store.commits))?;
    line("database", format!("{}, {} records waiting", bytes(store.bytes), queues.records))?;
    line(
        "process",
        format!(
            "{}% of a processor, {}, {} files",
            process.cpu_percent,
            bytes(process.memory),
            process.files
        ),
    )?;
    writeln!(out)?;
    let rows = status
        .kinds
        .iter()
        .map(|kind| [kind.dialect.clone(), kind.transport.clone(), kind.sessions.to_string()]);
    table(out, ["DIALECT", "TRANSPORT", "SESSIONS"], &rows.collect::<Vec<_>>())?;
    writeln!(out)?;
    let rows = status.doors.iter().map(|door| {
        let most = door.most.map_or_else(|| "-".to_owned(), |most| most.to_string());
        [door.address.clone(), door.dialect.clone(), door.connections.to_string(), most]
    });
    table(out, ["DOOR", "DIALECT", "CONNECTIONS", "MOST"], &rows.collect::<Vec<_>>())?;
    if !status.slowest.is_empty() {
        writeln!(out)?;
        let rows = status.slowest.iter().map(|slow| {
            let behind = slow.behind_ms.map_or_else(|| "no".to_owned(), |behind| time(behind / 1000));
            [
                slow.nick.clone().unwrap_or_else(|| "-".to_owned()),
                slow.door.clone(),
                bytes(slow.bytes),
                behind,
            ]
        });
        table(out, ["SLOWEST", "DOOR", "WAITING", "BEHIND"], &rows.collect::<Vec<_>>())?;
    }
    writeln!(out)?;
    let rows = status.workers.iter().enumerate().map(|(number, worker)| {
        let load = if worker.answers { format!("{}%", worker.load_percent) } else { "silent".to_owned() };
        [number.to_string(), worker.connections.to_string(), load, worker.inbox.to_string()]
    });
    table(out, ["WORKER", "CONNECTIONS", "LOAD", "INBOX"], &rows.collect::<Vec<_>>())
}

/// Columns as wide as what is in them; the last is not filled up.
fn table<const N: usize>(out: &mut impl Write, heads: [&str; N], rows: &[[String; N]]) -> io::Result<()> {
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| printable(cell))).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heads[column].len()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut line = |cells: [&str; N]| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    line(heads)?;
    rows.iter().try_for_each(|row| line(row.each_ref().map(String::as_str)))
}

/// A moment, in the time of this place.
fn moment(millis: i64) -> String {
    let moment = Timestamp::from_millisecond(millis).unwrap_or_default().to_zoned(TimeZone::system());
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A length of time, in its two largest units.
fn time(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m{:02}s", seconds % 60),
        (0, ..) => format!("{hours}h{:02}m", minutes % 60),
        _ => format!("{days}d{:02}h", hours % 24),
    }
}

/// So many bytes.
fn bytes(count: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = count as f64;
    let mut unit = None;
    for next in units {
        if size < 1024.0 {
            break;
        }
        (size, unit) = (size / 1024.0, Some(next));
    }
    unit.map_or_else(|| format!("{count} B"), |unit| format!("{size:.1} {unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_short() {
        assert_eq!([5, 65, 3700, 200_000].map(time), ["5s", "1m05s", "1h01m", "2d07h"]);
        assert_eq!([0, 1023, 1536, 5 << 30].map(bytes), ["0 B", "1023 B", "1.5 KiB", "5.0 GiB"]);
    }

    #[test]
    fn a_table_has_columns_and_nothing_that_steers_a_terminal() {
        let mut out = Vec::new();
        let rows = [["ann".to_owned(), "x".to_owned()], ["b\u{1b}[31m".to_owned(), String::new()]];
        table(&mut out, ["NICK", "DOOR"], &rows).expect("written");
        assert_eq!(String::from_utf8_lossy(&out), "NICK   DOOR\nann    x\nb[31m\n");
    }
}
