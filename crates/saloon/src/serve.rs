//! `saloon serve`: the configuration, the log, and then the server until it stops.

use anyhow::Context as _;
use server::config::Config;
use server::{Handed, ServeError, Source};
use terminal::log_lines;

use crate::cli::ServeOptions;
use crate::{console, doors, logging};

/// Serves until told to stop.
pub fn run(options: ServeOptions) -> anyhow::Result<()> {
    // First of all, while there are no threads.
    let handed = Handed::from_env();
    let config = configure(&options)?;
    let (desk, stream) = match options.console {
        true => Some(console::open()?).unzip(),
        false => (None, None),
    };
    let lines = desk.as_ref().filter(|seat| seat.desk.is_interactive()).map(|seat| log_lines(&seat.desk));
    logging::start(&config.log, lines);
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let name =
        options.config.as_ref().map_or("built-in settings".to_owned(), |file| file.display().to_string());
    let load = Box::new(move || configure(&options).map_err(|error| format!("{error:#}")));
    // As it was called, so that what is printed can be pasted into the same shell.
    let program = std::env::args().next().unwrap_or_else(|| "saloon".to_owned());
    let mut talking = None;
    let announce = |opened: &Config| {
        eprintln!("{}", doors::doors(opened, &program));
        talking = desk.map(console::Seat::talk);
    };
    let served = server::serve(config, Source { name, load }, handed, stream, announce);
    // The server has closed its end, and the terminal is to be left as it was.
    talking.map(std::thread::JoinHandle::join);
    served.map_err(|error| match error {
        ServeError::Bind(error) => {
            anyhow::anyhow!(doors::door_refused(&error.addr.to_string(), &error.source))
        }
        other => other.into(),
    })
}

/// The file, or the built-in settings, with the options on top.
fn configure(options: &ServeOptions) -> anyhow::Result<Config> {
    let mut config = match &options.config {
        Some(file) => Config::load(file)?,
        None => Config::default(),
    };
    if !options.listen.is_empty() {
        config.listen.clone_from(&options.listen);
        config.check().context("--listen")?;
    }
    config.log.level = options.log_level.unwrap_or(config.log.level);
    config.log.format = options.log_format.unwrap_or(config.log.format);
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use server::config::{LogFormat, LogLevel};

    #[test]
    fn options_stand_above_the_configuration() {
        let options = ServeOptions {
            config: None,
            listen: vec!["tcp://127.0.0.1:7000".parse().expect("an address")],
            console: false,
            log_level: Some(LogLevel::Debug),
            log_format: None,
        };
        let config = configure(&options).expect("a configuration");
        assert_eq!(config.listen, options.listen);
        assert_eq!((config.log.level, config.log.format), (LogLevel::Debug, LogFormat::Text));
    }

    #[test]
    fn listening_twice_on_one_address_is_refused() {
        let listen = "tcp://127.0.0.1:7000".parse::<server::config::Listen>().expect("an address");
        let options = ServeOptions { listen: vec![listen.clone(), listen], ..ServeOptions::default() };
        let error = format!("{:#}", configure(&options).expect_err("twice"));
        assert_eq!(error, "--listen: listen[1].addr: tcp://127.0.0.1:7000 is listed twice");
    }
}
