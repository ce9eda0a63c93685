//! `METADATA`: facts about users and channels (IRCv3 metadata, versions 2 and 3; `conformance` section 27).

use hub::{Command, Nick, Query, Text, Timestamp};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::line::repeatable;
use super::message::Message;
use super::numeric;
use super::session::{Irc, Task, text};
use super::throttle::Throttle;
use crate::Output;

/// Values of so many bytes are refused, whatever else is allowed.
const MAX_VALUE: usize = 479;
/// Most bytes of a key.
const MAX_KEY: usize = 64;
/// Bytes of a line 761 beside its variable parts: `: 761   * :` and one to spare.
const FRAME: usize = 12;

impl Irc {
    /// Whether facts may be set before registration, and are negotiated.
    pub(super) fn has_early_metadata(&self) -> bool {
        let offered = self.settings.options.metadata.is_some_and(|metadata| metadata.before_connect);
        offered && self.caps.contains(Capabilities::METADATA)
    }

    /// `METADATA target subcommand …`, registered or not.
    pub(super) fn metadata(&mut self, now: Timestamp, message: &Message<'_>, outputs: &mut Vec<Output>) {
        if self.settings.options.metadata.is_none() {
            return self.refuse(outputs, numeric::ERR_UNKNOWNCOMMAND, &[message.command]);
        }
        let (Some(written), Some(subcommand)) = (message.param(0), message.param(1)) else {
            return self.need_more(outputs, "METADATA");
        };
        let rest = &message.params[2..];
        let name = subcommand.to_ascii_uppercase();
        let only_oneself = self.nick.is_empty() || matches!(&name[..], b"SUB" | b"UNSUB" | b"SUBS");
        if written.is_empty() || only_oneself && written != b"*" {
            let why = "There is no such user or channel here";
            return self.fail_about(outputs, "METADATA", "INVALID_TARGET", &[written], why);
        }
        let target = SmolStr::new(text(written));
        match (&name[..], rest) {
            (b"GET" | b"SET" | b"SUB" | b"UNSUB", []) => self.need_more(outputs, "METADATA"),
            (b"GET", keys) => self.get_facts(target, keys, outputs),
            (b"LIST", _) => outputs.push(Output::Query(Query::Metadata { target, keys: None })),
            (b"SET", [key, value @ ..]) => self.set_fact(now, target, key, value.first().copied(), outputs),
            (b"CLEAR", _) => {
                if self.may_change(now, written, b"*", outputs) {
                    outputs.push(Output::Command(Command::ClearMetadata { target }));
                }
            }
            (b"SUB", keys) => {
                let keys = self.valid_keys(keys, outputs);
                if !keys.is_empty() {
                    outputs.push(Output::Command(Command::Subscribe { keys }));
                }
            }
            (b"UNSUB", keys) => {
                let keys = self.valid_keys(keys, outputs);
                if !keys.is_empty() {
                    outputs.push(Output::Command(Command::Unsubscribe { keys }));
                }
            }
            (b"SUBS", _) => outputs.push(Output::Query(Query::Subscriptions)),
            (b"SYNC", _) => {
                let target = (!written.eq_ignore_ascii_case(b"*ALL")).then_some(target);
                outputs.push(Output::Query(Query::Sync(target)));
            }
            _ => {
                let why = "There is no such subcommand";
                self.fail_about(outputs, "METADATA", "INVALID_PARAMS", &[subcommand], why);
            }
        }
    }

    fn get_facts(&mut self, target: SmolStr, keys: &[&[u8]], outputs: &mut Vec<Output>) {
        let valid = keys.iter().filter_map(|key| valid_key(key)).collect();
        let written = keys.iter().map(|key| SmolStr::new(text(key))).collect();
        self.task = Some(Box::new(Task::Facts(written)));
        outputs.push(Output::Query(Query::Metadata { target, keys: Some(valid) }));
    }

    fn set_fact(
        &mut self,
        now: Timestamp,
        target: SmolStr,
        written: &[u8],
        value: Option<&[u8]>,
        outputs: &mut Vec<Output>,
    ) {
        let value = value.filter(|value| !value.is_empty());
        let Some(key) = valid_key(written) else { return self.bad_key(written, outputs) };
        if value.is_some_and(|value| std::str::from_utf8(value).is_err()) {
            return self.fail(outputs, "METADATA", "INVALID_UTF8", "A value is UTF-8");
        }
        if value.is_some_and(|value| !self.fact_fits(&target, &key, value)) {
            let why = "The value is too long";
            return self.fail_about(outputs, "METADATA", "INVALID_VALUE", &[written], why);
        }
        if self.may_change(now, target.as_bytes(), written, outputs) {
            let value = value.map(Text::new);
            outputs.push(Output::Command(Command::SetMetadata { target, key, value }));
        }
    }

    /// Whether a value is short enough, also for the line that tells anyone of it.
    fn fact_fits(&self, target: &str, key: &str, value: &[u8]) -> bool {
        let options = &self.settings.options;
        let most = options.metadata.map_or(0, |metadata| metadata.max_value_bytes).min(MAX_VALUE);
        let names = options.server.len() + options.nicklen + target.len().max(options.nicklen);
        value.len() <= most && names + key.len() + value.len() + FRAME <= super::line::MAX_BODY
    }

    /// Whether it is not too soon for another change; otherwise says so.
    fn may_change(&mut self, now: Timestamp, target: &[u8], key: &[u8], outputs: &mut Vec<Output>) -> bool {
        if !self.settings.options.metadata.is_some_and(|metadata| metadata.throttle) {
            return true;
        }
        let throttle = self.throttle.get_or_insert_with(|| Box::new(Throttle::new(now)));
        let Err(seconds) = throttle.take(now) else { return true };
        let (seconds, why) = (seconds.to_string(), "Too many changes; try again later");
        self.fail_about(outputs, "METADATA", "RATE_LIMITED", &[target, key, seconds.as_bytes()], why);
        false
    }

    /// Those of the keys that can be keys; the others are refused.
    fn valid_keys(&self, keys: &[&[u8]], outputs: &mut Vec<Output>) -> Vec<SmolStr> {
        let mut valid = Vec::new();
        for written in keys {
            match valid_key(written) {
                Some(key) => valid.push(key),
                None => self.bad_key(written, outputs),
            }
        }
        valid
    }

    fn bad_key(&self, key: &[u8], outputs: &mut Vec<Output>) {
        self.fail_about(outputs, "METADATA", "INVALID_KEY", &[key], BAD_KEY);
    }

    /// Has a `WHOIS` tell facts too, for clients that know them. Not of channels, or of `*`, which would
    /// be oneself.
    pub(super) fn whois_facts(&mut self, nick: &[u8], outputs: &mut Vec<Output>) {
        let knows = self.caps.contains(super::capability::Capabilities::METADATA);
        let nick = Nick::new(&text(nick), self.settings.options.nicklen);
        let (true, Ok(nick)) = (knows && self.settings.options.metadata.is_some(), nick) else { return };
        self.task = Some(Box::new(Task::WhoisFacts));
        let target = SmolStr::new(nick.as_str());
        outputs.push(Output::Query(Query::Metadata { target, keys: None }));
    }
}

pub(super) const BAD_KEY: &str = "A key has only a-z, 0-9, _, ., / and -";

/// The key, if it can be one.
pub(super) fn valid_key(written: &[u8]) -> Option<SmolStr> {
    let good = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_./-".contains(byte);
    let valid = (1..=MAX_KEY).contains(&written.len()) && written.iter().all(good);
    valid.then(|| SmolStr::new(text(written)))
}

/// As it can be repeated.
pub(super) fn shown(word: &str) -> &[u8] {
    repeatable(word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_few_characters() {
        for key in ["a", "avatar", "draft/x.y_z-0"] {
            assert_eq!(valid_key(key.as_bytes()).as_deref(), Some(key));
        }
        for key in ["", "A", "a b", "a:b", "ä", "*", &"x".repeat(65)] {
            assert_eq!(valid_key(key.as_bytes()), None, "{key}");
        }
    }
}
