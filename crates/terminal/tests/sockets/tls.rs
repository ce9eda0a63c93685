use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::person::echo;

fn config() -> Arc<ServerConfig> {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["elsewhere.example".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions");
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).expect("a pair"))
}

#[test]
fn a_server_on_this_machine_may_make_its_own_certificate() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("line+tls://{}", listener.local_addr().expect("its address"));
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        let session = ServerConnection::new(config()).expect("a session");
        let mut stream = StreamOwned::new(session, stream);
        stream.write_all(b"-- Welcome\r\n").expect("to greet");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).expect("until it has finished");
        stream.conn.send_close_notify();
        // The client may not wait for it.
        let _ = stream.flush();
        heard
    });
    let long = "你".repeat(20_000);
    let (ended, printed) = echo(&long, &url);
    assert!(ended.is_ok() && printed.is_empty(), "{ended:?} {printed}");
    let heard = server.join().expect("no panic");
    assert_eq!(heard.replace('\n', ""), format!("{long}/quit"));
}
