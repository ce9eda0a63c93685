//! What is wrong with a configuration: the key, the place, and what to write instead.
//!
//! The message never repeats a text that was given where something else was expected, because it
//! might be a password that ended up under the wrong key.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::suggest::suggest;

/// A configuration that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    file: Option<PathBuf>,
    position: Option<Position>,
    key: Option<String>,
    message: String,
}

/// Line and column in the file, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    line: usize,
    column: usize,
}

impl ConfigError {
    /// The setting that is wrong, as in `server.timeouts.ping`, when it is one setting.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The line of the file, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.position.map(|position| position.line)
    }

    /// The column in that line, from 1, in characters.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.position.map(|position| position.column)
    }

    /// What is wrong and what is expected, without key and place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: None, position: None, key: Some(key.into()), message: message.into() }
    }

    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        let message = format!("cannot be read: {error}");
        Self { file: Some(file.into()), position: None, key: None, message }
    }

    pub(super) fn in_file(self, file: &Path) -> Self {
        Self { file: Some(file.into()), ..self }
    }

    /// Finds where the key, or what it belongs to, stands in the text.
    pub(super) fn locate(self, text: &str) -> Self {
        let places = places(text);
        let mut key = self.key.as_deref().unwrap_or_default();
        let place = loop {
            if let Some(place) = places.iter().find(|place| place.key == key) {
                break Some(place);
            }
            match key.rfind(['.', '[']) {
                Some(end) => key = &key[..end],
                None => break None,
            }
        };
        let position = place.map(|place| Position::of(text, place.name.start));
        Self { position, ..self }
    }

    /// Words a TOML or serde error for people.
    pub(super) fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let span = error.span();
        let position = span.clone().map(|span| Position::of(text, span.start));
        let mut key = span.and_then(|span| key_at(text, &span));
        let message = error.message();
        if let Some(missing) = quoted(message, "missing field `") {
            key = Some(key.map_or(missing.to_owned(), |key| format!("{key}.{missing}")));
        }
        Self { file: None, position, key, message: reword(message) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        let place = self.position.map(|Position { line, column }| format!("line {line}, column {column}"));
        let place: Vec<_> = [file, place].into_iter().flatten().collect();
        let parts = [Some(place.join(", ")), self.key.clone(), Some(self.message.clone())];
        let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        f.write_str(&parts.join(": "))
    }
}

impl Position {
    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// A key of the file with where its name and its value stand.
struct Place {
    key: String,
    name: Range<usize>,
    value: Range<usize>,
}

/// The innermost key whose name or value covers the span.
fn key_at(text: &str, span: &Range<usize>) -> Option<String> {
    let covers = |range: &Range<usize>| range.start <= span.start && span.end <= range.end;
    let width = |place: &Place| {
        [&place.name, &place.value].into_iter().filter(|range| covers(range)).map(|range| range.len()).min()
    };
    let found = places(text).into_iter().filter_map(|place| width(&place).map(|width| (width, place)));
    // Of equally narrow ones the last is the innermost, since a table comes before what is in it.
    let innermost = found.reduce(|best, next| if next.0 <= best.0 { next } else { best });
    innermost.map(|(_, place)| place.key)
}

/// Every key of a text, tables before what is in them; nothing if the text is not TOML.
fn places(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    if let Ok(table) = DeTable::parse(text) {
        walk(table.get_ref(), "", &mut places);
    }
    places
}

fn walk(table: &DeTable<'_>, prefix: &str, places: &mut Vec<Place>) {
    for (name, value) in table {
        let dot = if prefix.is_empty() { "" } else { "." };
        let key = format!("{prefix}{dot}{}", name.get_ref());
        note(key, name.span(), value, places);
    }
}

fn note(key: String, name: Range<usize>, value: &Spanned<DeValue<'_>>, places: &mut Vec<Place>) {
    places.push(Place { key: key.clone(), name, value: value.span() });
    match value.get_ref() {
        DeValue::Table(inner) => walk(inner, &key, places),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                note(format!("{key}[{index}]"), item.span(), item, places);
            }
        }
        _ => {}
    }
}

/// Says what serde says, in the words of the file.
fn reword(message: &str) -> String {
    if let Some(unknown) = quoted(message, "unknown field `") {
        return no_such_setting(unknown, message);
    }
    if message.starts_with("missing field `") {
        return "is missing, and has no default".into();
    }
    let wrong = ["invalid type: ", "invalid value: ", "invalid length "];
    let Some(rest) = wrong.iter().find_map(|start| message.strip_prefix(start)) else {
        return message.to_owned();
    };
    match rest.rsplit_once(", expected ") {
        Some((found, expected)) => format!("expected {}, found {}", in_words(expected), kind_of(found)),
        None => "has the wrong type".into(),
    }
}

fn no_such_setting(unknown: &str, message: &str) -> String {
    let known: Vec<_> = message.split('`').skip(3).step_by(2).collect();
    match suggest(unknown, known.iter().copied()) {
        Some(near) => format!("there is no such setting; did you mean \"{near}\"?"),
        None if known.is_empty() => "there is no such setting".into(),
        None => format!("there is no such setting; here are {}", known.join(", ")),
    }
}

fn in_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a string" => "text in quotes",
        "a sequence" => "a list in brackets",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, not negative",
        "a map" => "a section with settings",
        other if other.starts_with("struct ") => "a section with settings",
        other => other,
    }
}

/// The kind of a value that was found: numbers as they are, never a text.
fn kind_of(found: &str) -> String {
    let kind = found.split([' ', '`', '"']).next().unwrap_or_default();
    match kind {
        "string" => "text".into(),
        "map" => "a section".into(),
        "sequence" => "a list".into(),
        "integer" | "boolean" | "floating" => found.split('`').nth(1).unwrap_or(kind).into(),
        _ => "something else".into(),
    }
}

/// What stands between the start and the next backquote.
fn quoted<'m>(message: &'m str, start: &str) -> Option<&'m str> {
    message.strip_prefix(start)?.split('`').next()
}
