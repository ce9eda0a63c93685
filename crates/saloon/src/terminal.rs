//! Asking for a secret on a terminal: nothing that is typed is shown.

use std::io::{self, BufRead, Write};

use anyhow::bail;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const CTRL_U: u8 = 21;
const BACKSPACE: [u8; 2] = [8, 127];

/// Shows a question and reads the answer from standard input, which must be a terminal.
pub fn ask(question: &str) -> anyhow::Result<Vec<u8>> {
    let quiet = Quiet::begin()?;
    eprint!("{question}");
    io::stderr().flush()?;
    let answer = edit(io::stdin().lock());
    drop(quiet);
    eprintln!();
    answer
}

/// Reads key by key until Enter. Keys arrive singly because of [`Quiet`], Ctrl-C among them, so
/// that leaving in the middle does not leave the terminal mute.
fn edit(input: impl BufRead) -> anyhow::Result<Vec<u8>> {
    let mut answer = Vec::new();
    for key in input.bytes() {
        match key? {
            b'\n' | b'\r' => return Ok(answer),
            CTRL_C => bail!("interrupted; nothing was done"),
            CTRL_D if answer.is_empty() => break,
            CTRL_D => return Ok(answer),
            CTRL_U => answer.clear(),
            key if BACKSPACE.contains(&key) => erase_character(&mut answer),
            key => answer.push(key),
        }
    }
    bail!("no password was given")
}

/// Takes the last character away, which in UTF-8 may be several bytes.
fn erase_character(answer: &mut Vec<u8>) {
    while let Some(byte) = answer.pop() {
        if byte & 0b1100_0000 != 0b1000_0000 {
            return;
        }
    }
}

/// The terminal shows nothing and passes every key on, until this is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // There is nobody to tell; the shell sets its terminal up again anyway.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_edited_as_in_a_shell() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"abc\r", b"abc"),
            (b"abx\x7fc\n", b"abc"),
            ("aé\u{7f}b\n".as_bytes(), b"ab"),
            (b"wrong\x15right\n", b"right"),
            (b"\x7f\x08a\x04", b"a"),
        ];
        for (keys, answer) in cases {
            assert_eq!(edit(keys).expect("an answer"), answer);
        }
    }

    #[test]
    fn leaving_in_the_middle_gives_no_password() {
        for keys in [b"abc\x03".as_slice(), b"\x04", b"abc"] {
            assert!(edit(keys).is_err());
        }
    }
}
