//! Secrets of the configuration: never shown, compared in constant time.
//!
//! A secret is written `plain:SECRET`, for throw-away set-ups, or as an Argon2id hash that
//! `saloon passwd` prints. Checking against a hash takes tens of milliseconds and some 19 MiB of
//! memory by design: do it on a thread made for that, never on a worker (see [`Secret::is_slow`]).

use std::fmt;
use std::str::FromStr;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A password to compare others with.
#[derive(Clone)]
pub struct Secret(Kind);

#[derive(Clone)]
enum Kind {
    /// The SHA-256 of what was written after `plain:`; equal lengths make comparing simple.
    Plain([u8; 32]),
    /// An Argon2id hash in PHC form, known to be whole.
    Argon2id(String),
}

/// Why a text is not a secret. Says nothing about what the text was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Neither `plain:` nor `$…`.
    #[error("expected plain:SECRET, or a hash as `saloon passwd` prints (what stands there is not shown)")]
    NoScheme,
    /// Nothing after `plain:`.
    #[error("nothing follows plain: — write the password there, or leave the key out")]
    Empty,
    /// A hash, and not one of ours.
    #[error("only $argon2id$ hashes are understood; make one with `saloon passwd`")]
    OtherScheme,
    /// It begins well and is cut off or mistyped.
    #[error("not a whole $argon2id$ hash; copy all that `saloon passwd` printed, in one line")]
    Broken,
    /// Checking it would take too much.
    #[error("this hash wants more than 1 GiB of memory to check; make another with `saloon passwd`")]
    TooCostly,
}

/// A hash could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The system gave no random bytes.
    #[error("the system gave no random bytes for the salt: {0}")]
    NoRandomness(String),
    /// The hash function declined.
    #[error("the password could not be hashed: {0}")]
    Refused(String),
}

/// Kibibytes one check may take.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;

impl Secret {
    /// Whether that is the password. Takes long if [`Secret::is_slow`].
    #[must_use]
    pub fn verify(&self, given: &[u8]) -> bool {
        match &self.0 {
            Kind::Plain(expected) => expected.as_slice().ct_eq(&digest(given)).into(),
            Kind::Argon2id(hash) => PasswordHash::new(hash)
                .is_ok_and(|hash| Argon2::default().verify_password(given, &hash).is_ok()),
        }
    }

    /// Whether [`Secret::verify`] belongs on a thread of its own.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        matches!(self.0, Kind::Argon2id(_))
    }
}

/// Hashes a password with Argon2id and a new salt, in the form the configuration takes.
///
/// # Errors
///
/// When the system has no random bytes, or the password is longer than Argon2 takes (4 GiB).
pub fn hash(password: &[u8]) -> Result<String, HashError> {
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).map_err(|error| HashError::NoRandomness(error.to_string()))?;
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password, &salt)
        .map_err(|error| HashError::Refused(error.to_string()))?;
    Ok(hash.to_string())
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        if let Some(plain) = text.strip_prefix("plain:") {
            if plain.is_empty() {
                return Err(SecretError::Empty);
            }
            return Ok(Self(Kind::Plain(digest(plain.as_bytes()))));
        }
        if !text.starts_with('$') {
            return Err(SecretError::NoScheme);
        }
        if !text.starts_with("$argon2id$") {
            return Err(SecretError::OtherScheme);
        }
        let hash = PasswordHash::new(text).map_err(|_| SecretError::Broken)?;
        let params = Params::try_from(&hash).map_err(|_| SecretError::Broken)?;
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err(SecretError::Broken);
        }
        if params.m_cost() > MAX_MEMORY_KIB {
            return Err(SecretError::TooCostly);
        }
        Ok(Self(Kind::Argon2id(text.to_owned())))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By way of a value of any type: serde's own error would repeat what was written.
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text.parse().map_err(D::Error::custom),
            _ => Err(D::Error::custom(SecretError::NoScheme)),
        }
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Plain(a), Kind::Plain(b)) => a.as_slice().ct_eq(b).into(),
            (Kind::Argon2id(a), Kind::Argon2id(b)) => a.as_bytes().ct_eq(b.as_bytes()).into(),
            _ => false,
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        text.parse().expect("a secret")
    }

    #[test]
    fn a_plain_secret_matches_only_itself() {
        let secret = secret("plain:letmein");
        assert!(secret.verify(b"letmein"));
        for wrong in ["", "letmei", "letmein ", "letmeinletmein", "LETMEIN", "plain:letmein"] {
            assert!(!secret.verify(wrong.as_bytes()), "{wrong}");
        }
        assert!(!secret.is_slow());
    }

    #[test]
    fn a_password_may_have_a_colon_or_a_dollar_in_it() {
        assert!(secret("plain:a:b$c").verify(b"a:b$c"));
        assert!(secret("plain:plain:").verify(b"plain:"));
    }

    #[test]
    fn what_was_hashed_verifies_and_nothing_else_does() {
        let hash = hash(b"correct horse").expect("a hash");
        let secret = secret(&hash);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(secret.is_slow());
        assert!(secret.verify(b"correct horse"));
        assert!(!secret.verify(b"correct horsf"));
    }

    #[test]
    fn the_same_password_hashes_differently_each_time() {
        assert_ne!(hash(b"x").expect("a hash"), hash(b"x").expect("a hash"));
    }

    #[test]
    fn a_hash_made_by_the_reference_program_verifies() {
        // echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 (RFC 9106's reference code)
        let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(secret(hash).verify(b"password"));
    }

    #[test]
    fn what_is_neither_plain_nor_a_whole_argon2id_hash_is_refused() {
        let cases = [
            ("", SecretError::NoScheme),
            ("letmein", SecretError::NoScheme),
            ("Plain:x", SecretError::NoScheme),
            ("plain:", SecretError::Empty),
            ("$2b$12$abcdefghijklmnopqrstuuOZ3", SecretError::OtherScheme),
            ("$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$aaaaaaaaaaaaaaaa", SecretError::OtherScheme),
            ("$argon2id$", SecretError::Broken),
            ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ", SecretError::Broken),
            (
                "$argon2id$v=19$m=2000000,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                SecretError::TooCostly,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Secret>().expect_err(text), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", secret("plain:letmein")), "Secret(…)");
        let refused = "hunter2".parse::<Secret>().expect_err("no scheme");
        assert!(!format!("{refused} {refused:?}").contains("hunter2"));
    }
}
