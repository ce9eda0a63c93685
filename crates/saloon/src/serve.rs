//! `saloon serve`: the configuration, the log, and then the server until it stops.

use anyhow::Context as _;
use server::config::Config;
use server::{ServeError, Source};

use crate::cli::ServeOptions;
use crate::{doors, logging};

/// Serves until told to stop.
pub fn run(options: ServeOptions) -> anyhow::Result<()> {
    let config = configure(&options)?;
    logging::start(&config.log);
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let name =
        options.config.as_ref().map_or("built-in settings".to_owned(), |file| file.display().to_string());
    let load = Box::new(move || configure(&options).map_err(|error| format!("{error:#}")));
    // As it was called, so that what is printed can be pasted into the same shell.
    let program = std::env::args().next().unwrap_or_else(|| "saloon".to_owned());
    let announce = |opened: &Config| eprintln!("{}", doors::doors(opened, &program));
    server::serve(config, Source { name, load }, None, announce).map_err(|error| match error {
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
