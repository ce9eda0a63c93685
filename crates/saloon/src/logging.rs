//! The log: to standard error, as the configuration says.

use std::io::{self, IsTerminal};

use server::config::{Log, LogFormat, LogLevel};
use tracing::level_filters::LevelFilter;

/// Starts logging. A second call changes nothing.
pub fn start(log: &Log) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(filter(log.level))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let started = match log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging runs already");
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
