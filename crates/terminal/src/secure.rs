//! TLS at the client's end, for one thread that receives and one that sends.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use client::{Place, Transport, Url};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, InvalidMessage, RootCertStore};
use transport::Anybody;

use crate::error::Error;

/// A TLS connection. The lock is held while bytes are turned over, never while waiting for the peer's.
#[derive(Debug)]
pub struct TlsWire {
    stream: TcpStream,
    session: Mutex<ClientConnection>,
}

impl TlsWire {
    /// Shakes hands on an open TCP connection whose time limits are set. Anybody's certificate is taken
    /// if `trusting`.
    pub fn connect(mut stream: TcpStream, url: &Url, trusting: bool, seconds: u64) -> Result<Self, Error> {
        let failed = |reason: rustls::Error| Error::Tls(url.place.clone(), reason.to_string());
        let name = server_name(&url.place)?;
        let mut session = ClientConnection::new(config(trusting)?, name).map_err(failed)?;
        while session.is_handshaking() {
            session.complete_io(&mut stream).map_err(|error| explain(error, url, seconds))?;
        }
        Ok(Self { stream, session: Mutex::new(session) })
    }

    /// Waits for text.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut encrypted = [0; 16 * 1024];
        loop {
            match self.lock().reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // The peer closed without saying so in TLS: in chat nothing depends on it.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                other => return other,
            }
            let length = (&self.stream).read(&mut encrypted)?;
            let mut session = self.lock();
            if length == 0 {
                return Ok(0);
            }
            take(&mut session, &encrypted[..length])?;
            self.flush(&mut session)?;
        }
    }

    /// Sends text.
    pub fn send(&self, unit: &[u8]) -> io::Result<()> {
        let mut session = self.lock();
        let mut left = unit;
        while !left.is_empty() {
            let taken = session.writer().write(left)?;
            left = &left[taken..];
            self.flush(&mut session)?;
        }
        Ok(())
    }

    /// Says that no more will be sent.
    pub fn finish(&self) -> io::Result<()> {
        let mut session = self.lock();
        session.send_close_notify();
        self.flush(&mut session)?;
        self.stream.shutdown(Shutdown::Write)
    }

    /// Ends the connection.
    pub fn close(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Both)
    }

    /// The TCP connection below.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends what the session has to say. Under the lock: records must go out in order.
    fn flush(&self, session: &mut ClientConnection) -> io::Result<()> {
        while session.wants_write() {
            session.write_tls(&mut &self.stream)?;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, ClientConnection> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the session all of what was read.
fn take(session: &mut ClientConnection, mut encrypted: &[u8]) -> io::Result<()> {
    while !encrypted.is_empty() {
        session.read_tls(&mut encrypted)?;
        session.process_new_packets().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    }
    Ok(())
}

fn explain(error: io::Error, url: &Url, seconds: u64) -> Error {
    let place = url.place.clone();
    let plain = || url.with(url.dialect, Transport::Tcp);
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            Error::NotTls(place, plain())
        }
        Some(rustls::Error::InvalidMessage(_)) => Error::NotTls(place, plain()),
        Some(rustls::Error::InvalidCertificate(reason)) => Error::Untrusted(place, reason.to_string()),
        Some(other) => Error::Tls(place, other.to_string()),
        None if crate::wire::is_pause(&error) => Error::SilentTls(place, seconds, plain()),
        // Whoever takes our greeting for a line of chat may well hang up.
        None => Error::NotTls(place, plain()),
    }
}

fn server_name(place: &Place) -> Result<ServerName<'static>, Error> {
    let host = match place {
        Place::Host { host, .. } => host.clone(),
        Place::Path(_) => "localhost".into(),
    };
    let ip = host.parse::<IpAddr>().ok().map(|ip| ServerName::IpAddress(ip.into()));
    match ip {
        Some(name) => Ok(name),
        None => ServerName::try_from(host.clone()).map_err(|_| Error::NoSuchHost(host)),
    }
}

fn config(trusting: bool) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Here("can't set up TLS", io::Error::other(error)))?;
    if trusting {
        let builder = builder.dangerous().with_custom_certificate_verifier(Anybody::new(provider));
        return Ok(Arc::new(builder.with_no_client_auth()));
    }
    let mut roots = RootCertStore::empty();
    // Those that can't be read are not trusted; a server that needs one of them is refused by name.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}
