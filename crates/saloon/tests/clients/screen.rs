//! A terminal with one program in it: a tmux server of its own, with an empty home.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::support::PATIENCE;

/// A terminal with one program in it. Dropping it ends both.
pub struct Screen {
    home: TempDir,
    pid: Option<Pid>,
}

/// What of the environment would lead a program out of its home.
const LEADS_OUT: [&str; 6] =
    ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "WEECHAT_HOME", "TMUX"];

impl Screen {
    /// Runs a shell command in a new terminal.
    pub fn open(command: &str) -> Self {
        require("tmux", "tmux");
        let mut screen = Self { home: tempfile::tempdir().expect("a directory"), pid: None };
        let opened = screen.tmux(&["new-session", "-d", "-s", "main", "-x", "150", "-y", "50", command]);
        assert!(opened.status.success(), "tmux: {}", String::from_utf8_lossy(&opened.stderr));
        let pid = screen.tmux(&["display-message", "-p", "-t", "main", "#{pane_pid}"]);
        let pid = String::from_utf8_lossy(&pid.stdout).trim().parse().ok();
        screen.pid = pid.and_then(Pid::from_raw);
        screen
    }

    /// irssi, on its way to a server.
    pub fn irssi(options: &str) -> Self {
        require("irssi", "irssi");
        let screen = Self::open(&format!("exec irssi {options}"));
        // Its own brake on what it sends would make the test slow.
        screen.wait("[(status)]");
        screen.type_line("/set cmd_queue_speed 10msec");
        screen
    }

    /// WeeChat, having been given these commands.
    pub fn weechat(commands: &[&str]) -> Self {
        require("weechat", "weechat-curses");
        let quick =
            ["/set irc.server_default.anti_flood_prio_high 0", "/set irc.server_default.anti_flood 0"];
        let run = quick.iter().chain(commands).map(|command| format!(" -r '{command}'")).collect::<String>();
        Self::open(&format!("exec weechat{run}"))
    }

    fn tmux(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("tmux");
        for name in LEADS_OUT {
            command.env_remove(name);
        }
        let home = self.home.path();
        command
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("LC_ALL", "C.UTF-8")
            .env("SHELL", "/bin/sh");
        command
            .current_dir(home)
            .args(["-u", "-f", "/dev/null", "-S"])
            .arg(home.join("tmux"))
            .args(arguments);
        command.output().expect("tmux runs")
    }

    /// Types a line.
    pub fn type_line(&self, line: &str) {
        self.tmux(&["send-keys", "-t", "main", "-l", line]);
        self.tmux(&["send-keys", "-t", "main", "Enter"]);
    }

    /// Types, without Enter.
    pub fn type_keys(&self, text: &str) {
        self.tmux(&["send-keys", "-t", "main", "-l", text]);
    }

    /// Presses a key that has a name, such as `C-c`.
    pub fn press(&self, key: &str) {
        self.tmux(&["send-keys", "-t", "main", key]);
    }

    /// What is on the screen.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.tmux(&["capture-pane", "-p", "-t", "main"]).stdout).into_owned()
    }

    /// Waits until this is on the screen.
    pub fn wait(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.shown();
            if shown.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "{text:?} is not on the screen:\n{shown}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Keeps a picture of the screen where `SALOON_SCREENS` says, for people to look at.
    pub fn keep(&self, name: &str) {
        if let Some(dir) = std::env::var_os("SALOON_SCREENS") {
            std::fs::write(Path::new(&dir).join(name), self.shown()).expect("written");
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
        if let Some(pid) = self.pid {
            // In case it does not care that its terminal is gone.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// Fails with the package to install if a program is missing.
pub fn require(program: &str, package: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|dir| dir.join(program).is_file());
    assert!(there, "this test needs {program}: on Debian, apt-get install {package} (./test does that)");
}
