//! What can go wrong on the way to the other end, each in a line of its own that says what to try.

use std::io;

use client::{Dialect, Place, Speaker, Transport, Url};

/// Why there is no conversation, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody listens there.
    #[error("nothing listens on {0} (connection refused): is the server running, and the port right?")]
    Refused(Place),
    /// A datagram came back: nobody listens there.
    #[error("nothing takes packets on {0} (port unreachable): is the server running, and the port right?")]
    Unreached(Place),
    /// No answer at all.
    #[error(
        "no answer from {0} within {1} seconds: the machine is off, or a firewall drops what is sent there"
    )]
    TimedOut(Place, u64),
    /// No way to the machine.
    #[error("there is no way to {0} ({1}): is this machine on the right network?")]
    NoWay(Place, io::Error),
    /// The name means nothing.
    #[error("there is no host called `{0}`: check the spelling, or write its address instead")]
    NoSuchHost(String),
    /// The path means nothing.
    #[error("there is no socket file {0}: is the server running, and the path right?")]
    NoSuchFile(Place),
    /// May not.
    #[error("you may not use {0}: {1}")]
    Forbidden(Place, io::Error),
    /// Something else speaks there.
    #[error("{}", wrong_dialect(.0, *.1))]
    WrongDialect(Box<Url>, Option<Speaker>),
    /// TLS was tried, and something else answered.
    #[error("{0} does not speak TLS: try {1}")]
    NotTls(Place, String),
    /// TLS was tried, and nothing answered.
    #[error("{0} took the connection and did not answer in TLS within {1} seconds: if it has none, try {2}")]
    SilentTls(Place, u64, String),
    /// The certificate is not to be trusted.
    #[error("the certificate of {0} is not trusted ({1}): if you know that server, say --insecure")]
    Untrusted(Place, String),
    /// TLS failed in another way.
    #[error("TLS with {0} failed: {1}")]
    Tls(Place, String),
    /// The server said why it will not have us.
    #[error("{0} does not let you in: {1}")]
    NotLetIn(Place, String),
    /// Connected, and not greeted.
    #[error(
        "{0} does not answer in the {1} dialect: it took the connection and said nothing for {2} seconds"
    )]
    NoAnswer(Place, Dialect, u64),
    /// What was said may not have been heard.
    #[error("{0} gave no sign of having heard what was sent: it may not have been delivered")]
    Unheard(Place),
    /// The other end went away.
    #[error("{0} closed the connection")]
    Closed(Place),
    /// The connection broke.
    #[error("the connection to {0} broke: {1}")]
    Broken(Place, io::Error),
    /// The port to listen on can't be had.
    #[error("can't listen on {0}: {1}")]
    CannotListen(Place, io::Error),
    /// An address to listen on must be one.
    #[error("{0} can't be listened on: write packet+udp://ADDRESS:PORT, as in packet+udp://0.0.0.0:30104")]
    NotToListenOn(String),
    /// Something about this machine.
    #[error("{0}: {1}")]
    Here(&'static str, io::Error),
    /// Something was refused, and told already.
    #[error("not everything that was asked for was done")]
    Undone,
}

impl Error {
    /// What a failed connect means.
    pub(crate) fn connecting(place: &Place, error: io::Error, seconds: u64) -> Self {
        use io::ErrorKind as Kind;
        let place = place.clone();
        match error.kind() {
            Kind::ConnectionRefused => Self::Refused(place),
            Kind::TimedOut | Kind::WouldBlock => Self::TimedOut(place, seconds),
            Kind::NotFound => Self::NoSuchFile(place),
            Kind::PermissionDenied => Self::Forbidden(place, error),
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::AddrNotAvailable => {
                Self::NoWay(place, error)
            }
            _ => Self::Broken(place, error),
        }
    }

    /// What an error on an open connection means.
    pub(crate) fn talking(url: &Url, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused if url.transport.is_datagram() => {
                Self::Unreached(url.place.clone())
            }
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                let unread = io::Error::new(io::ErrorKind::TimedOut, "it no longer reads what is sent");
                Self::Broken(url.place.clone(), unread)
            }
            _ => Self::Broken(url.place.clone(), error),
        }
    }

    /// Whether the same may go well later.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Refused(_)
                | Self::Unreached(_)
                | Self::TimedOut(..)
                | Self::NoWay(..)
                | Self::NoSuchHost(_)
                | Self::NoSuchFile(_)
                | Self::NoAnswer(..)
                | Self::Closed(_)
                | Self::Broken(..)
                | Self::SilentTls(..)
        )
    }
}

fn wrong_dialect(url: &Url, speaker: Option<Speaker>) -> String {
    let (place, dialect) = (&url.place, url.dialect);
    let Some(speaker) = speaker else {
        return format!("what answers at {place} does not speak the {dialect} dialect");
    };
    let title = speaker.title();
    match speaker.right(dialect) {
        Some((dialect, transport)) => {
            let transport = match transport {
                Transport::Tcp => url.transport,
                other => other,
            };
            format!("{place} speaks {title}: try {}", url.with(dialect, transport))
        }
        None => format!("{place} speaks {title}, not the {dialect} dialect: is the port right?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Box<Url> {
        Box::new(text.parse().expect("a URL"))
    }

    #[test]
    fn each_refusal_has_its_own_words() {
        let place = || url("line+tcp://127.0.0.1:6670").place;
        let connect = |kind: io::ErrorKind| Error::connecting(&place(), kind.into(), 10).to_string();
        assert_eq!(
            connect(io::ErrorKind::ConnectionRefused),
            "nothing listens on 127.0.0.1:6670 (connection refused): is the server running, and the port \
             right?"
        );
        assert!(connect(io::ErrorKind::TimedOut).starts_with("no answer from 127.0.0.1:6670 within 10 s"));
        assert!(connect(io::ErrorKind::NetworkUnreachable).starts_with("there is no way to 127.0.0.1:6670"));
        assert!(Error::NoSuchHost("x".into()).to_string().contains("`x`"));
    }

    #[test]
    fn whoever_knocked_at_the_wrong_door_is_told_the_right_one() {
        let told = |text, speaker| Error::WrongDialect(url(text), speaker).to_string();
        assert_eq!(
            told("line+tcp://h:6667", Some(Speaker::Dialect(Dialect::Irc))),
            "h:6667 speaks the irc dialect: try irc+tcp://h:6667"
        );
        assert_eq!(told("irc+tcp://h:6697", Some(Speaker::Tls)), "h:6697 speaks TLS: try irc+tls://h:6697");
        assert_eq!(
            told("line+tcp://h:80", Some(Speaker::Http)),
            "h:80 speaks HTTP, as web servers do, not the line dialect: is the port right?"
        );
        assert_eq!(told("irc+tcp://h:1", None), "what answers at h:1 does not speak the irc dialect");
    }
}
