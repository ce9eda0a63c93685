//! What is told of metadata: numerics, alone or in batches (`conformance` section 27).

use hub::{Fact, Rejection, RoomName};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::metadata::{BAD_KEY, shown, valid_key};
use super::numeric::{self, Numeric};
use super::session::{Irc, Task};

/// Most keys of a line, and most bytes of them.
const KEYS_PER_LINE: usize = 13;
const KEY_BYTES_PER_LINE: usize = 350;

impl Irc {
    /// `761`, or `766` of what is not set.
    pub(super) fn write_fact(&self, fact: &Fact, out: &mut Vec<u8>) {
        match &fact.value {
            Some(value) => {
                let line = self.numeric(out, numeric::RPL_KEYVALUE).word(shown(&fact.target));
                line.word(&fact.key).word("*").text(value.as_bytes()).end();
            }
            None => self.write_unset(&fact.target, &fact.key, out),
        }
    }

    fn write_unset(&self, target: &str, key: &str, out: &mut Vec<u8>) {
        let line = self.numeric(out, numeric::RPL_KEYNOTSET).word(shown(target)).word(key);
        line.text(numeric::RPL_KEYNOTSET.text).end();
    }

    /// A batch of facts about a target.
    fn write_batch(&self, target: &str, facts: &[Fact], out: &mut Vec<u8>) {
        self.in_batch(out, "metadata", Some(target), |out| {
            facts.iter().for_each(|fact| self.write_fact(fact, out));
        });
    }

    /// The answer to `GET`, `LIST` or `WHOIS`.
    pub(super) fn write_facts(&mut self, target: &SmolStr, facts: &[Fact], out: &mut Vec<u8>) {
        match self.task.take().map(|task| *task) {
            Some(Task::WhoisFacts) => self.write_whois_facts(facts, out),
            Some(Task::Facts(keys)) => {
                self.in_batch(out, "metadata", Some(target), |out| self.write_keys(&keys, facts, out));
            }
            task => {
                self.task = task.map(Box::new);
                self.write_batch(target, facts, out);
            }
        }
    }

    /// One line for each key asked for, in this order.
    fn write_keys(&self, keys: &[SmolStr], facts: &[Fact], out: &mut Vec<u8>) {
        let mut facts = facts.iter();
        for key in keys {
            match valid_key(key.as_bytes()) {
                Some(_) => {
                    if let Some(fact) = facts.next() {
                        self.write_fact(fact, out);
                    }
                }
                None => self.write_fail(out, "METADATA", "INVALID_KEY", &[key.as_bytes()], BAD_KEY),
            }
        }
    }

    fn write_whois_facts(&self, facts: &[Fact], out: &mut Vec<u8>) {
        for fact in facts {
            if let Some(value) = &fact.value {
                let line = self.numeric(out, numeric::RPL_WHOISKEYVALUE).word(shown(&fact.target));
                line.word(&fact.key).word("*").text(value.as_bytes()).end();
            }
        }
    }

    /// Whether a refusal needs no word, because another answer says all.
    pub(super) fn is_said(&self, rejection: &Rejection) -> bool {
        let about_facts =
            matches!(rejection, Rejection::NoMetadataTarget(_) | Rejection::MetadataForbidden { .. });
        about_facts && matches!(self.task.as_deref(), Some(Task::WhoisFacts))
    }

    /// The answer to `SYNC`.
    pub(super) fn write_sync(&self, target: Option<&SmolStr>, facts: &[Fact], out: &mut Vec<u8>) {
        let target = match target.map(SmolStr::as_str) {
            None => "*ALL",
            Some("*") => self.client(),
            Some(target) => target,
        };
        self.write_batch(target, facts, out);
    }

    /// The answer to `CLEAR`.
    pub(super) fn write_cleared(&self, target: &str, keys: &[SmolStr], out: &mut Vec<u8>) {
        self.in_batch(out, "metadata", Some(target), |out| {
            keys.iter().for_each(|key| self.write_unset(target, key, out));
        });
    }

    /// The answer to `SUB`. The values are not sent unasked: the client is told to ask.
    pub(super) fn write_subscribed(&self, keys: &[SmolStr], news: bool, out: &mut Vec<u8>) {
        self.write_key_lines(numeric::RPL_METADATASUBOK, keys, out);
        if news && !self.nick.is_empty() {
            let later = numeric::RPL_METADATASYNCLATER;
            self.numeric(out, later).word("*ALL").word("0").text(later.text).end();
        }
    }

    /// The answer to `UNSUB`.
    pub(super) fn write_unsubscribed(&self, keys: &[SmolStr], out: &mut Vec<u8>) {
        self.write_key_lines(numeric::RPL_METADATAUNSUBOK, keys, out);
    }

    /// The answer to `SUBS`.
    pub(super) fn write_subscriptions(&self, keys: &[SmolStr], out: &mut Vec<u8>) {
        self.in_batch(out, "metadata-subs", None, |out| {
            self.write_key_lines(numeric::RPL_METADATASUBS, keys, out);
        });
    }

    /// Keys as parameters, on as many lines as they need.
    fn write_key_lines(&self, numeric: Numeric, keys: &[SmolStr], out: &mut Vec<u8>) {
        let mut rest = keys;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fit = rest.iter().take(KEYS_PER_LINE).take_while(|key| {
                bytes += key.len() + 1;
                bytes <= KEY_BYTES_PER_LINE
            });
            let (now, later) = rest.split_at(fit.count().max(1));
            now.iter().fold(self.numeric(out, numeric), |line, key| line.word(key)).end();
            rest = later;
        }
    }

    /// What is set on a channel and its members, to the one who joins; nothing if nothing is.
    pub(super) fn write_joined_facts(&self, room: &RoomName, facts: &[Fact], out: &mut Vec<u8>) {
        if !facts.is_empty() {
            self.write_batch(room.as_str(), facts, out);
        }
    }

    /// What is set about a user, to itself, when it comes.
    pub(super) fn write_own_facts(&self, facts: &[Fact], out: &mut Vec<u8>) {
        if self.caps.contains(Capabilities::METADATA) && self.settings.options.metadata.is_some() {
            self.write_batch(self.client(), facts, out);
        }
    }
}
