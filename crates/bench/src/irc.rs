//! The little IRC that a load generator needs: what it says, and what it understands.

use clap::Args;

/// Who the generator's connections say they are.
#[derive(Debug, Clone, Args)]
pub struct Identity {
    /// Password of the server, sent as PASS
    #[arg(long, global = true, value_name = "SECRET")]
    pub password: Option<String>,
    /// What nicknames begin with; a number follows, nine characters at most in all
    #[arg(long, global = true, default_value = "b", value_name = "LETTERS")]
    pub nick_prefix: String,
    /// The room that members join
    #[arg(long, global = true, default_value = "#bench", value_name = "NAME")]
    pub channel: String,
}

impl Identity {
    /// The nickname of a number: the prefix and the number in base 36, short enough for `NICKLEN` 9.
    pub fn nick(&self, number: u32) -> String {
        let (mut digits, mut number) = (Vec::new(), number);
        loop {
            digits.push(char::from_digit(number % 36, 36).unwrap_or('0'));
            number /= 36;
            if number == 0 {
                break;
            }
        }
        self.nick_prefix.chars().chain(digits.into_iter().rev()).collect()
    }

    /// The lines that ask to be registered, as one write.
    pub fn hello(&self, number: u32) -> String {
        let pass = self.password.as_ref().map(|secret| format!("PASS {secret}\r\n")).unwrap_or_default();
        format!("{pass}NICK {}\r\nUSER bench 0 * :bench\r\n", self.nick(number))
    }
}

/// What a line from the server means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<'a> {
    /// The end of the welcome: 376 or 422.
    Welcome,
    /// The nickname is not to be had: try another.
    NickTaken,
    /// The end of the names in a room we joined: 366.
    Joined,
    /// An answer to PING.
    Pong,
    /// To be answered with PONG and this.
    Ping(&'a [u8]),
    /// A message to a room or to us.
    Message,
    /// The server will not have us, or not let us do this.
    Refused,
    /// Anything else.
    Other,
}

/// Understands one line.
pub fn meaning(line: &[u8]) -> Meaning<'_> {
    let line = skip(line, b'@');
    let line = skip(line, b':');
    let (verb, rest) = line.split_at(line.iter().position(|&byte| byte == b' ').unwrap_or(line.len()));
    match verb {
        b"376" | b"422" => Meaning::Welcome,
        b"432" | b"433" | b"436" | b"437" => Meaning::NickTaken,
        b"366" => Meaning::Joined,
        b"PONG" => Meaning::Pong,
        b"PING" => Meaning::Ping(rest.trim_ascii_start()),
        b"PRIVMSG" => Meaning::Message,
        b"ERROR" | b"403" | b"404" | b"405" | b"451" | b"463" | b"464" | b"465" | b"466" | b"471"
        | b"473" | b"474" | b"475" | b"477" | b"480" => Meaning::Refused,
        _ => Meaning::Other,
    }
}

/// The line behind its first word, if that begins with this byte.
fn skip(line: &[u8], sign: u8) -> &[u8] {
    match line.iter().position(|&byte| byte == b' ') {
        Some(end) if line.first() == Some(&sign) => line[end..].trim_ascii_start(),
        _ => line,
    }
}

/// What to do about a server that will not play along.
pub const ADVICE: &str = "a server under test must not throttle: set limits per address and connection \
    throttling off (InspIRCd: localmax, globalmax, no connectban; ngIRCd: MaxConnectionsIP = 0; \
    Saloon: [ip_limits] count and throttle = false), flood protection off (InspIRCd: fakelag=\"no\" with a \
    high commandrate and threshold; ngIRCd: MaxPenaltyTime = 0; Saloon: [fakelag] enabled = false), and \
    allow enough connections and open files; a password is given with --password";

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity { password: None, nick_prefix: "b".into(), channel: "#bench".into() }
    }

    #[test]
    fn nicknames_are_short_and_differ() {
        let nicks: Vec<String> = [0, 35, 36, 9_999].iter().map(|n| identity().nick(*n)).collect();
        assert_eq!(nicks, ["b0", "bz", "b10", "b7pr"]);
    }

    #[test]
    fn a_password_goes_first() {
        let identity = Identity { password: Some("open".into()), ..identity() };
        assert_eq!(identity.hello(1), "PASS open\r\nNICK b1\r\nUSER bench 0 * :bench\r\n");
    }

    #[test]
    fn lines_are_understood_with_and_without_source_and_tags() {
        let cases: [(&[u8], Meaning<'_>); 12] = [
            (b":s 376 b1 :End of MOTD", Meaning::Welcome),
            (b":s 422 b1 :No MOTD", Meaning::Welcome),
            (b":s 433 * b1 :in use", Meaning::NickTaken),
            (b"@time=1 :s 366 b1 #x :End", Meaning::Joined),
            (b"PING :cookie", Meaning::Ping(b":cookie")),
            (b":s PING token", Meaning::Ping(b"token")),
            (b":s PONG s :x", Meaning::Pong),
            (b":a!b@c PRIVMSG #x :hello", Meaning::Message),
            (b"ERROR :Closing link", Meaning::Refused),
            (b":s 464 b1 :Password incorrect", Meaning::Refused),
            (b"NOTICE AUTH :*** Looking up your hostname", Meaning::Other),
            (b"", Meaning::Other),
        ];
        for (line, expected) in cases {
            assert_eq!(meaning(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }
}
