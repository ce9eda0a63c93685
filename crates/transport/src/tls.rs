//! Certificate and key of the doors that speak TLS, and how they change under a running server.
//!
//! A handshake takes whatever certificate is there at that moment; connections that have done theirs do
//! not notice a change. TLS 1.2 and 1.3 by rustls, with the provider passed by hand, because a second one
//! in the dependency graph would make rustls panic. Sessions are not resumed: chat connections last for
//! days, and what is not kept costs no memory and always shows the newest certificate.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::client_cert::AnyCertificate;
use crate::secure::fingerprint;
use crate::tls_files::{Files, Stamp};

/// A certificate chain with its key. Clones are the same: one [`reload`](Self::reload) changes all.
#[derive(Clone)]
pub struct TlsConfig {
    inner: Arc<Inner>,
}

struct Inner {
    session: Arc<ServerConfig>,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    files: Option<Files>,
    /// The files as they were when last read, with success or without.
    seen: Mutex<Stamp>,
}

/// What can go wrong with TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing or may not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file with broken PEM in it (RFC 7468).
    #[error("`{}` is not a PEM file: {reason}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The certificate file has no certificate.
    #[error("there is no certificate in `{}`: expected `-----BEGIN CERTIFICATE-----`", .0.display())]
    NoCertificate(PathBuf),
    /// The key file has no private key that could be read.
    #[error(
        "there is no private key in `{}`: expected `-----BEGIN PRIVATE KEY-----` (PKCS #8, PKCS #1 or SEC1, \
         not encrypted)", .0.display()
    )]
    NoKey(PathBuf),
    /// The private key is damaged or of a kind that is not supported.
    #[error("the private key in `{}` cannot be used: {reason}", path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: rustls::Error,
    },
    /// The first certificate cannot be read.
    #[error("the first certificate in `{}` cannot be used: {reason}", path.display())]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: rustls::Error,
    },
    /// Two files that do not belong together.
    #[error(
        "the key in `{}` does not belong to the first certificate in `{}`: give both files of one \
         certificate, with the server's own certificate before those of its issuers",
        key.display(), certificate.display()
    )]
    Mismatch {
        /// The certificate file.
        certificate: PathBuf,
        /// The key file.
        key: PathBuf,
    },
    /// A certificate of our own could not be made; most likely a name in it is not one.
    #[error("cannot make a certificate: {0}")]
    SelfSigned(#[from] rcgen::Error),
    /// rustls does not accept our set-up.
    #[error("cannot set up TLS: {0}")]
    Setup(rustls::Error),
    /// The handshake or a record was refused; most often the peer does not speak TLS.
    #[error("{}", session_reason(.0))]
    Session(rustls::Error),
    /// More came behind a PROXY header than a handshake begins with.
    #[error("the peer sent too much before the TLS handshake")]
    TooEarly,
    /// TLS is for connections.
    #[error("there is no TLS over datagrams")]
    Datagram,
}

impl TlsError {
    /// The TLS error inside an error of [`Stream`](crate::Stream), if it is one.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    pub(crate) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }
}

fn session_reason(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            "the peer does not speak TLS, or this door is not the one it meant".into()
        }
        other => format!("TLS failed: {other}"),
    }
}

impl TlsConfig {
    /// Reads a certificate chain (the server's own first) and its private key from PEM files; both may be
    /// the same file.
    ///
    /// # Errors
    /// [`TlsError`], which names the file.
    pub fn from_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self, TlsError> {
        let files = Files { certificate: certificate.into(), key: key.into() };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let stamp = files.stamp(); // before reading: a change in between is then noticed
        let (chain, key) = files.read()?;
        let certified = certify(chain, key, &provider, &files)?;
        Self::new(certified, provider, Some(files), stamp)
    }

    fn new(
        certified: CertifiedKey,
        provider: Arc<CryptoProvider>,
        files: Option<Files>,
        stamp: Stamp,
    ) -> Result<Self, TlsError> {
        let current = Arc::new(Current(RwLock::new(Arc::new(certified))));
        let verifier = Arc::new(AnyCertificate::new(provider.signature_verification_algorithms));
        let mut session = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(current.clone());
        session.session_storage = Arc::new(NoServerSessionStorage {});
        session.send_tls13_tickets = 0;
        let (session, seen) = (Arc::new(session), Mutex::new(stamp));
        Ok(Self { inner: Arc::new(Inner { session, provider, current, files, seen }) })
    }

    /// Reads the files again and puts what is in them in place, for handshakes from now on. Nothing to do
    /// for a certificate that did not come from files.
    ///
    /// # Errors
    /// [`TlsError`] when the files are not good; the certificate in use then stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let Some(files) = &self.inner.files else { return Ok(()) };
        let mut seen = self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = files.stamp();
        let (chain, key) = files.read()?;
        self.inner.current.set(certify(chain, key, &self.inner.provider, files)?);
        Ok(())
    }

    /// Whether a file is another one than at the last (re)load, good or bad: by time of change, length and
    /// inode. Two `stat(2)`; cheap enough for every few seconds.
    pub fn changed(&self) -> bool {
        let Some(files) = &self.inner.files else { return false };
        *self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner) != files.stamp()
    }

    /// SHA-256 of the server's own certificate, in lowercase hexadecimal: what a client can pin.
    pub fn fingerprint(&self) -> String {
        self.inner.current.get().cert.first().map(|der| fingerprint(der)).unwrap_or_default()
    }

    pub(crate) fn session(&self) -> Arc<ServerConfig> {
        self.inner.session.clone()
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = &self.inner.files;
        f.debug_struct("TlsConfig").field("fingerprint", &self.fingerprint()).field("files", files).finish()
    }
}

/// A certificate for `names` (DNS names and IP addresses), signed by itself, with a new key; both exist in
/// memory only and differ at every call. Clients must be told to trust it.
///
/// # Errors
/// [`TlsError::SelfSigned`] for a name that cannot be in a certificate.
pub fn self_signed(names: impl IntoIterator<Item = impl Into<String>>) -> Result<TlsConfig, TlsError> {
    let names: Vec<String> = names.into_iter().map(Into::into).collect();
    let key = KeyPair::generate()?;
    let common_name = names.first().cloned().unwrap_or_default();
    let mut params = CertificateParams::new(names)?;
    // What clients show to people who are to trust it.
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    let made = params.self_signed(&key)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let key = provider.key_provider.load_private_key(key).map_err(TlsError::Setup)?;
    TlsConfig::new(CertifiedKey::new(vec![made.into()], key), provider, None, Stamp::default())
}

/// Puts a chain and a key together, if they belong together.
fn certify(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    provider: &CryptoProvider,
    files: &Files,
) -> Result<CertifiedKey, TlsError> {
    use rustls::{Error, InconsistentKeys};
    let own = |path: &Path| path.to_owned();
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|reason| TlsError::BadKey { path: own(&files.key), reason })?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(TlsError::Mismatch { certificate: own(&files.certificate), key: own(&files.key) })
        }
        Err(reason) => Err(TlsError::BadCertificate { path: own(&files.certificate), reason }),
    }
}

/// The certificate that the next handshake gets, whatever name it asks for.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    fn get(&self) -> Arc<CertifiedKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, certified: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certified);
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.get())
    }
}
