//! SCRAM-SHA-256 (RFC 5802, RFC 7677): the server's side of an exchange, as values.
//!
//! ```text
//! client                                   server
//!   n,,n=user,r=NONCE              ──▶      Opening::decode
//!                                  ◀──      r=NONCE+OURS,s=SALT,i=COUNT           Exchange::begin
//!   c=biws,r=NONCE+OURS,p=PROOF    ──▶
//!                                  ◀──      v=SIGNATURE                           Exchange::prove
//! ```
//!
//! Channel binding is not offered: `n` and `y` are taken, `p` is refused (RFC 5802 §6).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac_array;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of a key, a proof and a signature.
const KEY: usize = 32;
/// Bytes of a salt.
pub const SALT: usize = 16;
/// Random bytes of our part of the nonce.
const NONCE: usize = 18;
/// Most iterations of a verifier from elsewhere; one with more is taken for none.
const MAX_ITERATIONS: u32 = 10_000_000;

/// What is kept of a password: enough to check a proof, not enough to make one. As text, as RFC 5803 §2 has
/// it: `SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER`.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    iterations: u32,
    salt: Vec<u8>,
    stored_key: [u8; KEY],
    server_key: [u8; KEY],
}

impl Verifier {
    /// That of a password, with a new salt.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn make(password: &[u8], iterations: u32) -> Result<Self, getrandom::Error> {
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt)?;
        Ok(Self::of(password, &salt, iterations))
    }

    /// That of a password with this salt (RFC 5802 §3).
    fn of(password: &[u8], salt: &[u8], iterations: u32) -> Self {
        let salted = Zeroizing::new(pbkdf2_hmac_array::<Sha256, KEY>(password, salt, iterations));
        let client_key = Zeroizing::new(mac(salted.as_slice(), b"Client Key"));
        Self {
            iterations,
            salt: salt.to_vec(),
            stored_key: Sha256::digest(client_key.as_slice()).into(),
            server_key: mac(salted.as_slice(), b"Server Key"),
        }
    }

    /// One that no proof fits, for an account that is not there: its salt is always the same.
    pub fn decoy(secret: &[u8], account: &str, iterations: u32) -> Self {
        let salt = mac(secret, account.as_bytes())[..SALT].to_vec();
        Self { iterations, salt, stored_key: [0; KEY], server_key: [0; KEY] }
    }

    /// How often the hash was applied.
    #[cfg(test)]
    pub fn iterations(&self) -> u32 {
        self.iterations
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [salt, stored, server] =
            [&self.salt[..], &self.stored_key, &self.server_key].map(|bytes| BASE64.encode(bytes));
        write!(f, "SCRAM-SHA-256${}:{salt}${stored}:{server}", self.iterations)
    }
}

/// A text is not a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAVerifier;

impl FromStr for Verifier {
    type Err = NotAVerifier;

    fn from_str(text: &str) -> Result<Self, NotAVerifier> {
        let verifier = || {
            let (cost, keys) = text.strip_prefix("SCRAM-SHA-256$")?.split_once('$')?;
            let (iterations, salt) = cost.split_once(':')?;
            let (stored, server) = keys.split_once(':')?;
            Some(Self {
                iterations: iterations.parse().ok().filter(|count| (1..=MAX_ITERATIONS).contains(count))?,
                salt: BASE64.decode(salt).ok().filter(|salt| !salt.is_empty())?,
                stored_key: key(stored)?,
                server_key: key(server)?,
            })
        };
        verifier().ok_or(NotAVerifier)
    }
}

/// The first message of a client (`client-first-message`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Who it says it is (`authcid`).
    pub name: String,
    /// As whom it wants to act, if that is said (`authzid`).
    pub acting: Option<String>,
    /// The `gs2-header`: what comes back in `c=`.
    header: String,
    bare: String,
    nonce: String,
}

impl Opening {
    /// Reads it; none if it is not one, or wants what we don't do.
    pub fn decode(message: &[u8]) -> Option<Self> {
        let text = str::from_utf8(message).ok()?;
        let (binding, rest) = text.split_once(',')?;
        let (acting, bare) = rest.split_once(',')?;
        if !matches!(binding, "n" | "y") {
            return None;
        }
        let acting = match acting {
            "" => None,
            _ => Some(name(acting.strip_prefix("a=")?)?),
        };
        // An extension that must be understood (`m=`) would stand in front, and we understand none.
        let (user, rest) = bare.strip_prefix("n=")?.split_once(',')?;
        let nonce = rest.split(',').next()?.strip_prefix("r=")?;
        if nonce.is_empty() || !nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let header = text[..text.len() - bare.len()].to_owned();
        Some(Self { name: name(user)?, acting, header, bare: bare.to_owned(), nonce: nonce.to_owned() })
    }
}

/// An exchange that waits for the proof.
#[derive(Clone)]
pub struct Exchange {
    verifier: Verifier,
    /// What must come back in `c=`.
    binding: String,
    /// The whole nonce.
    nonce: String,
    /// The messages so far, as they are signed.
    said: String,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange")
    }
}

impl Exchange {
    /// Begins one, and gives what to send (`server-first-message`).
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn begin(opening: &Opening, verifier: Verifier) -> Result<(Self, Vec<u8>), getrandom::Error> {
        let mut random = [0; NONCE];
        getrandom::fill(&mut random)?;
        Ok(Self::with_nonce(opening, verifier, &BASE64.encode(random)))
    }

    fn with_nonce(opening: &Opening, verifier: Verifier, ours: &str) -> (Self, Vec<u8>) {
        let nonce = format!("{}{ours}", opening.nonce);
        let first = format!("r={nonce},s={},i={}", BASE64.encode(&verifier.salt), verifier.iterations);
        let said = format!("{},{first}", opening.bare);
        let binding = BASE64.encode(&opening.header);
        (Self { verifier, binding, nonce, said }, first.into_bytes())
    }

    /// What to send if this (`client-final-message`) proves that the client knows the password
    /// (`server-final-message`, which proves that we know the verifier); none if it does not.
    pub fn prove(self, message: &[u8]) -> Option<Vec<u8>> {
        let (unproved, proof) = str::from_utf8(message).ok()?.rsplit_once(",p=")?;
        let mut fields = unproved.split(',');
        let binding = fields.next()?.strip_prefix("c=")?;
        let nonce = fields.next()?.strip_prefix("r=")?;
        if binding != self.binding || nonce != self.nonce {
            return None;
        }
        let said = format!("{},{unproved}", self.said);
        let signature = mac(&self.verifier.stored_key, said.as_bytes());
        let mut client_key = Zeroizing::new(key(proof)?);
        client_key.iter_mut().zip(signature).for_each(|(byte, mask)| *byte ^= mask);
        let right = Sha256::digest(client_key.as_slice()).as_slice().ct_eq(&self.verifier.stored_key);
        let signature = mac(&self.verifier.server_key, said.as_bytes());
        bool::from(right).then(|| format!("v={}", BASE64.encode(signature)).into_bytes())
    }
}

/// HMAC-SHA-256.
pub fn mac(key: &[u8], text: &[u8]) -> [u8; KEY] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn key(text: &str) -> Option<[u8; KEY]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

/// Undoes the escapes of a name (`saslname`): a comma is `=2C`, an equals sign `=3D`.
fn name(written: &str) -> Option<String> {
    let mut parts = written.split('=');
    let mut name = parts.next()?.to_owned();
    for part in parts {
        let (character, rest) = match (part.strip_prefix("2C"), part.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return None,
        };
        name.push(character);
        name.push_str(rest);
    }
    (!name.is_empty() && !name.contains('\0')).then_some(name)
}

#[cfg(test)]
#[path = "scram_tests.rs"]
pub(super) mod tests;
