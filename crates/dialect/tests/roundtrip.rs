//! Reading and writing undo each other: lines, tags, and the values of tags.

use dialect::irc::{DecodeError, MAX_PARAMS, Message, Tags, escape, unescape};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// The parts of a message, owned.
#[derive(Clone, Debug)]
struct Parts {
    tags: Option<Vec<u8>>,
    source: Option<Vec<u8>>,
    command: Vec<u8>,
    params: Vec<Vec<u8>>,
    trailing: Option<Vec<u8>>,
}

impl Parts {
    fn message(&self) -> Message<'_> {
        Message {
            tags: self.tags.as_deref().map(Tags),
            source: self.source.as_deref(),
            command: &self.command,
            params: self.params.iter().chain(&self.trailing).map(Vec::as_slice).collect(),
            trailing: self.trailing.is_some(),
        }
    }
}

/// A byte, more often one that means something.
fn byte() -> impl Strategy<Value = u8> {
    let special = proptest::sample::select(&b" :;@=+,\\\0\r\n"[..]);
    prop_oneof![3 => any::<u8>(), 2 => special, 2 => b'a'..=b'c']
}

/// Bytes of a line, of which these are not.
fn without(not: &'static [u8], least: usize) -> impl Strategy<Value = Vec<u8>> {
    let allowed = move |byte: &u8| !b"\0\r\n".contains(byte) && !not.contains(byte);
    vec(byte().prop_filter("it ends something", allowed), least..10)
}

fn unmarked(bytes: &[u8], marks: &[u8]) -> bool {
    bytes.first().is_some_and(|first| !marks.contains(first))
}

/// Every message that can be written down.
fn parts() -> impl Strategy<Value = Parts> {
    let param = without(b" ", 1).prop_filter("it is in the middle", |param| unmarked(param, b":"));
    let fields = (
        option::of(without(b" ", 0)),
        option::of(without(b" ", 0)),
        without(b" ", 1),
        vec(param, 0..MAX_PARAMS),
        option::of(without(b"", 0)),
    );
    let message = fields.prop_map(|(tags, source, command, params, trailing)| Parts {
        tags,
        source,
        command,
        params,
        trailing,
    });
    message.prop_filter("the command is not taken for what may stand before it", |parts| {
        match (&parts.tags, &parts.source) {
            (_, Some(_)) => true,
            (Some(_), None) => unmarked(&parts.command, b":"),
            (None, None) => unmarked(&parts.command, b":@"),
        }
    })
}

fn encoded(message: &Message<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    message.encode(&mut line);
    line
}

proptest! {
    #[test]
    fn a_message_that_is_written_is_read_the_same(parts in parts()) {
        let line = encoded(&parts.message());
        prop_assert_eq!(Message::decode(&line), Ok(parts.message()));
    }

    #[test]
    fn a_line_that_was_read_is_written_in_one_form(line in vec(byte(), 0..80)) {
        let once = Message::decode(&line).map(|message| encoded(&message)).unwrap_or_default();
        // What has no shape is not written at all, and nothing has no shape.
        let again = Message::decode(&once);
        prop_assert_eq!(&again, &Message::decode(&line).or(Err(DecodeError::NoCommand)));
        let twice = again.map(|message| encoded(&message)).unwrap_or_default();
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn a_value_survives_its_escapes(value in vec(byte(), 0..20)) {
        let written = escape(&value);
        prop_assert!(!written.iter().any(|byte| b"; \r\n".contains(byte)));
        prop_assert_eq!(unescape(&written), value);
    }

    #[test]
    fn what_was_written_oddly_means_the_same_when_written_well(written in vec(byte(), 0..20)) {
        let meant = unescape(&written);
        prop_assert_eq!(unescape(&escape(&meant)), meant);
    }

    #[test]
    fn client_only_tags_are_relayed_as_they_were_meant(tags in without(b" ", 0)) {
        let tags = Tags(&tags);
        let relayed = tags.client_only();
        prop_assert!(relayed.len() <= tags.0.len());
        let relayed = Tags(&relayed);
        prop_assert_eq!(&relayed.client_only()[..], relayed.0);
        for (key, _) in tags.iter() {
            let expected = tags.value(key).filter(|_| key.len() > 1 && key[0] == b'+');
            prop_assert_eq!(relayed.value(key), expected);
        }
    }
}
