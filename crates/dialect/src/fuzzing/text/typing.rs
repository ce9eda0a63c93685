//! How the programs of each dialect send what somebody types.

use crate::Dialect;
use crate::packet::wire::{Kind, Packet};
use crate::tagged::wire::Request;

/// The frames of one line. Its end is a pause, where that matters.
pub(super) fn frames(dialect: Dialect, line: &[u8]) -> Vec<Vec<u8>> {
    match dialect {
        Dialect::Irc => vec![[b"PRIVMSG #lobby :", line].concat()],
        Dialect::Line | Dialect::Plain | Dialect::Group => vec![line.to_vec()],
        Dialect::Tagged => {
            let mut frame = Vec::new();
            Request::send(0, line).encode(&mut frame);
            vec![frame]
        }
        Dialect::Packet => {
            let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
            words.map(|word| packet(Kind::Chat, b"whoever", word)).collect()
        }
    }
}

/// One packet.
pub(super) fn packet(kind: Kind, name: &[u8], text: &[u8]) -> Vec<u8> {
    Packet { kind, name, text }.encode().to_vec()
}

/// A line that is said, with a mark by which it is known again. What would make something else of it
/// does not stay in it.
pub(super) fn marked(dialect: Dialect, line: &[u8], mark: u32) -> Vec<u8> {
    let mut line: Vec<u8> = line.iter().copied().filter(|byte| !b"\r\n\0".contains(byte)).collect();
    let most = if matches!(dialect, Dialect::Irc | Dialect::Tagged) { 350 } else { 4000 };
    // Telnet's first byte takes the next one with it.
    line.retain(|&byte| dialect != Dialect::Line || byte != 255);
    line.truncate(most);
    let is = |what: &[u8]| dialect != Dialect::Irc && line.starts_with(what);
    let (slash, command) = (is(b"//"), is(b"/me ") || is(b"/msg "));
    // Every word is a line of its own there.
    if dialect == Dialect::Packet && !command {
        line.iter_mut()
            .skip(if slash { 2 } else { 0 })
            .filter(|byte| **byte == b'/')
            .for_each(|byte| *byte = b'.');
    }
    if !slash && !command {
        line.insert(0, b'.');
    }
    line.extend_from_slice(format!(" {{{mark}}}").as_bytes());
    line
}

/// The marks in what was heard, and how much of it is done with: the rest may be the beginning of one.
pub(super) fn marks(text: &str) -> (Vec<u32>, usize) {
    let (mut marks, mut at) = (Vec::new(), 0);
    while let Some(open) = text[at..].find('{').map(|open| at + open) {
        let inside = &text[open + 1..];
        let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
        match inside.as_bytes().get(digits) {
            None => return (marks, open),
            Some(b'}') => marks.extend(inside[..digits].parse::<u32>()),
            Some(_) => {}
        }
        at = open + 1;
    }
    (marks, text.len())
}
