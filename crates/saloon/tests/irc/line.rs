//! One line from the server, read without the server's own code, and patterns for such lines.

use std::collections::BTreeMap;
use std::fmt;

/// The name of the server under test.
pub const SERVER: &str = "irc.example.org";

/// A line in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub raw: String,
    pub tags: BTreeMap<String, String>,
    pub tagged: bool,
    pub source: Option<String>,
    pub command: String,
    pub params: Vec<String>,
}

impl Line {
    /// Reads a line without its end.
    pub fn parse(raw: &str) -> Self {
        let (tags, rest) = match raw.strip_prefix('@') {
            Some(rest) => rest.split_once(' ').unwrap_or((rest, "")),
            None => ("", raw),
        };
        let (source, rest) = match rest.strip_prefix(':') {
            Some(rest) => {
                let (source, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                (Some(source.to_owned()), rest)
            }
            None => (None, rest),
        };
        let (words, trailing) = match rest.split_once(" :") {
            Some((words, trailing)) => (words, Some(trailing)),
            None => (rest, None),
        };
        let mut words = words.split(' ').map(str::to_owned);
        let command = words.next().unwrap_or_default();
        Self {
            raw: raw.to_owned(),
            tagged: raw.starts_with('@'),
            tags: tags.split(';').filter(|tag| !tag.is_empty()).map(tag).collect(),
            source,
            command,
            params: words.chain(trailing.map(str::to_owned)).collect(),
        }
    }

    /// The value of a tag that must be there.
    #[track_caller]
    pub fn tag(&self, key: &str) -> &str {
        self.tags.get(key).unwrap_or_else(|| panic!("no tag {key}: {self}"))
    }

    /// The last parameter.
    #[track_caller]
    pub fn text(&self) -> &str {
        self.params.last().unwrap_or_else(|| panic!("no parameter: {self}"))
    }

    /// Whether the line looks like a pattern: a line in which `…` stands for anything, a missing source
    /// for the server, and missing tags for whatever tags there are.
    pub fn matches(&self, pattern: &str) -> bool {
        let wanted = Self::parse(pattern);
        let source = wanted.source.as_deref().unwrap_or(SERVER);
        let tags = !wanted.tagged
            || self.tags.len() == wanted.tags.len()
                && self.tags.iter().zip(&wanted.tags).all(|(a, b)| a.0 == b.0 && fits(b.1, a.1));
        tags && fits(source, self.source.as_deref().unwrap_or_default())
            && self.command == wanted.command
            && self.params.len() == wanted.params.len()
            && self.params.iter().zip(&wanted.params).all(|(param, pattern)| fits(pattern, param))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.raw)
    }
}

/// A tag as it was meant.
fn tag(written: &str) -> (String, String) {
    let (key, value) = written.split_once('=').unwrap_or((written, ""));
    let mut meant = String::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(':') => meant.push(';'),
                Some('s') => meant.push(' '),
                Some('r') => meant.push('\r'),
                Some('n') => meant.push('\n'),
                other => meant.extend(other),
            },
            letter => meant.push(letter),
        }
    }
    (key.to_owned(), meant)
}

/// Whether a text is like a pattern, in which `…` is any run of characters.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('…') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| fits(rest, &text[at..]))
        }),
    }
}

#[test]
fn lines_are_read_and_compared() {
    let line = Line::parse(r"@a=x\sy;b :foo!u@h PRIVMSG #c :hi there");
    assert_eq!((line.tag("a"), line.tag("b"), line.text()), ("x y", "", "hi there"));
    assert!(line.matches(":foo!…@… PRIVMSG #c :hi …") && line.matches("@a=…;b :… PRIVMSG #c :hi there"));
    assert!(!line.matches(":foo!… PRIVMSG #c") && !line.matches("@b :… PRIVMSG #c :hi there"));
    assert!(Line::parse(&format!(":{SERVER} 401 foo bar :x")).matches("401 foo bar :…"));
}
