//! What whoever wants to see the server from inside must show.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::auth::tries::{Rate, Tries, network};
use crate::clock::Stopwatch;
use crate::password::Secret;

/// Wrong tries from one network.
const WRONG: Rate = Rate { most: 10, window: 60_000 };
/// Checks that take long, from all networks together: each keeps a processor busy for tens of milliseconds.
const SLOW: Rate = Rate { most: 30, window: 60_000 };

/// A token that is asked for: the one of the configuration, or one that was made at the start.
pub struct Token(Mutex<Inner>);

struct Inner {
    /// What holds where the configuration has none, if anything does.
    made: Option<String>,
    secret: Option<Secret>,
    /// The hash of what was right once, so that it need not be checked for long again.
    right: Option<[u8; 32]>,
    wrong: Tries<Option<IpAddr>>,
    slow: Tries<()>,
    watch: Stopwatch,
}

impl Token {
    /// The one of the configuration, or else 128 random bits.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn or_made(secret: Option<&Secret>) -> Result<Self, getrandom::Error> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits)?;
        let made = bits.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self::with(secret, Some(made)))
    }

    /// The one of the configuration, or else nothing is right.
    pub fn configured(secret: Option<&Secret>) -> Self {
        Self::with(secret, None)
    }

    fn with(secret: Option<&Secret>, made: Option<String>) -> Self {
        Self(Mutex::new(Inner {
            made,
            secret: secret.cloned(),
            right: None,
            wrong: Tries::default(),
            slow: Tries::default(),
            watch: Stopwatch::start(),
        }))
    }

    /// The configuration was read again.
    pub fn configure(&self, secret: Option<&Secret>) {
        let mut inner = self.lock();
        if inner.secret.as_ref() != secret {
            inner.secret = secret.cloned();
            inner.right = None;
        }
    }

    /// Whether the configuration has one.
    pub fn is_configured(&self) -> bool {
        self.lock().secret.is_some()
    }

    /// The one that was made, if it is that which holds: to be shown to whoever may use the control socket.
    pub fn made(&self) -> Option<String> {
        let inner = self.lock();
        inner.made.clone().filter(|_| inner.secret.is_none())
    }

    /// Whether that is the token. Takes tens of milliseconds where the configuration has a hash, until it was
    /// right once: on a worker, see [`is_known`](Self::is_known) first.
    pub fn check(&self, given: &[u8]) -> bool {
        self.check_from(None, given)
    }

    /// The same, for whoever is at this address: wrong tries are counted by network, and after too many nothing
    /// is right from there for a while.
    pub fn check_from(&self, from: Option<IpAddr>, given: &[u8]) -> bool {
        let from = from.map(network);
        let mut inner = self.lock();
        let now = inner.watch.millis();
        if inner.wrong.count(from, WRONG, now).is_err() {
            return false;
        }
        let hash = digest(given);
        let secret = match (inner.knows(&hash), &inner.secret) {
            (true, _) => {
                inner.wrong.take_back(&from);
                return true;
            }
            (false, None) => return false,
            (false, Some(secret)) => secret.clone(),
        };
        if secret.is_slow() && inner.slow.count((), SLOW, now).is_err() {
            return false;
        }
        drop(inner);
        let is_right = secret.verify(given);
        let mut inner = self.lock();
        // It may have been replaced meanwhile.
        if is_right && inner.secret.as_ref() == Some(&secret) {
            inner.right = Some(hash);
            inner.wrong.take_back(&from);
            return true;
        }
        false
    }

    /// Whether [`check`](Self::check) takes no time for that.
    pub fn is_known(&self, given: &[u8]) -> bool {
        let inner = self.lock();
        !inner.secret.as_ref().is_some_and(Secret::is_slow) || inner.knows(&digest(given))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Whether something with this hash is right, as far as that is known at once.
    fn knows(&self, hash: &[u8; 32]) -> bool {
        let expected = match (&self.secret, &self.made) {
            (Some(_), _) => self.right,
            (None, made) => made.as_ref().map(|made| digest(made.as_bytes())),
        };
        expected.is_some_and(|expected| expected.as_slice().ct_eq(hash.as_slice()).into())
    }
}

/// Without anything of it.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::hash;

    fn secret(text: &str) -> Secret {
        text.parse().expect("a secret")
    }

    #[test]
    fn one_that_is_made_is_new_each_time_and_only_it_is_right() {
        let (one, other) = [(); 2].map(|()| Token::or_made(None).expect("random bytes")).into();
        let made = one.made().expect("it was made");
        assert_eq!(made.len(), 32);
        assert!(one.check(made.as_bytes()) && !other.check(made.as_bytes()));
        assert!(!one.check(b"") && !one.check(&made.as_bytes()[..31]));
    }

    #[test]
    fn the_one_of_the_configuration_replaces_it_and_is_never_told() {
        let token = Token::or_made(Some(&secret("plain:sesame"))).expect("random bytes");
        assert!(token.check(b"sesame") && !token.check(b"plain:sesame") && token.made().is_none());
        token.configure(Some(&secret("plain:other")));
        assert!(!token.check(b"sesame") && token.check(b"other"));
        token.configure(None);
        assert!(!token.check(b"other") && token.check(token.made().expect("it was made").as_bytes()));
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn without_any_nothing_is_right() {
        let token = Token::configured(None);
        assert!(!token.check(b"") && !token.is_configured());
    }

    #[test]
    fn a_hash_takes_long_only_once() {
        let token = Token::configured(Some(&secret(&hash(b"sesame").expect("a hash"))));
        assert!(!token.is_known(b"sesame"));
        assert!(token.check(b"sesame"));
        assert!(token.is_known(b"sesame") && !token.is_known(b"other"));
        for _ in 0..1000 {
            assert!(token.check(b"sesame"), "what is right never counts as a try");
        }
    }

    #[test]
    fn after_wrong_tries_nothing_is_right_from_there() {
        let token = Token::configured(Some(&secret("plain:sesame")));
        let [near, far] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().ok());
        for _ in 0..WRONG.most {
            assert!(!token.check_from(near, b"wrong"));
        }
        assert!(!token.check_from(near, b"sesame") && token.check_from(far, b"sesame"));
    }
}
