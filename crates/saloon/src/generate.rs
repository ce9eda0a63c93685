//! `saloon completions` and `saloon man`: made from the definition of the command line.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap::builder::Resettable;
use clap_mangen::Man;

use crate::cli::{Cli, CompletionsOptions, ManOptions};

/// Prints the completion script for a shell.
pub fn completions(options: &CompletionsOptions) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "saloon", &mut script);
    print(&script)
}

/// Prints the main man page, or writes all pages into a directory.
pub fn man(options: &ManOptions) -> anyhow::Result<()> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let Some(dir) = &options.dir else { return print(&page(command)?) };
    fs::create_dir_all(dir)
        .and_then(|()| write_pages(command, dir))
        .with_context(|| format!("cannot write man pages into {}", dir.display()))
}

/// A page for a command and one for each below it.
fn write_pages(command: clap::Command, dir: &Path) -> io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()).cloned() {
        write_pages(below, dir)?;
    }
    let name = Man::new(command.clone()).get_filename();
    fs::write(dir.join(name), page(command)?)
}

/// A page, with the examples set line by line, which `clap_mangen` would run together.
fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut page = Vec::new();
    Man::new(command.after_help(Resettable::Reset)).render(&mut page)?;
    let lines: Vec<_> = examples.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    if !lines.is_empty() {
        writeln!(page, ".SH EXAMPLES\n.nf")?;
        for line in lines {
            writeln!(page, "{}", roff_line(line))?;
        }
        writeln!(page, ".fi")?;
    }
    Ok(page)
}

/// A line as text: no character in it means anything to roff.
fn roff_line(line: &str) -> String {
    let text = line.replace('\\', r"\e").replace('-', r"\-").replace('\'', r"\(aq");
    if text.starts_with('.') { format!(r"\&{text}") } else { text }
}

fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_mean_nothing_to_roff() {
        assert_eq!(roff_line(r"printf '%s\n' --x"), r"printf \(aq%s\en\(aq \-\-x");
        assert_eq!(roff_line(".nf"), r"\&.nf");
    }
}
