//! The shape of a line: what was read is written in one form, which is read the same; and values of
//! tags keep their meaning.

#![no_main]

use dialect::irc::{MAX_PARAMS, Message, Tags, escape, unescape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    assert_eq!(unescape(&escape(line)), line, "a value does not survive its escapes");
    let Ok(once) = Message::decode(line).map(|message| encoded(&message)) else { return };
    let message = Message::decode(&once).expect("what was written has a shape");
    assert_eq!(Message::decode(line).as_ref(), Ok(&message));
    assert_eq!(encoded(&message), once);
    assert!(message.params.len() <= MAX_PARAMS);
    if let Some(tags) = message.tags {
        relayed_as_meant(tags);
    }
});

fn encoded(message: &Message<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    message.encode(&mut line);
    line
}

fn relayed_as_meant(tags: Tags<'_>) {
    let relayed = tags.client_only();
    assert!(relayed.len() <= tags.0.len(), "tags grow");
    for (key, _) in tags.iter() {
        let expected = tags.value(key).filter(|_| key.len() > 1 && key[0] == b'+');
        assert_eq!(Tags(&relayed).value(key), expected);
    }
}
