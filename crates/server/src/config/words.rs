//! Values that are one of a few words, or a short text with rules of its own.

use std::fmt;
use std::str::FromStr;

use dialect::charset::Charset;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// An enum whose values are words: as read from the file, from the command line, and as shown.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every word there is, in the order of the definition.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word for it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(not_one_of(text, $what, Self::WORDS)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

words! {
    /// How names are compared (`ISUPPORT CASEMAPPING`).
    Casemapping, "a casemapping" {
        /// Only `A-Z` and `a-z` are the same letters.
        Ascii = "ascii",
        /// As `ascii`, and `{}|^` are the small letters of `[]\~`.
        Rfc1459 = "rfc1459",
        /// Unicode names; not supported yet.
        Precis = "precis",
    }
}

words! {
    /// Something an operator class allows.
    Capability, "an operator capability" {
        /// `KILL`: disconnect somebody.
        Kill = "kill",
        /// Bans by address.
        Ban = "ban",
        /// `REHASH`: read the configuration again.
        Rehash = "rehash",
        /// `WALLOPS`: write to all who listen for it.
        Wallops = "wallops",
        /// Change modes of any channel.
        Samode = "samode",
        /// Change or remove other people's accounts.
        Accreg = "accreg",
        /// Change or remove other people's registered channels.
        Chanreg = "chanreg",
        /// Delete from the history.
        History = "history",
        /// Change other people's metadata.
        Metadata = "metadata",
        /// Change somebody's host.
        Chghost = "chghost",
        /// `DIE`: stop the server.
        Die = "die",
    }
}

words! {
    /// A way to log in.
    Mechanism, "a SASL mechanism" {
        /// Name and password.
        Plain = "PLAIN",
        /// A proof of the password.
        ScramSha256 = "SCRAM-SHA-256",
        /// A TLS client certificate.
        External = "EXTERNAL",
    }
}

words! {
    /// Who may use a nickname that belongs to an account.
    ReservationMethod, "a way to reserve nicknames" {
        /// Only the owner's sessions.
        Strict = "strict",
    }
}

words! {
    /// Whether a user stays while none of its clients is connected.
    AlwaysOn, "an always-on policy" {
        /// Never.
        Disabled = "disabled",
        /// For those who ask for it.
        OptIn = "opt-in",
        /// For all but those who decline.
        OptOut = "opt-out",
        /// For everyone with an account.
        Mandatory = "mandatory",
    }
}

words! {
    /// Where the log goes.
    LogTarget, "a log target" {
        /// Standard error.
        Stderr = "stderr",
    }
}

words! {
    /// How much is logged; each level includes those before it.
    LogLevel, "a log level" {
        /// What made something fail.
        Error = "error",
        /// What somebody should look at.
        Warn = "warn",
        /// Starts, stops, reloads.
        Info = "info",
        /// Every connection.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

words! {
    /// What a log line looks like.
    LogFormat, "a log format" {
        /// For people.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
    }
}

fn not_one_of(text: &str, what: &str, words: &[&str]) -> String {
    let known: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    let text = text.escape_debug();
    match known.as_slice() {
        [only] => format!("\"{text}\" is not {what} known here; the only one is {only}"),
        _ => format!("\"{text}\" is not {what} known here; write one of {}", known.join(", ")),
    }
}

/// Mode letters without parameters, as in `"+nt"`; the plus may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modes(String);

impl Modes {
    /// The letters alone, each once.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl FromStr for Modes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut letters = String::new();
        for letter in text.strip_prefix('+').unwrap_or(text).chars() {
            if !letter.is_ascii_alphabetic() {
                return Err(format!(
                    "\"{}\" is not a set of modes; write letters after a plus, as in \"+nt\"",
                    text.escape_debug()
                ));
            }
            if !letters.contains(letter) {
                letters.push(letter);
            }
        }
        Ok(Self(letters))
    }
}

impl fmt::Display for Modes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "+{}", self.0) }
    }
}

impl<'de> Deserialize<'de> for Modes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Permission bits of a file, written in octal: `"0660"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileMode(pub u32);

impl FromStr for FileMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match u32::from_str_radix(text, 8) {
            Ok(bits) if bits <= 0o777 && text.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(bits)),
            _ => Err(format!(
                "\"{}\" is not a file mode; write three octal digits as in \"0660\"",
                text.escape_debug()
            )),
        }
    }
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl<'de> Deserialize<'de> for FileMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text.parse().map_err(D::Error::custom),
            _ => Err(D::Error::custom("a file mode is written as text: \"0660\"")),
        }
    }
}

/// How text is written on a listener: one encoding, or `auto`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encoding(pub Option<Charset>);

impl FromStr for Encoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self(None)),
            _ => charset(text).map(|charset| Self(Some(charset))),
        }
    }
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// An encoding by one of its names.
fn charset(text: &str) -> Result<Charset, String> {
    Charset::named(text).ok_or_else(|| {
        format!(
            "\"{}\" is not an encoding known here; write \"utf-8\", \"gb18030\", \"big5\", \"windows-1252\" or another name of the web's",
            text.escape_debug()
        )
    })
}

/// Reads an encoding by one of its names.
pub(super) fn charset_named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Charset, D::Error> {
    charset(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// The SHA-256 fingerprint of a certificate: 64 hexadecimal digits, colons allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| *c != ':').map(|c| c.to_ascii_lowercase()).collect();
        if digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Self(digits));
        }
        Err("not a certificate fingerprint; write the SHA-256 as 64 hexadecimal digits".into())
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Reads a value by its `FromStr`: for types of other crates.
pub(super) fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// Reads a list of values by their `FromStr`.
pub(super) fn from_texts<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_word_is_told_the_right_ones() {
        let error = "rfc".parse::<Casemapping>().expect_err("no such casemapping");
        assert_eq!(
            error,
            "\"rfc\" is not a casemapping known here; write one of \"ascii\", \"rfc1459\", \"precis\""
        );
    }

    #[test]
    fn modes_are_letters_each_once() {
        assert_eq!("+ntn".parse::<Modes>().expect("modes").letters(), "nt");
        assert_eq!("i".parse::<Modes>().expect("modes").to_string(), "+i");
        assert_eq!("".parse::<Modes>().expect("modes").to_string(), "");
        assert!("+n-t".parse::<Modes>().is_err());
    }

    #[test]
    fn file_modes_are_octal() {
        assert_eq!("0660".parse(), Ok(FileMode(0o660)));
        assert_eq!("600".parse(), Ok(FileMode(0o600)));
        for wrong in ["0880", "rw", "", "1777", "+7"] {
            assert!(wrong.parse::<FileMode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn fingerprints_may_have_colons_and_capitals() {
        let print: Fingerprint = ["AB"; 32].join(":").parse().expect("fingerprint");
        assert_eq!(print.as_str(), "ab".repeat(32));
        assert!("abcd".parse::<Fingerprint>().is_err());
    }
}
