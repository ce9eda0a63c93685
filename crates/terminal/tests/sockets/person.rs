//! Somebody at a desk: types lines, and sees what is shown.

use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use client::Words;
use terminal::{Desk, Error, Options};

/// How long anything may take on a machine that has a lot to do.
pub const LONG: Duration = Duration::from_secs(60);

/// Somebody at a desk.
pub struct Person {
    keys: Option<Sender<String>>,
    shown: Shown,
    program: JoinHandle<Result<(), Error>>,
}

impl Person {
    /// Chats on a terminal.
    pub fn chats(url: &str) -> Self {
        Self::at(options(url), terminal::chat, true)
    }

    /// Waits for somebody to chat with.
    pub fn waits(url: &str) -> Self {
        Self::at(Options { listen: true, ..options(url) }, terminal::chat, true)
    }

    /// Chats in a pipe that stays open.
    pub fn pipes(url: &str) -> Self {
        Self::at(options(url), terminal::chat, false)
    }

    /// Chooses from the menu.
    pub fn chooses(url: &str) -> Self {
        Self::at(options(url), terminal::menu, true)
    }

    fn at(options: Options, program: fn(Options, Desk) -> Result<(), Error>, interactive: bool) -> Self {
        let (keys, typed) = channel();
        let shown = Shown::default();
        let desk = Desk::of(BufReader::new(Keys { typed, rest: Vec::new() }), shown.clone(), interactive);
        Self { keys: Some(keys), shown, program: thread::spawn(move || program(options, desk)) }
    }

    /// Types a line.
    pub fn types(&self, line: &str) {
        let keys = self.keys.as_ref().expect("the input has not ended");
        keys.send(format!("{line}\n")).expect("somebody reads it");
    }

    /// Types Ctrl-D, or closes the pipe.
    pub fn ends_input(&mut self) {
        self.keys = None;
    }

    /// Waits until this is on the screen.
    pub fn sees(&self, text: &str) {
        self.shown.wait(text);
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.shown.text()
    }

    /// Whether the program has ended.
    pub fn is_over(&self) -> bool {
        self.program.is_finished()
    }

    /// Waits for the end while the input goes on.
    pub fn ends_by_itself(self) -> (Result<(), Error>, String) {
        (self.program.join().expect("no panic"), self.shown.text())
    }

    /// Ends the input, and waits for the end.
    pub fn ends(mut self) -> (Result<(), Error>, String) {
        self.keys = None;
        (self.program.join().expect("no panic"), self.shown.text())
    }
}

/// `echo … | saloon chat URL`
pub fn echo(lines: &str, url: &str) -> (Result<(), Error>, String) {
    let person = Person::pipes(url);
    lines.lines().for_each(|line| person.types(line));
    person.ends()
}

pub fn options(url: &str) -> Options {
    let url: client::Url = url.parse().expect("a URL");
    Options { url, name: "ann".into(), words: Words::default(), insecure: false, listen: false }
}

/// A keyboard.
struct Keys {
    typed: Receiver<String>,
    rest: Vec<u8>,
}

impl Read for Keys {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.rest = self.typed.recv().map(String::into_bytes).unwrap_or_default();
        }
        let length = self.rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

/// A screen.
#[derive(Clone, Default)]
struct Shown(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Shown {
    fn text(&self) -> String {
        let bytes = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn wait(&self, text: &str) {
        let bytes = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = |bytes: &mut Vec<u8>| !String::from_utf8_lossy(bytes).contains(text);
        let waited = self.0.1.wait_timeout_while(bytes, LONG, missing);
        let (bytes, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "no `{text}` in\n{}", String::from_utf8_lossy(&bytes));
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        self.0.1.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
