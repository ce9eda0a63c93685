//! The log: to standard error, as the configuration says.

use std::io::{self, IsTerminal};

use server::config::{Log, LogFormat, LogLevel};
use terminal::LogLines;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// Starts logging, to `console` if there is one. A second call changes nothing.
pub fn start(log: &Log, console: Option<LogLines>) {
    let ansi = io::stderr().is_terminal() && console.is_none();
    let writer = match console {
        Some(console) => BoxMakeWriter::new(move || console.clone()),
        None => BoxMakeWriter::new(io::stderr),
    };
    let builder =
        tracing_subscriber::fmt().with_max_level(filter(log.level)).with_writer(writer).with_ansi(ansi);
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
