//! `saloon menu`: a server of any dialect, by numbers.

use anyhow::Context as _;
use terminal::Desk;

use crate::chat;
use crate::cli::MenuOptions;

/// Shows the menu until the user chooses to exit.
pub fn run(options: MenuOptions) -> anyhow::Result<()> {
    let options = chat::place(options.place)?;
    Ok(terminal::menu(options, Desk::standard().context("can't catch Ctrl-C")?)?)
}
