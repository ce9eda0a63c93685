//! The conversation with a `plain` client.

use hub::{Cause, Timestamp};

use super::wire::{self, ServerUnit, c_string};
use crate::charset::Charset;
use crate::split::{clean, split, split_old};
use crate::text::{Base, MOMENT, Note, Spelling, Variant, came_by};
use crate::veil::Veiled;
use crate::{Dialect, Output, unit};

/// One client.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    /// A read that ends in `exit;`: a farewell if the connection ends now, and words otherwise.
    doubtful: Option<Veiled<Vec<u8>>>,
}

fn said(base: &mut Base, now: Timestamp, bytes: &[u8], outputs: &mut Vec<Output>) {
    let text = base.reader.read(bytes);
    base.person.typed_lines(now, &clean_lines(&text), outputs);
}

/// Without control characters, but for the ends of lines.
fn clean_lines(text: &str) -> String {
    text.split('\n').map(|line| clean(line, &['\t'])).collect::<Vec<_>>().join("\n")
}

fn say(charset: Charset, text: &str, bytes: &mut Vec<u8>) {
    for piece in split(&clean(text, &['\t']), wire::MOST, charset) {
        // The end of a long text may be `exit;`, which only looks like a farewell then.
        unit::push(bytes, |out| ServerUnit::Text(&charset.encode(piece)).encode(out));
    }
}

impl Spelling for Plain {
    const DIALECT: Dialect = Dialect::Plain;

    /// Nothing about who comes and goes by this dialect, as the original does.
    fn tell(variant: Variant, note: &Note<'_>, bytes: &mut Vec<u8>) {
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
            Note::Old { time, words } => {
                for piece in split_old(time, &clean(words, &['\t']), wire::MOST, variant.charset) {
                    unit::push(bytes, |out| ServerUnit::Text(&variant.charset.encode(&piece)).encode(out));
                }
            }
            Note::Present { .. } | Note::Topic { .. } => {}
            note => say(variant.charset, &note.words(variant.rooms), bytes),
        }
    }

    fn receive(&mut self, base: &mut Base, now: Timestamp, frame: &[u8], outputs: &mut Vec<Output>) {
        if let Some(held) = self.doubtful.take() {
            said(base, now, &held, outputs);
        }
        let text = c_string(frame);
        match text.strip_suffix(wire::EXIT) {
            Some([]) => base.person.quit(None, outputs),
            Some(_) => self.doubtful = Some(Veiled(text.to_vec())),
            None => said(base, now, text, outputs),
        }
    }

    fn patience(&self, base: &Base) -> Option<u32> {
        (self.doubtful.is_some() || base.reader.pending()).then_some(MOMENT)
    }

    fn silence(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) {
        if let Some(held) = self.doubtful.take() {
            said(base, now, &held, outputs);
        }
        base.flush(now, outputs);
    }

    fn ended(&mut self, base: &mut Base, now: Timestamp, outputs: &mut Vec<Output>) -> u32 {
        if let Some(held) = self.doubtful.take() {
            let text = held.strip_suffix(wire::EXIT).unwrap_or(&held);
            said(base, now, text, outputs);
        }
        base.flush(now, outputs);
        0
    }

    /// Nothing else makes an unmodified client end.
    fn farewell(&mut self, base: &Base, cause: &Cause, bytes: &mut Vec<u8>) {
        if !matches!(cause, Cause::Quit(_) | Cause::ConnectionClosed) {
            self.notice(base, &crate::text::farewell(cause), bytes);
        }
        unit::push(bytes, |out| ServerUnit::Exit.encode(out));
    }
}
