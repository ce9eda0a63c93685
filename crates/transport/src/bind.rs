//! Why an address could not be opened, in words for whoever started the server.

use std::fmt;
use std::io;

use rustix::io::Errno;

use crate::addr::Addr;

/// An address that could not be opened. The message says which, why, and where there is one, the way out.
#[derive(Debug)]
pub struct BindError {
    /// The address that was asked for.
    pub addr: Addr,
    /// What the system answered, or our own reason.
    pub source: io::Error,
}

impl BindError {
    /// Another program has this address.
    pub fn is_taken(&self) -> bool {
        self.source.kind() == io::ErrorKind::AddrInUse
    }

    /// This machine has no such address, or no such kind of address at all (no IPv6).
    pub fn is_absent(&self) -> bool {
        self.source.kind() == io::ErrorKind::AddrNotAvailable
            || self.source.raw_os_error() == Some(Errno::AFNOSUPPORT.raw_os_error())
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { addr, source } = self;
        let port = addr.endpoint().map(|endpoint| endpoint.port);
        match (port, source.kind()) {
            (Some(_), io::ErrorKind::AddrInUse) => {
                write!(f, "{addr} is taken: another program listens on that port")
            }
            (None, io::ErrorKind::AddrInUse) => {
                write!(f, "{addr} is taken: another program listens on that socket")
            }
            (Some(1..1024), io::ErrorKind::PermissionDenied) => {
                write!(f, "{addr} may not be opened: ports below 1024 need the right CAP_NET_BIND_SERVICE")
            }
            (None, io::ErrorKind::PermissionDenied) => {
                write!(f, "{addr} may not be opened: no permission for that file, its directory or its owner")
            }
            (Some(_), _) if self.is_absent() => {
                write!(f, "{addr} cannot be opened: this machine has no such address")
            }
            (None, io::ErrorKind::NotFound) => {
                write!(f, "{addr} cannot be opened: its directory does not exist")
            }
            _ => write!(f, "{addr} cannot be opened: {source}"),
        }
    }
}
