//! The conversation with a `plain` client.

use std::sync::Arc;

use hub::{Cause, Timestamp};

use super::wire::{self, ServerUnit, c_string};
use crate::charset::{Charset, Reader};
use crate::split::{clean, split};
use crate::text::{Note, Person, Variant, came_by};
use crate::{Busy, Delivery, Dialect, Output, Rendering, Session, Verdict, unit};

/// Milliseconds to wait for the rest of a character, or for the end behind `…exit;`.
const MOMENT: u32 = 200;

/// One client.
pub(crate) struct PlainSession {
    person: Person,
    reader: Reader,
    variant: Variant,
    /// A read that ends in `exit;`: a farewell if the connection ends now, and words otherwise.
    doubtful: Option<Vec<u8>>,
}

impl PlainSession {
    /// The conversation with someone who has just come.
    pub fn new(person: Person, reader: Reader, variant: Variant) -> Self {
        Self { person, reader, variant, doubtful: None }
    }

    fn variant(&self) -> Variant {
        Variant { charset: self.reader.charset(), rooms: self.person.names_rooms(), ..self.variant }
    }

    fn said(&mut self, now: Timestamp, bytes: &[u8], outputs: &mut Vec<Output>) {
        let text = self.reader.read(bytes);
        self.person.typed_lines(now, &clean_lines(&text), outputs);
    }
}

/// Without control characters, but for the ends of lines.
fn clean_lines(text: &str) -> String {
    text.split('\n').map(|line| clean(line, &['\t'])).collect::<Vec<_>>().join("\n")
}

/// Appends a note: nothing about who comes and goes by this dialect, as the original does.
pub(crate) fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
    match note {
        Note::Said { who, text, action: false, .. } if came_by("plain", who) && !variant.rooms => {
            let addr = variant.address("plain", who);
            for piece in split(text, ServerUnit::room(*addr.ip(), addr.port()), variant.charset) {
                let text = variant.charset.encode(piece);
                let relay = ServerUnit::Relay { ip: *addr.ip(), port: addr.port(), text: &text };
                unit::push(bytes, |out| relay.encode(out));
            }
        }
        Note::Joined { who, .. } | Note::Left { who, .. } | Note::Renamed { who, .. }
            if came_by("plain", who) => {}
        Note::Present { .. } | Note::Topic { .. } => {}
        note => say(variant.charset, &note.words(variant.rooms), bytes),
    }
}

fn say(charset: Charset, text: &str, bytes: &mut Vec<u8>) {
    for piece in split(&clean(text, &['\t']), wire::MOST, charset) {
        unit::push(bytes, |out| out.extend_from_slice(&charset.encode(piece)));
    }
}

impl Session for PlainSession {
    fn open(&mut self, _now: Timestamp, outputs: &mut Vec<Output>) {
        self.person.arrive(None, outputs);
    }

    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        if let Some(held) = self.doubtful.take() {
            self.said(now, &held, outputs);
        }
        let text = c_string(frame);
        match text.strip_suffix(wire::EXIT) {
            Some([]) => self.person.quit(None, outputs),
            Some(_) => self.doubtful = Some(text.to_vec()),
            None => self.said(now, text, outputs),
        }
    }

    fn patience(&self) -> Option<u32> {
        (self.doubtful.is_some() || self.reader.pending()).then_some(MOMENT)
    }

    fn silence(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        if let Some(held) = self.doubtful.take() {
            self.said(now, &held, outputs);
        }
        let rest = self.reader.flush();
        self.person.typed_lines(now, &rest, outputs);
    }

    fn ended(&mut self, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        if let Some(held) = self.doubtful.take() {
            let text = held.strip_suffix(wire::EXIT).unwrap_or(&held);
            self.said(now, text, outputs);
        }
        let rest = self.reader.flush();
        self.person.typed_lines(now, &rest, outputs);
        0
    }

    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        let variant = self.variant();
        self.person.deliver(delivery, outputs, &mut |note, own| match note {
            Note::Info(_) => tell(variant, &note, bytes),
            _ if own => {}
            note => tell(variant, &note, bytes),
        });
    }

    fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        self.person.verdict(&verdict, outputs);
    }

    fn notice(&mut self, text: &str, bytes: &mut Vec<u8>) {
        tell(self.variant(), &Note::Info(text.into()), bytes);
    }

    fn busy(&self) -> Busy {
        if self.person.is_checking() { Busy::Check } else { Busy::No }
    }

    fn resume(&mut self, _outputs: &mut Vec<Output>) {}

    fn rendering(&self) -> Rendering {
        Rendering { dialect: Dialect::Plain, features: self.variant().bits() }
    }

    fn registered(&self) -> bool {
        self.person.is_here()
    }

    fn ping(&mut self, _bytes: &mut Vec<u8>) {}

    /// Nothing else makes an unmodified client end.
    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>) {
        if !matches!(cause, Cause::Quit(_) | Cause::ConnectionClosed) {
            say(self.variant().charset, &format!("-- {}", crate::text::farewell(cause)), bytes);
        }
        unit::push(bytes, |out| ServerUnit::Exit.encode(out));
    }

    fn reconfigure(&mut self, settings: &crate::Settings) {
        self.person.reconfigure(&Arc::clone(&settings.text));
    }
}
