//! Commands about users: `NICK`, `AWAY`, `SETNAME`, `USERHOST`, `ISON`, `WHO`, `WHOIS`, `WHOWAS`,
//! `MONITOR` (`conformance` sections 8, 14, 15, 16).

use hub::{Command, Query, Text, WhoMask, WhoRow};
use smol_str::SmolStr;

use super::line::Line;
use super::message::Message;
use super::numeric;
use super::session::{Irc, Task, list, text};
use crate::Output;

/// Most nicknames of a `USERHOST`.
const MAX_USERHOST: usize = 5;

/// What a `WHO` with `%fields` asks for (IRCv3 WHOX).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whox {
    fields: String,
    token: String,
}

impl Whox {
    /// Reads `[…]%fields[,token]`; characters before the `%` are ignored.
    fn decode(written: &str) -> Option<Self> {
        let (_, rest) = written.split_once('%')?;
        let (fields, token) = rest.split_once(',').unwrap_or((rest, "0"));
        let good = (1..=3).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self { fields: fields.to_owned(), token: if good { token } else { "0" }.to_owned() })
    }

    /// Writes the fields asked for, in the order of the specification.
    pub(super) fn write<'a>(&self, mut line: Line<'a>, row: &WhoRow, server: &str, flags: &str) -> Line<'a> {
        let who = &row.who;
        for field in "tcuihsnfdlao".chars().filter(|field| self.fields.contains(*field)) {
            line = match field {
                't' => line.word(&self.token),
                'c' => line.word(row.room.as_ref().map_or("*", |(room, _)| room.as_str())),
                'u' => line.word(who.user.as_str()),
                'i' => match row.ip {
                    Some(ip) => line.word(address(&ip.to_string())),
                    None => line.word("255.255.255.255"),
                },
                'h' => line.word(who.host.as_str()),
                's' => line.word(server),
                'n' => line.word(who.nick.as_str()),
                'f' => line.word(flags),
                'd' => line.word("0"),
                'l' => line.show(row.idle),
                'a' => line.word(who.account.as_deref().unwrap_or("0")),
                _ => line.word("n/a"),
            };
        }
        if self.fields.contains('r') { line.text(who.realname.as_bytes()) } else { line }
    }
}

/// An address as a parameter: one that begins with a colon gets a `0` in front.
pub(super) fn address(ip: &str) -> String {
    if ip.starts_with(':') { format!("0{ip}") } else { ip.to_owned() }
}

impl Irc {
    /// `NICK` of a registered client.
    pub(super) fn rename(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        if let Some(nick) = self.valid_nick(message, outputs) {
            outputs.push(Output::Command(Command::Rename { nick }));
        }
    }

    /// `AWAY`: no text, or an empty one, means back.
    pub(super) fn away(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let text = message.param(0).filter(|text| !text.is_empty()).map(Text::new);
        outputs.push(Output::Command(Command::Away { text }));
    }

    /// `ACCEPT nick{,-nick}`: who may write in spite of `+R`, and who no longer.
    pub(super) fn accept(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        for written in list(message.params[0]) {
            let (nick, on) = written.strip_prefix(b"-").map_or((written, true), |nick| (nick, false));
            outputs.push(Output::Command(Command::Accept { nick: SmolStr::new(text(nick)), on }));
        }
    }

    /// `SETNAME`.
    pub(super) fn setname(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let name = message.params[0];
        if name.is_empty() || name.len() > self.settings.options.realnamelen {
            let limit = self.settings.options.realnamelen;
            let why = format!("A real name has 1 to {limit} bytes");
            return self.fail(outputs, "SETNAME", "INVALID_REALNAME", &why);
        }
        outputs.push(Output::Command(Command::SetRealname { text: Text::new(name) }));
    }

    /// `USERHOST`.
    pub(super) fn userhost(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let nicks = words(message).take(MAX_USERHOST).collect();
        outputs.push(Output::Query(Query::Userhost(nicks)));
    }

    /// `ISON`.
    pub(super) fn ison(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        outputs.push(Output::Query(Query::Ison(words(message).collect())));
    }

    /// `WHO`, in pages.
    pub(super) fn who(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let sent = message.param(0).filter(|mask| !mask.is_empty()).unwrap_or(b"*");
        let written = text(sent);
        let mask = match self.room_name(sent) {
            Some(room) => WhoMask::Room(room),
            None if written == "0" => WhoMask::Mask("*".into()),
            None => WhoMask::Mask(SmolStr::new(&written)),
        };
        let options = message.param(1).map(text).unwrap_or_default();
        let operators = options == "o";
        let fields = Whox::decode(&options);
        let task = Task::Who { sent: SmolStr::new(&written), mask, operators, fields, after: None };
        outputs.extend(task.query(None).map(Output::Query));
        self.task = Some(Box::new(task));
    }

    /// `WHOIS [server] nick`.
    pub(super) fn whois(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let nick = message.param(1).or(message.param(0)).unwrap_or_default();
        // One nickname only (TARGMAX WHOIS:1).
        let Some(nick) = list(nick).next() else {
            return self.refuse(outputs, numeric::ERR_NONICKNAMEGIVEN, &[]);
        };
        outputs.push(Output::Query(Query::Whois(SmolStr::new(text(nick)))));
        self.whois_facts(nick, outputs);
        self.refuse(outputs, numeric::RPL_ENDOFWHOIS, &[nick]);
    }

    /// `WHOWAS nick [count]`.
    pub(super) fn whowas(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(nick) = message.param(0).and_then(|nicks| list(nicks).next()) else {
            return self.refuse(outputs, numeric::ERR_NONICKNAMEGIVEN, &[]);
        };
        let count = message.param(1).and_then(|count| text(count).parse().ok()).filter(|&count| count > 0);
        let nick = SmolStr::new(text(nick));
        outputs.push(Output::Query(Query::Whowas(nick.clone())));
        self.refuse(outputs, numeric::RPL_ENDOFWHOWAS, &[nick.as_bytes()]);
        self.task = Some(Box::new(Task::Whowas { nick, count: count.unwrap_or(usize::MAX) }));
    }

    /// `MONITOR`.
    pub(super) fn monitor(&self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let names =
            || list(message.param(1).unwrap_or_default()).map(|name| SmolStr::new(text(name))).collect();
        outputs.push(match message.params[0] {
            b"+" | b"-" if message.params.len() < 2 => return self.need_more(outputs, "MONITOR"),
            b"+" => Output::Command(Command::Watch { names: names() }),
            b"-" => Output::Command(Command::Unwatch { names: names() }),
            b"C" | b"c" => Output::Command(Command::UnwatchAll),
            b"L" | b"l" => Output::Query(Query::Watched),
            b"S" | b"s" => Output::Query(Query::WatchStatus),
            _ => return self.need_more(outputs, "MONITOR"),
        });
    }
}

/// All words of all parameters.
fn words<'a>(message: &'a Message<'_>) -> impl Iterator<Item = SmolStr> + 'a {
    message
        .params
        .iter()
        .flat_map(|param| param.split(|&byte| byte == b' '))
        .filter(|word| !word.is_empty())
        .map(|word| SmolStr::new(text(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whox_ignores_what_stands_before_the_percent_sign_and_bad_tokens() {
        let whox = |fields: &str, token: &str| Some(Whox { fields: fields.into(), token: token.into() });
        assert_eq!(Whox::decode("%tcn,123"), whox("tcn", "123"));
        assert_eq!(Whox::decode("o%n"), whox("n", "0"));
        assert_eq!(Whox::decode("%n,1234"), whox("n", "0"));
        assert_eq!(Whox::decode("o"), None);
    }
}
