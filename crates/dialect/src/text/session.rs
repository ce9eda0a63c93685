//! The session of every text dialect: the person and its encoding, and what the dialect makes of them.

use std::sync::Arc;

use hub::{Cause, Timestamp};

use super::{Note, Person, Variant, farewell};
use crate::charset::Reader;
use crate::{Busy, Delivery, Dialect, Output, Rendering, Session, Verdict};

/// Milliseconds to wait for the rest of a character that was cut.
pub(crate) const MOMENT: u32 = 200;

/// What every text dialect has of its peer.
#[derive(Debug)]
pub(crate) struct Base {
    pub person: Person,
    pub reader: Reader,
    variant: Variant,
}

impl Base {
    /// How the peer is told things now.
    pub fn variant(&self) -> Variant {
        Variant { charset: self.reader.charset(), rooms: self.person.names_rooms(), ..self.variant }
    }

    /// The text of some bytes, with nothing held back.
    pub fn read_all(&mut self, bytes: &[u8]) -> String {
        let mut text = self.reader.read(bytes);
        text.push_str(&self.reader.flush());
        text
    }

    /// Takes what was held back of a character that will not come any more.
    pub fn flush(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        let rest = self.reader.flush();
        self.person.typed_lines(now, &rest, outputs);
    }
}

/// How a dialect spells what people type and what they are told. What most of them do alike is given.
pub(crate) trait Spelling: std::fmt::Debug + Send {
    /// Which dialect it is.
    const DIALECT: Dialect;

    /// Appends a note as all peers with this variant are told it.
    fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>);

    /// See [`Session::open`].
    fn open(&mut self, base: &mut Base, outputs: &mut Vec<Output>) {
        base.person.arrive(None, outputs);
    }

    /// See [`Session::receive`].
    fn receive(&mut self, base: &mut Base, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>);

    /// See [`Session::patience`].
    fn patience(&self, base: &Base) -> Option<u32> {
        base.reader.pending().then_some(MOMENT)
    }

    /// See [`Session::silence`].
    fn silence(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) {
        base.flush(now, outputs);
    }

    /// See [`Session::ended`].
    fn ended(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        base.flush(now, outputs);
        0
    }

    /// See [`Session::private`].
    fn private(&mut self, _base: &mut Base, _seat: u16, _bytes: &[u8], _outputs: &mut Vec<Output>) {}

    /// See [`Session::deliver`]. What one did oneself is known, and what the server says is told.
    fn deliver(
        &mut self,
        base: &mut Base,
        delivery: Delivery<'_>,
        bytes: &mut Vec<u8>,
        outputs: &mut Vec<Output>,
    ) {
        let variant = base.variant();
        base.person.deliver(delivery, outputs, &mut |note, own| {
            if !own || matches!(note, Note::Info(_)) {
                Self::tell(variant, &note, bytes);
            }
        });
    }

    /// Appends words of the server's own.
    fn notice(&mut self, base: &Base, text: &str, bytes: &mut Vec<u8>) {
        Self::tell(base.variant(), &Note::Info(text.into()), bytes);
    }

    /// See [`Session::farewell`]. Who leaves of itself needs no reason.
    fn farewell(&mut self, base: &Base, cause: &Cause, bytes: &mut Vec<u8>) {
        if !matches!(cause, Cause::Quit(_) | Cause::ConnectionClosed) {
            self.notice(base, &farewell(cause), bytes);
        }
    }
}

/// One peer's conversation in a text dialect.
#[derive(Debug)]
pub(crate) struct TextSession<S> {
    base: Base,
    spelling: S,
}

impl<S: Spelling> TextSession<S> {
    /// The conversation with someone who has just come.
    pub fn new(person: Person, reader: Reader, variant: Variant, spelling: S) -> Self {
        Self { base: Base { person, reader, variant }, spelling }
    }
}

impl<S: Spelling> Session for TextSession<S> {
    fn open(&mut self, _now: Timestamp, outputs: &mut Vec<Output>) {
        self.spelling.open(&mut self.base, outputs);
    }

    fn receive(&mut self, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        self.spelling.receive(&mut self.base, now, frame, outputs);
    }

    fn deliver(&mut self, delivery: Delivery<'_>, bytes: &mut Vec<u8>, outputs: &mut Vec<Output>) {
        self.spelling.deliver(&mut self.base, delivery, bytes, outputs);
    }

    fn verdict(&mut self, verdict: Verdict, outputs: &mut Vec<Output>) {
        self.base.person.verdict(verdict, outputs);
    }

    fn patience(&self) -> Option<u32> {
        self.spelling.patience(&self.base)
    }

    fn silence(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        self.spelling.silence(&mut self.base, now, outputs);
    }

    fn ended(&mut self, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        self.spelling.ended(&mut self.base, now, outputs)
    }

    fn private(&mut self, seat: u16, bytes: &[u8], outputs: &mut Vec<Output>) {
        self.spelling.private(&mut self.base, seat, bytes, outputs);
    }

    fn notice(&mut self, text: &str, bytes: &mut Vec<u8>) {
        self.spelling.notice(&self.base, text, bytes);
    }

    fn busy(&self) -> Busy {
        if self.base.person.is_checking() { Busy::Check } else { Busy::No }
    }

    fn resume(&mut self, _outputs: &mut Vec<Output>) {}

    fn rendering(&self) -> Rendering {
        self.base.variant().rendering(S::DIALECT)
    }

    fn registered(&self) -> bool {
        self.base.person.is_here()
    }

    fn ping(&mut self, _bytes: &mut Vec<u8>) {}

    fn farewell(&mut self, cause: &Cause, bytes: &mut Vec<u8>) {
        self.spelling.farewell(&self.base, cause, bytes);
    }

    fn reconfigure(&mut self, settings: &crate::Settings) {
        self.base.person.reconfigure(&Arc::clone(&settings.text));
    }
}
