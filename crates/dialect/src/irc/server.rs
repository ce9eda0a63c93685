//! Questions about the server: `MOTD`, `VERSION`, `TIME`, `ADMIN`, `INFO`, `LINKS`, `STATS`, `HELP`,
//! and the lines of the welcome (`conformance` sections 6, 7 and 8).

use hub::{Counts, Query, Timestamp};

use super::capability::Capabilities;
use super::help;
use super::line::Line;
use super::message::Message;
use super::numeric::{self, Numeric};
use super::render::time;
use super::session::{Irc, text};
use super::settings::VERSION;
use crate::Output;

/// What `INFO` tells.
const INFO: [&str; 3] = [
    "Saloon: one room, every socket.",
    "A self-hosted chat server that anything with a socket can join.",
    "Licensed under MIT or Apache-2.0, as you like.",
];

impl Irc {
    fn say(&self, out: &mut Vec<u8>, numeric: Numeric, text: impl AsRef<[u8]>) {
        self.numeric(out, numeric).text(text).end();
    }

    /// `375`, `372`…, `376`; or `422`.
    pub(super) fn write_motd(&self, out: &mut Vec<u8>) {
        self.write_prepared(&self.settings.motd, out);
    }

    /// The lines `005`; in a batch for who negotiated `draft/extended-isupport` (`conformance` section 29).
    pub(super) fn write_isupport(&self, out: &mut Vec<u8>) {
        let batched = self.caps.contains(Capabilities::EXTENDED_ISUPPORT | Capabilities::BATCH);
        if !batched {
            return self.write_prepared(&self.settings.isupport, out);
        }
        Line::from(out, self.server(), "BATCH").word("+isupport").word("draft/isupport").end();
        for line in &self.settings.isupport {
            out.extend_from_slice(b"@batch=isupport ");
            self.write_prepared(std::slice::from_ref(line), out);
        }
        Line::from(out, self.server(), "BATCH").word("-isupport").end();
    }

    /// Lines that are the same for every client.
    pub(super) fn write_prepared(&self, lines: &[(Numeric, String)], out: &mut Vec<u8>) {
        for (numeric, rest) in lines {
            let mut line = self.numeric(out, *numeric);
            line.push(rest.as_bytes());
            line.end();
        }
    }

    /// `LUSERS`: each numeric once.
    pub(super) fn write_counts(&self, counts: &Counts, out: &mut Vec<u8>) {
        let users = counts.visible + counts.invisible;
        let here =
            format!("There are {} users and {} invisible on 1 servers", counts.visible, counts.invisible);
        self.say(out, numeric::RPL_LUSERCLIENT, here);
        for (numeric, count) in [
            (numeric::RPL_LUSEROP, counts.operators),
            (numeric::RPL_LUSERUNKNOWN, counts.unknown),
            (numeric::RPL_LUSERCHANNELS, counts.rooms),
        ] {
            self.numeric(out, numeric).show(count).text(numeric.text).end();
        }
        self.say(out, numeric::RPL_LUSERME, format!("I have {users} clients and 0 servers"));
        for (numeric, scope) in [(numeric::RPL_LOCALUSERS, "local"), (numeric::RPL_GLOBALUSERS, "global")] {
            let text = format!("Current {scope} users {users}, max {}", counts.most);
            self.numeric(out, numeric).show(users).show(counts.most).text(text).end();
        }
    }

    /// `351`, then the lines `005`.
    pub(super) fn write_version(&self, out: &mut Vec<u8>) {
        self.numeric(out, numeric::RPL_VERSION)
            .word(VERSION)
            .word(self.server())
            .text("One room, every socket")
            .end();
        self.write_isupport(out);
    }

    /// `391`.
    pub(super) fn write_time(&self, now: Timestamp, out: &mut Vec<u8>) {
        self.numeric(out, numeric::RPL_TIME).word(self.server()).text(time(now).to_string()).end();
    }

    /// `256` to `259`.
    pub(super) fn write_admin(&self, out: &mut Vec<u8>) {
        let me = numeric::RPL_ADMINME;
        self.numeric(out, me).word(self.server()).text(me.text).end();
        let numerics = [numeric::RPL_ADMINLOC1, numeric::RPL_ADMINLOC2, numeric::RPL_ADMINEMAIL];
        for (numeric, line) in numerics.into_iter().zip(&self.settings.options.admin) {
            self.say(out, numeric, line);
        }
    }

    /// `371`…, `374`.
    pub(super) fn write_info(&self, out: &mut Vec<u8>) {
        let started = format!("{VERSION}, running since {}", time(self.settings.options.started));
        for line in INFO.into_iter().chain([started.as_str()]) {
            self.say(out, numeric::RPL_INFO, line);
        }
        self.say(out, numeric::RPL_ENDOFINFO, numeric::RPL_ENDOFINFO.text);
    }

    /// `364`, `365`.
    pub(super) fn write_links(&self, out: &mut Vec<u8>) {
        let about = format!("0 {}", self.settings.options.description);
        self.numeric(out, numeric::RPL_LINKS).word(self.server()).word(self.server()).text(about).end();
        self.numeric(out, numeric::RPL_ENDOFLINKS).word("*").text(numeric::RPL_ENDOFLINKS.text).end();
    }

    /// `STATS`: `u` tells how long the server has been up, `k` which addresses are banned.
    pub(super) fn stats(&self, now: Timestamp, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let letter = text(message.param(0).unwrap_or_default()).chars().next().unwrap_or('*');
        match letter {
            'u' => self.local(outputs, |out| {
                let up = now.since(self.settings.options.started) / 1000;
                let (days, hours, minutes, seconds) = (up / 86400, up / 3600 % 24, up / 60 % 60, up % 60);
                let text = format!("Server Up {days} days {hours}:{minutes:02}:{seconds:02}");
                self.say(out, numeric::RPL_STATSUPTIME, text);
            }),
            'k' => outputs.push(Output::Query(Query::NetworkBans)),
            _ => {}
        }
        let shown = if letter.is_alphanumeric() { letter } else { '*' };
        self.refuse(outputs, numeric::RPL_ENDOFSTATS, &[shown.to_string().as_bytes()]);
    }

    /// `HELP [subject]`.
    pub(super) fn help(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let asked = text(message.param(0).unwrap_or_default());
        let subject = asked.split(' ').next().filter(|subject| !subject.is_empty()).unwrap_or("*");
        let Some(lines) = help::lines(subject) else {
            return self.refuse(outputs, numeric::ERR_HELPNOTFOUND, &[subject.as_bytes()]);
        };
        self.local(outputs, |out| {
            let last = lines.len() - 1;
            for (at, line) in lines.iter().enumerate() {
                let numeric = match at {
                    0 => numeric::RPL_HELPSTART,
                    _ if at == last => numeric::RPL_ENDOFHELP,
                    _ => numeric::RPL_HELPTXT,
                };
                self.numeric(out, numeric).word(subject).text(line).end();
            }
        });
    }
}
