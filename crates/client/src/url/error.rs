//! What can be wrong with a URL, in words.

use dialect::Dialect;

use super::Transport;

/// Why a text is not a [`Url`]. Each message says what is wrong and what is expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// There is no `://`.
    #[error(
        "`{0}` does not say how to get there: expected DIALECT+TRANSPORT://HOST:PORT, \
         as in irc+tcp://127.0.0.1:6667"
    )]
    NoScheme(String),
    /// The part before the `+` is none that we speak.
    #[error("`{0}` is not a dialect: expected irc, line, packet, plain, group or tagged")]
    UnknownDialect(String),
    /// The part before `://` is none that we know.
    #[error("`{0}://` is not a transport: expected tcp://, tls://, unix://, udp:// or unixgram://")]
    UnknownTransport(String),
    /// The transport cannot carry the dialect.
    #[error("{dialect} does not travel over {transport}: {}", carriers(*.dialect))]
    CannotCarry {
        /// What is to be spoken.
        dialect: Dialect,
        /// What is to carry it.
        transport: Transport,
    },
    /// There is nobody between `://` and the port.
    #[error("there is no host: expected {0}://HOST:PORT, as in {0}://127.0.0.1:6667")]
    NoHost(Transport),
    /// An IPv6 address without brackets, or brackets without one.
    #[error("`{0}` is not a host: an IPv6 address stands in brackets, as in [::1]:6667")]
    BadHost(String),
    /// What follows the last colon is not a port.
    #[error("`{0}` is not a port: expected a number from 1 to 65535")]
    BadPort(String),
    /// No path behind `unix://`.
    #[error("`{0}://` needs the path of a socket file, as in {0}:///run/saloon.sock")]
    NoPath(Transport),
    /// An option that does not exist.
    #[error("`{0}` is not an option: expected nick=, room=, encoding= or kind= behind the `?`")]
    UnknownOption(String),
    /// An option without a value, or with one that cannot be.
    #[error("`{0}` is not a value of {1}=: {2}")]
    BadValue(String, &'static str, &'static str),
}

fn carriers(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Packet => "it is made of datagrams; use udp:// or unixgram://",
        _ => "it is a stream; use tcp://, tls:// or unix://",
    }
}
