//! The command line, from which the help, the man pages and the completions are made.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};
use clap::{Args, Parser, Subcommand};
use server::config::{Listen, LogFormat, LogLevel};

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
  saloon passwd                               make a password hash to put into it";

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(ServeOptions),
    CheckConfig(CheckConfigOptions),
    /// Make a password hash for the configuration
    ///
    /// Asks for the password twice on a terminal, or reads one line from a pipe, and prints its
    /// Argon2id hash. Put that where the configuration has a password.
    #[command(after_help = "Examples:\n  saloon passwd\n  printf '%s\\n' \"$PASSWORD\" | saloon passwd")]
    Passwd,
    /// Measure an IRC server on this machine: Saloon, or any other
    #[command(
        after_help = "Examples:\n  saloon bench idle --connections 10000\n  saloon bench fanout --help"
    )]
    Bench(bench::Options),
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

    /// Listen here and nowhere else: tcp://HOST:PORT, tls://HOST:PORT or unix://PATH (repeatable)
    ///
    /// Replaces the listeners of the configuration. tls:// given here makes its own certificate;
    /// for a certificate of yours, write the listener into the configuration.
    #[arg(long, value_name = "ADDR")]
    pub listen: Vec<Listen>,

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
  saloon serve --log-level debug --log-format json";

/// Say whether a configuration is right, without serving
///
/// Prints OK and what is worth knowing, or what is wrong and where, with a non-zero status.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  saloon check-config saloon.toml && kill -HUP \"$(pidof saloon)\"")]
pub struct CheckConfigOptions {
    /// The file to check
    pub file: PathBuf,
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
