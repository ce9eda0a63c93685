//! The browser and its driver, as processes: started for a test, and never left behind.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http;
use crate::session::{Session, WATCH};
use crate::{PATIENCE, eventually};

/// No sandbox, as tests also run as root in containers; no network of its own but what the page asks for.
const FLAGS: [&str; 16] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    // A machine that is busy with other tests is no reason to draw less often.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--hide-scrollbars",
];

/// How often the driver is started until it has a port.
const TRIES: usize = 5;

/// How a browser is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The languages its user reads, best first.
    pub languages: &'static str,
    /// Width, height and pixels of the screen per pixel of the page.
    pub size: (u32, u32, f64),
    /// Whether it is a telephone: a finger, no mouse.
    pub phone: bool,
    /// `light` or `dark`.
    pub scheme: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Self { languages: "en-US,en", size: (1280, 800, 1.0), phone: false, scheme: "light" }
    }
}

impl Options {
    /// A telephone held upright.
    #[must_use]
    pub fn phone() -> Self {
        Self { size: (360, 740, 2.0), phone: true, ..Self::default() }
    }
}

/// A running `chromedriver`. Dropping it ends it; each browser is ended by its [`Session`].
#[derive(Debug)]
pub struct Chromium {
    driver: Child,
    addr: SocketAddr,
}

impl Chromium {
    /// Starts the driver, at a port that is free.
    ///
    /// # Panics
    /// It is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        installed("chromium", "chromium");
        installed("chromedriver", "chromium-driver");
        let mut said = String::new();
        for _ in 0..TRIES {
            match Self::try_start().expect("chromedriver starts") {
                Ok(chromium) => return chromium,
                Err(instead) => said = instead,
            }
        }
        panic!("chromedriver did not say where it listens, but:\n{said}");
    }

    /// Starts the driver, or tells what it said in place of its port: one that is free for IPv4 may be taken for IPv6,
    /// and then it ends.
    fn try_start() -> io::Result<Result<Self, String>> {
        let (output, input) = io::pipe()?;
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(input.try_clone()?).stderr(input);
        let mut driver = command.spawn()?;
        // It has our ends of the pipe, and would keep it open.
        drop(command);
        let mut lines = BufReader::new(output).lines();
        let mut said = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some(port) = port_in(&line) {
                // Whatever else it says is taken from it, so that it need not wait.
                std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
                return Ok(Ok(Self { driver, addr: SocketAddr::from(([127, 0, 0, 1], port)) }));
            }
            said += &line;
            said.push('\n');
        }
        driver.wait()?;
        Ok(Err(said))
    }

    /// A browser of its own, with a fresh profile.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn browser(&self, options: &Options) -> Session {
        let profile = tempfile::Builder::new().prefix("saloon-browser-").tempdir().expect("a directory");
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        flags.push(format!("--window-size={},{}", options.size.0, options.size.1));
        flags.push(format!("--lang={}", options.languages.split(',').next().unwrap_or("en")));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "timeouts": { "script": PATIENCE.as_millis(), "pageLoad": PATIENCE.as_millis() },
            "goog:chromeOptions": { "args": flags, "prefs": { "intl.accept_languages": options.languages } },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let ended = Ended(profile);
        let value = command(self.addr, "POST", "/session", &wanted)
            .unwrap_or_else(|failure| panic!("Chromium starts: {failure}"));
        let id = value["sessionId"].as_str().expect("a session").to_owned();
        let session = Session::new(self.addr, id, ended);
        session.cdp("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }));
        session.dress(options);
        session
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A profile, and with it whatever processes have it open: these end with it.
#[derive(Debug)]
pub struct Ended(TempDir);

impl Drop for Ended {
    fn drop(&mut self) {
        // Usually there are none: a browser ends when its session does. The first is the one that starts the others.
        eventually_quiet(self.0.path());
    }
}

fn eventually_quiet(profile: &Path) {
    let mut looks = 0;
    eventually("the browser ends", || {
        let ids = processes_of(profile);
        looks += 1;
        if looks > 50 {
            for id in &ids {
                let _ = kill_process(*id, Signal::KILL);
            }
        }
        ids.is_empty()
    });
}

/// Processes that were started with this profile, which nobody else has.
fn processes_of(profile: &Path) -> Vec<Pid> {
    let profile = profile.as_os_str().as_encoded_bytes();
    let all = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|id| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        line.windows(profile.len()).any(|part| part == profile)
    })
    .filter_map(Pid::from_raw)
    .collect()
}

/// The port, in the line that tells of it.
fn port_in(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
}

/// # Panics
/// It is not.
fn installed(program: &str, package: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|dir| dir.join(program).is_file());
    assert!(there, "{program} is missing. On Debian: sudo apt-get install {package}");
}

/// Gives the driver a command (W3C WebDriver §6.3).
///
/// # Errors
/// The command failed, or the driver is gone: what is said about it.
pub(crate) fn command(addr: SocketAddr, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    let body = if method == "POST" { body.to_string() } else { String::new() };
    let fields = [("Content-Type", "application/json; charset=utf-8")];
    let answer = http::ask(addr, method, path, &fields, body.as_bytes())
        .map_err(|error| format!("chromedriver: {error}"))?;
    let mut answer_body: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    let value = answer_body["value"].take();
    match value["error"].as_str() {
        Some(kind) if answer.status != 200 => {
            let message = value["message"].as_str().unwrap_or_default();
            let first = message.split("\nStacktrace").next().unwrap_or_default();
            Err(format!("{kind}: {first}"))
        }
        _ => Ok(value),
    }
}
