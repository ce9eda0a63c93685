//! `saloon`: the one program. What each subcommand does is in the module of its name.

mod account;
mod admin;
mod chat;
mod check_config;
mod cli;
mod console;
mod data;
mod doors;
mod generate;
mod health;
mod logging;
mod menu;
mod passwd;
mod progress;
mod serve;
mod terminal;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // `saloon man | head`: whoever reads has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("saloon: {error:#}");
            lab::exit_code(&error)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command.unwrap_or_default() {
        Command::Serve(options) => serve::run(options),
        Command::Chat(options) => chat::run(options),
        Command::Menu(options) => menu::run(options),
        Command::CheckConfig(options) => check_config::run(&options),
        Command::Passwd => passwd::run(),
        Command::Account(options) => account::run(options),
        Command::Admin(options) => admin::run(&options),
        Command::Backup(options) => data::backup(&options),
        Command::Restore(options) => data::restore(&options),
        Command::Verify(options) => data::verify(&options),
        Command::Export(options) => data::export(&options),
        Command::Import(options) => data::import(&options),
        Command::Health(options) => health::run(&options),
        Command::Bench(options) => bench::run(options),
        Command::Lab(options) => lab::run(options),
        Command::Completions(options) => generate::completions(&options),
        Command::Man(options) => generate::man(&options),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
