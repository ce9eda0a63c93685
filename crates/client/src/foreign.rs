//! What is at the other end, from the first bytes it sends: for people who knocked at the wrong door.

use dialect::Dialect;

use crate::url::Transport;

/// Who is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// One of our dialects.
    Dialect(Dialect),
    /// A web server.
    Http,
    /// Something that wants TLS.
    Tls,
    /// A mail or file server: a reply code and a text.
    Mail,
    /// A secure shell.
    Ssh,
}

impl Speaker {
    /// Who begins like this; none if that could be anybody.
    pub fn of(first: &[u8]) -> Option<Self> {
        let begins = |with: &str| first.starts_with(with.as_bytes());
        if begins("HTTP/") || begins("<!DOCTYPE") || begins("<html") {
            Some(Self::Http)
        } else if matches!(first, [0x15, 3, 0..=4, 0, 2, ..]) {
            Some(Self::Tls)
        } else if begins("SSH-") {
            Some(Self::Ssh)
        } else if begins("220 ") || begins("220-") || begins("+OK ") || begins("* OK ") {
            Some(Self::Mail)
        } else if begins("Reply Message From Server!") {
            Some(Self::Dialect(Dialect::Tagged))
        } else if begins("from client ip=") {
            Some(Self::Dialect(Dialect::Plain))
        } else if begins("-- Welcome to ") {
            Some(Self::Dialect(Dialect::Line))
        } else if is_group(first) {
            Some(Self::Dialect(Dialect::Group))
        } else if is_irc(first) {
            Some(Self::Dialect(Dialect::Irc))
        } else {
            None
        }
    }

    /// Whether this can't be what was meant.
    pub fn is_foreign_to(self, dialect: Dialect) -> bool {
        match (self, dialect) {
            (Self::Dialect(spoken), meant) => spoken != meant,
            // A person may say anything first, in dialects where nothing stands before what people say.
            (Self::Mail, Dialect::Plain | Dialect::Line) => false,
            _ => true,
        }
    }

    /// What to call them.
    pub fn title(self) -> String {
        match self {
            Self::Dialect(dialect) => format!("the {dialect} dialect"),
            Self::Http => "HTTP, as web servers do".into(),
            Self::Tls => "TLS".into(),
            Self::Mail => "a mail or file transfer protocol".into(),
            Self::Ssh => "SSH".into(),
        }
    }

    /// Which dialect and transport would be right there.
    pub fn right(self, dialect: Dialect) -> Option<(Dialect, Transport)> {
        match self {
            Self::Dialect(spoken) => Some((spoken, Transport::Tcp)),
            Self::Tls => Some((dialect, Transport::Tls)),
            _ => None,
        }
    }
}

fn is_group(first: &[u8]) -> bool {
    let line = first.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else { return false };
    line == "too many users"
        || line.strip_suffix(" is online").is_some_and(|who| who.parse::<std::net::SocketAddrV4>().is_ok())
}

/// `:server 001 …`, `:server NOTICE …`, `ERROR :…`, `NOTICE AUTH :…`, `PING :…`
fn is_irc(first: &[u8]) -> bool {
    let line = first.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let mut words = line.split(|&byte| byte == b' ');
    match (words.next(), words.next(), words.next()) {
        (Some([b':', ..]), Some(command), Some(_)) => {
            [&b"NOTICE"[..], b"PING", b"CAP", b"ERROR"].contains(&command)
                || command.len() == 3 && command.iter().all(u8::is_ascii_digit)
        }
        (Some(b"ERROR" | b"PING"), Some([b':', ..]), _) => true,
        (Some(b"NOTICE"), Some(b"AUTH" | b"*"), Some(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_known_by_the_first_words() {
        let ours = |dialect| Some(Speaker::Dialect(dialect));
        for (first, speaker) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], Some(Speaker::Http)),
            (b"\x15\x03\x03\x00\x02\x02\x32", Some(Speaker::Tls)),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Some(Speaker::Ssh)),
            (b"220 mail ESMTP\r\n", Some(Speaker::Mail)),
            (b"Reply Message From Server!", ours(Dialect::Tagged)),
            (b"from client ip=127.0.0.1 port=1 x", ours(Dialect::Plain)),
            (b"-- Welcome to Saloon. You are ann", ours(Dialect::Line)),
            (b"127.0.0.1:56784 is online\n", ours(Dialect::Group)),
            (b"too many users\n", ours(Dialect::Group)),
            (b":irc.example.org NOTICE * :*** Looking up", ours(Dialect::Irc)),
            (b":s 451 * hi :Not registered\r\n", ours(Dialect::Irc)),
            (b"ERROR :Closing link\r\n", ours(Dialect::Irc)),
            (b"PING :123\r\n", ours(Dialect::Irc)),
            (b"NOTICE AUTH :*** x\r\n", ours(Dialect::Irc)),
            (b"", None),
            (b"hello", None),
            (b"<ann> hello\r\n", None),
            (b":) hello there", None),
            (b"bob is online\n", None),
            (b"\x15", None),
        ] {
            assert_eq!(Speaker::of(first), speaker, "{:?}", String::from_utf8_lossy(first));
        }
    }

    #[test]
    fn what_a_person_may_have_said_proves_nothing() {
        assert!(!Speaker::Mail.is_foreign_to(Dialect::Plain));
        assert!(Speaker::Mail.is_foreign_to(Dialect::Irc));
        assert!(!Speaker::Dialect(Dialect::Group).is_foreign_to(Dialect::Group));
    }
}
