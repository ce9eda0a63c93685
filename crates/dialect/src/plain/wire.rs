//! The shape of a read.

use std::net::{Ipv4Addr, SocketAddrV4};

/// Most bytes of a unit, in either direction. A read takes 1023: a unit that filled it would leave
/// the end of its text to the next read, where `exit;` could stand alone.
pub const MOST: usize = 1022;
/// Most bytes of text that fit behind any [`ServerUnit::Relay`]'s prefix. Said to a server of the old
/// kind, more may end it.
pub const MOST_TEXT: usize = MOST - "from client ip=255.255.255.255 port=65535 ".len();
/// Whoever reads this ends.
pub const EXIT: &[u8] = b"exit;";

/// The bytes up to the first NUL, or all.
pub fn c_string(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())]
}

/// What a client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientUnit<'a> {
    /// Says this, which may be nothing.
    Text(&'a [u8]),
    /// Leaves.
    Exit,
}

impl<'a> ClientUnit<'a> {
    /// Reads one read.
    pub fn decode(read: &'a [u8]) -> Self {
        match c_string(read) {
            EXIT => Self::Exit,
            text => Self::Text(text),
        }
    }

    /// Appends the unit; see [`ServerUnit::encode`].
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => said(text, out),
            Self::Exit => out.extend_from_slice(EXIT),
        }
    }

    /// What was said in a read that ends in `exit;`. If the connection ends right behind it, these
    /// were two units: this text, and [`Self::Exit`].
    pub fn parting(read: &[u8]) -> Option<&[u8]> {
        c_string(read).strip_suffix(EXIT)
    }
}

/// What a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerUnit<'a> {
    /// What another client said.
    Relay {
        /// The address it comes from.
        ip: Ipv4Addr,
        /// The port it comes from.
        port: u16,
        /// What it said.
        text: &'a [u8],
    },
    /// Anything else.
    Text(&'a [u8]),
    /// The client is to end.
    Exit,
}

impl<'a> ServerUnit<'a> {
    /// Reads one read. Text that looks like a relay is one.
    pub fn decode(read: &'a [u8]) -> Self {
        match c_string(read) {
            EXIT => Self::Exit,
            text => relay(text).unwrap_or(Self::Text(text)),
        }
    }

    /// Appends the unit. NULs are left out, and text that is `exit;` gets a space behind it: only
    /// [`Self::Exit`] makes a client end. The caller keeps to [`MOST`].
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Relay { ip, port, text } => {
                out.extend_from_slice(prefix(*ip, *port).as_bytes());
                out.extend(text.iter().filter(|&&byte| byte != 0));
            }
            Self::Text(text) => said(text, out),
            Self::Exit => out.extend_from_slice(EXIT),
        }
    }

    /// Most bytes of text in a relay from this address.
    pub fn room(ip: Ipv4Addr, port: u16) -> usize {
        MOST - prefix(ip, port).len()
    }
}

fn prefix(ip: Ipv4Addr, port: u16) -> String {
    format!("from client ip={ip} port={port} ")
}

fn relay(text: &[u8]) -> Option<ServerUnit<'_>> {
    let rest = text.strip_prefix(b"from client ip=")?;
    let (ip, rest) = word(rest)?;
    let (port, text) = word(rest.strip_prefix(b"port=")?)?;
    let address: SocketAddrV4 = format!("{ip}:{port}").parse().ok()?;
    Some(ServerUnit::Relay { ip: *address.ip(), port: address.port(), text })
}

/// The text before the first space, and what stands behind it.
fn word(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (word, rest) = bytes.split_at(memchr::memchr(b' ', bytes)?);
    Some((std::str::from_utf8(word).ok()?, &rest[1..]))
}

/// Appends text that never is `exit;` alone.
fn said(text: &[u8], out: &mut Vec<u8>) {
    let begin = out.len();
    out.extend(text.iter().filter(|&&byte| byte != 0));
    if &out[begin..] == EXIT {
        out.push(b' ');
    }
}
