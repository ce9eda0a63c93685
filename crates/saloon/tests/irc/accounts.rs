//! What tests of accounts share: making them, and logging in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::Client;
use crate::harness::Server;
use crate::lines::Lines;

pub fn encoded(response: impl AsRef<[u8]>) -> String {
    STANDARD.encode(response)
}

pub fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).expect("base64")).expect("UTF-8")
}

/// Sends a response, in lines of 400.
pub fn respond(client: &mut Client, response: impl AsRef<[u8]>) {
    let encoded = encoded(response);
    let mut rest = encoded.as_str();
    while rest.len() >= 400 {
        client.send(format!("AUTHENTICATE {}", &rest[..400]));
        rest = &rest[400..];
    }
    client.send(format!("AUTHENTICATE {}", if rest.is_empty() { "+" } else { rest }));
}

/// Logs in by PLAIN, or tries to: what comes after the `AUTHENTICATE +`.
#[track_caller]
pub fn plain(client: &mut Client, account: &str, password: &str) -> Lines {
    client.ask("AUTHENTICATE PLAIN").is("AUTHENTICATE +");
    respond(client, format!("\0{account}\0{password}"));
    client.sync()
}

impl Server {
    /// Makes an account, whose owner is gone again.
    #[track_caller]
    pub fn account(&self, name: &str, password: &str) {
        let mut owner = self.client(name);
        owner.ask(&format!("REGISTER * * {password}")).has(&format!("REGISTER SUCCESS {name} :…"));
        owner.send("QUIT");
        owner.rest();
    }

    /// A connection that has logged in, and negotiated these capabilities, but is not registered.
    #[track_caller]
    pub fn logging_in(&self, account: &str, password: &str, capabilities: &str) -> Client {
        let mut client = self.connect();
        client.ask("CAP LS 302");
        client.ask(format!("CAP REQ :sasl {capabilities}").trim_end());
        plain(&mut client, account, password).has("903 * :…");
        client
    }

    /// A registered client, logged in to the account of its nickname.
    #[track_caller]
    pub fn owner(&self, account: &str, password: &str, capabilities: &str) -> (Client, Lines) {
        let mut client = self.logging_in(account, password, capabilities);
        client.send("CAP END");
        let welcome = client.register(account);
        (client, welcome)
    }
}
