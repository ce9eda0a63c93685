//! Starts the real server, one for each test, so that every test has the nicknames and channels to
//! itself. It takes some ten milliseconds.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

use crate::client::Client;
use crate::line::SERVER;
use crate::transcript::Transcript;

/// Runs the server until its own standard input ends: so it ends with the test, however that ends.
const KEEPER: &str = r#""$0" serve --config "$1" & exec 2>&-; echo $!; read -r _; kill $!; wait $!"#;

/// The server under test.
pub struct Server {
    keeper: Child,
    pub pid: String,
    port: u16,
    dir: TempDir,
    transcript: Transcript,
}

/// A server as conformance section 2 wants it for such runs: without limits that slow down or hide.
pub fn server() -> Server {
    Server::start("")
}

/// The same, with more keys, each written out from the root (`server.password = …`).
pub fn server_with(keys: &str) -> Server {
    Server::start(keys)
}

/// The configuration, with more keys.
fn configuration(keys: &str) -> String {
    let unless = |key, usual| if keys.contains(key) { "" } else { usual };
    format!(
        "{keys}\n\
         network.name = \"ExampleNet\"\nserver.name = \"{SERVER}\"\nserver.description = \"example server\"\n\
         ip_limits = {{ count = false, throttle = false }}\nfakelag.enabled = false\n\
         ip_cloaking.enabled = false\naccounts.registration.throttle = false\n\
         {}log.level = \"warn\"\n\
         opers.operuser = {{ class = \"server-admin\", password = \"plain:operpassword\" }}\n\
         opers.helper = {{ class = \"helper\", password = \"plain:helperpassword\" }}\n\
         [oper_classes.helper]\ntitle = \"Helper\"\ncapabilities = []\n\
         [oper_classes.server-admin]\ntitle = \"Server Admin\"\n\
         capabilities = [\"kill\", \"ban\", \"rehash\", \"wallops\", \"samode\", \"accreg\", \"chanreg\",\
         \"chghost\", \"die\"]\n{}",
        unless("login_throttling", "accounts.login_throttling.enabled = false\n"),
        unless("listen = ", "[[listen]]\naddr = \"tcp://127.0.0.1:0\"\n")
    )
}

impl Server {
    fn start(keys: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("saloon.toml");
        fs::write(&file, configuration(keys)).expect("a configuration");
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, env!("CARGO_BIN_EXE_saloon")])
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut pid = String::new();
        let mut told = BufReader::new(keeper.stdout.take().expect("a pipe"));
        told.read_line(&mut pid).expect("the server's number");
        let transcript = Transcript::default();
        let mut log = BufReader::new(keeper.stderr.take().expect("a pipe"));
        let port = open_port(&mut log);
        // Read to the end, so that the server never waits for its log to be read.
        let noted = transcript.clone();
        std::thread::spawn(move || log.lines().map_while(Result::ok).for_each(|line| noted.note(line)));
        Self { keeper, pid: pid.trim().to_owned(), port, dir, transcript }
    }

    /// A connection that has said nothing.
    pub fn connect(&self) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server is there");
        Client::new(stream, "?", self.transcript.clone())
    }

    /// A registered client without capabilities.
    pub fn client(&self, nick: &str) -> Client {
        let mut client = self.connect();
        client.register(nick);
        client
    }

    /// A registered client with these capabilities, separated by spaces.
    pub fn client_with(&self, nick: &str, capabilities: &str) -> Client {
        let mut client = self.connect();
        client.send("CAP LS 302");
        client.send(format!("CAP REQ :{capabilities}"));
        client.send("CAP END");
        client.register(nick);
        client
    }

    /// Clients without capabilities, all on a channel that the first one created.
    pub fn on_channel<const N: usize>(&self, nicks: [&str; N], channel: &str) -> [Client; N] {
        let mut clients = nicks.map(|nick| self.client(nick));
        join(&mut clients.each_mut(), channel);
        clients
    }

    /// Sends the server a signal.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.pid]).status().expect("kill runs");
        assert!(status.success(), "the server is gone\n{}", self.transcript);
    }

    /// A file in the directory of the configuration.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the configuration anew.
    pub fn reconfigure(&self, keys: &str) {
        fs::write(self.file("saloon.toml"), configuration(keys)).expect("a configuration");
    }

    /// Waits until the server, which was told to stop, has stopped.
    pub fn stopped(mut self) -> ExitStatus {
        let mut end = String::new();
        // The keeper waits for its standard input, and then for the server.
        drop(self.keeper.stdin.take());
        if let Some(mut told) = self.keeper.stdout.take() {
            let _ = told.read_to_string(&mut end);
        }
        self.keeper.wait().expect("the shell ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Has clients join in this order, and forgets what they were told of it.
pub fn join(clients: &mut [&mut Client], channel: &str) {
    for client in clients.iter_mut() {
        client.ask(&format!("JOIN {channel}"));
    }
    for client in clients.iter_mut() {
        client.sync();
    }
}

/// The port of the first door that the server says is open.
fn open_port(log: &mut impl BufRead) -> u16 {
    let mut told = String::new();
    loop {
        let start = told.len();
        if log.read_line(&mut told).expect("the log is text") == 0 {
            panic!("the server did not start:\n{told}");
        }
        if let Some(door) = told[start..].strip_prefix("tcp://127.0.0.1:") {
            let digits: String = door.chars().take_while(char::is_ascii_digit).collect();
            return digits.parse().expect("a port");
        }
    }
}
