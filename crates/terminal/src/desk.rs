//! Where the user sits: the keyboard and the screen, or two pipes.
//!
//! On a terminal a thread of its own edits lines, with history, and what is shown meanwhile goes above the
//! line being typed. A line is read only when it is asked for, so that a pipe is not read faster than
//! what comes from it can be sent.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor, ExternalPrinter};

use crate::event::{Event, Events, queue};
use crate::signals;

/// A place to read lines from and to show things at.
pub struct Desk {
    /// Where prompts are put to ask for a line; one at a time, so there is always room.
    asking: SyncSender<String>,
    screen: Screen,
    events: Receiver<Event>,
    sender: Events,
    interactive: bool,
    before: Option<Termios>,
}

enum Screen {
    /// Above the line being typed.
    Above(Box<dyn ExternalPrinter + Send>),
    /// Line after line.
    Plain(Box<dyn Write + Send>),
}

impl Desk {
    /// Standard input and output. Ctrl-C becomes an event there.
    ///
    /// # Errors
    /// Signals can't be caught.
    pub fn standard() -> io::Result<Self> {
        let desk = Self::without_signals();
        signals::watch(desk.sender.clone(), desk.before.clone())?;
        Ok(desk)
    }

    /// Standard input and output, in a program that deals with signals itself.
    pub fn without_signals() -> Self {
        let (sender, events) = queue();
        let before = tcgetattr(io::stdin()).ok();
        let interactive = io::stdin().is_terminal() && io::stdout().is_terminal();
        let edited = if interactive { edit_lines(sender.clone()) } else { None };
        let (asking, screen) = match edited {
            Some((asking, printer)) => (asking, Screen::Above(printer)),
            None => {
                let asking = read_lines(io::BufReader::new(io::stdin()), sender.clone());
                (asking, Screen::Plain(Box::new(io::stdout())))
            }
        };
        Self { asking, screen, events, sender, interactive, before }
    }

    /// Lines out of, and what is shown into, anything; as a person's desk or as a pipe.
    pub fn of(
        input: impl BufRead + Send + 'static,
        output: impl Write + Send + 'static,
        interactive: bool,
    ) -> Self {
        let (sender, events) = queue();
        let asking = read_lines(input, sender.clone());
        Self { asking, screen: Screen::Plain(Box::new(output)), events, sender, interactive, before: None }
    }

    /// Whether a person sits there.
    pub fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Asks for one line.
    pub fn ask(&self, prompt: &str) {
        // Full: one is asked for already. Closed: the last one has been read.
        let _ = self.asking.try_send(prompt.to_owned());
    }

    /// Shows a line, or several.
    ///
    /// # Errors
    /// Nobody can see it: most likely the reader of a pipe has gone.
    pub fn show(&mut self, text: &str) -> io::Result<()> {
        match &mut self.screen {
            Screen::Above(printer) => printer.print(format!("{text}\n")).map_err(io::Error::other),
            Screen::Plain(output) => writeln!(output, "{text}").and_then(|()| output.flush()),
        }
    }

    /// Waits for what happens next; none if nothing does until `deadline`.
    pub fn next(&self, deadline: Option<Instant>) -> Option<Event> {
        let received = match deadline {
            None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => self.events.recv_timeout(at.saturating_duration_since(Instant::now())),
        };
        received.ok()
    }

    /// Where other threads put events.
    pub fn events(&self) -> Events {
        self.sender.clone()
    }
}

impl Drop for Desk {
    /// The line being edited is given up, and the terminal is as it was.
    fn drop(&mut self) {
        if let (Screen::Above(_), Some(before)) = (&self.screen, &self.before) {
            let _ = tcsetattr(io::stdin(), OptionalActions::Drain, before);
            let _ = io::stdout().write_all(b"\r\x1b[K").and_then(|()| io::stdout().flush());
        }
    }
}

type Edited = (SyncSender<String>, Box<dyn ExternalPrinter + Send>);

/// Starts the editing thread; none if this terminal can't be edited on.
fn edit_lines(events: Events) -> Option<Edited> {
    let (asking, asked) = sync_channel::<String>(1);
    // One printer comes back, or none.
    let (give, take) = sync_channel(1);
    thread::spawn(move || {
        let config = Config::builder().auto_add_history(true).build();
        let Ok(mut editor) = DefaultEditor::with_config(config) else { return };
        let Ok(printer) = editor.create_external_printer() else { return };
        let printer: Box<dyn ExternalPrinter + Send> = Box::new(printer);
        if give.send(printer).is_err() {
            return;
        }
        while let Ok(prompt) = asked.recv() {
            let (event, more) = match editor.readline(&prompt) {
                Ok(line) => (Event::Line(line), true),
                Err(ReadlineError::Interrupted) => {
                    signals::expect_no_second();
                    (Event::Interrupted, false)
                }
                Err(_) => (Event::InputEnded, false),
            };
            if events.send(event).is_err() || !more {
                return;
            }
        }
    });
    take.recv().ok().map(|printer| (asking, printer))
}

/// Starts a thread that reads lines as they are.
fn read_lines(mut input: impl BufRead + Send + 'static, events: Events) -> SyncSender<String> {
    let (asking, asked) = sync_channel::<String>(1);
    thread::spawn(move || {
        while asked.recv().is_ok() {
            let mut line = Vec::new();
            let event = match input.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => Event::InputEnded,
                Ok(_) => Event::Line(text_of(&line)),
            };
            let ended = matches!(event, Event::InputEnded);
            if events.send(event).is_err() || ended {
                return;
            }
        }
    });
    asking
}

fn text_of(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}
