//! The shape of a read.

use std::net::SocketAddrV4;

pub use super::markup::guard_markup;
use crate::plain::wire::c_string;

/// Who a user is to the others: the address and port it connects from.
pub type Ident = SocketAddrV4;

const ONLINE: &[u8] = b" is online\n";
const LEFT: &[u8] = b"a user left\n";
const OFFLINE: &[u8] = b" is offline\n";
const FROM: &[u8] = b"from ";
const FULL: &[u8] = b"too many users\n";
/// `255.255.255.255:65535`.
const LONGEST_IDENT: usize = 21;

/// What a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerUnit<'a> {
    /// A user has come, or is here.
    Online(Ident),
    /// A user has gone.
    Offline(Ident),
    /// Somebody says something, perhaps the reader itself.
    Chat {
        /// Who.
        from: Ident,
        /// What.
        text: &'a [u8],
    },
    /// There is no place for the reader.
    Full,
    /// Anything else: what a server of another kind says, or the rest of a text.
    Other(&'a [u8]),
}

impl<'a> ServerUnit<'a> {
    /// Appends the unit, without NULs.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Online(who) => write(out, &[who.to_string().as_bytes(), ONLINE]),
            Self::Offline(who) => write(out, &[LEFT, who.to_string().as_bytes(), OFFLINE]),
            Self::Chat { from, text } => write(out, &[FROM, from.to_string().as_bytes(), b": ", text]),
            Self::Full => write(out, &[FULL]),
            Self::Other(text) => write(out, &[text]),
        }
    }

    /// The units of one read; usually it is one. A chat has no end: it goes on up to an online or
    /// offline unit, or to any unit that stands behind a LF. So what somebody types on one line is
    /// never taken for somebody else's chat.
    pub fn decode(read: &'a [u8]) -> impl Iterator<Item = Self> {
        let mut left = c_string(read);
        std::iter::from_fn(move || {
            loop {
                let (unit, rest) = first(left)?;
                left = rest;
                if unit != Self::Other(b"") {
                    return Some(unit);
                }
            }
        })
    }
}

/// The port at which a user is reached in private, by datagrams. None behind the last port: such a
/// user can't be reached.
pub fn private_port(tcp_port: u16) -> Option<u16> {
    tcp_port.checked_add(1)
}

/// Appends the parts, without NULs.
fn write(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend(part.iter().filter(|&&byte| byte != 0));
    }
}

/// The first unit, and what stands behind it; none at the end.
fn first(bytes: &[u8]) -> Option<(ServerUnit<'_>, &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    if let Some(found) = notice(bytes) {
        return Some(found);
    }
    let head = chat_head(bytes);
    let (text, from) = head.map_or((bytes, None), |(from, text)| (text, Some(from)));
    let (text, rest) = text.split_at(end_of_text(text));
    let text = if rest.is_empty() { text } else { text.strip_suffix(b"\n").unwrap_or(text) };
    let unit = from.map_or(ServerUnit::Other(text), |from| ServerUnit::Chat { from, text });
    Some((unit, rest))
}

/// A unit that has an end.
fn notice(bytes: &[u8]) -> Option<(ServerUnit<'_>, &[u8])> {
    if let Some(rest) = bytes.strip_prefix(FULL) {
        return Some((ServerUnit::Full, rest));
    }
    let left = bytes.strip_prefix(LEFT);
    let (who, rest) = ident(left.unwrap_or(bytes))?;
    match left {
        Some(_) => Some((ServerUnit::Offline(who), rest.strip_prefix(OFFLINE)?)),
        None => Some((ServerUnit::Online(who), rest.strip_prefix(ONLINE)?)),
    }
}

/// Who says the text that follows.
fn chat_head(bytes: &[u8]) -> Option<(Ident, &[u8])> {
    let (from, rest) = ident(bytes.strip_prefix(FROM)?)?;
    Some((from, rest.strip_prefix(b": ")?))
}

/// The address at the beginning, and what stands behind it.
fn ident(bytes: &[u8]) -> Option<(Ident, &[u8])> {
    let belongs = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.' || **byte == b':';
    let address = bytes.iter().take(LONGEST_IDENT).take_while(belongs).count();
    // A chat has a colon behind the port, too.
    let address = bytes[..address].strip_suffix(b":").unwrap_or(&bytes[..address]);
    let ident = std::str::from_utf8(address).ok()?.parse().ok()?;
    Some((ident, &bytes[address.len()..]))
}

/// Where a text ends: where a unit begins that can be told from it.
fn end_of_text(text: &[u8]) -> usize {
    let begin = |lf: usize| {
        let behind = lf + 1;
        let chat = chat_head(&text[behind..]).map(|_| behind);
        notice_begin(&text[..behind]).or(chat)
    };
    memchr::memchr_iter(b'\n', text).find_map(begin).unwrap_or(text.len())
}

/// Where the unit begins that these bytes end with.
fn notice_begin(bytes: &[u8]) -> Option<usize> {
    if let Some(before) = bytes.strip_suffix(ONLINE) {
        return ident_begin(before);
    }
    if let Some(before) = bytes.strip_suffix(OFFLINE) {
        let at = ident_begin(before)?;
        return before[..at].strip_suffix(LEFT).map(<[u8]>::len);
    }
    bytes.strip_suffix(FULL).map(<[u8]>::len)
}

/// Where the longest address begins that these bytes end with.
fn ident_begin(bytes: &[u8]) -> Option<usize> {
    let whole = |at: &usize| ident(&bytes[*at..]).is_some_and(|(_, rest)| rest.is_empty());
    (bytes.len().saturating_sub(LONGEST_IDENT)..bytes.len()).find(whole)
}
