//! The dialects there are, and what sets each apart for those who carry its bytes.

use std::fmt;
use std::str::FromStr;

/// The dialects there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// IRC with IRCv3.
    #[default]
    Irc,
    /// Lines for people with `nc`.
    Line,
    /// Packets of fixed size (`docs/dialects.md`, packet).
    Packet,
    /// Raw text, with addresses (`docs/dialects.md`, plain).
    Plain,
    /// Raw text, and private messages from peer to peer (`docs/dialects.md`, group).
    Group,
    /// Requests of four letters, answers that begin with them (`docs/dialects.md`, tagged).
    Tagged,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Irc, Self::Line, Self::Packet, Self::Plain, Self::Group, Self::Tagged];

    /// Its name, as in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Irc => "irc",
            Self::Line => "line",
            Self::Packet => "packet",
            Self::Plain => "plain",
            Self::Group => "group",
            Self::Tagged => "tagged",
        }
    }

    /// Where one frame of it ends and the next begins, on a transport that carries a stream.
    pub const fn framing(self) -> Framing {
        match self {
            Self::Irc => Framing::Lines,
            Self::Line => Framing::TelnetLines,
            Self::Packet => Framing::Fixed(1048),
            Self::Plain | Self::Group | Self::Tagged => Framing::Reads,
        }
    }

    /// Whether a read of the peer's must be one unit of ours: then each leaves in a write of its own, and
    /// the next only when it has arrived (`docs/dialects.md`, "Pacing").
    pub const fn is_paced(self) -> bool {
        matches!(self, Self::Plain | Self::Group | Self::Tagged)
    }

    /// Whether what is written consists of units, each to be sent by itself.
    pub const fn has_units(self) -> bool {
        !matches!(self, Self::Irc | Self::Line)
    }

    /// How many bytes several units may have that leave together, with a line feed between them, because
    /// the peer falls behind; none if it could not tell them apart.
    pub const fn joined(self) -> Option<usize> {
        match self {
            Self::Plain => Some(1022),
            Self::Group => Some(8192),
            _ => None,
        }
    }

    /// Whether a peer that says nothing can be asked for a sign of life.
    pub const fn has_ping(self) -> bool {
        matches!(self, Self::Irc)
    }

    /// Whether the server speaks first, or has something to do before the peer does.
    pub const fn speaks_first(self) -> bool {
        !matches!(self, Self::Irc | Self::Packet)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    /// By its name, in small letters.
    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.name() == name)
            .ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

/// A word that names no dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDialect(pub String);

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Dialect::ALL.map(|dialect| format!("{:?}", dialect.name())).join(", ");
        write!(f, "{:?} is not a dialect known here; write one of {names}", self.0)
    }
}

impl std::error::Error for UnknownDialect {}

/// Where a frame ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// At a line feed.
    Lines,
    /// At a line feed that is not part of telnet's negotiations.
    TelnetLines,
    /// Whatever one read brings is a frame.
    Reads,
    /// After so many bytes.
    Fixed(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_known_by_its_name_alone() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        let error = "plane".parse::<Dialect>().expect_err("there is none").to_string();
        let names = r#""irc", "line", "packet", "plain", "group", "tagged""#;
        assert_eq!(error, format!("\"plane\" is not a dialect known here; write one of {names}"));
        assert!("IRC".parse::<Dialect>().is_err() && "".parse::<Dialect>().is_err());
    }
}
