//! `saloon passwd`: a password in, its hash out.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{bail, ensure};

use crate::terminal;

/// A password no line of any dialect could carry is a mistake, such as a whole file in the pipe.
const MAX_BYTES: u64 = 4096;

/// Asks for a password, or reads one line from a pipe, and prints its hash.
pub fn run() -> anyhow::Result<()> {
    let hash = server::password::hash(&read()?)?;
    writeln!(io::stdout(), "{hash}")?;
    Ok(())
}

/// Asks for a password twice on a terminal, or reads one line from a pipe.
pub fn read() -> anyhow::Result<Vec<u8>> {
    let password = if io::stdin().is_terminal() { ask_twice()? } else { read_line(io::stdin().lock())? };
    ensure!(!password.is_empty(), "an empty password would be none; nothing was done");
    Ok(password)
}

fn ask_twice() -> anyhow::Result<Vec<u8>> {
    let first = terminal::ask("Password: ")?;
    let second = terminal::ask("Once more: ")?;
    if first != second {
        bail!("the two were not the same; nothing was done");
    }
    Ok(first)
}

/// The first line, without its end.
fn read_line(input: impl BufRead) -> anyhow::Result<Vec<u8>> {
    let mut line = Vec::new();
    input.take(MAX_BYTES + 2).read_until(b'\n', &mut line)?;
    for end in [b'\n', b'\r'] {
        if line.last() == Some(&end) {
            line.pop();
        }
    }
    ensure!(line.len() as u64 <= MAX_BYTES, "a password has at most {MAX_BYTES} bytes");
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_line_does_not_belong_to_the_password() {
        for input in ["secret", "secret\n", "secret\r\n", "secret\nmore\n"] {
            assert_eq!(read_line(input.as_bytes()).expect("a line"), b"secret", "{input:?}");
        }
        assert_eq!(read_line(" a b \n".as_bytes()).expect("a line"), b" a b ");
    }

    #[test]
    fn a_line_without_end_is_refused() {
        assert!(read_line([b'x'; 5000].as_slice()).is_err());
    }
}
