//! The program as a process of its own: started with a configuration, watched, and never left behind.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::log::Log;
use super::{PATIENCE, eventually};

/// What is not the subject of most tests is off.
const DEFAULTS: [&str; 7] = [
    "server.name = \"irc.example.org\"",
    "server.workers = 2",
    "ip_limits.count = false",
    "ip_limits.throttle = false",
    "ip_cloaking.enabled = false",
    "fakelag.enabled = false",
    "log.level = \"debug\"",
];

/// A configuration in a directory of its own, not yet running.
#[derive(Clone)]
pub struct Setup {
    settings: BTreeMap<String, String>,
    doors: Vec<String>,
    dir: Arc<TempDir>,
    /// The limit on open files.
    files: Option<u32>,
    /// A directory that is a file system of its own, and its size.
    disk: Option<(String, String)>,
    /// What is in its environment besides.
    environment: Vec<(String, String)>,
    /// Sockets that it finds open: at most two.
    handed: Vec<Arc<OwnedFd>>,
}

impl Default for Setup {
    fn default() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let setup = Self {
            settings: BTreeMap::new(),
            doors: vec![],
            dir: Arc::new(dir),
            files: None,
            disk: None,
            environment: vec![],
            handed: vec![],
        };
        DEFAULTS.into_iter().fold(setup, Self::set)
    }
}

impl Setup {
    /// Sets a key, written as in the file: `fakelag.burst = 3`.
    pub fn set(mut self, setting: &str) -> Self {
        let (key, value) = setting.split_once('=').expect("key = value");
        self.settings.insert(key.trim().to_owned(), value.trim().to_owned());
        self
    }

    /// Adds a listener with these keys. Without any, there is one for plain TCP.
    pub fn door(mut self, keys: &str) -> Self {
        self.doors.push(keys.to_owned());
        self
    }

    /// Starts with so many descriptors and no more.
    pub fn open_files(mut self, most: u32) -> Self {
        self.files = Some(most);
        self
    }

    /// Starts with a small file system, such as of `16m`, in this directory beside the configuration. Only the
    /// server sees it there: others find it behind `/proc/PID/root`.
    pub fn disk(mut self, dir: &str, size: &str) -> Self {
        std::fs::create_dir_all(self.path(dir)).expect("a directory");
        self.disk = Some((dir.to_owned(), size.to_owned()));
        self
    }

    /// Starts with this in its environment.
    pub fn environment(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Starts with this socket handed over, as systemd does it. There may be two.
    pub fn hand_over(mut self, socket: impl Into<OwnedFd>) -> Self {
        self.handed.push(Arc::new(socket.into()));
        self
    }

    /// Writes a file beside the configuration.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).expect("written");
        self
    }

    /// A file beside the configuration.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the configuration, and says where.
    pub fn write(&self) -> PathBuf {
        let mut text = String::new();
        for (key, value) in &self.settings {
            text += &format!("{key} = {value}\n");
        }
        for door in self.doors() {
            text += &format!("[[listen]]\n{door}\n");
        }
        let file = self.path("saloon.toml");
        fs::write(&file, text).expect("written");
        file
    }

    fn doors(&self) -> Vec<String> {
        if self.doors.is_empty() {
            vec!["addr = \"tcp://127.0.0.1:0\"".to_owned()]
        } else {
            self.doors.clone()
        }
    }

    /// The program, in its surroundings.
    fn command(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_saloon");
        let run = "exec \"$0\" \"$@\"";
        let mut command = match (self.files, &self.disk) {
            _ if !self.handed.is_empty() => {
                // As its standard input and output they come as far as the shell.
                let taken = ["3<&0", "3<&0 4<&1"][self.handed.len() - 1];
                let pass = format!("LISTEN_PID=$$; export LISTEN_PID; {run} {taken} </dev/null >/dev/null");
                let mut shell = Command::new("sh");
                shell.args(["-c", &pass]).env("LISTEN_FDS", self.handed.len().to_string());
                shell.env("LISTEN_FDNAMES", ["one", "one:two"][self.handed.len() - 1]);
                shell
            }
            (None, None) => return Command::new(program),
            (Some(most), _) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("ulimit -n {most}; {run}")]);
                shell
            }
            (None, Some((dir, size))) => {
                let dir = self.path(dir);
                let mount = format!("mount -t tmpfs -o size={size} tmpfs {}", dir.display());
                let mut shell = Command::new("unshare");
                shell.args(["--map-root-user", "--mount", "sh", "-c", &format!("{mount} && {run}")]);
                shell
            }
        };
        command.arg(program);
        command
    }

    /// Starts the server, and waits until its doors are open.
    pub fn start(self) -> Server {
        let file = self.write();
        let mut command = self.command();
        let mut handed = self.handed.iter().map(|fd| Stdio::from(fd.try_clone().expect("a descriptor")));
        let [stdin, stdout] = [(); 2].map(|()| handed.next().unwrap_or_else(Stdio::null));
        drop(handed);
        command.args(["serve", "--config"]).arg(file).stdin(stdin).stdout(stdout);
        command.envs(self.environment.iter().cloned());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
        let log = Log::of(child.stderr.take().expect("a pipe"));
        let wanted = self.doors().len();
        let mut server = Server { child, log, doors: vec![], setup: self };
        server.doors = server.log.wait(PATIENCE, "its doors are open", |lines| {
            let doors: Vec<String> = lines.iter().filter_map(|line| door_of(line)).collect();
            (doors.len() >= wanted).then_some(doors)
        });
        server
    }
}

/// The address in the line that announces a door.
fn door_of(line: &str) -> Option<String> {
    let schemes =
        ["tcp://", "tls://", "http://", "https://", "ws://", "wss://", "unix://", "udp://", "unixgram://"];
    let is_door = schemes.iter().any(|scheme| line.starts_with(scheme));
    Some(line.split_once(" (").filter(|_| is_door)?.0.to_owned())
}

/// A running server. Dropping it kills it.
pub struct Server {
    child: Child,
    log: Log,
    /// Its doors as it announced them.
    pub doors: Vec<String>,
    pub setup: Setup,
}

/// How a server ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub took: Duration,
}

impl Server {
    /// One with a single plain door.
    pub fn start() -> Self {
        Setup::default().start()
    }

    /// Where a door with a port is.
    pub fn addr(&self, door: usize) -> SocketAddr {
        let (_, addr) = self.doors[door].split_once("://").expect("a scheme");
        addr.parse().expect("an address")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(pid, signal).expect("it runs");
    }

    /// The lines that it prints for people to walk in, once there are so many.
    pub fn lines_to_paste(&self, count: usize) -> Vec<String> {
        self.log.wait(PATIENCE, "lines to paste", |lines| {
            let ways = lines.iter().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned);
            Some(ways.collect::<Vec<_>>()).filter(|ways| ways.len() >= count)
        })
    }

    /// Changes keys of the configuration file, without telling the server.
    pub fn rewrite(&mut self, settings: &[&str]) {
        self.setup = settings.iter().fold(self.setup.clone(), |setup, setting| setup.set(setting));
        self.setup.write();
    }

    /// Waits until so many lines of the log have this in them.
    pub fn logged(&self, text: &str, times: usize) {
        self.log.wait(PATIENCE, text, |lines| {
            (lines.iter().filter(|line| line.contains(text)).count() >= times).then_some(())
        });
    }

    /// How often this stands in the log by now.
    pub fn log_count(&self, text: &str) -> usize {
        self.log.count(text)
    }

    /// Waits until the process ends.
    pub fn wait(&mut self) -> Ended {
        let began = Instant::now();
        let mut status = None;
        eventually("the server ends", || {
            status = self.child.try_wait().expect("a status");
            status.is_some()
        });
        Ended { code: status.and_then(|status| status.code()), took: began.elapsed() }
    }

    /// Sends SIGTERM, and waits until the process ends.
    pub fn stop(&mut self) -> Ended {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Descriptors it has open.
    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).expect("it runs").count()
    }

    /// Kibibytes of memory it has.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.log.conclude();
    }
}

/// Runs the program until it ends by itself.
pub fn saloon(arguments: &[&str], file: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saloon"));
    command.args(arguments).args(file).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    eventually("the program ends", || child.try_wait().expect("a status").is_some());
    child.wait_with_output().expect("it has ended")
}
