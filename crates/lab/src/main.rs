//! `saloon lab` as a program of its own, for when only the lab is built.

use std::process::ExitCode;

use clap::Parser;

/// One echo service under every concurrency model.
#[derive(Parser)]
#[command(name = "lab", version, max_term_width = 100)]
struct Program {
    #[command(flatten)]
    options: lab::Options,
}

fn main() -> ExitCode {
    match lab::run(Program::parse().options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lab: {error:#}");
            lab::exit_code(&error)
        }
    }
}
