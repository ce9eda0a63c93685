//! Units: what must leave in one write, or as one datagram, because the peer takes one read for one message.
//!
//! Sessions and renderers append bytes to one buffer. Where these are units, each stands behind its length
//! there, so that the server can take them apart again. A dialect that is a stream of lines needs none of it.

/// Bytes of the length in front of a unit.
const HEAD: usize = 4;

/// Appends a unit; an empty one is none, because nothing can be read of it.
pub fn push(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; HEAD]);
    write(bytes);
    let length = bytes.len() - start - HEAD;
    if length == 0 {
        return bytes.truncate(start);
    }
    let length = u32::try_from(length).expect("a unit is at most some kilobytes");
    bytes[start..start + HEAD].copy_from_slice(&length.to_le_bytes());
}

/// The units of what was appended; all of it as one if they are not `framed`.
pub fn split(bytes: &[u8], framed: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if !framed {
            let whole = std::mem::take(&mut rest);
            return (!whole.is_empty()).then_some(whole);
        }
        let (head, behind) = rest.split_first_chunk::<HEAD>()?;
        let (unit, behind) = behind.split_at(u32::from_le_bytes(*head) as usize);
        rest = behind;
        Some(unit)
    })
}

/// The first unit of what was appended, and how many bytes it takes up there.
pub fn first(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
    let length = u32::from_le_bytes(*head) as usize;
    Some((rest.get(..length)?, HEAD + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_apart_as_they_were_put_together() {
        let mut bytes = Vec::new();
        for unit in [&b"one"[..], b"", b"\0\0\0\0two"] {
            push(&mut bytes, |out| out.extend_from_slice(unit));
        }
        assert_eq!(split(&bytes, true).collect::<Vec<_>>(), [&b"one"[..], b"\0\0\0\0two"]);
        assert_eq!(first(&bytes), Some((&b"one"[..], 7)));
        assert_eq!((first(&bytes[..6]), first(&bytes[..3])), (None, None));
    }

    #[test]
    fn a_stream_is_one_unit_if_it_is_not_empty() {
        assert_eq!(split(b"a\r\nb\r\n", false).collect::<Vec<_>>(), [b"a\r\nb\r\n"]);
        assert_eq!(split(b"", false).count(), 0);
    }
}
