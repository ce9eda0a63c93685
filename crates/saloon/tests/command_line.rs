//! The program as a person at a shell meets it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn saloon(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_saloon")).args(arguments).stdin(Stdio::null()).output().expect("it runs")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

/// Pipes a line into `saloon passwd`.
fn passwd(line: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_saloon"))
        .arg("passwd")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    child.stdin.take().expect("a pipe").write_all(line.as_bytes()).expect("written");
    child.wait_with_output().expect("it ends")
}

fn check(text: &str) -> Output {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("saloon.toml");
    fs::write(&file, text).expect("written");
    saloon(&["check-config", file.to_str().expect("UTF-8")])
}

#[test]
fn the_help_names_every_command_and_shows_examples() {
    let help = saloon(&["--help"]);
    assert!(help.status.success());
    for word in [
        "serve",
        "check-config",
        "passwd",
        "account",
        "backup",
        "restore",
        "verify",
        "export",
        "import",
        "health",
        "bench",
        "lab",
        "completions",
        "man",
        "Examples:",
        "open to this machine only",
    ] {
        assert!(stdout(&help).contains(word), "{word} is missing in:\n{}", stdout(&help));
    }
    let commands = "serve check-config passwd account backup restore verify export import health bench lab completions man";
    for command in commands.split(' ') {
        let help = saloon(&[command, "--help"]);
        assert!(help.status.success() && stdout(&help).contains("Example"), "{command}: {}", stdout(&help));
    }
}

#[test]
fn the_version_is_told() {
    assert_eq!(stdout(&saloon(&["--version"])), format!("saloon {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn an_unknown_option_or_a_bad_address_is_a_usage_error() {
    assert_eq!(saloon(&["serve", "--colour"]).status.code(), Some(2));
    let output = saloon(&["serve", "--listen", "127.0.0.1:6667"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("tcp://127.0.0.1:6667"), "{}", stderr(&output));
}

#[test]
fn a_right_configuration_is_ok() {
    let output = check("[server]\nname = \"irc.example.org\"\n[[listen]]\naddr = \"tcp://127.0.0.1:6667\"\n");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("OK: "), "{}", stdout(&output));
    assert!(stdout(&output).ends_with("would listen on tcp://127.0.0.1:6667\n"), "{}", stdout(&output));
}

#[test]
fn the_configuration_in_the_repository_is_ok() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../saloon.toml");
    let output = saloon(&["check-config", file.to_str().expect("UTF-8")]);
    assert!(output.status.success() && stdout(&output).starts_with("OK: "), "{}", stderr(&output));
}

#[test]
fn a_setting_without_effect_is_ok_with_a_warning() {
    let output = check("[server]\ncheck_ident = true\n");
    assert!(output.status.success());
    assert!(stdout(&output).contains("warning: server.check_ident has no effect yet"), "{}", stdout(&output));
    assert!(stdout(&output).contains("OK: "));
}

#[test]
fn a_wrong_configuration_fails_and_names_file_line_and_key() {
    let output = check("[server.timeouts]\nping = \"90\"\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert!(
        stderr(&output).ends_with(
            "saloon.toml, line 2, column 8: server.timeouts.ping: \"90\" is not a duration; \
             write \"90s\" or \"2m\"\n"
        ),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_configuration_that_is_not_there_stops_the_start() {
    for arguments in [["check-config", "no/such.toml"].as_slice(), &["serve", "--config", "no/such.toml"]] {
        let output = saloon(arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).starts_with("saloon: no/such.toml: cannot be read: "), "{}", stderr(&output));
    }
}

#[test]
fn a_password_from_a_pipe_becomes_a_hash_that_fits_it() {
    let output = passwd("correct horse\n");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    let secret: server::password::Secret = stdout(&output).trim_end().parse().expect("a hash");
    assert!(secret.verify(b"correct horse") && !secret.verify(b"correct horse\n"));
}

#[test]
fn the_hash_can_be_put_into_a_configuration() {
    let hash = passwd("x");
    let output = check(&format!("[server]\npassword = \"{}\"\n", stdout(&hash).trim_end()));
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn an_empty_password_is_refused() {
    for line in ["", "\n"] {
        let output = passwd(line);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = saloon(&["completions", shell]);
        assert!(output.status.success() && stdout(&output).contains("check-config"), "{shell}");
    }
    assert_eq!(saloon(&["completions", "cmd"]).status.code(), Some(2));
}

#[test]
fn the_man_page_is_roff() {
    let output = saloon(&["man"]);
    assert!(stdout(&output).contains(".TH saloon 1"), "{}", stdout(&output));
}

#[test]
fn a_directory_gets_a_man_page_for_each_command() {
    let dir = tempfile::tempdir().expect("a directory");
    let pages = dir.path().join("man1");
    assert!(saloon(&["man", "--dir", pages.to_str().expect("UTF-8")]).status.success());
    for page in
        ["saloon.1", "saloon-serve.1", "saloon-check-config.1", "saloon-passwd.1", "saloon-account-add.1"]
    {
        let text = fs::read_to_string(pages.join(page)).expect(page);
        assert!(text.contains(".TH") && text.contains(".SH EXAMPLES"), "{page}");
    }
}

/// Asks a server that gives this answer, and says what it was asked.
fn health(answer: &'static str) -> (Output, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("somebody comes");
        let mut asked = [0; 1024];
        let length = peer.read(&mut asked).expect("a question");
        peer.write_all(answer.as_bytes()).expect("answered");
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    let output = saloon(&["health", &url]);
    (output, server.join().expect("it has been asked"))
}

#[test]
fn health_is_the_status_of_the_answer() {
    let (output, asked) = health("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(asked.starts_with("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:"), "{asked}");
    let (output, _) = health("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("503 Service Unavailable"), "{}", stderr(&output));
    let (output, _) = health("");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn nobody_there_is_not_healthy() {
    let free = TcpListener::bind("127.0.0.1:0").expect("bind").local_addr().expect("an address");
    let output = saloon(&["health", &format!("http://{free}/healthz")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("does not answer"), "{}", stderr(&output));
}
