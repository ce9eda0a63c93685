//! Whole conversations from any bytes: sessions of the text dialects, and of IRC, around one real hub,
//! without sockets. What each peer is sent is read closely, and what one says is followed to everyone
//! else. Shared by the property tests, the fuzz target and the tests of single exchanges.
//!
//! ```text
//! script = world LF *(step LF)
//! world  = *OCTET           ; see `World`: `lpagti` is a seat in each dialect
//! step   = seat what rest
//! seat   = %x30-37          ; a digit: everything before has been dealt with
//!        / OCTET            ; another: it happens together with what was before
//! what   = ":"              ; it sends the rest in one frame
//!        / SP               ; its user types the rest
//!        / "p"              ; it sends a packet: a type as digit, name, "=", text
//!        / "@"              ; it sends a datagram to the virtual user whose seat is the digit
//!        / "~"              ; it is silent for a moment
//!        / "."              ; it has sent its last
//!        / "x"              ; its connection is gone
//!        / "v"              ; its secret has been checked
//!        / "n"              ; the server tells it something
//!        / "r"              ; the settings are read again
//! ```
//!
//! In the rest, `\n`, `\r`, `\0`, `\\` and `\xNN` stand for bytes, and braces for parentheses: what is in
//! braces are marks of the trial's own.

mod ear;
mod ledger;
mod memory;
mod seat;
mod stage;
mod typing;
mod world;

pub use stage::Stage;

use super::{Finding, lines, told};

/// Plays a script, and watches everything that must stay true. Every sequence of bytes is a script.
///
/// # Errors
/// What did not stay true, and after which step.
pub fn trial(script: &[u8]) -> Finding {
    let mut steps = lines(script);
    let mut stage = Stage::new(steps.next().unwrap_or_default())?;
    for step in steps {
        let [seat, what, rest @ ..] = step else { continue };
        stage.step(*seat, *what, &unescaped(rest)).map_err(|finding| told(&finding, step))?;
    }
    stage.finish().map_err(|finding| told(&finding, b"(the end)"))
}

/// What dialects need to know of a server for trials, with this for those that are text.
pub fn settings(text: crate::text::Settings) -> crate::Settings {
    crate::Settings { text: text.into(), ..world::World::new(b"").dialects() }
}

/// The bytes that a rest stands for.
pub fn unescaped(rest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rest.len());
    let mut left = rest;
    while let [byte, behind @ ..] = left {
        left = behind;
        let (byte, behind) = match (byte, behind) {
            (b'\\', [b'n', behind @ ..]) => (b'\n', behind),
            (b'\\', [b'r', behind @ ..]) => (b'\r', behind),
            (b'\\', [b'0', behind @ ..]) => (0, behind),
            (b'\\', [b'x', high, low, behind @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, behind),
                _ => (b'x', left),
            },
            (b'\\', [byte, behind @ ..]) => (*byte, behind),
            (byte, _) => (*byte, left),
        };
        left = behind;
        bytes.push(match byte {
            b'{' => b'(',
            b'}' => b')',
            byte => byte,
        });
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
