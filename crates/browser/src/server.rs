//! The server as a process of its own: with its data in a directory that goes with it, killed and started again at
//! the same ports, and never left behind.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::log::Log;
use crate::{PATIENCE, Peer, eventually};

/// What is not the subject of most tests is off.
const SETTINGS: &str = r#"
network.name = "Saloon"
server.name = "chat.example.org"
server.workers = 2
ip_limits.count = false
ip_limits.throttle = false
ip_cloaking.enabled = false
fakelag.enabled = false
log.level = "debug"
"#;

/// The doors: for browsers, for IRC, for `nc`, in this order.
const DOORS: [(&str, &str); 3] = [("http", "irc"), ("tcp", "irc"), ("tcp", "line")];

/// A configuration in a directory of its own, not yet running.
#[derive(Clone, Debug)]
pub struct Setup {
    settings: String,
    ports: [u16; 3],
    dir: Arc<TempDir>,
}

impl Default for Setup {
    fn default() -> Self {
        let dir = tempfile::Builder::new().prefix("saloon-server-").tempdir().expect("a directory");
        Self { settings: SETTINGS.to_owned(), ports: [0; 3], dir: Arc::new(dir) }
    }
}

impl Setup {
    /// Sets a key, written as in the file: `fakelag.burst = 3`.
    #[must_use]
    pub fn set(mut self, setting: &str) -> Self {
        let key = setting.split('=').next().unwrap_or_default();
        let kept = self.settings.lines().filter(|line| line.split('=').next() != Some(key));
        self.settings = kept.chain([setting]).map(|line| format!("{line}\n")).collect();
        self
    }

    /// Writes the configuration, and says where.
    ///
    /// # Panics
    /// It can't be written.
    #[must_use]
    pub fn write(&self) -> PathBuf {
        let mut text = self.settings.clone();
        for ((scheme, dialect), port) in DOORS.iter().zip(self.ports) {
            text += &format!("[[listen]]\naddr = \"{scheme}://127.0.0.1:{port}\"\ndialect = \"{dialect}\"\n");
        }
        let file = self.dir.path().join("saloon.toml");
        fs::write(&file, text).expect("written");
        file
    }

    /// Runs the program with these arguments and this configuration until it ends.
    ///
    /// # Panics
    /// It fails.
    pub fn saloon(&self, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new(program());
        command.args(arguments).arg("--config").arg(self.write()).stdin(Stdio::null());
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// A file beside the configuration.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Starts the server, and waits until its doors are open.
    ///
    /// # Panics
    /// They never are.
    #[must_use]
    pub fn start(mut self) -> Server {
        let mut command = Command::new(program());
        command.args(["serve", "--config"]).arg(self.write()).current_dir(self.dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let log = Log::of(child.stderr.take().expect("a pipe"));
        let mut server = Server { child, log, setup: self.clone() };
        let ports = server.log.wait(PATIENCE, "its doors are open", |lines| {
            let ports: Vec<u16> = lines.iter().filter_map(|line| port_of(line)).collect();
            ports.try_into().ok()
        });
        self.ports = ports;
        server.setup = self;
        server
    }
}

/// The port in the line that announces a door.
fn port_of(line: &str) -> Option<u16> {
    let (addr, _) = line.split_once(" (")?;
    let rest = addr.strip_prefix("http://").or_else(|| addr.strip_prefix("tcp://"))?;
    rest.rsplit_once(':')?.1.parse().ok()
}

/// The program that is tested: the one that stands where this one was built.
fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a program");
    let folder = own.ancestors().find(|folder| folder.join("deps").is_dir()).expect("a folder of cargo's");
    let program = folder.join("saloon");
    assert!(program.is_file(), "{} is not built: cargo build", program.display());
    let stale = stale(&program);
    assert!(
        stale.is_none(),
        "{} is older than {}: cargo build",
        program.display(),
        stale.unwrap_or_default()
    );
    program
}

/// A file that the program is made of, and that was changed since.
fn stale(program: &Path) -> Option<String> {
    let changed = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
    let built = changed(program)?;
    let made_of = fs::read_to_string(program.with_extension("d")).ok()?;
    let newer = |path: &str| changed(Path::new(path)).is_some_and(|time: SystemTime| time > built);
    made_of
        .split_whitespace()
        .skip(1)
        .find(|path| Path::new(path).is_file() && newer(path))
        .map(str::to_owned)
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: Log,
    /// What it was started with, at the ports that it got.
    pub setup: Setup,
}

impl Server {
    /// One with nothing special.
    #[must_use]
    pub fn start() -> Self {
        Setup::default().start()
    }

    /// The address of the page, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.http())
    }

    /// Where HTTP is spoken.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        self.door(0)
    }

    fn door(&self, number: usize) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.setup.ports[number]))
    }

    /// Somebody with an IRC program, in the lobby.
    #[must_use]
    pub fn irc(&self, nick: &str) -> Peer {
        let mut peer = self.irc_outside(nick);
        peer.send("JOIN #lobby");
        peer.until(" 366 ");
        peer
    }

    /// Somebody with an IRC program, in no room.
    #[must_use]
    pub fn irc_outside(&self, nick: &str) -> Peer {
        let mut peer = Peer::connect(self.door(1));
        peer.send(&format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}"));
        peer.until(" 001 ");
        peer.sync();
        peer
    }

    /// Somebody with `nc`, in the lobby.
    #[must_use]
    pub fn nc(&self, nick: &str) -> Peer {
        let mut peer = Peer::connect(self.door(2));
        peer.until("-- Type a line");
        peer.send(&format!("/nick {nick}"));
        peer.until(&format!("-- you are called {nick} now"));
        peer
    }

    /// Ends it at once, as a power failure does: it has no time to say goodbye.
    ///
    /// # Panics
    /// It has ended before.
    pub fn kill(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(pid, Signal::KILL).expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Starts it again, with the same data and at the same ports.
    pub fn start_again(&mut self) {
        let again = self.setup.clone().start();
        let _ = std::mem::replace(self, again);
    }

    /// Tells it to stop, and waits until it has.
    ///
    /// # Panics
    /// It does not.
    pub fn stop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(pid, Signal::TERM).expect("it runs");
        eventually("the server ends", || self.child.try_wait().expect("a status").is_some());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.log.conclude();
    }
}
