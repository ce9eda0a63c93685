//! The command line, from which the help, the man pages and the completions are made.

mod admin;
mod kept;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};
use clap::{Args, Parser, Subcommand};
use client::Url;
use server::config::{Listen, LogFormat, LogLevel};

pub use admin::{AdminCommand, AdminOptions};
pub use kept::{
    AccountCommand, AccountOptions, BackupOptions, DataOptions, ExportOptions, ImportOptions, RestoreOptions,
    VerifyOptions,
};

/// A chat server that anything with a socket can join.
///
/// Without a subcommand, saloon serves with built-in settings, open to this machine only, and
/// prints how to walk in.
#[derive(Debug, Parser)]
#[command(name = "saloon", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  saloon                                      serve on this machine, with built-in settings
  saloon serve --listen tcp://0.0.0.0:6667    the same, open to the network
  saloon check-config saloon.toml             say whether a configuration is right
  saloon serve --config saloon.toml           serve with it
  saloon passwd                               make a password hash to put into it
  saloon account add ann                      register an account
  saloon admin who                            see who is connected to the server that runs
  saloon chat tcp://127.0.0.1:6667            chat with whoever is at a server
  echo hi | saloon chat line+tcp://127.0.0.1  say one line";

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(ServeOptions),
    Chat(ChatOptions),
    Menu(MenuOptions),
    CheckConfig(CheckConfigOptions),
    /// Make a password hash for the configuration
    ///
    /// Asks for the password twice on a terminal, or reads one line from a pipe, and prints its
    /// Argon2id hash. Put that where the configuration has a password.
    #[command(after_help = "Examples:\n  saloon passwd\n  printf '%s\\n' \"$PASSWORD\" | saloon passwd")]
    Passwd,
    Account(AccountOptions),
    Admin(AdminOptions),
    Backup(BackupOptions),
    Restore(RestoreOptions),
    Verify(VerifyOptions),
    Export(ExportOptions),
    Import(ImportOptions),
    Health(HealthOptions),
    /// Measure an IRC server on this machine: Saloon, or any other
    #[command(
        after_help = "Examples:\n  saloon bench idle --connections 10000\n  saloon bench fanout --help"
    )]
    Bench(bench::Options),
    /// Serve one echo service under every concurrency model, to learn what they differ in
    #[command(
        after_help = "Examples:\n  saloon lab list\n  saloon lab run epoll-lt\n  saloon lab talk 127.0.0.1:7007"
    )]
    Lab(lab::Options),
    Completions(CompletionsOptions),
    Man(ManOptions),
}

impl Default for Command {
    fn default() -> Self {
        Self::Serve(ServeOptions::default())
    }
}

/// Serve until told to stop (this is what happens without a subcommand)
///
/// Stays in the foreground and logs to standard error. SIGTERM or Ctrl-C stops it, SIGHUP makes
/// it read its configuration again.
#[derive(Args, Debug, Default)]
#[command(after_help = SERVE_EXAMPLES)]
pub struct ServeOptions {
    /// Configuration file; without one, built-in settings
    #[arg(long, short, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Listen here and nowhere else: [DIALECT+]TRANSPORT://HOST:PORT or ://PATH (repeatable)
    ///
    /// Dialects: irc (if none is named), line, packet, plain, group, tagged; and auto, for whichever of TLS,
    /// HTTP, IRC and lines a peer begins with. Transports: tcp, tls and unix; ws and wss, not for auto; http
    /// and https (the web client), for irc only; udp and unixgram, for packet only.
    ///
    /// Replaces the listeners of the configuration. tls://, wss:// and https:// given here make their own
    /// certificate; for a certificate of yours, write the listener into the configuration.
    #[arg(long, value_name = "ADDR")]
    pub listen: Vec<Listen>,

    /// Talk in the lobby from this terminal; the log goes by above what is typed
    ///
    /// The server ends when you leave (/quit, Ctrl-D, Ctrl-C). In a pipe, every line of the input is said,
    /// and the server goes on after its end.
    #[arg(long)]
    pub console: bool,

    /// How much to log
    #[arg(long, value_name = "LEVEL", value_parser = log_level())]
    pub log_level: Option<LogLevel>,

    /// Log lines for people (text) or for programs (json)
    #[arg(long, value_name = "FORMAT", value_parser = log_format())]
    pub log_format: Option<LogFormat>,
}

const SERVE_EXAMPLES: &str = "\
Examples:
  saloon serve
  saloon serve --config /etc/saloon/saloon.toml
  saloon serve --listen tcp://127.0.0.1:7000 --listen unix:///run/saloon.sock
  saloon serve --listen tcp://127.0.0.1:7000 --listen line+tcp://0.0.0.0:7001
  saloon serve --listen http://127.0.0.1:8067 --listen auto+tcp://0.0.0.0:7000
  saloon serve --console
  saloon serve --log-level debug --log-format json";

/// Chat in lines: on a terminal, or in a pipe
///
/// On a terminal, lines are edited, what arrives stands above the line being typed, and a connection
/// that breaks is made again. In a pipe each line of the input is said, what people say is printed, and
/// when the input ends saloon waits until all has been delivered, and leaves. /help tells what can be
/// typed; /quit, Ctrl-D or Ctrl-C leaves, a second Ctrl-C at once.
#[derive(Args, Debug)]
#[command(after_help = CHAT_EXAMPLES)]
pub struct ChatOptions {
    #[command(flatten)]
    pub place: PlaceOptions,

    /// Wait there for somebody, as the server of a chat of two (packet+udp only)
    #[arg(long)]
    pub listen: bool,
}

const CHAT_EXAMPLES: &str = "\
Examples:
  saloon chat tcp://127.0.0.1:6667 --nick ann         IRC
  saloon chat irc+tls://irc.example.org --room dev    IRC over TLS, in #dev
  echo hi | saloon chat line+tcp://127.0.0.1:6670     say one line in the lobby
  saloon chat group+tcp://127.0.0.1:6671              /msg IP:PORT TEXT goes straight to that user
  saloon chat 'packet+udp://127.0.0.1:30104?nick=ann' a packet server
  saloon chat 'packet+udp://127.0.0.1:4000?nick=ann&kind=pair'      another person's program
  saloon chat --listen 'packet+udp://0.0.0.0:4000?nick=bob'         wait for another person
  saloon chat plain+tcp://127.0.0.1:8080 --encoding gbk";

/// Chat by numbers: connect, disconnect, time, name, list, send, exit
///
/// Shows what can be chosen now, under numbers that stay the same. What arrives stands above the line
/// being typed. Messages go to an id or a name that the list showed, or to everybody.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  saloon menu tagged+tcp://127.0.0.1:3677\n  saloon menu tcp://127.0.0.1:6667 --nick ann"
)]
pub struct MenuOptions {
    #[command(flatten)]
    pub place: PlaceOptions,
}

/// Where to go, and as whom.
#[derive(Args, Debug)]
pub struct PlaceOptions {
    /// DIALECT+TRANSPORT://HOST:PORT or DIALECT+TRANSPORT://PATH
    ///
    /// Dialects: irc (if none is named), line, packet, plain, group, tagged. Transports: tcp, tls, unix,
    /// and for packet udp and unixgram. Behind it may stand ?nick=NAME&room=ROOM&encoding=NAME, and for
    /// packet kind=pair.
    pub url: Url,

    /// Be called this
    #[arg(long, value_name = "NAME")]
    pub nick: Option<String>,

    /// Speak in this room, where the server has several
    #[arg(long, value_name = "ROOM")]
    pub room: Option<String>,

    /// How the other end writes text, such as utf-8, gbk or big5; by default it is found out
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,

    /// Take any certificate; on this machine that is so anyway
    #[arg(long)]
    pub insecure: bool,
}

/// Say whether a configuration is right, without serving
///
/// Prints OK and what is worth knowing, or what is wrong and where, with a non-zero status.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  saloon check-config saloon.toml && kill -HUP \"$(pidof saloon)\"")]
pub struct CheckConfigOptions {
    /// The file to check
    pub file: PathBuf,
}

/// Ask a server over HTTP whether it is well
///
/// Ends with status 0 if the answer is "200 OK" within five seconds, else with 1 and the reason. Needs an
/// http:// door. Without a path, /healthz is asked for; /readyz tells whether new connections are welcome.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  saloon health\n  saloon health http://127.0.0.1:8067/readyz || echo not ready"
)]
pub struct HealthOptions {
    /// What to ask: http://HOST:PORT/PATH
    #[arg(default_value = "http://127.0.0.1:8067/healthz")]
    pub url: String,
}

/// Print a script that completes commands in your shell
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  saloon completions bash > ~/.local/share/bash-completion/completions/saloon"
)]
pub struct CompletionsOptions {
    /// The shell it is for
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Print the man page, or write all of them
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  saloon man | man -l -\n  saloon man --dir /usr/local/share/man/man1")]
pub struct ManOptions {
    /// Write a page for saloon and one for each subcommand into this directory
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

fn log_level() -> ValueParser {
    PossibleValuesParser::new(LogLevel::WORDS).try_map(|word| word.parse::<LogLevel>()).into()
}

fn log_format() -> ValueParser {
    PossibleValuesParser::new(LogFormat::WORDS).try_map(|word| word.parse::<LogFormat>()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_subcommand_means_serve_with_built_in_settings() {
        let cli = Cli::parse_from(["saloon"]);
        let Command::Serve(options) = cli.command.unwrap_or_default() else { panic!("not serve") };
        assert!(options.config.is_none() && options.listen.is_empty());
    }
}
