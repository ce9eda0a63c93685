//! Capability negotiation: `CAP` (`conformance` section 10; IRCv3 capability-negotiation).

use super::capability::{Capabilities, TABLE, find};
use super::line::Line;
use super::message::Message;
use super::numeric;
use super::session::{Irc, text};
use crate::Output;

/// Most bytes of the names in one line.
const NAMES_PER_LINE: usize = 400;

impl Irc {
    /// `CAP`, at any time.
    pub(super) fn cap(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let subcommand = message.param(0).unwrap_or_default();
        let rest = message.param(1).map(text).unwrap_or_default();
        match subcommand.to_ascii_uppercase().as_slice() {
            b"LS" => self.cap_ls(&rest, outputs),
            b"LIST" => self.cap_list(outputs),
            b"REQ" => self.cap_req(&rest, outputs),
            b"END" => {
                let held = self.opening.as_mut().map(|opening| std::mem::take(&mut opening.negotiating));
                if held == Some(true) {
                    self.try_register(outputs);
                }
            }
            _ => {
                self.refuse(outputs, numeric::ERR_INVALIDCAPCMD, &[subcommand]);
            }
        }
    }

    fn cap_ls(&mut self, version: &str, outputs: &mut Vec<Output>) {
        self.hold_registration();
        let new = version.trim().parse::<u32>().is_ok_and(|version| version >= 302);
        if new {
            self.cap302 = true;
            self.caps |= Capabilities::CAP_NOTIFY;
        }
        let options = &self.settings.options;
        let offered = TABLE.iter().filter_map(|row| match row.bit {
            Capabilities::SASL => row.value(options).map(|_| (row.name, self.mechanisms())),
            _ => Some((row.name, row.value(options)?)),
        });
        // Without values the list has to fit one line, so it names only what every client may know.
        let mut names: Vec<String> = if new {
            let named = |(name, value): (&str, String)| match value.is_empty() {
                true => name.to_owned(),
                false => format!("{name}={value}"),
            };
            offered.map(named).collect()
        } else {
            offered.map(|(name, _)| name.to_owned()).filter(|name| !name.contains('/')).collect()
        };
        if let (true, Some(sts)) = (new, self.settings.sts(self.secure)) {
            names.push(format!("sts={sts}"));
        }
        self.write_names(outputs, "LS", &names, new);
    }

    fn mechanisms(&self) -> String {
        self.settings.mechanisms(self.secure).join(",")
    }

    fn cap_list(&self, outputs: &mut Vec<Output>) {
        let options = &self.settings.options;
        let on = TABLE.iter().filter(|row| self.caps.contains(row.bit) && row.value(options).is_some());
        let names: Vec<String> = on.map(|row| row.name.to_owned()).collect();
        self.write_names(outputs, "LIST", &names, self.cap302);
    }

    /// All names in one line, or in several where the client knows how to read them.
    fn write_names(&self, outputs: &mut Vec<Output>, subcommand: &str, names: &[String], several: bool) {
        let mut lines = vec![String::new()];
        for name in names {
            let line = lines.last_mut().expect("there is always one");
            if several && line.len() + 1 + name.len() > NAMES_PER_LINE {
                lines.push(name.clone());
            } else {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(name);
            }
        }
        let last = lines.len() - 1;
        self.local(outputs, |out| {
            for (at, names) in lines.iter().enumerate() {
                let line = Line::from(out, self.server(), "CAP").word(self.client()).word(subcommand);
                let line = if at < last { line.word("*") } else { line };
                line.text(names).end();
            }
        });
    }

    fn cap_req(&mut self, asked: &str, outputs: &mut Vec<Output>) {
        self.hold_registration();
        let changed = self.requested(asked);
        let verb = if changed.is_some() { "ACK" } else { "NAK" };
        self.next_caps = changed;
        self.local(outputs, |out| {
            Line::from(out, self.server(), "CAP").word(self.client()).word(verb).text(asked).end();
        });
    }

    /// The capabilities after a request; none if any part of it can't be had.
    fn requested(&self, asked: &str) -> Option<Capabilities> {
        let mut caps = self.caps;
        let find = |name| find(name, &self.settings.options);
        for name in asked.split(' ').filter(|name| !name.is_empty()) {
            match name.strip_prefix('-') {
                Some(name) => {
                    let bit = find(name)?;
                    if self.cap302 && bit == Capabilities::CAP_NOTIFY {
                        return None;
                    }
                    caps.remove(bit);
                }
                None => caps.insert(find(name)?),
            }
        }
        Some(caps)
    }

    fn hold_registration(&mut self) {
        if let Some(opening) = &mut self.opening {
            opening.negotiating = true;
        }
    }
}
