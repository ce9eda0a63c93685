//! A TLS client for tests, blocking, that trusts anybody and remembers whom it met; and certificates.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, SignatureScheme, StreamOwned};
use sha2::{Digest, Sha256};
use transport::Anybody;

pub type Client = StreamOwned<ClientConnection, TcpStream>;

pub const TLS12: &rustls::SupportedProtocolVersion = &rustls::version::TLS12;
pub const TLS13: &rustls::SupportedProtocolVersion = &rustls::version::TLS13;

/// A certificate and its key.
pub struct Pair {
    pub certificate: CertificateDer<'static>,
    pub key: PrivateKeyDer<'static>,
    pub certificate_pem: String,
    pub key_pem: String,
}

pub fn make_pair(name: &str) -> Pair {
    let key = KeyPair::generate().expect("key");
    let params = CertificateParams::new([name.to_owned()]).expect("name");
    let made = params.self_signed(&key).expect("certificate");
    Pair {
        certificate: made.der().clone(),
        key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        certificate_pem: made.pem(),
        key_pem: key.serialize_pem(),
    }
}

pub fn sha256(der: &[u8]) -> String {
    Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a client shows of itself: a certificate, and a key that may be another one's.
#[derive(Debug)]
pub struct Shown(Arc<CertifiedKey>);

pub fn shown(certificate: &Pair, key: &Pair) -> Arc<Shown> {
    let key = aws_lc_rs::default_provider().key_provider.load_private_key(key.key.clone_key()).expect("key");
    Arc::new(Shown(Arc::new(CertifiedKey::new(vec![certificate.certificate.clone()], key))))
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

pub fn connection(
    version: &'static rustls::SupportedProtocolVersion,
    shown: Option<Arc<Shown>>,
) -> ClientConnection {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[version])
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Anybody::new(provider));
    let config = match shown {
        Some(shown) => config.with_client_cert_resolver(shown),
        None => config.with_no_client_auth(),
    };
    let name = ServerName::try_from("irc.example.org").expect("name");
    ClientConnection::new(Arc::new(config), name).expect("connection")
}

pub fn connect(
    to: SocketAddr,
    version: &'static rustls::SupportedProtocolVersion,
    shown: Option<Arc<Shown>>,
) -> Client {
    let socket = TcpStream::connect(to).expect("connect");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("timeout");
    StreamOwned::new(connection(version, shown), socket)
}

/// Says something and waits for as much of an answer.
pub fn ask(client: &mut Client, question: &[u8]) -> io::Result<Vec<u8>> {
    client.write_all(question)?;
    let mut answer = vec![0; question.len()];
    client.read_exact(&mut answer)?;
    Ok(answer)
}

/// The fingerprint of the server's certificate, as the client saw it.
pub fn met(client: &Client) -> String {
    sha256(&client.conn.peer_certificates().expect("a certificate")[0])
}
