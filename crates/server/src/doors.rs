//! Opening the doors: every listener is bound before anyone is let in.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dialect::Dialect;
use transport::{
    Addr, BindError, DatagramListener, DatagramOptions, Handed, ListenOptions, Listener, Owner, TlsConfig,
    TlsError, self_signed,
};

use crate::config::{Config, ConfigError, Listen};

/// After how long a silence the kernel asks whether the other end of a connection is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// Bytes that the kernel holds for a peer that gets unit by unit.
const PACED_BUFFER: usize = 32 * 1024;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A door can't be opened.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Certificate and key of a door are no good.
    #[error("{addr}: {source}")]
    Tls {
        /// The door.
        addr: String,
        /// What is wrong.
        source: TlsError,
    },
    /// A file that the configuration names can't be read.
    #[error("{file}: {source}")]
    File {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// What outlives the server can't be opened.
    #[error("{problem}; {advice}", advice = crate::keeping::advice(.problem))]
    Store {
        /// Why not; said in the message, so it is no source of it.
        problem: store::StoreError,
    },
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The system refuses something that a server needs.
    #[error("the system refuses {what}: {source}")]
    System {
        /// What.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

impl From<store::StoreError> for ServeError {
    fn from(problem: store::StoreError) -> Self {
        Self::Store { problem }
    }
}

/// An open door.
#[derive(Debug)]
pub enum Door {
    /// Connections come in here.
    Stream(Listener),
    /// Datagrams of many peers.
    Datagrams(Arc<DatagramListener>),
}

impl Door {
    /// Certificate and key, if connections are encrypted here.
    pub fn tls(&self) -> Option<TlsConfig> {
        match self {
            Self::Stream(door) => door.tls().cloned(),
            Self::Datagrams(_) => None,
        }
    }

    fn addr(&self) -> &Addr {
        match self {
            Self::Stream(door) => door.addr(),
            Self::Datagrams(door) => door.addr(),
        }
    }

    /// Opens it, or takes what has been handed over.
    fn open(
        addr: &Addr,
        listen: &Listen,
        tls: Option<TlsConfig>,
        handed: Option<OwnedFd>,
    ) -> Result<Self, BindError> {
        let unix_mode = listen.mode.as_ref().map(|mode| mode.0);
        let unix_owner = Owner { user: listen.owner.clone(), group: listen.group.clone() };
        if addr.is_datagram() {
            let options = DatagramOptions { unix_mode, unix_owner, ..DatagramOptions::default() };
            let door = match handed {
                Some(fd) => DatagramListener::adopt(addr, fd, options),
                None => DatagramListener::bind(addr, options),
            };
            return door.map(|door| Self::Datagrams(Arc::new(door)));
        }
        // Peers that can't be asked for a sign of life are found out about by the kernel.
        let keepalive = (!listen.dialect.only(Dialect::Irc)).then_some(KEEPALIVE);
        // They get little at a time: who does not read it is found out soon, and costs the kernel little.
        let send_buffer = listen.dialect.or_guess().is_paced().then_some(PACED_BUFFER);
        let options =
            ListenOptions { tls, unix_mode, unix_owner, keepalive, send_buffer, ..ListenOptions::default() };
        match handed {
            Some(fd) => Listener::adopt(addr, fd, options).map(Self::Stream),
            None => Listener::bind(addr, options).map(Self::Stream),
        }
    }
}

impl AsFd for Door {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stream(door) => door.as_fd(),
            Self::Datagrams(door) => door.as_fd(),
        }
    }
}

/// Opens every door of the configuration, whose `listen` then says what is open: `localhost` has become
/// the addresses it stands for, and port 0 a number. What has been `handed` over and is no door of the
/// configuration is closed.
///
/// # Errors
/// The first door that can't be opened.
pub fn open(config: &mut Config, mut handed: Handed) -> Result<Vec<Door>, ServeError> {
    let mut listeners = Vec::new();
    let mut opened = Vec::new();
    // Nobody asked for the doors of the built-in settings: only those for IRC must be there.
    let optional = config.listen == Config::default().listen;
    for listen in config.listen.iter().filter(|listen| listen.addr.is_supported()) {
        let tls = tls_of(listen, &config.server.name)?;
        let addrs = listen.addr.each();
        for (number, addr) in addrs.iter().enumerate() {
            match Door::open(addr, listen, tls.clone(), handed.take(addr)) {
                Ok(door) => {
                    opened.push(Listen { addr: door.addr().clone(), ..listen.clone() });
                    listeners.push(door);
                }
                Err(error) if optional && !is_main(listen) && error.is_taken() => {
                    tracing::warn!(dialect = %listen.dialect, %error, "this door stays closed");
                }
                // A machine without IPv6 has half a localhost.
                Err(error) if number > 0 && error.is_absent() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    for socket in handed.left() {
        tracing::warn!(%socket, "handed over, and no door of the configuration is there: it is closed");
    }
    config.listen = opened;
    Ok(listeners)
}

/// Whether it is one of the doors that a server with built-in settings is nothing without.
fn is_main(listen: &Listen) -> bool {
    listen.dialect.only(Dialect::Irc) && !listen.addr.is_web()
}

fn tls_of(listen: &Listen, name: &str) -> Result<Option<TlsConfig>, ServeError> {
    if !listen.takes_tls() {
        return Ok(None);
    }
    let tls = match &listen.tls {
        Some(files) => TlsConfig::from_files(&files.cert, &files.key),
        None => self_signed([name, "localhost", "127.0.0.1", "::1"]),
    };
    tls.map(Some).map_err(|source| ServeError::Tls { addr: listen.addr.to_string(), source })
}
