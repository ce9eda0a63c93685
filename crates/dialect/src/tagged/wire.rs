//! The shape of requests and replies.

use std::net::{Ipv4Addr, SocketAddrV4};

use memchr::memmem;

pub use super::requests::Requests;
use crate::packet::wire::cut;

/// How long a send request is, and a reply to `time` in its long form.
pub const BLOCK: usize = 1024;
/// Most bytes of a reply of another kind: a client reads 1024, and wants a NUL behind them.
pub const MOST: usize = 1023;
/// Most bytes of text in a send request.
pub const MOST_TEXT: usize = 1013;
/// Most bytes of a host name.
pub const MOST_NAME: usize = 99;

/// The first words of requests.
pub(super) const WORDS: [&[u8; WORD]; 4] = [b"time", b"name", b"list", SEND];
pub(super) const SEND: &[u8; WORD] = b"send";
pub(super) const WORD: usize = 4;
/// Most characters that are kept of what stands in the place of an id.
const MOST_WRITTEN: usize = 32;

const GREETING: &[u8] = b"Reply Message From Server!";
const TIME: &[u8] = b"TIME";
const NAME: &[u8] = b"NAME";
const LIST: &[u8] = b"LIST";
const SENT: &[u8] = b"SEND";
const SAYS: &[u8] = b" Sent A Message To You: ";
/// More than any address takes up, with its words.
const LONGEST_HEAD: usize = 128;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// The time.
    Time,
    /// The name of the server.
    Name,
    /// Who is connected.
    List,
    /// To say something to somebody.
    Send {
        /// To whom; none if what is written is no id.
        id: Option<u32>,
        /// The id as written, made printable; the first 32 characters of it.
        written: String,
        /// What, up to the end.
        text: Vec<u8>,
    },
}

impl Request {
    /// Says something to somebody.
    pub fn send(id: u32, text: &[u8]) -> Self {
        Self::Send { id: Some(id), written: id.to_string(), text: text.to_vec() }
    }

    /// Appends the request. A send is 1024 bytes: white space before the text goes, its end stands at
    /// a NUL or LF in it or at [`Request::room`], and zeros follow.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Time => out.extend_from_slice(WORDS[0]),
            Self::Name => out.extend_from_slice(WORDS[1]),
            Self::List => out.extend_from_slice(WORDS[2]),
            Self::Send { id, written, text } => {
                let begin = out.len();
                let id = id.map_or_else(|| written.clone(), |id| id.to_string());
                out.extend_from_slice(format!("send#{id}#").as_bytes());
                let text = text.trim_ascii_start();
                let text = &text[..memchr::memchr2(0, b'\n', text).unwrap_or(text.len())];
                let room = MOST_TEXT.min((BLOCK - 1).saturating_sub(out.len() - begin));
                out.extend_from_slice(cut(text, room));
                out.resize(begin + BLOCK, 0);
            }
        }
    }

    /// Most bytes of text to this id.
    pub fn room(id: u32) -> usize {
        MOST_TEXT.min(BLOCK - 1 - format!("send#{id}#").len())
    }

    /// Reads what stands behind `send`, up to where it ends.
    pub(super) fn decode_send(rest: &[u8]) -> Self {
        let rest = rest.strip_prefix(b"#").unwrap_or(rest);
        let end = memchr::memchr(b'#', rest).unwrap_or(rest.len());
        let (written, text) = rest.split_at(end);
        let text = text.strip_prefix(b"#").unwrap_or_default();
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let written = String::from_utf8_lossy(written);
        let printable = written.trim().chars().filter(|char| !char.is_control());
        let written: String = printable.take(MOST_WRITTEN).collect();
        Self::Send { id: number(&written), written, text: text.to_vec() }
    }
}

/// What a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply<'a> {
    /// Once, at the beginning.
    Greeting,
    /// The time.
    Time {
        /// As by [`ctime`], without LF.
        text: &'a [u8],
        /// Whether it is 1024 bytes long, as from the old servers. The other form is shown the same.
        long: bool,
    },
    /// The name of the server.
    Name(&'a [u8]),
    /// One of those who are connected.
    List {
        /// What it is addressed by.
        id: u32,
        /// Where it connects from.
        addr: SocketAddrV4,
    },
    /// Somebody says something to the reader.
    Sent {
        /// Who.
        id: u32,
        /// Where that one connects from.
        addr: SocketAddrV4,
        /// What.
        text: &'a [u8],
    },
    /// Anything else.
    Other(&'a [u8]),
}

impl<'a> Reply<'a> {
    /// Appends the reply, which goes out with one send. What is too long is cut between characters of
    /// UTF-8; NULs are left out.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        match self {
            Self::Greeting => out.extend_from_slice(GREETING),
            Self::Time { text, long } => {
                write(out, MOST, &[TIME, text, b"\n"]);
                if *long {
                    out.resize(begin + BLOCK, 0);
                }
            }
            Self::Name(host) => write(out, MOST, &[NAME, cut(host, MOST_NAME)]),
            Self::List { id, addr } => {
                let line = format!("ID : {id}, Address : {}, Port : {}\n", addr.ip(), addr.port());
                write(out, MOST, &[LIST, line.as_bytes()]);
            }
            Self::Sent { id, addr, text } => write(out, MOST, &[sent_head(*id, *addr).as_bytes(), text]),
            Self::Other(text) => write(out, MOST, &[text]),
        }
    }

    /// Most bytes of text of a [`Reply::Sent`] from this user.
    pub fn room(id: u32, addr: SocketAddrV4) -> usize {
        MOST - sent_head(id, addr).len()
    }

    /// The replies of one read; usually it is one. NULs are what is left of a long one. What somebody
    /// says goes on up to a NUL, or to a LF with a reply behind it.
    pub fn decode(read: &'a [u8]) -> impl Iterator<Item = Self> {
        let mut left = read;
        let mut listing = false;
        std::iter::from_fn(move || {
            let (reply, rest) = first(left, listing)?;
            listing = matches!(reply, Self::List { .. });
            left = rest;
            Some(reply)
        })
    }
}

/// A time as programs in C write it, without LF: `Fri Nov 20 20:37:14 2026`.
pub fn ctime(time: jiff::civil::DateTime) -> String {
    time.strftime("%a %b %e %H:%M:%S %Y").to_string()
}

fn sent_head(id: u32, addr: SocketAddrV4) -> String {
    format!("SENDID: {id}, Address: {}, Port: {} Sent A Message To You: ", addr.ip(), addr.port())
}

/// Appends the parts, at most so many bytes, without NULs.
fn write(out: &mut Vec<u8>, most: usize, parts: &[&[u8]]) {
    let begin = out.len();
    for part in parts {
        out.extend(part.iter().filter(|&&byte| byte != 0));
    }
    let kept = cut(&out[begin..], most).len();
    out.truncate(begin + kept);
}

/// The first reply, and what stands behind it; none at the end. In a table, lines after the first
/// have no tag.
fn first(bytes: &[u8], listing: bool) -> Option<(Reply<'_>, &[u8])> {
    let nuls = bytes.iter().take_while(|&&byte| byte == 0).count();
    let bytes = &bytes[nuls..];
    if bytes.is_empty() {
        return None;
    }
    if let Some(rest) = bytes.strip_prefix(GREETING) {
        return Some((Reply::Greeting, rest.strip_prefix(b"\n").unwrap_or(rest)));
    }
    let known = time(bytes).or_else(|| list(bytes.strip_prefix(LIST)?)).or_else(|| sent(bytes));
    let known = known.or_else(|| list(bytes).filter(|_| listing)).or_else(|| name(bytes));
    known.or_else(|| {
        let (text, rest) = text(bytes);
        Some((Reply::Other(text), rest))
    })
}

fn time(bytes: &[u8]) -> Option<(Reply<'_>, &[u8])> {
    let behind = bytes.strip_prefix(TIME)?;
    let end = memchr::memchr2(0, b'\n', behind).unwrap_or(behind.len());
    let rest = behind[end..].strip_prefix(b"\n").unwrap_or(&behind[end..]);
    Some((Reply::Time { text: &behind[..end], long: rest.first() == Some(&0) }, rest))
}

fn name(bytes: &[u8]) -> Option<(Reply<'_>, &[u8])> {
    let behind = bytes.strip_prefix(NAME)?;
    let (host, rest) = text(behind);
    match (1..host.len().min(MOST_NAME)).find(|&at| begins(&host[at..])) {
        Some(end) => Some((Reply::Name(&host[..end]), &behind[end..])),
        None => Some((Reply::Name(host.strip_suffix(b"\n").unwrap_or(host)), rest)),
    }
}

/// A line of the list, behind its tag.
fn list(line: &[u8]) -> Option<(Reply<'_>, &[u8])> {
    let end = memchr::memchr(b'\n', near(line))?;
    let (id, ip, port) = who(&line[..end], [b"ID : ", b", Address : ", b", Port : "])?;
    let addr = SocketAddrV4::new(ip, u16::try_from(number(port)?).ok()?);
    Some((Reply::List { id, addr }, &line[end + 1..]))
}

fn sent(bytes: &[u8]) -> Option<(Reply<'_>, &[u8])> {
    let behind = bytes.strip_prefix(SENT)?;
    let end = memmem::find(near(behind), SAYS)?;
    let (id, ip, port) = who(&behind[..end], [b"ID: ", b", Address: ", b", Port: "])?;
    let addr = SocketAddrV4::new(ip, u16::try_from(number(port)?).ok()?);
    let (text, rest) = text(&behind[end + SAYS.len()..]);
    Some((Reply::Sent { id, addr, text }, rest))
}

/// The id, address and port behind these words.
fn who<'a>(bytes: &'a [u8], words: [&[u8]; 3]) -> Option<(u32, Ipv4Addr, &'a str)> {
    let rest = std::str::from_utf8(bytes.strip_prefix(words[0])?).ok()?;
    let (id, rest) = rest.split_once(std::str::from_utf8(words[1]).ok()?)?;
    let (ip, port) = rest.split_once(std::str::from_utf8(words[2]).ok()?)?;
    Some((number(id)?, ip.parse().ok()?, port))
}

/// Text without an end, and what can be told from it.
fn text(bytes: &[u8]) -> (&[u8], &[u8]) {
    let ends = |at: &usize| bytes[*at] == 0 || begins(&bytes[at + 1..]);
    match memchr::memchr2_iter(0, b'\n', bytes).find(ends) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

/// Whether a reply begins here that is hardly anything else.
fn begins(bytes: &[u8]) -> bool {
    let heads: [&[u8]; 3] = [b"LISTID : ", b"SENDID: ", GREETING];
    let time = || bytes.starts_with(TIME) && bytes.get(TIME.len() + 3) == Some(&b' ');
    heads.iter().any(|head| bytes.starts_with(head)) || time()
}

/// As much of the bytes as the head of a reply can take up.
fn near(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(LONGEST_HEAD)]
}

/// A number of digits only.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}
