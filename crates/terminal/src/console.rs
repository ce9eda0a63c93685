//! The console of a server: whoever started it talks in the lobby from its terminal, and sees the log go by
//! above the line being typed.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use client::visible;

use crate::desk::Desk;
use crate::error::Error;
use crate::event::{Event, Events, Heard};

const PROMPT: &str = "> ";
/// What bytes on the connection and lines of the log are numbered.
const TALK: u64 = 0;
const LOG: u64 = 1;

/// Where the log is written to, so that it stays clear of what is typed. May be cloned for each line.
#[derive(Clone)]
pub struct LogLines(Events);

/// The log's way to this desk.
pub fn log_lines(desk: &Desk) -> LogLines {
    LogLines(desk.events())
}

impl Write for LogLines {
    /// A log that nobody takes in time is dropped, rather than have the server wait for its terminal.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.try_send(Event::Heard(LOG, Heard::Bytes(bytes.to_vec())));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Talks over `stream` in lines, first of all to be called `name`, until the user leaves or the server ends.
/// Says whether it was the user.
///
/// # Errors
/// Nothing can be shown, or the connection can't be used.
pub fn console(stream: UnixStream, name: &str, mut desk: Desk) -> Result<bool, Error> {
    let broken = |error| Error::Here("the console broke", error);
    let mut server = stream.try_clone().map_err(broken)?;
    listen(stream, desk.events());
    writeln!(server, "/nick {name}").map_err(broken)?;
    let mut pending = Vec::new();
    desk.ask(PROMPT);
    loop {
        match desk.next(None) {
            Some(Event::Line(line)) => {
                writeln!(server, "{line}").map_err(broken)?;
                if line.trim() == "/quit" {
                    return Ok(true);
                }
                desk.ask(PROMPT);
            }
            // The server goes on when the words came out of a pipe; a person who leaves ends it.
            Some(Event::InputEnded) if !desk.is_interactive() => {}
            Some(Event::InputEnded | Event::Interrupted) | None => return Ok(true),
            Some(Event::Heard(LOG, Heard::Bytes(bytes))) => {
                let text = String::from_utf8_lossy(&bytes);
                desk.show(text.trim_end()).map_err(broken)?;
            }
            Some(Event::Heard(_, Heard::Bytes(bytes))) => {
                pending.extend_from_slice(&bytes);
                while let Some(end) = pending.iter().position(|&byte| byte == b'\n') {
                    let line: Vec<u8> = pending.drain(..=end).collect();
                    let line = String::from_utf8_lossy(&line);
                    desk.show(&visible(line.trim_end())).map_err(broken)?;
                }
            }
            Some(Event::Heard(_, Heard::End | Heard::Broken(_))) => return Ok(false),
            Some(_) => {}
        }
    }
}

/// Reads what comes from the server, on a thread of its own.
fn listen(mut stream: UnixStream, events: Events) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        loop {
            let heard = match stream.read(&mut buffer) {
                Ok(0) => Heard::End,
                Ok(count) => Heard::Bytes(buffer[..count].to_vec()),
                Err(error) => Heard::Broken(error),
            };
            let over = !matches!(heard, Heard::Bytes(_));
            if events.send(Event::Heard(TALK, heard)).is_err() || over {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Cursor};
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A screen that a test can look at.
    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_typed_goes_to_the_server_and_what_comes_is_shown_beside_the_log() {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let screen = Screen::default();
        let desk = Desk::of(Cursor::new(b"hello\n/quit\n".to_vec()), screen.clone(), true);
        log_lines(&desk).write_all(b"INFO a line of the log\n").expect("it is taken");
        let mut server = BufReader::new(theirs.try_clone().expect("a copy"));
        (&theirs).write_all(b"<ann> hi \x1b[2J\r\n").expect("written");
        let left = console(ours, "boss", desk).expect("it works");
        assert!(left);
        let mut lines = String::new();
        for _ in 0..3 {
            server.read_line(&mut lines).expect("a line");
        }
        assert_eq!(lines, "/nick boss\nhello\n/quit\n");
        let shown = String::from_utf8(screen.0.lock().expect("nobody panics").clone()).expect("text");
        assert!(shown.contains("INFO a line of the log\n"), "{shown:?}");
        assert!(!shown.contains('\x1b'), "{shown:?}");
    }
}
