//! Messages of several lines, as a client sends them (IRCv3 multiline, client-initiated batch;
//! `conformance` section 24).
//!
//! ```text
//!        BATCH +ref                 BATCH -ref
//! none ─────────────▶ collecting ─────────────────▶ none: all is said at once
//!   ▲                     │ a fault: told at once
//!   │ BATCH -ref          ▼
//!   └───────────────── spoilt: what still comes of it is swallowed
//! ```

use std::sync::Arc;

use hub::{SayKind, SayLine, SayTags, Text, Timestamp};

use super::batch::tagged;
use super::capability::Capabilities;
use super::label::Label;
use super::line::{MAX_BODY, repeatable};
use super::message::Message;
use super::session::Irc;
use super::settings::Multiline;
use super::talk::Speech;
use crate::Output;

/// How long a batch may stay open, in milliseconds. It is noticed when the next line comes.
const PATIENCE: u64 = 60_000;
/// Most bytes of a reference.
const MAX_REFERENCE: usize = 64;
const CONCAT: &[u8] = b"draft/multiline-concat";

/// A message that is being sent.
#[derive(Debug)]
pub(super) struct Draft {
    reference: Vec<u8>,
    /// What was said so far; none once something was wrong with it.
    words: Option<Words>,
}

#[derive(Debug)]
struct Words {
    target: Vec<u8>,
    tags: SayTags,
    /// The label of the opening line, as written in the tag.
    label: Option<Vec<u8>>,
    since: Timestamp,
    /// Of the first line.
    kind: Option<SayKind>,
    lines: Vec<SayLine>,
    /// As `max-bytes` counts them.
    bytes: usize,
}

/// What is wrong with a batch: the code and its context, and in words.
struct Fault(&'static str, Vec<Vec<u8>>, &'static str);

impl Fault {
    fn plain(text: &'static str) -> Self {
        Self("MULTILINE_INVALID", Vec::new(), text)
    }
}

impl Irc {
    /// `BATCH +reference type target` or `BATCH -reference`.
    pub(super) fn batch(&mut self, now: Timestamp, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some((&sign, reference)) = message.param(0).and_then(|word| word.split_first()) else {
            return self.need_more(outputs, "BATCH");
        };
        match sign {
            b'+' => self.open_batch(now, reference, message, outputs),
            b'-' => self.close_batch(reference, outputs),
            _ => self.bad_reference(message.params[0], outputs),
        }
    }

    fn open_batch(
        &mut self,
        now: Timestamp,
        reference: &[u8],
        message: &Message<'_>,
        outputs: &mut Vec<Output>,
    ) {
        self.spoil("Another batch was opened", outputs);
        let good = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        if !(1..=MAX_REFERENCE).contains(&reference.len()) || !reference.iter().all(good) {
            return self.bad_reference(reference, outputs);
        }
        let kind = message.param(1).unwrap_or_default();
        // Whatever is wrong, the rest of it is not to be taken for messages.
        let draft = self.draft.insert(Box::new(Draft { reference: reference.to_vec(), words: None }));
        if kind != b"draft/multiline" || !self.caps.contains(Capabilities::MULTILINE) {
            let why = "There is no such batch, or you have not asked for it";
            return self.fail_about(outputs, "BATCH", "UNKNOWN_TYPE", &[reference, kind], why);
        }
        let Some(target) = message.param(2).filter(|target| !target.is_empty()) else {
            return self.fail(outputs, "BATCH", "MULTILINE_INVALID", "The batch has no target");
        };
        draft.words = Some(Words {
            target: target.to_vec(),
            tags: message.tags.map(|tags| tags.client_only()).unwrap_or_default(),
            label: self.label.take().map(|label| label.into_text()),
            since: now,
            kind: None,
            lines: Vec::new(),
            bytes: 0,
        });
    }

    fn bad_reference(&self, reference: &[u8], outputs: &mut Vec<Output>) {
        let why = "A reference has letters, digits and -";
        self.fail_about(outputs, "BATCH", "INVALID_REFTAG", &[reference], why);
    }

    fn close_batch(&mut self, reference: &[u8], outputs: &mut Vec<Output>) {
        // The label is that of the opening line.
        self.label = None;
        let Some(draft) = self.draft.take_if(|draft| draft.reference == reference) else {
            return self.fail(outputs, "BATCH", "MULTILINE_INVALID", "There is no such batch");
        };
        let Some(mut words) = draft.words else { return };
        let Some(kind) = words.kind.filter(|_| words.lines.iter().any(|line| !line.text.is_empty())) else {
            return self.write_fault(words.label, Fault::plain("There is nothing in the batch"), outputs);
        };
        self.label = words.label.take().map(|label| Box::new(Label::new(label)));
        let target = std::mem::take(&mut words.target);
        self.speak(&target, words.speech(kind), outputs);
    }

    /// Takes a message that is part of a batch, or should be. Says whether it was one.
    pub(super) fn part_of_batch(
        &mut self,
        name: &str,
        message: &Message<'_>,
        outputs: &mut Vec<Output>,
    ) -> bool {
        let reference = message.tags.and_then(|tags| tags.value(b"batch")).filter(|tag| !tag.is_empty());
        let collecting = self.draft.as_ref().is_some_and(|draft| draft.words.is_some());
        let Some(reference) = reference else {
            if collecting {
                self.spoil("A message that is not part of the open batch", outputs);
            }
            return collecting;
        };
        let knows = self.caps.contains(Capabilities::MULTILINE);
        let known = self.draft.as_ref().is_some_and(|draft| draft.reference == reference);
        if !known && !knows {
            return false;
        }
        self.label = None;
        if !known {
            let why = "There is no such batch";
            match collecting {
                true => self.spoil(why, outputs),
                false => self.fail(outputs, "BATCH", "MULTILINE_INVALID", why),
            }
            return true;
        }
        let limits = self.settings.options.multiline;
        let words = self.draft.as_mut().and_then(|draft| draft.words.as_mut());
        if let (Some(words), Some(limits)) = (words, limits)
            && let Err(fault) = words.add(name, message, limits)
        {
            self.fault(fault, outputs);
        }
        true
    }

    /// What comes of a line that can't be taken, if it is part of a batch: the rest of it is worth nothing.
    pub(super) fn spoil_by(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let reference = message.tags.and_then(|tags| tags.value(b"batch"));
        if self.draft.as_ref().is_some_and(|draft| Some(&draft.reference) == reference.as_ref()) {
            self.spoil("A line of it can't be taken", outputs);
        }
    }

    /// Gives up a batch that has been open for too long.
    pub(super) fn expire(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        let Some(draft) = self.draft.as_ref() else { return };
        if draft.words.as_ref().is_some_and(|words| now.since(words.since) > PATIENCE) {
            let context = vec![draft.reference.clone()];
            self.fault(Fault("TIMEOUT", context, "The batch was left open for too long"), outputs);
        }
    }

    fn spoil(&mut self, why: &'static str, outputs: &mut Vec<Output>) {
        self.fault(Fault::plain(why), outputs);
    }

    /// Tells what is wrong with the open batch, once. It answers the opening line, whatever the present
    /// one is.
    fn fault(&mut self, fault: Fault, outputs: &mut Vec<Output>) {
        if let Some(words) = self.draft.as_mut().and_then(|draft| draft.words.take()) {
            self.write_fault(words.label, fault, outputs);
        }
    }

    fn write_fault(&self, label: Option<Vec<u8>>, fault: Fault, outputs: &mut Vec<Output>) {
        let Fault(code, context, text) = fault;
        let context: Vec<&[u8]> = context.iter().map(|word| repeatable(word)).collect();
        let mut line = Vec::new();
        self.write_fail(&mut line, "BATCH", code, &context, text);
        outputs.push(Output::Local(match label {
            Some(label) => {
                let mut labeled = Vec::new();
                tagged(&line, &[b"label=", &label[..]].concat(), &mut labeled);
                labeled
            }
            None => line,
        }));
    }

    /// The reference of the batch that is open, or whose rest is swallowed.
    pub(crate) fn drafted(&self) -> Option<&[u8]> {
        Some(&self.draft.as_ref()?.reference)
    }

    /// The label whose answer comes when the open batch ends.
    pub(crate) fn drafted_label(&self) -> Option<&[u8]> {
        self.draft.as_ref()?.words.as_ref()?.label.as_deref()
    }
}

impl Words {
    /// Takes one more line.
    fn add(&mut self, name: &str, message: &Message<'_>, limits: Multiline) -> Result<(), Fault> {
        let kind = match name {
            "PRIVMSG" => SayKind::Message,
            "NOTICE" => SayKind::Notice,
            _ => return Err(Fault::plain("Only PRIVMSG and NOTICE have lines")),
        };
        if self.kind.is_some_and(|first| first != kind) {
            return Err(Fault::plain("PRIVMSG and NOTICE do not mix"));
        }
        let (Some(target), Some(text)) = (message.param(0), message.param(1)) else {
            return Err(Fault::plain("A line has a target and a text"));
        };
        if !target.eq_ignore_ascii_case(&self.target) {
            let both = vec![self.target.clone(), target.to_vec()];
            return Err(Fault("MULTILINE_INVALID_TARGET", both, "All lines go to the target of the batch"));
        }
        let joined = message.tags.is_some_and(|tags| tags.value(CONCAT).is_some());
        if joined && text.is_empty() {
            return Err(Fault::plain("A blank line can't continue another"));
        }
        let end = usize::from(!joined && !self.lines.is_empty());
        self.bytes += end + text.len();
        let limit = |limit: usize| vec![limit.to_string().into_bytes()];
        if self.bytes > limits.max_bytes {
            return Err(Fault("MULTILINE_MAX_BYTES", limit(limits.max_bytes), "The message is too long"));
        }
        if self.lines.len() >= limits.max_lines {
            return Err(Fault("MULTILINE_MAX_LINES", limit(limits.max_lines), "Too many lines"));
        }
        self.kind = Some(kind);
        self.lines.push(SayLine { text: Text::new(text), joined });
        Ok(())
    }

    /// The whole message.
    fn speech(self, kind: SayKind) -> Speech {
        let mut text = Vec::with_capacity(self.bytes);
        for (at, line) in self.lines.iter().enumerate() {
            if at > 0 && !line.joined {
                text.push(b'\n');
            }
            text.extend_from_slice(line.text.as_bytes());
        }
        let name = if kind == SayKind::Notice { "NOTICE" } else { "PRIVMSG" };
        Speech {
            kind,
            // Of several lines, the longest counts.
            fit: Some(MAX_BODY - name.len() - 5),
            text: Text::new(text),
            lines: (self.lines.len() > 1).then(|| Arc::from(self.lines)),
            tags: self.tags,
            lasts: true,
        }
    }
}
