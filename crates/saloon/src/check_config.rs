//! `saloon check-config`: whether a configuration is right.

use std::io::{self, Write};

use server::config::Config;

use crate::cli::CheckConfigOptions;

/// Prints OK and the warnings, or fails with what is wrong.
pub fn run(options: &CheckConfigOptions) -> anyhow::Result<()> {
    let config = Config::load(&options.file)?;
    let mut out = io::stdout().lock();
    for warning in config.warnings() {
        writeln!(out, "warning: {warning}")?;
    }
    let doors = config.listen.iter().map(|listen| &listen.addr).filter(|addr| addr.is_supported());
    let doors: Vec<_> = doors.map(ToString::to_string).collect();
    writeln!(out, "OK: {} would listen on {}", options.file.display(), doors.join(", "))?;
    Ok(())
}
