//! Tags: `key[=value]` joined by `;`, with values escaped (IRCv3 message-tags).

use bytes::Bytes;

/// The tags of a line as they were written, without the `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tags<'a>(pub &'a [u8]);

impl<'a> Tags<'a> {
    /// Each key with its value, still escaped; an empty value equals none. In the order written.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.0.split(|&byte| byte == b';').filter(|tag| !tag.is_empty()).map(|tag| {
            match memchr::memchr(b'=', tag) {
                Some(at) => (&tag[..at], &tag[at + 1..]),
                None => (tag, &tag[..0]),
            }
        })
    }

    /// The value of a key, unescaped. Of a repeated key the last counts.
    pub fn value(self, key: &[u8]) -> Option<Vec<u8>> {
        self.iter().filter(|(name, _)| *name == key).last().map(|(_, value)| unescape(value))
    }

    /// The client-only tags (`+…`), to be relayed: the last of a repeated key, values escaped anew.
    pub fn client_only(self) -> Bytes {
        if !self.0.contains(&b'+') {
            return Bytes::new();
        }
        let mut kept: Vec<(&[u8], &[u8])> = Vec::new();
        for (key, value) in self.iter().filter(|(key, _)| key.len() > 1 && key[0] == b'+') {
            match kept.iter_mut().find(|(known, _)| *known == key) {
                Some(tag) => tag.1 = value,
                None => kept.push((key, value)),
            }
        }
        let mut out = Vec::with_capacity(self.0.len());
        for (key, value) in kept {
            separate(&mut out, 0);
            out.extend_from_slice(key);
            write_value(&unescape(value), &mut out);
        }
        Bytes::from(out)
    }
}

/// Appends the tags of an outgoing line, each as it is asked for, and the space behind them.
pub struct TagWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> TagWriter<'a> {
    /// Begins at the end of `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start }
    }

    /// Appends a tag.
    pub fn tag(&mut self, key: &str, value: &[u8]) {
        self.begin();
        self.out.extend_from_slice(key.as_bytes());
        write_value(value, self.out);
    }

    /// Appends a tag whose value needs no escape.
    pub fn tag_display(&mut self, key: &str, value: impl std::fmt::Display) {
        use std::io::Write;
        self.begin();
        write!(self.out, "{key}={value}").expect("writing to memory does not fail");
    }

    /// Appends tags that are encoded already.
    pub fn encoded(&mut self, tags: &[u8]) {
        if !tags.is_empty() {
            self.begin();
            self.out.extend_from_slice(tags);
        }
    }

    /// Ends the tags, if there were any.
    pub fn end(self) {
        if self.out.len() > self.start {
            self.out.push(b' ');
        }
    }

    fn begin(&mut self) {
        if self.out.len() == self.start {
            self.out.push(b'@');
        } else {
            self.out.push(b';');
        }
    }
}

fn separate(out: &mut Vec<u8>, start: usize) {
    if out.len() > start {
        out.push(b';');
    }
}

fn write_value(value: &[u8], out: &mut Vec<u8>) {
    if value.is_empty() {
        return;
    }
    out.push(b'=');
    for &byte in value {
        match byte {
            b';' => out.extend_from_slice(b"\\:"),
            b' ' => out.extend_from_slice(b"\\s"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\n' => out.extend_from_slice(b"\\n"),
            _ => out.push(byte),
        }
    }
}

/// A value as it was meant. A backslash before anything that needs no escape, or at the end, is
/// dropped.
pub fn unescape(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b':') => out.push(b';'),
            Some(b's') => out.push(b' '),
            Some(b'r') => out.push(b'\r'),
            Some(b'n') => out.push(b'\n'),
            Some(&other) => out.push(other),
            None => {}
        }
    }
    out
}

/// A value in the form it has on the wire.
pub fn escape(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    write_value(value, &mut out);
    if !out.is_empty() {
        out.remove(0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_message_tags() {
        let vectors: [(&[u8], &[u8]); 7] = [
            (br"a\:b", b"a;b"),
            (br"a\sb", b"a b"),
            (br"a\\b", br"a\b"),
            (br"a\r\nb", b"a\r\nb"),
            (br"a\b", b"ab"),
            (br"ab\", b"ab"),
            (br"\\\\:\\s", br"\\:\s"),
        ];
        for (written, meant) in vectors {
            assert_eq!(unescape(written), meant);
            assert_eq!(unescape(&escape(meant)), meant);
        }
    }

    #[test]
    fn of_a_repeated_key_the_last_counts() {
        let tags = Tags(b"+a=1;b;+a=2;+c=;label=x;;=odd");
        assert_eq!(tags.value(b"+a"), Some(b"2".to_vec()));
        assert_eq!(tags.value(b"b"), Some(Vec::new()));
        assert_eq!(tags.value(b"z"), None);
        assert_eq!(tags.client_only(), &b"+a=2;+c"[..]);
    }

    #[test]
    fn a_client_only_tag_keeps_the_value_that_was_meant() {
        assert_eq!(Tags(br"+a=x\yz\:\").client_only(), &br"+a=xyz\:"[..]);
    }
}
