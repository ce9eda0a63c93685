//! The other end: a machine and a port, or a socket file.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::PathBuf;

use dialect::Dialect;

use super::{Transport, UrlError};

/// The other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A machine and a port.
    Host {
        /// Its name or address, an IPv6 address without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// A socket file.
    Path(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Host { host, port } => write!(f, "{host}:{port}"),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}

/// Reads a host and a port, which is the usual one if it is left out.
pub(super) fn decode_host(text: &str, dialect: Dialect, transport: Transport) -> Result<Place, UrlError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let bad = || UrlError::BadHost(text.into());
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, behind) = rest.split_once(']').ok_or_else(bad)?;
            host.parse::<Ipv6Addr>().map_err(|_| bad())?;
            let port = if behind.is_empty() { None } else { Some(behind.strip_prefix(':').ok_or_else(bad)?) };
            (host, port)
        }
        None if text.matches(':').count() > 1 => return Err(bad()),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err(UrlError::NoHost(transport));
    }
    if host.chars().any(|c| c.is_control() || c.is_whitespace() || "/@\\".contains(c)) {
        return Err(bad());
    }
    let port = port.map_or(Ok(transport.usual_port(dialect)), decode_port)?;
    Ok(Place::Host { host: host.into(), port })
}

fn decode_port(text: &str) -> Result<u16, UrlError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|&port| digits && port != 0);
    port.ok_or_else(|| UrlError::BadPort(text.into()))
}
