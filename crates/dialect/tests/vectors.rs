//! The tables in `vectors`: each frame means what is written beside it, and each meaning is written as
//! the frame.

use dialect::irc::{Message, Tags, escape, unescape};
use serde::Deserialize;

/// One table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    vector: Vec<Vector>,
}

/// One row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    frame: Option<String>,
    /// The frame, when it is not UTF-8.
    hex: Option<String>,
    meaning: Option<Meaning>,
    error: Option<String>,
    encoded: Option<String>,
    client_only: Option<Octets>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meaning {
    tags: Option<Vec<(String, Octets)>>,
    source: Option<String>,
    command: String,
    #[serde(default)]
    params: Vec<Octets>,
    #[serde(default)]
    trailing: bool,
}

/// Bytes: as text if they are UTF-8.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Octets {
    Text(String),
    Bytes { hex: String },
}

impl Octets {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes { hex } => from_hex(hex),
        }
    }
}

impl Vector {
    fn frame(&self) -> Vec<u8> {
        match (&self.frame, &self.hex) {
            (Some(frame), None) => frame.clone().into_bytes(),
            (None, Some(hex)) => from_hex(hex),
            _ => panic!("a vector has one frame: {self:?}"),
        }
    }
}

#[test]
fn a_line_means_what_the_table_says() {
    for vector in table(include_str!("vectors/message.toml")) {
        check_decoding(&vector);
    }
}

#[test]
fn tags_mean_what_the_table_says() {
    for vector in table(include_str!("vectors/tags.toml")) {
        check_decoding(&vector);
        let frame = vector.frame();
        let tags = Message::decode(&frame).expect("a line").tags.expect("tags");
        let relayed = vector.client_only.as_ref().map(Octets::bytes).unwrap_or_default();
        assert_eq!(tags.client_only(), relayed, "{vector:?}");
    }
}

#[test]
fn a_meaning_is_written_as_the_table_says() {
    for vector in table(include_str!("vectors/encode.toml")) {
        let (frame, meaning) = (vector.frame(), vector.meaning.as_ref().expect("a meaning"));
        let tags = meaning.tags.as_ref().map(|tags| written(tags));
        let params: Vec<Vec<u8>> = meaning.params.iter().map(Octets::bytes).collect();
        let message = Message {
            tags: tags.as_deref().map(Tags),
            source: meaning.source.as_deref().map(str::as_bytes),
            command: meaning.command.as_bytes(),
            params: params.iter().map(Vec::as_slice).collect(),
            trailing: meaning.trailing,
        };
        assert_eq!(encoded(&message), frame, "{vector:?}");
        assert_eq!(Message::decode(&frame).as_ref(), Ok(&message), "{vector:?}");
    }
}

#[test]
fn every_vector_has_a_source() {
    let tables = [
        include_str!("vectors/message.toml"),
        include_str!("vectors/tags.toml"),
        include_str!("vectors/encode.toml"),
    ];
    assert!(tables.into_iter().flat_map(table).all(|vector| !vector.source.is_empty()));
}

fn check_decoding(vector: &Vector) {
    let frame = vector.frame();
    let (message, meaning) = match (Message::decode(&frame), &vector.meaning) {
        (Ok(message), Some(meaning)) => (message, meaning),
        (Err(error), None) => return assert_eq!(Some(format!("{error:?}")), vector.error, "{vector:?}"),
        (decoded, _) => panic!("{decoded:?} is not {vector:?}"),
    };
    assert_eq!(message.source, meaning.source.as_deref().map(str::as_bytes), "{vector:?}");
    assert_eq!(message.command, meaning.command.as_bytes(), "{vector:?}");
    let params: Vec<Vec<u8>> = meaning.params.iter().map(Octets::bytes).collect();
    assert_eq!(message.params.as_slice(), params, "{vector:?}");
    assert_eq!(message.trailing, meaning.trailing, "{vector:?}");
    assert_eq!(message.tags.is_some(), meaning.tags.is_some(), "{vector:?}");
    if let (Some(tags), Some(meant)) = (message.tags, &meaning.tags) {
        check_tags(tags, meant, vector);
    }
    let again = vector.encoded.as_ref().map_or(frame.clone(), |line| line.clone().into_bytes());
    assert_eq!(encoded(&message), again, "{vector:?}");
}

/// Every key has the value that was meant, and there is no other key.
fn check_tags(tags: Tags<'_>, meant: &[(String, Octets)], vector: &Vector) {
    for (key, value) in meant {
        assert_eq!(tags.value(key.as_bytes()), Some(value.bytes()), "{key} of {vector:?}");
    }
    // What has no key (`=odd`, `;;`) is no tag.
    for (key, value) in tags.iter().filter(|(key, _)| !key.is_empty()) {
        assert!(meant.iter().any(|(known, _)| known.as_bytes() == key), "{key:?} in {vector:?}");
        assert_eq!(unescape(&escape(&unescape(value))), unescape(value), "{vector:?}");
    }
}

fn written(tags: &[(String, Octets)]) -> Vec<u8> {
    let tags = tags.iter().map(|(key, value)| match escape(&value.bytes()) {
        value if value.is_empty() => key.clone().into_bytes(),
        value => [key.as_bytes(), b"=", &value].concat(),
    });
    tags.collect::<Vec<_>>().join(&b';')
}

fn encoded(message: &Message<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    message.encode(&mut line);
    line
}

fn from_hex(hex: &str) -> Vec<u8> {
    hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).expect("two digits")).collect()
}

fn table(text: &str) -> Vec<Vector> {
    toml::from_str::<Table>(text).expect("a table of vectors").vector
}
