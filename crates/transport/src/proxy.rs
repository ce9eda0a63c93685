//! The PROXY protocol, versions 1 (text) and 2 (binary): who a connection is really from, told by the
//! proxy that carries it. Only the parser; whom to believe is the caller's decision.
//!
//! From haproxy's `proxy-protocol.txt` (2020-03-05):
//!
//! ```text
//! §2.1  "PROXY " ("TCP4" / "TCP6") " " source " " destination " " sport " " dport CRLF
//!       "PROXY UNKNOWN" *anything CRLF                                        ; at most 107 bytes
//! §2.2  signature(12)  version and command(1)  family and protocol(1)  length(2)
//!       addresses, then TLVs (length bytes together)
//! ```

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What the start of a connection says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed {
    /// A whole header.
    Header(Header),
    /// The start of one: ask again with more. Never when there are [`MAX_HEADER`] bytes.
    Incomplete,
    /// Something else; the peer speaks for itself.
    NotProxy,
    /// A header that is none: hang up (§2: the receiver must not guess).
    Invalid(ProxyError),
}

/// What a proxy said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Where the connection is from, IPv4 inside IPv6 written as IPv4. `None` when the proxy does not know,
    /// speaks for itself (`LOCAL`, a health check) or was reached over a Unix socket: then the peer of the
    /// socket counts.
    pub source: Option<SocketAddr>,
    /// Which address it wanted.
    pub destination: Option<SocketAddr>,
    /// How many bytes the header has; what follows is the connection's own.
    pub consumed: usize,
}

/// What is wrong with a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// §2.1: no CRLF within 107 bytes, or an LF without its CR.
    #[error("the PROXY line does not end where it must")]
    Line,
    /// §2.1: neither TCP4, TCP6 nor UNKNOWN.
    #[error("the PROXY line is for an unknown protocol")]
    Protocol,
    /// An address or a port is not one, is of the wrong family, or is missing.
    #[error("the PROXY header has a bad address")]
    Address,
    /// §2.2: another version than 2, or another command than LOCAL and PROXY.
    #[error("the PROXY header has an unknown version or command")]
    Version,
    /// §2.2: a family or protocol that is reserved.
    #[error("the PROXY header has an unknown address family")]
    Family,
    /// §2.2: longer than [`MAX_HEADER`].
    #[error("the PROXY header is too long")]
    Length,
}

/// The longest header that is taken, in bytes. Version 2 could have 65551; with the TLVs that exist a few
/// hundred are in use, and the sender is not yet known to be anybody.
pub const MAX_HEADER: usize = 4096;

const V1_START: &[u8] = b"PROXY ";
const V1_MAX: usize = 107;
const V2_START: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const V2_FIXED: usize = 16;

/// Reads a header from the first bytes of a connection, as many as have come.
pub fn parse(input: &[u8]) -> Parsed {
    if input.starts_with(V1_START) {
        return parse_v1(input);
    }
    if input.starts_with(V2_START) {
        return parse_v2(input);
    }
    if V1_START.starts_with(input) || V2_START.starts_with(input) {
        return Parsed::Incomplete;
    }
    Parsed::NotProxy
}

fn parse_v1(input: &[u8]) -> Parsed {
    let window = &input[..input.len().min(V1_MAX)];
    let Some(end) = window.iter().position(|&byte| byte == b'\n') else {
        return if window.len() < V1_MAX { Parsed::Incomplete } else { Parsed::Invalid(ProxyError::Line) };
    };
    let Some(line) = window[V1_START.len()..end].strip_suffix(b"\r") else {
        return Parsed::Invalid(ProxyError::Line);
    };
    match decode_line(line) {
        Ok((source, destination)) => Parsed::Header(Header { source, destination, consumed: end + 1 }),
        Err(error) => Parsed::Invalid(error),
    }
}

type Ends = (Option<SocketAddr>, Option<SocketAddr>);

/// What stands between `PROXY ` and the line's end.
fn decode_line(line: &[u8]) -> Result<Ends, ProxyError> {
    let (protocol, rest) = line.split_at(line.iter().position(|&byte| byte == b' ').unwrap_or(line.len()));
    let ip: fn(&str) -> Option<IpAddr> = match protocol {
        b"UNKNOWN" => return Ok((None, None)), // "the receiver must ignore anything after it"
        b"TCP4" => |text| text.parse::<Ipv4Addr>().ok().map(IpAddr::from),
        b"TCP6" => |text| text.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        _ => return Err(ProxyError::Protocol),
    };
    decode_ends(rest, ip).ok_or(ProxyError::Address)
}

fn decode_ends(rest: &[u8], ip: fn(&str) -> Option<IpAddr>) -> Option<Ends> {
    let mut words = std::str::from_utf8(rest).ok()?.strip_prefix(' ')?.split(' ');
    let (source, destination) = (ip(words.next()?)?, ip(words.next()?)?);
    let (sport, dport) = (decode_port(words.next()?)?, decode_port(words.next()?)?);
    let ends = (Some(end(source, sport)), Some(end(destination, dport)));
    words.next().is_none().then_some(ends)
}

/// Decimal, no leading zeros, 0 to 65535 (§2.1).
fn decode_port(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

fn parse_v2(input: &[u8]) -> Parsed {
    let Some(&[version_command, family, high, low]) = input.get(V2_START.len()..V2_FIXED) else {
        return Parsed::Incomplete;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if !matches!(version_command, 0x20 | 0x21) {
        return Parsed::Invalid(ProxyError::Version);
    }
    if V2_FIXED + length > MAX_HEADER {
        return Parsed::Invalid(ProxyError::Length);
    }
    let Some(body) = input.get(V2_FIXED..V2_FIXED + length) else {
        return Parsed::Incomplete;
    };
    match decode_body(version_command == 0x21, family, body) {
        Ok((source, destination)) => {
            Parsed::Header(Header { source, destination, consumed: V2_FIXED + length })
        }
        Err(error) => Parsed::Invalid(error),
    }
}

/// The addresses; the TLVs behind them are skipped.
fn decode_body(proxied: bool, family: u8, body: &[u8]) -> Result<Ends, ProxyError> {
    let ends = match family {
        _ if !proxied => Some((None, None)), // LOCAL: "discard the protocol block"
        0x00 => Some((None, None)),
        0x11 | 0x12 => decode_binary::<4>(body),
        0x21 | 0x22 => decode_binary::<16>(body),
        0x31 | 0x32 => (body.len() >= 2 * UNIX_PATH).then_some((None, None)),
        _ => return Err(ProxyError::Family),
    };
    ends.ok_or(ProxyError::Address)
}

const UNIX_PATH: usize = 108;

/// Source, destination, source port, destination port, in network byte order.
fn decode_binary<const N: usize>(body: &[u8]) -> Option<Ends>
where
    IpAddr: From<[u8; N]>,
{
    let (source, rest) = body.split_first_chunk::<N>()?;
    let (destination, rest) = rest.split_first_chunk::<N>()?;
    let (sport, rest) = rest.split_first_chunk::<2>()?;
    let (dport, _tlvs) = rest.split_first_chunk::<2>()?;
    let source = end(IpAddr::from(*source), u16::from_be_bytes(*sport));
    let destination = end(IpAddr::from(*destination), u16::from_be_bytes(*dport));
    Some((Some(source), Some(destination)))
}

fn end(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip.to_canonical(), port)
}
