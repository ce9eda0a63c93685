//! A TLS client that trusts anybody, and certificates for servers.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::client::WantsClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ConfigBuilder, StreamOwned};
use transport::Anybody;

pub type TlsClient = StreamOwned<ClientConnection, TcpStream>;

/// A client whose handshake happens with its first read or write.
pub fn connect(addr: SocketAddr) -> TlsClient {
    over(TcpStream::connect(addr).expect("connected"))
}

/// A client that shows this certificate, written as PEM with its key.
pub fn connect_as(addr: SocketAddr, certificate: &(String, String)) -> TlsClient {
    let shown = CertificateDer::from_pem_slice(certificate.0.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(certificate.1.as_bytes()).expect("a key");
    let config = trusting().with_client_auth_cert(vec![shown], key).expect("they fit");
    StreamOwned::new(client_of(config), TcpStream::connect(addr).expect("connected"))
}

/// A client over a connection that there is.
pub fn over(stream: TcpStream) -> TlsClient {
    StreamOwned::new(client(), stream)
}

/// The first bytes that a client sends.
pub fn hello() -> Vec<u8> {
    let mut bytes = Vec::new();
    client().write_tls(&mut bytes).expect("bytes");
    bytes
}

fn client() -> ClientConnection {
    client_of(trusting().with_no_client_auth())
}

fn trusting() -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Anybody::new(provider))
}

fn client_of(config: ClientConfig) -> ClientConnection {
    let name = ServerName::try_from("irc.example.org").expect("a name");
    ClientConnection::new(Arc::new(config), name).expect("a connection")
}

/// A certificate and its key, as PEM.
pub fn certificate(name: &str) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new([name.to_owned(), "127.0.0.1".to_owned()]).expect("names");
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    (params.self_signed(&key).expect("a certificate").pem(), key.serialize_pem())
}
