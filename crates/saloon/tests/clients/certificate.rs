//! `openssl s_client` and WeeChat over TLS, while the server's certificate is replaced.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use crate::screen::{Screen, require};
use crate::support::tls::certificate;
use crate::support::{Peer, Server, Setup, eventually};
use crate::talk::weechat_tls;

const DOOR: &str = "addr = \"tls://127.0.0.1:0\"\ntls = { cert = \"cert.pem\", key = \"key.pem\" }";

/// `openssl s_client`, and a peer that speaks through it.
struct OpenSsl {
    child: Child,
    peer: Peer,
}

impl OpenSsl {
    /// Connects, and trusts only the certificate in a file.
    fn connect(server: &Server, trusted: &Path) -> Self {
        require("openssl", "openssl");
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let theirs: OwnedFd = theirs.into();
        let child = Command::new("openssl")
            .args(["s_client", "-quiet", "-verify_return_error", "-verify_ip", "127.0.0.1", "-CAfile"])
            .arg(trusted)
            .args(["-connect", &server.addr(0).to_string()])
            .stdin(Stdio::from(theirs.try_clone().expect("a clone")))
            .stdout(Stdio::from(theirs))
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl runs");
        Self { child, peer: Peer::new(ours) }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a new connection is shown the certificate of that name.
fn is_shown(server: &Server, name: &str) -> bool {
    let output = Command::new("openssl")
        .args(["s_client", "-connect", &server.addr(0).to_string()])
        .stdin(Stdio::null())
        .output()
        .expect("openssl runs");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().any(|line| line.starts_with("subject=") && line.contains(name))
}

/// The fingerprint that WeeChat is to insist on.
fn fingerprint(file: &Path) -> String {
    let output = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
        .arg(file)
        .output()
        .expect("openssl runs");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().rsplit('=').next().expect("a fingerprint").replace(':', "")
}

/// Puts another certificate in place of the one there is.
fn replace(setup: &Setup, name: &str) {
    let (pem, key) = certificate(name);
    setup.clone().file("cert.pem", pem).file("key.pem", key);
}

#[test]
fn a_certificate_is_replaced_and_nobody_is_disconnected() {
    require("openssl", "openssl");
    let setup = Setup::default().door(DOOR);
    replace(&setup, "first.example");
    let server = setup.start();
    let file = server.setup.path("cert.pem");
    let mut openssl = OpenSsl::connect(&server, &file);
    openssl.peer.register("ossl");
    openssl.peer.join("#saloon");
    let weechat = Screen::weechat(&[
        "/set irc.server_default.nicks bob",
        &format!(
            "/server add chat 127.0.0.1/{} -temp {}={}",
            server.addr(0).port(),
            weechat_tls("-tls -tls_fingerprint"),
            fingerprint(&file)
        ),
        "/connect chat",
        "/buffer irc.server.chat",
    ]);
    weechat.wait("MOTD File is missing");
    weechat.type_line("/join #saloon");
    openssl.peer.expect(":bob!");
    talk(&mut openssl.peer, &weechat, "at first");
    assert!(is_shown(&server, "first.example"));

    replace(&server.setup, "second.example");
    eventually("the new certificate is shown by itself", || is_shown(&server, "second.example"));
    talk(&mut openssl.peer, &weechat, "after the second");

    replace(&server.setup, "third.example");
    server.signal(Signal::HUP);
    eventually("the new certificate is shown when asked for", || is_shown(&server, "third.example"));
    talk(&mut openssl.peer, &weechat, "after the third");

    let mut late = OpenSsl::connect(&server, &file);
    late.peer.register("late");
    late.peer.join("#saloon");
    late.peer.send("PRIVMSG #saloon :from somebody new");
    weechat.wait("from somebody new");
    late.peer.send("QUIT");
    late.peer.expect("ERROR :Closing link: Quit");
    weechat.keep("weechat-tls");
}

/// Both hear each other.
fn talk(openssl: &mut Peer, weechat: &Screen, when: &str) {
    openssl.send(&format!("PRIVMSG #saloon :openssl {when}"));
    weechat.wait(&format!("openssl {when}"));
    weechat.type_line(&format!("WeeChat {when}"));
    openssl.expect(&format!("PRIVMSG #saloon :WeeChat {when}"));
}
