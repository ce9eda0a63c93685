//! Opening the doors: every listener is bound before anyone is let in.

use std::path::PathBuf;

use transport::{BindError, ListenOptions, Listener, Owner, TlsConfig, TlsError, self_signed};

use crate::config::{Config, ConfigError, Listen};

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

/// Opens every door of the configuration, whose `listen` then says what is open: `localhost` has become
/// the addresses it stands for, and port 0 a number.
///
/// # Errors
/// The first door that can't be opened.
pub fn open(config: &mut Config) -> Result<Vec<Listener>, ServeError> {
    let mut listeners = Vec::new();
    let mut opened = Vec::new();
    for listen in config.listen.iter().filter(|listen| listen.addr.is_supported()) {
        let tls = tls_of(listen, &config.server.name)?;
        let addrs = listen.addr.each();
        for (number, addr) in addrs.iter().enumerate() {
            match Listener::bind(addr, options(listen, tls.clone())) {
                Ok(listener) => {
                    opened.push(Listen { addr: listener.addr().clone(), ..listen.clone() });
                    listeners.push(listener);
                }
                // A machine without IPv6 has half a localhost.
                Err(error) if number > 0 && error.is_absent() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    config.listen = opened;
    Ok(listeners)
}

fn options(listen: &Listen, tls: Option<TlsConfig>) -> ListenOptions {
    ListenOptions {
        tls,
        unix_mode: listen.mode.as_ref().map(|mode| mode.0),
        unix_owner: Owner { user: listen.owner.clone(), group: listen.group.clone() },
        ..ListenOptions::default()
    }
}

fn tls_of(listen: &Listen, name: &str) -> Result<Option<TlsConfig>, ServeError> {
    if !listen.addr.is_tls() {
        return Ok(None);
    }
    let tls = match &listen.tls {
        Some(files) => TlsConfig::from_files(&files.cert, &files.key),
        None => self_signed([name, "localhost", "127.0.0.1", "::1"]),
    };
    tls.map(Some).map_err(|source| ServeError::Tls { addr: listen.addr.to_string(), source })
}
