//! Labels: one labeled thing for each labeled line (IRCv3 labeled-response; `conformance` section 12). A
//! thing is a line, or a whole batch.
//!
//! ```text
//!           first thing          second thing                   done
//! Empty ──────────────▶ One ─────────────────▶ Batch (streams) ──────▶ BATCH -ref
//!   │ done: ACK           │ done: that thing, labeled
//! ```

use super::batch::{bound, inside, tagged};
use super::line::Line;

/// A connection answers one line at a time, so one reference is enough.
const BATCH_TAG: &[u8] = b"batch=1";

/// Whether lines have their label already: they answer an earlier line than the present one.
pub fn is_labeled(lines: &[u8]) -> bool {
    lines.starts_with(b"@label=")
}

/// The answer to a labeled line, as far as it has come.
#[derive(Debug)]
pub struct Label {
    label: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    Empty,
    One {
        /// The one thing of the answer so far.
        thing: Vec<u8>,
        /// Whether it is a batch that has not ended.
        open: bool,
        /// What came behind it without being part of the answer.
        behind: Vec<u8>,
    },
    /// Lines go out as they come, in a batch.
    Batch,
}

impl Label {
    /// A label, as it was written in the tag.
    pub fn new(label: Vec<u8>) -> Self {
        Self { label, state: State::Empty }
    }

    /// The label, as it was written in the tag, of a line whose answer comes later.
    pub fn into_text(self) -> Vec<u8> {
        self.label
    }

    /// Takes lines that belong to the answer.
    pub fn answer(&mut self, server: &str, lines: &[u8], out: &mut Vec<u8>) {
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            match &mut self.state {
                State::Empty => {
                    let open = bound(line) == Some(b'+');
                    self.state = State::One { thing: line.to_vec(), open, behind: Vec::new() };
                }
                State::One { thing, open, .. } if *open => {
                    thing.extend_from_slice(line);
                    *open = bound(line) != Some(b'-');
                }
                State::One { thing, behind, .. } => {
                    out.extend_from_slice(b"@label=");
                    out.extend_from_slice(&self.label);
                    out.push(b' ');
                    Line::from(out, server, "BATCH").word("+1").word("labeled-response").end();
                    inside(thing, BATCH_TAG, out);
                    inside(line, BATCH_TAG, out);
                    out.append(behind);
                    self.state = State::Batch;
                }
                State::Batch => inside(line, BATCH_TAG, out),
            }
        }
    }

    /// Takes lines that do not belong to the answer, and may not overtake it.
    pub fn other(&mut self, lines: &[u8], out: &mut Vec<u8>) {
        match &mut self.state {
            State::One { behind, .. } => behind.extend_from_slice(lines),
            _ => out.extend_from_slice(lines),
        }
    }

    /// The answer is complete.
    pub fn done(self, server: &str, out: &mut Vec<u8>) {
        let label = [b"label=".as_slice(), &self.label].concat();
        match self.state {
            State::Empty => {
                out.push(b'@');
                out.extend_from_slice(&label);
                out.push(b' ');
                Line::from(out, server, "ACK").end();
            }
            State::One { thing, behind, .. } => {
                tagged(&thing, &label, out);
                out.extend_from_slice(&behind);
            }
            State::Batch => Line::from(out, server, "BATCH").word("-1").end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(lines: &[&str]) -> String {
        let mut label = Label::new(b"x".to_vec());
        let mut out = Vec::new();
        for line in lines {
            label.answer("s", line.as_bytes(), &mut out);
        }
        label.other(b"other\r\n", &mut out);
        label.done("s", &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn nothing_is_acknowledged() {
        assert_eq!(answer(&[]), "other\r\n@label=x :s ACK\r\n");
    }

    #[test]
    fn one_line_carries_the_label_and_is_not_overtaken() {
        assert_eq!(answer(&["@time=t :s 421\r\n"]), "@label=x;time=t :s 421\r\nother\r\n");
    }

    #[test]
    fn several_lines_are_a_batch_that_carries_the_label() {
        assert_eq!(
            answer(&[":s 1\r\n@t=u :s 2\r\n", ":s 3\r\n"]),
            "@label=x :s BATCH +1 labeled-response\r\n@batch=1 :s 1\r\n@batch=1;t=u :s 2\r\n\
             @batch=1 :s 3\r\nother\r\n:s BATCH -1\r\n"
        );
    }

    const HISTORY: [&str; 4] = [
        ":s BATCH +2 chathistory #c\r\n@batch=2 :a!b@c BATCH +m draft/multiline #c\r\n",
        "@batch=m :a!b@c PRIVMSG #c :x\r\n",
        "@batch=2 :a!b@c BATCH -m\r\n@batch=2;time=t :a!b@c PRIVMSG #c :BATCH -2\r\n",
        ":s BATCH -2\r\n",
    ];

    #[test]
    fn a_batch_that_is_the_whole_answer_carries_the_label_on_its_first_line() {
        let labeled = HISTORY.concat().replacen(":s BATCH", "@label=x :s BATCH", 1);
        assert_eq!(answer(&HISTORY), labeled + "other\r\n");
    }

    #[test]
    fn a_batch_among_other_lines_is_nested() {
        let nested = HISTORY.concat().replace(":s BATCH", "@batch=1 :s BATCH");
        assert_eq!(
            answer(&[&HISTORY.concat(), ":s 301\r\n"]),
            format!(
                "@label=x :s BATCH +1 labeled-response\r\n{nested}@batch=1 :s 301\r\nother\r\n:s BATCH -1\r\n"
            )
        );
    }
}
